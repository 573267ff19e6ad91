"""Reads the staff log: what admins and moderators did, newest first, down to the last entry read before.

State: `mark`, the highest entry up to which the log was read completely; a walk cut short begins again at the top.
Entries that come while it is walked push others onto the next page, where they are met again and none is missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sources.connector import Context, Item, Page
from sources.discourse import records
from sources.discourse.api import Forum
from sources.errors import BadAnswer, NotFound

PATH = "admin/logs/staff_action_logs.json"


def read(forum: Forum, context: Context, start: datetime | None) -> Iterator[Item]:
    """What is new in the log, and all since `context.since`; NotFound if the forum does not number its entries."""
    state: dict[str, Any] = context.state.setdefault("staff_log", {})
    begins = start.isoformat() if start else ""
    mark = int(state.get("mark") or 0) if state.get("start") == begins and not context.full else 0
    met, page, is_over = set[int](), 0, False
    while not is_over:
        answer = forum.staff_log(page)
        entries, ids = answer.staff_action_logs, records.ids(answer.staff_action_logs)
        if entries and not ids:
            raise NotFound(context.source, PATH, "its entries have no ids", "update the forum")
        wanted = [one for one in entries if start is None or records.is_since(one, start)]
        yield Page("moderation", [records.staff_action(one) for one in wanted])
        if met and ids and ids <= met:
            problem, cure = "it sends the same page again", "its pages would never end; update the forum"
            raise BadAnswer(context.source, PATH, problem, cure)
        met |= ids
        page += 1
        total = answer.total_rows_staff_action_logs
        is_last = not entries or len(wanted) < len(entries) or (total is not None and len(met) >= total)
        is_over = is_last or (any(number <= mark for number in ids) and not _is_asked_for(entries, context.since))
    state.update(start=begins, mark=max([mark, *met]))


def _is_asked_for(entries: list[dict[str, Any]], since: datetime | None) -> bool:
    """Whether a page may be followed by more of the days to be read again."""
    return since is not None and all(records.is_since(one, since) for one in entries)
