"""Questions of members: how many were answered within a day, week by week, and who answered others'."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from reports.snapshot import Snapshot

Counts = dict[tuple[str, date], tuple[int, int]]

# a question is looked at once a day has passed for it: an answer may yet come to a younger one
_QUESTIONS = """
questions as (
    select q.source, q.message_key, q.thread_key, q.member_key, q.created_at, q.local_date
    from marts.fct_messages as q
    inner join marts.dim_members as m on q.member_key = m.member_key
    inner join marts.dim_sources as s on q.source = s.source
    where q.is_question and q.kind = 'post' and q.is_counted and q.deleted_at is null and m.role = 'member'
        and s.role is distinct from 'competitor' and q.local_date between $start and $end
        and s.as_of - q.created_at >= interval 24 hour
),
answers as (
    select q.source, q.message_key, q.local_date, q.created_at, min(a.created_at) as first_at
    from questions as q
    left join (
        select a.* from marts.fct_messages as a
        inner join marts.dim_members as m on a.member_key = m.member_key
        where a.is_counted and a.deleted_at is null and a.kind <> 'repost' and m.role in ('member', 'staff')
    ) as a
        on q.thread_key = a.thread_key and q.member_key <> a.member_key and a.created_at >= q.created_at
    group by all
)
"""

_HELPED = """
select a.member_key, count(distinct a.thread_key) as helped
from marts.fct_messages as a
inner join marts.dim_members as m on a.member_key = m.member_key
inner join (
    select q.thread_key, q.member_key, min(q.created_at) as created_at from marts.fct_messages as q
    inner join marts.dim_sources as s on q.source = s.source
    where q.is_question and q.kind = 'post' and q.is_counted and q.deleted_at is null
        and s.role is distinct from 'competitor' and ($scope = 'all' or q.source = $scope)
    group by q.thread_key, q.member_key
) as q on a.thread_key = q.thread_key and a.member_key <> q.member_key and a.created_at >= q.created_at
where a.is_counted and a.deleted_at is null and a.kind <> 'repost' and m.role = 'member'
    and a.local_date between $start and $end
group by a.member_key
order by helped desc, a.member_key
"""


def answered_by_week(snapshot: Snapshot, first: date, last: date) -> Counts:
    """(scope, Monday) → questions answered within 24 hours, of how many asked."""
    if not _can(snapshot):
        return {}
    rows = snapshot.rows(
        f"with {_QUESTIONS} select source, cast(date_trunc('week', local_date) as date) as week, count(*),"  # noqa: S608
        " count(*) filter (where first_at - created_at <= interval 24 hour) from answers group by all",
        {"start": first, "end": last + timedelta(days=6)},
    )
    counts: Counts = {}
    for source, week, asked, answered in rows:
        for scope in (str(source), "all"):
            before = counts.get((scope, week), (0, 0))
            counts[scope, week] = (before[0] + int(answered), before[1] + int(asked))
    return counts


def question_count(snapshot: Snapshot, how: str, key: Mapping[str, Any]) -> int:
    """Questions asked in a span of days, or those of them that were answered within 24 hours."""
    start, end = key["local_date"]
    rows = snapshot.scan(
        f"with {_QUESTIONS} select source, local_date, count(*),"  # noqa: S608
        " count(*) filter (where epoch(first_at) - epoch(created_at) <= 86400) from answers group by all",
        {"start": date.min, "end": date.max},
    )
    days = [row for row in rows if start <= row[1] <= end and key["scope"] in ("all", row[0])]
    return sum(row[2 if how == "asked" else 3] for row in days)


def helpers(snapshot: Snapshot, scope: str, start: date, end: date) -> list[tuple[str, int]]:
    """Members by the number of others' questions they answered in a span of days, most first."""
    if not _can(snapshot):
        return []
    asked = {"scope": scope, "start": start, "end": end}
    return [(str(member), int(count)) for member, count in snapshot.rows(_HELPED, asked)]


def helped_count(snapshot: Snapshot, key: Mapping[str, Any]) -> int:
    """Others' questions that one member answered in a span of days."""
    start, end = key["local_date"]
    asked = {"scope": key["scope"], "start": start, "end": end}
    found = {str(member): int(count) for member, count in snapshot.scan(_HELPED, asked)}
    return found.get(str(key["member_key"]), 0)


def _can(snapshot: Snapshot) -> bool:
    return {"is_question", "is_counted", "thread_key"} <= snapshot.columns("marts.fct_messages")
