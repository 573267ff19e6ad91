"""The conformance suite on Discourse."""

from __future__ import annotations

import pytest

from tests.sources.conformance import HttpConformance
from tests.sources.discourse.beds import DiscourseBed


class TestDiscourse(HttpConformance):
    @pytest.fixture
    def bed(self) -> DiscourseBed:
        return DiscourseBed()
