"""The registry and the folders agree, and asking for it costs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sources import registry

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent.name for path in (ROOT / "sources").glob("*/__init__.py"))


def test_every_folder_is_a_platform_and_every_platform_a_folder() -> None:
    assert FOLDERS == sorted(registry.PLATFORMS) == list(registry.names())


@pytest.mark.parametrize("platform", registry.names())
def test_a_connector_declares_itself_fully(platform: str) -> None:
    connector = registry.get(platform)
    assert connector.platform == platform
    assert connector.title
    assert connector.membership
    assert connector.test_bed
    assert connector.proves
    names = [stream.name for stream in connector.streams]
    known = {"accounts", "channels", "messages", "reactions", "memberships", "counts", "moderation"}
    assert len(set(names)) == len(names)
    assert set(names) <= known
    assert known - set(names) <= set(connector.cannot), "a stream it lacks has its reason"
    for stream in connector.streams:
        assert set(stream.key) <= {column.name for column in stream.columns}
        assert set(stream.duckdb_types()) == {column.name for column in stream.columns}
    assert any((ROOT / "tests" / "sources").rglob(f"test_{platform}*.py"))


def test_an_unknown_platform_is_one_line() -> None:
    with pytest.raises(KeyError, match=r"there are: discourse, .*slack_export"):
        registry.get("myspace")


def test_the_registry_loads_nothing_heavy() -> None:
    heavy = "('pyarrow', 'dlt', 'pydantic', 'httpx', 'duckdb', 'pandas')"
    code = "import sys, sources.registry, sources.streams, sources.connector;"
    code += f"print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
