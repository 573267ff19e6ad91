"""The conformance suite on files: a community that keeps its own books and writes them anew at every act."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sources.conformance import Bed, Conformance


class FilesBed:
    """Four files of JSON lines; a message that was deleted says so."""

    platform = "files"
    secrets: dict[str, str] = {}  # noqa: RUF012
    acts = frozenset({"edit", "delete", "react", "unreact", "join", "leave", "rename"})
    idle_requests = 0
    compared = ("accounts", "messages", "reactions", "memberships")

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, datetime(2024, 3, 1)
        self.books: dict[str, dict[Any, dict[str, Any]]] = {name: {} for name in self.compared}

    @property
    def options(self) -> dict[str, Any]:
        for name, rows in self.books.items():
            (self.folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows.values()))
        return {"path": self.folder}

    def tick(self) -> str:
        self.now += timedelta(hours=1)
        return (self.now - timedelta(seconds=1)).isoformat() + "Z"

    def account(self, author: str) -> str:
        return author

    def person(self, author: str) -> None:
        self.books["accounts"].setdefault(author, {"account_id": author, "display_name": author})

    def message(self, author: str, text: str, answers: str | None = None) -> str:
        self.person(author)
        number = f"m{len(self.books['messages'])}"
        row = {"message_id": number, "author_id": author, "text": text, "created_at": self.tick(), "thread_id": answers}
        self.books["messages"][number] = row
        return number

    def edit(self, message: str, text: str) -> None:
        self.books["messages"][message] |= {"text": text, "edited_at": self.tick()}

    def delete(self, message: str) -> None:
        self.books["messages"][message]["deleted_at"] = self.tick()

    def react(self, message: str, author: str, kind: str) -> None:
        self.person(author)
        row = {"message_id": message, "account_id": author, "kind": kind, "occurred_at": self.tick()}
        self.books["reactions"][message, author, kind] = row

    def unreact(self, message: str, author: str, kind: str) -> None:
        self.books["reactions"][message, author, kind]["is_removed"] = True

    def join(self, author: str) -> None:
        self._event(author, "join")

    def leave(self, author: str) -> None:
        self._event(author, "leave")

    def _event(self, author: str, event: str) -> None:
        self.person(author)
        at = self.tick()
        self.books["memberships"][author, at] = {"account_id": author, "event": event, "occurred_at": at}

    def rename(self, author: str, name: str) -> None:
        self.tick()
        self.books["accounts"][author]["display_name"] = name

    def text(self, shelf: Any, message: str) -> str | None:
        row = shelf.latest("messages").get((message,))
        return None if row is None or row["deleted_at"] else row["text"]

    def name(self, shelf: Any, author: str) -> str | None:
        return shelf.latest("accounts")[(author,)]["display_name"]


class TestFiles(Conformance):
    @pytest.fixture
    def bed(self, tmp_path: Path) -> FilesBed:
        folder = tmp_path / "books"
        folder.mkdir()
        return FilesBed(folder)

    def test_an_empty_community_is_no_error(self, shelf: Any, bed: Bed, pull: Any) -> None:
        """Files that are there and empty."""
        here = shelf(bed.platform)
        pull(here)
        assert not here.latest("messages")
        assert not here.rejected
