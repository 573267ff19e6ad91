"""Proves keys distinct, or found among others, by their sorted 64-bit hashes: half the time of grouping or joining.

Two keys of one hash only make a proof of distinctness fail, and the exact question is asked then. A reference that
finds no partner but has the hash of one is overlooked: a chance of n in 2^64 among n partners (5 million: 3 in 10^13).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from expectations.checks import Check

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]


FEW = 100_000  # with so many partners a join is as quick


class KeyHashes:
    """The keys of a database's tables; those that others may refer to are fetched once and stay, 8 bytes a row."""

    def __init__(self) -> None:
        self._kept: dict[str, Hashes] = {}

    def prove(self, connection: duckdb.DuckDBPyConnection, check: Check) -> bool:
        """Whether the check is one of keys and holds for certain; if not, or if it cannot be asked so, ask exactly."""
        if check.keys is None:
            return False
        try:
            if check.partners is None:
                return len(_distinct(own := self._keys(connection, check.keys))) == len(own)
            partners = _distinct(self._keys(connection, check.partners))
            return len(partners) > FEW and _within(_distinct(_fetch(connection, check.keys)), partners)
        except duckdb.Error:
            return False

    def _keys(self, connection: duckdb.DuckDBPyConnection, query: str) -> Hashes:
        if query not in self._kept:
            self._kept[query] = _fetch(connection, query)
        return self._kept[query]


def _fetch(connection: duckdb.DuckDBPyConnection, query: str) -> Hashes:
    import numpy as np

    found = np.asarray(connection.execute(query).fetchnumpy()["key"], np.uint64)
    found.sort()
    return found


def _distinct(ordered: Hashes) -> Hashes:
    import numpy as np

    is_new = np.ones(len(ordered), bool)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return ordered if is_new.all() else ordered[is_new]


def _within(some: Hashes, others: Hashes) -> bool:
    """Whether all of some distinct hashes are among others: together they are no more than the others alone."""
    import numpy as np

    both = np.concatenate((some, others))
    both.sort()
    return len(_distinct(both)) == len(others)
