"""Tries what the app's credentials can see, for `muster check`."""

from __future__ import annotations

from collections.abc import Iterator

from sources.connector import Context, Finding
from sources.errors import SourceError, Unauthorized
from sources.reddit.api import Reddit
from sources.reddit.log import NO_LOG, NO_STAFF


def examine(reddit: Reddit, context: Context) -> Iterator[Finding]:
    """A few findings for each subreddit."""
    for name in context.options.subreddits:
        try:
            about = reddit.about(name)
            reddit.listing(f"r/{name}/new", limit=1)
        except SourceError as error:
            yield Finding("error", str(error))
            continue
        yield Finding("ok", f"r/{name} can be read ({about.get('subscribers')} subscribers)")
        if not reddit.moderators(name):
            yield Finding("warning", f"r/{name}: {NO_STAFF}")
        try:
            reddit.listing(f"r/{name}/about/log", limit=1)
            yield Finding("ok", f"r/{name}: the moderation log can be read")
        except Unauthorized:
            yield Finding("warning", f"r/{name}: {NO_LOG}")
        except SourceError as error:
            yield Finding("error", str(error))
