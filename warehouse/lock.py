"""One writer at a time: a kernel lock on a file, released by the kernel when its holder dies."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from warehouse.errors import Busy
from warehouse.layout import PRIVATE_FILE, DataFolder

__all__ = ["Busy", "exclusive"]


@contextmanager
def exclusive(folder: DataFolder, now: datetime) -> Iterator[None]:
    """Hold the data folder for one run that began at `now` (naive UTC); whoever comes second gets `Busy` at once."""
    folder.prepare()
    # flock belongs to the open file, not to the process: a second thread that opens it anew is refused as well
    handle = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(_who(folder.lock)) from None
        _write(handle, json.dumps({"pid": os.getpid(), "since": now.isoformat(timespec="seconds") + "Z"}))
        try:
            yield
        finally:
            # emptied, not deleted: a waiting process may have the same file open already
            _write(handle, "")
    finally:
        os.close(handle)


def _write(handle: int, text: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)


def _who(path: Path) -> str:
    holder = _holder(path)
    for _ in range(10):
        if holder and _is_alive(int(holder["pid"])):
            break
        # the holder has the lock but has not written its name yet; what we read is its predecessor's
        time.sleep(0.01)
        holder = _holder(path)
    name = f"pid {holder['pid']}, since {holder['since']}" if holder else "its pid is not written yet"
    return f"another run ({name}) holds {path.parent}: wait until it ends, then start again"


def _holder(path: Path) -> dict[str, str]:
    try:
        holder = json.loads(path.read_text())
        return {"pid": str(int(holder["pid"])), "since": str(holder["since"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
