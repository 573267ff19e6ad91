"""The conformance suite on Telegram exports: every act leaves a new export of the same group."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.conformance import ExportConformance
from tests.sources.telegram_export.beds import TelegramBed


class TestTelegramExport(ExportConformance):
    @pytest.fixture
    def bed(self, tmp_path: Path) -> TelegramBed:
        return TelegramBed(tmp_path)
