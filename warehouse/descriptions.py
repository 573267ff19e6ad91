"""What the published tables of this room mean; written into the database, so that a BI tool shows it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Description:
    """A table in a sentence, and each of its columns."""

    table: str
    columns: Mapping[str, str]


DESCRIPTIONS: Mapping[str, Description] = {
    "ops.runs": Description(
        "One row a run of the pipeline.",
        {
            "run_id": "The run.",
            "started_at": "When the run began, UTC.",
            "finished_at": "When it ended, UTC; null while it runs and where it was interrupted.",
            "outcome": "How it ended; 'interrupted' where its process was killed.",
            "exit_code": "The exit code its user saw: 0 published, 1 failed, 2 wrong use, 3 refused, 4 incomplete.",
            "message": "Why it did not end well, in one line.",
        },
    ),
    "ops.ingests": Description(
        "One row a run, source and stream: what arrived and what became of it.",
        {
            "run_id": "The run.",
            "source": "The source's name in the configuration.",
            "stream": "The stream.",
            "received": "Rows that fitted the stream's declaration: landed + unchanged.",
            "landed": "Rows that changed something and became a version.",
            "unchanged": "Rows that added no version: equal to the one before them, or an erased person's.",
            "rejected": "Records that broke the declaration, kept in quarantine.",
            "requests": "Requests made to the source.",
            "seconds": "Time the pull took.",
            "erased": "Of the unchanged, rows of erased people that were dropped at the door.",
        },
    ),
    "ops.quality_results": Description(
        "One row a run and check of the gate.",
        {
            "run_id": "The run.",
            "layer": "Where it was checked: raw, models (dbt's tests), core or marts.",
            "check_name": "The check.",
            "table_name": "The table it looked at.",
            "severity": "block: a failure stops publication; warn: it is published with the result.",
            "outcome": "pass or fail.",
            "observed": "What was found.",
            "expected": "What should have been found.",
            "checked_at": "When, UTC.",
        },
    ),
}
