"""Reading ahead: bounded, in the connector's own order, with the cursor of the last landed row; no thread is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import BaseModel

from sources import ahead
from sources.ahead import Ahead, Cut
from sources.connector import Connector, Context, Item, Page
from sources.errors import LoadFailed, Unreachable
from sources.pipeline import pull
from sources.streams import Stream, columns

NOW = datetime(2024, 6, 1)
NUMBERS = Stream("messages", columns("id! int64"), key=("id",))
Read = Callable[[Context], Iterator[Item]]


def numbers(context: Context, total: int = 100) -> Iterator[Item]:
    """By tens."""
    at = place(context)
    while at < total:
        yield Page("messages", [{"id": n} for n in range(at, at + 10)], [b"x" * 100] * 10)
        at += 10
        context.state.setdefault("place", {})["at"] = at


def place(context: Context) -> int:
    """How far it was read, nested as connectors' states are."""
    return int(context.state.get("place", {}).get("at", 0))


def context(**given: Any) -> Context:
    return Context("numbers", None, {}, {}, lambda stream: None, NOW, "r", **given)


def land(folder: Path, read: Read, on_loaded: Callable[[], None] = lambda: None, **given: Any) -> Any:
    connector = Connector("numbers", "", (NUMBERS,), BaseModel, (), "", "", "", {}, True, read, lambda context: [])
    arguments = {"source": "numbers", "options": None, "secrets": {}, "known": None, "now": NOW, "run_id": "r"}
    places = {"warehouse": folder / "w.duckdb", "dlt_dir": folder / "dlt", "write_lock": threading.Lock()}
    return pull(connector, arguments | given, **places, on_loaded=on_loaded)


def landed(folder: Path) -> list[Any]:
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        query = "select count(*), count(distinct id), max(id) from landing_numbers.messages"
        return connection.execute(query).fetchall()


def until(condition: Callable[[], bool]) -> None:
    """What another thread brings about."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.002)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("read ")]


def test_each_cut_has_the_state_of_the_item_before_it() -> None:
    with Ahead(numbers, context(row_limit=30)) as given:
        seen: list[int] = []
        for one in given:
            if isinstance(one, Page):
                seen.append(one.records[0]["id"])
            if isinstance(one, Cut):
                assert one.state["place"]["at"] == (100 if one.is_last else seen[-1])
                if one.is_last:
                    break
    assert seen == list(range(0, 100, 10))


def test_what_waits_is_bounded_by_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "AHEAD_BYTES", 3_500)
    told = context()
    with Ahead(numbers, told) as given:
        next(given)
        until(lambda: place(told) == 40)  # one taken, three wait, the fifth stands before the door
        time.sleep(0.05)
        assert place(told) == 40
        next(given)
        until(lambda: place(told) == 50)


def test_an_item_larger_than_the_bound_passes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "AHEAD_BYTES", 10)
    with Ahead(numbers, context()) as given:
        assert len([next(given) for _ in range(10)]) == 10
        assert next(given) == Cut({"place": {"at": 100}}, True)


def test_an_interruption_keeps_the_cursor_of_what_was_landed(tmp_path: Path) -> None:
    contexts: list[Context] = []

    def read(told: Context) -> Iterator[Item]:
        contexts.append(told)
        yield from numbers(told)

    def interrupt() -> None:
        until(lambda: place(contexts[0]) == 100)  # all was read, the first package is being landed
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        land(tmp_path, read, interrupt, row_limit=30)
    assert landed(tmp_path) == [(30, 30, 29)]
    assert land(tmp_path, numbers).rows == 80, "the page beside the cut is read again"
    assert landed(tmp_path) == [(110, 100, 99)]


def test_a_package_is_landed_while_the_platform_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "EARLY", 50)
    monkeypatch.setattr(ahead, "EARLY_SECONDS", 0.1)
    loads: list[int] = []

    def slow(told: Context) -> Iterator[Item]:
        for item in numbers(told, 10_000):
            yield item
            if loads:
                break
            time.sleep(0.01)

    land(tmp_path, slow, lambda: loads.append(1))
    assert len(loads) == 2
    assert landed(tmp_path)[0][0] < 10_000


@pytest.mark.parametrize("where", ["pause", "request", "full queue"])
def test_a_connector_is_stopped_wherever_it_is(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    def read(told: Context) -> Iterator[Item]:
        try:
            yield from numbers(told, 20)
            if where == "pause":
                told.sleep(3600)
            while where == "request":
                told.meter.count()
            yield from numbers(told, 10**9)
        finally:
            closed.append(threading.current_thread().name)

    monkeypatch.setattr(ahead, "AHEAD_BYTES", 5_000)
    told, started = context(), time.monotonic()
    with Ahead(read, told) as given:
        next(given)
        until(lambda: place(told) >= 20)
    assert time.monotonic() - started < 10
    assert closed == ["read numbers"], "its connections are closed where they were opened"


def test_a_fault_of_a_connector_comes_out_and_leaves_the_package_before_it(tmp_path: Path) -> None:
    def faulty(told: Context) -> Iterator[Item]:
        yield from numbers(told, 50)
        raise ZeroDivisionError

    with pytest.raises(LoadFailed, match="extract failed"):
        land(tmp_path, faulty, row_limit=30)
    assert landed(tmp_path) == [(30, 30, 29)]


def test_an_error_before_anything_was_read_is_raised(tmp_path: Path) -> None:
    def refused(told: Context) -> Iterator[Item]:
        raise Unreachable("numbers", "page", "no answer", "run again")
        yield

    with pytest.raises(Unreachable):
        land(tmp_path, refused)


def test_the_warehouse_may_be_asked_while_a_package_is_loaded(tmp_path: Path) -> None:
    lock, asked = threading.Lock(), list[bool]()

    def known(stream: str) -> Any:
        with lock:
            asked.append(True)

    def read(told: Context) -> Iterator[Item]:
        for item in numbers(told):
            yield item
            told.known("messages")

    connector = Connector("numbers", "", (NUMBERS,), BaseModel, (), "", "", "", {}, True, read, lambda context: [])
    arguments = {"source": "numbers", "options": None, "secrets": {}, "known": known, "now": NOW, "run_id": "r"}
    places = {"warehouse": tmp_path / "w.duckdb", "dlt_dir": tmp_path / "dlt", "write_lock": lock}
    pull(connector, arguments | {"row_limit": 20}, **places, on_loaded=lambda: None)
    assert len(asked) == 10
    assert landed(tmp_path) == [(100, 100, 99)]
