"""Walks timelines: what an earlier walk left, then from the newest status down to what was read before.

State of a timeline: `mark` (read completely up to there); while a walk is under way `top` (the mark it will leave) and
`link` (its next page), so that a walk cut short goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from sources.connector import Context, Item
from sources.errors import NotFound, Unauthorized
from sources.mastodon.api import Answer, Server
from sources.mastodon.land import Lander, moment

LOCAL = "local"
PAGE = 40
CAPPED = ("home", "list")  # a server keeps the latest few hundred of these, whatever there was before
CUT = "a server keeps only the latest few hundred posts of home and list timelines; name 'local', tags or accounts too"
LATE = timedelta(hours=6)  # statuses of other servers arrive late, below those already read
_PLAIN = {LOCAL: "timelines/public", "public": "timelines/public", "home": "timelines/home"}


class Walk:
    """The walk over one server's timelines."""

    def __init__(self, server: Server, lander: Lander, context: Context) -> None:
        """Asks nothing yet."""
        self.server, self.lander, self.context = server, lander, context
        self.states: dict[str, dict[str, Any]] = context.state.setdefault("timelines", {})
        if context.full:
            self.states.clear()

    def timeline(self, name: str) -> Iterator[Item]:
        """All that is new in a timeline."""
        state = self.states.setdefault(name, {})
        if link := state.get("link"):
            yield from self._down(name, state, str(link), None)
        mark = {"since_id": state["mark"]} if state.get("mark") else {}
        path, params = self.address(name)
        yield from self._down(name, state, path, {**params, "limit": PAGE, **mark})

    def begins(self) -> datetime | None:
        """Since when every timeline is seen whole; None: as far back as there is anything."""
        found = [datetime.fromisoformat(one["begins"]) for one in self.states.values() if "begins" in one]
        return max(found, default=None)

    def peek(self, name: str) -> list[Any]:
        """The newest statuses of a timeline."""
        path, params = self.address(name)
        return next(self._pages(name, path, params)).found

    def address(self, name: str) -> tuple[str, dict[str, Any]]:
        """Path and parameters of a timeline."""
        kind, _, rest = name.partition("/")
        if not rest:
            return f"api/v1/{_PLAIN[kind]}", {"local": "true"} if kind == LOCAL else {}
        if kind == "account":
            return f"api/v1/accounts/{quote(str(self.server.lookup(rest).get('id')), safe='')}/statuses", {}
        return f"api/v1/timelines/{kind}/{quote(rest, safe='')}", {}

    def _down(self, name: str, state: dict[str, Any], path: str, params: Mapping[str, Any] | None) -> Iterator[Item]:
        mark, low, oldest = str(state.get("mark") or ""), "", self.context.now
        settled = self.context.now + LATE if name == LOCAL else self.context.now - LATE
        for answer in self._pages(name, path, params):
            ids = {str(one["id"]): one for one in answer.found if isinstance(one, dict) and one.get("id")}
            if low and ids and age(max(ids, key=age)) >= age(low):
                raise self.server.endless(path)
            low = min(ids, key=age, default=low)
            yield from self.lander.land(answer)
            tops = [key for key, one in ids.items() if (written := moment(one)) and written <= settled]
            state["top"] = max([*tops, str(state.get("top") or mark)], key=age)
            state["link"] = answer.following
            oldest = min([oldest, *(written for one in ids.values() if (written := moment(one)))])
            if (mark and low and age(low) <= age(mark)) or self._is_over(answer):
                break
        else:
            if name.partition("/")[0] in CAPPED and not mark:
                state["begins"] = oldest.isoformat()
        state["mark"] = max(str(state.pop("top", "")), mark, key=age)
        state.pop("link", None)

    def _pages(self, name: str, path: str, params: Mapping[str, Any] | None) -> Iterator[Answer]:
        """The pages; a refusal says which timeline it is about."""
        try:
            yield from self.server.pages(path, params)
        except Unauthorized as error:
            raise self.server.refused(error) from None
        except NotFound as error:
            cure = f"the server does not show the timeline '{name}': take it out of `timelines`"
            raise NotFound(error.source, error.place, error.problem, cure) from None

    def _is_over(self, answer: Answer) -> bool:
        """Whether a whole page lies before the date asked for; a single date may lie."""
        start: datetime | None = self.lander.start
        dates = [moment(one) for one in answer.found if isinstance(one, dict)]
        return start is not None and bool(dates) and all(date is not None and date < start for date in dates)


def age(message_id: str) -> tuple[int, str]:
    """Ids in the order of their making: whole numbers, or texts of one length."""
    return len(message_id), message_id
