"""Any sequence of batches, shuffled and doubled, gives the versions that a few lines of plain Python give."""

import os
import random
import shutil
import tempfile
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.landing import merge

Observation = tuple[Any, ...]  # room, id, text, other, mentions, hour, run, seq
COLUMNS = "room, id, text, other, mentions, observed_at, run_id, seq"
DAY = datetime(2024, 1, 1)

texts = st.sampled_from([None, "", "null", "a", "b", "other=1:a", "a;b"])
lists = st.sampled_from([None, "[]", "[null]", '["null"]', '["a, b"]', '["a","b"]'])
contents = st.tuples(texts, texts, lists)
keys = st.tuples(st.sampled_from([None, "hall"]), st.integers(1, 2))
# few hours, so that moments collide and late ones arrive
observations = st.tuples(keys, contents, st.integers(0, 5), st.sampled_from(["r1", "r2"]))
batches = st.lists(st.lists(observations, max_size=6), max_size=3)
EXAMPLES = int(os.environ.get("MUSTER_EXAMPLES", "20"))


def flat(batches: list[list[Any]]) -> list[list[Observation]]:
    """Every observation with a seq of its own, as page and row order give it."""
    seq = 0
    result = []
    for batch in batches:
        rows = []
        for key, content, hour, run in batch:
            seq += 1
            rows.append((*key, *content, DAY + timedelta(hours=hour), run, seq))
        result.append(rows)
    return result


def reference(batches: list[list[Observation]]) -> list[Observation]:
    """A row is a version if it differs from what precedes it among the key's versions and its own batch."""
    versions: dict[Any, list[Observation]] = defaultdict(list)
    for batch in batches:
        arrived = defaultdict(set)
        for row in batch:
            arrived[row[:2]].add(row)
        for key, rows in arrived.items():
            kept = set(versions[key])
            previous = None
            for row in sorted(kept | rows, key=lambda row: row[5:]):
                if row not in kept and (previous is None or previous[2:5] != row[2:5]):
                    versions[key].append(row)
                previous = row
    return [row for rows in versions.values() for row in rows]


@pytest.fixture
def play(folder: Any, land: Any) -> Any:
    """Merges the batches into a fresh copy of an empty build database; all versions."""
    land(folder.warehouse, "messages", [])

    def run(batches: list[list[Observation]]) -> list[Observation]:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(shutil.copy(folder.warehouse, scratch))
            for batch in batches:
                with duckdb.connect(str(path)) as connection:
                    connection.execute("set timezone = 'UTC'")
                    if batch:
                        marks = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in batch)
                        values = [
                            f"{value}+00" if isinstance(value, datetime) else value for row in batch for value in row
                        ]
                        connection.execute(f"insert into landing_square.messages ({COLUMNS}) values {marks}", values)
                counts = merge(path, source="square", platform="plaza", run_id="x", loaded_at=DAY)["messages"]
                assert counts.received == len(batch) == counts.landed + counts.unchanged
            with duckdb.connect(str(path)) as connection:
                columns = COLUMNS.replace("mentions", "to_json(mentions)::varchar")
                return connection.execute(f"select {columns} from raw_plaza.messages").fetchall()

    return run


def ordered(rows: list[Observation]) -> list[Observation]:
    return sorted(rows, key=lambda row: (str(row[0]), row[1], row[5:]))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=batches, seed=st.integers(0, 99))
def test_versions_equal_the_reference(play: Any, batches: list[list[Any]], seed: int) -> None:
    dice = random.Random(seed)
    plain = flat(batches)
    played = []
    for batch in plain:
        doubled = batch + dice.sample(batch, k=len(batch) // 2)
        played.append(dice.sample(doubled, k=len(doubled)))
    again = [dice.sample(batch, k=len(batch)) for batch in plain if dice.random() < 0.5]
    # packages that land once more at the end add nothing, unless late rows came between: the reference says
    assert ordered(play(played + again)) == ordered(reference(plain + again))


@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=batches, cut=st.integers(3, 6))
def test_in_time_order_the_cut_into_batches_does_not_matter(play: Any, batches: list[list[Any]], cut: int) -> None:
    rows = sorted((row for batch in flat(batches) for row in batch), key=lambda row: row[5:])
    small = [rows[start : start + cut] for start in range(0, len(rows), cut)]
    expected = []
    latest: dict[Any, Observation] = {}
    for row in rows:
        if row[:2] not in latest or latest[row[:2]][2:5] != row[2:5]:
            expected.append(row)
        latest[row[:2]] = row
    assert ordered(play(small)) == ordered(expected)
    assert ordered(play([rows, *small])) == ordered(expected)
