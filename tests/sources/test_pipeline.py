"""The dlt pipeline: bounded chunks, cursor and rows together, nothing lost by a kill, quiet, many sources at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import BaseModel

from sources.connector import Connector, Context, Coverage, Item, Page
from sources.errors import LoadFailed, SourceError, Unreachable
from sources.pipeline import pull
from sources.streams import Rejected, Stream, columns

ROOT = Path(__file__).parents[2]
NOW = datetime(2024, 6, 1)
NUMBERS = Stream("messages", columns("id! int64, created_at timestamp, mentions list<string>"), key=("id",))


class Options(BaseModel):
    total: int = 100
    fail_at: int = -1


def read(context: Context) -> Iterator[Item]:
    """Numbers by tens; fails where told to."""
    at = context.state.get("at", 0)
    while at < context.options.total:
        if at == context.options.fail_at:
            raise Unreachable("numbers", "page", "no answer", "run again")
        moment = "2024-01-01T00:00:00Z"
        rows = [{"id": n, "created_at": moment, "mentions": ["a"]} for n in range(at, at + 10)]
        yield Page("messages", rows, [b"{}"] * 10)
        at += 10
        context.state["at"] = at
    yield Coverage("messages", None, context.now)


CONNECTOR = Connector(
    "numbers", "", (NUMBERS,), Options, (), "", "", "", {}, True, read, lambda context: []
)  # fmt: skip


def land(folder: Path, source: str = "numbers", lock: threading.Lock | None = None, **given: Any) -> Any:
    arguments = {"source": source, "options": Options(), "secrets": {}, "known": None, "now": NOW, "run_id": "r"}
    outer = {name: given.pop(name) for name in ("on_loaded", "keep_payload", "treat") if name in given}
    return pull(
        CONNECTOR,
        arguments | given,
        warehouse=folder / "w.duckdb",
        dlt_dir=folder / "dlt",
        write_lock=lock or threading.Lock(),
        **({"on_loaded": lambda: None} | outer),
    )


def query(folder: Path, sql: str) -> list[Any]:
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_chunks_are_bounded_and_the_cursor_goes_on(tmp_path: Path) -> None:
    loads: list[int] = []
    result = land(tmp_path, row_limit=40, on_loaded=lambda: loads.append(1))
    assert (result.rows, result.chunks, len(loads)) == (100, 3, 3)
    assert query(tmp_path, "select count(*), count(distinct seq), min(id), max(id) from landing_numbers.messages") == [
        (100, 100, 0, 99)
    ]
    types = dict(query(tmp_path, "select column_name, column_type from (describe landing_numbers.messages)"))
    assert types["created_at"] == types["observed_at"] == "TIMESTAMP"
    more = land(tmp_path, options=Options(total=120))
    assert more.rows == 20
    assert query(tmp_path, "select max(seq) from landing_numbers.messages") == [(119,)]


def test_what_was_read_before_an_error_is_kept(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no answer"):
        land(tmp_path, options=Options(fail_at=50))
    assert query(tmp_path, "select count(*) from landing_numbers.messages") == [(50,)]
    assert land(tmp_path).rows == 50
    assert query(tmp_path, "select count(*), count(distinct id) from landing_numbers.messages") == [(100, 100)]


def test_a_package_left_behind_is_loaded_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    land(tmp_path, options=Options(total=20))
    with monkeypatch.context() as broken:
        broken.setattr("dlt.Pipeline.load", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            land(tmp_path, options=Options(total=60))
    assert land(tmp_path, options=Options(total=60)).rows == 0
    assert query(tmp_path, "select count(*), count(distinct id) from landing_numbers.messages") == [(60, 60)]


def test_a_warehouse_that_is_gone_is_filled_again(tmp_path: Path) -> None:
    land(tmp_path)
    (tmp_path / "w.duckdb").unlink()
    assert land(tmp_path).rows == 100


def test_a_warehouse_somebody_holds_is_one_line(tmp_path: Path) -> None:
    land(tmp_path, options=Options(total=20))
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True), pytest.raises(LoadFailed) as error:
        land(tmp_path)
    assert "close what holds it" in str(error.value)
    assert "\n" not in str(error.value)
    assert land(tmp_path).rows == 80


def test_a_lost_working_folder_does_not_lose_the_cursor(tmp_path: Path) -> None:
    land(tmp_path)
    (tmp_path / "dlt").rename(tmp_path / "lost")
    assert land(tmp_path, options=Options(total=110)).rows == 10


def test_several_sources_at_once(tmp_path: Path) -> None:
    lock, inside, most = threading.Lock(), [0], [0]

    def loaded() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        inside[0] -= 1

    errors: list[BaseException] = []

    def one(source: str) -> None:
        try:
            land(tmp_path, source, lock, row_limit=50, on_loaded=loaded)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(f"n{i}",)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert most == [1]
    for i in range(3):
        assert query(tmp_path, f"select count(*) from landing_n{i}.messages") == [(100,)]


def test_rejected_and_coverage_land_in_the_same_package(tmp_path: Path) -> None:
    def odd(context: Context) -> Iterator[Item]:
        yield Page("messages", [{"id": 1.5}, {"id": 1}], [b"secret", b"fine"])
        yield Rejected("messages", None, "a file was damaged", "0" * 32, "name")
        yield Coverage("messages", None, NOW, None)

    connector = Connector("numbers", "", (NUMBERS,), Options, (), "", "", "", {}, True, odd, lambda context: [])
    arguments = {"source": "odd", "options": Options(), "secrets": {}, "known": None, "now": NOW, "run_id": "r"}
    places = {"warehouse": tmp_path / "w.duckdb", "dlt_dir": tmp_path / "dlt", "write_lock": threading.Lock()}
    result = pull(connector, arguments, **places, on_loaded=lambda: None, keep_payload=False)
    assert (result.rows, result.rejected) == (3, 2)
    assert query(tmp_path, 'select "column", reason, payload from landing_odd.rejected order by reason') == [
        (None, "a file was damaged", None),
        ("id", "not a whole number", None),
    ]
    assert query(tmp_path, "select payload from landing_odd.messages") == [(None,)]
    assert query(tmp_path, "select stream, observed_to, recorded_at from landing_odd.coverage") == [
        ("messages", NOW, NOW)
    ]


def test_dlt_hears_no_environment_and_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dlt.common.runtime import anon_tracker

    folder = tmp_path / ".dlt"
    folder.mkdir()
    (folder / "config.toml").write_text("[normalize.parquet_normalizer]\nadd_dlt_load_id = true\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID", "true")
    monkeypatch.setenv("DESTINATION__DUCKDB__CREDENTIALS", str(tmp_path / "elsewhere.duckdb"))
    land(tmp_path)
    names = query(tmp_path, "select column_name from (describe landing_numbers.messages)")
    assert ("_dlt_load_id",) not in names
    assert not (tmp_path / "elsewhere.duckdb").exists()
    assert anon_tracker._ANON_TRACKER_ENDPOINT is None


KILLED = """
import os, signal, sys, threading
from pathlib import Path
import duckdb, dlt
from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob
from dlt.extract.extract import Extract
sys.path.insert(0, {tests!r})
from test_pipeline import CONNECTOR, NOW, Options
from sources.pipeline import pull

folder = Path(sys.argv[1])

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def kill(owner, name, before=False):
    original = getattr(owner, name)
    def wrapped(*args, **kwargs):
        if not before:
            original(*args, **kwargs)
        die()
    setattr(owner, name, wrapped)

def merge():
    with duckdb.connect(str(folder / "w.duckdb")) as c:
        tables = c.execute("select table_name from information_schema.tables where table_schema = 'landing_numbers'")
        if ("messages",) in tables.fetchall():
            c.execute("begin; create table if not exists kept (id bigint primary key);"
                      "insert or ignore into kept select id from landing_numbers.messages;"
                      "truncate landing_numbers.messages; commit")

def run(stage, total):
    if stage == "in extract": kill(Extract, "commit_packages", before=True)
    if stage == "committed": kill(Extract, "commit_packages")
    if stage == "normalized": kill(dlt.Pipeline, "normalize")
    if stage == "in load": kill(DuckDbCopyJob, "run")
    if stage == "loaded": kill(dlt.Pipeline, "load")
    arguments = dict(source="numbers", options=Options(total=total), secrets={{}}, known=None, now=NOW, run_id="r")
    pull(CONNECTOR, dict(arguments, row_limit=30), warehouse=folder / "w.duckdb", dlt_dir=folder / "dlt",
         write_lock=threading.Lock(), on_loaded=die if stage == "in merge" else merge)

for number, stage in enumerate(sys.argv[2:], 1):
    child = os.fork()
    if not child:
        run(stage, number * 20)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
STAGES = ("in extract", "committed", "normalized", "in load", "loaded", "in merge", "none")


@pytest.mark.slow
def test_killed_at_every_stage_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED.format(tests=str(Path(__file__).parent)))
    command = [sys.executable, str(script), str(tmp_path), *STAGES]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["-9"] * (len(STAGES) - 1) + ["0"], done.stderr
    total = len(STAGES) * 20
    assert query(tmp_path, "select count(*), min(id), max(id) from kept") == [(total, 0, total - 1)]
