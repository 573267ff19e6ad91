"""Lands a source through dlt: bounded chunks, rows and cursor state in one package, safe to kill at any instant."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import dlt

from sources.batches import Batches, Tally, Treatment
from sources.connector import Connector, Context, Item
from sources.errors import SourceError
from sources.landing import Landing
from sources.quiet import quiet_dlt

CURSOR = "cursor"
SEQ = "seq"


@dataclass
class PullResult:
    """What a pull did: requests made, pages and rows received, rows rejected, chunks loaded, what to tell the user.

    `loaded` counts the records of the chunks that were loaded; a failed load's are left for the next pull to count.
    """

    requests: int = 0
    pages: int = 0
    rows: int = 0
    rejected: int = 0
    chunks: int = 0
    loaded: Tally = field(default_factory=Tally)
    notes: list[str] = field(default_factory=list)


def pull(
    connector: Connector,
    ctx_arguments: Mapping[str, Any],
    *,
    warehouse: Path,
    dlt_dir: Path,
    write_lock: threading.Lock,
    on_loaded: Callable[[], None],
    treat: Treatment | None = None,
    keep_payload: bool = True,
    on_progress: Callable[[PullResult], None] | None = None,
) -> PullResult:
    """Reads a source to its end, a chunk at a time; what was read before an error is kept, then the error is raised.

    `ctx_arguments` are Context's fields but `state`. `on_loaded` runs under `write_lock` after each load, and once
    before anything is read if an earlier run left rows behind, so that `known` speaks of all that was landed.
    """
    with quiet_dlt(dlt_dir):
        landing = Landing(connector, str(ctx_arguments["source"]), warehouse, dlt_dir, write_lock, on_loaded)
        state = landing.settle()
        context = Context(**ctx_arguments, state=state.get(CURSOR, {}))
        batches = Batches(connector, context, state.get(SEQ, 0), treat, keep_payload)
        return _Pull(landing, context, batches, on_progress).run(connector.read(context))


class _Pull:
    """One pull: the connector's iterator stays open over all chunks."""

    def __init__(
        self,
        landing: Landing,
        context: Context,
        batches: Batches,
        on_progress: Callable[[PullResult], None] | None,
    ) -> None:
        self.landing, self.context, self.batches, self.on_progress = landing, context, batches, on_progress
        self.result, self.error, self.done = PullResult(), None, False

    error: SourceError | None

    def run(self, items: Iterator[Item]) -> PullResult:
        guarded, before = self._guarded(items), deepcopy(self.context.state)
        self._tell()  # what is loaded from here on was read by this pull
        while not self.done:
            first = next(guarded, None)
            if first is None and self.context.state == before:
                break  # nothing to land and no cursor moved: no package
            self.landing.land(self._chunk(guarded if first is None else chain([first], guarded)))
            before = deepcopy(self.context.state)
            self.result.chunks += 1
            self.result.loaded = deepcopy(self.batches.tally)
            self._tell()
        self._tell()
        if self.error:
            raise self.error
        return self.result

    def _guarded(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items; a source's error ends them, so that what came before is landed first."""
        try:
            yield from items
        except SourceError as error:
            self.error = error
        self.done = True

    def _chunk(self, items: Iterator[Item]) -> Iterator[Any]:
        """Tables of one package; the cursor goes with them, as it stands when the chunk is cut."""
        start = self.batches.weight
        for item in items:
            for name, table in self.batches.add(item):
                yield dlt.mark.with_table_name(table, name)
            self._tell()
            if self.batches.weight - start >= self.context.row_limit:
                break
        for name, table in self.batches.flush():
            yield dlt.mark.with_table_name(table, name)
        state = dlt.current.source_state()
        state[CURSOR], state[SEQ] = deepcopy(dict(self.context.state)), self.batches.seq

    def _tell(self) -> None:
        result, meter = self.result, self.context.meter
        result.requests, result.notes = meter.requests, list(meter.notes)
        result.pages, result.rows, result.rejected = self.batches.pages, self.batches.rows, self.batches.rejected
        if self.on_progress:
            self.on_progress(result)
