"""What a platform's connector is, and what it is given and gives back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sources.errors import Stopped
from sources.streams import Rejected, Stamp, Stream

if TYPE_CHECKING:
    import httpx
    import pyarrow as pa
    from pydantic import BaseModel


@dataclass(frozen=True)
class Page:
    """Records of one stream, with each item's exact JSON text beside if it is kept."""

    stream: str
    records: list[dict[str, Any]]
    payloads: list[bytes | str] | None = None


@dataclass(frozen=True)
class Bulk:
    """A typed Arrow table of one stream's declared columns: for whole files, where records one by one would be slow."""

    stream: str
    table: pa.Table


@dataclass(frozen=True)
class Coverage:
    """A stretch of time (naive UTC, None = open) a stream was observed in, or could not be, for the reason given."""

    stream: str
    observed_from: datetime | None
    observed_to: datetime | None
    reason: str | None = None


@dataclass(frozen=True)
class Finding:
    """One line of `muster check`: what works, what is missing."""

    level: Literal["ok", "warning", "error"]
    text: str


@dataclass
class Meter:
    """What a pull has done so far, what it has to tell the user, and whether it is to stop."""

    requests: int = 0
    notes: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def count(self) -> None:
        """Counts a request that is about to be made; raises Stopped instead if nobody waits for its answer."""
        if self.stop.is_set():
            raise Stopped
        self.requests += 1

    def sleep(self, seconds: float) -> None:
        """Waits, or raises Stopped as soon as nobody waits for what comes after."""
        if self.stop.wait(seconds):
            raise Stopped


@dataclass
class Context:
    """Everything a connector may know; it reads no clock, no environment and no file of configuration itself.

    `row_limit` is how many records are landed together, or ten times as many rows of typed tables. `present` tells
    `now`, and as much later as the run has gone on.
    """

    source: str
    options: Any
    secrets: Mapping[str, str]
    state: MutableMapping[str, Any]
    known: Callable[[str], pa.Table]
    now: datetime
    run_id: str
    since: datetime | None = None
    full: bool = False
    row_limit: int = 50_000
    meter: Meter = field(default_factory=Meter)
    sleep: Callable[[float], None] = time.sleep
    transport: httpx.BaseTransport | None = None
    present: Callable[[], datetime] | None = None

    def stamp(self, seq: int = 0) -> Stamp:
        """What the rows that are read by now carry."""
        return Stamp(self.source, self.run_id, self.now, seq, self.present() if self.present else None)


Item: TypeAlias = Page | Bulk | Coverage | Rejected


def unseen(context: Context, stream: str, reason: str) -> Coverage:
    """A part of a stream that is not seen while the rest is: said in the run's notes too, and no hole in time."""
    context.meter.notes.append(reason)
    return Coverage(stream, context.now, context.now, reason)


@dataclass(frozen=True)
class Connector:
    """A platform: what it yields, what it needs, how honestly it is tested, how it is read and checked.

    `read` yields first and moves `ctx.state` afterwards: the state may lag behind what was yielded, never run ahead,
    so that a kill at any instant costs a page read twice and never a page lost.
    """

    platform: str
    title: str
    streams: tuple[Stream, ...]
    options: type[BaseModel]
    secrets: tuple[str, ...]
    membership: str
    test_bed: str
    proves: str
    cannot: Mapping[str, str]
    is_live: bool
    read: Callable[[Context], Iterator[Item]]
    check: Callable[[Context], list[Finding]]

    def stream(self, name: str) -> Stream:
        """The declared stream of that name."""
        return next(stream for stream in self.streams if stream.name == name)
