"""Reads the workspace's list of users: once a day, and when someone unknown writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sources import slack_records as records
from sources.connector import Context, Item, Page
from sources.slack.api import MissingScope, Workspace
from sources.slack_people import People

EVERY = timedelta(hours=20)


def is_due(context: Context) -> bool:
    """Whether a day has passed since the last list."""
    last = context.state.get("users_at")
    return context.full or last is None or context.now - datetime.fromisoformat(last) >= EVERY


def read(workspace: Workspace, context: Context, people: People) -> Iterator[Item]:
    """Account rows of the whole list."""
    try:
        for answer in workspace.pages("users.list", limit=context.options.list_page_size):
            users = answer.objects
            people.know(user["id"] for user in users if isinstance(user.get("id"), str))
            yield Page("accounts", [records.account(user) for user in users])
        context.state.pop("users_refused", None)
    except MissingScope as error:
        context.meter.notes.append(str(error))
        context.state["users_refused"] = f"{error.problem}; {error.cure}"
    context.state["users_at"] = context.now.isoformat()
