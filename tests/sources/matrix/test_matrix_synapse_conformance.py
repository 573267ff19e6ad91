"""The conformance suite on the real Synapse; what goes wrong on the wire is shown on the double."""

from __future__ import annotations

import pytest

from tests.sources.conformance import Conformance
from tests.sources.matrix.beds import SynapseBed
from tests.sources.matrix.synapse import Synapse

pytestmark = pytest.mark.slow


class TestSynapse(Conformance):
    @pytest.fixture
    def bed(self, server: Synapse) -> SynapseBed:
        return SynapseBed(server)
