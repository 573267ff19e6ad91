"""Writes a simulated chat workspace: channels, messages, threads, reactions, joins and leaves, bots and a bridge."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from sandbox.chat_text import dressed, slack_id
from sandbox.model import Channel, Chat, ChatMembership, ChatMessage, ChatUser, Person
from sandbox.moments import DAY, HOUR, SECOND
from sandbox.words import Words

_CHANNELS = (
    ("general", "Everyone is here"),
    ("announcements", "News from the staff"),
    ("help", "Ask and be answered"),
    ("random", "Anything at all"),
    ("show-and-tell", "Look what I made"),
    ("sensors", "Dusk, rain, wind"),
    ("solar", "Panels and charge"),
    ("firmware", "Images and bugs"),
    ("lantern-walk", "The yearly walk"),
    ("bridge", "Relayed from the old network"),
    ("north", "People of the north"),
    ("swap", "Give and take"),
)
GENERAL, NEWS, _HELP, BRIDGE, RENAMED, ARCHIVED = 0, 1, 2, 9, 10, 11
_ASKS = {"staff": 0.04, "core": 0.1, "regular": 0.15, "occasional": 0.3, "visitor": 0.5, "observer": 0.5}
_HELPS = {"staff": 0.45, "core": 0.2, "regular": 0.12}


@dataclass(slots=True)
class ChatWriter:
    """Appends to a chat in order of time; later fates are decided at birth."""

    rng: random.Random
    words: Words
    end: int
    chat: Chat = field(default_factory=Chat)
    channels: list[str] = field(default_factory=list)
    joined: dict[str, list[str]] = field(default_factory=dict)
    recent: dict[str, list[ChatMessage]] = field(default_factory=dict)
    waiting: list[ChatMessage] = field(default_factory=list)
    lively: list[ChatMessage] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    digest_bot: str = ""

    def found(self, at: int, owner: str) -> None:
        """The channels, the digest bot and the bridge bot; `owner` will be the first user's id."""
        for number, (name, purpose) in enumerate(_CHANNELS):
            channel = Channel(slack_id("C", number), name, at + number * SECOND, owner, purpose, number == GENERAL)
            self.chat.channels[channel.id] = channel
            self.channels.append(channel.id)
            self.recent[channel.id] = []
        self.digest_bot, self.chat.bridge_bot = slack_id("B", 1), slack_id("B", 2)
        for number, (name, bot) in enumerate((("digest", self.digest_bot), ("relay", self.chat.bridge_bot))):
            user = ChatUser(
                slack_id("U", 900_000 + number), name, name.title(), name, at, None, is_bot=True, bot_id=bot
            )
            self.chat.users[user.id] = user

    def join(self, person: Person, at: int) -> None:
        """A new user joins #general and a few more channels."""
        at -= at % SECOND
        identity = slack_id("U", person.number + 1)
        person.chat_id = identity
        self.chat.users[identity] = ChatUser(
            identity,
            person.handle,
            person.name,
            person.name if self.rng.random() < 0.5 else "",
            at,
            person.number,
            person.utc_offset,
            person.email,
        )
        places = [c for i, c in enumerate(self.channels) if i not in (GENERAL, BRIDGE, NEWS)]
        chosen = [self.channels[GENERAL], *self.rng.sample(places, self.rng.randrange(1, 5))]
        if person.tier == "staff":
            chosen.append(self.channels[NEWS])
        self.joined[identity] = []
        for step, channel in enumerate(chosen):
            self._member(identity, channel, at + step * 2 * SECOND, "join")

    def _member(self, user: str, channel: str, at: int, event: str) -> None:
        if self.chat.channels[channel].archived_at is not None:
            return
        if event == "join":
            self.joined[user].append(channel)
        at = self.instant(channel, at)
        told = "joined" if event == "join" else "left"
        text = f"<@{user}> has {told} the channel"
        self.chat.messages.append(ChatMessage(channel, at, text, user, subtype=f"channel_{event}"))
        self.chat.memberships.append(ChatMembership(at, user, channel, "join" if event == "join" else "leave"))

    def leave(self, person: Person, at: int) -> None:
        """Leave every channel and close the account."""
        user = str(person.chat_id)
        for step, channel in enumerate(self.joined.pop(user, [])):
            self._member(user, channel, at + step * SECOND, "leave")
        self.chat.users[user].deleted_at = at + 60 * SECOND

    def leave_one(self, person: Person, at: int) -> None:
        """Leave one channel other than #general and stay in the rest."""
        user = str(person.chat_id)
        if len(self.joined.get(user, [])) > 2:
            self._member(user, self.joined[user].pop(), at, "leave")

    def act(self, person: Person, at: int) -> int | None:
        """One message; returns the number of the person it answered for the first time, if any."""
        rng, user = self.rng, str(person.chat_id)
        parent = self._find(person, at)
        if parent is not None:
            return self._reply(person, parent, at)
        asked = rng.random() < _ASKS[person.tier]
        wished = self.channels[_HELP] if asked and self.channels[_HELP] in self.joined[user] else None
        message = self.say(wished or self._channel(user), at, self.words.ask() if asked else self.words.say(3), user)
        message.is_question = asked
        if asked and rng.random() > 0.3:
            self.waiting.append(message)
            del self.waiting[:-30]
        self._upload(message)
        return None

    def _channel(self, user: str) -> str:
        mine = self.joined[user]
        return mine[min(int(self.rng.expovariate(0.7)), len(mine) - 1)]

    def _find(self, person: Person, at: int) -> ChatMessage | None:
        rng, user = self.rng, str(person.chat_id)
        if self.waiting and rng.random() < _HELPS.get(person.tier, 0.03):
            question = rng.choice(self.waiting)
            return question if question.user != user and _open(question, at) else None
        if rng.random() > 0.42:
            return None
        lively = [message for message in self.lively if message.channel in self.joined[user]]
        candidates = lively if lively and rng.random() < 0.65 else self.recent[self._channel(user)]
        found = rng.choice(candidates) if candidates else None
        return found if found is not None and at - found.at < 4 * DAY and _open(found, at) else None

    def _reply(self, person: Person, parent: ChatMessage, at: int) -> int | None:
        rng, user = self.rng, str(person.chat_id)
        if parent.channel not in self.joined[user]:
            self._member(user, parent.channel, at, "join")
        text = self.words.ask() if rng.random() < 0.12 else self.words.say(3)
        message = self.say(parent.channel, at, text, user, thread=parent.at)
        if rng.random() < 0.02:
            message.subtype = "thread_broadcast"
        if parent.user and parent.user != user and rng.random() < 0.15:
            message.text, message.mentions = f"<@{parent.user}> {message.text}", (parent.user,)
        if parent.user == user:
            return None
        if all(one is not parent for one in self.lively):
            self.lively.append(parent)
            del self.lively[:-8]
        self.waiting = [one for one in self.waiting if one is not parent]
        asker = self.chat.users[parent.user].person if parent.user else None
        return asker if at - parent.at < 2 * DAY else None

    def say(self, channel: str, at: int, text: str, user: str | None, thread: int | None = None) -> ChatMessage:
        """Add a message, its later fate included."""
        message = ChatMessage(
            channel, self.instant(channel, at), dressed(self.words, text, self.channels), user, thread=thread
        )
        self.chat.messages.append(message)
        if thread is None:
            self.recent[channel].append(message)
            del self.recent[channel][:-25]
        self._fate(message)
        return message

    def instant(self, channel: str, at: int) -> int:
        """The message id: unique in its channel, in order, with a six-digit tail as Slack has it."""
        at = max(at - at % SECOND + self.rng.randrange(1, 999_999), self.taken.get(channel, 0) + 1)
        self.taken[channel] = at
        return at

    def _fate(self, message: ChatMessage) -> None:
        rng = self.rng
        if rng.random() < 0.03:
            at = message.at + int(rng.lognormvariate(-2.0, 1.5) * HOUR) + SECOND
            if at < self.end:
                message.edits.append((at, f"{message.text} {self.words.say(1)}"))
        if rng.random() < 0.012:
            at = message.at + int(rng.uniform(0.01, 5) * DAY)
            if at < self.end and (not message.edits or message.edits[-1][0] < at):
                message.deleted_at = at

    def _upload(self, message: ChatMessage) -> None:
        if self.rng.random() < 0.02:
            message.subtype = "file_share"

    def react(self, person: Person, at: int) -> None:
        """React to a recent message of a channel one is in."""
        user = str(person.chat_id)
        messages = self.recent[self._channel(user)]
        message = self.rng.choice(messages) if messages else None
        if message is None or (message.deleted_at is not None and message.deleted_at <= at) or message.at > at:
            return
        name = self.words.emoji()
        if all((name, user) != (n, u) for _, n, u in message.reactions):
            message.reactions.append((at, name, user))


def _open(message: ChatMessage, at: int) -> bool:
    """Can it be answered now: it stands, and it has stood for three minutes."""
    return at - message.at > HOUR // 20 and (message.deleted_at is None or message.deleted_at > at)
