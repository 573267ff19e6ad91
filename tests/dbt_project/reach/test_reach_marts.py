"""The reach tables against networkx and plain Python: a made-up town, the real forum, CollegeMsg."""

from __future__ import annotations

import math
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import networkx as nx
import pytest

from tests.dbt_project.reach.community import Community
from tests.dbt_project.reach.conftest import run_reach

WEIGHTS = {"repost": 3, "reply": 2, "mention": 1.5, "thread_reply": 1, "reaction": 1}
DAYS = {"28d": 28, "90d": 90, "all": 100_000}
MARTS = ["marts.interaction_edges", "marts.member_reach", "marts.key_people", "marts.cascades", "ops.reach_backtest"]
SCOPES = ["town", "forum", "college", "all"]


@pytest.fixture(scope="module")
def database(reach: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(reach), read_only=True) as connection:
        yield connection


def rows(database: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[dict[str, Any]]:
    found = database.execute(query, values)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def acts(made: Community, scope: str, population: str, window: str) -> Counter[tuple[str, str, str]]:
    """Acts by giver, receiver and kind: the rules once more, in plain Python."""
    written = {message[0]: message[8] for message in made.messages}
    roles = {"member"} if population == "members" else {"member", "staff"}
    end = made.spans[scope][1] if scope in made.spans else max(last for _, last in made.spans.values())
    counted: Counter[tuple[str, str, str]] = Counter()
    for _, source, giver, receiver, kind, at, _, message in made.interactions:
        when = at or written.get(message)
        if giver == receiver or when is None or scope not in (source, "all"):
            continue
        if any(made.members[one][0] not in roles or made.members[one][1] == "erased" for one in (giver, receiver)):
            continue
        if when <= end and when.date() > end.date() - timedelta(days=DAYS[window]):
            counted[giver, receiver, kind] += 1
    return counted


def graph(made: Community, scope: str, population: str, window: str, nodes: set[str]) -> nx.DiGraph:
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for (giver, receiver, kind), count in acts(made, scope, population, window).items():
        weights[giver, receiver] += count * WEIGHTS[kind]
    made_of = nx.DiGraph()
    made_of.add_nodes_from(sorted(nodes))
    made_of.add_weighted_edges_from((a, b, math.log1p(weight)) for (a, b), weight in weights.items())
    return made_of


@pytest.mark.parametrize("window", ["28d", "90d", "all"])
@pytest.mark.parametrize("population", ["members", "everyone"])
@pytest.mark.parametrize("scope", SCOPES)
def test_member_reach_equals_networkx(
    database: duckdb.DuckDBPyConnection, community: Community, scope: str, population: str, window: str
) -> None:
    if scope not in (*community.spans, "all"):
        pytest.skip(f"the data of {scope} are not at hand")
    found = rows(
        database,
        'select * from marts.member_reach where scope = ? and population = ? and "window" = ?',
        scope,
        population,
        window,
    )
    by_key = {row["member_key"]: row for row in found}
    made_of = graph(community, scope, population, window, set(by_key))
    assert set(made_of) == set(by_key)
    if made_of.number_of_nodes() == 0:
        return
    # networkx takes the tolerance times the nodes
    ranks = nx.pagerank(made_of, alpha=0.85, tol=4e-15 / len(made_of), max_iter=2000)
    cores = nx.core_number(nx.Graph(made_of.to_undirected()))
    heard = {key: set(made_of.predecessors(key)) for key in made_of}
    for key, row in by_key.items():
        assert row["pagerank"] == pytest.approx(ranks[key], rel=1e-9)
        assert row["k_core"] == cores[key]
        assert (row["reach"], row["reach_out"]) == (len(heard[key]), made_of.out_degree(key))
        assert row["reach_2hop"] == len(set().union(heard[key], *(heard[one] for one in heard[key])) - {key})
        if heard[key] or made_of.out_degree(key):
            assert row["reciprocity"] == nx.reciprocity(made_of, key)
        else:
            assert row["reciprocity"] is None


def test_bands_follow_reach_with_ties_to_the_smaller_key(database: duckdb.DuckDBPyConnection) -> None:
    for population in ("members", "everyone"):
        found = rows(
            database,
            "select * from marts.member_reach where scope = 'all' and population = ? and \"window\" = 'all'",
            population,
        )
        ordered = sorted((row for row in found if row["reach"] > 0), key=lambda row: (-row["reach"], row["member_key"]))
        for place, row in enumerate(ordered, start=1):
            assert row["rank_band"] == next((band for band in (10, 50, 200) if place <= band), None)


def test_staff_bots_and_the_erased_keep_their_place(database: duckdb.DuckDBPyConnection) -> None:
    found = rows(database, "select distinct population, member_key from marts.member_reach where scope = 'town'")
    everyone, members = (
        {row["member_key"] for row in found if row["population"] == p} for p in ("everyone", "members")
    )
    assert everyone - members == {"t00", "t01"}
    assert not {"bot", "gone"} & everyone


def test_what_no_platform_states_is_null(database: duckdb.DuckDBPyConnection, community: Community) -> None:
    if "forum" in community.spans:
        [row] = rows(
            database,
            "select count(impressions) as views, count(reactions_received) as reactions,"
            " count(amplification) as reposts"
            " from marts.member_reach where scope = 'forum'",
        )
        assert row == {"views": 0, "reactions": 0, "reposts": 0}
    stated = rows(database, "select * from marts.member_reach where scope = 'all' and impressions is not null")
    assert stated
    assert {row["impressions_source"] for row in stated} == {"town"}


def test_a_window_mostly_unheard_is_null(database: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        database,
        'select scope, "window" as w, bool_or(is_complete) as complete, count(*) as n, count(reach) as known'
        " from marts.member_reach where scope in ('mute', 'town') group by all",
    )
    told = {(row["scope"], row["w"]): (row["complete"], row["known"] == row["n"]) for row in found}
    assert told["mute", "28d"] == (False, False)
    assert told["town", "28d"] == (False, True)


@pytest.mark.parametrize("population", ["members", "everyone"])
@pytest.mark.parametrize("scope", SCOPES)
def test_key_people_are_a_plain_greedy_cover(
    database: duckdb.DuckDBPyConnection, community: Community, scope: str, population: str
) -> None:
    audience: dict[str, set[str]] = defaultdict(set)
    for giver, receiver, _ in acts(community, scope, population, "90d") if scope in (*community.spans, "all") else []:
        audience[receiver].add(giver)
    covered: set[str] = set()
    for row in rows(
        database, "select * from marts.key_people where scope = ? and population = ? order by k", scope, population
    ):
        best = min(audience, key=lambda one: (-len(audience[one] - covered), one), default=None)
        gain = len(audience[best] - covered) if best else 0
        covered |= audience[best] if best and gain else set()
        assert (row["ask_member_key"], row["gained_members"]) == (best if gain else None, gain)
        assert row["covered_members"] == len(covered)


def test_how_much_hangs_on_the_most_active(database: duckdb.DuckDBPyConnection, community: Community) -> None:
    """Town, members, 90 days: acts touched, and threads that only the k most active answered."""
    end = community.spans["town"][1]
    inside = [
        message for message in community.messages
        if message[1] == "town" and message[10] and community.members[message[3]] == ("member", "active")
        and end.date() - timedelta(days=90) < message[9] and message[8] <= end
    ]  # fmt: skip
    counted = acts(community, "town", "members", "90d")
    active = Counter(message[3] for message in inside)
    for (giver, _, kind), count in counted.items():
        active[giver] += count if kind == "reaction" else 0
    order = sorted(active, key=lambda one: (-active[one], one))
    threads = defaultdict(set)
    openers = {message[4]: message for message in inside if message[7] == "post"}
    for message in inside:
        if message[7] != "post" and message[4] in openers and message[3] != openers[message[4]][3]:
            threads[message[4]].add(message[3])
    for row in rows(database, "select * from marts.key_people where scope = 'town' and population = 'members'"):
        first = set(order[: row["k"]])
        assert row["active_member_key"] == order[row["k"] - 1]
        assert row["interactions_count"] == sum(counted.values())
        assert row["touched_count"] == sum(n for (a, b, _), n in counted.items() if {a, b} & first)
        assert row["answered_threads_count"] == len(threads)
        assert row["only_theirs_count"] == sum(1 for answerers in threads.values() if answerers <= first)


def test_cascades_equal_descendants(database: duckdb.DuckDBPyConnection, community: Community) -> None:
    trees = nx.DiGraph()
    trees.add_nodes_from(message[0] for message in community.messages)
    trees.add_edges_from((m[5], m[0]) for m in community.messages if m[5])
    people = {m[0]: m[3] for m in community.messages if m[10]}
    expected = {}
    for root in (node for node in trees if trees.in_degree(node) == 0):
        steps = {
            node: far for node, far in nx.single_source_shortest_path_length(trees, root).items() if node in people
        }
        if steps:
            expected[root] = (len(steps), max(steps.values()), len({people[node] for node in steps}))
    found = rows(database, "select message_key, size, depth, members_count from marts.cascades")
    assert {row["message_key"]: (row["size"], row["depth"], row["members_count"]) for row in found} == expected


def test_decay_is_the_sum_of_halved_acts_whatever_the_landmark(
    database: duckdb.DuckDBPyConnection, community: Community
) -> None:
    end = community.spans["town"][1].date()
    written = {message[0]: message[9] for message in community.messages}
    expected: dict[tuple[str, str], float] = defaultdict(float)
    for _, source, giver, receiver, kind, _, day, message in community.interactions:
        if source == "town":
            expected[giver, receiver] += WEIGHTS[kind] * 2 ** (((day or written[message]) - end).days / 30)
    for row in rows(database, "select * from marts.interaction_edges where scope = 'town'"):
        value = expected[row["from_member_key"], row["to_member_key"]]
        assert row["decayed_weight"] == pytest.approx(value, rel=1e-9)
        landmark = 2 ** ((date(2020, 1, 1) - end).days / 30)
        assert row["forward_weight"] * landmark == pytest.approx(value, rel=1e-9)


def test_the_backtest_names_one_winner_that_nothing_beats(database: duckdb.DuckDBPyConnection) -> None:
    found = rows(database, "select * from ops.reach_backtest")
    scopes = {row["scope"] for row in found}
    assert scopes
    for scope in scopes:
        means = {
            row["ranking"]: row["mean_rank_correlation"]
            for row in found
            if row["scope"] == scope and not row["is_baseline"]
        }
        winners = {row["ranking"] for row in found if row["scope"] == scope and row["is_winner"]}
        assert winners == ({max(means, key=lambda one: means[one])} if max(means.values()) > 0 else set())


def test_two_runs_give_the_same_rows(reach: Path, tmp_path: Path) -> None:
    again = tmp_path / "warehouse.duckdb"
    shutil.copy(reach, again)
    with duckdb.connect(str(again)) as connection:
        for table in ("fct_interactions", "fct_messages", "dim_members"):
            connection.execute(
                f"create or replace table marts.{table} as"
                f" select * from marts.{table} order by hash(columns(*)::varchar)"
            )
    run_reach(again, scratch=reach.parent)
    with duckdb.connect(str(again)) as connection:
        connection.execute(f"attach '{reach}' as first (read_only)")
        for table in MARTS:
            for one, other in ((f"first.{table}", table), (table, f"first.{table}")):
                assert connection.execute(f"select count(*) from (from {one} except all from {other})").fetchone() == (
                    0,
                ), table
