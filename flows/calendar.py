"""The community's calendar of events and campaigns: read from a CSV or an iCalendar file into days.

CSV: a header with `event` and `start`, perhaps `end` (the last day, included) and `kind`; days as 2026-06-24.
iCalendar: each VEVENT, repeated ones as often as they happen until a day; cancelled ones are left out.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flows.errors import WrongUse

COLUMNS = ("event", "start", "end", "kind")
LONGEST = 366  # days; longer is no event that a week could coincide with


@dataclass(frozen=True, order=True)
class Event:
    """Something that went on from a first to a last day, both included, by the community's clock."""

    start_date: date
    end_date: date
    event: str
    kind: str = ""


def read_calendar(file: Path, zone: str, until: date) -> list[Event]:
    """The events that begin by a day, in order, each once; WrongUse with file, row and cure."""
    if file.suffix.lower() not in (".csv", ".ics"):
        raise WrongUse(f"{file.name}: a calendar is a .csv or an .ics file")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise WrongUse(f"{file}: {cause}; [calendar] file names the calendar") from None
    events = _from_csv(file.name, text) if file.suffix.lower() == ".csv" else _from_ical(file.name, text, zone, until)
    return sorted({event for event in events if event.start_date <= until})


def _from_csv(name: str, text: str) -> Iterator[Event]:
    rows = csv.DictReader(text.splitlines())
    given = rows.fieldnames or []
    if not {"event", "start"} <= set(given) <= set(COLUMNS):
        raise WrongUse(f"{name}: row 1: expected the columns {', '.join(COLUMNS)} (the last two may be absent)")
    for row in rows:
        place = f"{name}: row {rows.line_num}"
        if None in row or not (row["event"] or "").strip():
            raise WrongUse(f"{place}: expected an event's name and {len(given)} values")
        start = _day(place, "start", row["start"] or "")
        end = _day(place, "end", row["end"]) if row.get("end") else start
        yield _event(place, row["event"].strip(), start, end, (row.get("kind") or "").strip())


def _day(place: str, column: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WrongUse(f"{place}: {column}: expected a day such as 2026-06-24, got {text[:40]!r}") from None


def _event(place: str, name: str, start: date, end: date, kind: str) -> Event:
    if not start <= end <= start + timedelta(days=LONGEST):
        raise WrongUse(f"{place}: ends {end}, begins {start}: expected an end from the start to a year after it")
    return Event(start, end, name, kind)


def _from_ical(name: str, text: str, zone: str, until: date) -> Iterator[Event]:
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(text, multiple=True)
        if not calendars:
            raise ValueError("no VCALENDAR that ends")
        found = [event for calendar in calendars for event in calendar.walk("VEVENT")]
        for place, event in enumerate(found, start=1):
            if str(event.get("STATUS", "")).upper() != "CANCELLED":
                yield from _occurrences(f"{name}: event {place}", event, ZoneInfo(zone), until)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise WrongUse(f"{name}: not a calendar that can be read: {error}") from None


def _occurrences(place: str, event: Any, zone: ZoneInfo, until: date) -> Iterator[Event]:
    start, end = event.start, event.end
    kind = ", ".join(event.categories)
    for begin in _starts(event, start, until):
        first = _local(begin, zone)
        # an end is the first instant, or day, that no longer belongs to it
        last = begin + (end - start)
        whole = not isinstance(last, datetime)
        last_day = last - timedelta(days=1) if whole else _local(last - timedelta(microseconds=1), zone)
        yield _event(place, str(event.get("SUMMARY", "")).strip() or "?", first, max(first, last_day), kind)


def _starts(event: Any, start: date, until: date) -> list[date]:
    """When an event begins, each time it repeats, in the kind of value it was written in."""
    if "RRULE" not in event:
        return [start]
    from dateutil.rrule import rruleset, rrulestr

    moment = start if isinstance(start, datetime) else datetime.combine(start, time())
    times = rruleset()
    times.rrule(rrulestr(event["RRULE"].to_ical().decode(), dtstart=moment))
    for left_out in event.exdates:
        times.exdate(left_out if isinstance(left_out, datetime) else datetime.combine(left_out, time()))
    last = datetime.combine(until + timedelta(days=1), time(), moment.tzinfo)
    found = times.between(moment, last, inc=True)
    return found if isinstance(start, datetime) else [one.date() for one in found]


def _local(moment: date, zone: ZoneInfo) -> date:
    if not isinstance(moment, datetime):
        return moment
    # a time without a zone is the community's own
    return moment.date() if moment.tzinfo is None else moment.astimezone(UTC).astimezone(zone).date()
