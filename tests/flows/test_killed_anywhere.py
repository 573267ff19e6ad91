"""SIGKILL at twenty seeded moments of every phase, then a rerun: the rows of an undisturbed run, its readers too."""

import random
import time
from collections.abc import Iterator

import pytest

from tests.flows.killing import SECOND, Life, Reader, Start, published_twice

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


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    with published_twice(tmp_path_factory.mktemp("kills")) as start:
        yield start


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
    start.agrees()
