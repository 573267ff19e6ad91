"""Files land whatever their format, once, with what does not fit beside its reason."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources.errors import BadFile, NotFound

NOW = datetime(2024, 6, 1)
MESSAGE = {
    "message_id": "m1",
    "channel_id": "c",
    "author_id": "ann",
    "created_at": "2024-05-01T12:00:00+02:00",
    "thread_id": "m1",
    "kind": "post",
    "title": "Hello",
    "text": "see https://x.org 😀 שלום Привет e\u0301 @bob ?",
    "mentions": ["bob"],
    "is_marked_question": True,
}


def rows(count: int) -> list[dict[str, Any]]:
    return [MESSAGE | {"message_id": f"m{n}", "text": f"text {n}"} for n in range(count)]


def lines(path: Path, found: list[Any]) -> Path:
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in found)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def table(path: Path, found: list[dict[str, Any]], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(found[0]), delimiter=delimiter)
        writer.writeheader()
        for row in found:
            writer.writerow({k: json.dumps(v) if isinstance(v, list | bool) else v for k, v in row.items()})
    return path


def parquet(path: Path, found: list[dict[str, Any]], when: str = "created_at::timestamptz") -> Path:
    source = lines(path.with_suffix(".tmp"), found)
    query = f"copy (select * replace ({when} as created_at) from read_json(?, format='newline_delimited')) to '{path}'"
    with duckdb.connect() as connection:
        connection.execute("set TimeZone='UTC'")
        connection.execute(query, [str(source)])
    source.unlink()
    return path


@pytest.mark.parametrize("kind", ["csv", "semicolons", "jsonl", "gz", "parquet"])
def test_every_format_says_the_same(shelf: Any, tmp_path: Path, kind: str) -> None:
    if kind in ("csv", "semicolons"):
        table(tmp_path / "messages.csv", [MESSAGE], "," if kind == "csv" else ";")
    elif kind == "parquet":
        parquet(tmp_path / "messages-2024.parquet", [MESSAGE])
    elif kind == "gz":
        (tmp_path / "messages.jsonl.gz").write_bytes(gzip.compress(json.dumps(MESSAGE).encode()))
    else:
        lines(tmp_path / "messages.jsonl", [MESSAGE])
    here = shelf("files")
    here.pull({"path": tmp_path}, NOW)
    row = here.latest("messages")["m1",]
    expected = {"created_at": datetime(2024, 5, 1, 10), "text": MESSAGE["text"], "mentions": ["bob"]}
    features = {"links_count": 1, "has_question": True, "text_length": len(str(MESSAGE["text"]))}
    flags = {"is_marked_question": True, "is_tombstone": False, "deleted_at": None}
    assert {name: row[name] for name in (*expected, *features, *flags)} == expected | features | flags
    assert not here.rejected
    assert here.coverage[0]["observed_to"] == datetime(2024, 5, 1, 10)


def test_a_row_that_does_not_fit_is_set_aside_with_its_reason(shelf: Any, tmp_path: Path) -> None:
    bad: list[Any] = [
        MESSAGE | {"message_id": "zone", "created_at": "2024-05-01T12:00:00"},
        MESSAGE | {"message_id": "early", "created_at": "1970-05-01T12:00:00Z"},
        MESSAGE | {"message_id": "number", "created_at": "1714557600"},
        MESSAGE | {"message_id": None},
        MESSAGE | {"message_id": "kind", "kind": "essay"},
        MESSAGE | {"message_id": "list", "mentions": "bob"},
        MESSAGE | {"message_id": "truth", "is_marked_question": "perhaps"},
        "nonsense",
        '["no", "object"]',
        '{"message_id": "half", "created_at": "2024-05-01T12:00:00Z", "text": "half \\ud83d emoji"}',
        "",
    ]
    lines(tmp_path / "messages.jsonl", [*rows(50), *bad])
    here = shelf("files")
    result = here.pull({"path": tmp_path}, NOW)
    assert len(here.latest("messages")) == 51
    assert here.latest("messages")["half",]["text"] == "half ? emoji"
    reasons = sorted(f"{row['column']}: {row['reason']}"[:40] for row in here.rejected)
    counted = Counter(reason.partition(":")[0] for reason in reasons)
    assert counted == {"None": 2, "created_at": 3, "is_marked_question": 1, "kind": 1, "mentions": 1, "message_id": 1}
    assert any("without a time zone" in row["reason"] for row in here.rejected)
    assert result.rows == 60


def test_a_broken_csv_row_is_set_aside(shelf: Any, tmp_path: Path) -> None:
    path = table(tmp_path / "messages.csv", rows(3))
    path.write_text(path.read_text() + "m9,too,few\n", encoding="utf-8")
    here = shelf("files")
    here.pull({"path": path}, NOW)
    assert len(here.latest("messages")) == 3
    assert [row["payload"].strip('"') for row in here.rejected] == ["m9,too,few"]


def test_an_unchanged_file_is_skipped_and_a_changed_one_read_again(shelf: Any, tmp_path: Path) -> None:
    lines(tmp_path / "messages.jsonl", rows(3))
    lines(tmp_path / "messages-old.jsonl", [MESSAGE | {"message_id": "old", "created_at": "2023-01-01T00:00:00Z"}])
    here = shelf("files")
    here.pull({"path": tmp_path}, NOW)
    size = here.size()
    assert here.pull({"path": tmp_path}, NOW).rows == 0
    assert here.pull({"path": tmp_path}, NOW, full=True).rows == 4
    assert here.size() == size
    changed = [rows(3)[0] | {"text": "edited"}, {"message_id": "m1", "deleted_at": "2024-05-02T00:00:00Z"}]
    lines(tmp_path / "messages.jsonl", changed)
    here.pull({"path": tmp_path}, NOW)
    latest = here.latest("messages")
    assert latest["m0",]["text"] == "edited"
    assert latest["m1",]["is_tombstone"]
    assert latest["m1",]["deleted_at"] == datetime(2024, 5, 2)
    assert not latest["m2",]["is_tombstone"], "a row that is missing is no deletion"
    covered = here.coverage[-1]
    assert (covered["observed_from"], covered["observed_to"]) == (datetime(2023, 1, 1), datetime(2024, 5, 1, 10))


def test_all_seven_streams_and_their_defaults(shelf: Any, tmp_path: Path) -> None:
    table(tmp_path / "accounts.csv", [{"account_id": "ann", "handle": "=cmd()|x", "is_staff": "TRUE", "iban": "x"}])
    table(tmp_path / "channels.csv", [{"channel_id": "c", "name": "<b>general</b>"}])
    lines(tmp_path / "messages.jsonl", rows(1))
    table(tmp_path / "reactions.csv", [{"message_id": "m0", "account_id": "ann", "kind": "👍", "occurred_at": ""}])
    table(tmp_path / "memberships.csv", [{"account_id": "ann", "event": "join", "occurred_at": "2024-01-01T00:00:00Z"}])
    count = {"metric": "members", "value": "5", "observed_at": "2024-01-01T00:00:00Z"}
    table(tmp_path / "counts.csv", [count, count | {"value": "7.5", "observed_at": "2024-02-01T00:00:00Z"}])
    table(tmp_path / "moderation.csv", [{"action": "ban", "occurred_at": "2024-01-01T00:00:00Z", "reason": ""}])
    (tmp_path / "readme.txt").write_text("not ours")
    here = shelf("files")
    result = here.pull({"path": tmp_path}, NOW)
    assert not here.rejected
    assert here.latest("accounts")["ann",]["is_staff"] is True
    assert here.latest("accounts")["ann",]["handle"] == "=cmd()|x"
    assert ("ann", "community", "", "join", datetime(2024, 1, 1)) in here.latest("memberships")
    assert [row["value"] for row in here.latest("counts").values()] == [5.0, 7.5]
    assert len(here.latest("reactions")) == len(here.latest("moderation")) == len(here.latest("channels")) == 1
    assert any("iban" in note for note in result.notes)


def test_what_is_no_such_file_is_one_line(shelf: Any, tmp_path: Path) -> None:
    here = shelf("files")
    with pytest.raises(NotFound, match="no file named after a stream"):
        here.pull({"path": tmp_path}, NOW)
    cases = {
        "messages.csv": b"message_id,text\nm1,hi\n",
        "messages.jsonl": b'[{"message_id": "m1"}]\n',
        "messages.parquet": b"nonsense",
        "accounts.csv": "account_id\nz\u00fc\n".encode("utf-16"),
        "counts.csv": b"metric,metric,value\na,b,1\n",
    }
    for name, content in cases.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(BadFile) as error:
            here.pull({"path": path}, NOW)
        assert "\n" not in str(error.value)
        path.unlink()
    naive = parquet(tmp_path / "messages-x.parquet", rows(1), "timestamp '2024-05-01'")
    with pytest.raises(BadFile, match="without a time zone"):
        here.pull({"path": naive}, NOW)


def test_what_expands_too_far_is_refused(shelf: Any, tmp_path: Path) -> None:
    bomb = json.dumps(MESSAGE | {"text": "x" * 1_000}) + "\n"
    (tmp_path / "messages.jsonl.gz").write_bytes(gzip.compress(bomb.encode() * 20_000))
    with pytest.raises(BadFile, match="expands beyond"):
        shelf("files").pull({"path": tmp_path, "max_file_bytes": 5_000_000}, NOW)


def test_a_pattern_and_a_folder_find_the_same(shelf: Any, tmp_path: Path) -> None:
    lines(tmp_path / "messages-a.jsonl", rows(1))
    (tmp_path / "messages-b.jsonl").symlink_to("/etc/passwd")
    one, two = shelf("files"), shelf("files")
    one.pull({"path": tmp_path}, NOW)
    two.pull({"path": tmp_path / "*.jsonl"}, NOW)
    assert one.latest("messages") == two.latest("messages")
    assert len(one.latest("messages")) == 1


def test_check_names_what_is_missing(shelf: Any, tmp_path: Path) -> None:
    here = shelf("files")
    table(tmp_path / "accounts.csv", [{"handle": "ann"}])
    found = here.connector.check(here.context({"path": tmp_path}, NOW))
    assert [finding.level for finding in found] == ["error", "warning", "ok"]
    assert "account_id" in found[0].text


def test_it_lands_through_dlt(shelf: Any, tmp_path: Path) -> None:
    lines(tmp_path / "messages.jsonl", rows(40_000))
    here = shelf("files")
    result = here.land({"path": tmp_path}, NOW, row_limit=1_000)
    assert result.chunks >= 2
    assert len(here.latest("messages")) == 40_000
    assert here.latest("messages")["m7",]["mentions"] == ["bob"]
    assert here.land({"path": tmp_path}, NOW).rows == 0
