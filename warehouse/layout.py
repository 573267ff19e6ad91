"""Where everything lies inside the data folder; one place for all paths."""

import os
from dataclasses import dataclass
from pathlib import Path

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


@dataclass(frozen=True)
class DataFolder:
    """The paths of one data folder (`community.data_dir`, usually `.muster`)."""

    root: Path

    @property
    def warehouse(self) -> Path:
        """The private build database."""
        return self.root / "warehouse.duckdb"

    @property
    def snapshots(self) -> Path:
        """The folder of published snapshots, one sub-folder each."""
        return self.root / "snapshots"

    @property
    def serving(self) -> Path:
        """The symlink to the snapshot that readers see."""
        return self.root / "serving"

    @property
    def status(self) -> Path:
        """The last run's outcome and the staleness of what is published."""
        return self.root / "status.json"

    @property
    def reports(self) -> Path:
        """Summaries and pages, one folder a period."""
        return self.root / "reports"

    @property
    def quality(self) -> Path:
        """Validation results."""
        return self.root / "quality"

    @property
    def dlt(self) -> Path:
        """State and pending packages of the pipelines."""
        return self.root / "dlt"

    @property
    def prefect(self) -> Path:
        """Prefect's own home."""
        return self.root / "prefect"

    @property
    def lock(self) -> Path:
        """The file whose kernel lock marks the one writer."""
        return self.root / "muster.lock"

    def prepare(self) -> None:
        """Create the folders; only the owner may enter, also where a folder made by hand was wider."""
        self.root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        os.chmod(self.root, PRIVATE_FOLDER)
        for folder in (self.snapshots, self.reports, self.quality, self.dlt, self.prefect):
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
