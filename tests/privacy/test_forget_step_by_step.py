"""Erasure without the models: what becomes of rows, rejects, files, and of an erasure that is interrupted."""

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import psycopg
import pytest

from flows import configure, forget, ingest
from flows.errors import WrongUse
from flows.progress import Progress
from flows.run import new_run
from tests.flows.support import Rows, write_configuration
from tests.privacy.searching import found
from warehouse.lock import exclusive
from warehouse.rewriting import rewrite

NOW = datetime(2025, 5, 1)
SOURCES = '[sources.chat]\nplatform = "slack_export"\npath = "export"\nbridge_bots = ["B1"]\n'
WORDS = "my very own sentence about lanterns"
NEEDLES = ("quentina", "Quentina Marsh", "UQ77", WORDS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One person who writes, is mentioned, is named, reacts, and once breaks the declaration."""
    made = write_configuration(tmp_path / "community", SOURCES, more='[members]\nstaff = ["chat:quentina"]\n')
    days = made / "export" / "general"
    days.mkdir(parents=True)
    users = [{"id": "UQ77", "name": "quentina", "real_name": "Quentina Marsh", "profile": {"email": "q@example.org"}}]
    (made / "export" / "users.json").write_text(json.dumps([*users, {"id": "U2", "name": "bert"}]))
    (made / "export" / "channels.json").write_text(json.dumps([{"id": "C1", "name": "general", "creator": "UQ77"}]))
    said = [
        {"user": "UQ77", "text": WORDS, "ts": "1743500000.000100", "reply_users": ["U2"]},
        {"user": "U2", "text": "<@UQ77> as Quentina  Marsh said, write to q@example.org", "ts": "1743500001.000100"},
        {"user": "U2", "text": "fine", "ts": "1743500002.000100", "parent_user_id": "UQ77",
         "reactions": [{"name": "wave", "count": 2, "users": ["UQ77", "U2"]}]},
        {"user": "UQ77", "text": WORDS, "ts": "1893456000.000100"},
        {"bot_id": "B1", "username": "Otto Bridge", "text": "from afar", "ts": "1743500003.000100"},
    ]  # fmt: skip
    (days / "2025-04-01.json").write_text(json.dumps([{"type": "message", **message} for message in said]))
    return made


def read(folder: Path, days: int = 0) -> None:
    run = new_run(folder, now=NOW + timedelta(days=days), full=days > 0, say=Progress(quiet=True))
    with exclusive(run.folder, run.now):
        configure.configure(run)
        pulled = ingest.Pulled("chat")
        ingest.pull_source(run, run.sources[0], pulled, threading.Lock())
        ingest.record(run, [pulled])


def ask(folder: Path, query: str) -> Rows:
    with duckdb.connect(str(folder / ".muster" / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(autouse=True)
def without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget._Erasure, "_publish", lambda self: None)


def test_rows_become_skeletons_and_others_are_scrubbed(folder: Path) -> None:
    read(folder)
    assert len(found(folder / ".muster", NEEDLES)) > 5
    receipt = forget.forget(folder, "chat:quentina", now=NOW)
    assert found(folder / ".muster", NEEDLES) == []
    assert receipt.leftovers == []
    texts = dict(ask(folder, "select ts, text from raw_slack_export.messages"))
    assert texts["1743500000.000100"] is None
    assert texts["1743500001.000100"] == "<[erased]> as [erased] said, write to [erased]"
    assert texts["1743500002.000100"] == "fine"
    assert ask(folder, "select count(*) from raw_slack_export.messages where starts_with(user, 'erased-')") == [(1,)]
    assert ask(folder, "select count(*) from raw_slack_export.reactions where starts_with(user, 'erased-')") == [(1,)]
    assert ask(folder, "select creator from raw_slack_export.channels") == [(None,)]
    assert ask(folder, "select payload, record, reason is not null from raw.rejected") == [(None, None, True)]
    assert ask(folder, "select count(*) from raw.staff") == [(0,)]


def test_reading_again_brings_nothing_back_and_counts_what_it_drops(folder: Path) -> None:
    read(folder)
    forget.forget(folder, "chat:UQ77", now=NOW)
    before = ask(folder, "select * exclude (loaded_at) from raw_slack_export.messages order by all")
    read(folder, days=1)
    assert found(folder / ".muster", NEEDLES) == []
    # neither her rows nor the scrubbed ones of others change again
    assert ask(folder, "select * exclude (loaded_at) from raw_slack_export.messages order by all") == before
    assert ask(folder, "select count(*) from raw_slack_export.reactions where is_removed") == [(0,)]
    ledger = "select stream, erased from ops.ingests where erased > 0 order by 1"
    assert ask(folder, ledger) == [("accounts", 1), ("messages", 1), ("reactions", 1)]
    assert ask(folder, "select count(*) from ops.ingests where received <> landed + unchanged + rejected") == [(0,)]


def test_freed_blocks_keep_words_until_the_file_is_rewritten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(folder)
    file = folder / ".muster" / "warehouse.duckdb"
    with monkeypatch.context() as patched:
        patched.setattr("flows.forget.rewrite", lambda path: None)
        receipt = forget.forget(folder, "chat:quentina", now=NOW)
    assert ask(folder, "select count(*) from raw_slack_export.messages where contains(text, 'lanterns')") == [(0,)]
    assert b"lanterns" in file.read_bytes()
    assert receipt.leftovers == ["warehouse.duckdb"]  # and the receipt says so
    rewrite(file)
    assert b"lanterns" not in file.read_bytes()
    assert ask(folder, "select free_blocks from pragma_database_size()") == [(0,)]


def test_a_bridged_person_is_erased_by_name(folder: Path) -> None:
    read(folder)
    forget.forget(folder, "chat:B1/Otto Bridge", now=NOW)
    read(folder, days=1)
    assert found(folder / ".muster", ["Otto Bridge"]) == []


IDENTITIES = "source,account,person\nchat,quentina,Quentina Marsh\nchat,U2,Quentina Marsh\nchat,B1/Otto Bridge,\n"


def with_identities(folder: Path, more: str = "") -> None:
    (folder / "identities.csv").write_text(IDENTITIES, encoding="utf-8")
    text = (folder / "muster.toml").read_text(encoding="utf-8")
    text = text.replace("[members]", '[members]\nidentities = "identities.csv"') + more
    (folder / "muster.toml").write_text(text, encoding="utf-8")


def test_linked_accounts_are_erased_together_and_the_file_links_them_no_more(folder: Path) -> None:
    with_identities(folder)
    read(folder)
    assert ask(folder, "select count(*) from raw.identities") == [(3,)]
    with duckdb.connect(str(folder / ".muster" / "warehouse.duckdb")) as connection:
        connection.execute("create schema marts")
        accounts = "(values ('chat', 'UQ77', 'm'), ('chat', 'U2', 'm')) as a (source, account_id, member_key)"
        connection.execute(f"create table marts.dim_accounts as from {accounts}")
    receipt = forget.forget(folder, "chat:U2", now=NOW)
    assert found(folder / ".muster", NEEDLES) == []
    assert ask(folder, "select count(*) from raw.erased_accounts") == [(2,)]
    assert any("identities.csv may name the account" in line for line in receipt.unknown)
    read(folder, days=1)
    assert ask(folder, "select account, person from raw.identities") == [("B1/Otto Bridge", None)]
    assert found(folder / ".muster", NEEDLES) == []


def test_what_is_wrong_with_the_file_is_told_before_anything_is_erased(folder: Path) -> None:
    with_identities(folder)
    read(folder)
    (folder / "identities.csv").unlink()
    with pytest.raises(WrongUse, match=r"identities\.csv"):
        forget.forget(folder, "chat:quentina", now=NOW)
    assert not (folder / ".muster" / "forget.json").exists()


def test_under_pseudonyms_the_identities_are_ones_too_and_still_find_their_accounts(folder: Path) -> None:
    with_identities(folder, "\n[privacy]\npseudonymize = true\nkeep_text = false\n")
    read(folder)
    read(folder, days=1)
    assert found(folder / ".muster", ["quentina", "Quentina Marsh", "Otto Bridge"]) == []
    known = "select id from raw_slack_export.accounts as a where lower(name) = lower(account) or id = account"
    rows = ask(
        folder, f"select person, ({known} limit 1) as id from raw.identities where ({known} limit 1) is not null"
    )
    persons = {id_: person for person, id_ in rows}
    assert persons["UQ77"] == persons["U2"] != "Quentina Marsh"
    assert [person for id_, person in persons.items() if id_.startswith("B1/")] == [None]


def test_an_interrupted_erasure_is_finished_before_anything_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(folder)

    def die(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("flows.forget.rewrite", die)
        with pytest.raises(KeyboardInterrupt):
            forget.forget(folder, "chat:quentina", now=NOW)
    with pytest.raises(WrongUse, match="an erasure was interrupted"):
        read(folder, days=1)
    forget.forget(folder, None, now=NOW)
    assert not (folder / ".muster" / "forget.json").exists()
    assert found(folder / ".muster", NEEDLES) == []
    read(folder, days=1)


def test_whom_it_cannot_find_it_does_not_erase(folder: Path) -> None:
    with pytest.raises(WrongUse, match="holds no data yet"):
        forget.forget(folder, "chat:quentina", now=NOW)
    read(folder)
    for account, says in (
        ("quentina", "names no source"),
        ("blog:x", "no source 'blog'"),
        ("chat:x", "no account 'x'"),
    ):
        with pytest.raises(WrongUse, match=says):
            forget.forget(folder, account, now=NOW)
    with pytest.raises(WrongUse, match="whom"):
        forget.forget(folder, None, now=NOW)


@pytest.mark.parametrize("is_there", [True, False])
def test_what_stood_for_the_person_leaves_postgres_or_the_receipt_says_not_yet(
    folder: Path, postgres: str, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    read(folder)
    with (folder / "muster.toml").open("a") as file:
        file.write("[publish]\npostgres = true\n")
    with pytest.raises(WrongUse, match=r"publish\.postgres: 'postgres_dsn' is not there"):
        forget.forget(folder, "chat:quentina", now=NOW)
    assert found(folder / ".muster", NEEDLES) != [], "told before anything is erased"
    snapshot = folder / ".muster" / "snapshots" / "s"
    snapshot.mkdir(parents=True)
    with duckdb.connect(str(snapshot / "community.duckdb")) as connection:
        connection.execute("create schema marts; create table marts.dim_accounts as select 'left' as account_key")
    monkeypatch.setenv("PUBLISH__POSTGRES_DSN", postgres if is_there else "host=/nowhere")
    monkeypatch.setattr(forget._Erasure, "_publish", lambda self: self._to_postgres(snapshot))
    receipt = forget.forget(folder, "chat:quentina", now=NOW)
    if is_there:
        with psycopg.connect(postgres) as there:
            assert there.execute("select account_key from marts.dim_accounts").fetchall() == [("left",)]
    else:
        assert any("PostgreSQL cannot be reached" in line and "until the next run" in line for line in receipt.unknown)
