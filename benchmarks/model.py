"""Cost of the core and engagement models: a full rebuild beside one hand-written script, then a day of new messages.

`python benchmarks/model.py [messages ...]` (default 100000 1000000); what it makes is seeded, so that runs compare.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from expectations import gate  # noqa: E402
from sources import registry  # noqa: E402
from warehouse import build, landing  # noqa: E402
from warehouse.layout import DataFolder  # noqa: E402
from warehouse.publish import publish  # noqa: E402

SELECT = ["staging", "intermediate", "marts.core", "marts.engagement"]
DAY = 10_000
# two years of a forum: heavy-tailed authors, threads of about five, three in ten messages name the one they answer
MESSAGES = """
select
    'forum' as source, 'b0' as run_id, timestamp '2026-01-01' as observed_at, i as seq,
    timestamp '2026-01-01' as loaded_at, md5(i::varchar) as row_hash, i + 1 as id,
    i // 5 + 1 as topic_id, i % 5 + 1 as post_number, 1 as post_type,
    1 + least(($people * pow((hash(i + 3) % 1000000) / 1000000.0, 2))::bigint, $people - 1) as user_id,
    timestamp '2024-01-01' + to_seconds(((i // 5) * $step + (i % 5) * 600 + hash(i) % 600)::bigint) as created_at,
    1 as version,
    case when i % 5 > 0 and hash(i + 1) % 10 < 3 then 1 + hash(i + 2) % (i % 5) end as reply_to_post_number,
    1 + hash(i // 5) % 20 as category_id, 'Topic ' || (i // 5) as topic_title,
    repeat('a few words of a message, ', 1 + (hash(i + 5) % 12)::int) as raw, 26 as text_length, 0 as links_count,
    hash(i + 6) % 7 = 0 as has_question, false as is_tombstone
from range($first, $last) as numbers(i)
"""
ACCOUNTS = """
insert into raw_discourse.accounts by name select
    'forum' as source, 'b0' as run_id, timestamp '2026-01-01' as observed_at, i as seq, i + 1 as id,
    'user' || i as username, i % 200 = 0 as admin, false as moderator, timestamp '2024-01-01' as created_at,
    true as is_listed, false as is_deleted
from range($people) as numbers(i)
"""
CONFIGURATION = """
insert into raw.sources values ('forum', 'discourse', 'own', null, true, 'https://forum.example.org');
insert into raw.settings values ('timezone', 'Europe/Paris');
insert into raw.coverage values ('forum', 'messages', '2023-12-31', '2026-01-01', null, 'b0', '2026-01-01');
"""
# what the marts hold, by hand, from one flat file of messages: keys, days, answers, windows, months, content
SCRIPT = """
create table m as select
    md5(source || chr(31) || id) as message_key, md5(source || chr(31) || user_id) as member_key,
    md5(source || chr(31) || topic_id) as thread_key, post_number, reply_to_post_number, category_id, created_at,
    cast(timezone('Europe/Paris', timezone('UTC', created_at)) as date) as day, has_question
from read_parquet('{file}') where post_type = 1 and user_id > 0;
create table interactions as select
    md5('reply' || chr(31) || c.message_key || chr(31) || c.member_key || chr(31) || p.member_key) as interaction_key,
    c.member_key as from_key, p.member_key as to_key, c.created_at, c.day, c.message_key, p.message_key as answered
from m as c inner join m as p on c.thread_key = p.thread_key and p.post_number = coalesce(c.reply_to_post_number, 1)
where c.post_number > 1;
create table days as select member_key, day, count(*) filter (post_number = 1) as posts,
    count(*) filter (post_number > 1) as comments, min(created_at) as first_at, max(created_at) as last_at
from m group by all;
create table received as select to_key, day, count(*) as n from interactions where from_key <> to_key group by all;
create table spine as select unnest(range(date '2023-12-31', date '2026-01-01', interval 1 day))::date as day;
create table daily as select s.day, count(distinct d.member_key) filter (d.day = s.day) as dau,
    count(distinct d.member_key) filter (d.day > s.day - 7) as wau, count(distinct d.member_key) as mau
from spine as s left join days as d on d.day between s.day - 27 and s.day group by all;
create table firsts as select day, count(*) as new_posters from (
    select member_key, min(day) as day from days group by all)
group by all;
create table l28 as select week_end, n, count(*) as members from (
    select s.day as week_end, d.member_key, count(*) as n from spine as s
    inner join days as d on d.day between s.day - 27 and s.day where isodow(s.day) = 7 group by all) group by all;
create table months as select month, count(*) as posters,
    2 * sum(i * x) / (count(*) * sum(x)) - (count(*) + 1) / count(*) as gini from (
    select date_trunc('month', day) as month, sum(posts + comments) as x,
        row_number() over (partition by date_trunc('month', day) order by sum(posts + comments)) as i
    from days group by date_trunc('month', day), member_key) group by all;
create table content as select date_trunc('month', m.day) as month, category_id, count(*) as messages,
    count(a.answered) as engaged
from m left join (select distinct answered from interactions where from_key <> to_key) as a
    on m.message_key = a.answered
group by all;
"""


def prepared(folder: Path, messages: int) -> Path:
    """A build database that holds so many messages of a tenth as many people."""
    database = folder / "warehouse.duckdb"
    build.prepare(database, {platform: declared(platform) for platform in registry.names()})
    with duckdb.connect(str(database)) as connection:
        connection.execute(CONFIGURATION)
        connection.execute(ACCOUNTS, {"people": people(messages)})
        connection.execute(f"insert into raw_discourse.messages by name {MESSAGES}", span(messages, 0, messages))
        connection.execute("copy raw_discourse.messages to '" + str(folder / "flat.parquet") + "'")
    return database


def declared(platform: str) -> dict[str, build.StreamDeclaration]:
    """The platform's streams as the warehouse wants them."""
    return {s.name: build.StreamDeclaration(s.duckdb_types(), s.key) for s in registry.get(platform).streams}


def people(messages: int) -> int:
    """How many wrote them."""
    return max(messages // 10, 100)


def span(messages: int, first: int, last: int) -> dict[str, int]:
    """Parameters of `MESSAGES`: numbers [first, last) of a history of that size."""
    return {"people": people(messages), "first": first, "last": last, "step": 730 * 86400 // (messages // 5 + DAY)}


def modelled(database: Path, folder: Path) -> dict[str, float]:
    """dbt's wall and CPU seconds, those of its start, peak memory in GB, and the ten dearest models' seconds."""
    started = dbt(database, folder, "parse", "--no-partial-parse")["cpu"]
    whole = dbt(database, folder, "run", "--threads", "1", "--select", *SELECT)
    results = json.loads((folder / "run_results.json").read_text(encoding="utf-8"))["results"]
    seconds = {r["unique_id"].split(".")[-1]: r["execution_time"] for r in results}
    dearest = dict(sorted(seconds.items(), key=lambda item: -item[1])[:10])
    return {**whole, "start": started, "sql": sum(seconds.values()), **dearest}


def dbt(database: Path, folder: Path, *arguments: str) -> dict[str, float]:
    """One dbt command in a process of its own: wall and CPU seconds, peak memory in GB."""
    binary, project = Path(sys.executable).with_name("dbt"), ROOT / "dbt_project"
    places = ["--project-dir", project, "--profiles-dir", project, "--target-path", folder, "--log-path", folder]
    command = [str(part) for part in (binary, "--quiet", *arguments, *places)]
    started = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, "MUSTER_WAREHOUSE": str(database)})
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"dbt {arguments[0]} failed; see {folder / 'dbt.log'}")
    return {
        "wall": time.perf_counter() - started,
        "cpu": used.ru_utime + used.ru_stime,
        "gb": used.ru_maxrss / 2**20,
    }


def scripted(folder: Path) -> dict[str, float]:
    """Wall and CPU seconds of the hand-written script, in this process."""
    started, cpu = time.perf_counter(), time.process_time()
    with duckdb.connect(str(folder / "script.duckdb")) as connection:
        connection.execute(SCRIPT.format(file=folder / "flat.parquet"))
    return {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}


def landed(database: Path, messages: int) -> dict[str, float]:
    """Seconds in which a day of new messages, already pulled, enters raw."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema landing_forum")
        rows = MESSAGES.replace("'b0'", "'b1'")
        rows = rows.replace("timestamp '2026-01-01' as loaded_at, md5(i::varchar) as row_hash,", "")
        connection.execute(
            "create table landing_forum.messages as select * exclude (loaded_at, row_hash) from raw_discourse.messages"
            " limit 0"
        )
        connection.execute(
            f"insert into landing_forum.messages by name {rows}", span(messages, messages, messages + DAY)
        )
    started, cpu = time.perf_counter(), time.process_time()
    landing.merge(database, source="forum", platform="discourse", run_id="b1", loaded_at=datetime(2026, 1, 2))
    return {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}


def judged(folder: Path) -> dict[str, float]:
    """Seconds of the gate's raw and core layers; what they read is the build database, in MB."""
    started, cpu = time.perf_counter(), time.process_time()
    keys = {name: {s.name: s.key for s in registry.get(name).streams} for name in registry.names()}
    for layer in ("raw", "core"):
        given = {"run_id": "b1", "now": datetime(2026, 1, 2), "quality_dir": folder / "quality", "keys": keys}
        gate.validate(folder / "warehouse.duckdb", layer, previous=None, platforms=["discourse"], **given)
    return rated(started, cpu, (folder / "warehouse.duckdb").stat().st_size)


def published(folder: Path) -> dict[str, float]:
    """Seconds of a publication; what it writes, in MB."""
    data = DataFolder(folder)
    data.prepare()
    started, cpu = time.perf_counter(), time.process_time()
    snapshot = publish(data, run_id="b1", now=datetime(2026, 1, 2), data_as_of=None, gate=[], versions={})
    return rated(started, cpu, sum(file.stat().st_size for file in snapshot.rglob("*") if file.is_file()))


def rated(started: float, cpu: float, size: int) -> dict[str, float]:
    """Wall and CPU seconds since then, MB, and MB a second."""
    wall = time.perf_counter() - started
    return {"wall": wall, "cpu": time.process_time() - cpu, "mb": size / 1e6, "mb/s": size / 1e6 / wall}


def shown(name: str, numbers: dict[str, float]) -> None:
    """One line: what, and its numbers."""
    print(f"{name:28}", "  ".join(f"{key} {value:.2f}" for key, value in numbers.items()), flush=True)


def main(sizes: list[int]) -> None:
    """Print one line a step and size; load is what else ran on the machine."""
    for messages in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            database = prepared(folder, messages)
            print(f"{messages:,} messages, load {os.getloadavg()[0]:.1f}", flush=True)
            full, script = modelled(database, folder), scripted(folder)
            shown("full rebuild", full)
            shown("hand-written script", script)
            own_cpu = full["cpu"] - full["start"]
            shown("ratio", {"sql to script": full["sql"] / script["wall"], "cpu": own_cpu / script["cpu"]})
            shown(f"land {DAY:,} more", landed(database, messages))
            shown("models after them", modelled(database, folder))
            shown("gate, raw and core", judged(folder))
            shown("publication", published(folder))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100_000, 1_000_000])
