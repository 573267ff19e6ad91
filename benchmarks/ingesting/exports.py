"""Export files of two platforms through the whole landing path: records a second, all streams together."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ingesting.landing import Ground

from sandbox import slack_export, telegram_export
from sandbox.community import simulate

NOW = datetime(2026, 6, 29)


def telegram(folder: Path, messages: int) -> tuple[int, float]:
    """Records landed and seconds, of a group's export of so many messages."""
    path = telegram_export.large(messages, datetime(2025, 6, 1)).write(folder / "result.json")
    result, seconds = Ground(_made(folder / "telegram"), "telegram_export").pull({"path": path}, NOW)
    return result.rows, seconds


def slack(folder: Path) -> tuple[int, float]:
    """The same of the demo's workspace."""
    path = slack_export.write(simulate(), folder / "workspace.zip")
    result, seconds = Ground(_made(folder / "slack"), "slack_export").pull({"path": path}, NOW)
    return result.rows, seconds


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
