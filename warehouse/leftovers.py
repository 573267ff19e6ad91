"""Drops what models built once and build no more: a mart that was taken away must not be published for ever after."""

from collections.abc import Collection
from pathlib import Path

from warehouse.connect import identifier, literal, transaction
from warehouse.tables import OWNED


def drop_unbuilt(path: Path, built: Collection[str]) -> list[str]:
    """Drop the tables and views that lie beside those in `built` (`schema.name`) and are not ours; returns their names.

    Only schemas that hold something in `built` are looked at; the warehouse's own tables stay.
    """
    schemas = sorted({relation.split(".")[0] for relation in built})
    if not schemas:
        return []
    query = f"""
        select 'table', schema_name, table_name from duckdb_tables()
        where schema_name in ({", ".join(map(literal, schemas))})
        union all
        select 'view', schema_name, view_name from duckdb_views()
        where schema_name in ({", ".join(map(literal, schemas))})
        order by all
    """  # noqa: S608  (names of schemas, quoted)
    with transaction(path) as connection:
        found = connection.execute(query).fetchall()
        gone = [row for row in found if f"{row[1]}.{row[2]}" not in built and f"{row[1]}.{row[2]}" not in OWNED]
        for kind, schema, name in gone:
            connection.execute(f"drop {kind} {identifier(schema)}.{identifier(name)}")
    return [f"{schema}.{name}" for _, schema, name in gone]
