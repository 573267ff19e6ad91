"""Instants as integer microseconds since the epoch (UTC), and their renderings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
_EPOCH = datetime(1970, 1, 1)


def micros(moment: datetime) -> int:
    """Microseconds since the epoch; a naive datetime means UTC."""
    naive = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return (naive - _EPOCH) // timedelta(microseconds=1)


def moment(at: int) -> datetime:
    """The naive UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=at)


def iso(at: int) -> str:
    """ISO 8601 with milliseconds and Z, as Discourse writes it."""
    return moment(at).isoformat(timespec="milliseconds") + "Z"


def slack_ts(at: int) -> str:
    """Seconds and six digits, as Slack writes it."""
    return f"{at // SECOND}.{at % SECOND:06d}"
