"""The real homeserver, started once."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.sources.matrix import synapse


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[synapse.Synapse]:
    binary = synapse.python()
    if binary is None:
        if named := os.environ.get("MUSTER_SYNAPSE_PYTHON"):
            pytest.fail(f"there is no Synapse beside {named}")
        pytest.skip("Synapse is not installed: make test-servers")
    with synapse.running(tmp_path_factory.mktemp("synapse"), binary) as one:
        yield one
