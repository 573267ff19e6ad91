"""Looks again at known things within the day's budget, where a platform shows many of them by their ids at once.

Half of the day's requests go to the newest things, half to older ones, further back from run to run, then round again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sources.budget import Budget
from sources.connector import Item


def look_back(
    budget: Budget,
    known: Sequence[str],
    age: Callable[[str], Any],
    size: int,
    look: Callable[[list[str]], Iterator[Item]],
) -> Iterator[Item]:
    """`known` are ids, newest first by `age`; `look` takes at most `size` of them. The state remembers the place."""
    reserve, place, state = budget.left() // 2, 0, budget.state
    while place < len(known) and budget.left() > reserve:
        yield from budget.spending(look(list(known[place : place + size])))
        place += size
    low = str(state.get("position") or "")
    older = [one for one in known[place:] if not low or age(one) < age(low)]
    while older and budget.left():
        yield from budget.spending(look(older[:size]))
        state["position"], older = older[:size][-1], older[size:]
    if not older:
        state["position"] = None
