"""The catalogue of metrics as the snapshot carries it: what each means, and where BI tools find it."""

from __future__ import annotations

from typing import Any

from reports import render
from reports.document import Table
from reports.escape import clean_text
from reports.facts import Facts
from reports.page import safe
from reports.snapshot import Snapshot


def catalogue_table(snapshot: Snapshot, facts: Facts) -> Any:
    """One row a metric: its name in the reader's language, formula, place, version."""
    label = f"label_{facts.language.code}"
    wanted = {label, "formula", "table_name", "column_name", "definition_version"}
    if not wanted <= snapshot.columns("ops.metric_catalogue"):
        return ""
    rows = snapshot.rows(
        # the label's column is one of three names of ours
        f"select {label}, formula, table_name || '.' || column_name, definition_version from ops.metric_catalogue"  # noqa: S608
        " order by 1, 3"
    )
    words = facts.language
    head = (words._("Metric"), words._("Formula"), words._("Where"), words._("Version"))
    cells = tuple(tuple((clean_text(str(value or ""), 400),) for value in row) for row in rows)
    return safe(render.html_table(Table(tuple((name,) for name in head), cells))) if rows else ""
