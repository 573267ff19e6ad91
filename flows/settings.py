"""Reads muster.toml into typed settings; every error names the file, the key and what was expected."""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from expectations.checks import SuiteError, compile_check
from flows.errors import WrongUse

FILE_NAME = "muster.toml"
M = TypeVar("M", bound=BaseModel)
SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"no time zone '{name}': use a name like 'Europe/Paris'") from None
    return name


def _account_of_source(text: str) -> str:
    source, _, account = text.partition(":")
    if not (source and account):
        raise ValueError(f"'{text}' names no source: write it as 'source:account', like 'forum:alice'")
    return text


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Community(_Section):
    """Who is measured, and where a day begins."""

    name: str = Field(min_length=1)
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    locale: Literal["en", "fr", "ru"] = "en"
    data_dir: Path = Path(".muster")


class Gap(_Section):
    """A stretch of time for which a source is known to lack data; [from, to), local unless zoned."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    start: datetime | date = Field(alias="from")
    end: datetime | date = Field(alias="to")
    reason: str = Field(min_length=1)
    stream: str | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "Gap":
        if str(self.end) <= str(self.start):
            raise ValueError("'to' must lie after 'from'")
        return self


class Source(_Section):
    """One place where the community lives; `options` are the platform's own, checked by its connector."""

    name: str
    platform: str
    role: Literal["own", "competitor"] = "own"
    gaps: tuple[Gap, ...] = ()
    options: Any = None


class Members(_Section):
    """Who is staff or a bot beyond what the platforms say, each as 'source:account'; the file of who is one person."""

    staff: tuple[Annotated[str, AfterValidator(_account_of_source)], ...] = ()
    bots: tuple[Annotated[str, AfterValidator(_account_of_source)], ...] = ()
    staff_from_platform: bool = True
    identities: Path | None = None


class Privacy(_Section):
    """What is kept of people, and what reports and exports may say about small groups."""

    keep_text: bool = True
    pseudonymize: bool = False
    retention_days: int | None = Field(default=None, ge=1)
    minimum_cell: int = Field(default=5, ge=1)


class Check(_Section):
    """A check of the gate's beyond ours, in one of the forms of a suite file (expectations/checks.py)."""

    layer: Literal["raw", "core", "marts"]
    table: str = Field(min_length=1)
    name: str = Field(min_length=1)
    severity: Literal["block", "warn"] = "block"
    says: str | None = None
    where: str | None = None
    query: str | None = None
    not_null: str | None = None
    unique: str | None = None
    references: dict[str, str] | None = None
    measure: str | None = None
    min: float | None = None
    max: float | None = None
    needs: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_be_asked(self) -> "Check":
        rest = {key: value for key, value in self.entry().items() if key not in ("layer", "table")}
        try:
            compile_check(self.layer, self.table, rest, "the check")
        except SuiteError as error:
            raise ValueError(str(error)) from None
        return self

    def entry(self) -> dict[str, object]:
        """As in a suite file of expectations/."""
        entry = self.model_dump(exclude_none=True, exclude_defaults=True) | {"severity": self.severity}
        return entry | {"says": self.says or f"{self.name} (muster.toml)"}


def _name_of_a_secret(name: str) -> str:
    if not SOURCE_NAME.fullmatch(name):
        # not repeated: an address carries its key
        raise ValueError("expected names such as 'team', whose addresses stand under [reports] in .dlt/secrets.toml")
    return name


class Weekly(_Section):
    """Who gets the weekly summary: names of secrets; what a letter may hold, and what is done in doubt."""

    to: tuple[Annotated[str, AfterValidator(_name_of_a_secret)], ...] = ()
    names: bool = False
    in_doubt: Literal["annotate", "withhold"] = "annotate"


class Reports(_Section):
    """The reports that go out."""

    weekly: Weekly = Weekly()


class Publish(_Section):
    """Where the marts go beside the snapshot: PostgreSQL, at the address of the secret publish.postgres_dsn."""

    postgres: bool = False
    postgres_reader: str = Field(default="muster_reader", min_length=1, max_length=63)


class Calendar(_Section):
    """Events and campaigns: a .csv or .ics file."""

    file: Path | None = None


class Settings(_Section):
    """The whole of muster.toml; paths are absolute."""

    file: Path
    community: Community
    sources: tuple[Source, ...]
    members: Members = Members()
    privacy: Privacy = Privacy()
    checks: tuple[Check, ...] = ()
    reports: Reports = Reports()
    publish: Publish = Publish()
    calendar: Calendar = Calendar()

    @property
    def calendar_file(self) -> Path | None:
        """The calendar, absolute; None where there is none."""
        return self.file.parent / self.calendar.file if self.calendar.file else None

    @property
    def data_dir(self) -> Path:
        """The data folder, absolute."""
        return (self.file.parent / self.community.data_dir).resolve()

    @property
    def identities_file(self) -> Path | None:
        """The identities file, absolute; None where none is configured."""
        return self.file.parent / self.members.identities if self.members.identities else None

    def source(self, name: str) -> Source:
        """The source of that name, or WrongUse."""
        for source in self.sources:
            if source.name == name:
                return source
        known = ", ".join(source.name for source in self.sources)
        raise WrongUse(f"{self.file.name}: there is no [sources.{name}]; sources: {known}")


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
