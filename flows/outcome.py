"""How a run ended: the exit code, the line a person reads, and what status.json remembers of it."""

from dataclasses import dataclass, field
from pathlib import Path

from flows.errors import DONE, FAILED, INCOMPLETE, REFUSED, WRONG_USE

WORDS = {DONE: "published", FAILED: "failed", WRONG_USE: "wrong use", REFUSED: "refused", INCOMPLETE: "incomplete"}


@dataclass
class Outcome:
    """What a run leaves behind; paths are None where it did not get so far."""

    run_id: str
    exit_code: int = DONE
    message: str = ""
    sources: dict[str, dict[str, object]] = field(default_factory=dict)
    snapshot: Path | None = None
    summary: Path | None = None
    dashboard: Path | None = None
    headline: str = ""

    def missed(self, what: str) -> None:
        """Published, but something is not as it was to be."""
        self.exit_code = INCOMPLETE
        self.message = "; ".join(part for part in (self.message, what) if part)

    @property
    def word(self) -> str:
        """The outcome in one word, as ops.runs and status.json name it."""
        return WORDS[self.exit_code]
