"""Seconds and peak memory of every churn mart on 1 M members and 10 M member-days, survival against one second."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[1]
CATALOG = "bench"
MEMBERS = int(os.environ.get("MUSTER_BENCH_MEMBERS", "1000000"))
SELECTED = ["path:models/marts/churn", "path:models/marts/ops/risk_*", "path:models/marts/desk/member_risk*"]
# three years; members come at any time, most act a few times and stop, some act for long
COMMUNITY = f"""
create schema marts; create schema intermediate; create schema ops; create schema desk;
create table people as
select
    i, md5(i::varchar) as member_key, date '2023-01-02' + (hash(i) % 1060)::int as first_date,
    1 + (-10 * ln(1 - ((hash(i + 7) % 1000000) / 1000001.0)))::int as acts, 3 + (hash(i + 9) % 40)::int as pace
from range({MEMBERS}) as numbers(i);
create table marts.fct_member_days as
select distinct
    'all' as scope, member_key, local_date, local_date::timestamp as first_at, local_date::timestamp as last_at
from (
    select
        member_key,
        first_date + (sum(case when n = 0 then 0 else 1 + hash(i * 131 + n) % pace end)
            over (partition by i order by n rows unbounded preceding))::int as local_date
    from people cross join range(80) as steps(n) where n < acts
) where local_date < date '2026-01-01';
create table marts.dim_members as
select member_key, case when i % 200 = 0 then 'staff' else 'member' end as role, 'active' as status from people;
create table marts.dim_accounts as select member_key as account_key, member_key, 'forum' as source from people;
create table intermediate.int_account_presence as
select
    member_key as account_key, 'forum' as source, first_date::timestamp as joined_at, i % 50 = 0 as is_gone,
    false as is_banned
from people;
create table marts.fct_memberships as
select
    member_key as membership_key, 'forum' as source, member_key, member_key as account_key, 'community' as scope_kind,
    'leave' as event, first_date::timestamp + interval 100 day as occurred_at, null::timestamp as occurred_after
from people where i % 50 = 0;
create table marts.fct_messages as
select
    'forum' as source, member_key, 'post' as kind, hash(member_key) % 3 = 0 as is_question,
    min(first_at) as created_at, min(local_date) as local_date, true as is_counted
from marts.fct_member_days group by all;
create table marts.fct_interactions as
select
    'forum' as source, md5('0') as from_member_key, member_key as to_member_key, 'reply' as kind,
    created_at + interval 5 hour as occurred_at
from marts.fct_messages where hash(member_key) % 2 = 0;
create table intermediate.int_scopes as select 'all' as scope, 'forum' as source;
create table intermediate.int_scope_days as
select 'all' as scope, day::date as local_date, 0.0 as uncovered_seconds
from range(date '2023-01-02', date '2026-01-01', interval 1 day) as days(day);
create table intermediate.int_settings as select 'UTC' as time_zone;
drop table people;
"""


def compiled(folder: Path) -> list[tuple[str, str, str]]:
    """Name, relation and SQL of the churn models in building order."""
    command = [str(Path(sys.executable).with_name("dbt")), "compile", "--quiet", "--select", *SELECTED]
    command += ["--project-dir", str(ROOT / "dbt_project"), "--profiles-dir", str(ROOT / "dbt_project")]
    command += ["--target-path", str(folder), "--log-path", str(folder)]
    environment = {**os.environ, "MUSTER_WAREHOUSE": str(folder / f"{CATALOG}.duckdb"), "DO_NOT_TRACK": "1"}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    (folder / f"{CATALOG}.duckdb").unlink()
    nodes = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    left = {key: node for key, node in nodes.items() if node["resource_type"] == "model" and node.get("compiled_code")}
    ordered = []
    while left:
        for key in sorted(key for key, node in left.items() if not set(node["depends_on"]["nodes"]) & set(left)):
            node = left.pop(key)
            ordered.append((node["name"], f"{node['schema']}.{node['name']}", node["compiled_code"]))
    return ordered


def build(database: str, relation: str, sql: str) -> None:
    """Build one model in a process of its own, so that its peak memory is its own."""
    with duckdb.connect(database) as connection:
        connection.execute("set TimeZone = 'UTC'; set threads = 2; set preserve_insertion_order = false")
        started, cpu = time.perf_counter(), time.process_time()
        connection.execute(f"create or replace table {relation} as {sql}")
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        ((rows,),) = connection.execute(f"select count(*) from {relation}").fetchall()
    # not getrusage: its peak is inherited from the process that started this one
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(f"{relation:42} {rows:>11,} {seconds:>8.2f} {cpu:>8.2f} {peak:>8,.0f}", flush=True)


def compare(database: str) -> None:
    """Every member's life against lifelines: the largest relative difference of survival, error and bounds."""
    import numpy as np
    from lifelines import KaplanMeierFitter

    with duckdb.connect(database, read_only=True) as connection:
        days, lives, churned = (
            connection.execute(
                "select duration_days, lives, churned from intermediate.int_churn_lives"
                " where stratum = 'all' and role = 'member' order by 1"
            )
            .fetchnumpy()
            .values()
        )
        ours = connection.execute(
            "select survival, lo, hi from marts.survival_curve"
            " where stratum = 'all' and population = 'members' and survival > 0 order by day"
        ).fetchnumpy()
    ended = np.concatenate([np.repeat([1, 0], [lost, all_ - lost]) for lost, all_ in zip(churned, lives, strict=True)])
    fitter = KaplanMeierFitter().fit(np.repeat(days, lives), ended)
    theirs = {"survival": fitter.survival_function_, "bounds": fitter.confidence_interval_}
    count = len(ours["survival"])
    curve = theirs["survival"].to_numpy()[-len(days) :][:count, 0]
    bounds = theirs["bounds"].to_numpy()[-len(days) :][:count]
    worst = max(
        float(np.max(np.abs(ours[name] / other - 1)))
        for name, other in (("survival", curve), ("lo", bounds[:, 0]), ("hi", bounds[:, 1]))
    )
    print(f"{int(lives.sum()):,} lives against lifelines: largest relative difference {worst:.1e}")


def main() -> None:
    """Make the community, then build model after model."""
    with tempfile.TemporaryDirectory() as folder:
        models = compiled(Path(folder))
        database = str(Path(folder) / f"{CATALOG}.duckdb")
        with duckdb.connect(database) as connection:
            connection.execute("set threads = 2; set preserve_insertion_order = false")
            connection.execute(COMMUNITY)
            ((days, members),) = connection.execute(
                "select count(*), count(distinct member_key) from marts.fct_member_days"
            ).fetchall()
        print(f"{members:,} members, {days:,} member-days; load {os.getloadavg()[0]:.1f}")
        print(f"{'mart':42} {'rows':>11} {'seconds':>8} {'cpu s':>8} {'peak MB':>8}", flush=True)
        for name, relation, sql in models:
            file = Path(folder) / f"{name}.sql"
            file.write_text(sql, encoding="utf-8")
            subprocess.run([sys.executable, __file__, database, relation, str(file)], check=True)
        compare(database)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        build(sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_text(encoding="utf-8"))
    else:
        main()
