"""Writes a layer's results: JSON for machines, one self-contained page for people."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from html import escape
from pathlib import Path

from expectations.result import CheckResult, Layer

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #ddd}
code{font-size:.85em;overflow-wrap:anywhere}.fail.block{background:#fde8e8}.fail.warn{background:#fff4d6}
small{color:#555}
"""
_HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    "<style>{style}</style></head><body>"
)
_WORD = {
    ("pass", "block"): "passed",
    ("pass", "warn"): "passed",
    ("fail", "block"): "BLOCKED",
    ("fail", "warn"): "warning",
}


def write_results(folder: Path, layer: Layer, run_id: str, now: datetime, results: Sequence[CheckResult]) -> None:
    """Write `<layer>.json` and `<layer>.html` into `folder`, each at once or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "run_id": run_id,
        "layer": layer,
        "now": now.isoformat(),
        "passed": not any(result.blocks for result in results),
        "checks": [asdict(result) for result in results],
    }
    _replace(folder / f"{layer}.json", json.dumps(content, indent=1, ensure_ascii=False))
    _replace(folder / f"{layer}.html", page(layer, run_id, now, results))


def page(layer: Layer, run_id: str, now: datetime, results: Sequence[CheckResult]) -> str:
    """The page: failed checks first, every text escaped, nothing requested."""
    failed = [result for result in results if result.outcome == "fail"]
    blocking = sum(result.blocks for result in failed)
    verdict = "refused" if blocking else "passed"
    title = escape(f"Gate: {layer} {verdict}")
    summary = f"{len(results)} checks, {blocking} blocking failures, {len(failed) - blocking} warnings"
    ordered = [*sorted(failed, key=lambda result: result.severity), *(r for r in results if r.outcome == "pass")]
    return (
        _HEAD.format(title=title, style=_STYLE)
        + f"<h1>{title}</h1><p>{escape(summary)}. Run {escape(run_id)}, {escape(now.isoformat(sep=' '))} UTC.</p>"
        + "<table><thead><tr><th>Outcome<th>Table<th>Check<th>Observed<th>Expected</tr></thead><tbody>"
        + "".join(map(_row, ordered))
        + "</tbody></table></body></html>\n"
    )


def _row(result: CheckResult) -> str:
    look = f"<br><code>{escape(result.look)}</code>" if result.outcome == "fail" and result.look else ""
    return (
        f'<tr class="{result.outcome} {result.severity}"><td>{_WORD[result.outcome, result.severity]}'
        f"<td><code>{escape(result.table)}</code><td>{escape(result.check)}<br><small>{escape(result.says)}</small>{look}"
        f"<td>{escape(result.observed)}<td>{escape(result.expected)}</tr>\n"
    )


def _replace(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
