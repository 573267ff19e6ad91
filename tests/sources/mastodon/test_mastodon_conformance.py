"""Mastodon's connector against the suite, on the double."""

from __future__ import annotations

import pytest

from tests.sources.conformance import HttpConformance
from tests.sources.mastodon.beds import MastodonBed


class TestMastodon(HttpConformance):
    @pytest.fixture
    def bed(self) -> MastodonBed:
        return MastodonBed()
