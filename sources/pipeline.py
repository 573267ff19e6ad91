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

from sources.ahead import Ahead, Cut
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
        return _Pull(landing, context, batches, on_progress).run(connector.read)


class _Pull:
    """One pull: the connector is read on while its chunks are landed."""

    def __init__(
        self,
        landing: Landing,
        context: Context,
        batches: Batches,
        on_progress: Callable[[PullResult], None] | None,
    ) -> None:
        self.landing, self.context, self.batches, self.on_progress = landing, context, batches, on_progress
        self.result, self.cut = PullResult(), Cut(deepcopy(dict(context.state)))

    def run(self, read: Callable[[Context], Iterator[Item]]) -> PullResult:
        self._tell()  # what is loaded from here on was read by this pull
        with Ahead(read, self.context) as given:
            while not self.cut.is_last:
                first = next(given)
                if isinstance(first, Cut) and first.state == self.cut.state:
                    self.cut = first
                    break  # nothing to land and no cursor moved: no package
                self.landing.land(self._chunk(chain([first], given)))
                self.result.chunks += 1
                self.result.loaded = deepcopy(self.batches.tally)
                self._tell()
        self._tell()
        if self.cut.error:
            raise self.cut.error
        return self.result

    def _chunk(self, given: Iterator[Item | Cut]) -> Iterator[Any]:
        """Tables of one package; the cursor goes with them, as it stood where the chunk was cut.

        A source's error waits until what came before it is landed; any other leaves no package.
        """
        for one in given:
            if isinstance(one, Cut):
                self.cut = one
                break
            for name, table in self.batches.add(one):
                yield dlt.mark.with_table_name(table, name)
            self._tell()
        if self.cut.error and not isinstance(self.cut.error, SourceError):
            raise self.cut.error
        for name, table in self.batches.flush():
            yield dlt.mark.with_table_name(table, name)
        state = dlt.current.source_state()
        state[CURSOR], state[SEQ] = self.cut.state, self.batches.seq

    def _tell(self) -> None:
        result, meter = self.result, self.context.meter
        result.requests, result.notes = meter.requests, list(meter.notes)
        result.pages, result.rows, result.rejected = self.batches.pages, self.batches.rows, self.batches.rejected
        if self.on_progress:
            self.on_progress(result)
