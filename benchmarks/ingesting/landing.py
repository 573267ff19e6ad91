"""The whole landing path, as a run takes it: the pipeline of sources and the merge of warehouse."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from sources import registry
from sources.pipeline import PullResult, pull
from warehouse import build, landing


class Ground:
    """A build database of its own for one source."""

    def __init__(self, folder: Path, platform: str, source: str = "bench") -> None:
        """Prepares the database."""
        self.folder, self.source, self.connector = folder, source, registry.get(platform)
        self.warehouse = folder / "warehouse.duckdb"
        streams = {one.name: build.StreamDeclaration(one.duckdb_types(), one.key) for one in self.connector.streams}
        build.prepare(self.warehouse, {platform: streams})
        self.loading = 0.0

    def pull(self, options: dict[str, Any], now: datetime, **given: Any) -> tuple[PullResult, float]:
        """What was pulled, and the seconds it took."""
        names = {"source": self.source, "platform": self.connector.platform}
        run_id, lock = now.strftime("%Y%m%dT%H%M%SZ"), threading.Lock()

        def known(stream: str) -> Any:
            with lock:  # asked while another package is loaded
                return landing.known(self.warehouse, stream=stream, **names)

        arguments = {
            "source": self.source,
            "options": self.connector.options(**options),
            "secrets": {},
            "known": known,
            "now": now,
            "run_id": run_id,
        }

        def merge() -> None:
            landing.merge(self.warehouse, run_id=run_id, loaded_at=now, **names)

        started = time.perf_counter()
        result = pull(
            self.connector,
            arguments | given,
            warehouse=self.warehouse,
            dlt_dir=self.folder / "dlt",
            write_lock=lock,
            on_loaded=merge,
        )
        return result, time.perf_counter() - started
