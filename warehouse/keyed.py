"""Keys for publication under pseudonyms: HMAC-SHA256 in SQL; without the key nobody goes from a key to an account."""

from typing import TYPE_CHECKING

from warehouse.connect import identifier

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["prepare", "selection"]

_BLOCK = 64
# native ids: with them anyone could look a person up on the platform
NATIVE = frozenset({"account_id", "message_id", "channel_id", "scope_id", "parent_id", "thread_id", "links", "url"})


def prepare(connection: "DuckDBPyConnection", key: bytes) -> None:
    """Give the connection the key's two pads; they stay in its memory."""
    padded = key.ljust(_BLOCK, b"\0")
    for name, pad in (("inner_pad", 0x36), ("outer_pad", 0x5C)):
        connection.execute(f"set variable {name} = ?::blob", [bytes(byte ^ pad for byte in padded)])


def selection(columns: dict[str, str]) -> str:
    """The select list of a table: surrogate keys keyed anew, native ids and links left empty."""
    return ", ".join(_column(name, kind) for name, kind in columns.items())


def _column(name: str, kind: str) -> str:
    quoted = identifier(name)
    if name in NATIVE:
        return f"null::{kind} as {quoted}"
    if kind == "VARCHAR" and name.endswith("_key"):
        return f"{_hmac(quoted)} as {quoted}"
    if kind == "VARCHAR[]" and name.endswith("_keys"):
        return f"list_transform({quoted}, lambda one: {_hmac('one')}) as {quoted}"
    return quoted


def _hmac(value: str) -> str:
    """HMAC-SHA256, its first half in hex: as long as the key it replaces. Null stays null."""
    inner = f"sha256(getvariable('inner_pad') || encode({value}))"
    return f"left(sha256(getvariable('outer_pad') || unhex({inner})), 32)"
