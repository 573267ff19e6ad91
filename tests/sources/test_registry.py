"""The registry and the folders agree, and asking for it costs nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from sources import registry

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
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


@pytest.mark.parametrize("platform", registry.names())
def test_registry_models_beds_and_readme_agree(platform: str) -> None:
    streams = {stream.name for stream in registry.get(platform).streams}
    project = yaml.safe_load((ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    assert set(project["vars"]["platforms"][platform]["streams"]) == streams
    models = {file.name for file in (ROOT / "dbt_project" / "models" / "staging" / platform).iterdir()}
    staged = {f"stg_{platform}__{stream}.{kind}" for stream in streams for kind in ("sql", "yml")}
    assert models == staged | {f"_{platform}__sources.yml"}
    assert (ROOT / "tests" / "sources" / platform / f"test_{platform}_conformance.py").exists()
    [row] = re.findall(rf"^\| `{platform}`[^|]*\|([^|]*)\|", README, re.MULTILINE)
    assert "all seven" in row if len(streams) == 7 else {one.strip() for one in row.split(",")} == streams


@pytest.mark.parametrize("platform", registry.names())
def test_the_page_of_platforms_says_what_the_connector_says(platform: str) -> None:
    connector = registry.get(platform)
    page = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    part = page.partition(f"## `{platform}`: {connector.title}\n")[2].partition("\n## ")[0]
    assert f"Streams: {', '.join(stream.name for stream in connector.streams)}. " in part
    assert f"Joins and leaves: {connector.membership}.\n" in part
    told = part.partition("Never told:\n\n")[2].strip().splitlines()
    assert told == [f"- {stream}: {reason}" for stream, reason in sorted(connector.cannot.items())]


def test_nothing_is_modelled_or_promised_that_is_not_registered() -> None:
    staging = ROOT / "dbt_project" / "models" / "staging"
    assert sorted(path.name for path in staging.iterdir() if path.is_dir()) == list(registry.names())
    table = README.partition("## Platforms")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == list(registry.names())


def test_an_unknown_platform_is_one_line() -> None:
    with pytest.raises(KeyError, match=r"there are: discourse, .*slack_export"):
        registry.get("myspace")


def test_the_registry_loads_nothing_heavy() -> None:
    heavy = "('pyarrow', 'dlt', 'pydantic', 'httpx', 'duckdb', 'pandas')"
    code = "import sys, sources.registry, sources.streams, sources.connector;"
    code += f"print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
