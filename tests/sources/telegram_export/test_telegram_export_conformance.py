"""The conformance suite on Telegram exports: every act leaves a new export of the same group."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sources.conformance import Bed, Conformance
from tests.sources.telegram_export.beds import TelegramBed


class TestTelegramExport(Conformance):
    @pytest.fixture
    def bed(self, tmp_path: Path) -> TelegramBed:
        return TelegramBed(tmp_path)

    def test_an_empty_community_is_no_error(self, shelf: Any, bed: Bed, pull: Any) -> None:
        """An export reaches from its first to its last message: without any it covers nothing."""
        here = shelf(bed.platform)
        pull(here)
        assert not here.latest("messages")
        assert not here.rejected
        assert not here.coverage
