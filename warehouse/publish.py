"""Publication: a complete snapshot folder under a temporary name, then one rename and one symlink."""

# ruff: noqa: S608  (names in the SQL come from declarations that check_name let through; values are parameters)

import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse import copying, keyed, snapshots
from warehouse.connect import literal, opened, scalar
from warehouse.errors import WarehouseError
from warehouse.layout import PRIVATE_FILE, DataFolder
from warehouse.snapshots import current
from warehouse.status import read_status, write_status

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["current", "publish", "read_status", "write_status"]

COMMUNITY = ("marts", "ops")
DESK = ("desk",)


def publish(
    folder: DataFolder,
    *,
    run_id: str,
    now: datetime,
    data_as_of: datetime | None,
    gate: Sequence[Mapping[str, Any]],
    versions: Mapping[str, str],
    keep: int = 5,
    private: Collection[str] = (),
    key: bytes | None = None,
) -> Path:
    """Publish the build's marts, ops and desk as a new snapshot and serve it; the newest `keep` snapshots stay.

    `private` names tables (`schema.table`) to leave out; with `key` surrogate keys are keyed anew, native ids left out.
    A kill at any instant leaves the previous snapshot or this one in service, whole. Needs the build database closed
    everywhere, and the lock.
    """
    if keep < 1:
        raise WarehouseError(f"keep = {keep} would leave nothing to serve: keep at least 1 snapshot")
    snapshots.discard_leftovers(folder)
    snapshot_id = snapshots.vacant_id(folder, run_id)
    building = snapshots.begin(folder, snapshot_id)
    spill = building / ".spill"  # within, so that what a kill leaves of it goes with the rest
    with opened(None) as connection:
        connection.execute(f"set temp_directory = {literal(str(spill))}")
        _attach_build(connection, folder.warehouse)
        if key is not None:
            keyed.prepare(connection, key)
        rows = _write_files(connection, building, private, key is not None)
        manifest = {
            "snapshot_id": snapshot_id,
            "run_id": run_id,
            "published_at": _moment(now),
            "data_as_of": _moment(data_as_of),
            "gate": list(gate),
            "coverage": _coverage(connection),
            "tables": rows,
            "versions": dict(versions),
        }
    shutil.rmtree(spill, ignore_errors=True)
    text = json.dumps(manifest, indent=2, ensure_ascii=False, default=_plain)
    (building / "manifest.json").write_text(text + "\n", encoding="utf-8")
    snapshot = snapshots.finish(folder, building, snapshot_id)
    snapshots.prune(folder, keep)
    return snapshot


def _attach_build(connection: "DuckDBPyConnection", path: Path) -> None:
    if not path.exists():
        raise WarehouseError(f"{path} does not exist: run the pipeline before publishing")
    connection.execute(f"attach {literal(str(path))} as build (read_only)")


def _write_files(
    connection: "DuckDBPyConnection", building: Path, private: Collection[str], is_keyed: bool
) -> dict[str, int]:
    community, desk = building / "community.duckdb", building / "desk.duckdb"
    published = copying.tables(connection, COMMUNITY, private)
    rows = copying.create(connection, community, COMMUNITY, published, is_keyed)
    # nobody else can reach the file before its mode is set: the folder around it is private
    rows |= copying.create(connection, desk, DESK, copying.tables(connection, DESK, private), is_keyed)
    os.chmod(desk, PRIVATE_FILE)
    parquet = building / "parquet"
    parquet.mkdir()
    copying.write_parquet(connection, community, parquet, published)
    return rows


def _coverage(connection: "DuckDBPyConnection") -> dict[str, dict[str, Any]]:
    """By source and stream: the ends of what was observed, and the intervals that were not, with their reasons."""
    derived = """
        select count(*) from duckdb_columns()
        where database_name = 'build' and schema_name = 'ops' and table_name = 'coverage'
    """
    table = "build.ops.coverage" if scalar(connection, derived) else "build.raw.coverage"
    query = f"select distinct source, stream, observed_from, observed_to, reason from {table} order by all"
    coverage: dict[str, dict[str, Any]] = {}
    for source, stream, start, end, reason in connection.execute(query).fetchall():
        empty: dict[str, Any] = {"observed_from": None, "observed_to": None, "gaps": []}
        entry = coverage.setdefault(source, {}).setdefault(stream or "*", empty)
        if reason is not None:
            entry["gaps"].append({"from": _moment(start), "to": _moment(end), "reason": reason})
            continue
        known_start, known_end = entry["observed_from"], entry["observed_to"]
        entry["observed_from"] = min(filter(None, (known_start, _moment(start))), default=None)
        entry["observed_to"] = max(filter(None, (known_end, _moment(end))), default=None)
    return coverage


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat() + "Z"


def _plain(value: Any) -> str | None:
    return _moment(value) if isinstance(value, datetime) else str(value)
