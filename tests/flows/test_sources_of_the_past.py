"""What happens to a source's history when muster.toml no longer names it, or names another platform by its name."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from flows import configure
from flows.errors import WrongUse
from flows.run import new_run
from tests.flows.support import write_configuration
from warehouse import build
from warehouse.connect import transaction

NOW = datetime(2025, 5, 1)
EXPORT = '[sources.chat]\nplatform = "slack_export"\npath = "export"\n'
FILES = '[sources.{}]\nplatform = "files"\npath = "export"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A community whose chat has a history."""
    made = write_configuration(tmp_path / "community", EXPORT)
    (made / "export").mkdir()
    (made / "export" / "users.json").write_text(json.dumps([]))
    run = new_run(made, now=NOW)
    run.folder.prepare()
    configure.configure(run)
    with transaction(run.folder.warehouse) as connection:
        connection.execute("insert into raw_slack_export.accounts (source, id) values ('chat', 'U1')")
    return made


def test_a_source_taken_out_is_named_and_keeps_its_rows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_configuration(folder, FILES.format("archive"))
    run = new_run(folder, now=NOW)
    configure.configure(run)
    assert "chat is not in muster.toml: what it brought is kept, but not counted" in capsys.readouterr().err
    assert build.held(run.folder.warehouse) == {("chat", "slack_export")}


def test_a_name_is_not_given_to_another_platform(folder: Path) -> None:
    write_configuration(folder, FILES.format("chat"))
    with pytest.raises(WrongUse) as refused:
        configure.configure(new_run(folder, now=NOW))
    assert str(refused.value) == (
        "muster.toml: sources.chat.platform: the history of chat is of slack_export, not files: "
        "give the new source another name"
    )
