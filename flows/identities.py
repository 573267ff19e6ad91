"""Reads the user's identities file, and says it of the accounts as the build database knows them."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows import privacy
from flows.errors import WrongUse
from flows.run import Run
from flows.sections import Settings

COLUMNS = ("source", "account", "person")
Line = dict[str, str]


def rows(run: Run) -> list[dict[str, Any]]:
    """The file as rows of raw.identities, pseudonymous where accounts are; the erased left out.

    A line without a person has NULL there: its account is linked by nothing that platforms say.
    """
    listed = list(read(run.settings))
    kept = privacy.kept_as(run, {(line["source"], line["account"]) for line in listed})
    person = privacy.keyring(run.folder).pseudonym if run.settings.privacy.pseudonymize else str
    return [
        {"source": line["source"], "account": name, "person": person(line["person"]) or None, "listed_at": run.now}
        for line in listed
        for name in kept[line["source"], line["account"]]
    ]


def read(settings: Settings) -> Iterator[Line]:
    """The lines of the file; none where none is configured, WrongUse for a line that cannot be meant."""
    file = settings.identities_file
    if file is None:
        return
    known = {source.name for source in settings.sources}
    seen: dict[tuple[str, str], str] = {}
    for number, line in lines(file):
        source, account, person = (line[name] for name in COLUMNS)
        if not (source and account):
            raise WrongUse(f"{file.name}: line {number}: a source and an account are needed")
        if source not in known:
            raise WrongUse(f"{file.name}: line {number}: no source '{source}'; sources: {', '.join(sorted(known))}")
        if person and seen.setdefault((source, account), person) != person:
            raise WrongUse(f"{file.name}: line {number}: {source}:{account} is two persons; leave one line")
        yield line


def lines(file: Path) -> Iterator[tuple[int, Line]]:
    """The lines as they stand, each with its number; WrongUse for what is no such CSV."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or [])]:
                raise WrongUse(f"{file.name}: no column {', '.join(missing)}; the first line is {','.join(COLUMNS)}")
            for row in reader:
                yield reader.line_num, {name: (row[name] or "").strip() for name in COLUMNS}
    except OSError as error:
        raise WrongUse(f"{file}: {error.strerror}; members.identities names the file") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise WrongUse(f"{file.name}: no CSV in UTF-8: {error}") from None
