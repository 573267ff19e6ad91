"""The fault campaign: by hand or nightly, never in the default run."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.environment import without_server
from tests.flows.killing import Start, published_twice

without_server(Path(tempfile.mkdtemp(prefix="prefect-")))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip all of it unless it was asked for."""
    if os.environ.get("MUSTER_FAULTS"):
        return
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="the fault campaign runs by `make test-faults`"))


@pytest.fixture(scope="session")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Made once; its data stand at the first moment again before each test."""
    with published_twice(tmp_path_factory.mktemp("campaign")) as start:
        yield start


@pytest.fixture
def folder(campaign: Start) -> Iterator[Path]:
    """The folder as it was published at the first moment."""
    kept = (campaign.folder / "muster.toml").read_text()
    campaign.again()
    yield campaign.folder
    (campaign.folder / "muster.toml").write_text(kept)
