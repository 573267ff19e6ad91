"""The lock: one holder, told apart at once, freed by the kernel."""

import threading
from datetime import datetime
from typing import Any

import pytest

from warehouse.lock import Busy, exclusive

NOW = datetime(2024, 5, 6, 7, 8, 9)
HOLD = """
import sys
from datetime import datetime
from pathlib import Path
from warehouse.layout import DataFolder
from warehouse.lock import exclusive
with exclusive(DataFolder(Path(sys.argv[1])), datetime(2024, 1, 2, 3, 4, 5)):
    print("ready", flush=True)
    sys.stdin.readline()
"""


def test_a_second_process_is_refused_with_pid_and_since(folder: Any, child: Any) -> None:
    process = child(HOLD, folder.root)
    with (
        pytest.raises(Busy, match=rf"pid {process.pid}, since 2024-01-02T03:04:05Z") as refusal,
        exclusive(folder, NOW),
    ):
        pass
    assert "\n" not in str(refusal.value)
    assert str(folder.root) in str(refusal.value)
    process.communicate("end\n")
    with exclusive(folder, NOW):
        pass


def test_a_killed_holder_frees_the_lock(folder: Any, child: Any) -> None:
    process = child(HOLD, folder.root)
    process.kill()
    process.wait()
    assert folder.lock.read_text()  # its name is still there: only the kernel's word counts
    with exclusive(folder, NOW):
        pass


def test_threads_of_one_process_exclude_each_other(folder: Any) -> None:
    outcomes = []

    def attempt() -> None:
        try:
            with exclusive(folder, NOW):
                outcomes.append("held")
        except Busy:
            outcomes.append("busy")

    with exclusive(folder, NOW):
        inside = threading.Thread(target=attempt)
        inside.start()
        inside.join()
    after = threading.Thread(target=attempt)
    after.start()
    after.join()
    assert outcomes == ["busy", "held"]


def test_an_error_inside_frees_the_lock_and_passes_through(folder: Any) -> None:
    with pytest.raises(KeyError), exclusive(folder, NOW):
        raise KeyError("x")
    with exclusive(folder, NOW):
        pass
    assert folder.lock.read_text() == ""


def test_a_holder_that_has_not_written_its_name_is_still_busy(folder: Any) -> None:
    with exclusive(folder, NOW):
        folder.lock.write_text("{half")
        with pytest.raises(Busy, match="another run"), exclusive(folder, NOW):
            pass
