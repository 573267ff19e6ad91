"""What muster.toml may say, section by section."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from expectations.checks import SuiteError, compile_check
from flows.errors import WrongUse

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
