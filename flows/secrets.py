"""Finds secrets where dlt looks for them: the environment, then .dlt/secrets.toml beside muster.toml."""

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path

from flows.errors import WrongUse


def of_source(folder: Path, source: str, names: Iterable[str]) -> dict[str, str]:
    """The secrets that are set, by name. `folder` is that of muster.toml."""
    table = _table(folder / ".dlt" / "secrets.toml", "sources", source)
    found = {name: os.environ.get(variable(source, name)) or table.get(name) for name in names}
    return {name: str(value) for name, value in found.items() if value}


def required(folder: Path, section: str, name: str, asked_by: str) -> str:
    """The secret of that name under [section], or WrongUse that says who asks for it and where to put it."""
    variable = f"{section}__{name}".upper()
    held = os.environ.get(variable) or _table(folder / ".dlt" / "secrets.toml", section).get(name)
    if not held:
        where = f"set {variable}, or {name} under [{section}] in .dlt/secrets.toml"
        raise WrongUse(f"{asked_by}: '{name}' is not there; {where}")
    return str(held)


def variable(source: str, name: str) -> str:
    """The environment variable of a secret, named as dlt names it."""
    return f"SOURCES__{source}__{name}".upper()


def _table(file: Path, *names: str) -> dict[str, object]:
    """A table of the secrets file, empty where there is none."""
    if not file.is_file():
        return {}
    try:
        table: object = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # the parser's message could quote the secret itself
        raise WrongUse(".dlt/secrets.toml: not valid TOML; check its quotes and brackets") from None
    for name in names:
        table = table.get(name, {}) if isinstance(table, dict) else {}
    return table if isinstance(table, dict) else {}
