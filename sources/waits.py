"""Reads how long a platform asks us to wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait by Retry-After (seconds or date) or X-RateLimit-Reset (seconds, epoch or ISO time); else None."""
    for name in ("retry-after", "x-ratelimit-reset-after", "x-ratelimit-reset", "ratelimit-reset"):
        if (value := headers.get(name)) and (seconds := _seconds(value.strip(), now)) is not None:
            return max(0.0, seconds)
    return None


def _seconds(value: str, now: float) -> float | None:
    try:
        number = float(value)
        return number - now if number > 1e9 else number
    except ValueError:
        pass
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(value)
        except (ValueError, TypeError):
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    return None
