"""The platforms Muster can talk to; a connector is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sources.connector import Connector

PLATFORMS: Mapping[str, str] = {
    "discourse": "sources.discourse",
    "files": "sources.files",
    "mastodon": "sources.mastodon",
    "matrix": "sources.matrix",
    "reddit": "sources.reddit",
    "slack": "sources.slack",
    "slack_export": "sources.slack_export",
    "telegram_export": "sources.telegram_export",
}


def names() -> tuple[str, ...]:
    """All platforms, sorted."""
    return tuple(sorted(PLATFORMS))


def get(platform: str) -> Connector:
    """The connector of a platform; a KeyError with one line if there is none."""
    if platform not in PLATFORMS:
        raise KeyError(f"no platform '{platform}'; there are: {', '.join(names())}")
    connector: Connector = import_module(PLATFORMS[platform]).CONNECTOR
    return connector
