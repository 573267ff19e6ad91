"""Small cells of exported tables: withheld with all that tells of them, and never a single one of a sum."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from flows.export_shapes import Group, Shape

Row = dict[str, Any]


def suppress(shape: Shape, rows: Sequence[Row], minimum: int) -> int:
    """Empty the cells that speak of 1 to `minimum` - 1 people, those that give them away, and one more wherever a sum
    would; returns how many cells were emptied."""
    emptied = 0
    for group in shape.groups:
        present = [name for name in group.people if rows and name in rows[0]]
        hidden = {number for number, row in enumerate(rows) if _is_small(shape, present, row, minimum)}
        if "population" in shape.where:
            hidden |= _staff_given_away(shape, rows, present, minimum)
        for column in shape.sums:
            hidden |= _complements(shape, rows, hidden, column, present, minimum)
        emptied += sum(_empty(rows[number], group) for number in hidden)
    return emptied


def _is_small(shape: Shape, people: Sequence[str], row: Row, minimum: int) -> bool:
    if any(_few(row[name], minimum) for name in people):
        return True
    pairs = [(row.get(part), row.get(whole)) for part, whole in shape.within if part in people]
    return any(_few(whole - part, minimum) for part, whole in pairs if part is not None and whole is not None)


def _few(value: Any, minimum: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < minimum


def _staff_given_away(shape: Shape, rows: Sequence[Row], people: Sequence[str], minimum: int) -> set[int]:
    """Everyone less members are the staff: where those are few, everyone's row goes."""
    hidden = set()
    for group in _groups(shape, rows, range(len(rows)), "population"):
        by = {rows[number]["population"]: number for number in group}
        if not {"everyone", "members"} <= by.keys():
            continue
        everyone, members = rows[by["everyone"]], rows[by["members"]]
        known = [name for name in people if everyone[name] is not None and members[name] is not None]
        if any(_few(everyone[name] - members[name], minimum) for name in known):
            hidden.add(by["everyone"])
    return hidden


def _complements(
    shape: Shape, rows: Sequence[Row], hidden: set[int], column: str, people: Sequence[str], minimum: int
) -> set[int]:
    """Where the withheld cells of a sum are few people together the next smallest go too: the total less the rest would
    tell how many they are."""
    more = set()
    parts = [number for number, row in enumerate(rows) if column != "scope" or row["scope"] != "all"]
    for group in _groups(shape, rows, parts, column):
        gone = [rows[number] for number in group if number in hidden]
        left = [number for number in group if number not in hidden and _size(rows[number], people)]
        for number in sorted(left, key=lambda number: (_size(rows[number], people), number)):
            if not _told_by_the_rest(gone, people, minimum):
                break
            more.add(number)
            gone.append(rows[number])
        if column == "scope" and _told_by_the_rest(gone, people, minimum):
            more |= _totals(shape, rows, group[0])  # no other source to hide behind: the total is theirs
    return more


def _told_by_the_rest(gone: Sequence[Row], people: Sequence[str], minimum: int) -> bool:
    return len(gone) == 1 or any(_few(sum(row[name] or 0 for row in gone), minimum) for name in people)


def _totals(shape: Shape, rows: Sequence[Row], number: int) -> set[int]:
    """The row of 'all' that stands where this row stands."""
    here = [(name, rows[number][name]) for name in shape.where if name != "scope"]
    totals = (other for other, row in enumerate(rows) if row["scope"] == "all")
    return {other for other in totals if all(rows[other][name] == value for name, value in here)}


def _groups(shape: Shape, rows: Sequence[Row], numbers: Iterable[int], column: str) -> list[list[int]]:
    """Rows that differ in that column alone, of those that say where they stand."""
    fixed = [name for name in shape.where if name != column]
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number in numbers:
        groups[tuple(rows[number][name] for name in fixed)].append(number)
    return list(groups.values())


def _size(row: Row, people: Sequence[str]) -> int:
    return max((row[name] or 0 for name in people), default=0)


def _empty(row: Row, group: Group) -> int:
    gone = [name for name in (*group.people, *group.others) if row.get(name) is not None]
    for name in gone:
        row[name] = None
    return len(gone)
