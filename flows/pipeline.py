"""The Prefect flow: ingest every source, transform, validate, publish, report; what a deployment points at."""

import threading
from datetime import date, datetime
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from pydantic import SecretStr

from expectations.gate import CheckResult, Layer
from flows import artifacts, gate, ingest, publication, recipients, transform
from flows.configure import configure
from flows.environment import telemetry_off
from flows.errors import Failure
from flows.ingest import Pulled
from flows.outcome import Outcome
from flows.run import Run, new_run
from flows.sections import Source
from sources.errors import BadAnswer, SourceError, Unreachable
from warehouse import ledger
from warehouse.errors import Busy, WarehouseError
from warehouse.lock import exclusive

HOUR = 3600.0
RUNNER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=4)


def _is_worth_another_try(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a pull failed for a reason that may pass by itself."""
    return isinstance(state.result(raise_on_failure=False), Unreachable | BadAnswer)


@task(
    cache_policy=NO_CACHE,
    task_run_name="pull-{source.name}",
    retries=1,
    retry_delay_seconds=5,
    retry_condition_fn=_is_worth_another_try,
    timeout_seconds=12 * HOUR,
)
def pull(run: Run, source: Source, pulled: Pulled, write_lock: threading.Lock) -> None:
    """Pull one source; its own task, so that one that fails is retried and seen alone."""
    ingest.pull_source(run, source, pulled, write_lock)


@task(cache_policy=NO_CACHE, task_run_name="validate-{layer}", timeout_seconds=HOUR)
def validate(run: Run, layer: Layer) -> list[CheckResult]:
    """One layer of the gate; its results are shown before it may refuse."""
    run.say(f"validate   {layer}")
    results = gate.ask(run, layer)
    artifacts.quality(layer, results)
    gate.refuse(results)
    return results


@task(cache_policy=NO_CACHE, timeout_seconds=6 * HOUR)
def build_models(run: Run) -> list[CheckResult]:
    """The whole dbt project as one task: a task for each model costs more than the models; what its tests found."""
    run.say("transform  dbt build")
    models, tests = transform.transform(run)
    artifacts.models(models)
    gate.record_tests(run, tests)
    artifacts.quality("models", tests)
    gate.refuse(tests)
    return tests


@task(cache_policy=NO_CACHE, timeout_seconds=HOUR)
def publish(run: Run, results: list[CheckResult], outcome: Outcome) -> None:
    """A new snapshot, then the one swap that readers see."""
    run.say("publish")
    outcome.snapshot = publication.publish(run, results, outcome)


@task(cache_policy=NO_CACHE, timeout_seconds=HOUR)
def report(run: Run, outcome: Outcome) -> None:
    """Summary and page, from the published snapshot only."""
    run.say("report")
    artifacts.summary(publication.report(run, outcome))


@task(cache_policy=NO_CACHE, timeout_seconds=HOUR)
def to_postgres(run: Run, snapshot: Path, dsn: SecretStr) -> None:
    """The published tables into PostgreSQL, whole or not at all."""
    from warehouse.postgres import publish_postgres

    run.say("publish    PostgreSQL")
    publish_postgres(snapshot, dsn.get_secret_value(), reader=run.settings.publish.postgres_reader)


@task(cache_policy=NO_CACHE, timeout_seconds=HOUR)
def deliver(run: Run, outcome: Outcome) -> None:
    """To everyone the week's summary is owed; who could not be reached makes the run incomplete."""
    from flows import delivery

    run.say("deliver")
    failed = [one for one in delivery.deliver(run.settings, delivery.Asked(run.now)) if one.outcome in delivery.MISSED]
    if failed:
        outcome.missed(f"not delivered: {'; '.join(one.line() for one in failed)}")


@flow(name="muster", task_runner=RUNNER, validate_parameters=False)
def muster(
    config: str | None = None,
    source: str | None = None,
    since: date | None = None,
    full: bool = False,
    now: datetime | None = None,
    retry_rejected: bool = False,
) -> Outcome:
    """One run. Raises the Failure that ended it, after status.json says so; an incomplete run returns exit code 4."""
    telemetry_off()  # a worker of the user's own comes here without the command
    run = new_run(config, source=source, since=since, full=full, now=now, retry_rejected=retry_rejected)
    try:
        with exclusive(run.folder, run.now):
            return _guarded(run)
    except Busy as busy:
        raise Failure(str(busy)) from None


def _guarded(run: Run) -> Outcome:
    """Run the steps; whatever ends them early is written down before it goes on its way."""
    outcome = Outcome(run.run_id)
    try:
        recipients.addresses(run.settings)
        recipients.postgres(run.settings)
        configure(run)
        ledger.start_run(run.folder.warehouse, run_id=run.run_id, started_at=run.now)
        _steps(run, outcome)
    except Exception as error:
        outcome.exit_code = error.exit_code if isinstance(error, Failure) else Failure.exit_code
        outcome.message = str(error) if isinstance(error, Failure) else f"{type(error).__name__}: {error}"
        publication.finish(run, outcome)
        raise
    publication.finish(run, outcome)
    return outcome


def _steps(run: Run, outcome: Outcome) -> None:
    # a calendar that cannot be read ends a run before it asks anybody for anything
    publication.calendar_events(run)
    with transform.parsing(run):
        _ingest(run, outcome)
    results = validate(run, "raw")
    results = [*results, *build_models(run), *validate(run, "core"), *validate(run, "marts")]
    publish(run, results, outcome)
    assert outcome.snapshot is not None
    if dsn := recipients.postgres(run.settings):
        try:
            to_postgres(run, outcome.snapshot, SecretStr(dsn))
        except WarehouseError as error:
            outcome.missed(str(error))
    report(run, outcome)
    if run.settings.reports.weekly.to:
        deliver(run, outcome)


def _ingest(run: Run, outcome: Outcome) -> None:
    """Every source side by side; one that fails leaves the others to go on, all that fail end the run."""
    write_lock = threading.Lock()
    pulls = [Pulled(source.name) for source in run.sources]
    futures = [pull.submit(run, source, pulled, write_lock) for source, pulled in zip(run.sources, pulls, strict=True)]
    for pulled, future in zip(pulls, futures, strict=True):
        error = future.result(raise_on_failure=False)
        if isinstance(error, SourceError):
            pulled.error = str(error)
        elif isinstance(error, BaseException):
            raise error
    ingest.record(run, pulls)
    for pulled in pulls:
        run.say(f"ingest     {pulled.line()}")
        for note in pulled.notes:  # they may quote names of rooms and channels
            run.say(f"           {pulled.source}: {''.join(filter(str.isprintable, note))}")
    artifacts.ingested(pulls)
    outcome.sources = {pulled.source: {"line": pulled.line(), "error": pulled.error} for pulled in pulls}
    failed = [pulled.error for pulled in pulls if pulled.error]
    if len(failed) == len(pulls):
        raise Failure(failed[0] + (f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""))
    if failed:
        outcome.missed(f"published without news from: {'; '.join(failed)}")
