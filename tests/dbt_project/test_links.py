"""Who is linked to whom, why and since when, for any accounts and any file: the models against a plain recount."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt_project.reach.loops import Loops

REASONS = ("identities_file", "equal_email", "profile_links")
Link = tuple[str, str, str | None, datetime | None]


@dataclass(frozen=True)
class Account:
    """An account as int_accounts has it; `number` is its id, `links` the numbers of the profiles it shows."""

    number: int
    role: str
    email: str | None
    links: frozenset[int]

    @property
    def key(self) -> str:
        return f"k{self.number}"

    @property
    def seen_at(self) -> datetime:
        return datetime(2024, 1, 1) + timedelta(days=self.number * 7 % 5)


Line = tuple[int, str | None, int]  # whose, the person's word or none, the day it was listed
SIZE = 8
ACCOUNTS = st.tuples(
    *(
        st.builds(
            Account,
            st.just(number),
            st.sampled_from(["member", "member", "staff", "bot"]),
            st.sampled_from([None, None, "x", "y"]),
            st.frozensets(st.integers(0, SIZE - 1), max_size=3),
        )
        for number in range(SIZE)
    )
)
LINES = st.lists(
    st.tuples(st.integers(0, SIZE + 1), st.sampled_from([None, "p", "q", "r"]), st.integers(1, 9)),
    max_size=8,
    unique_by=lambda line: line[:2],
)


class Models:
    """The compiled models over tables that a test fills."""

    def __init__(self, built: Path) -> None:
        self.loops = Loops(threads=1)
        self.connection = self.loops.connection
        folder = built.parent / "target" / "compiled" / "muster" / "models" / "intermediate"
        self.sql = {
            name: (folder / f"int_{name}.sql").read_text(encoding="utf-8")
            for name in ("profile_links", "account_ties", "account_components", "account_links")
        }
        self.connection.execute("attach ':memory:' as warehouse")
        for schema in ("intermediate", "raw", "staging"):
            self.connection.execute(f"create schema warehouse.{schema}")
        self.connection.execute("create table warehouse.raw.sources as select 'files' as source")

    def links(self, accounts: tuple[Account, ...], lines: list[Line]) -> list[Link]:
        """Rows of int_account_links, sorted."""
        self._fill(accounts, lines)
        for name in ("profile_links", "account_ties"):
            self.connection.execute(f"create or replace table warehouse.intermediate.int_{name} as {self.sql[name]}")
        self.connection.execute(f"create or replace temp view loop__graph as {self.sql['account_components']}")
        components = self.loops.select("components")
        self.connection.execute(
            f"create or replace table warehouse.intermediate.int_account_components as {components}"
        )
        return sorted(self.connection.execute(self.sql["account_links"]).fetchall())

    def _fill(self, accounts: tuple[Account, ...], lines: list[Line]) -> None:
        self.connection.execute(
            "create or replace table warehouse.intermediate.int_accounts (account_key varchar, source varchar,"
            " account_id varchar, handle varchar, url varchar, role varchar, is_deleted boolean, email_hash varchar,"
            " is_placeholder boolean, observed_at timestamp)"
        )
        for one in accounts:
            self.connection.execute(
                "insert into warehouse.intermediate.int_accounts values (?, 'files', ?, ?, ?, ?, false, ?, false, ?)",
                [one.key, str(one.number), f"H{one.number}", url(one.number), one.role, one.email, one.seen_at],
            )
        self.connection.execute(
            "create or replace table warehouse.staging.stg_files__accounts"
            " (source varchar, account_id varchar, links varchar)"
        )
        for one in accounts:
            shown = " ".join(map(url, sorted(one.links))) or None
            self.connection.execute(
                "insert into warehouse.staging.stg_files__accounts values ('files', ?, ?)", [str(one.number), shown]
            )
        self.connection.execute(
            "create or replace table warehouse.staging.stg_mastodon__accounts as"
            " from warehouse.staging.stg_files__accounts limit 0"
        )
        self.connection.execute(
            "create or replace table warehouse.raw.identities (source varchar, account varchar, person varchar,"
            " listed_at timestamp)"
        )
        for number, person, day in lines:
            name = str(number) if day % 2 else f"h{number}"  # by id or by handle
            self.connection.execute(
                "insert into warehouse.raw.identities values ('files', ?, ?, ?)", [name, person, datetime(2024, 2, day)]
            )


def url(number: int) -> str:
    return f"https://example.org/u/H{number}/"


def expected(accounts: tuple[Account, ...], lines: list[Line]) -> list[Link]:
    """The same, recounted: each tie with those it holds and when each was stated."""
    ties: dict[tuple[int, str], dict[str, datetime]] = {}
    numbers = {one.number for one in accounts}
    for number, person, day in lines:
        if person and number in numbers:
            ties.setdefault((0, person), {})[f"k{number}"] = datetime(2024, 2, day)
    apart = {number for number, person, _ in lines if person is None}
    people = [one for one in accounts if one.role in ("member", "staff") and one.number not in apart]
    for one in people:
        if one.email:
            ties.setdefault((1, one.email), {})[one.key] = one.seen_at
        for other in people:
            if other.number != one.number and other.number in one.links and one.number in other.links:
                ties.setdefault((2, str(sorted((one.key, other.key)))), {})[one.key] = one.seen_at
    graph = nx.Graph()
    found: dict[str, list[tuple[int, datetime]]] = {}
    for (rank, _), held in ties.items():
        for key, at in held.items():
            others = [when for other, when in held.items() if other != key]
            if others:
                found.setdefault(key, []).append((rank, max(at, min(others))))
        nx.add_path(graph, held)
    links: list[Link] = []
    for one in accounts:
        member = min(nx.node_connected_component(graph, one.key)) if one.key in graph else one.key
        rank, at = min(found.get(one.key, [(-1, None)]))
        links.append((one.key, member, REASONS[rank] if at else None, at))
    return sorted(links)


@pytest.fixture(scope="module")
def models(built: Path) -> Iterator[Models]:
    made = Models(built)
    yield made
    made.connection.close()


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACCOUNTS, LINES, st.data())
def test_links_equal_a_recount_and_a_line_withdrawn_was_never_there(
    models: Models, accounts: tuple[Account, ...], lines: list[Line], data: st.DataObject
) -> None:
    never = models.links(accounts, [])
    assert never == expected(accounts, [])
    assert models.links(accounts, lines) == expected(accounts, lines)
    left = [line for line in lines if data.draw(st.booleans())]
    assert models.links(accounts, left) == expected(accounts, left)
    assert models.links(accounts, []) == never


def test_a_long_chain_takes_few_rounds() -> None:
    names = [f"{n:04}" for n in range(2000)]
    random.Random(3).shuffle(names)
    loops = Loops(threads=1)
    loops.load("account_key varchar, tie varchar", [(names[n + step], str(n)) for n in range(1999) for step in (0, 1)])
    assert {member for _, member in loops.run("components")} == {"0000"}
    assert sum("table loop__held as" in statement for statement in loops.statements) <= 15
