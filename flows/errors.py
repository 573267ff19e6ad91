"""What can end a run, each with the exit code the command returns and one line that says what to do."""

from typing import ClassVar


class Failure(Exception):
    """A run ended early. `exit_code` is what the command returns; the message is one line with the cure."""

    exit_code: ClassVar[int] = 1


class WrongUse(Failure):
    """The command line or muster.toml is wrong: nothing was started."""

    exit_code = 2


class GateRefused(Failure):
    """A blocking check failed: nothing was published, the last snapshot stays."""

    exit_code = 3


DONE, FAILED, WRONG_USE, REFUSED, INCOMPLETE = range(5)
