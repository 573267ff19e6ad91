"""The snapshot folders on disk: which one serves, how a finished one takes its place, which ones go."""

import json
import os
import shutil
from pathlib import Path

from warehouse.errors import WarehouseError
from warehouse.files import fsync, fsync_tree, replace_symlink
from warehouse.layout import PRIVATE_FOLDER, DataFolder

__all__ = ["BUILDING", "begin", "current", "discard_leftovers", "finish", "prune", "vacant_id"]

# a folder under one of these names is unfinished or condemned; no reader ever looks into it
BUILDING = ".building-"
_CONDEMNED = ".condemned-"


def current(folder: DataFolder) -> Path | None:
    """The folder of the snapshot that is being served, its symlink resolved; None before the first publication.

    Readers open the databases by this path: DuckDB caches by path, and `serving` names another file tomorrow.
    """
    path = folder.serving.resolve()
    return path if folder.serving.is_symlink() and path.is_dir() else None


def vacant_id(folder: DataFolder, run_id: str) -> str:
    """The run's id, with a number behind where an earlier attempt of the same run got as far as publishing."""
    if Path(run_id).name != run_id or run_id.startswith("."):
        raise WarehouseError(f"run id {run_id!r} cannot name a snapshot folder: use letters, digits and dashes")
    snapshot_id, attempt = run_id, 1
    while (folder.snapshots / snapshot_id).exists():
        attempt += 1
        snapshot_id = f"{run_id}-{attempt}"
    return snapshot_id


def begin(folder: DataFolder, snapshot_id: str) -> Path:
    """An empty folder under a temporary name."""
    building = folder.snapshots / f"{BUILDING}{snapshot_id}"
    building.mkdir(mode=PRIVATE_FOLDER)
    return building


def finish(folder: DataFolder, building: Path, snapshot_id: str) -> Path:
    """Bring a complete folder to the disk, give it its name, and point `serving` at it."""
    snapshot = folder.snapshots / snapshot_id
    fsync_tree(building)
    os.rename(building, snapshot)
    fsync(folder.snapshots)
    replace_symlink(folder.serving, snapshot)
    return snapshot


def discard_leftovers(folder: DataFolder) -> None:
    """Remove what killed runs left half built or half deleted; the caller holds the lock."""
    for path in folder.snapshots.iterdir():
        if path.name.startswith((BUILDING, _CONDEMNED)):
            shutil.rmtree(path)


def prune(folder: DataFolder, keep: int) -> None:
    """Delete all but the newest `keep` snapshots, never the one being served, nor a folder that is none of ours."""
    serving = current(folder)
    snapshots = sorted(
        (moment, path) for path in folder.snapshots.iterdir() if (moment := _published_at(path)) is not None
    )
    spare = [path for _, path in snapshots if serving is None or path.resolve() != serving]
    kept = max(keep - (serving is not None), 0)
    for path in spare[: max(len(spare) - kept, 0)]:
        # renamed first: a kill half way through must not leave a snapshot that looks whole
        condemned = path.with_name(_CONDEMNED + path.name)
        os.rename(path, condemned)
        shutil.rmtree(condemned)


def _published_at(path: Path) -> str | None:
    try:
        return str(json.loads((path / "manifest.json").read_text(encoding="utf-8"))["published_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
