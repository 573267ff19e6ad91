"""Cost of the gate: every check of the three layers on millions of messages, after Great Expectations is imported.

`python benchmarks/gate.py [messages]` (default 5000000). The tables are those of tests/expectations (names and keys of
a build, no dbt), grown to that many messages of a tenth as many people over two years. Everything holds, so that every
check is asked to its end. Each layer is asked three times; the middle ones are told, of processor seconds too, which
a loaded machine falsifies less.
"""

import resource
import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from expectations.gate import validate  # noqa: E402
from expectations.result import LAYERS, CheckResult, Layer  # noqa: E402

SMALL = ROOT / "tests" / "expectations"
NOW = datetime(2024, 6, 30, 12)
PLATFORMS = ("discourse", "slack_export")
GROW = """
insert into raw_discourse.messages by name
select 1000 + i as id, timestamp '2022-07-01' + to_seconds(i * step) as created_at, 'forum' as source, 'r' as run_id,
    timestamp '2024-06-30 12:00' as observed_at, 1000 + i as seq, timestamp '2024-06-30 12:00' as loaded_at,
    md5(i::varchar) as row_hash, repeat('a platform''s own words ', 12) as payload
from range({messages}) as numbers(i), (select 63060000 / {messages} as step);
insert into marts.dim_dates by name
select day::date as local_date from range(date '2022-06-30', date '2024-06-01', interval 1 day) as days(day)
anti join marts.dim_dates as known on known.local_date = day::date;
insert into marts.dim_members by name
select md5('m' || i) as member_key, 'member' as role, 'active' as status, 1 as accounts_count
from range({people}) as numbers(i);
insert into marts.dim_accounts by name
select md5('a' || i) as account_key, md5('m' || i) as member_key, 'forum' as source, 'n' || i as account_id,
    'member' as role
from range({people}) as numbers(i);
insert into marts.fct_messages by name
select
    md5('x' || i) as message_key, 'forum' as source, 'n' || i as message_id, 'c1' as channel_key,
    md5('a' || author) as account_key, md5('m' || author) as member_key, md5('t' || i // 5) as thread_key,
    case when i % 5 > 0 then md5('x' || (i - 1)) end as parent_message_key,
    case when i % 5 = 0 then 'post' else 'comment' end as kind, created_at,
    timezone('Europe/Paris', timezone('UTC', created_at))::date as local_date, 80 as text_length, 0 as links_count
from (
    select i, hash(i) % {people} as author, timestamp '2022-07-01' + to_seconds(i * 63060000 / {messages}) as created_at
    from range({messages}) as numbers(i)
);
insert into marts.fct_interactions by name
select
    md5('i' || reply.message_key) as interaction_key, 'forum' as source, reply.member_key as from_member_key,
    parent.member_key as to_member_key, reply.account_key as from_account_key, parent.account_key as to_account_key,
    'reply' as kind, reply.created_at as occurred_at, reply.local_date, reply.message_key
from marts.fct_messages as reply
inner join marts.fct_messages as parent on parent.message_key = reply.parent_message_key
where length(reply.message_key) = 32;
insert into marts.fct_memberships by name
select md5('e' || i) as membership_key, 'forum' as source, md5('m' || i) as member_key, md5('a' || i) as account_key,
    'community' as scope_kind, 'join' as event, timestamp '2022-07-01' as occurred_at, true as is_exact
from range({people}) as numbers(i);
insert into marts.fct_member_days by name
select
    scope, member_key, local_date, count(*) filter (kind = 'post') as posts,
    count(*) filter (kind = 'comment') as comments, 0 as reposts, 0 as reactions_received, 0 as replies_received,
    min(created_at) as first_at, max(created_at) as last_at
from marts.fct_messages, (values ('forum'), ('all')) as scopes(scope)
where length(message_key) = 32
group by all;
"""


def main() -> None:
    """Prints what was measured."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        database = grown(folder / "warehouse.duckdb", messages)
        asked(database, folder, "raw")  # imports Great Expectations and warms the file's cache
        totals = [0.0, 0.0]
        for layer in LAYERS:
            seconds, processor, results = zip(*(asked(database, folder, layer) for _ in range(3)), strict=True)
            middle = [statistics.median(seconds), statistics.median(processor)]
            totals = [total + one for total, one in zip(totals, middle, strict=True)]
            print(f"{layer:5}  {len(results[0]):3} checks  {middle[0]:5.2f} s, {middle[1]:5.2f} processor s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
        print(
            f"total  {totals[0]:5.2f} s, {totals[1]:5.2f} processor s for {messages:,} messages, peak {peak:,.0f} MiB"
        )


def grown(path: Path, messages: int) -> Path:
    """A database of every layer with so many messages."""
    with duckdb.connect(str(path)) as connection:
        for name in ("clean_raw.sql", "clean_marts.sql"):
            connection.execute((SMALL / name).read_text(encoding="utf-8"))
        connection.execute(GROW.format(messages=messages, people=max(messages // 10, 1)))
    return path


def asked(database: Path, folder: Path, layer: Layer) -> tuple[float, float, list[CheckResult]]:
    """Seconds, processor seconds and results of one layer; stops when a check fails, since one that fails early costs
    less."""
    started, used = time.monotonic(), time.process_time()
    results = validate(
        database, layer, run_id="bench", now=NOW, quality_dir=folder / "quality", previous=database, platforms=PLATFORMS
    )
    seconds, processor = time.monotonic() - started, time.process_time() - used
    if failed := [result.line() for result in results if result.outcome == "fail"]:
        sys.exit("\n".join(failed))
    return seconds, processor, results


if __name__ == "__main__":
    main()
