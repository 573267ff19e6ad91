"""A Telegram group that acts, exported anew whenever it is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sandbox.telegram_export import Group
from tests.sources.conformance import Clock


class TelegramBed(Clock):
    platform = "telegram_export"
    secrets: dict[str, str] = {}  # noqa: RUF012
    acts = frozenset({"edit", "delete", "react", "join", "leave", "rename"})
    idle_requests = 0
    compared = ("accounts", "channels", "messages", "memberships", "counts", "reactions")

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.group = folder, Group()

    @property
    def options(self) -> dict[str, Any]:
        self.group.write(self.folder / "result.json")
        return {"path": self.folder}

    def message(self, author: str, text: str, answers: str | None = None) -> str:
        return str(self.group.message(author, text, self.tick(), int(answers) if answers else None))

    def edit(self, message: str, text: str) -> None:
        self.group.edit(int(message), text, self.tick())

    def delete(self, message: str) -> None:
        del self.group.messages[int(message)]

    def react(self, message: str, author: str, kind: str) -> None:
        self.group.react(int(message), author, kind, self.tick())

    def join(self, author: str) -> None:
        self.group.notice(author, "join_group_by_link", self.tick())

    def leave(self, author: str) -> None:
        self.group.notice(author, "remove_members", self.tick(), [author])

    def rename(self, author: str, name: str) -> None:
        self.group.rename(author, name)

    def row(self, shelf: Any, message: str) -> Any:
        return shelf.latest("messages").get((str(self.group.chat_id), int(message)))

    def text(self, shelf: Any, message: str) -> str | None:
        row = self.row(shelf, message)
        return None if row is None or row["is_tombstone"] else row["text"]

    def name(self, shelf: Any, author: str) -> str | None:
        return shelf.latest("accounts")[(self.account(author),)]["name"]

    def account(self, author: str) -> str:
        return self.group.person(author)
