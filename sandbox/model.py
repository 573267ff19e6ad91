"""What a simulated community consists of: people, a forum, a chat, and what happened to each.

Instants are integer microseconds since the epoch (UTC). Everything that changes carries the instants of its
changes, so that the state at any moment can be told without running anything again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SYSTEM = -1  # the forum's own account
Role = Literal["member", "staff", "bot", "bridged"]
Place = Literal["forum", "chat"]


@dataclass(slots=True)
class Person:
    """One human (or the bot): at most one account in each place."""

    number: int
    name: str
    handle: str
    role: Role
    tier: str
    utc_offset: int
    arrived_at: int
    forum_id: int | None = None
    chat_id: str | None = None
    email: str = ""


@dataclass(slots=True)
class ForumAccount:
    """A forum account; `renames` are (at, username, name)."""

    id: int
    username: str
    name: str
    created_at: int
    person: int | None
    email: str = ""
    admin: bool = False
    moderator: bool = False
    trust_level: int = 1
    renames: list[tuple[int, str, str]] = field(default_factory=list)
    suspended_at: int | None = None
    deleted_at: int | None = None


@dataclass(slots=True)
class Category:
    """A forum category."""

    id: int
    name: str
    slug: str
    parent_id: int | None = None


@dataclass(slots=True)
class Topic:
    """A forum topic; `changes` are (at, title, category)."""

    id: int
    title: str
    category_id: int
    account_id: int
    at: int
    is_question: bool
    changes: list[tuple[int, str, int]] = field(default_factory=list)
    accepted: tuple[int, int] | None = None
    deleted_at: int | None = None


@dataclass(slots=True)
class Post:
    """A forum post. `gone_at`: from then on no reader without staff rights sees it."""

    id: int
    topic_id: int
    number: int
    account_id: int
    at: int
    raw: str
    reply_to: int | None = None
    kind: int = 1
    is_question: bool = False
    mentions: tuple[str, ...] = ()
    edits: list[tuple[int, str]] = field(default_factory=list)
    likes: list[tuple[int, int, int]] = field(default_factory=list)
    moves: list[tuple[int, int, int]] = field(default_factory=list)
    deleted_at: int | None = None
    deleted_by: Literal["author", "staff"] | None = None
    gone_at: int | None = None


@dataclass(slots=True)
class Flag:
    """A member's report of a post; `judged` is (at, by whom, agreed, disagreed or ignored)."""

    at: int
    post_id: int
    account_id: int
    kind: str = "spam"
    judged: tuple[int, int, Literal["agreed", "disagreed", "ignored"]] | None = None


@dataclass(slots=True)
class StaffAct:
    """An entry of the forum's staff log, by Discourse's name of the action."""

    at: int
    action: str
    account_id: int
    target_id: int | None = None
    post_id: int | None = None
    topic_id: int | None = None
    details: str | None = None


@dataclass(slots=True)
class Forum:
    """Everything that ever was on the forum, in order of creation.

    `staff_acts` are those that no fate of a post, topic or account tells already.
    """

    accounts: dict[int, ForumAccount] = field(default_factory=dict)
    categories: list[Category] = field(default_factory=list)
    topics: dict[int, Topic] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)
    staff_acts: list[StaffAct] = field(default_factory=list)


@dataclass(slots=True)
class ChatUser:
    """A row of the workspace's user list."""

    id: str
    name: str
    real_name: str
    display_name: str
    created_at: int
    person: int | None
    utc_offset: int = 0
    email: str = ""
    is_bot: bool = False
    is_admin: bool = False
    is_owner: bool = False
    bot_id: str | None = None
    deleted_at: int | None = None


@dataclass(slots=True)
class Channel:
    """A chat channel; `renamed` is (at, earlier name)."""

    id: str
    name: str
    created_at: int
    creator: str
    purpose: str = ""
    is_general: bool = False
    renamed: tuple[int, str] | None = None
    archived_at: int | None = None


@dataclass(slots=True)
class ChatMessage:
    """A chat message; `thread` is the instant (the id) of the message it answers, None outside threads."""

    channel: str
    at: int
    text: str
    user: str | None = None
    bot_id: str | None = None
    username: str | None = None
    subtype: str | None = None
    thread: int | None = None
    bridged: bool = False
    is_question: bool = False
    mentions: tuple[str, ...] = ()
    edits: list[tuple[int, str]] = field(default_factory=list)
    reactions: list[tuple[int, str, str]] = field(default_factory=list)
    deleted_at: int | None = None

    @property
    def account(self) -> str:
        """The author as the export lets a reader know it: a user, a bot, or the one a bridge speaks for."""
        if self.user:
            return self.user
        return f"{self.bot_id}/{self.username}" if self.bridged else str(self.bot_id)


@dataclass(slots=True)
class ChatMembership:
    """A join to or a leave from a channel."""

    at: int
    user: str
    channel: str
    event: Literal["join", "leave"]


@dataclass(slots=True)
class Chat:
    """Everything that ever was in the chat, in order."""

    users: dict[str, ChatUser] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: list[ChatMessage] = field(default_factory=list)
    memberships: list[ChatMembership] = field(default_factory=list)
    bridge_bot: str = ""


@dataclass(slots=True)
class Community:
    """A simulated community. `outage`: the chat kept no data of [from, to); `campaign`: (from, to)."""

    name: str
    seed: int
    start: int
    end: int
    people: list[Person]
    forum: Forum
    chat: Chat
    outage: tuple[int, int]
    campaign: tuple[int, int]
