"""What `muster export-person` does: everything held on a person, as JSON, for a request of access."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import Failure, WrongUse
from flows.forget_person import Account, find, tables
from flows.privacy import keyring
from flows.settings import load
from warehouse.connect import identifier, opened, scalar
from warehouse.errors import WarehouseError
from warehouse.files import replace_text
from warehouse.layout import DataFolder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MART_KEYS = ("member_key", "account_key", "from_account_key", "to_account_key")


def export_person(config: Path | None, account: str, to: Path | None) -> str:
    """The JSON text, written to `to` (mode 0600) where it is given."""
    settings = load(config)
    folder = DataFolder(settings.data_dir)
    if not folder.warehouse.exists():
        raise WrongUse(f"{folder.root}: holds no data yet")
    try:
        people = find(folder.warehouse, account, keyring(folder))
        with opened(folder.warehouse, read_only=True, wait=2) as connection:
            document = {
                "asked_for": account,
                "accounts": [_account(connection, one) for one in people],
                "computed": _computed(connection, people),
                "not_included": "copies outside the data folder, and what others wrote without a mark of the person",
            }
    except WarehouseError as error:
        raise Failure(f"{error}; a run may be going on") from None
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n"
    if to:
        replace_text(to.absolute(), text)
    return text


def _account(connection: "DuckDBPyConnection", one: Account) -> dict[str, Any]:
    """Every version of every row that belongs to the account, and where others mention it."""
    own: dict[str, Any] = {}
    mentioned: dict[str, Any] = {}
    for table in tables(one.source, one.platform):
        if table.personal.owner:
            query = f"select * from {table.name} where source = ? and {identifier(table.personal.owner)}::varchar = ?"  # noqa: S608
            if rows := _rows(connection, query, [one.source, one.account]):
                own[table.stream] = rows
        lists = [n for n in (*table.personal.accounts, *table.personal.names) if table.columns[n].endswith("[]")]
        stream_key = [name for name in ("id", "channel_id", "ts", "event_id") if name in table.columns]
        for name in lists:
            keys = ", ".join(map(identifier, stream_key))
            hit = f"list_has_any({identifier(name)}, ?::varchar[])"
            query = f"select distinct {keys} from {table.name} where source = ? and {hit}"  # noqa: S608
            called = [one.account, *(value for name in one.names for value in (name, name.lower()))]
            if rows := _rows(connection, query, [one.source, called]):
                mentioned[table.stream] = rows
    rejected = [row for row in _rejected(connection, one) if _is_of(row, one)]
    identity = {"source": one.source, "platform": one.platform, "account": one.account, "names": one.names}
    return {**identity, "rows": own, "mentioned_in": mentioned, "rejected": rejected}


def _computed(connection: "DuckDBPyConnection", people: list[Account]) -> dict[str, Any]:
    """Rows of every mart and desk table that speak of the person."""
    query = "select account_key, member_key from marts.dim_accounts where source = ? and account_id = ?"
    present = (
        "select count(*) from information_schema.tables where table_schema = 'marts' and table_name = 'dim_accounts'"
    )
    if not scalar(connection, present):
        return {}
    found = [row for one in people for row in connection.execute(query, [one.source, one.account]).fetchall()]
    keys = sorted({key for row in found for key in row})
    query = """
        select schema_name || '.' || table_name, list(column_name) from duckdb_columns()
        where schema_name in ('marts', 'desk') and list_contains(?, column_name)
        group by 1 order by 1
    """
    computed = {}
    for table, columns in connection.execute(query, [list(MART_KEYS)]).fetchall():
        hit = " or ".join(f"list_contains(?, {identifier(name)})" for name in columns)
        if rows := _rows(connection, f"select * from {table} where {hit}", [keys] * len(columns)):  # noqa: S608
            computed[table] = rows
    return computed


def _rejected(connection: "DuckDBPyConnection", one: Account) -> list[dict[str, Any]]:
    query = (
        "select stream, reason, rejected_at, payload, record from raw.rejected where source = ? and payload is not null"
    )
    return _rows(connection, query, [one.source])


def _is_of(row: dict[str, Any], one: Account) -> bool:
    text = f"{row['payload']} {row['record']}".lower()
    return any(name.lower() in text for name in one.unmistakable())


def _rows(connection: "DuckDBPyConnection", query: str, parameters: list[Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
