"""The address of a server, as an option of a connector: http or https, a host, no user and no query."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise ValueError("expected an address like https://forum.example.org")
    return value.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]
