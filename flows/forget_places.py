"""Erases people from everything beside the build database: packages, logs, artifacts, results, snapshots, reports."""

import re
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

from warehouse.connect import identifier, literal, opened
from warehouse.layout import DataFolder

# what a person's name is looked for in, table by table; other columnar files hold only what these hold
_DATABASES = ("warehouse.duckdb", "snapshots/*/community.duckdb", "snapshots/*/desk.duckdb")


def clear_folders(folder: DataFolder) -> list[str]:
    """Empty what is made anew by itself: dlt's packages, dbt's target and logs, validation pages, reports."""
    done = []
    for path, what in (
        (folder.dlt, "dlt's packages and working state: removed, the cursors stand in the build database"),
        (folder.root / "dbt", "dbt's target and logs: removed"),
        (folder.quality, "pages and files of validation results: removed, their rows stay"),
        (folder.reports, "reports: removed and built anew"),
    ):
        if path.exists():
            shutil.rmtree(path)
            done.append(what)
    folder.prepare()
    return done


def drop_snapshots(folder: DataFolder, keep: Path | None) -> int:
    """Remove every snapshot but `keep`, half-built ones too; with none kept, nothing is served."""
    if keep is None:
        folder.serving.unlink(missing_ok=True)
    gone = 0
    for path in folder.snapshots.iterdir():
        if keep is None or path.resolve() != keep.resolve():
            shutil.rmtree(path)
            gone += 1
    return gone


def clean_prefect(folder: DataFolder, needles: Collection[str]) -> str:
    """Take the person out of Prefect's own database: rows that name them go, and the file is rewritten."""
    shutil.rmtree(folder.prefect / "storage", ignore_errors=True)
    count = 0
    for file in folder.prefect.glob("*.db"):
        with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as connection:
            count += sum(_clean_table(connection, name, needles) for name in _sqlite_tables(connection))
            connection.execute("pragma wal_checkpoint(truncate)")
            connection.execute("vacuum")
    for log in folder.prefect.rglob("*.log"):
        log.unlink()
    return f"Prefect's artifacts, logs and states: {count} rows removed or emptied, its database rewritten"


def _sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    query = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
    return [name for (name,) in connection.execute(query).fetchall()]


def _clean_table(connection: sqlite3.Connection, table: str, needles: Collection[str]) -> int:
    """Null or empty the texts that hold a needle."""
    count = 0
    for _, column, _, is_needed, *_ in connection.execute(f"pragma table_info({identifier(table)})").fetchall():
        name = identifier(column)
        for needle in needles:
            empty = "''" if is_needed else "null"
            update = f"update {identifier(table)} set {name} = {empty} where instr(lower({name}), ?) > 0"  # noqa: S608
            try:
                count += connection.execute(update, [needle.lower()]).rowcount
            except sqlite3.IntegrityError:
                delete = f"delete from {identifier(table)} where instr(lower({name}), ?) > 0"  # noqa: S608
                count += connection.execute(delete, [needle.lower()]).rowcount
    return count


def leftovers(root: Path, needles: Collection[str], leave_out: Collection[str]) -> list[str]:
    """Files under `root`, and tables in them, that still hold one of the texts, in whatever case."""
    if not needles:
        return []
    look = re.compile(b"|".join(re.escape(needle.encode()) for needle in needles), re.IGNORECASE)
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())
    found = [str(path.relative_to(root)) for path in files if path.name not in leave_out and _holds(path, look)]
    databases = (path for pattern in _DATABASES for path in sorted(root.glob(pattern)))
    return [*found, *(f"{path.relative_to(root)}: {place}" for path in databases for place in _columns(path, needles))]


def _holds(path: Path, look: re.Pattern[bytes]) -> bool:
    """Whether a file's bytes hold it; blocks overlap, so that nothing hides on their border."""
    overlap, tail = 512, b""
    with path.open("rb") as file:
        while block := file.read(4 * 1024 * 1024):
            if look.search(tail + block):
                return True
            tail = block[-overlap:]
    return False


def _columns(path: Path, needles: Collection[str]) -> Iterator[str]:
    query = """
        select schema_name, table_name, column_name
        from duckdb_columns() semi join duckdb_tables() using (database_name, schema_name, table_name)
        where database_name = 'looked' and data_type in ('VARCHAR', 'VARCHAR[]', 'JSON')
    """
    with opened(None) as connection:
        # under a name of its own: a schema may be called like the file
        connection.execute(f"attach {literal(str(path))} as looked (read_only)")
        for schema, table, column in connection.execute(query).fetchall():
            within = f"looked.{identifier(schema)}.{identifier(table)}"
            text = f"lower(to_json({identifier(column)})::varchar)"
            hit = f"select 1 from {within} where {' or '.join([f'contains({text}, ?)'] * len(needles))} limit 1"  # noqa: S608
            if connection.execute(hit, [needle.lower() for needle in needles]).fetchone():
                yield f"{schema}.{table}.{column}"
