"""muster.toml: what is right becomes typed settings, what is wrong one line with file, key and cure."""

from datetime import datetime
from pathlib import Path

import pytest

from flows import secrets, settings
from flows.errors import WrongUse
from flows.run import new_run

GOOD = """
[community]
name = "Readers"
timezone = "Europe/Paris"

[sources.chat]
platform = "slack_export"
path = "exports/chat.zip"

[[sources.chat.gaps]]
from = 2025-03-01
to = 2025-03-06
reason = "lost"

[sources.forum]
platform = "discourse"
base_url = "https://forum.example.org"
role = "competitor"

[members]
staff = ["forum:alice"]
"""

CHECK = """
[[checks]]
layer = "core"
table = "marts.fct_messages"
name = "channel_listed"
references = {channel_key = "marts.dim_channels.channel_key"}
"""


def load(folder: Path, text: str) -> settings.Settings:
    (folder / "muster.toml").write_text(text)
    return settings.load(folder)


def test_a_good_file_becomes_typed_settings_with_absolute_paths(tmp_path: Path) -> None:
    read = load(tmp_path, GOOD)
    assert read.data_dir == tmp_path / ".muster"
    assert read.source("chat").options.path == tmp_path / "exports" / "chat.zip"
    assert read.source("forum").role == "competitor"
    assert read.source("chat").gaps[0].reason == "lost"


def test_a_check_of_ones_own_has_the_forms_of_a_suite_file(tmp_path: Path) -> None:
    (check,) = load(tmp_path, GOOD + CHECK).checks
    assert check.entry()["references"] == {"channel_key": "marts.dim_channels.channel_key"}
    assert check.entry()["severity"] == "block"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (
            GOOD.replace("timezone", "time_zone"),
            "muster.toml: community.time_zone: unknown key; did you mean 'timezone'?",
        ),
        (GOOD.replace("Europe/Paris", "Europe/Pariss"), "community.timezone: no time zone 'Europe/Pariss'"),
        (
            GOOD.replace('platform = "discourse"', 'platform = "usenet"'),
            "forum.platform: expected one of",
        ),
        (GOOD.replace("path = ", "pfad = "), "muster.toml: sources.chat.path: is missing; add it"),
        (GOOD.replace("path = ", "paht = "), "sources.chat.paht: unknown key; did you mean 'path'?"),
        (GOOD.replace('name = "Readers"', "name = 5"), "muster.toml: community.name: "),
        (GOOD.replace("[sources.forum]", "[sources.Forum]"), "sources.Forum: a source's name is lower-case"),
        (GOOD.replace("forum:alice", "alice"), "'alice' names no source: write it as 'source:account'"),
        (GOOD.replace("forum:alice", "blog:alice"), "members.staff: 'blog:alice' names no source of this file"),
        (GOOD.replace("2025-03-06", "2025-02-06"), "'to' must lie after 'from'"),
        ("[community]\nname = 'x'\n", "sources: at least one [sources.NAME]"),
        ("[community\n", "muster.toml: not valid TOML"),
        (
            GOOD + CHECK.replace("references", "#"),
            "muster.toml: checks.0: the check: marts.fct_messages channel_listed: needs",
        ),
        (GOOD + CHECK.replace("references", "where = 'true'\nreferences"), "needs exactly one of not_null, unique"),
        (GOOD + CHECK.replace("references =", "measure = 'select 1' #"), "a measure needs `min` or `max`"),
        (GOOD + "\n[extra]\na = 1\n", "muster.toml: extra: unknown key"),
    ],
)
def test_an_error_names_the_file_the_key_and_the_cure(tmp_path: Path, broken: str, says: str) -> None:
    with pytest.raises(WrongUse) as error:
        load(tmp_path, broken)
    assert any(says in line for line in str(error.value).splitlines()), str(error.value)
    assert all(line.startswith("muster.toml: ") for line in str(error.value).splitlines())


def test_a_run_goes_on_until_later_than_it_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "muster.toml").write_text(GOOD)
    run = new_run(tmp_path, now=datetime(2025, 5, 1))
    monkeypatch.setattr("flows.run.time.monotonic", lambda: run.started + 7200)
    assert (run.now, run.until) == (datetime(2025, 5, 1), datetime(2025, 5, 1, 2))


def test_an_absent_file_is_wrong_use_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="muster init"):
        settings.load(tmp_path / "nowhere.toml")


def test_the_environment_may_name_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "muster.toml").write_text(GOOD)
    monkeypatch.setenv("MUSTER_CONFIG", str(tmp_path / "muster.toml"))
    assert settings.load().community.name == "Readers"


def test_secrets_come_from_the_environment_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".dlt").mkdir()
    (tmp_path / ".dlt" / "secrets.toml").write_text('[sources.forum]\napi_key = "file"\napi_username = "bot"\n')
    monkeypatch.setenv("SOURCES__FORUM__API_KEY", "environment")
    found = secrets.of_source(tmp_path, "forum", ("api_key", "api_username", "absent"))
    assert found == {"api_key": "environment", "api_username": "bot"}


def test_a_broken_secrets_file_is_not_quoted(tmp_path: Path) -> None:
    (tmp_path / ".dlt").mkdir()
    (tmp_path / ".dlt" / "secrets.toml").write_text('[sources.forum]\napi_key = "topsecret\n')
    with pytest.raises(WrongUse) as error:
        secrets.of_source(tmp_path, "forum", ("api_key",))
    assert "topsecret" not in str(error.value)
    assert ".dlt/secrets.toml" in str(error.value)
