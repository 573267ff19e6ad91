"""Every message of a simulated community as one flat list of acts, for both places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sandbox.model import SYSTEM, ChatMessage, Community, Place, Post, Topic
from sandbox.moments import micros, moment, slack_ts

Kind = Literal["post", "comment", "system"]
_TOLD = ("channel_join", "channel_leave", "channel_name", "channel_archive")


@dataclass(frozen=True, slots=True)
class Act:
    """A message. `gone_at`: from then on readers do not see it; `is_lost`: it lies in the outage of the export."""

    place: Place
    account: str
    at: datetime
    kind: Kind
    id: str
    thread: str
    channel: str
    is_question: bool
    edited_at: datetime | None
    deleted_at: datetime | None
    gone_at: datetime | None
    is_lost: bool


def acts(community: Community, until: datetime | None = None) -> list[Act]:
    """Every message written before `until` (default: the end), whether a reader can see it or not, by time."""
    end = micros(until) if until else community.end
    forum = community.forum
    lost = range(*community.outage)
    found = [_posted(post, forum.topics, end) for post in forum.posts.values() if post.at < end]
    found += [_said(one, end, one.at in lost) for one in community.chat.messages if one.at < end]
    return sorted(found, key=lambda act: (act.at, act.place, act.id))


def _posted(post: Post, topics: dict[int, Topic], end: int) -> Act:
    topic, number = post.topic_id, post.number
    for at, to, place in post.moves:
        if at < end:
            topic, number = to, place
    category = topics[topic].category_id
    for at, _, to in topics[topic].changes:
        category = to if at < end else category
    kind: Kind = "system" if post.kind != 1 or post.account_id == SYSTEM else "post" if number == 1 else "comment"
    edits = [at for at, _ in post.edits if at < end]
    return Act(
        "forum", str(post.account_id), moment(post.at), kind, str(post.id), str(topic), str(category),
        post.is_question and kind == "post", _last(edits), _by(post.deleted_at, end), _by(post.gone_at, end), False,
    )  # fmt: skip


def _said(one: ChatMessage, end: int, lost: bool) -> Act:
    kind: Kind = "system" if one.subtype in _TOLD else "post" if one.thread is None else "comment"
    edits, gone = [at for at, _ in one.edits if at < end], _by(one.deleted_at, end)
    opener = one.at if one.thread is None else one.thread
    return Act(
        "chat", one.account, moment(one.at), kind, f"{one.channel}/{slack_ts(one.at)}",
        f"{one.channel}/{slack_ts(opener)}", one.channel, one.is_question and kind == "post", _last(edits), gone, gone,
        lost,
    )  # fmt: skip


def _last(instants: list[int]) -> datetime | None:
    return moment(instants[-1]) if instants else None


def _by(at: int | None, end: int) -> datetime | None:
    return moment(at) if at is not None and at < end else None
