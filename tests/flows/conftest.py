"""Sets Prefect's home for the session before anything imports it, so that only the first run pays for its start."""

import tempfile
from pathlib import Path

import pytest

from flows.environment import without_server

without_server(Path(tempfile.mkdtemp(prefix="prefect-")))

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data; absent for a stranger."""
    if not SHARED.is_dir():
        pytest.skip("the real community data in ../shared are not here")
    return SHARED
