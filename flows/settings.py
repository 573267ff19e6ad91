"""Reads muster.toml into typed settings; every error names the file, the key and what was expected."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from flows.errors import WrongUse
from flows.sections import SOURCE_NAME, Community, Settings, Source

FILE_NAME = "muster.toml"
M = TypeVar("M", bound=BaseModel)


def find(path: str | Path | None = None) -> Path:
    """The configuration file: the given path, else MUSTER_CONFIG, else ./muster.toml; WrongUse when it is absent."""
    chosen = Path(path or os.environ.get("MUSTER_CONFIG") or FILE_NAME).expanduser()
    if chosen.is_dir():
        chosen = chosen / FILE_NAME
    if not chosen.is_file():
        raise WrongUse(f"{chosen}: no such file; `muster init` writes one, `--config PATH` names another")
    return chosen.resolve()


def load(path: str | Path | None = None) -> Settings:
    """Read and check muster.toml; WrongUse carries one line for each error."""
    file = find(path)
    document = _document(file)
    tables = document.pop("sources", {})
    if not isinstance(tables, dict) or not tables:
        raise WrongUse(f"{file.name}: sources: at least one [sources.NAME] with a platform is needed")
    sources = tuple(_source(file, name, table) for name, table in tables.items())
    settings = _validated(Settings, {**document, "file": file, "sources": sources}, file, "")
    _check_member_sources(settings)
    return settings


def data_dir(path: str | Path | None = None) -> Path:
    """Where the data folder is, absolute; quick, since no source is looked at."""
    file = find(path)
    community = _validated(Community, _document(file).get("community", {}), file, "community")
    return (file.parent / community.data_dir).resolve()


def _document(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUse(f"{file.name}: not valid TOML: {error}") from None


def _source(file: Path, name: str, table: object) -> Source:
    from sources import registry

    place = f"sources.{name}"
    if not SOURCE_NAME.fullmatch(name) or name == "all":
        cure = "a source's name is lower-case letters, digits and _, at most 31, and not 'all'"
        raise WrongUse(f"{file.name}: {place}: {cure}")
    if not isinstance(table, dict):
        raise WrongUse(f"{file.name}: {place}: expected a table: write [{place}]")
    platform = table.get("platform")
    if platform not in registry.names():
        raise WrongUse(
            f"{file.name}: {place}.platform: expected one of {', '.join(registry.names())}, got {platform!r}"
        )
    ours = {key: value for key, value in table.items() if key in Source.model_fields and key != "options"}
    theirs = {key: value for key, value in table.items() if key not in ours}
    model = registry.get(platform).options
    options = _validated(model, _absolute_paths(theirs, model, file.parent), file, place, also=Source.model_fields)
    return _validated(Source, {**ours, "name": name, "options": options}, file, place)


def _absolute_paths(table: Mapping[str, Any], model: type[BaseModel], folder: Path) -> dict[str, Any]:
    return {
        key: folder / value
        if key in model.model_fields and model.model_fields[key].annotation is Path and isinstance(value, str)
        else value
        for key, value in table.items()
    }


def _validated(
    model: type[M], values: Mapping[str, Any], file: Path, place: str, also: Mapping[str, Any] | None = None
) -> M:
    try:
        return model.model_validate(values)
    except ValidationError as errors:
        lines = [
            _line(file, place, error, [*_keys(model, error["loc"][:-1]), *(also or {})])
            for error in errors.errors(include_url=False)
        ]
        raise WrongUse("\n".join(lines)) from None


def _keys(model: type[BaseModel], inside: tuple[int | str, ...]) -> list[str]:
    """The keys of the table that an error lies in."""
    for step in inside:
        inner = model.model_fields[str(step)].annotation if str(step) in model.model_fields else None
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return list(model.model_fields)


def _line(file: Path, place: str, error: Any, known: list[str]) -> str:
    key = ".".join(part for part in (place, *map(str, error["loc"])) if part)
    if error["type"] == "extra_forbidden":
        unknown = str(error["loc"][-1])
        near = difflib.get_close_matches(unknown, known, n=1)
        cure = f"did you mean '{near[0]}'?" if near else "remove it, or see `muster init` for the keys there are"
        return f"{file.name}: {key}: unknown key; {cure}"
    if error["type"] == "missing":
        return f"{file.name}: {key}: is missing; add it"
    # an address written where its name belongs carries a key: it is not repeated
    got = "" if key.startswith("reports.") else f", got {_shown(error['input'])}"
    return f"{file.name}: {key}: {error['msg'].removeprefix('Value error, ')}{got}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"


def _check_member_sources(settings: Settings) -> None:
    names = {source.name for source in settings.sources}
    for key in ("staff", "bots"):
        for entry in getattr(settings.members, key):
            if entry.partition(":")[0] not in names:
                raise WrongUse(f"{settings.file.name}: members.{key}: '{entry}' names no source of this file")
