"""The `muster` command: reads the words, calls the flow, says the result in one line and an exit code."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Optional

import typer

from flows.environment import telemetry_off
from flows.errors import FAILED, Failure

app = typer.Typer(
    help="Musters a community's life and publishes only numbers that pass muster.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Config = Annotated[Optional[Path], typer.Option("--config", "-c", help="muster.toml, or the folder that holds it")]  # noqa: UP045
