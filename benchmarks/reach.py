"""PageRank of the reach marts against scipy at 1 M and 10 M edges, peak memory, and a daily refresh step by step.

    python benchmarks/reach.py [--small]

Every model runs as users run it: dbt, the project's materialization, DuckDB on a file. scipy gets the same edges as
arrays, builds its matrix and iterates until no node moves by more than 1e-11 of itself, as the model does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import scipy.sparse as sp

PROJECT = Path(__file__).parents[1] / "dbt_project"
GRAPH = """
create schema intermediate;
create table intermediate.int_reach_nodes as
    select 1::integer as graph_id, range::integer as member_no, range::integer as node from range({nodes});
create table intermediate.int_reach_edges as
    select distinct on (from_node, to_node) 1::integer as graph_id, from_node, to_node,
        cast(round(ln(1 + 1 + floor(random() * 9)) * 68719476736) as bigint) as pull
    from (select cast(floor(random() * {nodes}) as integer) as from_node,
              cast(floor(random() * random() * {nodes}) as integer) as to_node from range({edges}))
    where from_node <> to_node order by to_node, from_node;
"""
# two years of a community: heavy-tailed senders and receivers, a staff of ten, one forum and one chat
CORE = """
create schema intermediate; create schema marts; create schema ops;
create macro somebody() as md5(cast(floor(pow(random(), 3) * {members}) as bigint)::varchar);
create table marts.dim_members as select md5(range::varchar) as member_key,
    case when range < 10 then 'staff' else 'member' end as role, 'active' as status from range({members});
create table marts.fct_messages as
    select md5('m' || range) as message_key, case when range % 3 = 0 then 'chat' else 'forum' end as source,
        md5('c' || range % 40) as channel_key, somebody() as member_key, md5('t' || range // 8) as thread_key,
        case when range % 8 > 2 then md5('m' || (range - range % 3 - 1)) end as parent_message_key,
        null::varchar as repost_message_key, case when range % 8 = 0 then 'post' else 'comment' end as kind,
        timestamp '2024-01-01' + to_seconds(cast(range * (731.0 * 86400 / {messages}) as bigint)) as created_at,
        created_at::date as local_date, true as is_counted, null::bigint as views from range({messages});
create table marts.fct_interactions as
    select md5('i' || range) as interaction_key, source, somebody() as from_member_key, member_key as to_member_key,
        case when range % 2 = 0 then 'reply' else 'reaction' end as kind,
        created_at as occurred_at, local_date, message_key
    from range({interactions})
    inner join (select *, row_number() over () - 1 as n from marts.fct_messages) on n = range % {messages};
create table intermediate.int_scopes as select unnest(['forum', 'chat', 'all', 'all']) as scope,
    unnest(['forum', 'chat', 'forum', 'chat']) as source, timestamp '2025-12-31 12:00' as scope_as_of;
create table intermediate.int_scope_days as
    select scope, day::date as local_date, 0.0::double as uncovered_seconds
    from (select distinct scope from intermediate.int_scopes),
        range(date '2024-01-01', date '2026-01-01', interval 1 day) as d(day);
"""


def main() -> None:
    """Prints what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a hundredth of the size, to try the script")
    scale = 100 if parser.parse_args().small else 1
    with tempfile.TemporaryDirectory() as scratch:
        for edges, nodes in ((1_000_000, 100_000), (10_000_000, 1_000_000)):
            pagerank(Path(scratch) / f"{edges}", edges // scale, nodes // scale)
        refresh(Path(scratch) / "daily", 1_000_000 // scale, 300_000 // scale, 100_000 // scale)


def pagerank(folder: Path, edges: int, nodes: int) -> None:
    """One graph: the model's seconds and peak memory, scipy's seconds, their greatest relative difference."""
    folder.mkdir()
    database = folder / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("select setseed(0.5)")
        connection.execute(GRAPH.format(edges=edges, nodes=nodes))
        arrays = connection.execute("select from_node, to_node, pull from intermediate.int_reach_edges").fetchnumpy()
    # the first parses the project, which the others need not
    nothing = [run(database, ["reach_weights"]) for _ in range(2)][-1]
    runs = [run(database, ["int_reach_pageranks"]) for _ in range(3 if edges <= 1_000_000 else 1)]
    ours = min(one.seconds["int_reach_pageranks"] for one in runs)
    busy, memory = min(one.busy for one in runs) - nothing.busy, max(one.memory for one in runs)
    tries = [timed_scipy(arrays, nodes) for _ in range(3)]
    expected, rounds = tries[0][2:]
    best, best_busy = min(one[0] for one in tries), min(one[1] for one in tries)
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute("select pagerank from intermediate.int_reach_pageranks order by node").fetchnumpy()
    apart = float(np.max(np.abs(found["pagerank"] - expected) / expected))
    print(f"PageRank, {len(arrays['pull']):,} edges, {nodes:,} nodes: model {ours:.2f} s, peak of dbt {memory:.2f} GB")
    print(f"  scipy {best:.3f} s ({rounds} iterations): {ours / best:.1f} times; apart by {apart:.1e} at most")
    print(
        f"  processor seconds, other processes left out: {busy:.2f} and {best_busy:.3f}: {busy / best_busy:.1f} times"
    )


def timed_scipy(arrays: dict[str, Any], nodes: int) -> tuple[float, float, Any, int]:
    """Seconds with the building of the matrix, processor seconds, ranks, iterations."""
    start, busy = time.perf_counter(), time.process_time()
    weights = sp.csr_matrix(
        (arrays["pull"].astype(float), (arrays["from_node"], arrays["to_node"])), shape=(nodes, nodes)
    )
    sent = np.asarray(weights.sum(axis=1)).ravel()
    inward = (sp.diags(np.divide(1, sent, out=np.zeros(nodes), where=sent > 0)) @ weights).T.tocsr()
    dangling, ranks, rounds, moved = sent == 0, np.full(nodes, 1 / nodes), 0, 1.0
    while moved > 1e-11:
        new = 0.85 * (inward @ ranks) + (0.85 * ranks[dangling].sum() + 0.15) / nodes
        moved, ranks, rounds = float(np.max(np.abs(new - ranks) / new)), new, rounds + 1
    return time.perf_counter() - start, time.process_time() - busy, ranks, rounds


def refresh(folder: Path, interactions: int, messages: int, members: int) -> None:
    """All reach models on a community of that size, slowest first."""
    folder.mkdir()
    database = folder / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("select setseed(0.5)")
        connection.execute(CORE.format(interactions=interactions, messages=messages, members=members))
    done = run(database, ["path:models/marts/reach", "reach_backtest"])
    with duckdb.connect(str(database), read_only=True) as connection:
        graphs = connection.execute(
            "select count(distinct graph_id), count(*) from intermediate.int_reach_edges"
        ).fetchall()
    taken = sum(done.seconds.values())
    print(f"daily refresh, {interactions:,} interactions, {members:,} members: models {taken:.1f} s")
    print(f"  {done.busy:.1f} processor seconds with dbt's start, peak {done.memory:.2f} GB")
    print(f"  {graphs[0][0]} graphs of {graphs[0][1]:,} edges together")
    for name, seconds in sorted(done.seconds.items(), key=lambda item: -item[1]):
        print(f"  {seconds:7.2f} s  {name}")


class Run(NamedTuple):
    """Seconds by model, processor seconds and peak memory in GB of the whole process."""

    seconds: dict[str, float]
    busy: float
    memory: float


def run(database: Path, select: list[str]) -> Run:
    """One dbt run."""
    places = ["--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target-path", database.parent / "target"]
    command = [
        Path(sys.executable).with_name("dbt"),
        "run",
        *places,
        "--log-path",
        database.parent,
        "--select",
        *select,
    ]
    environment = {**os.environ, "MUSTER_WAREHOUSE": str(database), "DO_NOT_TRACK": "1"}
    process = subprocess.Popen([str(part) for part in command], env=environment, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"dbt failed:\n{output[-3000:]}")
    results = json.loads((database.parent / "target" / "run_results.json").read_text())["results"]
    seconds = {one["unique_id"].split(".")[-1]: one["execution_time"] for one in results}
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024**2)


if __name__ == "__main__":
    main()
