"""What `muster status` shows: the last run, what is published, freshness and coverage; reads two small JSON files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def lines(root: Path) -> Iterator[str]:
    """The status of a data folder as plain lines."""
    status = _json(root / "status.json")
    if not status:
        yield "No run yet: `muster run` starts one."
        return
    yield f"last run   {status['run_id']}  {status['outcome']}  (exit code {status['exit_code']})"
    if status.get("message"):
        yield f"           {status['message']}"
    for _, source in sorted(status.get("sources", {}).items()):
        yield f"source     {source['line']}"
    manifest = _json(root / "serving" / "manifest.json")
    if not manifest:
        yield "published  nothing yet"
        return
    stale = f"  STALE: {status['why_stale']}" if status.get("is_stale") else ""
    yield f"published  {manifest['snapshot_id']}  data as of {manifest['data_as_of'] or 'unknown'}{stale}"
    yield from _coverage(manifest.get("coverage", {}))
    yield from _gate(manifest.get("gate", []))
    if (pages := root / "quality" / status["run_id"]).is_dir():
        yield f"           pages of the last run: {pages}"


def _coverage(coverage: dict[str, dict[str, dict[str, Any]]]) -> Iterator[str]:
    for source, streams in sorted(coverage.items()):
        for stream, observed in sorted(streams.items()):
            if observed["observed_from"] or observed["observed_to"]:
                since, until = observed["observed_from"] or "the beginning", observed["observed_to"] or "now"
                yield f"coverage   {source}.{stream}: observed from {since} to {until}"
            for gap in observed["gaps"]:
                when = f" from {gap['from']} to {gap['to'] or 'now'}" if gap["from"] else ""
                yield f"           {source}.{stream}: not observed{when}: {gap['reason']}"


def _gate(results: list[dict[str, Any]]) -> Iterator[str]:
    warnings = [result for result in results if result["outcome"] != "pass"]
    noun = "warning" if len(warnings) == 1 else "warnings"
    yield f"gate       {len(results) - len(warnings)} checks passed, {len(warnings)} {noun}"
    for result in warnings:
        yield f"           {result['layer']}.{result['check']}: {result['observed']}, expected {result['expected']}"


def _json(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return document if isinstance(document, dict) else {}
