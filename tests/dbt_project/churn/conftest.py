"""The churn models, compiled once a session."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dbt_project.churn.support import Built, Life, Model, compiled


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt works the whole session, so that it reads the project only once."""
    return tmp_path_factory.mktemp("dbt")


@pytest.fixture(scope="session")
def models(target: Path) -> list[Model]:
    """The compiled churn models, once a session."""
    return compiled(target)


@pytest.fixture
def churn(models: list[Model]) -> Callable[[Life], Built]:
    """Loads a community into a new database; `.build()` builds the models on it."""
    return lambda life: Built(models).load(life)
