"""The conformance suite on the Slack Web API."""

from __future__ import annotations

import pytest

from tests.sources.conformance import HttpConformance
from tests.sources.slack.beds import SlackBed


class TestConformance(HttpConformance):
    @pytest.fixture
    def bed(self) -> SlackBed:
        return SlackBed()
