"""The conformance suite on Slack exports: every act leaves a new export of the same chat."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import slack_export
from tests.sources.conformance import ExportConformance
from tests.sources.slack.beds import SlackBed


class ExportBed(SlackBed):
    """The chat of the Slack bed, exported anew whenever it is looked at."""

    platform = "slack_export"
    secrets: dict[str, str] = {}  # noqa: RUF012
    idle_requests = 0

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path, self.written = folder / "export.zip", None

    written: Any

    @property
    def options(self) -> dict[str, Any]:  # type: ignore[override]
        if self.written != self.now:
            community: Any = SimpleNamespace(chat=self.chat, outage=(0, 0), end=1 << 62)
            slack_export.write(community, self.path, self.now)
            self.written = self.now
        return {"path": self.path}

    def row(self, shelf: Any, message: str) -> dict[str, Any] | None:
        channel, _, ts = message.partition("/")
        return shelf.latest("messages").get((channel, ts))


class TestSlackExport(ExportConformance):
    @pytest.fixture
    def bed(self, tmp_path: Path) -> ExportBed:
        return ExportBed(tmp_path)
