"""The conformance suite on a double of Matrix."""

from __future__ import annotations

import pytest

from tests.sources.conformance import HttpConformance
from tests.sources.matrix.beds import DoubleBed


class TestMatrix(HttpConformance):
    @pytest.fixture
    def bed(self) -> DoubleBed:
        return DoubleBed()
