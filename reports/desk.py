"""Lists with names, for the community manager: whom to welcome, answer, write to and thank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reports.answers import helpers
from reports.board import Board
from reports.metrics import POPULATION
from reports.period import Week, to_local
from reports.slots import Binding, Link, Piece, Slot
from reports.snapshot import Snapshot

MOST = 8
THANKED = 5
LEAST_HELP = 2
QUIET_DAYS = 14
TIERS = ("core", "regular")

_NEWCOMERS = """
select member_key, first_message_key, since_at, waiting_hours, coalesce(is_answered, true),
    first_message_key is not null
from desk.desk.newcomers where ? = 'all' or source = ?
order by first_message_key is null, coalesce(is_answered, true), waiting_hours desc nulls last, since_at, member_key
"""

_QUESTIONS = """
select thread_key, message_key, member_key, asked_at, waiting_hours from desk.desk.requests
where status = 'open' and (? = 'all' or source = ?)
order by waiting_hours desc, thread_key
"""

_RISK = """
select member_key, days_silent, usual_gap_days, n_like_them, returned_like_them, reasons from desk.desk.member_risk
where days_silent >= ? order by p_churn desc, days_silent desc, member_key
"""

_QUIET = """
select s.member_key, s.days_silent from marts.member_status as s
inner join marts.dim_members as m on s.member_key = m.member_key
where s.scope = ? and s.role = 'member' and s.status = 'active' and s.days_silent >= ? and m.tier in ('core', 'regular')
order by case m.tier when 'core' then 0 else 1 end, s.days_silent desc, s.member_key
"""


@dataclass(frozen=True)
class Entry:
    """One line of a list: who, what (a title or None) with its link where there is one, figures, keys of reasons."""

    who: Piece
    what: Piece | None = None
    kind: str = ""
    figures: dict[str, Slot] = field(default_factory=dict[str, Slot])
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class List:
    """The first entries of a list, how many there are in all, and how many more."""

    entries: tuple[Entry, ...] = ()
    count: Slot | None = None
    more: Slot | None = None


@dataclass(frozen=True)
class Desk:
    """The named lists; empty when names are left out."""

    newcomers: List = List()
    questions: List = List()
    quiet: List = List()
    thanks: List = List()
    is_shown: bool = False


class _Reader:
    """Reads the lists of one scope, with the names of those on them."""

    def __init__(self, snapshot: Snapshot, board: Board, scope: str) -> None:
        self.snapshot, self.board, self.scope = snapshot, board, scope

    def newcomers(self) -> List:
        rows = self.snapshot.desk_rows(_NEWCOMERS, [self.scope, self.scope])
        waiting = [row for row in rows if not row[4]]
        return self._list("new", rows, MOST, self._newcomer, len(waiting))

    def _newcomer(self, row: tuple[Any, ...]) -> Entry:
        member, message, since, _, is_answered, has_written = row
        key = {"member_key": member}
        day = to_local(since, self.board.language.zone).date()
        binding = Binding("desk.newcomers", key, "since_at", "local day")
        figures = {"since": self.board.add(f"new.{member}.since", binding, day, "day")}
        if not is_answered:
            figures["wait"] = self._cell(
                "desk.newcomers", key, "waiting_hours", row[3], "duration", f"new.{member}.wait"
            )
        kind = "silent" if not has_written else "answered" if is_answered else "waiting"
        return Entry(self._who(member), self._message(message) if message else None, kind, figures)

    def questions(self) -> List:
        rows = self.snapshot.desk_rows(_QUESTIONS, [self.scope, self.scope])
        return self._list("open", rows, MOST, self._question)

    def _question(self, row: tuple[Any, ...]) -> Entry:
        thread, message, member, asked, hours = row
        key = {"thread_key": thread}
        day = to_local(asked, self.board.language.zone).date()
        binding = Binding("desk.requests", key, "asked_at", "local day")
        since = self.board.add(f"open.{thread}.since", binding, day, "day")
        wait = self._cell("desk.requests", key, "waiting_hours", hours, "duration", f"open.{thread}.wait")
        return Entry(self._who(member), self._message(message), "question", {"since": since, "wait": wait})

    def quiet(self) -> List:
        """Core and regular members gone quiet: by risk where it is shown, else by days of silence."""
        rows: list[tuple[Any, ...]] = []
        if self.scope == "all":
            rows = self.snapshot.desk_rows(_RISK, [QUIET_DAYS])
            tiers = self._tiers([row[0] for row in rows])
            rows = [row for row in rows if tiers.get(row[0]) in TIERS]
        if not rows and self.snapshot.columns("marts.member_status"):
            rows = [(*row, None, None, None, ()) for row in self.snapshot.rows(_QUIET, [self.scope, QUIET_DAYS])]
        return self._list("quiet", rows, MOST, self._quiet_one)

    def _quiet_one(self, row: tuple[Any, ...]) -> Entry:
        member, days, usual, like, returned, reasons = row
        who = self._who(member)
        if like is None:
            key = {"scope": self.scope, "member_key": member}
            name = f"quiet.{self.scope}.{member}.days"
            return Entry(
                who, None, "silent", {"days": self._cell("marts.member_status", key, "days_silent", days, "days", name)}
            )
        key = {"member_key": member}
        cells = {"days": ("days_silent", days, "days"), "like": ("n_like_them", like, "integer")}
        cells["back"] = ("returned_like_them", returned, "integer")
        if usual is not None and usual == usual:
            cells["usual"] = ("usual_gap_days", usual, "days")
        figures = {
            name: self._cell("desk.member_risk", key, column, value, kind, f"quiet.{member}.{name}")
            for name, (column, value, kind) in cells.items()
        }
        return Entry(who, None, "risk" if "usual" in figures else "risk_new", figures, tuple(reasons))

    def thanks(self, start: date, end: date) -> List:
        rows = [row for row in helpers(self.snapshot, self.scope, start, end) if row[1] >= LEAST_HELP]
        listed = self._list("thanks", rows[:THANKED], THANKED, lambda row: self._helper(row, start, end))
        return replace(listed, more=None)

    def _helper(self, row: tuple[Any, ...], start: date, end: date) -> Entry:
        member, count = row
        key = {"scope": self.scope, "member_key": member, "local_date": [start, end]}
        binding = Binding("marts.fct_messages", key, "thread_key", "helped")
        figures = {"count": self.board.add(f"thanks.{self.scope}.{member}.count", binding, count, "integer")}
        heard = self._reach(member)
        if heard is not None:
            figures["reach"] = heard
        return Entry(self._who(member), None, "helper", figures)

    def _reach(self, member: str) -> Slot | None:
        if not self.snapshot.columns("marts.member_reach"):
            return None
        key = {"scope": self.scope, "population": POPULATION, "window": "28d", "member_key": member}
        row = self.snapshot.one(
            "select reach from marts.member_reach"
            ' where scope = ? and population = ? and "window" = ? and member_key = ?',
            list(key.values()),
        )
        if row is None or not row[0]:
            return None
        return self._cell("marts.member_reach", key, "reach", row[0], "integer", f"thanks.{self.scope}.{member}.reach")

    def _list(self, stem: str, rows: Sequence[Any], most: int, entry: Any, counted: int | None = None) -> List:
        count = len(rows) if counted is None else counted
        suffix = "" if self.scope == "all" else f".{self.scope}"
        return List(
            tuple(entry(row) for row in rows[:most]),
            self.board.given(f"{stem}.count{suffix}", count, "integer"),
            self.board.given(f"{stem}.more{suffix}", len(rows) - most, "integer") if len(rows) > most else None,
        )

    def _tiers(self, members: list[str]) -> dict[str, str]:
        rows = self.snapshot.rows(
            "select member_key, tier from marts.dim_members where list_contains(?, member_key)", [members]
        )
        return {str(member): str(tier) for member, tier in rows}

    def _cell(self, table: str, key: dict[str, Any], column: str, value: Any, kind: str, name: str) -> Slot:
        return self.board.add(name, Binding(table, key, column), value, kind)

    def _who(self, member: str) -> Slot:
        return who(self.snapshot, self.board, member)

    def _message(self, message: str) -> Piece | None:
        sql = "select title, excerpt, url from desk.desk.messages where message_key = ?"
        rows = self.snapshot.desk_rows(sql, [message])
        title, excerpt, url = rows[0] if rows else (None, None, None)
        column = "title" if title else "excerpt"
        key = {"message_key": message}
        if not (title or excerpt):
            return None
        label = self._cell("desk.messages", key, column, title or excerpt, "text", f"message.{message}.{column}")
        if not url or not self.board.language.format("url", url):
            return label
        return Link(label, self._cell("desk.messages", key, "url", url, "url", f"message.{message}.url"))


def who(snapshot: Snapshot, board: Board, member: str) -> Slot:
    """A member by name."""
    known = board.slots.get(board.prefix + f"who.{member}")
    if known is not None:
        return known
    rows = snapshot.desk_rows("select label from desk.desk.people where member_key = ?", [member])
    label = str(rows[0][0]) if rows and rows[0][0] else ""
    return board.add(f"who.{member}", Binding("desk.people", {"member_key": member}, "label"), label, "text")


def read_desk(snapshot: Snapshot, board: Board, week: Week | None, scope: str = "all") -> Desk:
    """The lists of a scope, by name: about named members by design, so no small cell applies to them."""
    if snapshot.desk is None or week is None:
        return Desk()
    reader = _Reader(snapshot, board, scope)
    return Desk(reader.newcomers(), reader.questions(), reader.quiet(), reader.thanks(week.start, week.end), True)
