"""What is wrong ends in one line that says what to do, or in quarantine; nothing is published that should not be."""

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.errors import Failure, GateRefused
from sandbox import discourse
from tests.flows.support import ask, parsed, run_muster, write_configuration
from warehouse.layout import DataFolder
from warehouse.lock import exclusive

NOW = datetime(2025, 3, 1)
AHEAD = NOW + timedelta(hours=5)
HOSTILE = [
    *("<script>alert(1)</script>", "=cmd()|'/c calc'!A0", "\u202egnp.exe", "[a](javascript:alert(1))"),
    *("'); drop schema marts cascade; --", '{{ 7 * 191 }}{% raw %}"', "${7*191} %(x)s $1 {0}"),
]


def export(path: Path, days: dict[str, Any]) -> Path:
    """A small Slack export; a day given as text is written as it is."""
    users = [{"id": f"U{n}", "name": name, "profile": {"real_name": name}} for n, name in enumerate(HOSTILE)]
    channels = [{"id": "C1", "name": "general", "created": 1735689600, "members": ["U0", "U1"]}]
    channels += [{"id": f"C{n}", "name": name, "members": ["U0"]} for n, name in enumerate(HOSTILE[4:], 2)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("users.json", json.dumps(users))
        archive.writestr("channels.json", json.dumps(channels))
        for day, messages in days.items():
            archive.writestr(f"general/{day}.json", messages if isinstance(messages, str) else json.dumps(messages))
    return path


def message(number: int, user: str = "U0", seconds: float | None = None) -> dict[str, str]:
    return {
        "type": "message",
        "user": user,
        "text": HOSTILE[number % len(HOSTILE)],
        "ts": f"{seconds or 1736000000 + number * 3600:.0f}.000100",
    }


def chat(path: Path) -> str:
    return f'[sources.chat]\nplatform = "slack_export"\npath = "{path}"\n'


def forum(url: str) -> str:
    return f'[sources.forum]\nplatform = "discourse"\nbase_url = "{url}"\n'


def refusal(folder: Path) -> str:
    """The one line that a run on this folder ends with."""
    with pytest.raises(Failure) as failure:
        run_muster(folder, NOW)
    assert failure.value.exit_code == 1
    line = str(failure.value)
    assert "\n" not in line
    assert json.loads((folder / ".muster" / "status.json").read_text())["is_stale"] is True
    assert not (folder / ".muster" / "serving").exists()
    return line


def test_a_host_that_does_not_answer(tmp_path: Path) -> None:
    line = refusal(write_configuration(tmp_path, forum("http://127.0.0.1:9")))
    assert "source 'forum'" in line
    assert "127.0.0.1:9" in line


def test_a_forum_that_wants_a_key(tmp_path: Path) -> None:
    with discourse.serve([], now=NOW, api_key="right", login_required=True) as double:
        line = refusal(write_configuration(tmp_path, forum(double.base_url)))
    assert "api_key" in line


def test_a_wrong_key_is_named_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__FORUM__API_KEY", "planted-token-5f1d")
    monkeypatch.setenv("SOURCES__FORUM__API_USERNAME", "system")
    with discourse.serve([], now=NOW, api_key="right") as double:
        line = refusal(write_configuration(tmp_path, forum(double.base_url)))
    assert "api_key" in line
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not [file for file in written if b"planted-token-5f1d" in file.read_bytes()]
    assert "planted-token-5f1d" not in line


def test_a_zip_that_is_no_slack_export(tmp_path: Path) -> None:
    path = tmp_path / "holiday.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("beach.txt", "sand")
    line = refusal(write_configuration(tmp_path, chat(path)))
    assert "holiday.zip" in line


def test_a_file_that_is_no_zip(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(b"not a zip at all")
    assert "export.zip" in refusal(write_configuration(tmp_path, chat(path)))


@pytest.fixture(scope="module")
def quarantined(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A good export with a corrupt day, an impossible date and one hours ahead, beside a forum that does not answer."""
    folder = tmp_path_factory.mktemp("quarantine")
    days = {
        "2025-01-04": [message(0), message(1, "U1"), message(2, "U2")],
        "2025-01-05": '[{"type": "message", "user": "U0", "te',
        "2025-01-06": [message(30), message(31, seconds=99_999_999_999)],
        "2025-03-01": [message(32, seconds=AHEAD.replace(tzinfo=UTC).timestamp())],
    }
    path = export(folder / "export.zip", days)
    write_configuration(folder, chat(path) + forum("http://127.0.0.1:9"))
    return folder, run_muster(folder, NOW)


def test_a_source_that_fails_alone_leaves_the_others_published(quarantined: tuple[Path, Any]) -> None:
    folder, outcome = quarantined
    assert outcome.exit_code == 4
    assert "source 'forum'" in outcome.message
    assert ask(folder, "select count(*) from marts.fct_messages") == [(4,)]


def test_bad_files_and_rows_are_quarantined_and_counted(quarantined: tuple[Path, Any]) -> None:
    folder, outcome = quarantined
    assert "3 rejected" in outcome.sources["chat"]["line"]
    with duckdb.connect(str(folder / ".muster" / "warehouse.duckdb"), read_only=True) as connection:
        reasons = connection.execute("select reason, payload from raw.rejected").fetchall()
        sums = connection.execute(
            "select bool_and(received = landed + unchanged + rejected) from ops.ingests"
        ).fetchall()
    assert len(reasons) == 3
    assert any("2025-01-05.json" in f"{reason}{payload}" for reason, payload in reasons)
    assert sums == [(True,)]


def test_hostile_names_are_text_wherever_they_are_shown(quarantined: tuple[Path, Any]) -> None:
    folder, _ = quarantined
    labels = {row[0] for row in ask(folder, "select label from desk.people", "desk")}
    assert {HOSTILE[0], *HOSTILE[4:]} <= labels
    for page in (folder / ".muster" / "reports").rglob("*.html"):
        assert "<script>alert(1)" not in page.read_text(encoding="utf-8")
        assert 'href="javascript:' not in page.read_text(encoding="utf-8")
        assert "1337" not in page.read_text(encoding="utf-8")  # 7 * 191: no template is made of data


def test_a_refused_gate_keeps_what_is_published(quarantined: tuple[Path, Any]) -> None:
    folder, _ = quarantined
    data = folder / ".muster"
    before = (data / "serving").resolve()
    (folder / "expectations").mkdir()
    check = "layer: raw\nchecks:\n  raw.sources:\n    - {name: no_sources, where: 'true', says: planted}\n"
    (folder / "expectations" / "mine.yml").write_text(check)
    with pytest.raises(GateRefused) as refused:
        run_muster(folder, NOW)
    assert refused.value.exit_code == 3
    assert "no_sources" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert (data / "serving").resolve() == before
    assert ask(folder, "select count(*) from marts.fct_messages") == [(4,)]
    status = json.loads((data / "status.json").read_text())
    assert status["is_stale"] is True
    assert "no_sources" in status["why_stale"]


def test_a_message_ahead_of_its_time_is_published_once_it_has_come(quarantined: tuple[Path, Any]) -> None:
    folder, _ = quarantined
    (folder / "expectations" / "mine.yml").unlink()
    assert ask(folder, "select count(*) from marts.fct_messages where created_at > '2025-02-01'") == [(0,)]
    assert run_muster(folder, AHEAD - timedelta(hours=1), retry_rejected=True).exit_code == 4
    ((found,),) = ask(folder, "select created_at from marts.fct_messages where created_at > '2025-02-01'")
    assert found == AHEAD + timedelta(microseconds=100)


def test_a_failed_dbt_test_refuses_and_is_written_down(
    quarantined: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = quarantined
    tests = [node for node in parsed().nodes.values() if node.resource_type == "test"]
    refused_by = next(node for node in tests if node.name.startswith("grain_newcomers"))
    monkeypatch.setattr(refused_by.config, "error_if", ">= 0")
    before = (folder / ".muster" / "serving").resolve()
    with pytest.raises(GateRefused, match=f"blocked by .*{refused_by.name}") as refused:
        run_muster(folder, AHEAD)
    assert refused.value.exit_code == 3
    assert (folder / ".muster" / "serving").resolve() == before
    query = "select run_id, check_name, outcome, severity from ops.quality_results where layer = 'models'"
    with duckdb.connect(str(folder / ".muster" / "warehouse.duckdb"), read_only=True) as connection:
        run_id = connection.execute("select max_by(run_id, started_at) from ops.runs").fetchall()[0][0]
        found = connection.execute(f"{query} and run_id = '{run_id}'").fetchall()
    assert [row[1:] for row in found if row[2] == "fail"] == [(refused_by.name, "fail", "block")]
    assert len(found) > 20
    page = (folder / ".muster" / "quality" / run_id / "models.html").read_text()
    assert "BLOCKED<td><code>desk.newcomers</code>" in page
    # those that pass are published with the rest
    assert {one["layer"] for one in json.loads((before / "manifest.json").read_text())["gate"]} == {
        *("raw", "models", "core", "marts")
    }


def test_a_second_run_while_one_runs_says_so_and_changes_nothing(quarantined: tuple[Path, Any]) -> None:
    folder, _ = quarantined
    data = folder / ".muster"
    before = {
        file: file.stat().st_mtime_ns for file in data.rglob("*") if file.is_file() and "prefect" not in file.parts
    }
    with exclusive(DataFolder(data), NOW):
        held = (data / "muster.lock").stat().st_mtime_ns
        with pytest.raises(Failure, match="another run"):
            run_muster(folder, NOW)
        before[data / "muster.lock"] = held
        assert before == {file: file.stat().st_mtime_ns for file in before}
