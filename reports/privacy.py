"""Small cells: which figures a report must not give because they would speak of too few members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from reports.metrics import METRICS, Series

Cell = tuple[str, str]  # scope, metric
Part = TypeVar("Part")


def small_cells(values: Mapping[Cell, float | None], minimum: int) -> set[Cell]:
    """The figures of one period to withhold; zero is told, 1 to minimum - 1 members are not.

    Messages are withheld with their authors. Where one source alone would be withheld, or several few together,
    the total would give them away, so the next smallest is withheld with them.
    """
    small = {cell for cell in values if _is_small(values, cell, minimum)}
    for metric in METRICS:
        sources = [(scope, key) for scope, key in values if key == metric.key and scope != "all"]
        hidden = [cell for cell in sources if cell in small]
        shown = sorted((values[cell] or 0.0, cell) for cell in sources if cell not in small and values[cell])
        small.update(cover(hidden, (cell for _, cell in shown), lambda cell: _people(values, cell), minimum))
    return small


def cover(hidden: list[Part], shown: Iterable[Part], people: Callable[[Part], float], minimum: int) -> list[Part]:
    """The hidden parts of a total with as many of the shown, the smallest first, as keep it from telling of few."""
    covered = list(hidden)
    for part in shown:
        if len(covered) != 1 and not 0 < sum(map(people, covered)) < minimum:
            break
        covered.append(part)
    return covered


def _people(values: Mapping[Cell, float | None], cell: Cell) -> float:
    """The members a figure speaks of: for messages, their authors."""
    counts = next(metric.counts for metric in METRICS if metric.key == cell[1])
    return values.get((cell[0], "posters") if counts == "messages" else cell) or 0.0


def _is_small(values: Mapping[Cell, float | None], cell: Cell, minimum: int) -> bool:
    value = values[cell]
    if value is None:
        return False
    if 0 < value < minimum:
        return True
    counts = next(metric.counts for metric in METRICS if metric.key == cell[1])
    posters = values.get((cell[0], "posters"))
    return counts == "messages" and value > 0 and posters is not None and 0 < posters < minimum


def quiet_series(series: Series, authors: Series, minimum: int) -> Series:
    """A series for pictures with its small cells left out."""
    shown: Series = {}
    for week, value in series.items():
        few = authors.get(week)
        small = value is not None and (0 < value < minimum or (value > 0 and few is not None and 0 < few < minimum))
        shown[week] = None if small else value
    return shown
