"""Who is one person: the identities file is read strictly, suggestions find people and stay suggestions."""

from datetime import datetime
from pathlib import Path

import pytest

from flows import identities, settings, suggestions
from flows.errors import WrongUse
from flows.likeness import Candidate, key, pairs
from sandbox import truth
from sandbox.community import simulate
from warehouse import build
from warehouse.connect import opened

TOML = """
[community]
name = "Readers"

[sources.chat]
platform = "slack_export"
path = "exports/chat.zip"

[sources.forum]
platform = "discourse"
base_url = "https://forum.example.org"

[members]
identities = "identities.csv"
"""


def configured(folder: Path, text: str) -> Path:
    (folder / "muster.toml").write_text(TOML)
    (folder / "identities.csv").write_text(text, encoding="utf-8")
    return folder


def read(folder: Path, text: str) -> list[dict[str, str]]:
    return list(identities.read(settings.load(configured(folder, text))))


def test_lines_are_accounts_by_id_or_handle(tmp_path: Path) -> None:
    found = read(tmp_path, "\ufeffperson,source,account\nAda, forum ,alice\nAda,chat,U1\n,chat,U2\n")
    assert found == [
        {"source": "forum", "account": "alice", "person": "Ada"},
        {"source": "chat", "account": "U1", "person": "Ada"},
        {"source": "chat", "account": "U2", "person": ""},
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source,account\n", "no column person"),
        ("source,account,person\nforum,,p\n", "line 2: a source and an account"),
        ("source,account,person\nforun,a,p\n", "line 2: no source 'forun'"),
        ("source,account,person\nforum,a,p\nforum,a,q\n", "line 3: forum:a is two persons"),
    ],
)
def test_a_line_that_cannot_be_meant_is_wrong_use(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(WrongUse, match=says):
        read(tmp_path, text)


def test_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    read(tmp_path, "source,account,person\n")
    (tmp_path / "identities.csv").unlink()
    with pytest.raises(WrongUse, match=r"members\.identities"):
        list(identities.read(settings.load(tmp_path)))


def test_a_link_keeps_the_day_it_was_first_listed(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    build.prepare(path, {})
    one = {"source": "forum", "account": "a", "person": "p"}
    for day, rows in ((1, [one]), (2, [one, {**one, "account": "b"}]), (3, [{**one, "account": "b"}]), (4, [one])):
        listed = [{**row, "listed_at": datetime(2024, 1, day)} for row in rows]
        build.write_configuration(path, [], {}, [], [], [], listed)
        if day == 2:
            assert days(path) == {"a": 1, "b": 2}
    # withdrawn and listed again: it begins anew
    assert days(path) == {"a": 4}


def days(path: Path) -> dict[str, int]:
    with opened(path, read_only=True) as connection:
        rows = connection.execute("select account, listed_at from raw.identities").fetchall()
    return {account: at.day for account, at in rows}


@pytest.mark.parametrize(
    "written",
    [
        ("Юлия Щукина", "Shchukina Yulia", "Iuliia SCHUKINA"),
        ("Zoë Müller", "muller.zoe", "Müller, Zoë 🌻"),
        ("Ελένη", "Eleni"),
        ("李雷", "Lei Li"),
        ("გიორგი", "giorgi"),
    ],
)
def test_ways_of_writing_one_name_are_alike(written: tuple[str, ...]) -> None:
    assert len({key(name) for name in written}) == 1
    assert key("🌻 !?") == ""


ALICE = Candidate("forum", "1", "alice_l", "Alice L.", "m1")


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([Candidate("forum", "2", "alice_l", None, "m2")], id="of the same place"),
        pytest.param([Candidate("chat", "U1", "alice_l", None, "m1")], id="linked already"),
        pytest.param(
            [Candidate("chat", "U1", "alice_l", None, "m2"), Candidate("chat", "U2", "alice_l", None, "m3")],
            id="two equally alike",
        ),
        pytest.param([Candidate("chat", "U1", "al", "A.", "m2")], id="too short"),
    ],
)
def test_nothing_is_suggested(others: list[Candidate]) -> None:
    assert pairs([ALICE, *others]) == []


def test_the_most_alike_is_suggested_unless_the_user_told_them_apart() -> None:
    others = [Candidate("chat", "U1", "alice_l", None, "m2"), Candidate("chat", "U2", "alice_lo", None, "m3")]
    [pair] = pairs([ALICE, *others])
    assert (pair.one.account_id, pair.other.account_id, pair.reason) == ("U1", "1", "same handle")
    persons = [Candidate("forum", "1", "alice", None, "m1", "p"), Candidate("chat", "U1", "alice", None, "m2", "q")]
    assert pairs(persons) == []
    assert len(pairs([persons[0], Candidate("chat", "U1", "alice", None, "m2")])) == 1


def test_an_initial_and_a_family_name_make_a_handle() -> None:
    [pair] = pairs(
        [Candidate("forum", "1", "ada", "Ada Lovelace", "m1"), Candidate("chat", "U1", "alovelace", None, "m2")]
    )
    assert pair.reason == "same handle and name"


def test_suggestions_against_the_simulator_s_truth() -> None:
    community = simulate()
    accounts = [
        Candidate("forum", str(a.id), a.username, a.name, f"f{a.id}")
        for a in community.forum.accounts.values()
        if a.person is not None
    ]
    accounts += [
        Candidate("chat", u.id, u.name, u.display_name or u.real_name, u.id)
        for u in community.chat.users.values()
        if u.person is not None
    ]
    people = {frozenset(p) for p in truth.persons(community).values() if len(p) == 2}
    found = {frozenset((p.one.place, p.other.place)) for p in pairs(accounts)}
    # what docs/identities.md says
    assert (len(accounts), len(people), len(found), len(found & people)) == (2911, 511, 453, 431)


@pytest.fixture
def modelled(tmp_path: Path) -> Path:
    """A folder whose models know five accounts, one of them set apart."""
    folder = configured(tmp_path, "source,account,person\nchat,U3,\nchat,nobody,p\nforum,2,Bob")
    (folder / ".muster").mkdir()
    warehouse = folder / ".muster" / "warehouse.duckdb"
    build.prepare(warehouse, {})
    listed = [("chat", "U3", None), ("chat", "nobody", "p"), ("forum", "2", "Bob")]
    build.write_configuration(warehouse, [], {}, [], [], [], [dict(zip(
        ("source", "account", "person", "listed_at"), (*one, datetime(2024, 1, 1)), strict=True)) for one in listed
    ])  # fmt: skip
    with opened(warehouse) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_accounts as select * from (values"
            " ('k1', 'forum', '1', 'carol', 'Carol\x1b[2J Example', 'member', false),"
            " ('k2', 'forum', '2', 'bob_b', null, 'staff', false),"
            " ('k3', 'chat', 'U1', 'carol', null, 'member', false),"
            " ('k4', 'chat', 'U2', 'bob.b', null, 'member', false),"
            " ('k5', 'chat', 'U3', 'carol', 'Carol Example', 'member', false),"
            " ('k6', 'chat', 'U4', 'bob_b', null, 'bot', false),"
            " ('k7', 'chat', 'U5', 'carol', null, 'member', true)"
            ") as a (account_key, source, account_id, handle, display_name, role, is_deleted)"
        )
        connection.execute(
            "create table intermediate.int_account_links as"
            " select account_key, account_key as member_key from intermediate.int_accounts"
        )
    return folder


def test_suggestions_are_listed_with_what_the_file_lacks(modelled: Path) -> None:
    before = (modelled / "identities.csv").read_bytes()
    said = list(suggestions.lines(modelled))
    assert [[part.strip() for part in line.split("  ")[-3:]] for line in said[1:3]] == [
        ["chat:U1 (carol)", "=", "forum:1 (carol / Carol [2J Example)"],
        ["chat:U2 (bob.b)", "=", "forum:2 (bob_b)"],
    ]
    assert "2 suggested, none applied" in said[3]
    assert "chat:nobody" in said[4]
    assert (modelled / "identities.csv").read_bytes() == before


def test_what_is_accepted_becomes_lines_of_the_file(modelled: Path) -> None:
    assert len(list(suggestions.accept(modelled, ["forum:1", "chat:U2"]))) == 4
    assert (modelled / "identities.csv").read_text() == (
        "source,account,person\nchat,U3,\nchat,nobody,p\nforum,2,Bob\n"
        "chat,U1,chat:U1\nforum,1,chat:U1\nchat,U2,Bob\n"
    )  # fmt: skip
    assert len(list(identities.read(settings.load(modelled)))) == 6
    with pytest.raises(WrongUse, match="nothing is suggested for 'chat:U3'"):
        list(suggestions.accept(modelled, ["chat:U3"]))


def test_a_first_acceptance_makes_the_file(modelled: Path) -> None:
    (modelled / "identities.csv").unlink()
    list(suggestions.accept(modelled, ["forum:1"]))
    assert (modelled / "identities.csv").read_text().splitlines()[0] == "source,account,person"
    assert (modelled / "identities.csv").stat().st_mode & 0o777 == 0o600


def test_there_must_be_names_and_a_file(modelled: Path) -> None:
    (modelled / "muster.toml").write_text(TOML + "\n[privacy]\npseudonymize = true\n")
    with pytest.raises(WrongUse, match="pseudonymize"):
        list(suggestions.lines(modelled))
    (modelled / "muster.toml").write_text(TOML.replace('identities = "identities.csv"', ""))
    with pytest.raises(WrongUse, match=r"members\.identities"):
        list(suggestions.accept(modelled, ["forum:1"]))
