"""Peak memory of a backfill: as many Slack messages as told, made on demand, through the whole landing path."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import httpx

NOW = datetime(2026, 6, 29)
_TOP = 1_780_000_000
_TEXT = "the lantern holds its charge through rain and dusk, and the sensor answers when it is asked " * 2


def made(total: int) -> httpx.MockTransport:
    """A workspace of one channel with `total` messages, a minute apart."""

    def answer(request: httpx.Request) -> httpx.Response:
        method, given = request.url.path.rpartition("/")[2], request.url.params
        told: dict[str, object] = {"ok": True, "response_metadata": {"next_cursor": ""}}
        if method == "conversations.list":
            return httpx.Response(200, json=told | {"channels": [{"id": "C0MEMORY01", "name": "general"}]})
        if method != "conversations.history":
            return httpx.Response(200, json=told | {"members": []})
        first = int(given.get("cursor") or 0)
        last = min(total, first + int(given["limit"]))
        shown = [_message(number) for number in range(first, last)]
        cursor = {"next_cursor": str(last) if last < total else ""}
        return httpx.Response(200, json=told | {"messages": shown, "response_metadata": cursor})

    return httpx.MockTransport(answer)


def _message(number: int) -> dict[str, object]:
    ts = f"{_TOP - number * 60}.{number % 1_000_000:06d}"
    return {"type": "message", "ts": ts, "user": f"U{number % 5000}", "text": f"{_TEXT} {number}", "team": "T0"}


def measure(total: int) -> tuple[int, float]:
    """Peak megabytes and seconds of a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, str(total)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    peak, seconds = json.loads(done.stdout.splitlines()[-1])
    return int(peak), float(seconds)


def main() -> None:
    """One backfill in this process."""
    sys.path[:0] = [str(Path(__file__).parents[1])]
    from ingesting.landing import Ground

    with tempfile.TemporaryDirectory() as folder:
        ground, total = Ground(Path(folder), "slack"), int(sys.argv[1])
        options = {"lookback_requests_per_day": 0}
        result, seconds = ground.pull(options, NOW, secrets={"token": "xoxb-1"}, transport=made(total))
        assert result.rows >= total, result
    print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, seconds]))


if __name__ == "__main__":
    main()
