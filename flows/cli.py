"""The `muster` command: reads the words, calls the flow, says the result in one line and an exit code."""

import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from flows.environment import telemetry_off
from flows.errors import FAILED, INCOMPLETE, Failure

if TYPE_CHECKING:
    from flows.outcome import Outcome

app = typer.Typer(
    help="Musters a community's life and publishes only numbers that pass muster.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Config = Annotated[Optional[Path], typer.Option("--config", "-c", help="muster.toml, or the folder that holds it")]  # noqa: UP045


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="where to write")] = Path()) -> None:
    """Write a commented muster.toml and an example of the secrets file."""
    from flows.init import write

    for file in write(folder):
        typer.echo(f"wrote {file}")
    typer.echo("Next: fill in a source, then `muster check`.")


@app.command()
def platforms() -> None:
    """List every connector: streams, where joins and leaves come from, how it is tested."""
    from flows.platforms import lines

    for line in lines():
        typer.echo(line)


@app.command()
def check(config: Config = None) -> None:
    """Read the configuration and try every source; says what each can and cannot observe."""
    from flows.check import findings

    worst = "ok"
    for level, line in findings(config):
        typer.echo(f"{level:8} {line}")
        worst = "error" if level == "error" else worst
    if worst == "error":
        raise typer.Exit(FAILED)


@app.command()
def run(
    config: Config = None,
    source: Annotated[Optional[str], typer.Option(help="only this source")] = None,  # noqa: UP045
    since: Annotated[Optional[datetime], typer.Option(formats=["%Y-%m-%d"], help="re-read from this day on")] = None,  # noqa: UP045
    full: Annotated[bool, typer.Option("--full", help="re-read everything the platform gives")] = False,
    retry_rejected: Annotated[
        bool, typer.Option("--retry-rejected", help="try rejected records again, after a fix")
    ] = False,
) -> None:
    """Ingest, transform, validate, publish, report."""
    from flows.server import own_server
    from flows.settings import load

    settings = load(config)
    day = since.date() if since else None
    with own_server(settings.data_dir / "prefect") as answers:
        from flows.pipeline import muster

        answers()
        outcome = muster(config=str(settings.file), source=source, since=day, full=full, retry_rejected=retry_rejected)
    _show(outcome)


@app.command()
def status(config: Config = None) -> None:
    """Show the last run, freshness and coverage by source, gate results, what is published."""
    from flows.settings import data_dir
    from flows.status import lines

    for line in lines(data_dir(config)):
        typer.echo(line)


@app.command()
def report(
    config: Config = None,
    locale: Annotated[Optional[str], typer.Option(help="en, fr or ru")] = None,  # noqa: UP045
    names: Annotated[bool, typer.Option("--names/--no-names", help="leave out who")] = True,
) -> None:
    """Build the summary and the page of the published snapshot again."""
    from flows.publication import report_again

    built = report_again(config, locale, names)
    typer.echo(built.summary_txt.read_text(encoding="utf-8"))
    typer.echo(f"page       {built.dashboard}\nsummary    {built.summary_html}")


@app.command()
def verify(
    folder: Annotated[Optional[Path], typer.Argument(help="a report's folder; the newest without")] = None,  # noqa: UP045
    config: Config = None,
) -> None:
    """Read a report's snapshot again and prove every number in it."""
    from flows.publication import verify_report

    proven, problems = verify_report(config, folder)
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise Failure(f"{proven}: {len(problems)} not proven; `muster report` builds it anew")
    typer.echo(f"proven     {proven}")


@app.command()
def deliver(
    config: Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would go out")] = False,
    again: Annotated[bool, typer.Option("--again", help="send even what was sent before")] = False,
) -> None:
    """Send the week's summary to those of reports.weekly who have not had it."""
    from flows.delivery import MISSED, deliver_now

    delivered = deliver_now(config, dry_run=dry_run, again=again)
    for one in delivered:
        typer.echo(one.line())
    if any(one.outcome in MISSED for one in delivered):
        raise typer.Exit(INCOMPLETE)


@app.command()
def demo(into: Annotated[Path, typer.Option(help="the folder to make")] = Path("muster-demo")) -> None:
    """Run the whole pipeline on a simulated community, offline, in a folder of its own."""
    from flows.demo import run_demo

    _show(run_demo(into))


@app.command()
def serve(
    config: Config = None,
    cron: Annotated[
        str, typer.Option(help="when, on the community's clock: minute hour day month weekday")
    ] = "15 5 * * *",
) -> None:
    """Run on a schedule until interrupted, without a separate server."""
    from flows.serve import serve as run_on_schedule

    run_on_schedule(config, cron)


@app.command()
def rejected(
    config: Config = None,
    source: Annotated[Optional[str], typer.Option(help="only this source")] = None,  # noqa: UP045
    limit: Annotated[int, typer.Option(min=1, help="how many to show")] = 20,
) -> None:
    """List the records that broke their declaration: where, why, what came."""
    from flows.rejected import lines

    for line in lines(config, source, limit):
        typer.echo(line)


@app.command(name="identities")
def identities_(
    config: Config = None,
    accept: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="source:id; add what is suggested for this account to the identities file; may be repeated"),
    ] = None,
) -> None:
    """List accounts of different sources that look like one person, or accept some: nothing is linked by itself."""
    from flows import suggestions

    for line in suggestions.accept(config, accept) if accept else suggestions.lines(config):
        typer.echo(line)


@app.command()
def export(
    to: Annotated[Path, typer.Argument(help="the folder to write to")],
    config: Config = None,
) -> None:
    """Write the published community marts as CSV, without members and without small groups."""
    from flows.export import export as write

    for written in write(config, to):
        typer.echo(f"wrote {written.file}  {written.rows:,} rows, {written.withheld:,} cells withheld")


@app.command()
def forget(
    account: Annotated[Optional[str], typer.Argument(help="source:id or source:handle")] = None,  # noqa: UP045
    config: Config = None,
) -> None:
    """Erase a person everywhere, publish anew, write a receipt; without an account, finish an interrupted erasure."""
    from flows.forget import forget as erase

    receipt = erase(config, account)
    typer.echo(receipt.text())
    typer.echo(f"receipt    {receipt.file}")


@app.command(name="export-person")
def export_person(
    account: Annotated[str, typer.Argument(help="source:id or source:handle")],
    config: Config = None,
    to: Annotated[Optional[Path], typer.Option(help="a file, readable by you only")] = None,  # noqa: UP045
) -> None:
    """Write everything held on a person, as JSON."""
    from flows.export_person import export_person as held

    text = held(config, account, to)
    typer.echo(f"wrote {to}" if to else text)


def _show(outcome: "Outcome") -> None:
    """The headline, where to look, and the exit code."""
    typer.echo("")
    typer.echo(outcome.headline)
    if outcome.snapshot:
        serving = outcome.snapshot.parent.parent / "serving"
        typer.echo(f"database   {serving / 'community.duckdb'}")
    typer.echo(f"page       {outcome.dashboard}")
    typer.echo(f"summary    {outcome.summary}")
    if outcome.message:
        typer.echo(outcome.message, err=True)
    raise typer.Exit(outcome.exit_code)


def main() -> None:
    """Entry point: a Failure ends as one line and its exit code, any other error as one line and 1."""
    telemetry_off()
    debug = "--debug" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--debug"]
    try:
        app()
    except Failure as failure:
        _die(debug, str(failure), failure.exit_code)
    except Exception as error:
        _die(debug, f"{type(error).__name__}: {error}; `--debug` shows where", FAILED)


def _die(debug: bool, message: str, exit_code: int) -> None:
    if debug:
        traceback.print_exc()
    typer.echo(f"muster: {message}", err=True)
    sys.exit(exit_code)
