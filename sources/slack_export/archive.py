"""Reads the files of a workspace export, zip or folder, within bounds: no path leaves it, no link is followed."""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from sources.errors import BadFile, NotFound

LISTS = ("channels.json", "groups.json")
CURE = "export the workspace again, or name the zip or folder that Slack gave"
_DAY = re.compile(r"([^/]+)/(\d{4}-\d{2}-\d{2})\.json")
_BLOCK = 1024 * 1024


class Corrupt(Exception):
    """One file of the export cannot be read; the rest can."""


@dataclass(frozen=True)
class Bounds:
    """What an export may expand to, in bytes, and how many times its compressed size a large file may be."""

    file_bytes: int
    total_bytes: int
    ratio: int = 200


class Shelf(Protocol):
    """Where files lie: a zip or a folder."""

    def names(self) -> list[str]:
        """Paths relative to the root, with slashes."""
        ...

    def open(self, name: str) -> BinaryIO:
        """The file's bytes."""
        ...

    def close(self) -> None:
        """Lets go of the file."""
        ...


class Archive:
    """A workspace export; names are relative to the folder that holds its lists."""

    def __init__(self, source: str, path: Path, bounds: Bounds) -> None:
        """Opens the export and makes sure that it is one."""
        self.source, self.path, self.bounds, self.read_bytes = source, path, bounds, 0
        if not path.exists():
            raise NotFound(source, str(path), "there is no such file", "check path in muster.toml")
        self._shelf = self._open()
        names = self._shelf.names()
        roots = sorted((name.rpartition("/")[0] for name in names if name.rpartition("/")[2] in LISTS), key=len)
        if not roots:
            raise self.bad("this is no Slack export: it has neither channels.json nor groups.json")
        self._root = f"{roots[0]}/" if roots[0] else ""
        self.names = frozenset(name.removeprefix(self._root) for name in names if name.startswith(self._root))
        if "users.json" not in self.names:
            raise self.bad("this is no Slack export: it has no users.json")

    def __enter__(self) -> Archive:
        """The archive itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the file."""
        self._shelf.close()

    def days(self) -> dict[str, list[str]]:
        """Folder → its days (YYYY-MM-DD), in order."""
        found: dict[str, list[str]] = {}
        for folder, day in sorted(match.groups() for name in self.names if (match := _DAY.fullmatch(name))):
            found.setdefault(folder, []).append(day)
        return found

    def read(self, name: str) -> bytes:
        """A file's bytes; raises Corrupt if it is damaged, BadFile if it expands beyond the bounds."""
        limit = min(self.bounds.file_bytes, self.bounds.total_bytes - self.read_bytes)
        try:
            with self._shelf.open(self._root + name) as file:
                content = file.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise Corrupt(f"cannot be read ({type(error).__name__})") from None
        if len(content) > limit:
            raise self.bad(f"{name} expands beyond the allowed size")
        self.read_bytes += len(content)
        return content

    def fingerprint(self) -> str:
        """A hash of all the content, whatever the file is called or when it was touched."""
        digest = hashlib.sha256()
        if self.path.is_file():
            _feed(digest, self.path)
        else:
            for name in sorted(self.names):
                digest.update(f"\0{name}\0".encode())
                _feed(digest, self.path / (self._root + name))
        return digest.hexdigest()

    def bad(self, problem: str) -> BadFile:
        """An error about the whole file."""
        return BadFile(self.source, str(self.path), problem, CURE)

    def _open(self) -> Shelf:
        if self.path.is_dir():
            return _Folder(self.path)
        try:
            archive = zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise self.bad("this is no zip file, or a damaged one") from None
        return _Zip(archive, self)


class _Zip:
    """A zip; nothing is unpacked to disk, and an entry that points elsewhere makes all of it suspect."""

    def __init__(self, archive: zipfile.ZipFile, owner: Archive) -> None:
        self._archive = archive
        total = 0
        for entry in archive.infolist():
            total += entry.file_size
            self._inspect(entry, owner)
        if total > owner.bounds.total_bytes:
            raise owner.bad(f"it expands to {total} bytes, more than the allowed {owner.bounds.total_bytes}")

    def _inspect(self, entry: zipfile.ZipInfo, owner: Archive) -> None:
        name = entry.filename
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise owner.bad("it holds a path that leads out of it")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise owner.bad("it holds a link, which no export does")
        if entry.file_size > _BLOCK and entry.file_size > owner.bounds.ratio * max(1, entry.compress_size):
            raise owner.bad(f"a file in it expands more than {owner.bounds.ratio} times")

    def names(self) -> list[str]:
        return [entry.filename for entry in self._archive.infolist() if not entry.is_dir()]

    def open(self, name: str) -> BinaryIO:
        return self._archive.open(name)  # type: ignore[return-value]

    def close(self) -> None:
        self._archive.close()


class _Folder:
    """An unpacked export; links are passed over."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> list[str]:
        return sorted(path.relative_to(self._root).as_posix() for path in self._files(self._root))

    def _files(self, folder: Path) -> Iterator[Path]:
        for path in folder.iterdir():
            if path.is_symlink():
                continue
            if path.is_dir():
                yield from self._files(path)
            elif path.is_file():
                yield path

    def open(self, name: str) -> BinaryIO:
        return (self._root / name).open("rb")

    def close(self) -> None:
        pass


def _feed(digest: hashlib._Hash, path: Path) -> None:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
