"""A small community in two places, published once: what privacy does to it is told by its originals."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from flows.environment import without_server
from sandbox import discourse, example, slack_export
from sandbox.community import simulate
from tests.flows.support import KEY, Places, write_configuration

without_server(Path(tempfile.mkdtemp(prefix="prefect-")))

FIRST, SECOND = datetime(2025, 5, 1), datetime(2025, 5, 3)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """Sixty people and some hundred messages behind the doubles."""
    room = tmp_path_factory.mktemp("places")
    community = simulate(seed=7, members=60, messages=800, start=datetime(2025, 1, 1), end=datetime(2025, 9, 1))
    export = slack_export.write(community, room / "workspace.zip", until=FIRST)
    with discourse.serve(community, now=FIRST, api_key=KEY) as forum:
        text = example.configuration(community, forum.base_url, str(export))
        sources, _, members = text[text.index("[sources.forum]") :].partition("[members]")
        yield Places(community, forum, export, sources, f"[members]{members}")


def configured(room: Path, places: Places, more: str = "") -> Path:
    """A folder with a muster.toml for the places, and the forum's key among its secrets."""
    return write_configuration(room / "community", places.sources, more=f"{places.members}\n{more}", with_key=True)


def talkative() -> dict[str, str]:
    """The environment of a user whose Prefect keeps its state in the data folder and logs all it can."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return inherited | {"PREFECT_LOGGING_LEVEL": "DEBUG", "PREFECT_LOGGING_SERVER_LEVEL": "DEBUG"}


def run_apart(folder: Path, now: datetime) -> str:
    """One run in a process of its own, as the command makes it, but with a clock; all that it said."""
    code = f"""
import datetime
from pathlib import Path
from flows.environment import without_server
without_server(Path({str(folder)!r}) / ".muster" / "prefect")
from flows.pipeline import muster
muster(config={str(folder)!r}, now={now!r})
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=talkative(), capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The `muster` command itself."""
    muster = [str(Path(sys.executable).with_name("muster")), *words, "--config", str(folder), "--debug"]
    return subprocess.run(muster, env=talkative(), capture_output=True, text=True, check=False, timeout=600)
