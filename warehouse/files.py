"""Writing that survives a kill or a power cut: fsync, atomic replacement of files and of symlinks."""

import os
from pathlib import Path


def fsync(path: Path) -> None:
    """Bring a file's, or a folder's, content to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_tree(root: Path) -> None:
    """Bring every file and folder under `root` to the disk, the folders last."""
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            fsync(Path(folder) / name)
        fsync(Path(folder))


def replace_text(path: Path, text: str, mode: int = 0o600) -> None:
    """Write `text` so that a reader sees the old file or the new one, never a part."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    fsync(path.parent)


def replace_symlink(link: Path, target: Path) -> None:
    """Point `link` at `target` (relative to the link's folder) in one step."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(target, link.parent), target_is_directory=True)
    os.replace(fresh, link)
    fsync(link.parent)
