"""Reads one slot's value again from the snapshot, by its binding: the verifier's independent eye."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from reports.answers import helped_count, question_count
from reports.metrics import POPULATION, membership_count
from reports.slots import Binding
from reports.snapshot import Snapshot

READABLE = ("cell", "sum", "count", "posters", "joins", "leaves", "asked", "answered", "helped")

_POSTERS = """
select d.scope, cast(date_trunc('week', d.local_date) as date) as monday, count(distinct d.member_key)
from marts.fct_member_days as d
inner join marts.dim_members as m on d.member_key = m.member_key
where m.role = 'member' and coalesce(d.posts, 0) + coalesce(d.comments, 0) + coalesce(d.reposts, 0) > 0
group by 1, 2
"""


def read(snapshot: Snapshot, binding: Binding, zone: str) -> Any:
    """The value a binding stands for, straight from the database; None when it is NULL or the row is absent."""
    if binding.how == "cell":
        return _cell(snapshot, binding)
    if binding.how == "count":
        return _count(snapshot, binding)
    if binding.how == "sum":
        return _sum(snapshot, binding)
    if binding.how == "posters":
        return _posters(snapshot, binding)
    if binding.how in ("asked", "answered"):
        return _questions(snapshot, binding)
    if binding.how == "helped":
        return helped_count(snapshot, binding.key)
    week = binding.key["week"]
    monday = week if isinstance(week, date) else date.fromisoformat(week)
    return membership_count(snapshot, binding.how, list(binding.key["source"]), monday, zone)


def _cell(snapshot: Snapshot, binding: Binding) -> Any:
    where = " and ".join(f'"{name}" is not distinct from ?' for name in binding.key)
    values = list(binding.key.values())
    if binding.table.startswith("desk."):
        # the reader of a report without names holds no desk
        if not _is_plain(binding):
            return None
        # the file is named as its schema: only the full path is unambiguous
        found = snapshot.desk_rows(f'select "{binding.column}" from desk.{binding.table} where {where}', values)  # noqa: S608
        return found[0][0] if found else None
    _check(snapshot, binding)
    table = snapshot.small_table(binding.table, tuple(binding.key), binding.column)
    if table is not None:
        return table.get(tuple(values))
    # identifiers were checked against the snapshot's own catalogue, values are parameters
    row = snapshot.one(f'select "{binding.column}" from {binding.table} where {where}', values)  # noqa: S608
    return row[0] if row else None


def _sum(snapshot: Snapshot, binding: Binding) -> float | None:
    """The sum over the days of a week; None unless all seven are known."""
    start, end = binding.key["local_date"]
    cells = [
        read(
            snapshot,
            Binding(binding.table, {**binding.key, "local_date": start + timedelta(days=step)}, binding.column),
            "",
        )
        for step in range((end - start).days + 1)
    ]
    known = [cell for cell in cells if cell is not None]
    return float(sum(known)) if len(known) == 7 else None


def _count(snapshot: Snapshot, binding: Binding) -> int:
    """Distinct values of a column among the rows of a key."""
    _check(snapshot, binding)
    where = " and ".join(f'"{name}" is not distinct from ?' for name in binding.key)
    row = snapshot.one(
        f'select count(distinct "{binding.column}") from {binding.table} where {where}',  # noqa: S608
        list(binding.key.values()),
    )
    return int(row[0]) if row else 0


def _is_observed(snapshot: Snapshot, key: Mapping[str, Any]) -> bool:
    """Whether what members wrote is known on every day of a week: else whatever was found is no count."""
    whole = {"scope": key["scope"], "population": POPULATION, "local_date": key["local_date"]}
    return _sum(snapshot, Binding("marts.engagement_daily", whole, "posts", "sum")) is not None


def _questions(snapshot: Snapshot, binding: Binding) -> int | None:
    return question_count(snapshot, binding.how, binding.key) if _is_observed(snapshot, binding.key) else None


def _posters(snapshot: Snapshot, binding: Binding) -> int | None:
    if not snapshot.columns("marts.fct_member_days") or not _is_observed(snapshot, binding.key):
        return None
    start, end = binding.key["local_date"]
    if start.weekday() or (end - start).days != 6:
        raise LookupError(f"{start} to {end}: not a week")
    found = {(scope, monday): members for scope, monday, members in snapshot.scan(_POSTERS, {})}
    return int(found.get((binding.key["scope"], start), 0))


def _is_plain(binding: Binding) -> bool:
    return all(part.replace("_", "").replace(".", "").isalnum() for part in (binding.table, binding.column))


def _check(snapshot: Snapshot, binding: Binding) -> None:
    """Refuse a binding that names anything but a table and columns of the snapshot."""
    known = snapshot.columns(binding.table)
    keys = {name for name in binding.key if binding.how in ("cell", "count")}
    if binding.column not in known or not keys <= known:
        raise LookupError(f"{binding.table}.{binding.column}: no such column in the snapshot")
