"""Pulls a source into the build database: extraction beside the other sources, loading one at a time."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows import configure, privacy, secrets
from flows.run import Run
from flows.sections import Source
from sources import registry
from sources.batches import Tally
from sources.pipeline import PullResult, pull
from warehouse import landing, ledger
from warehouse.landing import Merged

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Pulled:
    """What became of one source in this run; `error` is the one line that says why it failed.

    Two sides are counted apart, so that the gate can compare them: what the connector gave (`received`, with what an
    interrupted run had left in landing) and what became of it (`landed`, `unchanged`, `rejected`, `erased`).
    """

    source: str
    received: Counter[str] = field(default_factory=Counter)
    landed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    erased: Counter[str] = field(default_factory=Counter)  # rows of erased people, dropped at the door
    requests: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    error: str | None = None

    def add(self, merged: dict[str, Merged], *, read_before: bool = False) -> None:
        """Count what one merge took in; what was not read by this run's pull is received here."""
        for stream, counts in merged.items():
            self.landed[stream] += counts.landed
            self.unchanged[stream] += counts.unchanged
            if read_before:
                self.received[stream] += counts.received

    def read(self, loaded: Tally) -> None:
        """Count what a pull that has ended was given."""
        self.received.update(loaded.received)
        self.rejected.update(loaded.rejected)
        self.erased.update(loaded.dropped)

    def line(self) -> str:
        """One line for the terminal, the artifact and the status."""
        counts = f"{self.received.total():,} received, {self.landed.total():,} new"
        rejected = f", {self.rejected.total():,} rejected (`muster rejected`)" if self.rejected.total() else ""
        end = f"; failed: {self.error}" if self.error else ""
        return f"{self.source}: {counts}{rejected}, {self.requests:,} requests, {self.seconds:.1f} s{end}"


def pull_source(run: Run, source: Source, pulled: Pulled, write_lock: threading.Lock) -> None:
    """Pull one source to its end, counting into `pulled`; a SourceError leaves what was loaded before it in place."""
    started = time.monotonic()
    with write_lock:
        door = privacy.door(run, source)
    result = PullResult()
    is_reading = False
    names = {"source": source.name, "platform": source.platform}

    def known(stream: str) -> "pa.Table":
        # DuckDB refuses a reader of another configuration while this process writes
        with write_lock:
            return landing.known(run.folder.warehouse, stream=stream, **names)

    def merge() -> None:
        merged = landing.merge(run.folder.warehouse, run_id=run.run_id, loaded_at=run.now, **names)
        pulled.add(merged, read_before=not is_reading)
        run.say(f"ingest     {source.name}: {pulled.landed.total() + pulled.unchanged.total():,} rows")

    def progress(so_far: PullResult) -> None:
        nonlocal result, is_reading
        result, is_reading = so_far, True
        pulled.requests, pulled.notes = so_far.requests, list(so_far.notes)

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
        pulled.read(result.loaded)
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
        "present": lambda: run.until,
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
        for stream in sorted(pulled.received.keys() | pulled.landed.keys()):
            ledger.record_ingest(
                run.folder.warehouse,
                run_id=run.run_id,
                source=pulled.source,
                stream=stream,
                received=pulled.received[stream],
                landed=pulled.landed[stream],
                unchanged=pulled.unchanged[stream] + pulled.erased[stream],
                rejected=pulled.rejected[stream],
                requests=pulled.requests,
                seconds=pulled.seconds,
                erased=pulled.erased[stream],
            )
