"""Rejected records: counted, listed, and landed once the declaration takes them."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from flows import configure, gate, ingest, rejected
from flows.errors import GateRefused
from flows.progress import Progress
from flows.run import Run, new_run
from sources.batches import Batches, Named
from sources.streams import AHEAD
from tests.flows.support import Rows, write_configuration
from warehouse.lock import exclusive

NOW = datetime(2025, 5, 1)
SOURCES = '[sources.chat]\nplatform = "slack_export"\npath = "export"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An export with two good messages and one from the far future."""
    made = write_configuration(tmp_path / "community", SOURCES)
    days = made / "export" / "general"
    days.mkdir(parents=True)
    users = [{"id": "U1", "name": "anna"}, {"id": "U2", "name": "bert"}]
    (made / "export" / "users.json").write_text(json.dumps(users))
    (made / "export" / "channels.json").write_text(json.dumps([{"id": "C1", "name": "general"}]))
    stamps = ("1743500000.000100", "1743500001.000100", "1893456000.000100")
    messages = [{"type": "message", "user": "U1", "ts": ts, "text": f"hello {ts}"} for ts in stamps]
    (days / "2025-04-01.json").write_text(json.dumps(messages))
    return made


def read(folder: Path, **arguments: object) -> Run:
    run = replace(new_run(folder, now=NOW, say=Progress(quiet=True)), **arguments)
    with exclusive(run.folder, run.now):
        configure.configure(run)
        pulled = ingest.Pulled("chat")
        ingest.pull_source(run, run.sources[0], pulled, threading.Lock())
        ingest.record(run, [pulled])
    return run


def ask(folder: Path, query: str) -> Rows:
    with duckdb.connect(str(folder / ".muster" / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


COUNTS = "select received, landed, unchanged, rejected from ops.ingests where stream = 'messages' order by run_id"


def test_received_is_landed_unchanged_and_rejected(folder: Path) -> None:
    read(folder)
    assert ask(folder, COUNTS) == [(3, 2, 0, 1)]
    assert ask(folder, "select count(*) from ops.ingests where received <> landed + unchanged + rejected") == [(0,)]


def test_a_row_lost_on_the_way_to_raw_stops_publication(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Batches._give

    def one_less(self: Batches, name: str) -> Iterator[Named]:
        yield from ((name, table.slice(1)) for name, table in whole(self, name))

    monkeypatch.setattr(Batches, "_give", one_less)
    run = read(folder)
    assert ask(folder, COUNTS) == [(3, 1, 0, 1)]
    with pytest.raises(GateRefused, match="received_adds_up"):
        gate.validate(run, "raw")


def test_what_an_interrupted_load_left_is_received_by_the_next_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("flows.ingest.landing.merge", die)
        with pytest.raises(KeyboardInterrupt):
            read(folder)
    run = read(folder, full=True, now=NOW + timedelta(hours=1))
    # two that lay in landing, then the three of the export again
    assert ask(folder, COUNTS) == [(5, 2, 2, 1)]
    assert gate.validate(run, "raw")


def test_rejected_records_are_listed_with_reason_and_payload(folder: Path) -> None:
    assert list(rejected.lines(folder, None, 20)) == ["No record is rejected."]
    read(folder)
    where, what, total = rejected.lines(folder, None, 20)
    assert where.startswith("chat.messages.created_at: a date before 1990 or more than an hour ahead")
    assert "hello 1893456000" in what
    assert total.startswith("1 rejected records")


def test_a_retry_lands_what_fits_by_now(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(folder)
    read(folder, retry_rejected=True)
    assert ask(folder, "select count(*) from raw_slack_export.messages") == [(2,)]
    assert ask(folder, "select count(*) from raw.rejected where resolved_at is not null") == [(0,)]
    monkeypatch.setattr("sources.streams.AHEAD", AHEAD * 50_000)  # the fix
    run = read(folder, retry_rejected=True)
    assert ask(folder, "select text, user from raw_slack_export.messages where ts = '1893456000.000100'") == [
        ("hello 1893456000.000100", "U1")
    ]
    assert ask(folder, "select resolved_run_id from raw.rejected") == [(run.run_id,)]
    assert ask(folder, "select count(*) from ops.ingests where received <> landed + unchanged + rejected") == [(0,)]
    assert list(rejected.lines(folder, None, 20)) == ["No record is rejected."]


def test_a_message_ahead_of_its_time_lands_once_it_has_come(folder: Path) -> None:
    day = folder / "export" / "general" / "2025-04-01.json"
    ahead = f"{(NOW + timedelta(hours=3)).replace(tzinfo=UTC).timestamp():.0f}.000100"
    day.write_text(json.dumps([{"type": "message", "user": "U1", "ts": ahead, "text": "from tomorrow"}]))
    run = read(folder)
    assert ask(folder, COUNTS) == [(1, 0, 0, 1)]
    assert gate.validate(run, "raw")
    landed = "select count(*) from raw_slack_export.messages"
    read(folder, now=NOW + timedelta(hours=1), retry_rejected=True)
    assert ask(folder, landed) == [(0,)]
    read(folder, now=NOW + timedelta(hours=2, seconds=1), retry_rejected=True)
    assert ask(folder, landed) == [(1,)]
    assert list(rejected.lines(folder, None, 20)) == ["No record is rejected."]


def test_what_is_written_while_a_run_goes_on_is_not_ahead(folder: Path) -> None:
    day = folder / "export" / "general" / "2025-04-01.json"
    ahead = f"{(NOW + timedelta(hours=3)).replace(tzinfo=UTC).timestamp():.0f}.000100"
    day.write_text(json.dumps([{"type": "message", "user": "U1", "ts": ahead, "text": "read hours later"}]))
    read(folder, started=time.monotonic() - 2 * 3600)
    assert ask(folder, COUNTS) == [(1, 1, 0, 0)]


def test_without_payloads_a_rejected_record_keeps_its_reason_alone(folder: Path) -> None:
    with (folder / "muster.toml").open("a") as file:
        file.write("\n[privacy]\nkeep_text = false\n")
    read(folder)
    ((payload, record, reason),) = ask(folder, "select payload, record, reason from raw.rejected")
    assert (payload, record) == (None, None)
    assert reason
    assert "(nothing is kept of it)" in "".join(rejected.lines(folder, None, 20))
    assert ask(folder, "select count(text) from raw_slack_export.messages") == [(0,)]


def test_texts_older_than_the_retention_leave_the_database(folder: Path) -> None:
    read(folder)
    assert ask(folder, "select count(text) from raw_slack_export.messages") == [(2,)]
    with (folder / "muster.toml").open("a") as file:
        file.write("\n[privacy]\nretention_days = 10\n")
    read(folder, full=True, now=NOW + timedelta(days=1))
    # dropped from what was kept, and not brought back by reading again
    assert ask(folder, "select count(*), count(text), count(payload) from raw_slack_export.messages") == [(2, 0, 0)]
    assert b"hello 17435" not in (folder / ".muster" / "warehouse.duckdb").read_bytes()
