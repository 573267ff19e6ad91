"""Runs the pipeline on a schedule, without a separate server: one command holds Prefect's server and its runner."""

from pathlib import Path

from flows.errors import WrongUse
from flows.server import own_server
from flows.settings import load


def serve(config: Path | None, cron: str) -> None:
    """Run at every time that `cron` names on the community's clock, until interrupted; WrongUse where it names none."""
    settings = load(config)
    with own_server(settings.data_dir / "prefect", schedules=True) as answers:
        from prefect.schedules import Cron
        from prefect.types.entrypoint import EntrypointType

        from flows.pipeline import muster

        try:
            schedule = Cron(cron, timezone=settings.community.timezone)
        except ValueError:
            raise WrongUse(f"--cron '{cron}': expected five fields as in '15 5 * * *'") from None
        answers()
        muster.serve(
            name=settings.file.parent.name,
            schedule=schedule,
            parameters={"config": str(settings.file)},
            # by its file it would be another module
            entrypoint_type=EntrypointType.MODULE_PATH,
            limit=1,
            print_starting_message=False,
        )
