"""Reads a connector in a thread of its own, some pages ahead of what is landed, and says where a package ends."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from sources.connector import Bulk, Context, Coverage, Item, Page
from sources.errors import Stopped

AHEAD_BYTES = 16 * 1024 * 1024
RECORD_BYTES = 1024  # what a record is taken to hold whose JSON text is not beside it
# where landing would only wait, so many records that came in so many seconds are landed together, if the reader waited
# for most of these too: a package costs a third of a second of a processor, which must have nothing else to do
EARLY, EARLY_SECONDS = 2_500, 1.0
BULK_ROWS = 10  # rows of a typed table that weigh as much as one record where a package ends


@dataclass(frozen=True)
class Cut:
    """A package ends here: the cursor's state as it stood beside the item before, and what ended the reading."""

    state: dict[str, Any]
    is_last: bool = False
    error: BaseException | None = None


class Ahead:
    """What a connector gives, with the cuts between; at most `AHEAD_BYTES` of it wait, or one item that is larger.

    The connector runs in the thread alone: all it reaches (its state, `known`, the meter) it reaches from there. Its
    state is copied at the cuts only, while it stands still: at every page the copies of a large one would cost more
    than the reading. To be used with `with`: at the end, whatever brought it, the connector is closed and the thread
    joined; a connector that waits or asks for more is stopped at its next request or pause.
    """

    def __init__(self, read: Callable[[Context], Iterator[Item]], context: Context) -> None:
        """Reads nothing yet."""
        self.read, self.context = read, context
        self._given: deque[tuple[Item | Cut, int]] = deque()
        self._size = 0
        self._is_awaited = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"read {context.source}")
        if context.sleep is time.sleep:
            context.sleep = context.meter.sleep

    def __enter__(self) -> Iterator[Item | Cut]:
        """Begins to read; the last thing given is a cut that says so."""
        self._thread.start()
        return self._taken()

    def __exit__(self, *_: object) -> None:
        """Stops what still reads."""
        self.context.meter.stop.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()

    def _taken(self) -> Iterator[Item | Cut]:
        while True:
            with self._changed:
                self._is_awaited = not self._given
                self._changed.wait_for(lambda: self._given)
                self._is_awaited = False
                one, size = self._given.popleft()
                self._size -= size
                self._changed.notify_all()
            yield one

    def _run(self) -> None:
        """The thread: an error is given as what ended the reading, behind what was read before it."""
        error: BaseException | None = None
        try:
            self._read_all()
        except Stopped:
            return
        except BaseException as raised:
            error = raised
        try:
            self._give(Cut(self._state(), True, error))
        except Stopped:
            return

    def _read_all(self) -> None:
        weight, items, began = 0.0, self.read(self.context), _clocks()
        try:
            for item in items:
                is_awaited = self._is_awaited
                self._give(item, _size(item))
                weight += _weight(item)
                is_early = is_awaited and weight >= EARLY and _has_waited(began)
                if weight >= self.context.row_limit or is_early:
                    self._give(Cut(self._state()))
                    weight, began = 0.0, _clocks()
        finally:
            if close := getattr(items, "close", None):
                close()  # its connections are this thread's

    def _state(self) -> dict[str, Any]:
        return deepcopy(dict(self.context.state))

    def _give(self, one: Item | Cut, size: int = 0) -> None:
        stop = self.context.meter.stop
        with self._changed:
            self._changed.wait_for(lambda: stop.is_set() or not self._size or self._size + size <= AHEAD_BYTES)
            if stop.is_set():
                raise Stopped
            self._given.append((one, size))
            self._size += size
            self._changed.notify_all()


def _clocks() -> tuple[float, float]:
    """Seconds of the clock on the wall, and processor seconds of this thread."""
    return time.monotonic(), time.thread_time()


def _has_waited(began: tuple[float, float]) -> bool:
    seconds, busy = (now - before for now, before in zip(_clocks(), began, strict=True))
    return seconds >= EARLY_SECONDS and busy <= seconds / 2


def _weight(item: Item) -> float:
    """In records: what a package holds is bounded by them, for each has its fixed cost."""
    if isinstance(item, Page):
        return len(item.records)
    if isinstance(item, Bulk):
        return len(item.table) / BULK_ROWS
    return 0 if isinstance(item, Coverage) else 1


def _size(item: Item) -> int:
    """Bytes, about: of texts, not of the objects made of them."""
    if isinstance(item, Bulk):
        return int(item.table.nbytes)
    if not isinstance(item, Page):
        return RECORD_BYTES
    return sum(map(len, item.payloads)) if item.payloads else RECORD_BYTES * len(item.records)
