"""What `muster identities` shows and accepts: accounts that look like one person and are not linked yet.

Nothing is linked by likeness alone: a person reads the list and accepts, and what is accepted is a line of the
identities file.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from flows import identities
from flows.errors import WrongUse
from flows.likeness import Candidate, Pair, pairs
from flows.sections import Settings
from flows.settings import load
from warehouse.connect import opened
from warehouse.files import replace_text
from warehouse.layout import DataFolder

_ACCOUNTS = """
    with listed as (
        select a.account_key, i.person
        from raw.identities as i
        inner join intermediate.int_accounts as a
            on i.source = a.source and (i.account = a.account_id or lower(i.account) = lower(a.handle))
    )
    select a.source, a.account_id, a.handle, a.display_name, l.member_key, max(listed.person) as person
    from intermediate.int_accounts as a
    inner join intermediate.int_account_links as l using (account_key)
    left join listed using (account_key)
    where a.role in ('member', 'staff') and not a.is_deleted and coalesce(a.handle, a.display_name) is not null
    group by all
    -- whom the user set apart is suggested to nobody
    having count(listed.account_key) = count(listed.person)
    order by all
"""
_NOBODY = """
    select i.source, i.account from raw.identities as i
    left join intermediate.int_accounts as a
        on i.source = a.source and (i.account = a.account_id or lower(i.account) = lower(a.handle))
    group by all having count(a.account_key) = 0 order by all
"""


def lines(config: Path | None) -> Iterator[str]:
    """The suggestions, most alike first, and the lines of the file that name no account."""
    settings = _with_names(config)
    found, strangers = _asked(settings)
    if found:
        yield "likeness  why                       accounts"
    for pair in found:
        yield f"{pair.likeness:8.2f}  {pair.reason:24}  {_shown(pair.one)}  =  {_shown(pair.other)}"
    if found:
        first = _called(found[0].one)
        yield f"{len(found):,} suggested, none applied; `muster identities --accept {first}` accepts the first"
    else:
        yield "No two accounts of different sources look alike that are not linked."
    for source, account in strangers:
        yield f"the identities file names {source}:{account}, which no account is called; an id survives renaming"


def accept(config: Path | None, wanted: Iterable[str]) -> Iterator[str]:
    """Add what is suggested for these accounts ('source:id') to the identities file; the next run links them."""
    settings = _with_names(config)
    file = settings.identities_file
    if file is None:
        raise WrongUse(f'{settings.file.name}: members.identities: name a file for it, such as "identities.csv"')
    found, _ = _asked(settings)
    added: list[tuple[str, str, str]] = []
    for name in wanted:
        mine = [pair for pair in found if name in (_called(pair.one), _called(pair.other))]
        if not mine:
            raise WrongUse(f"nothing is suggested for '{name}'; `muster identities` lists what is, as source:id")
        for pair in mine:
            person = pair.one.person or pair.other.person or _called(pair.one)
            added += [(*one.place, person) for one in (pair.one, pair.other) if one.person is None]
    _append(file, list(dict.fromkeys(added)))
    for source, account, person in dict.fromkeys(added):
        yield f"{file.name}: {source},{account},{person}"
    yield "`muster run` links them"


def suggested(warehouse: Path) -> list[Pair]:
    """The suggestions for a build database."""
    with opened(warehouse, read_only=True) as connection:
        return pairs(Candidate(*row) for row in connection.execute(_ACCOUNTS).fetchall())


def _asked(settings: Settings) -> tuple[list[Pair], list[tuple[str, str]]]:
    warehouse = DataFolder(settings.data_dir).warehouse
    if not warehouse.exists():
        raise WrongUse("nothing was read yet: `muster run` first")
    with opened(warehouse, read_only=True) as connection:
        known = "select count(*) from information_schema.tables where table_name = 'int_account_links'"
        if not connection.execute(known).fetchall()[0][0]:
            raise WrongUse("nothing was modelled yet: `muster run` first")
        strangers = connection.execute(_NOBODY).fetchall()
    return suggested(warehouse), strangers


def _with_names(config: Path | None) -> Settings:
    settings = load(config)
    if settings.privacy.pseudonymize:
        raise WrongUse("under privacy.pseudonymize no names are kept that could be alike; list identities by hand")
    return settings


def _append(file: Path, rows: list[tuple[str, str, str]]) -> None:
    """The file with lines more, its columns in their own order; a new file where there is none."""
    columns, before = list(identities.COLUMNS), ""
    if file.exists():
        list(identities.lines(file))  # WrongUse for what is no such file
        before = file.read_text(encoding="utf-8-sig")
        columns = next(csv.reader(io.StringIO(before)))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    if not before:
        writer.writeheader()
    writer.writerows(dict(zip(identities.COLUMNS, row, strict=True)) for row in rows)
    gap = "\n" if before and not before.endswith("\n") else ""
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
    replace_text(file, before + gap + text.getvalue(), mode)


def _called(one: Candidate) -> str:
    return ":".join(one.place)


def _shown(one: Candidate) -> str:
    """An account with its names, which are anybody's words: nothing of them may steer a terminal."""
    names = [name for name in (one.handle, one.display_name) if name and name != one.account_id]
    words = " ".join("".join(c if c.isprintable() else " " for c in " / ".join(dict.fromkeys(names))).split())
    return f"{_called(one)} ({words[:60]})" if words else _called(one)
