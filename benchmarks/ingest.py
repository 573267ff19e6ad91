"""How fast, how sparing, how large: files in bulk, a forum beside Perceval, a workspace, latency, memory.

Ratios are taken within one run; the table goes to benchmarks/README.md, section "Ingest". MUSTER_BENCH_ROWS (default
200,000) and MUSTER_BENCH_MEMORY (default 1,000,000) set the sizes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ingesting import bulk, exports, forum, memory
from ingesting.doubles import SLACK_NOW, far
from ingesting.landing import Ground

HERE = Path(__file__).parent
ROWS = int(os.environ.get("MUSTER_BENCH_ROWS", "200000"))
MEMORY = int(os.environ.get("MUSTER_BENCH_MEMORY", "1000000"))
DICT_ROWS = 20_000
EXPORTED = 100_000
LATENCY = 0.02
COMMAND = "python benchmarks/ingest.py"
T = TypeVar("T")


@dataclass
class Line:
    """One row of the table."""

    what: str
    seen: str
    aim: str = ""
    is_met: bool | None = None

    def __str__(self) -> str:
        """As Markdown."""
        met = {True: "yes", False: "**no**", None: ""}[self.is_met]
        return f"| {self.what} | {self.seen} | {self.aim} | {met} |"


def main() -> None:
    """All parts named on the command line, or all."""
    parts: dict[str, Callable[[Path], Iterator[Line]]] = {
        "bulk": in_bulk, "exports": of_exports, "forum": on_a_forum, "slack": in_a_workspace, "memory": in_memory,
    }  # fmt: skip
    lines = [f"`{COMMAND}`. Load when it began: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.", ""]
    lines += ["| what | seen | aim | met |", "| --- | --- | --- | --- |"]
    for name in sys.argv[1:] or parts:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for line in parts[name](Path(folder)):
                print(line, flush=True)
                lines.append(str(line))
    if not sys.argv[1:]:  # a part alone is only looked at
        section(HERE / "README.md", "Ingest", "\n".join([*lines, "", f"Load when it ended: {os.getloadavg()[0]:.1f}."]))


def in_bulk(folder: Path) -> Iterator[Line]:
    """Rows a second, the best of two each, taken in turns."""
    path = bulk.write(folder / "messages.jsonl", ROWS)
    (folder / "warm").mkdir()
    bulk.ours(bulk.write(folder / "messages-warm.jsonl", 1000), folder / "warm", 1000)  # imports are no rows' cost
    best = {"ours": 0.0, "raw": 0.0, "dicts": 0.0}
    spent = dict.fromkeys(best, float("inf"))  # processor seconds a row: they hold on a loaded machine too
    for turn in range(2):
        place = folder / str(turn)
        place.mkdir()
        for name, work, rows in (("raw", bulk.raw, ROWS), ("ours", bulk.ours, ROWS), ("dicts", bulk.dicts, DICT_ROWS)):
            before = time.process_time()
            best[name] = max(best[name], work(path, place, rows))
            spent[name] = min(spent[name], (time.process_time() - before) / rows)
    ours, raw, dicts = best["ours"], best["raw"], best["dicts"]
    yield Line(f"files: {ROWS:,} messages of JSON lines, the whole landing path", f"{ours:,.0f} rows/s")
    yield Line("raw DuckDB, read_json and insert of the same file", f"{raw:,.0f} rows/s")
    yield Line("ours / raw DuckDB", f"{ours / raw:.2f}", "≥ 0.5", ours / raw >= 0.5)
    yield Line("the same in processor time", f"{spent['raw'] / spent['ours']:.2f}")
    yield Line(f"dlt with dicts, {DICT_ROWS:,} of them", f"{dicts:,.0f} rows/s")
    yield Line("ours / dlt with dicts", f"{ours / dicts:.1f}", "≥ 10", ours / dicts >= 10)
    yield Line("the same in processor time", f"{spent['dicts'] / spent['ours']:.1f}")


def of_exports(folder: Path) -> Iterator[Line]:
    """Records a second of two platforms' exports, the better of two turns each."""
    (folder / "warm").mkdir()
    exports.telegram(folder / "warm", 1_000)
    best = {"slack": 0.0, "telegram": 0.0}
    for turn in range(2):
        place = folder / str(turn)
        place.mkdir()
        for name, (rows, seconds) in (
            ("slack", exports.slack(place)),
            ("telegram", exports.telegram(place, EXPORTED)),
        ):
            best[name] = max(best[name], rows / seconds)
    ratio = best["telegram"] / best["slack"]
    yield Line("Slack export of the demo's workspace, all streams", f"{best['slack']:,.0f} records/s")
    yield Line(f"Telegram export of {EXPORTED:,} messages, all streams", f"{best['telegram']:,.0f} records/s")
    yield Line("Telegram / Slack", f"{ratio:.2f}", "≥ 1", ratio >= 1)


def on_a_forum(folder: Path) -> Iterator[Line]:
    """The same forum walked by everyone, warmed by a walk that counts for nobody."""
    command = forum.perceval()
    with far("forum") as double:
        before, end = double.facts["before"], double.facts["end"]
        double.tell("now", before)
        posts = forum.bare(double)[0]
        _, _, bare = forum.bare(double)
        ground = Ground(folder, "discourse")
        _, requests, seconds = forum.ours(ground, double, before)
        spent = 1000 * requests / posts
        yield Line(f"Discourse: backfill of {posts:,} posts, landed", f"{posts / seconds:,.0f} posts/s")
        yield Line("bare client, nothing stored", f"{posts / bare:,.0f} posts/s")
        yield Line("requests per 1,000 posts", f"{spent:.1f}", "≤ 21", spent <= 21)
        theirs = forum.with_perceval(command, double, None, folder / "all.jsonl") if command else None
        if theirs:
            yield Line("Perceval, JSON lines", f"{theirs[0] / theirs[2]:,.0f} posts/s, {theirs[1]:,} requests")
            ratio = (posts / seconds) / (theirs[0] / theirs[2])
            yield Line("ours / Perceval", f"{ratio:.2f}", "≥ 1.5", ratio >= 1.5)
        double.tell("now", end)
        _, requests, _ = forum.ours(ground, double, end, lookback_requests_per_day=0)
        yield Line("requests for 298 new posts", str(requests), "≤ 10", requests <= 10)
        if theirs and command:
            asked = forum.with_perceval(command, double, before, folder / "new.jsonl")[1]
            yield Line("Perceval's requests for them", str(asked))
        yield from _with_latency(folder / "far", double, posts)


def _with_latency(folder: Path, double: forum.Remote, posts: int) -> Iterator[Line]:
    folder.mkdir()
    double.tell("latency", LATENCY)
    _, _, bare = forum.bare(double)
    _, _, seconds = forum.ours(Ground(folder, "discourse"), double, double.facts["end"])
    over = seconds / bare - 1
    yield Line(f"answers in {LATENCY * 1000:.0f} ms: ours over the bare client", f"{over:+.0%}", "< 20 %", over < 0.2)


def in_a_workspace(folder: Path) -> Iterator[Line]:
    """Requests by kind: what a page forces, threads, look-back with the lists of members."""
    with far("workspace") as double:
        options = {"api_url": f"{double.base_url}/api", "lookback_requests_per_day": 0}
        secrets = {"token": "xoxb-lantern"}
        ground = Ground(folder, "slack")
        double.requests()
        ground.pull(options, SLACK_NOW, secrets=secrets)
        requests = double.requests()
        threads = int(_threads(ground))
    whole = requests - threads
    yield Line("Slack: requests for 1,400 messages in 16 channels, threads apart", str(whole), "≤ 20", whole <= 20)
    yield Line("requests for its threads, one each", str(threads))


def _threads(ground: Ground) -> int:
    import duckdb

    with duckdb.connect(str(ground.warehouse), read_only=True) as connection:
        query = "select count(distinct thread_ts) from raw_slack.messages where thread_ts <> ts"
        return int((connection.execute(query).fetchone() or (0,))[0])


def in_memory(folder: Path) -> Iterator[Line]:
    """Peak memory of a small and a large backfill."""
    small, _ = memory.measure(MEMORY // 10)
    large, seconds = memory.measure(MEMORY)
    yield Line(f"peak memory of a backfill of {MEMORY // 10:,} messages", f"{small:,} MB")
    yield Line(f"of {MEMORY:,} ({MEMORY / seconds:,.0f} messages/s)", f"{large:,} MB")
    yield Line("their ratio", f"{large / small:.2f}", "≤ 1.3", large / small <= 1.3)


def section(path: Path, title: str, text: str) -> None:
    """Replaces one section of a Markdown file up to the next heading of any level, or adds it."""
    found = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    head, mark, rest = found.partition(f"## {title}\n")
    after = rest[rest.index("\n#") + 1 :] if mark and "\n#" in rest else ""
    path.write_text(f"{head.rstrip()}\n\n## {title}\n\n{text}\n" + (f"\n{after}" if after else ""), encoding="utf-8")


if __name__ == "__main__":
    main()
