"""The receipt of an erasure: what was done, what is left, what could not be known; it names nobody."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.files import replace_text
from warehouse.layout import PRIVATE_FOLDER

UNKNOWN = [
    "the platform itself, and any file a source reads (an export): they are not Muster's; delete the person there too",
    "what others wrote about the person in their own words: unmarked quotes, nicknames, descriptions, pictures",
    "what has left the data folder: mails and messages sent, exports, backups, extracts of BI tools, a Prefect server "
    "of your own",
    "blocks of the disk that the file system has freed but not yet written over",
]


@dataclass
class Receipt:
    """What `muster forget` did."""

    at: datetime
    configuration: Path
    done: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    file: Path | None = None

    def did(self, what: str) -> None:
        """One step."""
        self.done.append(what)

    def dids(self, steps: list[str]) -> None:
        """Several steps."""
        self.done += steps

    def counted(self, source: str, own: int, others: int, rejected: int) -> None:
        """What one account's erasure touched in the build database."""
        self.did(
            f"{source}: {own:,} rows of the account kept as skeletons (no name, text, payload or account id), so that "
            f"threads stay whole, and counted no more; {others:,} rows of others scrubbed of mentions, marked quotes "
            f"and titles; {rejected:,} rejected records emptied; keyed tombstones left against reading it again"
        )

    def content(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "erased_at": f"{self.at.isoformat()}Z",
            "done": self.done,
            "still_found_in": self.leftovers,
            "could_not_be_known": self.unknown,
        }

    def text(self) -> str:
        """As plain text."""
        found = self.leftovers or ["nothing: every file and every table of the data folder was searched"]
        parts = {"Done": self.done, "Still found": found, "Could not be known": self.unknown}
        lines = [f"Erasure of one person, {self.at.isoformat(sep=' ')} UTC", ""]
        for title, entries in parts.items():
            lines += [title, *(f"- {entry}" for entry in entries), ""]
        return "\n".join(lines)

    def write(self, folder: Path) -> None:
        """Write both forms; the name tells nothing."""
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        stem = f"erasure-{self.at:%Y%m%d}-{secrets.token_hex(3)}"
        replace_text(folder / f"{stem}.json", json.dumps(self.content(), indent=2, ensure_ascii=False) + "\n")
        self.file = folder / f"{stem}.txt"
        replace_text(self.file, self.text())
