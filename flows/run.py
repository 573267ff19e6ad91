"""One run from configuration to report: what a scheduler deploys and what `muster run` calls."""

import secrets as tokens
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flows import settings as configuration
from flows.progress import Progress
from flows.sections import Settings, Source
from warehouse.layout import DataFolder


@dataclass(frozen=True)
class Run:
    """Everything one run needs to know; `now` is naive UTC and the only clock that has meaning."""

    settings: Settings
    folder: DataFolder
    run_id: str
    now: datetime
    sources: tuple[Source, ...]
    since: datetime | None = None
    full: bool = False
    retry_rejected: bool = False
    say: Progress = field(default_factory=Progress, compare=False)
    started: float = field(default_factory=time.monotonic, compare=False)

    @property
    def until(self) -> datetime:
        """`now`, and as much later as the run has gone on: what it has read may be as young as that."""
        return self.now + timedelta(seconds=time.monotonic() - self.started)


def new_run(
    config: str | Path | None,
    *,
    source: str | None = None,
    since: date | None = None,
    full: bool = False,
    retry_rejected: bool = False,
    now: datetime | None = None,
    say: Progress | None = None,
) -> Run:
    """Read the configuration and name a run; WrongUse when the configuration does not hold."""
    settings = configuration.load(config)
    moment = (now or datetime.now(UTC)).replace(tzinfo=None, microsecond=0)
    return Run(
        settings=settings,
        folder=DataFolder(settings.data_dir),
        run_id=f"{moment:%Y%m%dT%H%M%SZ}-{tokens.token_hex(2)}",
        now=moment,
        sources=(settings.source(source),) if source else settings.sources,
        since=datetime(since.year, since.month, since.day) if since else None,
        full=full,
        retry_rejected=retry_rejected,
        say=say or Progress(),
    )
