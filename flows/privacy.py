"""Privacy for a run: the data folder's key, each source's door, what the configuration says under pseudonyms."""

import os
from collections.abc import Collection, Iterable
from datetime import timedelta

from flows.errors import WrongUse
from flows.run import Run
from flows.sections import Source
from sources import registry
from sources.door import Door
from sources.marks import Keyring
from warehouse import erasure, snapshots, tombstones
from warehouse.connect import opened
from warehouse.files import fsync
from warehouse.layout import DataFolder
from warehouse.rewriting import rewrite

KEY = "privacy.key"
JOURNAL = "forget.json"  # an erasure that has begun; gone when it is complete
# what may not change while data are kept: pseudonyms and originals would stand side by side, and join nothing
_FIXED = ("keep_text", "pseudonymize", "privacy_key")
Account = dict[str, str]


def keyring(folder: DataFolder) -> Keyring:
    """The data folder's key, made at its first use; without it no pseudonym and no tombstone can be repeated."""
    file = folder.root / KEY
    if not file.exists():
        folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = file.with_name(f".{KEY}.new")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as written:
            written.write(os.urandom(32).hex())
        fsync(fresh)
        os.replace(fresh, file)
        fsync(folder.root)
    try:
        return Keyring(bytes.fromhex(file.read_text().strip()))
    except ValueError:
        raise WrongUse(f"{file}: is no key of 64 hexadecimal digits; put the one from your backup there") from None


def door(run: Run, source: Source) -> Door:
    """What a source's tables go through before anything is written."""
    privacy = run.settings.privacy
    days = privacy.retention_days
    return Door(
        source=source.name,
        streams={stream.name: stream for stream in registry.get(source.platform).streams},
        keys=keyring(run.folder),
        keep_text=privacy.keep_text,
        pseudonymize=privacy.pseudonymize,
        text_since=run.now - timedelta(days=days) if days else None,
        erased=tombstones.marks(run.folder.warehouse, source.name),
    )


def publication_key(run: Run) -> bytes | None:
    """The key of published keys; None where keys are plain hashes of the native ids beside them."""
    return keyring(run.folder).publication_key() if run.settings.privacy.pseudonymize else None


def settings(run: Run) -> dict[str, str]:
    """The privacy settings as rows of raw.settings; the key only as a fingerprint."""
    privacy = run.settings.privacy
    return {
        "keep_text": str(privacy.keep_text).lower(),
        "pseudonymize": str(privacy.pseudonymize).lower(),
        "privacy_key": keyring(run.folder).digest("fingerprint")[:16],
    }


def guard(run: Run) -> None:
    """WrongUse when an erasure waits to be finished, or what is kept was kept under other privacy settings."""
    if (run.folder.root / JOURNAL).exists():
        raise WrongUse("an erasure was interrupted: `muster forget` finishes it, then run again")
    if not run.folder.warehouse.exists():
        return
    kept, now = tombstones.settings(run.folder.warehouse), settings(run)
    is_stricter = kept.get("keep_text") == "true" and now["keep_text"] == "false"
    for name in _FIXED:
        if name in kept and kept[name] != now[name] and (name != "keep_text" or is_stricter):
            what = f"privacy.{name}" if name != "privacy_key" else f"the key in {KEY}"
            cure = "move the data folder away and run again: everything is read anew"
            raise WrongUse(f"{what} has changed since the data were kept, which would mix two kinds of them; {cure}")


def accounts(run: Run, entries: Iterable[str]) -> list[Account]:
    """Accounts the configuration declares as 'source:account', as the build database knows them, without the erased."""
    named = [(source, account) for source, _, account in (entry.partition(":") for entry in entries)]
    kept = kept_as(run, named)
    return [{"source": source, "account": name} for source, account in named for name in kept[source, account]]


def kept_as(run: Run, named: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """What the build database calls accounts that the user names as (source, id or handle); the erased nothing.

    Under pseudonyms a declared handle is one too; a native id stands as it is once its account is known.
    """
    found: dict[tuple[str, str], list[str]] = {}
    keys = keyring(run.folder)
    for source in {source for source, _ in named}:
        names = [account for where, account in named if where == source]
        # the configuration still names the erased, the build database does not
        marks = tombstones.marks(run.folder.warehouse, source)
        left = [n for n in names if not {keys.mark(source, "account", n), keys.mark(source, "name", n)} & marks]
        found |= {(source, name): [name] if name in left else [] for name in names}
        if run.settings.privacy.pseudonymize:
            known = _known_ids(run, source, [keys.account(name) for name in left])
            for name in left:
                native = keys.account(name)
                found[source, name] = [keys.pseudonym(name), *([native] if native in known else [])]
    return found


def _known_ids(run: Run, source: str, wanted: list[str]) -> frozenset[str]:
    platform = run.settings.source(source).platform
    stream = next(s for s in registry.get(platform).streams if s.name == "accounts")
    return tombstones.accounts(run.folder.warehouse, platform, source, str(stream.personal.owner), wanted)


def keep_no_longer(run: Run) -> None:
    """Texts older than `retention_days` leave the build database, and with them the snapshots that show them."""
    days = run.settings.privacy.retention_days
    if days is None:
        return
    before = run.now - timedelta(days=days)
    changed = 0
    with opened(run.folder.warehouse) as connection:
        for platform in registry.names():
            for stream in registry.get(platform).streams:
                if stream.personal.texts and "created_at" in stream.duckdb_types():
                    columns = {name: kind.upper() for name, kind in stream.duckdb_types().items()}
                    table = f"raw_{platform}.{stream.name}"
                    changed += erasure.drop_texts(connection, table, columns, stream.personal.texts, before)
        changed += erasure.drop_rejected(connection, before)
    if changed:
        run.say(f"retention  {changed:,} texts older than {days} days dropped")
        rewrite(run.folder.warehouse)
        snapshots.prune(run.folder, keep=1)
