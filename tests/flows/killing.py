"""Runs to be killed: processes forked from one that has imported everything, so that a kill costs what it cuts."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import forkserver
from pathlib import Path

import duckdb

from tests.flows.support import Places, Rows, everything, small_places, write_configuration

FIRST, SECOND = datetime(2025, 5, 1), datetime(2025, 7, 1)
FORKED = multiprocessing.get_context("forkserver")
IMPORTED = ["flows.pipeline", "sources.pipeline", "dbt.cli.main", "dbt.adapters.duckdb", "great_expectations"]
PHASES = ("ingest", "validate   raw", "transform", "validate   core", "validate   marts", "publish", "report")


@contextmanager
def ready_to_fork() -> Iterator[None]:
    """One Prefect server for all runs, and the process that they are forked from."""
    from prefect.server.api.server import SubprocessASGIServer

    server = SubprocessASGIServer()
    server.start()
    os.environ["PREFECT_API_URL"] = server.api_url
    try:
        FORKED.set_forkserver_preload(IMPORTED)
        forkserver.ensure_running()
        yield
    finally:
        del os.environ["PREFECT_API_URL"]


class Life:
    """One run in a process group of its own; what it says goes to a file beside the folder."""

    def __init__(self, folder: Path, now: datetime, from_validation: bool = False) -> None:
        self.log = folder.with_suffix(".log")
        self.log.unlink(missing_ok=True)
        self.data = folder / ".muster"
        self.process = FORKED.Process(target=_live, args=(str(folder), now, str(self.log), from_validation))
        self.process.start()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def phase(self) -> str:
        """The last phase that was announced; of pulling sources nothing is said before they are merged."""
        said = self.said()
        return max(PHASES, key=lambda phase: said.rfind(phase) if phase in said else -1) if said else "pull"

    def until(self, phase: str) -> None:
        """Wait for a phase, or for a package that dlt is loading, or for the end."""
        while self.process.is_alive() and not (
            self.is_loading() if phase == "load" else phase in ("pull", self.phase())
        ):
            time.sleep(0.001)

    def is_loading(self) -> bool:
        return any(self.data.glob("dlt/*/load/normalized/*/started_jobs/*"))

    def kill(self) -> bool:
        """SIGKILL for the whole group, as on a machine that loses power; whether it was still alive."""
        was_alive = self.process.is_alive()
        with suppress(ProcessLookupError):  # ended, or not yet a group of its own
            os.killpg(self.process.pid or 0, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        return was_alive and self.process.exitcode == -signal.SIGKILL

    def end(self) -> None:
        """Let it run to its end, which must be a good one."""
        self.process.join(timeout=300)
        assert self.process.exitcode == 0, self.said()[-2000:]


def _live(folder: str, now: datetime, log: str, from_validation: bool) -> None:
    os.setsid()
    os.dup2(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), 2)
    from flows import pipeline

    if from_validation:  # the marts in the build database are those of a run that was killed after the transformation
        pipeline._ingest = pipeline.build_models = lambda *_: []  # type: ignore[assignment]
    pipeline.muster(config=folder, now=now)


@dataclass
class Start:
    """A folder published at the first moment, its data then, and what an undisturbed run publishes at the second."""

    folder: Path
    data: Path
    places: Places
    expected: dict[str, Rows]

    def again(self) -> None:
        """The data as they were; in the same place, so that dbt need not read its project anew."""
        shutil.rmtree(self.folder / ".muster")
        shutil.copytree(self.data, self.folder / ".muster", symlinks=True)

    def agrees(self, folder: Path | None = None) -> None:
        """What is published, here or in a copy, equals the undisturbed run."""
        found = everything(folder or self.folder)
        assert found.keys() == self.expected.keys()
        for table, rows in self.expected.items():
            assert found[table] == rows, table


@contextmanager
def published_twice(room: Path) -> Iterator[Start]:
    """A small community in a room of its own; its platforms stand at the second moment."""
    with ready_to_fork(), small_places(room, FIRST) as places:
        folder = write_configuration(room / "community", places.sources, "Europe/Paris", places.members, with_key=True)
        Life(folder, FIRST).end()
        shutil.copytree(folder / ".muster", room / "data", symlinks=True)
        places.move_to(SECOND)
        Life(folder, SECOND).end()
        yield Start(folder, room / "data", places, everything(folder))


def start(folder: Path, now: datetime) -> subprocess.Popen[str]:
    """A run as a user starts it, with a Prefect server of its own."""
    code = f"import datetime; from flows.pipeline import muster; muster(config={str(folder)!r}, now={now!r})"
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
