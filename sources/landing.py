"""The landing schema of one source: dlt writes it, its state there is the only cursor that is trusted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pyarrow as pa
from dlt.common.schema.typing import TColumnSchema
from dlt.common.schema.utils import new_table
from dlt.extract import DltSource
from dlt.pipeline.exceptions import PipelineStepFailed

from sources.batches import landing_schemas
from sources.connector import Connector
from sources.errors import LoadFailed, SourceError


class Landing:
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
        """Opens the pipeline's folder; reads nothing from the warehouse yet."""
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
        with self.write_lock, self._one_line(), self._held() as connection:
            # what is emptied by the merge is not worth compressing
            connection.execute("set force_compression = 'uncompressed'")
            self.pipeline.load()
            connection.execute("set force_compression = 'auto'")
            self.on_loaded()

    def _held(self) -> duckdb.DuckDBPyConnection:
        """The warehouse held open: otherwise each of dlt's many connections would end in a checkpoint of its own."""
        try:
            return duckdb.connect(str(self.warehouse))
        except duckdb.Error as error:
            problem = f"it cannot be opened ({str(error).splitlines()[0][:200]})"
            raise LoadFailed(
                self.source, str(self.warehouse), problem, "close what holds it, then run again"
            ) from error

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
        with self._held() as connection:
            query = "select count(*) from information_schema.tables where table_schema = ? and table_name = ?"
            found = connection.execute(query, [self.dataset, "_dlt_pipeline_state"]).fetchone()
        return bool(found and found[0])

    def _one_line(self) -> OneLine:
        return OneLine(self.source, self.warehouse)


def _naive(name: str) -> TColumnSchema:
    return {"name": name, "data_type": "timestamp", "precision": 6, "timezone": False, "nullable": True}


class OneLine:
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
