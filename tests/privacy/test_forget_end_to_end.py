"""`muster forget`: nothing of the person is left anywhere, totals stay, and a re-run does not bring them back."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.errors import WrongUse
from flows.export_person import export_person
from flows.forget import forget
from flows.forget_receipt import Receipt
from tests.flows.support import Places, Rows, ask, run_muster
from tests.privacy.conftest import FIRST, SECOND, configured, run_apart
from tests.privacy.searching import found

ENGAGEMENT = "select scope, population, local_date, dau, posts, comments from marts.engagement_daily order by all"
CHURNED = "select coalesce(sum(churned), 0), coalesce(sum(left_explicitly), 0) from marts.growth_accounting"


@dataclass
class Story:
    """What was there before, and what the erasure said and left."""

    folder: Path
    account_id: int
    needles: list[str]
    before: list[str]
    engagement: Rows
    days: dict[tuple[str, date], tuple[int, int]]
    churned: Rows
    held: dict[str, Any]
    receipt: Receipt


def raw(folder: Path, query: str) -> Rows:
    with duckdb.connect(str(folder / ".muster" / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def someone(places: Places, folder: Path) -> tuple[int, list[str]]:
    """A member who opened a topic, is mentioned or quoted by others, and what nobody else would say."""
    query = """
        select user_id from raw_discourse.messages where user_id > 1 and raw is not null
        group by 1 having count(distinct id) >= 8 and bool_or(post_number = 1) order by count(distinct id) desc
    """
    for (account_id,) in raw(folder, query):
        account = places.community.forum.accounts[account_id]
        hits = raw(
            folder,
            f"select count(*) from raw_discourse.messages where list_contains(mentions, '{account.username.lower()}')",
        )
        if account.username.isascii() and " " in account.name and hits[0][0] and not account.admin:
            texts = raw(
                folder,
                f"""select distinct raw from raw_discourse.messages as own
                where user_id = {account_id} and length(raw) > 60 and raw not like '%```%'
                and not exists (from raw_discourse.messages as other
                where other.user_id <> {account_id} and contains(other.raw, split_part(own.raw, chr(10), -1)))
                and not exists (from raw_slack_export.messages as other
                where contains(other.text, split_part(own.raw, chr(10), -1))) order by raw""",
            )
            assert texts
            said = [text.splitlines()[-1] for (text,) in texts if len(text.splitlines()[-1]) > 40]
            return account_id, [account.username, account.name, account.email, *said[:10]]
    raise AssertionError("nobody fits: choose another seed")


def plant(data: Path, needle: str) -> None:
    """What a library or a killed run may leave of the person where we write nothing of them."""
    for left in ("dlt/left.txt", "dbt/dbt.log", "quality/old/raw.json", "reports/old/summary.txt", "prefect/left.log"):
        file = data / left
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a") as written:
            written.write(needle)
    with closing(sqlite3.connect(data / "prefect" / "prefect.db")) as connection:
        assert connection.execute("update artifact set description = ?", [f"about {needle}"]).rowcount > 0
        connection.commit()
    (data / "snapshots" / ".building-old").mkdir()
    (data / "snapshots" / ".building-old" / "desk.duckdb").write_text(needle)


@pytest.fixture(scope="module")
def story(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = configured(tmp_path_factory.mktemp("forget"), places)
    run_apart(folder, FIRST)
    account_id, needles = someone(places, folder)
    before, data = found(folder / ".muster", needles), folder / ".muster"
    engagement, churned = ask(folder, ENGAGEMENT), ask(folder, CHURNED)
    held = json.loads(export_person(folder, f"forum:{needles[0]}", None))
    days = {
        (row["scope"], date.fromisoformat(row["local_date"])): (row["posts"], row["comments"])
        for row in held["computed"]["marts.fct_member_days"]
    }
    plant(data, needles[0])
    receipt = forget(folder, f"forum:{needles[0].upper()}", now=FIRST)
    return Story(folder, account_id, needles, before, engagement, days, churned, held, receipt)


def test_before_it_the_person_is_found(story: Story) -> None:
    places = "\n".join(story.before)
    for place in ("raw_discourse.messages.raw", "desk.people", "raw_discourse.accounts.username"):
        assert place in places


def test_an_access_request_holds_rows_names_and_what_was_computed(story: Story) -> None:
    account = story.held["accounts"][0]
    assert story.needles[0] in account["names"]
    assert {"accounts", "messages"} <= account["rows"].keys()
    assert any(row["raw"] and story.needles[3] in row["raw"] for row in account["rows"]["messages"])
    assert account["mentioned_in"]["messages"]
    assert {"marts.dim_members", "marts.fct_member_days", "desk.people"} <= story.held["computed"].keys()


def test_nothing_of_the_person_is_left(story: Story) -> None:
    assert found(story.folder / ".muster", story.needles) == []
    for stream, column in (("accounts", "id"), ("messages", "user_id"), ("memberships", "account_id")):
        assert raw(
            story.folder, f"select count(*) from raw_discourse.{stream} where {column} = {story.account_id}"
        ) == [(0,)]
    assert story.receipt.leftovers == []


def test_counts_are_less_by_the_person_and_erasure_is_not_churn(story: Story) -> None:
    after = {row[:3]: row[3:] for row in ask(story.folder, ENGAGEMENT)}
    assert after.keys() == {row[:3] for row in story.engagement}
    for scope, population, day, *numbers in story.engagement:
        if numbers[0] is None:
            continue
        posts, comments = story.days.get((scope, day), (0, 0))
        less = (numbers[0] - bool(posts or comments), numbers[1] - posts, numbers[2] - comments)
        assert after[scope, population, day] == less
    ((churned, left),) = ask(story.folder, CHURNED)
    assert (churned, left) <= story.churned[0]
    assert ask(story.folder, "select count(*), min(role) from marts.dim_members where status = 'erased'") == [
        (1, "system")
    ]


def test_the_receipt_names_nobody(story: Story) -> None:
    assert story.receipt.file is not None
    text = story.receipt.file.read_text() + story.receipt.file.with_suffix(".json").read_text()
    assert all(needle.lower() not in text.lower() for needle in story.needles)
    assert "skeletons" in text
    assert "unmarked quotes" in text
    assert not (story.folder / ".muster" / "forget.json").exists()


def test_a_second_call_says_that_it_is_done(story: Story) -> None:
    with pytest.raises(WrongUse, match="erased already"):
        forget(story.folder, f"forum:{story.account_id}", now=FIRST)
    with pytest.raises(WrongUse, match="no account"):
        forget(story.folder, "forum:nobody_of_that_name", now=FIRST)


def test_a_run_does_not_bring_the_person_back(story: Story, places: Places) -> None:
    places.move_to(SECOND)
    outcome = run_muster(story.folder, SECOND, full=True)
    assert outcome.exit_code == 0
    assert found(story.folder / ".muster", story.needles) == []
    ((erased, uneven),) = raw(
        story.folder,
        "select sum(erased), count(*) filter (received <> landed + unchanged + rejected) from ops.ingests",
    )
    assert erased > 0
    assert uneven == 0
    # nobody left, and the past reads as before
    assert ask(story.folder, "select count(*) from marts.dim_members where status = 'erased'") == [(1,)]
