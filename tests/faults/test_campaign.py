"""Kills at random moments, a full disk, a jumping clock, a source that fails alone, two runs at once.

MUSTER_KILLS sets the number of kills (200), MUSTER_SEED the seed; a failure prints both.
"""

import json
import os
import random
import shutil
import subprocess
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.flows.killing import SECOND, Life, Reader, Start, complete, start
from tests.flows.support import ask

KILLS = int(os.environ.get("MUSTER_KILLS", "200"))
SEED = int(os.environ.get("MUSTER_SEED", "20260701"))
CHAIN = 10
EARLY = {"pull", "ingest", "validate   raw", "transform"}
LATE = {"validate   core", "validate   marts", "publish", "report"}
UNEVEN = "select count(*) from ops.ingests where received is distinct from landed + unchanged + rejected"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]


def ended(folder: Path, **moments: object) -> tuple[int, str]:
    """Exit code and errors of one run that is let to its end."""
    process = start(folder, moments.get("now", SECOND))  # type: ignore[arg-type]
    _, errors = process.communicate(timeout=1800)
    return process.returncode, errors


def made_good(campaign: Start) -> None:
    """What is published equals the undisturbed run, and every row received is accounted for."""
    campaign.agrees()
    with duckdb.connect(str(campaign.folder / ".muster" / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute(UNEVEN).fetchall() == [(0,)]


def whole(folder: Path) -> float:
    """Seconds of one run that is let to its end."""
    began = time.monotonic()
    Life(folder, SECOND).end()
    return time.monotonic() - began


def chain(campaign: Start, choose: random.Random, length: float, most: int) -> Counter[str]:
    """Runs one after another, each killed at any moment of the time that a whole one takes; by the phase it was in.

    The chain ends with the first that was not killed in time: those after it would find nothing new.
    """
    killed = Counter[str]()
    while killed.total() < most:
        life = Life(campaign.folder, SECOND)
        life.process.join(choose.uniform(0, length))
        phase = life.phase()
        if not life.kill():
            life.end()
            break
        killed[phase] += 1
    return killed


def test_kills_at_any_moment_lose_and_double_nothing(
    campaign: Start, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    choose, length = random.Random(SEED), whole(folder)
    killed, reads = Counter[str](), 0
    while killed.total() < KILLS:
        campaign.again()
        reader = Reader(folder / ".muster" / "serving")
        reader.start()
        killed += chain(campaign, choose, length, min(CHAIN, KILLS - killed.total()))
        length = max(length, whole(folder))  # the machine may have more to do by now
        reader.over.set()
        reader.join()
        assert reader.errors == [], (SEED, killed)
        made_good(campaign)
        reads += reader.reads
        with capsys.disabled():
            print(f"\n{killed.total()} kills ({dict(killed)}), {reads:,} reads", flush=True)
    assert reads > 20
    # the last phases are short: twenty kills of the default run lie in them one by one
    assert KILLS < 100 or (killed.keys() >= EARLY and killed.keys() & LATE)


def test_a_full_disk_leaves_the_last_snapshot_and_is_made_good(campaign: Start, folder: Path, tmp_path: Path) -> None:
    data, kept = folder / ".muster", tmp_path / "kept"
    shutil.move(data, kept)
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs", str(data)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        data.rmdir()
        shutil.move(kept, data)
        pytest.skip("mounting a small tmpfs needs the right to mount")
    try:
        shutil.copytree(kept, data, symlinks=True, dirs_exist_ok=True)
        served = (data / "serving").resolve()
        used = sum(path.stat().st_blocks * 512 for path in data.rglob("*") if not path.is_symlink())
        for spare in (1, 4, 12, 24):
            size = f"remount,size={used + spare * 2**20}"
            subprocess.run(["mount", "-o", size, str(data)], check=True)
            code, errors = ended(folder)
            assert code != 0, f"{spare} MiB sufficed: choose less"
            assert (data / "serving").resolve() == served, errors[-500:]
            assert ask(folder, "select count(*) > 0 from marts.fct_messages") == [(True,)]
        subprocess.run(["mount", "-o", "remount,size=2g", str(data)], check=True)
        complete(folder, SECOND)
        made_good(campaign)
    finally:
        subprocess.run(["umount", str(data)], check=False)


def test_a_clock_that_jumps_back_and_forth_changes_nothing_in_the_end(campaign: Start, folder: Path) -> None:
    reader = Reader(folder / ".muster" / "serving")
    reader.start()
    # an hour ahead of the right time is allowed, a month back as well: the last run has the right time
    for now in (SECOND - timedelta(hours=1), SECOND - timedelta(days=30), SECOND - timedelta(minutes=5)):
        code, errors = ended(folder, now=now)
        assert code in (0, 3), errors[-500:]  # the gate may refuse what was seen in the future
    code, errors = ended(folder)
    assert code == 0, errors[-500:]
    reader.over.set()
    reader.join()
    assert reader.errors == []
    posts = "select count(*), count(distinct message_key) from marts.fct_messages"
    assert ask(folder, posts) == [(len(campaign.expected["marts.fct_messages"]),) * 2]


def test_a_source_that_fails_alone_leaves_the_others_published(campaign: Start, folder: Path) -> None:
    text = (folder / "muster.toml").read_text()
    assert str(campaign.places.export) in text
    (folder / "muster.toml").write_text(text.replace(str(campaign.places.export), str(folder / "gone.zip")))
    code, errors = ended(folder)
    assert code == 0, errors[-500:]  # the process of the test; the outcome says 4
    status = json.loads((folder / ".muster" / "status.json").read_text())
    assert status["exit_code"] == 4
    assert "gone.zip" in status["message"]
    manifest = json.loads((folder / ".muster" / "serving" / "manifest.json").read_text())
    until = {source: streams["messages"]["observed_to"] for source, streams in manifest["coverage"].items()}
    assert until["forum"].startswith(f"{SECOND:%Y-%m-%d}")
    assert until["chat"] < until["forum"]
    (folder / "muster.toml").write_text(text)
    complete(folder, SECOND)
    made_good(campaign)


def test_of_two_runs_at_once_one_works_and_the_other_says_so(campaign: Start, folder: Path) -> None:
    first = start(folder, SECOND)
    assert first.stderr is not None
    next(line for line in first.stderr if "ingest" in line)
    code, errors = ended(folder)
    assert code != 0
    assert "another run (pid" in errors
    first.communicate(timeout=1800)
    assert first.returncode == 0
    made_good(campaign)
