"""The graph loops against networkx and plain Python, on generated graphs: dangling, tied, torn apart, empty."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt_project.reach.loops import EDGES, Loops
from tests.dbt_project.reach.places import COLLEGE, college_messages

Graph = tuple[int, dict[tuple[int, int], int]]
FEW = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Nodes and weighted edges; few nodes make ties, dangling nodes and separate parts."""
    nodes = draw(st.integers(1, 14))
    ends = st.integers(0, nodes - 1)
    edges = draw(st.dictionaries(st.tuples(ends, ends), st.integers(1, 50), max_size=40))
    return nodes, edges


def apart(several: list[Graph]) -> list[list[tuple[int, int, int | None, int | None]]]:
    """The graphs as rows of one table, nodes numbered on from graph to graph."""
    tables, first = [], 0
    for number, (nodes, edges) in enumerate(several, start=1):
        rows = [(number, first + node, None, None) for node in range(nodes)]
        rows += [(number, first + a, first + b, round(math.log1p(w) * 2**36)) for (a, b), w in edges.items() if a != b]
        tables.append(rows)
        first += nodes
    return tables


@FEW
@given(st.lists(graphs(), min_size=1, max_size=12))
def test_pagerank_of_several_graphs_at_once_is_that_of_each(loops: Loops, several: list[Graph]) -> None:
    loops.load(EDGES, [row for rows in apart(several) for row in rows])
    found = defaultdict(dict)
    for number, node, rank in loops.run("pagerank"):
        found[number][node] = rank
    first = 0
    for number, (nodes, edges) in enumerate(several, start=1):
        graph = nx.DiGraph()
        graph.add_nodes_from(range(nodes))
        graph.add_weighted_edges_from((a, b, math.log1p(w)) for (a, b), w in edges.items() if a != b)
        expected = nx.pagerank(graph, alpha=0.85, tol=1e-15, max_iter=2000)
        assert {node + first: pytest.approx(rank, rel=1e-9) for node, rank in expected.items()} == found[number]
        assert sum(found[number].values()) == pytest.approx(1, abs=1e-12)
        first += nodes


@FEW
@given(graphs())
def test_equal_nodes_have_equal_pagerank(loops: Loops, graph: Graph) -> None:
    nodes, edges = graph
    twin = {(a + nodes, b + nodes): w for (a, b), w in edges.items()}
    loops.load(EDGES, apart([(2 * nodes, {**edges, **twin})])[0])
    ranks = {node: rank for _, node, rank in loops.run("pagerank")}
    assert [ranks[node] for node in range(nodes)] == [ranks[node + nodes] for node in range(nodes)]


@FEW
@given(graphs())
def test_k_core_is_that_of_networkx(loops: Loops, graph: Graph) -> None:
    nodes, edges = graph
    loops.load("from_node integer, to_node integer", list(edges))
    found = dict(loops.run("k_core"))
    plain = nx.Graph()
    plain.add_nodes_from(range(nodes))
    plain.add_edges_from((a, b) for a, b in edges if a != b)
    assert {node: found.get(node, 0) for node in range(nodes)} == nx.core_number(plain)


@FEW
@given(graphs(), st.integers(1, 6))
def test_cover_is_plain_greedy_with_ties_to_the_smaller(loops: Loops, graph: Graph, picks: int) -> None:
    edges = [(a, b) for a, b in graph[1] if a != b]
    loops.load("graph_id integer, from_node integer, to_node integer", [(1, a, b) for a, b in edges])
    assert [(node, gain) for _, _, node, gain in sorted(loops.run("cover", picks=picks))] == greedy(edges, picks)


@FEW
@given(st.dictionaries(st.integers(0, 30), st.integers(0, 30), max_size=30))
def test_roots_and_distances_are_walked_to(loops: Loops, pointers: dict[int, int]) -> None:
    loops.load("node integer, parent integer", [(a, b) for a, b in pointers.items() if a != b])
    parents = {a: b for a, b in pointers.items() if a != b}
    expected = set()
    for node in parents:
        at, steps = node, 0
        while at in parents and steps <= len(parents):
            at, steps = parents[at], steps + 1
        if at not in parents:
            expected.add((node, at, steps))
    assert set(loops.run("roots")) == expected


def test_a_long_chain_of_answers_reaches_its_root(loops: Loops) -> None:
    loops.load("node integer, parent integer", [(number, number - 1) for number in range(1, 1500)])
    assert set(loops.run("roots")) == {(number, 0, number) for number in range(1, 1500)}


def test_pagerank_says_so_when_it_does_not_settle(loops: Loops) -> None:
    loops.load(EDGES, apart([(3, {(0, 1): 1, (1, 0): 1, (2, 0): 1})])[0])
    with pytest.raises(AssertionError, match="still moves"):
        loops.run("pagerank", iterations=4)


@pytest.mark.skipif(not COLLEGE.exists(), reason="CollegeMsg is not at hand")
def test_pagerank_agrees_to_the_last_bit_on_any_number_of_threads() -> None:
    counted: dict[tuple[int, int], int] = defaultdict(int)
    for giver, receiver, _ in college_messages():
        counted[int(giver[1:]), int(receiver[1:])] += 1
    rows = apart([(1900, counted)])[0]
    results = []
    for threads, order in ((1, 1), (4, -1)):
        runner = Loops(threads)
        runner.load(EDGES, rows[::order])
        results.append(sorted(runner.run("pagerank")))
    assert results[0] == results[1]


@pytest.mark.skipif(not COLLEGE.exists(), reason="CollegeMsg is not at hand")
def test_ten_to_ask_reach_the_998_of_the_literature(loops: Loops) -> None:
    """Toward those they wrote to, as METHODS counts; the mart counts those who wrote to them."""
    edges = {(int(b[1:]), int(a[1:])) for a, b, _ in college_messages()}
    loops.load("graph_id integer, from_node integer, to_node integer", [(1, a, b) for a, b in edges])
    assert sum(gain for *_, gain in loops.run("cover", picks=10)) == 998


def greedy(edges: list[tuple[int, int]], picks: int) -> list[tuple[int, int]]:
    audience: dict[int, set[int]] = defaultdict(set)
    for giver, receiver in edges:
        audience[receiver].add(giver)
    chosen, covered = [], set()
    for _ in range(picks):
        node = max(audience, key=lambda one: (len(audience[one] - covered), -one), default=None)
        if node is None or not audience[node] - covered:
            break
        chosen.append((node, len(audience[node] - covered)))
        covered |= audience[node]
    return chosen


def test_a_great_hub_settles_as_soon_as_any(loops: Loops) -> None:
    """A hub of half the graph leaves a double few digits: rounding must not be taken for movement."""
    chance = np.random.default_rng(3)
    givers, receivers = (30_000 * chance.random((2, 60_000)) ** 3).astype(int)
    counted = Counter((int(a), int(b)) for a, b in zip(givers, receivers, strict=True))
    counted.update({(node, 0): 1 for node in range(1, 15_000)})
    loops.load(EDGES, apart([(30_000, counted)])[0])
    loops.statements.clear()
    assert len(loops.run("pagerank")) == 30_000
    assert sum("mass_0 as" in statement for statement in loops.statements) <= 12
