"""The community's calendar becomes days: from CSV and iCalendar, with every fault named by its row."""

from datetime import date
from pathlib import Path

import pytest

from flows.calendar import Event, read_calendar
from flows.errors import WrongUse

PARIS = "Europe/Paris"
UNTIL = date(2026, 7, 31)
ICAL = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x//EN
BEGIN:VEVENT
UID:1
SUMMARY:Lantern walk
CATEGORIES:meeting
DTSTART;VALUE=DATE:20260624
DTEND;VALUE=DATE:20260626
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Late call\\, in the evening
DTSTART:20260623T223000Z
DTEND:20260623T233000Z
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:Office hour
DTSTART;VALUE=DATE:20260706
RRULE:FREQ=WEEKLY
EXDATE;VALUE=DATE:20260713
END:VEVENT
BEGIN:VEVENT
UID:4
SUMMARY:Called off
STATUS:CANCELLED
DTSTART;VALUE=DATE:20260624
END:VEVENT
END:VCALENDAR
"""


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_csv_gives_days_once_and_in_order(tmp_path: Path) -> None:
    text = "\ufeffevent,start,end,kind\nContest,2026-06-24,2026-06-26,contest\nWalk,2026-06-01,,\nWalk,2026-06-01,,\n"
    assert read_calendar(written(tmp_path, "c.csv", text), PARIS, UNTIL) == [
        Event(date(2026, 6, 1), date(2026, 6, 1), "Walk"),
        Event(date(2026, 6, 24), date(2026, 6, 26), "Contest", "contest"),
    ]
    assert read_calendar(written(tmp_path, "d.csv", "event,start\nWalk,2026-12-01\n"), PARIS, UNTIL) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,start\n", "row 1: expected the columns event, start, end, kind"),
        ("event,start\nWalk,24/06/2026\n", "row 2: start: expected a day such as 2026-06-24, got '24/06/2026'"),
        ("event,start,end\nA,2026-06-24,2026-06-24\nWalk,2026-06-24,2026-06-01\n", "row 3: ends 2026-06-01, begins"),
        ("event,start\n,2026-06-24\n", "row 2: expected an event's name"),
        ("event,start\nWalk,2026-06-24,more\n", "row 2: expected an event's name and 2 values"),
    ],
)
def test_a_fault_is_named_by_its_row(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(WrongUse, match=r"^c\.csv: ") as told:
        read_calendar(written(tmp_path, "c.csv", text), PARIS, UNTIL)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_ical_ends_are_not_included_and_times_are_of_the_community(tmp_path: Path) -> None:
    events = read_calendar(written(tmp_path, "c.ics", ICAL), PARIS, UNTIL)
    assert events[:2] == [
        # half past midnight in Paris
        Event(date(2026, 6, 24), date(2026, 6, 24), "Late call, in the evening"),
        Event(date(2026, 6, 24), date(2026, 6, 25), "Lantern walk", "meeting"),
    ]
    assert [event.start_date.day for event in events[2:]] == [6, 20, 27]
    assert not any(event.event == "Called off" for event in events)


def test_what_is_no_calendar_says_so(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"c\.ics: not a calendar"):
        read_calendar(written(tmp_path, "c.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"), PARIS, UNTIL)
    with pytest.raises(WrongUse, match=r"\[calendar\] file names the calendar"):
        read_calendar(tmp_path / "none.csv", PARIS, UNTIL)
    with pytest.raises(WrongUse, match=r"a \.csv or an \.ics"):
        read_calendar(tmp_path / "c.xlsx", PARIS, UNTIL)
