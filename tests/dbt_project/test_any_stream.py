"""Whatever order news comes in, the marts are those of a full refresh: shuffled, late, twice, edited, deleted, linked.

Batches are pulls of two file sources with anything in them; after each the models are built, with the settings of that
moment. In the end they must equal, row by row, a database that gets everything at once and only the last settings.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt_project import in_memory
from tests.dbt_project.conftest import prepare
from warehouse import landing

# the clocks of Paris go forward in the night before the 31st
FIRST = datetime(2024, 3, 29)
SEEN = datetime(2024, 4, 10)
ZONES = ("UTC", "Europe/Paris", "America/St_Johns")
ACCOUNTS = ("a1", "a2", "a3", "a4", "a5")
MESSAGES = tuple(f"m{number}" for number in range(6))
SOURCES = ("here", "there")

account, message, source = st.sampled_from(ACCOUNTS), st.sampled_from(MESSAGES), st.sampled_from(SOURCES)
moment = st.integers(0, 4 * 48).map(lambda half_hours: FIRST + timedelta(minutes=30 * half_hours))
maybe = st.none() | moment


def stream(name: str, **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, str, dict[str, Any]]]:
    """A row of a stream of one of the sources."""
    return st.tuples(source, st.just(name), st.fixed_dictionaries(columns))


ROW = st.one_of(
    # twice as likely as the rest
    *[
        stream(
            "messages",
            message_id=message,
            channel_id=st.sampled_from(["c1", "c2", None]),
            author_id=account | st.none(),
            created_at=moment,
            edited_at=maybe,
            deleted_at=maybe,
            thread_id=message | st.none(),
            parent_id=message | st.none(),
            repost_of=st.none() | message,
            kind=st.sampled_from([None, None, "post", "comment", "system"]),
            mentions=st.lists(account | st.sampled_from(["ann", "bob"]), max_size=2),
            text_length=st.integers(0, 9),
            has_question=st.booleans(),
            is_tombstone=st.sampled_from([False, False, False, True]),
        )
    ]
    * 2,
    stream(
        "reactions",
        message_id=message,
        account_id=account,
        kind=st.just("+1"),
        occurred_at=maybe,
        is_removed=st.booleans(),
    ),
    stream(
        "accounts",
        account_id=account,
        handle=st.sampled_from(["ann", "bob", "Ann", None]),
        created_at=maybe,
        is_bot=st.booleans(),
        is_staff=st.booleans(),
        is_deleted=st.booleans(),
        email_hash=st.sampled_from([None, "x", "y"]),
    ),
    stream(
        "memberships",
        account_id=account,
        scope=st.just("community"),
        event=st.sampled_from(["join", "leave", "ban", "unban"]),
        occurred_at=moment,
        is_exact=st.just(True),
    ),
    stream(
        "counts",
        scope=st.just("message"),
        id=message,
        metric=st.sampled_from(["replies", "views", "reaction:+1"]),
        value=st.integers(0, 5).map(float),
    ),
)


@dataclass(frozen=True)
class Batch:
    """One pull: what it read, what it reads again of an earlier pull, and what the user had set by then."""

    rows: list[tuple[str, str, dict[str, Any]]]
    is_again: bool
    timezone: str
    staff: list[tuple[str, str]]
    bots: list[tuple[str, str]]
    identities: list[tuple[str, str, str | None]]


BATCHES = st.lists(
    st.builds(
        Batch,
        rows=st.lists(ROW, min_size=1, max_size=14),
        is_again=st.booleans(),
        timezone=st.sampled_from(ZONES),
        staff=st.lists(st.tuples(source, account), max_size=2),
        bots=st.lists(st.tuples(source, account | st.just("bob")), max_size=1),
        identities=st.lists(
            st.tuples(source, account, st.sampled_from(["p", "q", None])), max_size=3, unique_by=lambda link: link[:2]
        ),
    ),
    min_size=2,
    max_size=4,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build database without a row."""
    path = tmp_path_factory.mktemp("template") / "template.duckdb"
    prepare(path)
    return path


@pytest.fixture(scope="module")
def models(built: Path) -> list[in_memory.Model]:
    return in_memory.compiled(built)


class Store:
    """An empty build database in memory; pulls land in it as dlt's packages do."""

    def __init__(self, template: Path) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(f"attach '{template}' as template (read_only); attach ':memory:' as warehouse")
        self.connection.execute("set TimeZone = 'UTC'; copy from database template to warehouse; use warehouse")
        for name in SOURCES:
            self.connection.execute("insert into raw.sources values (?, 'files', 'own', null, true, null)", [name])

    def land(self, pulls: list[tuple[int, Batch]], order: random.Random) -> None:
        """Merge these pulls at once, their rows in any order."""
        arriving = [(*row, number, seq) for number, pull in pulls for seq, row in enumerate(pull.rows)]
        order.shuffle(arriving)
        for of, name in sorted({(row[0], row[1]) for row in arriving}):
            table = "landed"
            self.connection.execute(f"create or replace table {table} as from raw_files.{name} limit 0")
            for column in ("source", "loaded_at", "row_hash"):
                self.connection.execute(f"alter table {table} drop column {column}")
            for _, _, values, number, seq in (row for row in arriving if row[:2] == (of, name)):
                stamped = {**values, "run_id": f"r{number}", "observed_at": SEEN + timedelta(hours=number), "seq": seq}
                marks = ", ".join("?" * len(stamped))
                self.connection.execute(
                    f"insert into {table} ({', '.join(stamped)}) values ({marks})", list(stamped.values())
                )
            landing.merge_table(self.connection, table, of, "files", name, SEEN)

    def observe(self, number: int) -> None:
        """Say that this pull saw all messages and reactions."""
        for name in SOURCES:
            for seen in ("messages", "reactions"):
                to = SEEN + timedelta(hours=number)
                self.connection.execute(
                    "insert into raw.coverage values (?, ?, ?, ?, null, ?, ?)",
                    [name, seen, FIRST, to, f"r{number}", to],
                )

    def configure(self, batch: Batch) -> None:
        """What the user has set by now."""
        for table in ("settings", "staff", "bots", "identities"):
            self.connection.execute(f"delete from raw.{table}")
        self.connection.execute("insert into raw.settings values ('timezone', ?)", [batch.timezone])
        for table, pairs in (("staff", batch.staff), ("bots", batch.bots)):
            for pair in pairs:
                self.connection.execute(f"insert into raw.{table} values (?, ?)", list(pair))
        for link in batch.identities:
            self.connection.execute("insert into raw.identities values (?, ?, ?, ?)", [*link, FIRST])

    def marts(self, models: list[in_memory.Model]) -> dict[str, list[tuple[Any, ...]]]:
        """Build all models; every row of what would be published."""
        in_memory.run(self.connection, models)
        return in_memory.rows(self.connection, ("marts", "ops", "desk"))

    def close(self) -> None:
        self.connection.close()


@pytest.fixture(scope="module")
def seen() -> Iterator[list[int]]:
    """How many messages each example ended with: a property of empty marts would prove nothing."""
    found: list[int] = []
    yield found
    assert max(found) > 3


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(batches=BATCHES, seed=st.integers(0, 2**16))
def test_any_stream_of_batches_ends_in_the_marts_of_a_full_refresh(
    template: Path, models: list[in_memory.Model], seen: list[int], batches: list[Batch], seed: int
) -> None:
    order = random.Random(seed)
    stepwise, at_once = Store(template), Store(template)
    for number, batch in enumerate(batches):
        again = [(earlier, batches[earlier]) for earlier in [order.randrange(number + 1)] if batch.is_again]
        stepwise.land([(number, batch)], order)
        stepwise.land(again, order)
        stepwise.observe(number)
        at_once.observe(number)
        stepwise.configure(batch)
        found = stepwise.marts(models)
    at_once.land(list(enumerate(batches)), order)
    at_once.configure(batches[-1])
    expected = at_once.marts(models)
    seen.append(len(expected["marts.fct_messages"]))
    stepwise.close()
    at_once.close()
    different = {name: (found[name], expected[name]) for name in expected if found[name] != expected[name]}
    assert different == {}
