"""A small community in two places, published once: what privacy does to it is told by its originals."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from flows.environment import without_server
from sandbox import discourse, example, slack_export
from sandbox.community import simulate
from tests.flows.support import KEY, Places, write_configuration

without_server(Path(tempfile.mkdtemp(prefix="prefect-")))

FIRST, SECOND = datetime(2025, 5, 1), datetime(2025, 5, 3)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """Sixty people and some hundred messages behind the doubles."""
    room = tmp_path_factory.mktemp("places")
    community = simulate(seed=7, members=60, messages=800, start=datetime(2025, 1, 1), end=datetime(2025, 9, 1))
    export = slack_export.write(community, room / "workspace.zip", until=FIRST)
    with discourse.serve(community, now=FIRST, api_key=KEY) as forum:
        text = example.configuration(community, forum.base_url, str(export))
        sources, _, members = text[text.index("[sources.forum]") :].partition("[members]")
        yield Places(community, forum, export, sources, f"[members]{members}")


def configured(room: Path, places: Places, more: str = "") -> Path:
    """A folder with a muster.toml for the places."""
    return write_configuration(room / "community", places.sources, more=f"{places.members}\n{more}")
