"""One run with texts left out and names under pseudonyms: no original and no secret in anything it writes or says."""

import base64
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

import duckdb
import pytest

from flows.export import export
from flows.privacy import KEY as KEY_FILE
from tests.flows.support import KEY, Places, Rows, ask, run_muster, write_configuration
from tests.privacy.conftest import FIRST, SECOND, command, configured, run_apart
from tests.privacy.searching import found

PRIVACY = """
identities = "identities.csv"

[privacy]
keep_text = false
pseudonymize = true

[[checks]]
layer = "marts"
table = "marts.dim_members"
name = "no_members_at_all"
where = "role = 'member'"
severity = "warn"
"""
REFUSES = """
[[checks]]
layer = "raw"
table = "raw_discourse.accounts"
name = "no_accounts"
where = "id > 0"
"""


WRONG = "a-wrong-key-7f3b"


@pytest.fixture(scope="module")
def folder(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run leaves that had the forum's key, logged all it could, and kept Prefect's state in the data folder."""
    made = configured(tmp_path_factory.mktemp("private"), places, PRIVACY)
    (made / "identities.csv").write_text(listed(places), encoding="utf-8")
    (made / "said.txt").write_text(run_apart(made, FIRST))
    return made


def forms(secret: str) -> set[str]:
    """A secret as it stands in headers, addresses and encodings."""
    return {secret, quote(secret), quote_plus(secret), base64.b64encode(secret.encode()).decode()}


def prefect(folder: Path, query: str) -> Rows:
    with closing(sqlite3.connect(folder / ".muster" / "prefect" / "prefect.db")) as connection:
        return connection.execute(query).fetchall()


def listed(places: Places) -> str:
    """Who is one person, by their own names: handles of the forum, ids of the chat."""
    lines = ["source,account,person"]
    for one in places.community.people:
        if one.forum_id is not None and one.chat_id is not None:
            account = places.community.forum.accounts[one.forum_id]
            lines += [f'forum,{account.username},"{account.email}"', f'chat,{one.chat_id},"{account.email}"']
    return "\n".join(lines)


def originals(places: Places) -> set[str]:
    """Handles, names, addresses, titles and sentences, those that no word of ours can be mistaken for."""
    forum, chat = places.community.forum, places.community.chat
    named = {text for one in forum.accounts.values() if one.id > 0 for text in (one.username, one.name, one.email)}
    named |= {text for one in chat.users.values() for text in (one.name, one.real_name, one.email) if text}
    texts = {line for post in forum.posts.values() for line in post.raw.splitlines()}
    texts |= {topic.title for topic in forum.topics.values()}
    return {text for text in named if len(text) > 5} | {text for text in texts if len(text) > 20}


def test_no_original_is_in_any_file(folder: Path, places: Places) -> None:
    needles = originals(places)
    assert len(needles) > 200
    assert found(folder / ".muster", needles) == []
    said = (folder / "said.txt").read_text().casefold()
    assert [needle for needle in needles if needle.casefold() in said] == []


def test_joins_still_find_each_other(folder: Path) -> None:
    assert ask(folder, "select count(*) > 0 from marts.fct_interactions where kind = 'mention'") == [(True,)]
    labels = ask(folder, "select label from desk.people", "desk")
    assert sum(label[0].startswith("p") and len(label[0]) == 25 for label in labels) > 20
    ((orphans,),) = ask(
        folder, "select count(*) from marts.fct_messages anti join marts.dim_members using (member_key)"
    )
    assert orphans == ask(folder, "select count(*) from marts.fct_messages where member_key is null")[0][0]


def test_the_identities_file_links_under_pseudonyms(folder: Path) -> None:
    linked = ask(folder, "select member_key, source from marts.dim_accounts where link_reason = 'identities_file'")
    persons = {member for member, _ in linked}
    assert len(linked) == 2 * len(persons) > 0
    assert {(member, place) for member in persons for place in ("forum", "chat")} == set(linked)


def test_published_keys_are_keyed_and_native_ids_are_left_out(folder: Path) -> None:
    with duckdb.connect(str(folder / ".muster" / "warehouse.duckdb"), read_only=True) as connection:
        plain = {key for (key,) in connection.execute("select account_key from marts.dim_accounts").fetchall()}
    published = ask(folder, "select account_key, account_id from marts.dim_accounts")
    assert len(published) == len(plain)
    assert not plain & {key for key, _ in published}
    assert {native for _, native in published} == {None}


def test_the_planted_key_is_nowhere_but_in_its_file(folder: Path) -> None:
    # the search reaches into what libraries keep: Prefect's database, dlt's state and dbt's log
    reached = "\n".join(found(folder, {"muster_forum", "gate-core", "marts.engagement_daily"}))
    assert all(place in reached for place in ("prefect.db", "_dlt_pipeline_state", "dbt/dbt.log")), reached
    assert {place.partition(":")[0] for place in found(folder, forms(KEY))} == {".dlt/secrets.toml"}


def test_a_refused_key_is_told_to_nobody(places: Places, tmp_path: Path) -> None:
    folder = write_configuration(tmp_path, places.sources)
    (folder / ".dlt").mkdir()
    (folder / ".dlt" / "secrets.toml").write_text(f'[sources.forum]\napi_key = "{WRONG}"\napi_username = "system"\n')
    for words in (("check",), ("run", "--source", "forum")):
        done = command(folder, *words)
        assert done.returncode == 1, done.stderr[-500:]
        assert "forum" in done.stdout + done.stderr
        assert not [form for form in forms(WRONG) if form in done.stdout + done.stderr], words
    assert {place.partition(":")[0] for place in found(folder, forms(WRONG))} == {".dlt/secrets.toml"}


def test_the_folder_is_private(folder: Path) -> None:
    data = folder / ".muster"
    assert data.stat().st_mode & 0o077 == 0
    for name in ("warehouse.duckdb", KEY_FILE, "serving/desk.duckdb", "status.json"):
        assert (data / name).stat().st_mode & 0o077 == 0, name


def test_the_export_has_no_members_and_no_small_groups(folder: Path, tmp_path: Path) -> None:
    written = {one.file.stem: one for one in export(folder, tmp_path)}
    assert {"engagement_daily", "growth_accounting", "cohort_retention", "dim_dates"} <= written.keys()
    assert not {"dim_members", "fct_member_days", "survival_curve"} & written.keys()
    with duckdb.connect() as connection:
        least = f"select min(least(dau, wau, mau)) from read_csv('{tmp_path}/engagement_daily.csv') where dau > 0"
        assert connection.execute(least).fetchall()[0][0] in (None, *range(5, 100))
    assert written["engagement_daily"].withheld > 0


def test_a_check_of_the_users_own_warns_and_blocks(folder: Path, places: Places) -> None:
    own = "select severity, outcome from ops.quality_results where check_name = 'no_members_at_all'"
    assert ask(folder, own) == [("warn", "fail")]
    with (folder / "muster.toml").open("a") as file:
        file.write(REFUSES)
    before = (folder / ".muster" / "serving").resolve()
    done = command(folder, "run")
    assert done.returncode == 3, done.stderr[-500:]
    # among the debugging lines of the libraries
    [said] = [line for line in done.stderr.splitlines() if line.startswith("muster: ")]
    assert "blocked by raw_discourse.accounts no_accounts" in said
    assert (folder / ".muster" / "serving").resolve() == before
    # and Prefect shows what was asked, of the refused run too
    shown = dict(prefect(folder, "select key, count(*) from artifact group by 1"))
    assert (shown["gate-raw"], shown["gate-core"], shown["gate-marts"]) == (2, 1, 1)
    ((latest,),) = prefect(folder, "select data from artifact where key = 'gate-raw' order by created desc limit 1")
    assert "no_accounts" in latest


def test_settings_that_would_mix_two_kinds_of_data_are_refused(folder: Path) -> None:
    from flows.errors import WrongUse

    text = (folder / "muster.toml").read_text()
    (folder / "muster.toml").write_text(text.replace("pseudonymize = true", "pseudonymize = false"))
    with pytest.raises(WrongUse, match=r"privacy\.pseudonymize has changed"):
        run_muster(folder, SECOND)
    (folder / "muster.toml").write_text(text)
