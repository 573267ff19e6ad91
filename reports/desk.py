"""Lists with names, for the community manager: newcomers to welcome and questions still open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from reports.board import Board
from reports.period import Source, Week
from reports.slots import Binding, Link, Piece, Slot
from reports.snapshot import Snapshot

MOST = 8
QUESTION_DAYS = timedelta(days=14)

_NEWCOMERS = """
with first_messages as (
    select f.member_key, min(f.local_date) as day, arg_min(f.message_key, (f.created_at, f.message_key)) as message_key
    from marts.fct_messages as f
    inner join marts.dim_members as m on f.member_key = m.member_key
    inner join marts.dim_sources as s on f.source = s.source
    where f.kind <> 'system' and f.deleted_at is null and m.role = 'member' and s.role is distinct from 'competitor'
    group by f.member_key
)
select member_key, message_key, day from first_messages where day between ? and ? order by day, member_key
"""

_QUESTIONS = """
select q.message_key, q.member_key, q.local_date
from marts.fct_messages as q
inner join marts.dim_members as m on q.member_key = m.member_key
inner join marts.dim_sources as s on q.source = s.source
where q.is_question and q.kind = 'post' and q.deleted_at is null and m.role = 'member'
    and s.role is distinct from 'competitor' and q.created_at between ? and ?
    and not exists (
        select 1 from marts.fct_messages as a
        where a.thread_key = q.thread_key and a.member_key <> q.member_key
            and a.kind <> 'system' and a.deleted_at is null
    )
order by q.created_at, q.message_key
"""


@dataclass(frozen=True)
class Entry:
    """One line of a list: who, what (a title or None) with its link where there is one, since when."""

    who: Piece
    what: Piece | None
    since: Slot


@dataclass(frozen=True)
class Desk:
    """The named lists; empty when names are left out."""

    newcomers: list[Entry] = field(default_factory=list)
    more_newcomers: Slot | None = None
    questions: list[Entry] = field(default_factory=list)
    more_questions: Slot | None = None


def read_desk(snapshot: Snapshot, board: Board, week: Week | None, deciding: Source | None, minimum_cell: int) -> Desk:
    """The lists of the week, by name: about named members by design, so no small cell applies to them."""
    if snapshot.desk is None or week is None or deciding is None or deciding.as_of is None:
        return Desk()
    newcomers = snapshot.rows(_NEWCOMERS, [week.start, week.end])
    questions = snapshot.rows(_QUESTIONS, [deciding.as_of - QUESTION_DAYS, deciding.as_of])
    return Desk(
        newcomers=[_entry(snapshot, board, "new", member, message, day) for member, message, day in newcomers[:MOST]],
        more_newcomers=_more(board, "new.more", len(newcomers)),
        questions=[_entry(snapshot, board, "open", member, message, day) for message, member, day in questions[:MOST]],
        more_questions=_more(board, "open.more", len(questions)),
    )


def _more(board: Board, name: str, count: int) -> Slot | None:
    return board.given(name, count - MOST, "integer") if count > MOST else None


def _entry(snapshot: Snapshot, board: Board, stem: str, member: str, message: str, day: datetime) -> Entry:
    person = Binding("desk.people", {"member_key": member}, "label")
    label = board.add(f"{stem}.{member}.who", person, _label(snapshot, member), "text")
    since = Binding("marts.fct_messages", {"message_key": message}, "local_date")
    return Entry(
        who=label,
        what=_message(snapshot, board, f"{stem}.{message}", message),
        since=board.add(f"{stem}.{message}.since", since, day, "day"),
    )


def _message(snapshot: Snapshot, board: Board, stem: str, message: str) -> Piece | None:
    rows = snapshot.desk_rows("select title, excerpt, url from desk.desk.messages where message_key = ?", [message])
    title, excerpt, url = rows[0] if rows else (None, None, None)
    column = "title" if title else "excerpt"
    words = title or excerpt
    if not words:
        return None
    binding = Binding("desk.messages", {"message_key": message}, column)
    label = board.add(f"{stem}.{column}", binding, words, "text")
    address: Any = board.language.format("url", url) if url else ""
    if not address:
        return label
    return Link(label, board.add(f"{stem}.url", Binding("desk.messages", {"message_key": message}, "url"), url, "url"))


def _label(snapshot: Snapshot, member: str) -> str:
    rows = snapshot.desk_rows("select label from desk.desk.people where member_key = ?", [member])
    return str(rows[0][0]) if rows and rows[0][0] else ""
