"""Tells the person at the terminal what is going on: one line a step, with the seconds since the start."""

import sys
import threading
import time
from collections.abc import Callable

Say = Callable[[str], None]


class Progress:
    """Prints lines with elapsed time to standard error, from any thread."""

    def __init__(self, quiet: bool = False) -> None:
        self._start = time.monotonic()
        self._quiet = quiet
        self._lock = threading.Lock()

    def __call__(self, text: str) -> None:
        """Print one line."""
        if self._quiet:
            return
        with self._lock:
            sys.stderr.write(f"{time.monotonic() - self._start:6.1f} s  {text}\n")
            sys.stderr.flush()
