"""The real homeserver, started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sources.matrix import synapse


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[synapse.Synapse]:
    binary = synapse.python()
    if binary is None:
        pytest.skip("Synapse is not installed: make test-servers")
    with synapse.running(tmp_path_factory.mktemp("synapse"), binary) as one:
        yield one
