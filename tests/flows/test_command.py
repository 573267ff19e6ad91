"""The command: quick to answer, one line for an error, the right exit code."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

MUSTER = Path(sys.executable).parent / "muster"
HEAVY = ("prefect", "dlt", "dbt", "great_expectations", "pandas", "pyarrow", "altair")


def muster(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(MUSTER), *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def configured(folder: Path) -> Path:
    (folder / "muster.toml").write_text(
        '[community]\nname = "x"\n[sources.chat]\nplatform = "slack_export"\npath = "nowhere.zip"\n'
    )
    return folder


@pytest.mark.parametrize("words", [["--help"], ["status"]])
def test_help_and_status_import_nothing_heavy(tmp_path: Path, words: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['muster', *{words!r}]\n"
        "from flows.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=configured(tmp_path), capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stderr.strip().endswith("[]"), ran.stderr


def test_status_costs_less_than_a_second(tmp_path: Path) -> None:
    configured(tmp_path)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = muster("status", cwd=tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ran.returncode == 0
    assert "No run yet" in ran.stdout
    # processor time: what else the machine does at the moment does not count
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0


def test_no_configuration_is_exit_code_2_and_one_line(tmp_path: Path) -> None:
    ran = muster("run", cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.strip().startswith("muster: muster.toml: no such file")
    assert len(ran.stderr.strip().splitlines()) == 1


def test_init_writes_a_file_that_check_understands(tmp_path: Path) -> None:
    assert muster("init", cwd=tmp_path).returncode == 0
    again = muster("init", cwd=tmp_path)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    ran = muster("check", cwd=tmp_path)
    assert ran.returncode == 2
    assert "at least one [sources.NAME]" in ran.stderr


def test_check_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    ran = muster("check", cwd=configured(tmp_path))
    assert ran.returncode == 1
    assert "nowhere.zip" in ran.stdout


def test_platforms_lists_every_connector(tmp_path: Path) -> None:
    ran = muster("platforms", cwd=tmp_path)
    assert ran.returncode == 0
    for word in ("discourse", "slack_export", "membership", "test bed", "cannot"):
        assert word in ran.stdout


def test_status_tells_staleness_and_coverage(tmp_path: Path) -> None:
    data = configured(tmp_path) / ".muster"
    (data / "serving").mkdir(parents=True)
    manifest = {
        "snapshot_id": "s1",
        "data_as_of": "2026-01-01T00:00:00Z",
        "coverage": {
            "chat": {
                "messages": {
                    "observed_from": "2025-01-01T00:00:00Z",
                    "observed_to": None,
                    "gaps": [{"from": "2025-02-01T00:00:00Z", "to": "2025-02-03T00:00:00Z", "reason": "lost"}],
                }
            }
        },
        "gate": [{"layer": "raw", "check": "freshness", "outcome": "fail", "observed": "9", "expected": "1"}],
    }
    (data / "serving" / "manifest.json").write_text(json.dumps(manifest))
    status = {
        "run_id": "r2",
        "outcome": "refused",
        "exit_code": 3,
        "message": "blocked by x",
        "is_stale": True,
        "why_stale": "blocked by x",
        "sources": {"chat": {"line": "chat: 5 received, 1 new"}},
    }
    (data / "status.json").write_text(json.dumps(status))
    (data / "quality" / "r2").mkdir(parents=True)
    shown = muster("status", cwd=tmp_path).stdout
    for words in (
        "STALE: blocked by x",
        "lost",
        "raw.freshness: 9, expected 1",
        "exit code 3",
        "5 received, 1 new",
        "quality/r2",
    ):
        assert words in shown
