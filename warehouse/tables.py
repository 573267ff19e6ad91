"""The tables this room owns, and the stamp every version in raw carries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from warehouse.errors import WarehouseError

TYPES = ("BIGINT", "BOOLEAN", "DATE", "DOUBLE", "TIMESTAMP", "VARCHAR", "VARCHAR[]")

# added behind the declared columns of every raw_<platform>.<stream>; never part of row_hash
STAMP = {
    "payload": "VARCHAR",
    "source": "VARCHAR",
    "run_id": "VARCHAR",
    "observed_at": "TIMESTAMP",
    "seq": "BIGINT",
    "loaded_at": "TIMESTAMP",
    "row_hash": "VARCHAR",
}

OWNED: Mapping[str, Mapping[str, str]] = {
    "raw.declarations": {
        "platform": "VARCHAR",
        "stream": "VARCHAR",
        "column_name": "VARCHAR",
        "column_type": "VARCHAR",
        "position": "BIGINT",
        "is_key": "BOOLEAN",
        "is_account": "BOOLEAN",
    },
    "raw.sources": {
        "source": "VARCHAR",
        "platform": "VARCHAR",
        "role": "VARCHAR",
        "started_at": "TIMESTAMP",
        "is_live": "BOOLEAN",
        "base_url": "VARCHAR",
    },
    "raw.settings": {"key": "VARCHAR", "value": "VARCHAR"},
    "raw.staff": {"source": "VARCHAR", "account": "VARCHAR"},
    "raw.bots": {"source": "VARCHAR", "account": "VARCHAR"},
    # accounts the user says are one person's; listed_at is when this was first said
    "raw.identities": {"source": "VARCHAR", "account": "VARCHAR", "person": "VARCHAR", "listed_at": "TIMESTAMP"},
    "raw.gaps": {
        "source": "VARCHAR",
        "stream": "VARCHAR",
        "observed_from": "TIMESTAMP",
        "observed_to": "TIMESTAMP",
        "reason": "VARCHAR",
    },
    "raw.rejected": {
        "source": "VARCHAR",
        "platform": "VARCHAR",
        "stream": "VARCHAR",
        "run_id": "VARCHAR",
        "column": "VARCHAR",
        "reason": "VARCHAR",
        "record_hash": "VARCHAR",
        "payload": "VARCHAR",
        "rejected_at": "TIMESTAMP",
        "record": "VARCHAR",
        "resolved_at": "TIMESTAMP",
        "resolved_run_id": "VARCHAR",
    },
    # keyed marks by which an erased person's accounts, names and threads are known again; nothing else tells of them
    "raw.erased": {"source": "VARCHAR", "mark": "VARCHAR", "erased_at": "TIMESTAMP"},
    # what their rows are called instead
    "raw.erased_accounts": {"source": "VARCHAR", "account": "VARCHAR", "erased_at": "TIMESTAMP"},
    "raw.coverage": {
        "source": "VARCHAR",
        "stream": "VARCHAR",
        "observed_from": "TIMESTAMP",
        "observed_to": "TIMESTAMP",
        "reason": "VARCHAR",
        "run_id": "VARCHAR",
        "recorded_at": "TIMESTAMP",
    },
    "ops.runs": {
        "run_id": "VARCHAR",
        "started_at": "TIMESTAMP",
        "finished_at": "TIMESTAMP",
        "outcome": "VARCHAR",
        "exit_code": "BIGINT",
        "message": "VARCHAR",
    },
    "ops.ingests": {
        "run_id": "VARCHAR",
        "source": "VARCHAR",
        "stream": "VARCHAR",
        "received": "BIGINT",
        "landed": "BIGINT",
        "unchanged": "BIGINT",
        "rejected": "BIGINT",
        "requests": "BIGINT",
        "seconds": "DOUBLE",
        "erased": "BIGINT",
    },
    "ops.quality_results": {
        "run_id": "VARCHAR",
        "layer": "VARCHAR",
        "check_name": "VARCHAR",
        "table_name": "VARCHAR",
        "severity": "VARCHAR",
        "outcome": "VARCHAR",
        "observed": "VARCHAR",
        "expected": "VARCHAR",
        "checked_at": "TIMESTAMP",
    },
}

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class StreamDeclaration:
    """A stream's own columns (name to DuckDB type, one of `TYPES` in any case), its key's, those with account ids."""

    columns: Mapping[str, str]
    key: tuple[str, ...]
    accounts: tuple[str, ...] = ()

    @property
    def types(self) -> dict[str, str]:
        """The columns with their types as DuckDB itself writes them."""
        return {name: kind.upper() for name, kind in self.columns.items()}


def check_name(name: str, what: str) -> str:
    """Return `name` if it may become a table, schema or column name; names come from declarations, never from data."""
    if not _NAME.fullmatch(name):
        raise WarehouseError(f"{what} {name!r} cannot name a table or column: use a-z, 0-9 and _, a letter first")
    return name


def check_declaration(table: str, declaration: StreamDeclaration) -> None:
    """Refuse a declaration that raw cannot hold."""
    for column, kind in declaration.types.items():
        check_name(column, f"column of {table}")
        if kind not in TYPES:
            raise WarehouseError(f"{table}.{column} is declared {kind}: use one of {', '.join(TYPES)}")
        if column in STAMP:
            raise WarehouseError(f"{table}.{column} is a name every version carries already: declare another name")
    missing = [column for column in declaration.key if column not in declaration.columns]
    if missing or not declaration.key:
        raise WarehouseError(f"{table} is declared with key {declaration.key}: name one or more of its columns")
