"""Errors of the sources: each is one line that names the source, the place and the cure."""

from __future__ import annotations


class SourceError(Exception):
    """A source could not be read; the message is one line for the user."""

    def __init__(self, source: str, place: str, problem: str, cure: str) -> None:
        """Joins the parts to one line; line breaks of a platform's answer never reach the user."""
        self.source, self.place, self.problem, self.cure = source, place, problem, cure
        super().__init__(" ".join(f"source '{source}': {place}: {problem}; {cure}".split()))

    def __reduce__(self) -> tuple[type[SourceError], tuple[str, str, str, str]]:
        """Keeps the error picklable: task runners carry it between processes."""
        return (type(self), (self.source, self.place, self.problem, self.cure))


class Unreachable(SourceError):
    """The host does not answer, or not in time."""


class Unauthorized(SourceError):
    """The credentials are missing, wrong or expired, or do not allow this."""


class NotFound(SourceError):
    """The address or file does not exist."""


class RateLimited(SourceError):
    """The platform asks for a longer pause than a run may take."""


class BadAnswer(SourceError):
    """The platform answered something that is not its own format."""


class BadFile(SourceError):
    """A file is not the export it should be."""


class BadOptions(SourceError):
    """The options of a source make no sense together."""


class LoadFailed(SourceError):
    """The landed rows could not be written into the warehouse."""


class Stopped(BaseException):
    """Nobody takes what is read any more: ends a connector where it asks or waits; not for its error handlers."""
