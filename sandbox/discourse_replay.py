"""How a forum's state comes about: a simulated community's events, or the captured versions of a real forum's posts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sandbox.discourse_moderation import staff_acts
from sandbox.discourse_state import AccountRow, Row, State, TopicRow
from sandbox.model import Category, Community, Forum, ForumAccount, Post, Topic
from sandbox.moments import micros


class Simulated(State):
    """The forum of a simulated community."""

    def __init__(self, community: Community) -> None:
        super().__init__()
        self.categories = {category.id: category for category in community.forum.categories}
        self.events = sorted(self._plan(community.forum), key=lambda event: event[:2])
        self.staff_acts, self.flags = staff_acts(community.forum), sorted(community.forum.flags, key=lambda one: one.at)

    def _plan(self, forum: Forum) -> Iterable[tuple[int, int, Callable[[Any], None], Any]]:
        for account in forum.accounts.values():
            yield account.created_at, 0, self._account, account
            for at, username, name in account.renames:
                yield at, 1, self._rename, (account.id, username, name)
            if account.suspended_at is not None:
                yield account.suspended_at, 1, self._suspend, (account.id, account.suspended_at)
            if account.deleted_at is not None:
                yield account.deleted_at, 9, self._leave, account.id
        for topic in forum.topics.values():
            yield topic.at, 2, self._topic, topic
            for at, title, category in topic.changes:
                yield at, 5, self._retitle, (topic.id, title, category)
            if topic.accepted:
                yield topic.accepted[0], 6, self._accept, (topic.id, topic.accepted[1])
        for post in forum.posts.values():
            yield from self._fates(post)

    def _fates(self, post: Post) -> Iterable[tuple[int, int, Callable[[Any], None], Any]]:
        yield post.at, 3, self._post, post
        for at, raw in post.edits:
            by_author = post.deleted_by == "author" and at == post.deleted_at
            yield at, 4, self._edit, (post.id, at, raw, by_author)
        for at, _, change in post.likes:
            yield at, 4, self._like, (post.id, change)
        for at, topic, number in post.moves:
            yield at, 6, self._move, (post.id, topic, number)
        if post.gone_at is not None:
            yield post.gone_at, 8, self._gone, (post.id, post.gone_at)

    def _account(self, a: ForumAccount) -> None:
        row = AccountRow(a.id, a.username, a.name, a.created_at, a.admin, a.moderator, a.trust_level, a.email)
        self.accounts[a.id] = row

    def _rename(self, what: tuple[int, str, str]) -> None:
        account = self.accounts.get(what[0])
        if account is None:  # deleted in the hours before
            return
        account.username, account.name = what[1], what[2]
        self._stale(account.posts)

    def _suspend(self, what: tuple[int, int]) -> None:
        if what[0] in self.accounts:
            self.accounts[what[0]].suspended_at = what[1]

    def _leave(self, account: int) -> None:
        del self.accounts[account]

    def _topic(self, topic: Topic) -> None:
        self.topics[topic.id] = TopicRow(topic.id, topic.title, topic.category_id, topic.account_id, topic.at)

    def _retitle(self, what: tuple[int, str, int]) -> None:
        topic = self.topics[what[0]]
        topic.title, topic.category_id = what[1], what[2]
        self._stale(topic.posts)

    def _accept(self, what: tuple[int, int]) -> None:
        topic = self.topics[what[0]]
        topic.accepted = what[1]
        self._stale(topic.posts)

    def _post(self, p: Post) -> None:
        row = Row(p.id, p.topic_id, p.number, p.kind, p.account_id, p.at, p.at, p.raw, reply_to=p.reply_to)
        self.rows[p.id] = row
        self.accounts[p.account_id].posts.append(p.id)
        self.show(row)

    def _edit(self, what: tuple[int, int, str, bool]) -> None:
        row = self.rows[what[0]]
        row.updated, row.raw, row.version, row.cache = what[1], what[2], row.version + 1, None
        row.user_deleted = row.user_deleted or what[3]

    def _like(self, what: tuple[int, int]) -> None:
        row = self.rows[what[0]]
        row.likes, row.cache = row.likes + what[1], None

    def _move(self, what: tuple[int, int, int]) -> None:
        row = self.rows[what[0]]
        visible = row.deleted_at is None
        if visible:
            self.hide(row)
        row.topic_id, row.number, row.reply_to, row.cache = what[1], what[2], None, None
        if visible:
            self.show(row)

    def _gone(self, what: tuple[int, int]) -> None:
        row = self.rows[what[0]]
        self.hide(row)
        row.deleted_at, row.cache = what[1], None

    def _stale(self, posts: Iterable[int]) -> None:
        for post in posts:
            self.rows[post].cache = None


class Captured(State):
    """A forum of captured versions: lines {"captured_at", "post"}."""

    def __init__(self, lines: Iterable[Mapping[str, Any]]) -> None:
        super().__init__()
        for order, line in enumerate(lines):
            at = micros(datetime.fromisoformat(str(line["captured_at"]).replace("Z", "+00:00")))
            self.events.append((at, order, self._put, line["post"]))
        self.events.sort(key=lambda event: event[:2])

    def _put(self, post: Mapping[str, Any]) -> None:
        old = self.rows.get(post["id"])
        if old is not None:
            self.hide(old)
        at, updated = (
            micros(datetime.fromisoformat(post[key].replace("Z", "+00:00"))) for key in ("created_at", "updated_at")
        )
        row = Row(
            post["id"],
            post["topic_id"],
            post["post_number"],
            post["post_type"],
            post["user_id"],
            at,
            updated,
            reply_to=post["reply_to_post_number"],
            fields=post,
        )
        row.likes = sum(int(a.get("count", 0)) for a in post["actions_summary"] if a["id"] == 2)
        self.rows[row.id] = row
        self._around(row, post)
        if post.get("deleted_at") is None:
            self.show(row)

    def _around(self, row: Row, post: Mapping[str, Any]) -> None:
        """The topic, category and account a post tells of."""
        topic = self.topics.setdefault(row.topic_id, TopicRow(row.topic_id, "", 0, row.account_id, row.at))
        topic.title, topic.category_id = post["topic_title"], post["category_id"]
        self.categories.setdefault(
            topic.category_id,
            Category(topic.category_id, f"Category {topic.category_id}", f"category-{topic.category_id}"),
        )
        account = self.accounts.setdefault(row.account_id, AccountRow(row.account_id, "", "", row.at))
        account.username, account.name = post["username"], post["name"] or ""
        account.admin, account.moderator, account.trust_level = post["admin"], post["moderator"], post["trust_level"]
        account.at = min(account.at, row.at)
        if row.id not in account.posts:
            account.posts.append(row.id)
