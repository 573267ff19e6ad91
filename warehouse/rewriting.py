"""Rewrites a database file: freed blocks and the write-ahead file keep the bytes of what was deleted."""

import os
from pathlib import Path

from warehouse.connect import identifier, literal, opened
from warehouse.files import fsync
from warehouse.layout import PRIVATE_FILE
from warehouse.tables import OWNED

__all__ = ["drop_built", "rewrite"]

_BUILT = ("staging", "intermediate", "marts", "desk")


def drop_built(path: Path) -> None:
    """Drop all that dbt makes of raw; the next transformation makes it anew."""
    owned = {table.partition(".")[2] for table in OWNED if table.startswith("ops.")}
    with opened(path) as connection:
        for schema in _BUILT:
            connection.execute(f"drop schema if exists {identifier(schema)} cascade")
        query = """
            select table_name, table_type from information_schema.tables
            where table_catalog = current_database() and table_schema = 'ops'
        """
        for name, kind in connection.execute(query).fetchall():
            if name not in owned:
                what = "view" if kind == "VIEW" else "table"
                connection.execute(f"drop {what} if exists ops.{identifier(name)} cascade")


def rewrite(path: Path) -> None:
    """Copy what is alive into a new file and put it in the old one's place; needs it closed everywhere, and the lock.

    What dbt made is dropped first. A kill leaves the old file or the new one, whole.
    """
    drop_built(path)
    fresh = path.with_name(path.name + ".new")
    for leftover in (fresh, fresh.with_name(fresh.name + ".wal")):
        leftover.unlink(missing_ok=True)
    with opened(None) as connection:
        connection.execute(f"set temp_directory = {literal(str(path.with_name(path.name + '.tmp')))}")
        connection.execute(f"attach {literal(str(path))} as old (read_only)")
        connection.execute(f"attach {literal(str(fresh))} as fresh")
        os.chmod(fresh, PRIVATE_FILE)
        connection.execute("copy from database old to fresh")
        connection.execute("checkpoint fresh")
        connection.execute("detach fresh")
        connection.execute("detach old")
    fsync(fresh)
    os.replace(fresh, path)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    fsync(path.parent)
