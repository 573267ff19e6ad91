"""The door: what a table goes through before anything is written, as the privacy settings and erasures ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.marks import Keyring
from sources.streams import Personal, Stream
from sources.wording import Eraser, pseudonymous

Change = Callable[[Any], Any]


@dataclass
class Door:
    """The treatment of one source. `text_since`: texts of older messages are left out. `dropped`: rows by stream."""

    source: str
    streams: Mapping[str, Stream]
    keys: Keyring
    keep_text: bool = True
    pseudonymize: bool = False
    text_since: datetime | None = None
    erased: Collection[str] = ()
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def is_open(self) -> bool:
        """Whether everything passes as it is."""
        return self.keep_text and not (self.pseudonymize or self.text_since or self.erased)

    @property
    def keeps_payload(self) -> bool:
        """Whether the platform's own JSON may be kept beside the declared columns."""
        return self.keep_text and not self.pseudonymize

    @cached_property
    def eraser(self) -> Eraser:
        """Knows the erased again."""
        return Eraser(self.keys, self.source, self.erased)

    def treat(self, name: str, table: pa.Table) -> pa.Table:
        """A table of a stream, or of rejected records, as it may be written."""
        if name == "rejected":
            return self._rejected(table)
        personal = self.streams[name].personal
        if self.erased:
            table = self._without_erased(name, personal, table)
        if self.pseudonymize:
            table = self._under_pseudonyms(personal, table)
        return self._without_texts(personal, table)

    def scrub(self, name: str, table: pa.Table) -> pa.Table:
        """Other people's rows without the erased in their texts, lists and payloads."""
        personal = self.streams[name].personal
        table = _changed(table, personal.accounts, self._account_left)
        table = _changed(table, [n for n in personal.names if _is_list(table, n)], self._names_left)
        table = _changed(table, personal.texts, self.eraser.text)
        table = _changed(table, ("payload",), self._payload_left)
        if personal.thread is None or personal.thread not in table.column_names:
            return table
        gone = _where(table, personal.thread, lambda thread: self.eraser.knows("thread", str(thread)))
        return _nulled(table, (*personal.thread_texts, "payload"), gone)

    def _without_erased(self, name: str, personal: Personal, table: pa.Table) -> pa.Table:
        if personal.owner:
            own = _where(table, personal.owner, lambda account: self.eraser.knows("account", str(account)))
            self.dropped[name] += int(pc.sum(own).as_py() or 0)
            table = table.filter(pc.invert(own))
        return self.scrub(name, table)

    def _under_pseudonyms(self, personal: Personal, table: pa.Table) -> pa.Table:
        account = self._name if personal.ids_are_names else self._account
        table = _changed(table, personal.account_columns, account)
        table = _changed(table, personal.names, self._name)
        table = _changed(table, personal.texts, lambda text: pseudonymous(text, self.keys.pseudonym))
        return _nulled(table, ("payload",), pa.scalar(True))

    def _without_texts(self, personal: Personal, table: pa.Table) -> pa.Table:
        if not personal.texts:
            return table
        if not self.keep_text:
            return _nulled(table, (*personal.texts, "payload"), pa.scalar(True))
        if self.text_since is None or "created_at" not in table.column_names:
            return table
        old = pc.fill_null(pc.less(table["created_at"], pa.scalar(self.text_since, pa.timestamp("us"))), False)
        return _nulled(table, (*personal.texts, "payload"), old)

    def _rejected(self, table: pa.Table) -> pa.Table:
        if self.erased:
            table = _changed(table, ("payload", "record"), self._payload_left)
        if self.keeps_payload:
            return table
        table = _nulled(table, ("payload", "record"), pa.scalar(True))
        return _changed(table, ("record_hash",), self.keys.digest)

    def _account_left(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in value if not self.eraser.knows("account", str(one))]
        return None if self.eraser.knows("account", str(value)) else value

    def _names_left(self, names: list[str]) -> list[str]:
        return [name for name in names if not self.eraser.knows("name", name)]

    def _payload_left(self, payload: str) -> str | None:
        return None if self.eraser.is_in_json(payload) else payload

    def _account(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._account(one) for one in value]
        return self.keys.account(value) if isinstance(value, str) else value

    def _name(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.keys.pseudonym(one) for one in value]
        return self.keys.pseudonym(value)


def _changed(table: pa.Table, names: Collection[str], change: Change) -> pa.Table:
    """The table with a function applied to every value of some columns that is not null."""
    for name in names:
        if name not in table.column_names:
            continue
        values = table[name].to_pylist()
        changed = [None if value is None else change(value) for value in values]
        table = _with(table, name, pa.array(changed, table.schema.field(name).type))
    return table


def _nulled(table: pa.Table, names: Collection[str], where: pa.Array | pa.Scalar) -> pa.Table:
    for name in names:
        if name in table.column_names:
            kind = table.schema.field(name).type
            table = _with(table, name, pc.if_else(where, pa.scalar(None, kind), table[name]))
    return table


def _with(table: pa.Table, name: str, array: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), table.schema.field(name), array)


def _where(table: pa.Table, name: str, test: Callable[[Any], bool]) -> pa.Array:
    """Where a column's value passes the test, asked once a distinct value."""
    column = table[name].combine_chunks()
    passed = [value for value in column.unique().to_pylist() if value is not None and test(value)]
    return pc.is_in(column, value_set=pa.array(passed, column.type))


def _is_list(table: pa.Table, name: str) -> bool:
    return name in table.column_names and pa.types.is_list(table.schema.field(name).type)
