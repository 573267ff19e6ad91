"""Misbehaviour to order: what a double does wrong, how often and on which paths; and its rate limit."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

FaultKind = Literal[
    "status", "rate_limit", "slow", "truncated", "malformed", "duplicate", "reorder", "stuck", "endless", "redirect",
    "huge", "drop",
]  # fmt: skip


@dataclass(slots=True)
class Fault:
    """One order: `times` answers (-1: all) on paths that start with `path`, after `skip` good ones."""

    kind: FaultKind
    times: int = 1
    path: str = ""
    skip: int = 0
    status: int = 503
    seconds: float = 30.0
    location: str = ""
    size: int = 1 << 30
    retry_after: str | None = None


@dataclass(slots=True)
class Faults:
    """The open orders; the first that matches is served."""

    orders: list[Fault] = field(default_factory=list)

    def add(self, kind: FaultKind, times: int = 1, path: str = "", skip: int = 0, **more: object) -> Fault:
        """Order a fault. status=, seconds=, location=, size=, retry_after= where the kind uses them."""
        fault = Fault(kind, times, path, skip)
        for name, value in more.items():
            setattr(fault, name, value)
        self.orders.append(fault)
        return fault

    def clear(self) -> None:
        """Behave from now on."""
        self.orders.clear()

    def take(self, path: str) -> Fault | None:
        """The fault for a request on `path`, counted as served."""
        for fault in self.orders:
            if fault.times == 0 or not path.startswith(fault.path):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            return fault
        return None


@dataclass(slots=True)
class Limit:
    """At most `requests` in any `seconds`, by `clock`. `longest` requests of that window are remembered only."""

    requests: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    seen: deque[float] = field(default_factory=deque)

    def wait(self) -> float:
        """Count a request and return 0.0, or the seconds until the next one is allowed."""
        now = self.clock()
        while self.seen and self.seen[0] <= now - self.seconds:
            self.seen.popleft()
        if len(self.seen) >= self.requests:
            return self.seen[0] + self.seconds - now
        self.seen.append(now)
        return 0.0
