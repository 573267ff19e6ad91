"""What tests of several rooms share."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL on a socket in a folder of its own, run by an unprivileged user; its superuser's address."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "")]
    if not found[-1].is_file():
        pytest.skip("PostgreSQL's server is not installed on this machine")
    programs = found[-1].parent
    as_other = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    room = Path(tempfile.mkdtemp(prefix="muster-pg-"))
    if as_other:
        shutil.chown(room, "postgres")
    data, options = str(room / "data"), f"-k {room} -c listen_addresses="
    quiet: dict[str, Any] = {"check": True, "capture_output": True, "cwd": room}
    subprocess.run([*as_other, programs / "initdb", "-D", data, "-A", "trust", "-U", "owner", "-E", "UTF8"], **quiet)
    start = [*as_other, programs / "pg_ctl", "-D", data, "-w", "-l", str(room / "log"), "-o", options, "start"]
    subprocess.run(start, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=room)
    yield f"host={room} user=owner dbname=postgres"
    subprocess.run([*as_other, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)
    shutil.rmtree(room)
