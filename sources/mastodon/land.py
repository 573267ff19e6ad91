"""Turns pages of statuses into rows, and reads what a status only counts: its thread and who favoured it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sources.connector import Context, Item, Page, unseen
from sources.errors import NotFound
from sources.mastodon import records
from sources.mastodon.api import NO_TOKEN_ANSWERS, Answer, Server, as_json
from sources.mastodon.records import Record

REMEMBERED = 2_000  # statuses whose counters at the last look are kept
DIRECT = "direct"  # private messages are nobody's but theirs
CUT_THREADS = (
    f"without an access_token a server shows at most {NO_TOKEN_ANSWERS} answers of a thread; "
    "longer threads are known in part: set access_token"
)


class Lander:
    """What one run has landed so far."""

    def __init__(self, server: Server, context: Context, start: datetime | None) -> None:
        """`start` is the moment before which nothing is wanted."""
        self.server, self.context, self.start = server, context, start
        self.landed = set[str]()
        self._people = set[Any]()
        self._threads = set[str]()
        self._is_cut = False
        if context.full:
            context.state["looked"] = {}

    def land(self, answer: Answer) -> Iterator[Item]:
        """The rows of a page, then the threads and favourites that have changed since they were last read."""
        statuses = [one for one in records.nested(answer.found) if self._is_wanted(one)]
        yield from self._rows(answer, statuses)
        for status in statuses:
            yield from self._details(status)

    def accounts(self, found: Any) -> Iterator[Item]:
        """Account rows of those not yet met in this run."""
        rows = [records.account(one) for one in records.objects(found) if one.get("id") not in self._people]
        if rows:
            self._people |= {row["id"] for row in rows}
            yield Page("accounts", list({row["id"]: row for row in rows}.values()))

    def _rows(self, answer: Answer, statuses: list[Record]) -> Iterator[Item]:
        payloads = {id(one): payload for one, payload in zip(answer.found, answer.payloads, strict=True)}
        # what is no status is landed to be rejected with its reason
        rows: list[Any] = [one for one in answer.found if not isinstance(one, dict)]
        kept: list[bytes | str] = [payloads[id(one)] for one in rows]
        rows += [records.message(one) for one in statuses]
        kept += [payloads.get(id(one)) or as_json(one) for one in statuses]
        if rows:
            yield Page("messages", rows, kept)
        yield from self.accounts([one.get("account") for one in statuses])
        if counted := [row for one in statuses for row in records.counts(one)]:
            yield Page("counts", counted)
        self.landed |= {str(one.get("id")) for one in statuses}

    def _is_wanted(self, status: Record) -> bool:
        if status.get("visibility") == DIRECT:
            return False
        written = moment(status)
        return self.start is None or written is None or written >= self.start

    def _details(self, status: Record) -> Iterator[Item]:
        key, stated = str(status.get("id")), _stated(status)
        before = self._looked.get(key, [0, 0])
        if status.get("reblog") or stated == before or not status.get("id"):
            return
        if stated[0] != before[0] and key not in self._threads:
            yield from self._thread(key)
        if stated[1] != before[1]:
            yield from self._favourites(key)
        self._looked.pop(key, None)
        self._looked[key] = stated
        while len(self._looked) > REMEMBERED:
            del self._looked[next(iter(self._looked))]

    def _thread(self, message_id: str) -> Iterator[Item]:
        """The whole thread around a status; its answers' own threads are within it."""
        answer = self.server.context_of(message_id)
        if answer is None:
            return
        statuses = [one for one in records.nested(answer.found) if self._is_wanted(one)]
        self._threads |= {message_id, *(str(one.get("id")) for one in statuses)}
        if len(statuses) >= NO_TOKEN_ANSWERS and not self.server.has_token and not self._is_cut:
            self._is_cut = True
            yield unseen(self.context, "messages", CUT_THREADS)
        yield from self._rows(answer, statuses)
        for status in statuses:
            yield from self._details(status)

    def _favourites(self, message_id: str) -> Iterator[Item]:
        """Who favoured a status; whom the complete list no longer names has taken it back."""
        present = dict[str, Any]()
        try:
            for answer in self.server.pages(f"api/v1/statuses/{message_id}/favourited_by", {"limit": 80}):
                people = {str(one["id"]): one for one in records.objects(answer.found) if one.get("id")}
                yield from self.accounts(list(people.values()))
                present |= people
        except NotFound:
            return
        rows = [records.favourite(message_id, one) for one in present]
        rows += [
            records.favourite(message_id, one, is_removed=True) for one in self._known[message_id] - present.keys()
        ]
        if rows:
            yield Page("reactions", rows)

    @property
    def _looked(self) -> dict[str, list[int]]:
        """The counters of statuses when their threads and favourites were last read."""
        looked: dict[str, list[int]] = self.context.state.setdefault("looked", {})
        return looked

    @cached_property
    def _known(self) -> dict[str, set[str]]:
        """Status → who is known to favour it."""
        known: dict[str, set[str]] = defaultdict(set)
        table = self.context.known("reactions")
        for message_id, account_id in zip(
            table["message_id"].to_pylist(), table["account_id"].to_pylist(), strict=True
        ):
            known[message_id].add(account_id)
        return known


def moment(status: Record) -> datetime | None:
    """When a status was written (naive UTC); None if that cannot be read."""
    try:
        return datetime.fromisoformat(str(status.get("created_at"))).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return None


def _stated(status: Record) -> list[int]:
    """How many answers and favourites the server says there are."""
    numbers = (status.get("replies_count"), status.get("favourites_count"))
    return [number if isinstance(number, int) else 0 for number in numbers]
