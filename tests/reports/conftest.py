"""A small published snapshot made by hand: forty weeks of two sources with a weekly rhythm, a gap, hostile names."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reports.build import Report, build

FIRST = date(2025, 9, 15)  # a Monday
WEEKS = 41
AS_OF = datetime(2026, 6, 29)  # the Monday after the last whole week
LAST_MONDAY = date(2026, 6, 22)
RHYTHM = (1.0, 1.1, 1.05, 1.0, 0.9, 0.5, 0.45)
HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd()|'/c calc'!A0",
    "[click](javascript:alert(1)) ![x](http://evil.example/p.png)",
    "@everyone **bold** `code` | pipe # 7",
    "\u202eevil\u202c \x1b[31mred\x07\r\nBcc: all\u2028x",
    "www.evil.example http://evil.example <@U123> &lt;b&gt;",
)

SCHEMA = """
create schema marts; create schema ops;
create table marts.dim_sources (source varchar, platform varchar, role varchar, as_of timestamp, is_live boolean);
create table marts.dim_dates (local_date date, iso_year integer, iso_week integer, month date);
create table marts.dim_members (member_key varchar, first_seen_at timestamp, joined_at timestamp,
    last_active_date date, status varchar, role varchar, tier varchar, accounts_count integer);
create table marts.fct_messages (message_key varchar, source varchar, platform varchar, message_id varchar,
    channel_key varchar, account_key varchar, member_key varchar, thread_key varchar, parent_message_key varchar,
    kind varchar, created_at timestamp, local_date date, edited_at timestamp, deleted_at timestamp,
    is_by_staff boolean, is_question boolean, text_length bigint, links_count bigint,
    reactions_count bigint, replies_count bigint, views bigint, is_counted boolean);
create table marts.fct_interactions (interaction_key varchar, source varchar, from_member_key varchar,
    to_member_key varchar, kind varchar, occurred_at timestamp, local_date date, message_key varchar);
create table marts.fct_memberships (source varchar, member_key varchar, account_key varchar, scope_kind varchar,
    scope_id varchar, event varchar, occurred_at timestamp, occurred_after timestamp, is_exact boolean);
create table marts.fct_member_days (scope varchar, member_key varchar, local_date date, posts bigint,
    comments bigint, reposts bigint);
create table marts.engagement_daily (scope varchar, population varchar, local_date date, dau bigint, wau bigint,
    mau bigint, stickiness double, posters bigint, posts bigint, comments bigint, reposts bigint, reactions bigint,
    new_posters bigint, members_count double);
create table ops.coverage (source varchar, stream varchar, observed_from timestamp, observed_to timestamp,
    reason varchar);
create table ops.quality_results (run_id varchar, layer varchar, check_name varchar, table_name varchar,
    severity varchar, outcome varchar, observed varchar, expected varchar, checked_at timestamp);
create table ops.metric_catalogue (metric varchar, label_en varchar);
create table marts.growth_accounting (scope varchar, population varchar, period_kind varchar, period_start date,
    period_end date, "new" bigint, churned bigint, previous_active bigint, churn_rate double, is_provisional boolean);
"""

# who is new and who is gone, straight from the member-days: weeks for the one, four weeks for the other
GROWTH = """
insert into marts.growth_accounting
with weeks as (
    select scope, member_key, cast(date_trunc('week', local_date) as date) as week
    from marts.fct_member_days group by all
),
firsts as (select scope, member_key, min(week) as week from weeks group by all),
known as (
    select scope, local_date - 6 as week from marts.engagement_daily
    where isodow(local_date) = 7 and wau is not null
)
select k.scope, 'members', 'week', k.week, k.week + 6, count(f.member_key), null, null, null, false
from known as k left join firsts as f on k.scope = f.scope and k.week = f.week group by all
union all
select k.scope, 'members', 'rolling28', k.week - 21, k.week + 6, null,
    count(distinct p.member_key) filter (where n.member_key is null), count(distinct p.member_key), null, true
from known as k
left join weeks as p on k.scope = p.scope and p.week between k.week - 49 and k.week - 28
left join weeks as n on k.scope = n.scope and n.member_key = p.member_key and n.week between k.week - 21 and k.week
group by all
"""

DESK = """
create table desk.desk.people (member_key text, label text, handles text, links text);
create table desk.desk.messages (message_key text, title text, excerpt text, url text);
create table desk.desk.newcomers (member_key text, source text, joined_at timestamp, first_message_key text,
    first_message_at timestamp, since_at timestamp, is_answered boolean, answered_at timestamp, answered_by text,
    waiting_hours double, as_of timestamp);
create table desk.desk.requests (thread_key text, message_key text, source text, member_key text, asked_at timestamp,
    status text, waiting_hours double);
"""


@dataclass
class World:
    """What the snapshot shall hold; a test changes what it is about before writing it."""

    members: int = 240
    last_week: float = 1.0
    weeks: int = WEEKS
    gap: tuple[date, date] | None = (date(2026, 3, 4), date(2026, 3, 6))
    sources: tuple[str, ...] = ("forum", "chat")
    as_of: dict[str, datetime] = field(default_factory=lambda: {"forum": AS_OF, "chat": AS_OF})
    live: dict[str, bool] = field(default_factory=lambda: {"forum": True, "chat": True})
    memberships: bool = True
    newcomers: int = len(HOSTILE)
    warnings: tuple[tuple[str, str], ...] = (("volume_in_range", "raw_discourse.messages"),)
    day_factor: dict[date, float] = field(default_factory=dict)


Acts = dict[tuple[str, date], list[str]]


def _acts(world: World) -> Acts:
    """Who writes where on which day, one message each: seeded by arithmetic, no randomness."""
    acts: Acts = {}
    for step in range(world.weeks * 7):
        day = FIRST + timedelta(days=step)
        if day >= AS_OF.date():
            break
        wobble = 1 + 0.06 * (((step // 7) * 37 % 11) / 5 - 1)
        level = wobble * RHYTHM[step % 7] * (world.last_week if day >= LAST_MONDAY else 1.0)
        level *= world.day_factor.get(day, 1.0)
        for place, source in enumerate(world.sources):
            if day >= world.as_of[source].date():
                continue
            count = round(world.members * (0.25, 0.1)[place % 2] * level)
            offset = step * 7 + place * 50
            acts[source, day] = [f"m{(offset + member * 3) % world.members:04d}" for member in range(count)]
    return acts


def _is_gap(world: World, source: str, day: date) -> bool:
    ended = day >= world.as_of[source].date()
    return ended or bool(source == "chat" and world.gap and world.gap[0] <= day <= world.gap[1])


class Writer:
    """Fills the two databases; small enough to be read beside MARTS.md."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.acts = _acts(world)
        self.days = sorted({day for _, day in self.acts})
        self.messages: list[tuple[Any, ...]] = []
        self.first: dict[tuple[str, str], date] = {}

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        member_days = self._member_days()
        return {
            "marts.dim_sources": [
                (s, {"forum": "discourse", "chat": "slack_export"}[s], "own", self.world.as_of[s], self.world.live[s])
                for s in self.world.sources
            ],
            "marts.dim_members": self._members(),
            "marts.fct_messages": self.messages,
            "marts.fct_member_days": member_days,
            "marts.fct_memberships": self._memberships(),
            "marts.engagement_daily": self._daily(),
            "ops.coverage": self._coverage(),
            "ops.quality_results": [
                ("run-1", "raw", check, table, "warn", "fail", "1", "2", AS_OF) for check, table in self.world.warnings
            ]
            + [("run-1", "raw", "keys", "t", "block", "pass", "0", "0", AS_OF)],
        }

    def _member_days(self) -> list[tuple[Any, ...]]:
        found: dict[tuple[str, str, date], list[int]] = {}
        for (source, day), members in sorted(self.acts.items(), key=lambda item: (item[0][1], item[0][0])):
            for place, member in enumerate(members):
                is_post = place % 4 == 0
                self._message(source, day, member, is_post, len(self.messages))
                for scope in (source, "all"):
                    found.setdefault((scope, member, day), [0, 0])[0 if is_post else 1] += 1
        for extra in range(self.world.newcomers if self.world.weeks == WEEKS else 0):
            member, day = f"n{extra:04d}", LAST_MONDAY + timedelta(days=extra % 7)
            self._message("forum", day, member, True, len(self.messages))
            for scope in ("forum", "all"):
                found.setdefault((scope, member, day), [0, 0])[0] += 1
        self.found = found
        return [(scope, m, day, posts, comments, 0) for (scope, m, day), (posts, comments) in found.items()]

    def _message(self, source: str, day: date, member: str, is_post: bool, number: int) -> None:
        for scope in (source, "all"):
            self.first.setdefault((scope, member), day)
        at = datetime(day.year, day.month, day.day, 9) + timedelta(seconds=number % 3600)
        kind, question = ("post", member.startswith("n")) if is_post else ("comment", False)
        key = f"k{number:06d}"
        thread = key if is_post else "t-shared"
        who = ("c", member, member, thread, None, kind, at, day)
        self.messages.append(
            (key, source, "p", str(number), *who, None, None, False, question, 10, 0, 0, 0, None, True),
        )

    def _members(self) -> list[tuple[Any, ...]]:
        keys = sorted({member for _, member in self.first})
        rows = [(key, AS_OF, AS_OF, AS_OF.date(), "active", "member", "regular", 1) for key in keys]
        rows += [(f"s{n}", AS_OF, AS_OF, None, "silent", "member", "none", 1) for n in range(57)]
        rows += [(f"l{n}", AS_OF, AS_OF, None, "left", "member", "none", 1) for n in range(14)]
        rows += [(f"b{n}", AS_OF, AS_OF, None, "banned", "member", "none", 1) for n in range(2)]
        return [*rows, ("staff", AS_OF, AS_OF, None, "active", "staff", "core", 1)] if rows else []

    def _memberships(self) -> list[tuple[Any, ...]]:
        if not self.world.memberships:
            return []
        rows: list[tuple[Any, ...]] = []
        for week in range(self.world.weeks):
            at = datetime(FIRST.year, FIRST.month, FIRST.day, 12) + timedelta(weeks=week, days=2)
            for event, count in (("join", 8 + week % 3), ("leave", week % 2 * 6)):
                members = [f"m{(week * 9 + number) % 240:04d}" for number in range(count)]
                rows += [("forum", member, "a", "community", "", event, at, None, True) for member in members]
        for number in range(30):
            at = datetime(2026, 6, 23 if number < 6 else 1, 10)
            rows.append(("chat", f"m{number:04d}", "a", "channel", "c1", "join", at, None, True))
            rows.append(("chat", f"m{number:04d}", "a", "channel", "c2", "join", datetime(2026, 6, 24), None, True))
        return rows

    def _daily(self) -> list[tuple[Any, ...]]:
        rows = []
        for scope in ("all", *self.world.sources):
            by_day: dict[date, dict[str, list[int]]] = {}
            for (place, member, day), counts in self.found.items():
                if place == scope:
                    by_day.setdefault(day, {})[member] = counts
            rows += [self._day(scope, day, by_day) for day in self.days]
        return rows

    def _day(self, scope: str, day: date, by_day: dict[date, dict[str, list[int]]]) -> tuple[Any, ...]:
        within = [scope] if scope != "all" else list(self.world.sources)
        if any(self._is_owed_gap(scope, source, day) for source in within):
            return (scope, "members", day, *[None] * 11)
        window = [day - timedelta(days=back) for back in range(28)]
        unknown = [any(self._is_owed_gap(scope, source, past) for source in within) for past in window]
        known = [by_day.get(past, {}) for past in window]
        wau = None if any(unknown[:7]) else len(set().union(*known[:7]))
        mau = None if sum(unknown) > 2 else len(set().union(*known))
        posts = sum(counts[0] for counts in known[0].values())
        comments = sum(counts[1] for counts in known[0].values())
        new = sum(1 for member in known[0] if self.first[scope, member] == day)
        return (scope, "members", day, len(known[0]), wau, mau, None, len(known[0]), posts, comments, 0, 0, new, 500.0)

    def _is_owed_gap(self, scope: str, source: str, day: date) -> bool:
        """An export owes the community nothing after its end."""
        ended = scope == "all" and not self.world.live[source] and day >= self.world.as_of[source].date()
        return not ended and _is_gap(self.world, source, day)

    def _coverage(self) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for source in self.world.sources:
            start, end = datetime(2025, 9, 14), self.world.as_of[source]
            rows.append((source, "messages", start, end, None))
            if self.world.memberships:
                rows += [(source, "memberships", start, AS_OF - timedelta(days=9), None)]
                rows += [(source, "memberships", AS_OF - timedelta(days=10), end, None)]
        if self.world.gap and "chat" in self.world.sources:
            first, last = (datetime(day.year, day.month, day.day) for day in self.world.gap)
            rows.append(("chat", "messages", first, last + timedelta(days=1), "outage of the export job"))
        return rows


def write_snapshot(folder: Path, world: World) -> Path:
    """Write the world as a published snapshot."""
    folder.mkdir(parents=True)
    writer = Writer(world)
    rows = writer.rows()
    with duckdb.connect(str(folder / "community.duckdb")) as community:
        community.execute(SCHEMA)
        for table, values in rows.items():
            _insert(community, table, values)
        community.execute(GROWTH)
    people = [(f"n{n:04d}", HOSTILE[n % len(HOSTILE)]) for n in range(world.newcomers)]
    titles = [
        (row[0], HOSTILE[-1 - n % len(HOSTILE)], None, ("https://forum.example/t/1?a=(b)&c='d'", "javascript:x")[n % 2])
        for n, row in enumerate(row for row in writer.messages if row[6].startswith("n"))
    ]
    with duckdb.connect(str(folder / "desk.duckdb")) as desk:
        desk.execute("create schema desk.desk")
        # the file is named as its schema: only the full path is unambiguous
        desk.execute(DESK)
        _insert(desk, "desk.desk.people", [(*person, None, None) for person in people])
        _insert(desk, "desk.desk.messages", titles)
        _insert(desk, "desk.desk.newcomers", [_newcomer(row) for row in writer.messages if row[6].startswith("n")])
        _insert(desk, "desk.desk.requests", [_request(row) for row in writer.messages if row[6].startswith("n")])
    manifest = {"snapshot_id": folder.name, "run_id": "run-1", "data_as_of": "2026-06-29T00:00:00Z", "gate": []}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _waiting(row: tuple[Any, ...]) -> float:
    return float((AS_OF - row[10]).total_seconds() / 3600)


def _newcomer(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (row[6], row[1], None, row[0], row[10], row[10], False, None, None, _waiting(row), AS_OF)


def _request(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (row[7], row[0], row[1], row[6], row[10], "open", _waiting(row))


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    import pyarrow as pa

    if not rows:
        return
    width = range(len(rows[0]))
    batch = pa.table({f"c{place}": [row[place] for row in rows] for place in width})
    connection.register("batch", batch)
    connection.execute(f"insert into {table} select * from batch")
    connection.unregister("batch")


@pytest.fixture(scope="session")
def world() -> type[World]:
    """What a test changes before a snapshot is written."""
    return World


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The usual snapshot: two sources, a gap in March, an ordinary last week."""
    return write_snapshot(tmp_path_factory.mktemp("snapshots") / "20260629T000000Z-aaaa", World())


@pytest.fixture
def make_snapshot(tmp_path: Path) -> Callable[[World], Path]:
    """Writes a snapshot of another world."""
    return lambda world: write_snapshot(tmp_path / "20260629T000000Z-bbbb", world)


BuildAt = Callable[..., Report]


@pytest.fixture(scope="session")
def build_at(tmp_path_factory: pytest.TempPathFactory) -> BuildAt:
    """Builds a report of a snapshot into a folder of its own, with the usual request unless told otherwise."""

    def build_one(snapshot: Path, **changed: Any) -> Report:
        asked: dict[str, Any] = {"community": "Agora", "locale": "en", "minimum_cell": 5, "timezone": "Europe/Paris"}
        return build(snapshot, tmp_path_factory.mktemp("report"), **(asked | changed))

    return build_one


@pytest.fixture(scope="session")
def report(snapshot: Path, build_at: BuildAt) -> Report:
    """The usual snapshot's report in English."""
    return build_at(snapshot)
