"""dbt for dbt people: plain commands in its folder, a mart of one's own, exposures, docs without a network."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
import yaml  # type: ignore[import-untyped]

from tests.dbt_project.conftest import PROJECT
from warehouse.layout import DataFolder
from warehouse.publish import publish

FENCE = re.compile(r"^`(weekly_posts\.(?:sql|yml))`\n```\w+\n(.+?)^```", re.MULTILINE | re.DOTALL)
REPORTS = PROJECT.parent / "reports"


@pytest.fixture(scope="module")
def home(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a user has it: the project, its build database beside it, and the mart of models/custom/README.md."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(PROJECT, home / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    (home / ".muster").mkdir()
    shutil.copy(built, home / ".muster" / "warehouse.duckdb")
    custom = home / "dbt_project" / "models" / "custom"
    for name, text in FENCE.findall((custom / "README.md").read_text(encoding="utf-8")):
        (custom / name).write_text(text, encoding="utf-8")
    return home


def plain(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A dbt command in the project's folder, with nothing in the environment and no way out to the network."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "http_proxy": "http://127.0.0.1:9"}
    environment |= {"https_proxy": environment["http_proxy"]}
    command = [str(Path(sys.executable).with_name("dbt")), *arguments]
    return subprocess.run(
        command, cwd=home / "dbt_project", env=environment, capture_output=True, text=True, check=False
    )


def test_a_mart_of_ones_own_is_built_tested_and_published(home: Path) -> None:
    done = plain(home, "build", "--select", "weekly_posts")
    assert done.returncode == 0, done.stdout
    assert "PASS=3" in done.stdout, done.stdout  # the model and its two tests
    folder = DataFolder(home / ".muster")
    folder.prepare()
    snapshot = publish(folder, run_id="r", now=datetime(2024, 7, 1), data_as_of=None, gate=[], versions={})
    with duckdb.connect(str(snapshot / "community.duckdb"), read_only=True) as connection:
        weeks = connection.execute(
            "select posts from marts.weekly_posts where scope = 'all' and population = 'everyone' order by week_end"
        ).fetchall()
        days = connection.execute(
            "select sum(posts) from marts.engagement_daily where scope = 'all' and population = 'everyone'"
            " and local_date between '2024-03-04' and '2024-03-10'"
        ).fetchall()
        comments = connection.execute(
            "select comment from duckdb_columns() where table_name = 'weekly_posts' and column_name = 'posts'"
        ).fetchall()
    assert weeks[1] == days[0]
    assert (None,) in weeks
    assert comments == [("posts of the week; NULL where a day of it is unknown",)]


def test_a_test_of_ones_own_that_fails_fails_the_build(home: Path) -> None:
    yml = home / "dbt_project" / "models" / "custom" / "weekly_posts.yml"
    text = yml.read_text(encoding="utf-8")
    yml.write_text(text.replace("posts >= 0", "posts < 0"), encoding="utf-8")
    try:
        done = plain(home, "test", "--select", "weekly_posts")
    finally:
        yml.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    assert "PASS=1 WARN=0 ERROR=1" in done.stdout, done.stdout


def test_what_a_run_leaves_out_holds_no_mart_of_ones_own() -> None:
    from flows.transform import PROVED_ELSEWHERE

    assert not [left_out for left_out in PROVED_ELSEWHERE if "custom" in left_out or "models/marts" in left_out]


def test_docs_are_one_page_and_need_no_network(home: Path) -> None:
    done = plain(home, "docs", "generate", "--static")
    assert done.returncode == 0, done.stdout
    page = (home / "dbt_project" / "target" / "static_index.html").read_text(encoding="utf-8")
    assert "distinct people with a dated act that day" in page
    catalog = json.loads((home / "dbt_project" / "target" / "catalog.json").read_text(encoding="utf-8"))
    columns = catalog["nodes"]["model.muster.engagement_daily"]["columns"]
    assert columns["dau"]["comment"] == "distinct people with a dated act that day"


def test_every_model_of_ours_has_an_enforced_contract_and_says_what_it_is(built: Path) -> None:
    nodes = json.loads((built.parent / "target" / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model"]
    assert len(models) > 100
    assert [node["name"] for node in models if not node["config"]["contract"]["enforced"]] == []
    assert [node["name"] for node in models if not node["description"]] == []
    assert [
        (node["name"], column["name"])
        for node in models
        for column in node["columns"].values()
        if not column["description"]
    ] == []


def test_exposures_name_every_table_that_the_reports_read() -> None:
    declared = yaml.safe_load((PROJECT / "models" / "marts" / "_exposures.yml").read_text(encoding="utf-8"))
    code = "\n".join(file.read_text(encoding="utf-8") for file in REPORTS.rglob("*.py"))
    files = [file for file in (PROJECT / "models" / "marts").rglob("*.sql") if not file.stem.startswith("int_")]
    read = {file.stem for file in files if re.search(rf"\b{_schema(file)}\.{file.stem}\b", code)}
    for exposure in declared["exposures"]:
        assert {ref.removeprefix("ref('").removesuffix("')") for ref in exposure["depends_on"]} == read


def _schema(file: Path) -> str:
    room = file.relative_to(PROJECT / "models" / "marts").parts[0]
    return room if room in ("desk", "ops") else "marts"
