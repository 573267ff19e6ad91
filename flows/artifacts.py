"""Shows a run in Prefect: model timings, the gate's result and the headline; no names, no texts."""

from expectations.gate import CheckResult
from flows.ingest import Pulled
from flows.transform import Model


def ingested(pulls: list[Pulled]) -> None:
    """What every source gave."""
    from prefect.artifacts import create_markdown_artifact

    create_markdown_artifact("\n".join(f"- {pulled.line()}" for pulled in pulls), key="ingest")


def models(results: list[Model]) -> None:
    """How long every model took, the slowest first."""
    from prefect.artifacts import create_table_artifact

    slowest = sorted(results, key=lambda model: (-model.seconds, model.name))
    rows = [{"node": m.name, "status": m.status, "seconds": round(m.seconds, 3)} for m in slowest]
    create_table_artifact(rows, key="models", description="dbt nodes, the slowest first")


def quality(layer: str, results: list[CheckResult]) -> None:
    """Every check of one layer of the gate, failures first."""
    from prefect.artifacts import create_table_artifact

    ordered = sorted(results, key=lambda r: (r.outcome == "pass", r.severity, r.table, r.check))
    create_table_artifact(
        [vars(result) for result in ordered], key=f"gate-{layer}", description="checks, failures first"
    )


def summary(text: str) -> None:
    """The summary as managers read it, without names."""
    from prefect.artifacts import create_markdown_artifact

    create_markdown_artifact(text, key="summary")
