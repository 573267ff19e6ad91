"""Opens result.json: bounds its size, finds its chats, leaves messages as slices of the file till they are read."""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from sources.errors import BadFile, NotFound
from sources.http import decode

SHARED = ("group", "supergroup", "channel")
CURE = "export the chat again in Telegram Desktop, as machine-readable JSON"


class Chat(msgspec.Struct):
    """One chat of an export."""

    messages: list[msgspec.Raw]
    id: int | None = None
    name: str | None = None
    type: str = ""


class _Chats(msgspec.Struct):
    chats: list[Chat] = msgspec.field(name="list", default_factory=list)


class _Account(msgspec.Struct):
    chats: _Chats | None = None
    left_chats: _Chats | None = None
    messages: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Result:
    """An export; a folder is one if it holds result.json."""

    def __init__(self, source: str, path: Path, limit: int) -> None:
        """Maps the file; NotFound and BadFile say what is wrong with it."""
        self.source, self.path = source, path / "result.json" if path.is_dir() else path
        if not self.path.exists():
            raise NotFound(source, str(self.path), "there is no such file", "check path in muster.toml")
        size = self.path.stat().st_size
        if not size:
            raise self.bad("the file is empty")
        if size > limit:
            raise self.bad(f"it has {size} bytes, more than the allowed {limit}; raise max_file_bytes if it is yours")
        self._file = self.path.open("rb")
        self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def __enter__(self) -> Result:
        """The export itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Lets go of the file; slices that somebody still holds keep the map until they go."""
        self._file.close()

    def chats(self) -> list[Chat]:
        """Groups and channels, of an account also those that were left; direct conversations are never read."""
        try:
            return self._chats(self._map)
        except msgspec.ValidationError:
            raise self.bad("this is no Telegram export") from None
        except (msgspec.DecodeError, RecursionError):
            return self._repaired()

    def _chats(self, content: mmap.mmap | bytes) -> list[Chat]:
        account = msgspec.json.decode(content, type=_Account)
        if account.messages is not msgspec.UNSET:
            return [self._shared(msgspec.json.decode(content, type=Chat))]
        if account.chats is None and account.left_chats is None:
            raise self.bad("this is no Telegram export: it has neither messages nor chats")
        found = [chat for chats in (account.chats, account.left_chats) if chats for chat in chats.chats]
        return [chat for chat in found if chat.type.endswith(SHARED)]

    def _repaired(self) -> list[Chat]:
        """Half an emoji stops the fast decoder; the slow one reads it."""
        try:
            return self._chats(json.dumps(decode(bytes(self._map)), ensure_ascii=False).encode(errors="replace"))
        except (ValueError, RecursionError, msgspec.MsgspecError):
            raise self.bad("this is no Telegram export, or a damaged one") from None

    def fingerprint(self) -> str:
        """A hash of the content, whatever the file is called or when it was touched."""
        return hashlib.sha256(self._map).hexdigest()

    def bad(self, problem: str) -> BadFile:
        """An error about the whole file."""
        return BadFile(self.source, str(self.path), problem, CURE)

    def _shared(self, chat: Chat) -> Chat:
        if not chat.type.endswith(SHARED):
            raise self.bad(
                "this is a direct conversation, which is nobody else's business: export a group or a channel"
            )
        return chat


def items(messages: list[msgspec.Raw]) -> Iterator[tuple[Any, bytes]]:
    """Each message with its exact JSON text."""
    for raw in messages:
        yield msgspec.json.decode(raw), bytes(raw)
