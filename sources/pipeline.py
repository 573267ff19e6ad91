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
import duckdb
import pyarrow as pa
from dlt.common.schema.typing import TColumnSchema
from dlt.common.schema.utils import new_table
from dlt.extract import DltSource
from dlt.pipeline.exceptions import PipelineStepFailed

from sources.batches import Batches, Treatment, landing_schemas
from sources.connector import Connector, Context, Item
from sources.errors import LoadFailed, SourceError
from sources.quiet import quiet_dlt

CURSOR = "cursor"
SEQ = "seq"


@dataclass
class PullResult:
    """What a pull did: requests made, pages and rows received, rows rejected, chunks loaded, what to tell the user."""

    requests: int = 0
    pages: int = 0
    rows: int = 0
    rejected: int = 0
    chunks: int = 0
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
        landing = _Landing(connector, str(ctx_arguments["source"]), warehouse, dlt_dir, write_lock, on_loaded)
        state = landing.settle()
        context = Context(**ctx_arguments, state=state.get(CURSOR, {}))
        batches = Batches(connector, context, state.get(SEQ, 0), treat, keep_payload)
        return _Pull(landing, context, batches, on_progress).run(connector.read(context))


class _Pull:
    """One pull: the connector's iterator stays open over all chunks."""

    def __init__(
        self,
        landing: _Landing,
        context: Context,
        batches: Batches,
        on_progress: Callable[[PullResult], None] | None,
    ) -> None:
        self.landing, self.context, self.batches, self.on_progress = landing, context, batches, on_progress
        self.result, self.error, self.done = PullResult(), None, False

    error: SourceError | None

    def run(self, items: Iterator[Item]) -> PullResult:
        guarded, before = self._guarded(items), deepcopy(self.context.state)
        while not self.done:
            first = next(guarded, None)
            if first is None and self.context.state == before:
                break  # nothing to land and no cursor moved: no package
            self.landing.land(self._chunk(guarded if first is None else chain([first], guarded)))
            before = deepcopy(self.context.state)
            self.result.chunks += 1
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
        start = self.batches.rows
        for item in items:
            for name, table in self.batches.add(item):
                yield dlt.mark.with_table_name(table, name)
            self._tell()
            if self.batches.rows - start >= self.context.row_limit:
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


class _Landing:
    """The dlt pipeline of one source and the schema landing_<source> it fills."""

    def __init__(
        self,
        connector: Connector,
        source: str,
        warehouse: Path,
        dlt_dir: Path,
        write_lock: threading.Lock,
        on_loaded: Callable[[], None],
    ) -> None:
        self.source, self.warehouse, self.dataset = source, warehouse, f"landing_{source}"
        self.connector = connector
        self.write_lock, self.on_loaded = write_lock, on_loaded
        self.pipeline = dlt.pipeline(
            f"muster_{source}",
            pipelines_dir=str(dlt_dir),
            destination=dlt.destinations.duckdb(str(warehouse)),
            dataset_name=self.dataset,
        )

    def settle(self) -> dict[str, Any]:
        """Loads what an earlier run left behind, then takes the cursor from the warehouse: it alone is trusted.

        A warehouse without our dataset means all is to be read again, whatever the working folder remembers.
        """
        with self.write_lock, self._one_line():
            if self._has_dataset():
                if self.pipeline.has_pending_data:
                    self.pipeline.normalize()
                    self.pipeline.load()
                self.on_loaded()
                self.pipeline = self.pipeline.drop()
                self.pipeline.sync_destination()
            else:
                self.pipeline = self.pipeline.drop()
            sources = self.pipeline.state.get("sources", {})
        return deepcopy(dict(sources.get(self.pipeline.pipeline_name, {})))

    def land(self, chunk: Iterator[Any]) -> None:
        """Extracts and normalizes a chunk beside other sources; loads it when the warehouse is free."""
        with self._one_line():
            self.pipeline.extract(self._source(chunk), loader_file_format="parquet")
            self.pipeline.normalize()
        with self.write_lock, self._one_line():
            self.pipeline.load()
            self.on_loaded()

    def _source(self, chunk: Iterator[Any]) -> DltSource:
        resource = dlt.resource(chunk, name="chunk", write_disposition="append")
        name = self.pipeline.pipeline_name
        return DltSource(self._schema(name), name, [resource])

    def _schema(self, name: str) -> dlt.Schema:
        """Our tables declared beforehand: dlt would make its own time zone of every timestamp it infers."""
        schema = dlt.Schema(name)
        for table, fields in landing_schemas(self.connector).items():
            naive = [_naive(field.name) for field in fields if pa.types.is_timestamp(field.type)]
            schema.update_table(new_table(table, write_disposition="append", columns=naive))
        return schema

    def _has_dataset(self) -> bool:
        if not self.warehouse.exists():
            return False
        with duckdb.connect(str(self.warehouse)) as connection:
            query = "select count(*) from information_schema.tables where table_schema = ? and table_name = ?"
            found = connection.execute(query, [self.dataset, "_dlt_pipeline_state"]).fetchone()
        return bool(found and found[0])

    def _one_line(self) -> _OneLine:
        return _OneLine(self.source, self.warehouse)


def _naive(name: str) -> TColumnSchema:
    return {"name": name, "data_type": "timestamp", "precision": 6, "timezone": False, "nullable": True}


class _OneLine:
    """Turns dlt's many-lined errors into one line; an error of ours inside comes out as it is."""

    def __init__(self, source: str, warehouse: Path) -> None:
        self.source, self.warehouse = source, warehouse

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, PipelineStepFailed):
            return
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, SourceError | KeyboardInterrupt):
                raise cause
            cause = cause.__cause__ or cause.__context__
        problem = f"{error.step} failed ({type(error.exception).__name__}: {str(error.exception)[:200]})"
        cure = "run again: nothing is lost; if it stays, run with --debug"
        raise LoadFailed(self.source, str(self.warehouse), problem, cure) from error
