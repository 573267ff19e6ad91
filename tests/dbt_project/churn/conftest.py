"""The churn models, compiled once a session."""

from collections.abc import Callable

import pytest

from tests.dbt_project.churn.support import Built, Life, Model, compiled


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Model]:
    """The compiled churn models, once a session."""
    return compiled(tmp_path_factory.mktemp("dbt"))


@pytest.fixture
def churn(models: list[Model]) -> Callable[[Life], Built]:
    """Loads a community into a new database; `.build()` builds the models on it."""
    return lambda life: Built(models).load(life)
