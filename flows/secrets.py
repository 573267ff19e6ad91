"""Finds a source's secrets where dlt looks for them: the environment, then .dlt/secrets.toml beside muster.toml."""

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path

from flows.errors import WrongUse


def of_source(folder: Path, source: str, names: Iterable[str]) -> dict[str, str]:
    """The secrets that are set, by name. `folder` is that of muster.toml."""
    table = _table(folder / ".dlt" / "secrets.toml", source)
    found = {name: os.environ.get(variable(source, name)) or table.get(name) for name in names}
    return {name: str(value) for name, value in found.items() if value}


def variable(source: str, name: str) -> str:
    """The environment variable of a secret, named as dlt names it."""
    return f"SOURCES__{source}__{name}".upper()


def _table(file: Path, source: str) -> dict[str, object]:
    if not file.is_file():
        return {}
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # the parser's message could quote the secret itself
        raise WrongUse(".dlt/secrets.toml: not valid TOML; check its quotes and brackets") from None
    table = document.get("sources", {}).get(source, {})
    return table if isinstance(table, dict) else {}
