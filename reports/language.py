"""One reader's language: gettext catalogues compiled in memory, and Babel's numbers and dates."""

from __future__ import annotations

import gettext
import io
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from reports.escape import LONGEST_NOTE, clean_text, clean_url
from reports.snapshot import ReportError

LANGUAGES = ("en", "fr", "ru")
FOLDER = Path(__file__).parent / "locale"
MINUS = "\u2212"


@cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The compiled catalogue of a language; no compiled file is kept beside the source."""
    path = FOLDER / code / "LC_MESSAGES" / "muster.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Language:
    """Words, plurals and number and date formats of one locale, in the community's time zone."""

    def __init__(self, code: str, zone: ZoneInfo) -> None:
        if code not in LANGUAGES:
            raise ReportError(f"community.locale: {code!r} is not known; choose one of {', '.join(LANGUAGES)}")
        self.code = code
        self.zone = zone
        self.locale = Locale(code)
        self._catalogue = catalogue(code)

    def _(self, message: str) -> str:
        """A message in this language."""
        return self._catalogue.gettext(message)

    def plural(self, one: str, many: str, count: int) -> str:
        """The form of a message that goes with a count."""
        return self._catalogue.ngettext(one, many, abs(count))

    def format(self, kind: str, value: Any) -> str:
        """A value as this reader sees it; the kinds are those of `Slot.format`."""
        return str(getattr(self, f"_as_{kind}")(value))

    def _as_integer(self, value: float) -> str:
        return self._sign(value, plus="") + format_decimal(abs(round(value)), locale=self.locale)

    def _as_tally(self, value: float) -> str:
        # a count where there is room for a number only: a small cell reads "<5"
        return self._as_integer(value)

    def _as_signed(self, value: float) -> str:
        return self._sign(value, plus="+") + format_decimal(abs(round(value)), locale=self.locale)

    def _as_percent(self, value: float) -> str:
        return self._percent(value, plus="")

    def _as_signed_percent(self, value: float) -> str:
        return self._percent(value, plus="+")

    def _as_points(self, value: float) -> str:
        # a difference of two shares, in percentage points
        tenths = round(value * 1000)
        return self._sign(tenths, plus="+") + format_decimal(abs(tenths) / 10, format="#,##0.0", locale=self.locale)

    def _as_decimal(self, value: float) -> str:
        return self._sign(value, plus="") + format_decimal(abs(value), format="0.00", locale=self.locale)

    def _as_days(self, value: float) -> str:
        return str(format_unit(round(value), "duration-day", "long", locale=self.locale))

    def _as_duration(self, value: float) -> str:
        # hours; from two days on nobody counts them
        if value >= 48:
            return self._as_days(value / 24)
        return str(format_unit(round(value), "duration-hour", "long", locale=self.locale))

    def _percent(self, value: float, *, plus: str) -> str:
        # rounded before formatting: without quantization the locale's own pattern keeps every digit it gets
        rounded = round(value, 2) if abs(value) >= 0.1 else round(value, 3)
        text = format_percent(abs(rounded), locale=self.locale, decimal_quantization=False)
        return self._sign(rounded, plus=plus) + text

    @staticmethod
    def _sign(value: float, *, plus: str) -> str:
        return MINUS if value < 0 else plus if value > 0 else ""

    def _as_date(self, value: date) -> str:
        return format_date(value, "long", locale=self.locale)

    def _as_day(self, value: date) -> str:
        return format_skeleton("MMMEd", value, locale=self.locale)

    def _as_month(self, value: date) -> str:
        return format_date(value, "LLL", locale=self.locale)

    def _as_cohort(self, value: date) -> str:
        return format_skeleton("yMMM", value, locale=self.locale)

    def _as_instant(self, value: datetime) -> str:
        local = value.replace(tzinfo=ZoneInfo("UTC")).astimezone(self.zone)
        day = format_date(local.date(), "medium", locale=self.locale)
        return f"{day}, {local:%H:%M}"

    def _as_interval(self, value: tuple[date, date]) -> str:
        return format_interval(value[0], value[1], "yMMMd", locale=self.locale)

    def _as_text(self, value: str) -> str:
        return clean_text(value)

    def _as_note(self, value: str) -> str:
        return clean_text(value, LONGEST_NOTE)

    def _as_url(self, value: str) -> str:
        return clean_url(value)
