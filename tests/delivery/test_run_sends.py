"""A whole run sends what it published; what could not be sent makes it incomplete."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from flows.errors import INCOMPLETE
from sandbox import slack_export
from sandbox.community import simulate
from tests.flows.support import run_muster, write_configuration
from warehouse.postgres import publish_postgres

NOW = datetime(2025, 4, 1)
DOCS = Path(__file__).parents[2] / "docs"
SENDS = '[reports.weekly]\nto = ["board"]\n[publish]\npostgres = true\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    community = simulate(seed=3, members=40, messages=600, start=datetime(2025, 1, 1), end=NOW)
    slack_export.write(community, tmp_path / "workspace.zip")
    return write_configuration(
        tmp_path, '[sources.chat]\nplatform = "slack_export"\npath = "workspace.zip"\n', more=SENDS
    )


def test_a_run_sends_what_it_published_and_says_what_it_could_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch, mailbox: tuple[Any, str], postgres: str
) -> None:
    monkeypatch.setenv("REPORTS__BOARD", mailbox[1])
    monkeypatch.setenv("PUBLISH__POSTGRES_DSN", "host=/nowhere password=hush")
    outcome = run_muster(folder, NOW)
    assert outcome.exit_code == INCOMPLETE
    assert "PostgreSQL cannot be reached" in outcome.message
    assert "hush" not in outcome.message
    [(_, mail)] = mailbox[0].mails
    assert 'src="cid:active"' in mail.get_body(("html",)).get_content()
    assert [part["Content-ID"] for part in mail.walk() if part.get_content_type() == "image/png"] == ["<active>"]

    publish_postgres(outcome.snapshot, postgres, reader="muster_reader")
    counted = "select scope, sum(dau), count(*) from marts.engagement_daily group by scope order by scope"
    file = str(outcome.snapshot / "community.duckdb")
    with duckdb.connect(file, read_only=True) as here, psycopg.connect(postgres) as there:
        assert here.execute(counted).fetchall() == there.execute(counted).fetchall()

    # the notebook's recipe of docs/bi.md, as it stands there
    recipe = re.search(r"```python\n(.*?)```", (DOCS / "bi.md").read_text(encoding="utf-8"), re.DOTALL)
    assert recipe
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    exec(recipe.group(1), names)
    assert names["week"]["wau"].max() > 0
