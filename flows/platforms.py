"""What `muster platforms` shows: every connector, what it yields, what it cannot, how it is tested."""

from collections.abc import Iterator

from sources import registry


def lines() -> Iterator[str]:
    """A short paragraph for each platform."""
    for name in registry.names():
        connector = registry.get(name)
        yield f"{name}  ({connector.title})"
        yield f"  streams     {', '.join(stream.name for stream in connector.streams)}"
        yield f"  membership  {connector.membership}"
        yield f"  test bed    {connector.test_bed}: proves {connector.proves}"
        for stream, reason in sorted(connector.cannot.items()):
            yield f"  cannot      {stream}: {reason}"
        yield ""
