"""Lists the channels we may read: their rows, what each states of itself, and which of them refuse us."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from sources import slack_records as records
from sources.connector import Context, Coverage, Item, Page, unseen
from sources.slack.api import Answer, MissingScope, Workspace
from sources.slack.history import as_moment

NO_PRIVATE = (
    "the token lacks the scope groups:read: private channels are not seen; add it under 'OAuth & Permissions' and "
    "reinstall the app, or set private_channels = false"
)


@dataclass(frozen=True)
class Channel:
    """A channel as the list shows it."""

    id: str
    name: str
    is_archived: bool
    is_private: bool
    is_member: bool | None
    num_members: int | None


def read(workspace: Workspace, context: Context) -> Generator[Item, None, list[Channel]]:
    """Rows of all channels; returns those the configuration wants, in a fixed order."""
    found: dict[str, Channel] = {}
    for answer in pages(workspace, context):
        shown = [one for one in answer.objects if not one.get("is_im") and not one.get("is_mpim")]
        wanted = [one for one in shown if _is_wanted(one, context)]
        yield Page("channels", [records.channel(one, is_private=bool(one.get("is_private"))) for one in wanted])
        if sizes := [row for one in wanted if (row := _size(one))]:
            yield Page("counts", sizes)
        found |= {one.id: one for one in map(_channel, wanted) if one}
    if not workspace.may_list_private:
        yield unseen(context, "messages", NO_PRIVATE)
    return [found[key] for key in sorted(found)]


def pages(workspace: Workspace, context: Context) -> Iterator[Answer]:
    """The list's pages, with private channels where they are wanted and the token may list them."""
    given = {"limit": context.options.list_page_size, "exclude_archived": "false"}
    if context.options.private_channels:
        try:
            yield from workspace.pages("conversations.list", types="public_channel,private_channel", **given)
            return
        except MissingScope as error:
            if "groups:read" not in error.problem:
                raise
            workspace.may_list_private = False
    yield from workspace.pages("conversations.list", types="public_channel", **given)


def refused(channel: Channel, word: str, mark: str | None, context: Context) -> Iterator[Item]:
    """A channel that cannot be read: a hole from where it was last read; one never read is said, and is no hole."""
    reason = f"#{channel.name[:80]}: {WORDS.get(word, f'Slack answers {word}')}"
    context.meter.notes.append(reason)
    if channel.is_archived and mark:
        return  # nothing is written there any more
    for stream in ("messages", "reactions", "memberships"):
        yield Coverage(stream, as_moment(mark) if mark else context.now, context.now, reason)


WORDS = {
    "not_in_channel": "the app is not in the channel: invite it (/invite @app), or leave the channel out with skip",
    "channel_not_found": "Slack does not show the channel to this token: invite the app, or leave it out with skip",
    "missing_scope": "the token lacks the scope groups:history of private channels; add it under 'OAuth & Permissions' "
    "and reinstall the app, or leave the channel out with skip",
}


def _is_wanted(one: dict[str, Any], context: Context) -> bool:
    """By id or name: `only` if given, and never what is in `skip`."""
    names, options = {str(one.get("id")), str(one.get("name"))}, context.options
    if one.get("is_private") and not options.private_channels:
        return False
    return not names & set(options.skip) and (not options.only or bool(names & set(options.only)))


def _channel(one: dict[str, Any]) -> Channel | None:
    key, is_member, size = one.get("id"), one.get("is_member"), one.get("num_members")
    if not isinstance(key, str) or not key:
        return None
    return Channel(
        key,
        " ".join(str(one.get("name") or key).split()),
        one.get("is_archived") is True,
        bool(one.get("is_private")),
        is_member if isinstance(is_member, bool) else None,
        size if isinstance(size, int) and not isinstance(size, bool) else None,
    )


def _size(one: dict[str, Any]) -> dict[str, Any] | None:
    """What Slack says of a channel's size; of an archived one it says nothing true."""
    if one.get("num_members") is None or one.get("is_archived"):
        return None
    return {"scope": "channel", "id": one.get("id"), "metric": "members", "value": one["num_members"]}
