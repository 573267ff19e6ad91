"""A genuine workspace export: what is published equals an independent count of its JSON files."""

import json
import re
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.flows import recomputed
from tests.flows.support import ask, run_muster, write_configuration

# what the platform writes by itself; everything else is somebody's message
SYSTEM = {"channel_join", "channel_leave", "channel_purpose", "channel_name", "channel_topic", "pinned_item", "bot_add"}


@pytest.fixture(scope="module")
def export(shared: Path) -> dict[str, Any]:
    """The export's files, read without any of Muster's code."""
    with zipfile.ZipFile(shared / "slack-export" / "houston-2015.zip") as archive:
        files = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}
    messages = [message for name, day in files.items() if "/" in name for message in day]
    return {"users": files["users.json"], "channels": files["channels.json"], "messages": messages}


@pytest.fixture(scope="module")
def published(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder after one run on the real export."""
    archive = shared / "slack-export" / "houston-2015.zip"
    folder = write_configuration(
        tmp_path_factory.mktemp("slack"),
        f'[sources.chat]\nplatform = "slack_export"\npath = "{archive}"\n',
        timezone="America/Chicago",
    )
    outcome = run_muster(folder, datetime(2016, 7, 31))
    assert outcome.exit_code == 0, outcome.message
    return folder


def test_messages_equal_the_files(published: Path, export: dict[str, Any]) -> None:
    system = sum(message.get("subtype") in SYSTEM for message in export["messages"])
    assert ask(published, "select count(*), count(*) filter (where kind = 'system') from marts.fct_messages") == [
        (len(export["messages"]), system)
    ]
    active = ask(published, "select sum(posts + comments) from marts.fct_member_days where scope = 'all'")
    bots = {user["id"] for user in export["users"] if user.get("is_bot")}
    by_people = [
        message
        for message in export["messages"]
        if message.get("subtype") not in SYSTEM and message.get("user") not in bots
    ]
    assert active == [(len(by_people),)]


def test_joins_and_leaves_equal_the_files(published: Path, export: dict[str, Any]) -> None:
    for event, subtype in (("join", "channel_join"), ("leave", "channel_leave")):
        counted = sum(message.get("subtype") == subtype for message in export["messages"])
        assert ask(published, f"select count(*) from marts.fct_memberships where event = '{event}'") == [(counted,)]


def test_reactions_equal_the_files(published: Path, export: dict[str, Any]) -> None:
    counted = sum(len(r["users"]) for message in export["messages"] for r in message.get("reactions", []))
    assert ask(published, "select count(*) from marts.fct_interactions where kind = 'reaction'") == [(counted,)]
    assert ask(published, "select sum(reactions_count) from marts.fct_messages") == [(counted,)]


def test_members_equal_the_files(published: Path, export: dict[str, Any]) -> None:
    listed = {user["id"] for user in export["users"]}
    written = {
        message.get("user") or message.get("comment", {}).get("user") or message.get("bot_id")
        for message in export["messages"]
    }
    accounts = {row[0] for row in ask(published, "select account_id from marts.dim_accounts")}
    assert listed | written <= accounts
    people = ask(published, "select count(*) from marts.dim_members where role in ('member', 'staff')")
    bots = {user["id"] for user in export["users"] if user.get("is_bot")}
    # USLACKBOT is the platform itself
    assert people == [(len((listed | written) - bots - {"USLACKBOT"}),)]


def test_days_are_the_days_of_the_community(published: Path, export: dict[str, Any]) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/Chicago")
    days: dict[str, set[str]] = {}
    for message in export["messages"]:
        author = message.get("user") or message.get("comment", {}).get("user")
        if message.get("subtype") not in SYSTEM:
            day = datetime.fromtimestamp(float(message["ts"]), zone).date().isoformat()
            days.setdefault(day, set()).add(author)
    dau = ask(
        published,
        "select local_date::varchar, dau from marts.engagement_daily "
        "where scope = 'chat' and population = 'everyone' and dau > 0 order by 1",
    )
    # the first and the last day are observed in part
    inner = {day: len(authors) for day, authors in sorted(days.items())[1:-1]}
    assert {day: count for day, count in dau if day in inner} == inner


def test_every_day_week_and_month_equals_the_recomputation(published: Path, export: dict[str, Any]) -> None:
    spoken = [message for message in export["messages"] if message.get("subtype") not in SYSTEM]
    acts = pd.DataFrame(
        {
            "source": "chat",
            "account": [m.get("user") or m.get("comment", {}).get("user") or m["bot_id"] for m in spoken],
            "at": [datetime.fromtimestamp(float(m["ts"]), UTC).replace(tzinfo=None) for m in spoken],
            "kind": ["post" if m.get("thread_ts", m["ts"]) == m["ts"] else "comment" for m in spoken],
        }
    )
    for scope in ("chat", "all"):
        shares = recomputed.prove(published, acts, scope, "America/Chicago")
        assert min(shares.values()) > 0.8, shares
    # a chat names no message that is answered
    assert recomputed.replies(published, "chat") == {}


def test_the_graph_of_mentions_equals_the_files(published: Path, export: dict[str, Any]) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for message in export["messages"]:
        author = message.get("user") or message.get("comment", {}).get("user")
        if message.get("subtype") not in SYSTEM and author:
            expected.update((author, named) for named in set(re.findall(r"<@(U\w+)", message.get("text") or "")))
    rows = ask(
        published,
        "select givers.account_id, receivers.account_id, i.kind, count(*) from marts.fct_interactions as i"
        " inner join marts.dim_accounts as givers on i.from_account_key = givers.account_key"
        " inner join marts.dim_accounts as receivers on i.to_account_key = receivers.account_key"
        " where i.kind in ('mention', 'reply', 'thread_reply') group by all",
    )
    assert len(expected) > 30
    # a workspace of before there were threads: nobody answers anybody as Slack would say it
    assert {(giver, receiver): (kind, count) for giver, receiver, kind, count in rows} == {
        edge: ("mention", count) for edge, count in expected.items()
    }


def test_a_second_run_on_the_same_file_adds_nothing(published: Path) -> None:
    before = ask(published, "select count(*) from marts.fct_messages")
    outcome = run_muster(published, datetime(2016, 8, 1))
    assert outcome.exit_code == 0
    assert ask(published, "select count(*) from marts.fct_messages") == before
    assert ", 0 new" in outcome.sources["chat"]["line"]


def test_prefect_shows_what_came_the_model_timings_the_gate_and_the_summary(published: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.sorting import ArtifactSort

    line = json.loads((published / ".muster" / "status.json").read_text())["sources"]["chat"]["line"]
    with get_client(sync_client=True) as client:
        artifacts = client.read_artifacts(sort=ArtifactSort.CREATED_DESC)
    run = next(one.flow_run_id for one in artifacts if one.key == "ingest" and line in str(one.data))
    shown = {one.key: one.data for one in artifacts if one.flow_run_id == run}
    assert {"ingest", "models", "gate-raw", "gate-models", "gate-core", "gate-marts", "summary"} <= shown.keys()
    models = {row["node"]: row for row in json.loads(str(shown["models"]))}
    assert models["fct_messages"]["seconds"] > 0
    assert {row["outcome"] for row in json.loads(str(shown["gate-core"]))} <= {"pass", "fail", "skip"}
    assert str(shown["summary"]).startswith("#")
