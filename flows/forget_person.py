"""Finds a person in the build database: the accounts that are theirs, and everything they were ever called there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.errors import WrongUse
from sources import registry
from sources.marks import Keyring, is_pseudonym, marks_of_name, normal
from sources.streams import Stream
from warehouse import tombstones
from warehouse.connect import identifier, opened, scalar
from warehouse.erasure import Table

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection


@dataclass
class Account:
    """An account of the person: its native id as it is kept, its handles and names, the hashes of its addresses."""

    source: str
    platform: str
    account: str
    names: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def needles(self) -> set[str]:
        """Texts in lower case, one of which stands in every text that may name the person."""
        needles = {name.lower() for name in self.names} | {name.casefold() for name in self.names}
        needles |= {normal(name).split()[0] for name in self.names if normal(name)}
        if not self.account.lstrip("-").isdigit():
            needles.add(self.account.lower())
        return {needle for needle in needles if needle} | ({"@"} if self.addresses else set())

    def marks(self, keys: Keyring) -> set[str]:
        """The tombstones of the account itself; threads come later."""
        marks = {keys.mark(self.source, "account", self.account)}
        marks |= {mark for name in self.names for mark in marks_of_name(keys, self.source, name)}
        return marks | {keys.mark(self.source, "address", address) for address in self.addresses}

    def unmistakable(self) -> list[str]:
        """What nobody else's text says by chance: handles, full names, ids that are no mere numbers."""
        found = [name for name in self.names if not is_pseudonym(name) and len(name) > 3]
        return found if self.account.lstrip("-").isdigit() else [*found, self.account]


def types(stream: Stream) -> dict[str, str]:
    """The declared columns as DuckDB itself writes their types, which the hash of a row goes by."""
    return {name: kind.upper() for name, kind in stream.duckdb_types().items()}


def tables(source: str, platform: str) -> list[Table]:
    """The raw tables of a source."""
    return [
        Table(source, stream.name, f"raw_{platform}.{stream.name}", types(stream), stream.personal)
        for stream in registry.get(platform).streams
    ]


def find(path: "Path", entry: str, keys: Keyring) -> list[Account]:
    """All accounts of the person `entry` ('source:id' or 'source:handle') names; WrongUse for none, or for several."""
    source, _, wanted = entry.partition(":")
    if not (source and wanted):
        raise WrongUse(f"'{entry}' names no source: write it as 'source:account', like 'forum:alice'")
    _not_erased_yet(path, source, wanted, keys)
    with opened(path, read_only=True) as connection:
        platforms = dict(connection.execute("select source, platform from raw.sources").fetchall())
        if source not in platforms:
            raise WrongUse(f"there is no source '{source}'; sources: {', '.join(sorted(platforms))}")
        ids = _ids(connection, source, platforms[source], wanted, keys)
        if not ids:
            raise WrongUse(f"{source} has no account '{wanted}', by id or by handle; `muster status` lists the sources")
        if len(ids) > 1:
            raise WrongUse(
                f"'{wanted}' was the handle of several accounts: name one by its id: {', '.join(sorted(ids))}"
            )
        people = _linked(connection, source, ids.pop())
        return [
            _described(connection, Account(s, platforms[s], account), keys) for s, account in people if s in platforms
        ]


def _not_erased_yet(path: "Path", source: str, wanted: str, keys: Keyring) -> None:
    marks = tombstones.marks(path, source)
    if {keys.mark(source, "account", wanted), keys.mark(source, "name", wanted)} & marks:
        raise WrongUse(f"'{source}:{wanted}' has been erased already: nothing was done")


def _ids(connection: "DuckDBPyConnection", source: str, platform: str, wanted: str, keys: Keyring) -> set[str]:
    """By id among all rows; else by handle, as it is or under its pseudonym."""
    ids: set[str] = set()
    for table in tables(source, platform):
        if owner := table.personal.owner:
            query = f"select 1 from {table.name} where source = ? and {identifier(owner)}::varchar in (?, ?) limit 1"  # noqa: S608
            if scalar(connection, query, [source, wanted, keys.account(wanted)]):
                ids.add(keys.account(wanted) if "/" in wanted and _is_kept(connection, table, keys, wanted) else wanted)
    accounts = next(table for table in tables(source, platform) if table.stream == "accounts")
    if ids or not accounts.personal.names:
        return ids
    owner, handle = identifier(str(accounts.personal.owner)), identifier(accounts.personal.names[0])
    query = (
        f"select distinct {owner}::varchar from {accounts.name} where source = ? and lower({handle}) in (lower(?), ?)"  # noqa: S608
    )
    return {row[0] for row in connection.execute(query, [source, wanted, keys.pseudonym(wanted)]).fetchall()}


def _is_kept(connection: "DuckDBPyConnection", table: Table, keys: Keyring, wanted: str) -> bool:
    owner = identifier(str(table.personal.owner))
    query = f"select 1 from {table.name} where source = ? and {owner}::varchar = ? limit 1"  # noqa: S608
    return bool(scalar(connection, query, [table.source, keys.account(wanted)]))


def _linked(connection: "DuckDBPyConnection", source: str, account: str) -> list[tuple[str, str]]:
    """The account, and those that the models know to be the same person's."""
    present = (
        "select count(*) from information_schema.tables where table_schema = 'marts' and table_name = 'dim_accounts'"
    )
    if not scalar(connection, present):
        return [(source, account)]
    query = """
        select other.source, other.account_id
        from marts.dim_accounts as one
        inner join marts.dim_accounts as other using (member_key)
        where one.source = ? and one.account_id = ?
    """
    found = connection.execute(query, [source, account]).fetchall()
    return sorted({(source, account), *((s, str(a)) for s, a in found)})


def _described(connection: "DuckDBPyConnection", account: Account, keys: Keyring) -> Account:
    """Every handle, name and address hash that the account's rows ever carried."""
    for table in tables(account.source, account.platform):
        for name, value in _called(connection, table, account.account):
            known = account.addresses if name.endswith("_hash") else account.names
            if value not in known:
                known.append(value)
    stream = next(table for table in tables(account.source, account.platform) if table.stream == "accounts")
    if getattr(stream.personal, "ids_are_names", False) and account.account.startswith("@"):
        account.names.append(account.account[1:].partition(":")[0])
    return account


def _called(connection: "DuckDBPyConnection", table: Table, account: str) -> Iterator[tuple[str, str]]:
    owner = table.personal.owner
    for name in table.personal.names if owner else ():
        if table.columns[name].endswith("[]"):
            continue
        query = f"""
            select distinct {identifier(name)} from {table.name}
            where source = ? and {identifier(str(owner))}::varchar = ? and {identifier(name)} <> ''
        """  # noqa: S608
        values: list[tuple[Any, ...]] = connection.execute(query, [table.source, account]).fetchall()
        yield from ((name, value[0]) for value in values)
