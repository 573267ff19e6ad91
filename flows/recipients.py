"""The addresses of everyone and everything a run sends to; they are secrets."""

from flows import secrets
from flows.sections import Settings


def addresses(settings: Settings) -> dict[str, str]:
    """Of everyone who gets the weekly summary, by name; WrongUse for the first that is missing."""
    folder, asked_by = settings.file.parent, f"{settings.file.name}: reports.weekly.to"
    return {name: secrets.required(folder, "reports", name, asked_by) for name in settings.reports.weekly.to}


def postgres(settings: Settings) -> str | None:
    """Of the PostgreSQL database to publish to, None for none; WrongUse where it is missing."""
    if not settings.publish.postgres:
        return None
    return secrets.required(settings.file.parent, "publish", "postgres_dsn", f"{settings.file.name}: publish.postgres")
