"""Keeps dlt to itself: no telemetry, no configuration from files or the environment, one context for all threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dlt.common.configuration.container import Container
from dlt.common.configuration.providers import CustomLoaderDocProvider
from dlt.common.configuration.providers.provider import ConfigProvider
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.runtime.run_context import RunContext
from dlt.common.runtime.telemetry import stop_telemetry

_SETTINGS: dict[str, Any] = {
    "runtime": {"dlthub_telemetry": False, "log_level": "ERROR"},
    "pipeline": {"intercept_signals": False},
    "intercept_signals": False,
    "load": {"delete_completed_jobs": True, "workers": 1},
    "normalize": {"workers": 1},
}


class _QuietContext(RunContext):
    """A run context that knows only our settings and keeps its files in the given folder."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self._folder = folder

    @property
    def global_dir(self) -> str:
        return self._folder

    run_dir = local_dir = settings_dir = data_dir = global_dir

    def initial_providers(self) -> list[ConfigProvider]:
        return [CustomLoaderDocProvider("muster", lambda: _SETTINGS)]


class _Guests:
    """Counts who is inside: the first sets the context, the last puts the old one back."""

    def __init__(self) -> None:
        self.lock, self.inside = threading.Lock(), 0
        self.before: PluggableRunContext | None = None

    def enter(self, folder: Path) -> None:
        with self.lock:
            if not self.inside:
                container = Container()
                self.before = container[PluggableRunContext] if PluggableRunContext in container else None  # noqa: SIM401  its get makes one
                # dlt starts its telemetry with its first context, once and for all: ours must be that one
                stop_telemetry()
                container[PluggableRunContext] = PluggableRunContext(_QuietContext(str(folder)))
            self.inside += 1

    def leave(self) -> None:
        with self.lock:
            self.inside -= 1
            if self.inside:
                return
            if self.before is None:
                del Container()[PluggableRunContext]
            else:
                Container()[PluggableRunContext] = self.before


_GUESTS = _Guests()


@contextmanager
def quiet_dlt(folder: Path) -> Iterator[None]:
    """Inside, dlt hears only what we tell it; several threads may be inside at once."""
    _GUESTS.enter(folder)
    try:
        yield
    finally:
        _GUESTS.leave()
