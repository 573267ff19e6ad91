"""What went out to whom for which period, in a file that survives a kill at any instant."""

import json
import os
from datetime import datetime
from pathlib import Path

from flows.errors import Failure


class Ledger:
    """deliveries.json in the data folder: recipient and period → sending, sent or failed."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def state(self, key: str) -> str | None:
        """The last word on a delivery."""
        entry = self._read().get(key)
        return str(entry["state"]) if entry else None

    def write(self, key: str, state: str, now: datetime) -> None:
        """Write one word down, on the disk before this returns."""
        entries = self._read()
        entries[key] = {"state": state, "at": now.isoformat(timespec="seconds") + "Z"}
        beside = self.file.with_name(self.file.name + ".new")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(entries, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.file)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            read = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            # taken for empty it would let everything go out a second time
            raise Failure(f"{self.file}: cannot be read; mend it or move it away") from None
        return dict(read)
