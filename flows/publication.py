"""Publishes a snapshot, builds the reports from it, and writes down how the run ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from expectations.gate import CheckResult
from flows import privacy
from flows.calendar import Event, read_calendar
from flows.errors import DONE, INCOMPLETE, Failure
from flows.outcome import Outcome
from flows.progress import Progress
from flows.run import Run
from flows.sections import Settings
from flows.settings import data_dir as settings_data_dir
from flows.settings import load
from warehouse import ledger
from warehouse import publish as snapshots
from warehouse.connect import opened
from warehouse.layout import DataFolder

if TYPE_CHECKING:
    from reports.build import Report

VERSIONED = ("muster-community", "duckdb", "dlt", "dbt-core", "dbt-duckdb", "great-expectations", "prefect")


def publish(run: Run, results: list[CheckResult], outcome: Outcome) -> Path:
    """A new snapshot in service; returns its folder."""
    _calendar(run)
    ledger.finish_run(
        run.folder.warehouse,
        run_id=run.run_id,
        finished_at=run.now,
        outcome=outcome.word,
        exit_code=outcome.exit_code,
        message=outcome.message,
    )
    return snapshots.publish(
        run.folder,
        run_id=run.run_id,
        now=run.now,
        data_as_of=_data_as_of(run),
        gate=[vars(result) for result in results],
        versions={name: version(name) for name in VERSIONED},
        key=privacy.publication_key(run),
    )


def calendar_events(run: Run) -> list[Event]:
    """The calendar as it is now; WrongUse where it cannot be read."""
    file = run.settings.calendar_file
    return read_calendar(file, run.settings.community.timezone, run.now.date()) if file else []


def _calendar(run: Run) -> None:
    """The calendar into what is published: reports know only that."""
    rows = [(event.event, event.kind, event.start_date, event.end_date) for event in calendar_events(run)]
    ledger.record_calendar(run.folder.warehouse, rows)


def report(run: Run, outcome: Outcome) -> str:
    """Summary and page beside the snapshots; returns the summary without names, in Markdown."""
    assert outcome.snapshot is not None
    built = _build(run.settings, outcome.snapshot)
    _proven(built.folder, outcome.snapshot)
    _pdf(run.say, built.folder)
    outcome.summary, outcome.dashboard, outcome.headline = built.summary_txt, built.dashboard, built.headline
    return _nameless(run.settings, outcome.snapshot)


def _pdf(say: Callable[[str], None], folder: Path) -> None:
    """The summary as PDF; without the library for it a run says so and goes on."""
    from reports.pdf import write_pdf
    from reports.snapshot import ReportError

    try:
        write_pdf(folder)
    except ReportError as error:
        say(f"report     {error}")


def _proven(folder: Path, snapshot: Path) -> None:
    """Failure when any number of a report cannot be proven from its snapshot: such a report goes to nobody."""
    from reports.verify import verify

    problems = verify(folder, snapshot)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise Failure(
            f"the report does not agree with its snapshot: {problems[0]}{more}; `muster verify {folder}` lists"
        )


@contextmanager
def proven(settings: Settings, snapshot: Path) -> Iterator[Path]:
    """A report as letters take it, without names unless they are wanted, proven."""
    from reports.build import build

    with TemporaryDirectory() as beside:
        folder = Path(beside)
        build(snapshot, folder, **_asked(settings, None), names=settings.reports.weekly.names)
        _proven(folder, snapshot)
        yield folder


def verify_report(config: Path | None, folder: Path | None) -> tuple[Path, list[str]]:
    """A report folder and what is wrong with it, read against the snapshot it was made from."""
    from reports.verify import made_from, verify

    data = DataFolder(settings_data_dir(config))
    current = snapshots.current(data)
    if current is None:
        raise Failure("nothing is published yet; `muster run` publishes")
    chosen = folder or max((one for one in data.reports.glob("*") if one.is_dir()), default=None)
    if chosen is None or not (chosen / "facts.json").is_file():
        raise Failure(f"{chosen or data.reports}: holds no report; `muster report` builds one")
    own = data.snapshots / made_from(chosen)
    if not (own / "manifest.json").is_file():
        raise Failure(
            f"{chosen}: was made from snapshot {own.name}, which is no longer kept; `muster report` builds anew"
        )
    return chosen, verify(chosen, own)


def report_again(config: Path | None, locale: str | None, names: bool) -> "Report":
    """Summary and page of what is published now, perhaps in another language; Failure when nothing is."""
    settings = load(config)
    snapshot = snapshots.current(DataFolder(settings.data_dir))
    if snapshot is None:
        raise Failure("nothing is published yet; `muster run` publishes")
    built = _build(settings, snapshot, locale, names)
    _pdf(Progress(), built.folder)
    return built


def _build(settings: Settings, snapshot: Path, locale: str | None = None, names: bool = True) -> "Report":
    from reports import pdf
    from reports.build import build, period

    zone = settings.community.timezone
    out = DataFolder(settings.data_dir).reports / (period(snapshot, timezone=zone) or "none")
    (out / pdf.NAME).unlink(missing_ok=True)  # drawn from the page that is about to change
    return build(snapshot, out, **_asked(settings, locale), names=names)


def _nameless(settings: Settings, snapshot: Path) -> str:
    from reports.build import markdown

    return markdown(snapshot, **_asked(settings, None), names=False)


def _asked(settings: Settings, locale: str | None) -> dict[str, Any]:
    """What every form of a report needs to know of the settings."""
    return {
        "community": settings.community.name,
        "locale": locale or settings.community.locale,
        "minimum_cell": settings.privacy.minimum_cell,
        "timezone": settings.community.timezone,
    }


def finish(run: Run, outcome: Outcome) -> None:
    """Write status.json, and the run's end into the ledger where publishing has not done so."""
    published = outcome.exit_code in (DONE, INCOMPLETE)
    if not published and run.folder.warehouse.exists():
        ledger.finish_run(
            run.folder.warehouse,
            run_id=run.run_id,
            finished_at=run.now,
            outcome=outcome.word,
            exit_code=outcome.exit_code,
            message=outcome.message,
        )
    snapshots.write_status(
        run.folder,
        {
            "run_id": run.run_id,
            "as_of_run": run.now.isoformat() + "Z",
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "outcome": outcome.word,
            "exit_code": outcome.exit_code,
            "message": outcome.message,
            "is_stale": outcome.snapshot is None,
            "why_stale": None if outcome.snapshot else outcome.message,
            "snapshot": outcome.snapshot.name if outcome.snapshot else None,
            "sources": outcome.sources,
            "headline": outcome.headline,
        },
    )


def _data_as_of(run: Run) -> datetime | None:
    """The earliest as-of among our own live sources; with none alive, the latest among our own."""
    with opened(run.folder.warehouse, read_only=True) as connection:
        row = connection.execute(
            "select coalesce(min(as_of) filter (where is_live), max(as_of)) from marts.dim_sources where role = 'own'"
        ).fetchone()
    return row[0] if row else None
