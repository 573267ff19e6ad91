"""Keyed hashes: the pseudonym that stands for a name, and the mark by which an erased person is known again."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Literal

Kind = Literal["account", "name", "full", "first", "address", "thread"]

_PSEUDONYM = re.compile(r"p[0-9a-f]{24}")
_WORD = re.compile(r"\w+")


class Keyring:
    """HMAC-SHA256 under the data folder's key; without the key neither a pseudonym nor a mark can be guessed back."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("the key has fewer than 32 bytes")
        self._key = key

    def pseudonym(self, name: str) -> str:
        """What stands for a handle, a name or the hash of an address: the same in every stream and source.

        Case does not matter, as platforms find handles by it. A pseudonym stands for itself.
        """
        name = name.strip()
        return name if not name or _PSEUDONYM.fullmatch(name) else f"p{self._digest('name', name.casefold())[:24]}"

    def account(self, account_id: str) -> str:
        """An account id as it is kept under pseudonyms: native, but for the name after a bridge bot's id."""
        bot, slash, name = account_id.partition("/")
        return f"{bot}/{self.pseudonym(name)}" if slash else account_id

    def mark(self, source: str, kind: Kind, value: str) -> str:
        """The tombstone of an account id, a name, a full name, its first word, an address's hash or a thread."""
        if kind == "account":
            value = self.pseudonym(self.account(value))
        elif kind in ("name", "address"):
            value = self.pseudonym(value)  # so that data kept under pseudonyms give the same mark
        elif kind in ("full", "first"):
            value = normal(value)
        return self._digest("erased", source, kind, value)

    def digest(self, value: str) -> str:
        """A hash that only this folder can repeat."""
        return self._digest("value", value)

    def publication_key(self) -> bytes:
        """A key of its own for the keys of published tables."""
        return hmac.new(self._key, b"publication", hashlib.sha256).digest()

    def _digest(self, *parts: str) -> str:
        return hmac.new(self._key, "\x1f".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def normal(name: str) -> str:
    """A name's words, lower case, one space between them."""
    return " ".join(_WORD.findall(name.casefold()))


def is_pseudonym(name: str) -> bool:
    """Whether a stored name is a pseudonym already."""
    return _PSEUDONYM.fullmatch(name) is not None


def marks_of_name(keys: Keyring, source: str, name: str) -> set[str]:
    """Every mark by which a handle or a name is found again in texts, quotes and mentions."""
    words = normal(name).split()
    marks = {keys.mark(source, "name", name)}
    if len(words) > 1 and not is_pseudonym(name):
        marks |= {keys.mark(source, "full", name), keys.mark(source, "first", words[0])}
    return marks
