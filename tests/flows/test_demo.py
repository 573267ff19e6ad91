"""The demo, run as a user runs it: its marts agree with what really happened in the simulated community."""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from lifelines import KaplanMeierFitter

from flows.demo import run_demo
from sandbox import truth
from sandbox.community import simulate
from sandbox.model import Community
from sandbox.moments import moment
from tests.flows import recomputed
from tests.flows.lives import Alive, alive, flows, lives, status
from tests.flows.support import ask

PARIS = ZoneInfo("Europe/Paris")
PEOPLE = ("member", "staff")


@pytest.fixture(scope="module")
def community() -> Community:
    return simulate()


@pytest.fixture(scope="module")
def acts(community: Community) -> list[truth.Act]:
    """What one who comes once, at the end, can read."""
    return truth.readable(truth.acts(community), moment(community.end))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo's folder, and what it said in the end."""
    folder = tmp_path_factory.mktemp("demo") / "muster-demo"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    command = [Path(sys.executable).with_name("muster"), "demo", "--into", folder]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return folder, ran.stdout


def local(at: datetime) -> date:
    return at.replace(tzinfo=UTC).astimezone(PARIS).date()


def test_it_ends_published_with_a_headline_and_every_file(demo: tuple[Path, str]) -> None:
    folder, said = demo
    status = json.loads((folder / ".muster" / "status.json").read_text())
    assert status["is_stale"] is False
    assert said.startswith(f"\n{status['headline']}\ndatabase ")
    serving = folder / ".muster" / "serving"
    for name in ("community.duckdb", "desk.duckdb", "manifest.json", "parquet/fct_messages.parquet"):
        assert (serving / name).is_file()
    (report,) = (folder / ".muster" / "reports").iterdir()
    for name in ("summary.txt", "summary.md", "summary.html", "facts.json", "dashboard.html"):
        assert (report / name).is_file()
    for shown in (serving / "community.duckdb", report / "dashboard.html", report / "summary.txt"):
        assert str(shown) in said
    assert (serving / "desk.duckdb").stat().st_mode & 0o777 == 0o600
    assert (folder / ".muster").stat().st_mode & 0o777 == 0o700


def test_it_is_large_enough_to_show_something(demo: tuple[Path, str]) -> None:
    messages, members = ask(
        demo[0],
        "select (select count(*) from marts.fct_messages where kind <> 'system'), "
        "(select count(*) from marts.dim_members where role = 'member')",
    )[0]
    assert messages >= 60_000
    assert members >= 2_000


def test_every_message_is_there_once_with_its_kind(demo: tuple[Path, str], acts: list[truth.Act]) -> None:
    expected = truth.counts(act for act in acts if act.kind != "system")
    found = ask(demo[0], "select source, kind, count(*) from marts.fct_messages where kind <> 'system' group by all")
    assert {(source, kind): count for source, kind, count in found} == expected


def test_who_was_active_on_which_day(demo: tuple[Path, str], community: Community, acts: list[truth.Act]) -> None:
    roles = truth.roles(community)
    # a message that was deleted counts on its day unless it went the same day
    counted = [a for a in acts if a.deleted_at is None or local(a.deleted_at) > local(a.at)]
    expected = {
        account: days
        for account, days in truth.active_days(counted, "Europe/Paris").items()
        if roles[account] in PEOPLE
    }
    found: dict[tuple[str, str], set[date]] = defaultdict(set)
    for source, account, day in ask(
        demo[0],
        "select accounts.source, accounts.account_id, days.local_date from marts.fct_member_days as days "
        "inner join marts.dim_accounts as accounts "
        "on accounts.member_key = days.member_key and accounts.source = days.scope",
    ):
        found[source, account].add(day)
    assert found == expected


def test_daily_active_members_where_all_was_observed(
    demo: tuple[Path, str], community: Community, acts: list[truth.Act]
) -> None:
    roles = truth.roles(community)
    days: Counter[date] = Counter()
    for account, active in truth.active_days([a for a in acts if a.deleted_at is None], "Europe/Paris").items():
        if roles[account] == "member" and account[0] == "chat":
            days.update(active)
    gap = {local(moment(at)) for at in community.outage}
    lost = {min(gap) + timedelta(days=n) for n in range((max(gap) - min(gap)).days + 1)}
    published = dict(
        ask(
            demo[0],
            "select local_date, dau from marts.engagement_daily "
            "where scope = 'chat' and population = 'members' and local_date between '2024-01-03' and '2026-06-27'",
        )
    )
    assert {day for day, dau in published.items() if dau is None} == lost
    assert {day: dau for day, dau in published.items() if dau} == {
        day: count for day, count in days.items() if day in published and day not in lost
    }


@pytest.fixture(scope="module")
def living(community: Community, acts: list[truth.Act]) -> Alive:
    """The members of each source as they lived."""
    return alive(community, [a for a in acts if a.deleted_at is None or local(a.deleted_at) > local(a.at)], PARIS)


def silence(folder: Path, source: str) -> int:
    """The silence in use."""
    query = (
        f"select silence_days from marts.silence_threshold where scope = '{source}' order by computed_on desc limit 1"
    )
    return int(ask(folder, query)[0][0])


@pytest.mark.parametrize("source", ["forum", "chat"])
def test_who_left_who_fell_silent_and_who_is_there(demo: tuple[Path, str], living: Alive, source: str) -> None:
    clock, members = living[source]
    found = ask(
        demo[0],
        "select accounts.account_id, status.status, status.departed_on from marts.member_status as status "
        "inner join marts.dim_accounts as accounts using (member_key) where status.role = 'member' "
        f"and status.last_active_date is not null and status.scope = '{source}' and accounts.source = '{source}'",
    )
    window = silence(demo[0], source)
    expected = {one: (status(member, clock, window), member.left_on) for one, member in members.items()}
    assert {one: (kind, left_on) for one, kind, left_on in found} == expected
    assert len({kind for kind, _ in expected.values()}) == (3 if source == "chat" else 2)


@pytest.mark.parametrize("source", ["forum", "chat"])
def test_who_came_and_went_and_came_back(demo: tuple[Path, str], living: Alive, source: str) -> None:
    clock, members = living[source]
    rows = ask(
        demo[0],
        "select period_kind, period_start, period_end, active, new, retained, resurrected, churned, left_explicitly "
        f"from marts.growth_accounting where scope = '{source}' and population = 'members' "
        "and period_kind in ('week', 'month') order by all",
    )
    compared = 0
    for before, now in pairwise(rows):
        if before[0] != now[0]:
            continue
        figures = flows(list(members.values()), before[1:3], now[1:3])
        if clock.unheard_share(*now[1:3]) > 0.1:
            assert now[3:] == (None,) * 6
        elif clock.unheard_share(*before[1:3]) > 0.1:
            assert now[3:] == (*figures[:2], None, None, None, None)
        else:
            assert now[3:] == figures
            compared += figures[3] > 0
    assert compared > 100


@pytest.mark.parametrize("source", ["forum", "chat"])
def test_how_long_they_stayed(demo: tuple[Path, str], living: Alive, source: str) -> None:
    clock, members = living[source]
    window = silence(demo[0], source)
    lengths, ended = zip(*(life for one in members.values() for life in lives(one, clock, window)), strict=True)
    curve = KaplanMeierFitter().fit(lengths, ended)
    found = ask(
        demo[0],
        "select day, at_risk, survival from marts.survival_curve "
        f"where scope = '{source}' and population = 'members' and stratum = 'all'",
    )
    assert len(found) > 200
    for day, at_risk, survival in found:
        assert at_risk == curve.event_table.at_risk[day]
        assert survival == pytest.approx(curve.survival_function_.KM_estimate[day], rel=1e-12)


@pytest.mark.parametrize("scope", ["all", "forum", "chat"])
def test_every_day_week_and_month_equals_the_recomputation(
    demo: tuple[Path, str], acts: list[truth.Act], scope: str
) -> None:
    stood = [
        (act.place, act.account, act.at, act.kind)
        for act in acts
        if act.kind in ("post", "comment") and (act.deleted_at is None or local(act.deleted_at) > local(act.at))
    ]
    frame = pd.DataFrame(stood, columns=["source", "account", "at", "kind"])
    shares = recomputed.prove(demo[0], frame, scope, "Europe/Paris")
    assert min(shares.values()) > 0.9, shares


def test_joins_and_leaves(demo: tuple[Path, str], community: Community) -> None:
    gone = {account.id for account in community.forum.accounts.values() if account.deleted_at is not None}
    expected = Counter(
        (one.place, one.event)
        for one in truth.memberships(community)
        # an account that was deleted before the first look was never seen
        if not one.is_lost and not (one.place == "forum" and int(one.account) in gone)
    )
    found = ask(
        demo[0],
        "select members.source, members.event, count(*) from marts.fct_memberships as members "
        "inner join marts.dim_accounts as accounts on accounts.account_key = members.account_key "
        "where accounts.role <> 'system' group by all",
    )
    assert {(source, event): count for source, event, count in found} == expected


def test_staff_bots_and_people_are_told_apart(demo: tuple[Path, str], community: Community) -> None:
    roles = truth.roles(community)
    for source, account, role in ask(demo[0], "select source, account_id, role from marts.dim_accounts"):
        assert role == roles.get((source, account), "member"), (source, account)


def test_bots_and_the_platforms_own_accounts_are_in_no_mart_of_members(demo: tuple[Path, str]) -> None:
    no_people = {
        key for (key,) in ask(demo[0], "select member_key from marts.dim_members where role in ('bot', 'system')")
    }
    assert no_people
    # what happened and who there is, kept whole
    whole = ("dim_accounts", "dim_members", "fct_messages", "fct_interactions", "fct_memberships", "people")
    looked_at = 0
    for database in ("community", "desk"):
        for schema, table, column in ask(
            demo[0],
            "select table_schema, table_name, column_name from information_schema.columns"
            f" where column_name like '%member_key' and table_name not in {whole}",
            database,
        ):
            found = {key for (key,) in ask(demo[0], f"select distinct {column} from {schema}.{table}", database)}
            assert not found & no_people, table
            looked_at += 1
    assert looked_at >= 8


def test_everyone_is_the_members_and_the_staff(demo: tuple[Path, str]) -> None:
    query = """
        select count(*), count(*) filter (daily.dau is distinct from
            if(daily.population = 'everyone', coalesce(people.everyone, 0), coalesce(people.members, 0)))
        from marts.engagement_daily as daily
        left join (
            select scope, local_date, count(*) as everyone, count(*) filter (role = 'member') as members
            from marts.fct_member_days inner join marts.dim_members using (member_key)
            where role in ('member', 'staff') group by all
        ) as people using (scope, local_date)
        where daily.dau is not null
    """
    ((days, different),) = ask(demo[0], query)
    assert days > 4000
    assert different == 0


def test_who_is_in_both_places_is_suggested(demo: tuple[Path, str], community: Community) -> None:
    from flows.suggestions import suggested

    # an account that is closed is suggested to nobody
    open_ = {("forum", str(one.id)) for one in community.forum.accounts.values() if one.deleted_at is None}
    open_ |= {("chat", one.id) for one in community.chat.users.values() if one.deleted_at is None}
    both = {frozenset(two) for two in truth.persons(community).values() if len(two) == 2 and open_.issuperset(two)}
    pairs = suggested(demo[0] / ".muster" / "warehouse.duckdb")
    found = {frozenset((pair.one.place, pair.other.place)) for pair in pairs}
    assert len(found & both) / len(both) > 0.75
    assert len(found & both) / len(found) > 0.9


def test_no_name_and_no_text_reaches_the_bi_database(demo: tuple[Path, str], community: Community) -> None:
    data = b"".join(
        file.read_bytes() for file in (demo[0] / ".muster" / "serving").iterdir() if file.name == "community.duckdb"
    )
    handles = [account.username for account in community.forum.accounts.values() if len(account.username) > 8][:150]
    assert handles
    assert not [handle for handle in handles if handle.encode() in data]


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    from flows.errors import WrongUse

    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(WrongUse, match="is not empty"):
        run_demo(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]
