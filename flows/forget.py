"""What `muster forget` does: erases a person everywhere in the data folder, publishes anew, writes a receipt."""

import json
import secrets
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flows import configure, forget_places, gate, identities, publication, recipients, transform
from flows.environment import telemetry_off
from flows.errors import Failure, GateRefused, WrongUse
from flows.forget_person import Account, find, tables
from flows.forget_receipt import UNKNOWN, Receipt
from flows.outcome import Outcome
from flows.privacy import JOURNAL, KEY, keyring
from flows.run import Run, new_run
from sources import registry
from sources.door import Door
from sources.marks import Keyring
from warehouse import erasure, ledger, tombstones
from warehouse.connect import transaction
from warehouse.erasure import Erased
from warehouse.errors import Busy, WarehouseError
from warehouse.files import replace_text
from warehouse.lock import exclusive
from warehouse.rewriting import rewrite

FIRST_LABEL = 2**61  # no platform counts that far


def forget(config: str | Path | None, account: str | None, *, now: datetime | None = None) -> Receipt:
    """Erase the person of an account ('source:id' or 'source:handle'); without one, finish an interrupted erasure.

    Raises GateRefused after everything is erased, when the new snapshot does not pass: then nothing is served.
    """
    telemetry_off()
    run = new_run(config, now=now)
    if not run.folder.warehouse.exists():
        raise WrongUse(f"{run.folder.root}: holds no data yet; nothing to forget")
    # what is wrong with the file, or missing, is told before anything is erased
    list(identities.read(run.settings))
    recipients.postgres(run.settings)
    try:
        with exclusive(run.folder, run.now):
            return _Erasure(run, account).complete()
    except Busy as busy:
        raise Failure(str(busy)) from None


class _Erasure:
    """One erasure; every step may be repeated, and the journal tells a later call whom to look for."""

    def __init__(self, run: Run, account: str | None) -> None:
        self.run, self.keys, self.journal = run, keyring(run.folder), run.folder.root / JOURNAL
        configure.prepare(run)
        self.accounts = self._journal(account)
        self.needles = sorted({needle for one in self.accounts for needle in one.unmistakable()})
        self.receipt = Receipt(run.now, run.settings.file)

    def complete(self) -> Receipt:
        """Every step, in the order in which a kill does least harm."""
        receipt, run = self.receipt, self.run
        run.say("forget     the build database")
        self._erase_build()
        rewrite(run.folder.warehouse)
        receipt.did("the build database and its write-ahead file: rewritten, so that no freed block is left")
        receipt.dids(forget_places.clear_folders(run.folder))
        receipt.did(forget_places.clean_prefect(run.folder, self.needles))
        refused = self._publish()
        run.say("forget     looking for what is left")
        own = (JOURNAL, KEY, run.folder.lock.name)
        receipt.leftovers = forget_places.leftovers(run.folder.root, self.needles, own)
        self._not_to_be_known()
        receipt.write(run.folder.root / "receipts")
        self.journal.unlink()
        if refused:
            raise GateRefused(f"everything is erased, but nothing is served now: {refused}")
        return receipt

    def _journal(self, account: str | None) -> list[Account]:
        """Whom to erase: written down first, since after the first step the build database no longer knows."""
        if self.journal.exists():
            return [Account(**one) for one in json.loads(self.journal.read_text(encoding="utf-8"))]
        if account is None:
            raise WrongUse("whom? name an account as source:id or source:handle")
        found = find(self.run.folder.warehouse, account, self.keys)
        replace_text(self.journal, json.dumps([asdict(one) for one in found]))
        return found

    def _erase_build(self) -> None:
        """One transaction: all of the person, or nothing yet."""
        path, source_marks = self.run.folder.warehouse, dict[str, set[str]]()
        for one in self.accounts:
            source_marks.setdefault(one.source, set()).update(one.marks(self.keys))
        done = [
            one.source
            for one in self.accounts
            if self.keys.mark(one.source, "account", one.account) in tombstones.marks(path, one.source)
        ]
        if done:
            self.receipt.did("the build database: erased by an earlier, interrupted call")
            return
        with transaction(path) as connection:
            erased = [self._erase_account(connection, one, source_marks[one.source]) for one in self.accounts]
            erasure.entomb(connection, erased, source_marks, self.run.now)

    def _erase_account(self, connection: Any, one: Account, marks: set[str]) -> Erased:
        erasure.drop_roles(connection, one.source, [one.account, *one.names])
        erased = Erased(one.source, one.account, self._label(one))
        own = 0
        for table in tables(one.source, one.platform):
            own += erasure.erase_own(connection, table, erased)
            threads = erasure.erase_threads(connection, table, erased)
            marks |= {self.keys.mark(one.source, "thread", thread) for thread in threads}
        door = _door(one, marks | set(tombstones.marks_in(connection, one.source)), self.keys)
        others = sum(
            erasure.scrub(connection, table, one.needles(), [one.account], partial(door.scrub, table.stream))
            for table in tables(one.source, one.platform)
        )
        rejected = erasure.scrub_rejected(connection, one.source, lambda s, text: _names(door, one, s, text))
        erasure.scrub_messages(connection, door.eraser.text)
        erasure.empty_landing(connection, one.source)
        self.receipt.counted(one.source, own, others, rejected)
        return erased

    def _label(self, one: Account) -> str:
        """What stands for the account from now on: by chance, so that nobody can compute it."""
        accounts = next(table for table in tables(one.source, one.platform) if table.stream == "accounts")
        if accounts.columns[str(accounts.personal.owner)].upper() == "BIGINT":
            return str(FIRST_LABEL + secrets.randbelow(FIRST_LABEL))
        return f"erased-{secrets.token_hex(8)}"

    def _publish(self) -> str | None:
        """A new snapshot without the person, and no other; what kept it from being published, else None."""
        run, outcome, refused = self.run, Outcome(self.run.run_id), None
        configure.write(run)
        ledger.start_run(run.folder.warehouse, run_id=run.run_id, started_at=run.now)
        try:
            results = gate.validate(run, "raw")
            run.say("forget     transform, validate, publish")
            _, tests = transform.transform(run)
            gate.record_tests(run, tests)
            gate.refuse(tests)
            results = [*results, *tests, *gate.validate(run, "core"), *gate.validate(run, "marts")]
            outcome.snapshot = publication.publish(run, results, outcome)
        except Failure as failure:
            refused = outcome.message = str(failure)
            outcome.exit_code = failure.exit_code
        gone = forget_places.drop_snapshots(run.folder, outcome.snapshot)
        self.receipt.did(
            f"published snapshots: {gone} removed, {1 if outcome.snapshot else 0} made anew from what is left"
        )
        if outcome.snapshot:
            publication.report(run, outcome)
            self.receipt.did("reports: built anew from the new snapshot")
            self._to_postgres(outcome.snapshot)
        publication.finish(run, outcome)
        return refused

    def _to_postgres(self, snapshot: Path) -> None:
        """Where the marts also go to PostgreSQL, the rows that stood for the person go there too."""
        from warehouse.postgres import publish_postgres

        if not (dsn := recipients.postgres(self.run.settings)):
            return
        try:
            publish_postgres(snapshot, dsn, reader=self.run.settings.publish.postgres_reader)
        except WarehouseError as error:
            self.receipt.unknown.append(f"{error}: the rows of before stay there until the next run")
        else:
            self.receipt.did("PostgreSQL: its rows replaced by those of the new snapshot")

    def _not_to_be_known(self) -> None:
        ours = [name for one in self.accounts for name in (*one.names, one.account)]
        for file in filter(None, (self.run.settings.file, self.run.settings.identities_file)):
            named = file.read_text(encoding="utf-8").casefold()
            if any(name.casefold() in named for name in ours if len(name) > 2):
                self.receipt.unknown.append(f"{file.name} may name the account: take it out by hand")
        if any(len(name.split()) == 1 for one in self.accounts for name in one.names[1:]):
            self.receipt.unknown.append("a name of one word was not looked for in other people's texts: it is a word")
        self.receipt.unknown += UNKNOWN


def _door(one: Account, marks: set[str], keys: Keyring) -> Door:
    streams = {stream.name: stream for stream in registry.get(one.platform).streams}
    return Door(one.source, streams, keys, erased=marks)


def _names(door: Door, one: Account, stream: str, document: str) -> bool:
    """Whether a rejected record is the person's, or names them."""
    if door.eraser.is_in_json(document):
        return True
    owner = door.streams[stream].personal.owner if stream in door.streams else None
    try:
        record = json.loads(document)
    except ValueError:
        return False
    return isinstance(record, dict) and owner is not None and str(record.get(owner)) == one.account
