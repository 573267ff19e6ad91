"""What `muster check` does: tries every source's credentials and permissions, changes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flows import identities, ingest, recipients
from flows.run import new_run
from sources import registry
from sources.connector import Context
from sources.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa


def findings(config: Path | None) -> Iterator[tuple[str, str]]:
    """(level, line) for each finding; WrongUse when the configuration itself does not hold."""
    run = new_run(config)
    yield "ok", f"{run.settings.file.name}: {', '.join(source.name for source in run.sources)}"
    addresses = recipients.addresses(run.settings)
    if addresses or recipients.postgres(run.settings):
        places = [*addresses, *(["PostgreSQL"] if run.settings.publish.postgres else [])]
        yield "ok", f"what is published goes to: {', '.join(places)}"
    if file := run.settings.identities_file:
        listed = len({(line["source"], line["account"]) for line in identities.read(run.settings)})
        yield "ok", f"{file.name}: {listed} accounts"
    for source in run.sources:
        connector = registry.get(source.platform)
        try:
            for finding in connector.check(Context(**ingest.told(run, source, _nothing_known), state={})):
                yield finding.level, f"{source.name}: {finding.text}"
        except SourceError as error:
            yield "error", str(error)
        for stream, reason in sorted(connector.cannot.items()):
            yield "ok", f"{source.name}: {stream} cannot be observed: {reason}"


def _nothing_known(stream: str) -> "pa.Table":
    raise LookupError(f"a check asks for no known {stream}")
