"""Recorded exchanges with real servers, by session."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

Session = list[dict[str, Any]]


def sessions(file: Path) -> dict[str, Session]:
    """Session by name, each its exchanges in order; skips the test where the recordings are absent."""
    if not file.exists():
        pytest.skip(f"the recordings {file.name} are not here")
    found: dict[str, Session] = {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for exchange in map(json.loads, lines):
            found.setdefault(exchange["test"], []).append(exchange)
    return found
