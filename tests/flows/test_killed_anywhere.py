"""SIGKILL at twenty seeded moments of every phase, then a rerun: the rows of an undisturbed run, its readers too."""

import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.flows.killing import Life, Reader, ready_to_fork
from tests.flows.support import Rows, everything, small_places, write_configuration

FIRST, SECOND = datetime(2025, 5, 1), datetime(2025, 7, 1)
SEED = 20260628
# (phase, the longest delay in it in seconds); every kill but the first of a chain hits a rerun
UP_TO_THE_MODELS = [
    *[("pull", 1.0), ("load", 0.0), ("ingest", 0.2), ("load", 0.0), ("pull", 2.0), ("validate   raw", 0.2)],
    *[("transform", 1.0), ("transform", 4.0), ("load", 0.02), ("transform", 8.0), ("validate   raw", 0.5)],
    *[("transform", 6.0)],
]
FROM_VALIDATION = [
    *[("validate   core", 0.1), ("publish", 0.05), ("validate   marts", 0.2), ("publish", 0.3)],
    *[("report", 0.3), ("publish", 0.6), ("validate   core", 0.3), ("publish", 0.15)],
]


@dataclass
class Start:
    """A folder published at the first moment, its data then, and what an uninterrupted run publishes at the second."""

    folder: Path
    data: Path
    expected: dict[str, Rows]

    def again(self) -> None:
        """The data as they were; in the same place, so that dbt need not read its project anew."""
        shutil.rmtree(self.folder / ".muster")
        shutil.copytree(self.data, self.folder / ".muster", symlinks=True)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    room = tmp_path_factory.mktemp("kills")
    with ready_to_fork(), small_places(room, FIRST) as places:
        folder = write_configuration(room / "community", places.sources, "Europe/Paris", places.members, with_key=True)
        Life(folder, FIRST).end()
        shutil.copytree(folder / ".muster", room / "data", symlinks=True)
        places.move_to(SECOND)
        Life(folder, SECOND).end()
        yield Start(folder, room / "data", everything(folder))


def kill_in(start: Start, phase: str, delay: float, from_validation: bool) -> bool:
    """One run, killed `delay` seconds into a phase; whether it was in that phase by then."""
    life = Life(start.folder, SECOND, from_validation)
    life.until(phase)
    time.sleep(delay)
    return life.kill() and (life.is_loading() if phase == "load" else life.phase() == phase)


@pytest.mark.parametrize(
    ("kills", "from_validation"),
    [(UP_TO_THE_MODELS, False), (FROM_VALIDATION, True)],
    ids=["up_to_the_models", "from_validation"],
)
def test_killed_runs_lose_and_double_nothing(
    start: Start, kills: list[tuple[str, float]], from_validation: bool
) -> None:
    start.again()
    choose = random.Random(SEED)
    reader = Reader(start.folder / ".muster" / "serving")
    reader.start()
    if from_validation:
        assert kill_in(start, "validate   core", 0.0, False)
    for phase, longest in kills:
        # on another machine a phase may be over sooner: what missed it was one kill more
        hit = any(kill_in(start, phase, choose.uniform(0, longest), from_validation) for _ in range(5))
        assert hit, phase
    Life(start.folder, SECOND).end()
    reader.over.set()
    reader.join()
    assert reader.errors == []
    assert reader.reads > 20
    found = everything(start.folder)
    assert found.keys() == start.expected.keys()
    for table, rows in start.expected.items():
        assert found[table] == rows, table
