"""Writes what the configuration says into the build database, where the models read it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flows import identities, privacy
from flows.errors import WrongUse
from flows.run import Run
from flows.sections import Gap, Settings, Source
from sources import registry
from warehouse import build
from warehouse.build import StreamDeclaration


def configure(run: Run) -> None:
    """Prepare the build database for every platform there is, and replace the configuration rows."""
    privacy.guard(run)
    prepare(run)
    _same_platforms(run)
    write(run)
    privacy.keep_no_longer(run)  # before anything is read: what the door leaves out then equals what is kept


def _same_platforms(run: Run) -> None:
    """Refuse a name that stands for another platform's history; say which history the configuration no longer names."""
    platforms = {source.name: source.platform for source in run.settings.sources}
    for name, platform in sorted(build.held(run.folder.warehouse)):
        if name not in platforms:
            run.say(f"configure  {name} is not in {run.settings.file.name}: what it brought is kept, but not counted")
        elif platforms[name] != platform:
            raise WrongUse(
                f"{run.settings.file.name}: sources.{name}.platform: the history of {name} is of {platform}, "
                f"not {platforms[name]}: give the new source another name"
            )


def prepare(run: Run) -> None:
    """Make or extend the tables of every platform there is."""
    declarations = {
        name: {
            s.name: StreamDeclaration(s.duckdb_types(), s.key, s.personal.account_columns)
            for s in registry.get(name).streams
        }
        for name in registry.names()
    }
    build.prepare(run.folder.warehouse, declarations)


def write(run: Run) -> None:
    """Replace the configuration rows; again after the sources were read, since pseudonyms need the known accounts."""
    settings = run.settings
    build.write_configuration(
        run.folder.warehouse,
        sources=[_source_row(source) for source in settings.sources],
        settings={
            "timezone": settings.community.timezone,
            "locale": settings.community.locale,
            "community_name": settings.community.name,
            "staff_from_platform": str(settings.members.staff_from_platform).lower(),
            **privacy.settings(run),
        },
        staff=privacy.accounts(run, settings.members.staff),
        bots=privacy.accounts(run, settings.members.bots),
        gaps=list(_gaps(settings)),
        identities=identities.rows(run),
    )


def _source_row(source: Source) -> dict[str, object]:
    start = getattr(source.options, "start", None)
    return {
        "source": source.name,
        "platform": source.platform,
        "role": source.role,
        "started_at": _utc(start, ZoneInfo("UTC")) if start else None,
        "is_live": registry.get(source.platform).is_live,
        "base_url": str(getattr(source.options, "base_url", "") or "").rstrip("/") or None,
    }


def _gaps(settings: Settings) -> Iterator[dict[str, object]]:
    zone = ZoneInfo(settings.community.timezone)
    for source in settings.sources:
        for gap in source.gaps:
            yield {"source": source.name, "stream": gap.stream, **_interval(gap, zone), "reason": gap.reason}


def _interval(gap: Gap, zone: ZoneInfo) -> dict[str, datetime]:
    return {"observed_from": _utc(gap.start, zone), "observed_to": _utc(gap.end, zone)}


def _utc(moment: datetime | date, zone: ZoneInfo) -> datetime:
    """Naive UTC; a date without a time is that day's midnight in the community's zone."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), zone)
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC).replace(tzinfo=None)
