"""The fault campaign: by hand or nightly, never in the default run."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from flows.environment import without_server
from tests.flows.killing import complete
from tests.flows.support import Places, Rows, everything, small_places, write_configuration

without_server(Path(tempfile.mkdtemp(prefix="prefect-")))

FIRST, SECOND = datetime(2025, 5, 1), datetime(2025, 7, 1)
UNEVEN = "select count(*) from ops.ingests where received is distinct from landed + unchanged + rejected"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip all of it unless it was asked for."""
    if os.environ.get("MUSTER_FAULTS"):
        return
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="the fault campaign runs by `make test-faults`"))


@dataclass
class Campaign:
    """A folder published at the first moment, and what an undisturbed run publishes at the second."""

    folder: Path
    places: Places
    expected: dict[str, Rows]


@pytest.fixture(scope="session")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """Made once; tests copy the folder."""
    import shutil

    room = tmp_path_factory.mktemp("campaign")
    with small_places(room, FIRST) as places:
        folder = write_configuration(room / "start", places.sources, "Europe/Paris", places.members, with_key=True)
        complete(folder, FIRST)
        places.move_to(SECOND)
        shutil.copytree(folder, room / "whole", symlinks=True)
        complete(room / "whole", SECOND)
        yield Campaign(folder, places, everything(room / "whole"))


def agrees(folder: Path, campaign: Campaign) -> None:
    """What is published equals the undisturbed run, and every row received is accounted for."""
    found = everything(folder)
    assert found.keys() == campaign.expected.keys()
    for table, rows in campaign.expected.items():
        assert found[table] == rows, table
    with duckdb.connect(str(folder / ".muster" / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute(UNEVEN).fetchall() == [(0,)]
