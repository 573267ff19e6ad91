"""Plants what must occur in every community, however small: rare fates that tests and pipelines have to meet."""

from __future__ import annotations

from sandbox.forum_fates import AUTHOR_DELETED
from sandbox.model import SYSTEM, Chat, ChatMessage, Flag, Forum, Post
from sandbox.moments import HOUR


def plant(forum: Forum, chat: Chat, end: int) -> None:
    """One of each, the same ones for the same community."""
    _plant_posts([post for post in forum.posts.values() if _plain(post, end)], forum, end)
    _plant_messages(chat, end)


def _plain(post: Post, end: int) -> bool:
    """A reply nothing has happened to, old enough for something to happen."""
    untouched = not (post.edits or post.moves or post.deleted_at or post.gone_at)
    return untouched and post.number > 1 and post.kind == 1 and post.account_id > 0 and post.at + 9 * HOUR < end


def _plant_posts(replies: list[Post], forum: Forum, end: int) -> None:
    """An edit, a deletion by staff, a stub that stays, a like taken back, a topic renamed and moved, two flags."""
    if len(replies) < 8:
        return
    edited, removed, stub, liked, moved = replies[:: len(replies) // 5][:5]
    edited.edits.append((edited.at + HOUR, f"{edited.raw}\n\nEdit: a word."))
    removed.deleted_at, removed.deleted_by, removed.gone_at = removed.at + 3 * HOUR, "staff", removed.at + 3 * HOUR
    stub.deleted_at, stub.deleted_by = stub.at + 2 * HOUR, "author"
    stub.edits.append((stub.at + 2 * HOUR, AUTHOR_DELETED))
    fan = next(account for account in forum.accounts if account > 0 and account != liked.account_id)
    if forum.accounts[fan].created_at < liked.at and all(account != fan for _, account, _ in liked.likes):
        liked.likes += [(liked.at + HOUR, fan, 1), (liked.at + 2 * HOUR, fan, -1)]
    staff = next((one.id for one in forum.accounts.values() if one.admin), SYSTEM)
    spam, fine = Flag(removed.at + HOUR, removed.id, fan), Flag(edited.at + HOUR, edited.id, fan, "inappropriate")
    spam.judged, fine.judged = (removed.gone_at, staff, "agreed"), (edited.at + 2 * HOUR, staff, "disagreed")
    forum.flags += [spam, fine]
    topic = forum.topics[moved.topic_id]
    if not topic.changes:
        title = "Lanterns, all in one place?" if topic.is_question else "Lanterns, all in one place"
        topic.changes.append((moved.at + HOUR, title, 4 if topic.category_id != 4 else 3))


def _plant_messages(chat: Chat, end: int) -> None:
    """A deleted opener of a thread, an upload, a reply shown in the channel, an edit."""
    openers = {(one.channel, one.at): one for one in chat.messages if one.thread is None and one.user}
    threads: dict[tuple[str, int], list[ChatMessage]] = {}
    for one in chat.messages:
        if one.thread is not None and one.deleted_at is None:
            threads.setdefault((one.channel, one.thread), []).append(one)
    busy = [key for key, replies in threads.items() if key in openers and replies[-1].at + HOUR < end]
    if len(busy) < 8:
        return
    fated = [openers[key] for key in busy[:: len(busy) // 4][:4]]
    last = threads[fated[0].channel, fated[0].at][-1].at
    if fated[0].deleted_at is None and (not fated[0].edits or fated[0].edits[-1][0] < last + HOUR):
        fated[0].deleted_at = last + HOUR
    fated[1].subtype = "file_share"
    threads[fated[2].channel, fated[2].at][0].subtype = "thread_broadcast"
    if not fated[3].edits and fated[3].deleted_at is None:
        fated[3].edits.append((fated[3].at + 1, f"{fated[3].text} Edited."))
