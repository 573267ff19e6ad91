"""A forum: our connector, a bare client without storage, and GrimoireLab's Perceval, all on the same double."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from ingesting.doubles import Remote
from ingesting.landing import Ground

ROOT = Path(__file__).parents[2]
BENCH = ROOT / ".venv-bench"


def perceval() -> Path | None:
    """The command, installed into an environment of its own if it is not there; None if it cannot be had."""
    command = BENCH / "bin" / "perceval"
    if not command.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(BENCH)], check=False, capture_output=True)
        BENCH.mkdir(exist_ok=True)
        (BENCH / ".gitignore").write_text("*\n")
        pip = [str(BENCH / "bin" / "python"), "-m", "pip", "install", "--quiet", "perceval"]
        if made.returncode or subprocess.run(pip, check=False, capture_output=True).returncode:
            return None
    return command


def with_perceval(command: Path, double: Remote, since: datetime | None, out: Path) -> tuple[int, int, float]:
    """Posts, requests, seconds; the items go to a file of JSON lines, as it offers."""
    double.requests()
    options = ["--no-archive", "--json-line", "-o", str(out)]
    if since:
        options += ["--from-date", since.strftime("%Y-%m-%d %H:%M:%S")]
    started = time.perf_counter()
    subprocess.run([str(command), "discourse", double.base_url, *options], check=True, capture_output=True)
    seconds = time.perf_counter() - started
    with out.open() as file:
        posts = sum(len(json.loads(line)["data"]["post_stream"]["posts"]) for line in file)
    return posts, double.requests(), seconds


def bare(double: Remote) -> tuple[int, int, float]:
    """Posts, requests, seconds of the same walk that stores nothing."""
    double.requests()
    posts, before, started = 0, None, time.perf_counter()
    with httpx.Client(base_url=double.base_url, trust_env=False) as client:
        while found := client.get("/posts.json", params={"before": before} if before else {}).json()["latest_posts"]:
            posts += len(found)
            before = found[-1]["id"]
    return posts, double.requests(), time.perf_counter() - started


def ours(ground: Ground, double: Remote, now: datetime, **options: Any) -> tuple[int, int, float]:
    """Posts, requests, seconds of the connector, all of the landing path included."""
    double.requests()
    _, seconds = ground.pull({"base_url": double.base_url, **options}, now)
    return 0, double.requests(), seconds
