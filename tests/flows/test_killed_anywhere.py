"""SIGKILL at seeded moments of every phase, then a rerun: the rows of an uninterrupted run, readers undisturbed."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.flows.support import Rows, everything, small_places, write_configuration

PHASES = ("ingest", "ingest", "validate   raw", "transform", "validate   core", "publish")
KILLS_PER_CHAIN = 5
CHAINS = 4
FIRST, SECOND = datetime(2025, 5, 1), datetime(2025, 7, 1)


def start(folder: Path, now: datetime) -> subprocess.Popen[str]:
    code = f"import datetime; from flows.pipeline import muster; muster(config={str(folder)!r}, now={now!r})"
    # a session of its own, so that the whole group dies, as on a machine that loses power
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def complete(folder: Path, now: datetime) -> None:
    process = start(folder, now)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-2000:]


def kill_in(folder: Path, now: datetime, phase: str, delay: float) -> bool:
    """Run, and kill `delay` seconds after the phase was announced; whether the run was still alive then."""
    process = start(folder, now)
    assert process.stderr is not None
    for line in process.stderr:
        if phase in line:
            time.sleep(delay)
            break
    alive = process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return alive


class Reader(threading.Thread):
    """Opens what is served, asks it, closes it, twenty times a second; remembers every error."""

    def __init__(self, serving: Path) -> None:
        super().__init__(daemon=True)
        self.serving, self.reads, self.errors = serving, 0, list[str]()
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            try:
                with duckdb.connect(str(self.serving / "community.duckdb"), read_only=True) as connection:
                    assert connection.execute("select count(*) from marts.fct_messages").fetchall()[0][0] > 0
                self.reads += 1
            except (duckdb.Error, AssertionError) as error:
                self.errors.append(str(error))


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Rows]]]:
    """A folder published at the first moment, and what an uninterrupted run publishes at the second."""
    room = tmp_path_factory.mktemp("kills")
    with small_places(room, FIRST) as places:
        folder = write_configuration(room / "start", places.sources, "Europe/Paris", places.members, with_key=True)
        complete(folder, FIRST)
        places.move_to(SECOND)
        shutil.copytree(folder, room / "whole", symlinks=True)
        complete(room / "whole", SECOND)
        yield folder, everything(room / "whole")


@pytest.mark.parametrize("chain", range(CHAINS))
def test_a_killed_run_loses_and_doubles_nothing(
    community: tuple[Path, dict[str, Rows]], tmp_path: Path, chain: int
) -> None:
    start_folder, expected = community
    folder = tmp_path / "community"
    shutil.copytree(start_folder, folder, symlinks=True)
    choose = random.Random(20260628 + chain)
    reader = Reader(folder / ".muster" / "serving")
    reader.start()
    killed = 0
    for number in range(KILLS_PER_CHAIN):
        phase = PHASES[(chain * KILLS_PER_CHAIN + number) % len(PHASES)]
        delay = choose.uniform(0, 2.5 if phase in ("ingest", "transform") else 0.7)
        killed += kill_in(folder, SECOND, phase, delay)
    complete(folder, SECOND)
    reader.over.set()
    reader.join()
    assert killed >= KILLS_PER_CHAIN - 1
    assert reader.errors == []
    assert reader.reads > 20
    found = everything(folder)
    assert found.keys() == expected.keys()
    for table, rows in expected.items():
        assert found[table] == rows, table
