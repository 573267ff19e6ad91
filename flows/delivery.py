"""Delivers the week's summary to whom it is owed, once for each period, withheld or annotated when in doubt."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows import publication, recipients
from flows.delivery_ledger import Ledger
from flows.delivery_post import Letter, Refused, Unsent, post
from flows.errors import Failure, WrongUse
from flows.sections import Settings
from flows.settings import load
from warehouse import publish as snapshots
from warehouse.errors import Busy
from warehouse.layout import DataFolder
from warehouse.lock import exclusive

ATTEMPTS = 3
PAUSE_SECONDS = 5.0
WORDS = {
    "sent": "sent",
    "already": "was sent before: nothing goes out twice for one period",
    "would": "would be sent",
    "withheld": "withheld",
    "failed": "failed",
    "unsure": "may have been sent when an earlier run was killed; `muster deliver --again` sends it once more",
}
MISSED = ("failed", "unsure")
BEFORE = {"sent": "already", "sending": "unsure"}  # what the ledger says of an earlier run


@dataclass(frozen=True)
class Delivered:
    """What became of one recipient; `outcome` is one of WORDS."""

    name: str
    outcome: str
    detail: str = ""

    def line(self) -> str:
        """One line for the terminal."""
        return f"{self.name:12} {WORDS[self.outcome]}" + (f": {self.detail}" if self.detail else "")


@dataclass(frozen=True)
class Asked:
    """How a delivery is asked for: the moment, naive UTC; only to be told; once more what was sent before."""

    now: datetime
    dry_run: bool = False
    again: bool = False
    pause: Callable[[float], None] = time.sleep


def deliver(settings: Settings, asked: Asked) -> list[Delivered]:
    """Send the report of what is published to everyone it is owed; a failed one is retried, and left owed."""
    from reports.build import period as week_of

    known = recipients.addresses(settings)
    folder = DataFolder(settings.data_dir)
    snapshot = snapshots.current(folder)
    if snapshot is None:
        raise Failure("nothing is published yet; `muster run` publishes")
    period = week_of(snapshot, timezone=settings.community.timezone)
    if period is None:
        return [Delivered(name, "withheld", "no week is complete yet") for name in known]
    ledger = Ledger(folder.root / "deliveries.json")
    told = {} if asked.again else _told(ledger, period, known)
    # the daily run of a weekly letter builds nothing once nothing is owed
    if owed := known.keys() - told:
        note = " ".join(_doubts(settings, snapshot, period, asked.now))
        with publication.proven(settings, snapshot) as report:
            letter = Letter.read(report, settings.community.name, period, note=note)
        withheld = note if settings.reports.weekly.in_doubt == "withhold" else ""
        told |= {name: _one(ledger, letter, name, known[name], withheld, asked) for name in sorted(owed)}
    return [told[name] for name in known]


def _told(ledger: Ledger, period: str, names: Iterable[str]) -> dict[str, Delivered]:
    """Those to whom an earlier run sent, or may have sent."""
    states = {name: ledger.state(_key(period, name)) for name in names}
    return {name: Delivered(name, BEFORE[state]) for name, state in states.items() if state in BEFORE}


def deliver_now(config: Path | None, *, dry_run: bool, again: bool) -> list[Delivered]:
    """What `muster deliver` does; WrongUse when nobody is named."""
    settings = load(config)
    if not settings.reports.weekly.to:
        raise WrongUse(
            f"{settings.file.name}: reports.weekly.to names nobody; add `[reports.weekly]` with `to = [...]`"
        )
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    try:
        with exclusive(DataFolder(settings.data_dir), now):
            return deliver(settings, Asked(now, dry_run=dry_run, again=again))
    except Busy as busy:
        raise Failure(str(busy)) from None


def _doubts(settings: Settings, snapshot: Path, period: str, now: datetime) -> list[str]:
    from reports.doubts import doubts

    community = settings.community
    return doubts(snapshot, period, now=now, locale=community.locale, timezone=community.timezone)


def _key(period: str, name: str) -> str:
    return f"weekly/{period}/{name}"


def _one(ledger: Ledger, letter: Letter, name: str, address: str, withheld: str, asked: Asked) -> Delivered:
    if withheld:
        return Delivered(name, "withheld", withheld)
    if asked.dry_run:
        return Delivered(name, "would")
    key = _key(letter.period, name)
    # written down before it goes out: killed in between, it is rather not sent than sent twice
    ledger.write(key, "sending", asked.now)
    problem = _tried(address, letter, asked.pause)
    ledger.write(key, "failed" if problem else "sent", asked.now)
    return Delivered(name, "failed", problem) if problem else Delivered(name, "sent")


def _tried(address: str, letter: Letter, pause: Callable[[float], None]) -> str:
    """Nothing once it is out, else why it is not; what may pass by itself is tried again."""
    problem = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(PAUSE_SECONDS * 4 ** (attempt - 1))
        try:
            post(address, letter)
        except Refused as refused:
            return str(refused)
        except Unsent as unsent:
            problem = str(unsent)
        else:
            return ""
    return f"{problem}; tried {ATTEMPTS} times"
