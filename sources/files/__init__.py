"""Files of any origin, in the seven streams' shape: CSV, JSON lines or Parquet, one file or more per stream.

A file is named after its stream: messages.csv, messages-2025.parquet, accounts.jsonl.gz.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from sources.connector import Connector, Context, Finding, Item
from sources.files.streams import STREAMS


class Options(BaseModel):
    """What muster.toml may say of files; `path` is a folder, a file or a pattern like exports/*.csv."""

    model_config = ConfigDict(extra="forbid")

    path: Path
    base_url: str | None = None
    max_file_bytes: int = Field(20 * 1024 * 1024 * 1024, ge=1)


def read(context: Context) -> Iterator[Item]:
    """Every file that is new or has changed."""
    from sources.files.folder import read as read_folder

    yield from read_folder(context)


def check(context: Context) -> list[Finding]:
    """Which files there are, and whether they have the columns they need."""
    from sources.files.folder import examine

    return examine(context)


CONNECTOR = Connector(
    platform="files",
    title="Files (CSV, JSON lines, Parquet)",
    streams=STREAMS,
    options=Options,
    secrets=(),
    membership="as given in memberships files",
    test_bed="files made by the tests",
    proves="behaviour",
    cannot={"messages": "a row that is missing from a newer file is no deletion: deleted_at says it"},
    is_live=False,
    read=read,
    check=check,
)
