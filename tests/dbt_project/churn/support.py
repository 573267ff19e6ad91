"""Compiles the churn models once and builds them on small hand-made tables, in memory, in a fraction of a second."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).parents[3]
PROJECT = ROOT / "dbt_project"
SHARED = ROOT.parent / "shared" / "data"
CATALOG = "churn"
SELECTION = ("path:models/marts/churn", "path:models/marts/ops/risk_*", "path:models/marts/desk/member_risk*")
INPUTS = """
create schema marts;
create schema intermediate;
create schema ops;
create schema desk;
create table marts.fct_member_days (
    scope varchar, member_key varchar, local_date date, posts bigint, comments bigint, reposts bigint,
    reactions_given bigint, reactions_received bigint, replies_received bigint, first_at timestamp, last_at timestamp
);
create table marts.fct_memberships (
    membership_key varchar, source varchar, platform varchar, member_key varchar, account_key varchar,
    scope_kind varchar, scope_id varchar, event varchar, occurred_at timestamp, occurred_after timestamp,
    is_exact boolean
);
create table marts.fct_messages (
    message_key varchar, source varchar, member_key varchar, kind varchar, created_at timestamp, local_date date,
    is_question boolean, is_counted boolean
);
create table marts.fct_interactions (
    interaction_key varchar, source varchar, from_member_key varchar, to_member_key varchar, kind varchar,
    occurred_at timestamp
);
create table marts.dim_members (member_key varchar, role varchar, status varchar);
create table marts.dim_accounts (account_key varchar, member_key varchar, source varchar);
create table intermediate.int_account_presence (
    account_key varchar, source varchar, first_seen_at timestamp, joined_at timestamp, is_gone boolean,
    is_banned boolean
);
create table intermediate.int_scopes (scope varchar, source varchar, scope_as_of timestamp);
create table intermediate.int_scope_days (scope varchar, local_date date, uncovered_seconds double);
create table intermediate.int_settings (time_zone varchar, is_staff_from_platform boolean);
insert into intermediate.int_settings values ('UTC', true);
"""


@dataclass(frozen=True)
class Model:
    """A compiled churn model: where it goes and its SQL."""

    name: str
    relation: str
    sql: str
    needs: tuple[str, ...]


@dataclass
class Life:
    """A community to build on: who acted on which days of one source, and what else happened."""

    days: Mapping[str, Iterable[date]]
    as_of: date
    first: date | None = None
    staff: Sequence[str] = ()
    silent_days: Sequence[date] = ()
    events: Sequence[tuple[str, str, datetime]] = ()
    joined: Mapping[str, date] = field(default_factory=dict)
    messages: Sequence[tuple[str, datetime]] = ()
    asking: Sequence[str] = ()
    replies: Sequence[tuple[str, str, datetime]] = ()


class Built:
    """A database in memory with the churn models built on a community."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = models
        self.connection = duckdb.connect()
        self.connection.execute(f"attach ':memory:' as {CATALOG}; use {CATALOG}; set TimeZone = 'UTC'; set threads = 2")
        self.connection.execute(INPUTS)

    def load(self, life: Life) -> "Built":
        """Fill the inputs: the source 'forum' and scope 'all', every act at noon."""
        rows = [
            (scope, member, day, 1, 0, 0, None, None, 0, _noon(day), _noon(day))
            for scope in ("all", "forum")
            for member, days in life.days.items()
            for day in sorted(set(days))
        ]
        self.insert("marts.fct_member_days", rows)
        people = sorted({*life.days, *life.joined, *(event[0] for event in life.events)})
        self.insert(
            "marts.dim_members", [(one, "staff" if one in life.staff else "member", "active") for one in people]
        )
        self.insert("marts.dim_accounts", [(one, one, "forum") for one in people])
        gone = {member: event for member, event, at in sorted(life.events, key=lambda event: event[2])}
        self.insert(
            "intermediate.int_account_presence",
            [
                (
                    one,
                    "forum",
                    None,
                    life.joined.get(one),
                    gone.get(one) in ("leave", "kick", "ban"),
                    gone.get(one) == "ban",
                )
                for one in people
            ],
        )
        self.insert(
            "marts.fct_memberships",
            [
                (f"e{number}", "forum", "p", member, member, "community", "", event, at, None, True)
                for number, (member, event, at) in enumerate(life.events)
            ],
        )
        self.insert(
            "marts.fct_messages",
            [
                (f"x{n}", "forum", one, "post", at, at.date(), one in life.asking, True)
                for n, (one, at) in enumerate(life.messages)
            ],
        )
        self.insert(
            "marts.fct_interactions",
            [(f"i{n}", "forum", giver, to, "reply", at) for n, (giver, to, at) in enumerate(life.replies)],
        )
        self.insert("intermediate.int_scopes", [(scope, "forum", _noon(life.as_of)) for scope in ("all", "forum")])
        acts = [day for days in life.days.values() for day in days]
        first = life.first or min(acts)
        self.insert(
            "intermediate.int_scope_days",
            [
                (scope, day, 86400.0 if day in life.silent_days else 43200.0 if day == life.as_of else 0.0)
                for scope in ("all", "forum")
                for day in (first + timedelta(n) for n in range((life.as_of - first).days + 1))
            ],
        )
        return self

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows by position."""
        if rows:
            import pandas as pd

            frame = pd.DataFrame.from_records(rows)
            query = (
                "select data_type from duckdb_columns()"
                " where database_name = ? and schema_name || '.' || table_name = ? order by column_index"
            )
            types = [kind for (kind,) in self.rows(query, (CATALOG, table))]
            columns = ", ".join(f'cast("{name}" as {kind})' for name, kind in zip(frame.columns, types, strict=True))
            self.connection.register("rows", frame)
            self.connection.execute(f"insert into {table} select {columns} from rows")
            self.connection.unregister("rows")

    def build(self, *wanted: str) -> "Built":
        """Build the wanted models and what they need; without names all of them."""
        needed = _closure(self.models, wanted) if wanted else {model.name for model in self.models}
        for model in self.models:
            if model.name in needed:
                self.connection.execute(f"create or replace table {model.relation} as {model.sql}")
        return self

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(query, parameters).fetchall()

    def one(self, query: str) -> Any:
        """The only value of the only row."""
        ((value,),) = self.rows(query)
        return value


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)


def _closure(models: Sequence[Model], wanted: Iterable[str]) -> set[str]:
    needs = {model.name: model.needs for model in models}
    found: set[str] = set()
    queue = list(wanted)
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += [need for need in needs[name] if need in needs]
    return found


def dbt(arguments: Sequence[str], target: Path, warehouse: Path) -> "subprocess.CompletedProcess[str]":
    """Run dbt on the project in a process of its own."""
    command = [str(Path(sys.executable).with_name("dbt")), *arguments, "--project-dir", str(PROJECT)]
    command += ["--profiles-dir", str(PROJECT), "--target-path", str(target), "--log-path", str(target), "--quiet"]
    environment = {**os.environ, "MUSTER_WAREHOUSE": str(warehouse), "DO_NOT_TRACK": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def compiled(target: Path) -> list[Model]:
    """The churn models of the project in building order."""
    done = dbt(["compile", "--select", *SELECTION], target, target / f"{CATALOG}.duckdb")
    assert done.returncode == 0, done.stdout + done.stderr
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    found = {
        key: Model(
            node["name"],
            f"{node['schema']}.{node['name']}",
            node["compiled_code"],
            tuple(need.rsplit(".", 1)[1] for need in node["depends_on"]["nodes"]),
        )
        for key, node in nodes.items()
        if node["resource_type"] == "model" and node.get("compiled_code")
    }
    ordered: list[Model] = []
    left = {model.name: model for model in found.values()}
    while left:
        ready = sorted(name for name, model in left.items() if not set(model.needs) & set(left))
        ordered += [left.pop(name) for name in ready]
    return ordered
