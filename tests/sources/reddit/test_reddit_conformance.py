"""Reddit's connector against the suite, on the double."""

from __future__ import annotations

import pytest

from tests.sources.conformance import HttpConformance
from tests.sources.reddit.beds import RedditBed


class TestReddit(HttpConformance):
    @pytest.fixture
    def bed(self) -> RedditBed:
        return RedditBed()
