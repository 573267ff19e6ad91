"""What happens in a chat beside its people's talk: a digest bot, a bridge bot, a channel renamed, another archived."""

from __future__ import annotations

from sandbox.chat import ARCHIVED, BRIDGE, GENERAL, NEWS, RENAMED, ChatWriter
from sandbox.model import ChatMessage


def bridged(writer: ChatWriter, name: str, at: int) -> None:
    """The bridge bot repeats what somebody said elsewhere."""
    message = writer.say(writer.channels[BRIDGE], at, writer.words.say(2), None)
    message.bot_id, message.username, message.subtype = writer.chat.bridge_bot, name, "bot_message"
    message.bridged = True


def digest(writer: ChatWriter, at: int) -> None:
    """The weekly digest, in two channels with the same ts: a ts is unique in its channel only."""
    channels, bot = [writer.channels[number] for number in (GENERAL, NEWS)], writer.digest_bot
    same = max(at, *(writer.taken.get(channel, 0) + 1 for channel in channels))
    for channel in channels:
        writer.taken[channel] = same
        message = ChatMessage(channel, same, "The week in lanterns.", None, bot, "digest", "bot_message")
        writer.chat.messages.append(message)


def rearrange(writer: ChatWriter, at: int) -> None:
    """The first member renames one channel and archives another."""
    owner = next(iter(writer.joined))
    renamed, archived = (writer.chat.channels[writer.channels[number]] for number in (RENAMED, ARCHIVED))
    renamed.renamed, renamed.name = (at, renamed.name), "northern-lights"
    text = f'has renamed the channel from "north" to "{renamed.name}"'
    told = ChatMessage(renamed.id, writer.instant(renamed.id, at), text, owner, subtype="channel_name")
    archived.archived_at = writer.instant(archived.id, at)
    closed = ChatMessage(archived.id, archived.archived_at, "archived the channel", owner, subtype="channel_archive")
    writer.chat.messages += [told, closed]
    for channels in writer.joined.values():
        if archived.id in channels:
            channels.remove(archived.id)
    writer.recent[archived.id].clear()
    writer.lively = [message for message in writer.lively if message.channel != archived.id]
    writer.waiting = [message for message in writer.waiting if message.channel != archived.id]
