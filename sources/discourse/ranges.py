"""Sets of whole numbers kept as closed ranges, lowest first: which post ids have been walked."""

from __future__ import annotations

from collections.abc import Sequence

Ranges = list[list[int]]


def add(ranges: Ranges, low: int, high: int) -> Ranges:
    """The ranges with [low, high] in them; what touches is joined."""
    joined: Ranges = []
    for start, end in sorted([*ranges, [low, high]]):
        if joined and start <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return joined


def highest_gap(ranges: Sequence[Sequence[int]]) -> tuple[int, int] | None:
    """The highest unwalked stretch as (walked id above it, highest walked id below it or 0); None if none is left."""
    if not ranges or ranges[-1][0] <= 1:
        return None
    return ranges[-1][0], ranges[-2][1] if len(ranges) > 1 else 0
