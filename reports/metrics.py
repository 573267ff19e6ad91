"""The weekly figures: what each is, how one value is read, and their series over the weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.coverage import Coverage
from reports.period import Week
from reports.slots import Binding
from reports.snapshot import Snapshot

POPULATION = "members"
Series = dict[date, float | None]


@dataclass(frozen=True)
class Metric:
    """One weekly figure. It counts members or messages; `good` is the direction one hopes for."""

    key: str
    how: str
    table: str
    column: str
    counts: str = "members"
    good: str = "up"


METRICS = (
    Metric("active", "cell", "marts.engagement_daily", "wau"),
    Metric("posters", "posters", "marts.fct_member_days", "member_key"),
    Metric("posts", "sum", "marts.engagement_daily", "posts", counts="messages"),
    Metric("comments", "sum", "marts.engagement_daily", "comments", counts="messages"),
    Metric("new_members", "cell", "marts.growth_accounting", "new"),
    Metric("joins", "joins", "marts.fct_memberships", "member_key"),
    Metric("leaves", "leaves", "marts.fct_memberships", "member_key", good="down"),
)

_DAILY = """
select scope, cast(date_trunc('week', local_date) as date) as week,
    case when count(posts) = 7 then sum(posts) end as posts,
    case when count(comments) = 7 then sum(comments) end as comments,
    max(wau) filter (where isodow(local_date) = 7) as active
from marts.engagement_daily
where population = $population
group by all
"""

_POSTERS = """
select d.scope, cast(date_trunc('week', d.local_date) as date) as week, count(distinct d.member_key) as posters
from marts.fct_member_days as d
inner join marts.dim_members as m on d.member_key = m.member_key
where m.role = 'member' and coalesce(d.posts, 0) + coalesce(d.comments, 0) + coalesce(d.reposts, 0) > 0
group by all
"""

_NEW = """
select scope, period_start, new from marts.growth_accounting where population = $population and period_kind = 'week'
"""

# a workspace export tells of channels only: the first channel a member joins is then the joining
_JOINS = """
with events as (
    select f.source, f.member_key, f.scope_kind,
        cast((coalesce(f.occurred_at, f.occurred_after) at time zone 'UTC') at time zone $zone as date) as day
    from marts.fct_memberships as f
    inner join marts.dim_members as m on f.member_key = m.member_key
    where m.role = 'member' and f.event = 'join'
),
whole as (select distinct source from marts.fct_memberships where scope_kind = 'community'),
joins as (
    select source, member_key, day from events where scope_kind = 'community'
    union all
    select source, member_key, min(day) as day from events
    where scope_kind = 'channel' and source not in (select source from whole)
    group by source, member_key
)
select distinct source, cast(date_trunc('week', day) as date) as week, member_key from joins where day is not null
"""

_LEAVES = """
select distinct f.source,
    cast(date_trunc('week', (coalesce(f.occurred_at, f.occurred_after) at time zone 'UTC') at time zone $zone) as date)
        as week,
    f.member_key
from marts.fct_memberships as f
inner join marts.dim_members as m on f.member_key = m.member_key
where m.role = 'member' and f.scope_kind = 'community' and f.event in ('leave', 'kick', 'ban')
    and coalesce(f.occurred_at, f.occurred_after) is not null
"""


def weekly_series(snapshot: Snapshot, coverage: Coverage, scopes: list[str]) -> dict[tuple[str, str], Series]:
    """(scope, metric) → Monday → value or None, for every week of the daily mart."""
    series: dict[tuple[str, str], Series] = {(s, m.key): {} for s in scopes for m in METRICS}
    known: set[tuple[str, date]] = set()
    for scope, week, posts, comments, active in snapshot.rows(_DAILY, {"population": POPULATION}):
        if scope not in scopes:
            continue
        values = {"posts": posts, "comments": comments, "active": active}
        for key, value in values.items():
            series[scope, key][week] = None if value is None else float(value)
        series[scope, "posters"][week] = None if posts is None else 0.0
        if posts is not None:
            known.add((scope, week))
    for scope, week, posters in snapshot.rows(_POSTERS) if snapshot.columns("marts.fct_member_days") else []:
        if (scope, week) in known:
            series[scope, "posters"][week] = float(posters)
    for scope, week, new in snapshot.rows(_NEW, {"population": POPULATION}) if _has_growth(snapshot) else []:
        if scope in scopes:
            series[scope, "new_members"][week] = None if new is None else float(new)
    for metric in ("joins", "leaves"):
        _membership_series(snapshot, coverage, scopes, metric, series)
    return series


def daily_figures(snapshot: Snapshot, scope: str) -> dict[date, int | None]:
    """Day → active members of a scope; None where the day was not observed."""
    rows = snapshot.scan(
        "select local_date, dau from marts.engagement_daily where scope = $scope and population = $population",
        {"scope": scope, "population": POPULATION},
    )
    return {day: None if dau is None else int(dau) for day, dau in rows}


def _has_growth(snapshot: Snapshot) -> bool:
    return bool(snapshot.columns("marts.growth_accounting"))


def _membership_series(
    snapshot: Snapshot,
    coverage: Coverage,
    scopes: list[str],
    metric: str,
    series: dict[tuple[str, str], Series],
) -> None:
    """Fill in joins or leaves: known where a source was observed all week; 'all' joins those that tell."""
    events = snapshot.rows(_JOINS if metric == "joins" else _LEAVES, {"zone": coverage.zone.key})
    members: dict[tuple[str, date], set[str]] = {}
    for source, week, member in events:
        members.setdefault((source, week), set()).add(member)
    weeks = sorted({week for scope in scopes for week in series[scope, "active"]})
    for week in weeks:
        tellers = coverage.tellers(metric, Week(week))
        together: set[str] = set()
        for source in tellers:
            found = members.get((source, week), set())
            together |= found
            if source in scopes:
                series[source, metric][week] = float(len(found))
        series["all", metric][week] = float(len(together)) if tellers else None


def bind(metric: Metric, scope: str, week: Week, coverage: Coverage) -> Binding:
    """Where one figure of one week is to be found."""
    span: Any = [week.start, week.end]
    key: dict[str, Any] = {"scope": scope, "population": POPULATION}
    if metric.table == "marts.growth_accounting":
        return Binding(metric.table, {**key, "period_kind": "week", "period_end": week.end}, metric.column)
    if metric.how == "cell":
        return Binding(metric.table, {**key, "local_date": week.end}, metric.column)
    if metric.how in ("joins", "leaves"):
        tellers = [name for name in coverage.tellers(metric.key, week) if scope in ("all", name)]
        return Binding(metric.table, {"source": tellers, "week": week.start}, metric.column, metric.how)
    return Binding(metric.table, {**key, "local_date": span}, metric.column, metric.how)


def membership_count(snapshot: Snapshot, metric: str, sources: list[str], week: date, zone: str) -> int | None:
    """Distinct members who joined or left in a week; None when no source tells."""
    if not sources:
        return None
    rows = snapshot.scan(_JOINS if metric == "joins" else _LEAVES, {"zone": zone})
    return len({member for source, monday, member in rows if source in sources and monday == week})
