"""Finds the address of a recipient of reports: in the environment, else in .dlt/secrets.toml beside muster.toml."""

import os
import tomllib
from pathlib import Path

from flows.errors import WrongUse


def address(folder: Path, recipient: str) -> str:
    """REPORTS__NAME, else the entry under [reports] beside muster.toml in `folder`; WrongUse says where to put one."""
    file = folder / ".dlt" / "secrets.toml"
    held = os.environ.get(f"REPORTS__{recipient}".upper())
    if not held and file.is_file():
        try:
            section = tomllib.loads(file.read_text(encoding="utf-8")).get("reports", {})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            # the parser's message could quote the secret itself
            raise WrongUse(".dlt/secrets.toml: not valid TOML; check its quotes and brackets") from None
        held = section.get(recipient) if isinstance(section, dict) else None
    if not held:
        raise WrongUse(
            f"reports.weekly.to: '{recipient}' has no address; set REPORTS__{recipient.upper()},"
            f" or {recipient} under [reports] in .dlt/secrets.toml"
        )
    return str(held)
