"""What `muster rejected` shows, and what `muster run --retry-rejected` lands: records that broke their declaration."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows import privacy
from flows.ingest import Pulled
from flows.run import Run
from flows.settings import load
from sources import registry
from sources.streams import Stamp, to_table
from warehouse import quarantine
from warehouse.layout import DataFolder
from warehouse.quarantine import Waiting

SHOWN = 160


def lines(config: Path | None, source: str | None, limit: int) -> Iterator[str]:
    """The unresolved records, newest first: where, why, and the start of what came."""
    folder = DataFolder(load(config).data_dir)
    rows = quarantine.waiting(folder.warehouse, source)
    if not rows:
        yield "No record is rejected."
        return
    for row in rows[:limit]:
        column = f".{row.column}" if row.column else ""
        shown = " ".join((row.payload or "(nothing is kept of it)").split())
        yield f"{row.source}.{row.stream}{column}: {row.reason}  ({row.rejected_at:%Y-%m-%d}, run {row.run_id})"
        yield f"    {shown[:SHOWN]}{'…' if len(shown) > SHOWN else ''}"
    more = f", {len(rows) - limit:,} not shown (--limit)" if len(rows) > limit else ""
    yield f"{len(rows):,} rejected records{more}; after a fix, `muster run --retry-rejected` tries them again"


@dataclass
class Retried:
    """What became of one source's rejected records."""

    landed: int = 0
    unchanged: int = 0
    still: int = 0


def retry(run: Run, pulled: Pulled) -> Retried:
    """Try a source's rejected records once more; what fits now is landed and marked as resolved."""
    result = Retried()
    source = run.settings.source(pulled.source)
    door, connector = privacy.door(run, source), registry.get(source.platform)
    streams = {stream.name: stream for stream in connector.streams}
    for row in quarantine.waiting(run.folder.warehouse, source.name):
        if row.stream not in streams or row.record is None:
            result.still += 1
            continue
        stamp = Stamp(source.name, row.run_id, row.rejected_at, present=run.until)
        record: Any = json.loads(row.record)
        table, refused = to_table(streams[row.stream], [record], [row.payload if door.keeps_payload else None], stamp)
        if refused:
            result.still += 1
            continue
        table = table if door.is_open else door.treat(row.stream, table)
        merged = quarantine.land(run.folder.warehouse, row, table, run_id=run.run_id, loaded_at=run.now)
        pulled.add({row.stream: merged}, read_before=True)
        result.landed += merged.landed
        result.unchanged += merged.unchanged
    for counts in (pulled.received, pulled.erased):
        counts.update(door.dropped)
    return result


__all__ = ["Retried", "Waiting", "lines", "retry"]
