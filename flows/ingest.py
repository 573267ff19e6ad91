"""Pulls a source into the build database: extraction beside the other sources, loading one at a time."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows import configure, privacy, secrets
from flows.run import Run
from flows.settings import Source
from sources import registry
from sources.pipeline import PullResult, pull
from warehouse import landing, ledger
from warehouse.landing import Merged

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Pulled:
    """What became of one source in this run; `error` is the one line that says why it failed."""

    source: str
    received: Counter[str] = field(default_factory=Counter)
    landed: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    erased: Counter[str] = field(default_factory=Counter)  # rows of erased people, dropped at the door
    requests: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    error: str | None = None

    def add(self, merged: dict[str, Merged]) -> None:
        """Count what one merge took in."""
        for stream, counts in merged.items():
            self.received[stream] += counts.received
            self.landed[stream] += counts.landed

    def line(self) -> str:
        """One line for the terminal, the artifact and the status."""
        received = self.received.total() + self.erased.total() + self.rejected.total()
        counts = f"{received:,} received, {self.landed.total():,} new"
        rejected = f", {self.rejected.total():,} rejected (`muster rejected`)" if self.rejected.total() else ""
        end = f"; failed: {self.error}" if self.error else ""
        return f"{self.source}: {counts}{rejected}, {self.requests:,} requests, {self.seconds:.1f} s{end}"


def pull_source(run: Run, source: Source, pulled: Pulled, write_lock: threading.Lock) -> None:
    """Pull one source to its end, counting into `pulled`; a SourceError leaves what was loaded before it in place."""
    started = time.monotonic()
    with write_lock:
        door = privacy.door(run, source)
    pulled.erased = door.dropped
    names = {"source": source.name, "platform": source.platform}

    def known(stream: str) -> "pa.Table":
        # DuckDB refuses a reader of another configuration while this process writes
        with write_lock:
            return landing.known(run.folder.warehouse, stream=stream, **names)

    def merge() -> None:
        pulled.add(landing.merge(run.folder.warehouse, run_id=run.run_id, loaded_at=run.now, **names))
        run.say(f"ingest     {source.name}: {pulled.received.total():,} rows")

    def progress(result: PullResult) -> None:
        pulled.requests, pulled.notes = result.requests, list(result.notes)

    try:
        pull(
            registry.get(source.platform),
            told(run, source, known),
            warehouse=run.folder.warehouse,
            dlt_dir=run.folder.dlt,
            write_lock=write_lock,
            on_loaded=merge,
            treat=None if door.is_open else door.treat,
            keep_payload=door.keeps_payload,
            on_progress=progress,
        )
    finally:
        pulled.seconds = time.monotonic() - started


def _retry(run: Run, pulled: Pulled) -> None:
    from flows import rejected  # it counts into a Pulled

    retried = rejected.retry(run, pulled)
    run.say(
        f"ingest     {pulled.source}: of the rejected, {retried.landed:,} landed, {retried.unchanged:,} known by now, "
        f"{retried.still:,} still do not fit"
    )


def told(run: Run, source: Source, known: Callable[[str], "pa.Table"]) -> dict[str, Any]:
    """What a connector is told about this run: the fields of its Context but the cursor."""
    return {
        "source": source.name,
        "options": source.options,
        "secrets": secrets.of_source(run.settings.file.parent, source.name, registry.get(source.platform).secrets),
        "known": known,
        "now": run.now,
        "run_id": run.run_id,
        "since": run.since,
        "full": run.full,
    }


def record(run: Run, pulls: list[Pulled]) -> None:
    """Write the counts of every source and stream into the ledger."""
    if run.settings.privacy.pseudonymize:
        configure.write(run)
    for pulled in pulls:
        if run.retry_rejected:
            _retry(run, pulled)
        pulled.rejected.update(ledger.rejected(run.folder.warehouse, run_id=run.run_id, source=pulled.source))
        for stream in sorted(pulled.received.keys() | pulled.rejected.keys() | pulled.erased.keys()):
            received = pulled.received[stream] + pulled.erased[stream]
            ledger.record_ingest(
                run.folder.warehouse,
                run_id=run.run_id,
                source=pulled.source,
                stream=stream,
                received=received + pulled.rejected[stream],
                landed=pulled.landed[stream],
                unchanged=received - pulled.landed[stream],
                rejected=pulled.rejected[stream],
                requests=pulled.requests,
                seconds=pulled.seconds,
                erased=pulled.erased[stream],
            )
