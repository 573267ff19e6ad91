"""The demo: a simulated community behind doubles of its platforms, run through the whole pipeline in its own folder."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import WrongUse
from flows.outcome import Outcome
from flows.progress import Progress
from flows.server import own_server
from sandbox import discourse, example, slack_export
from sandbox.community import simulate
from sandbox.moments import moment

if TYPE_CHECKING:
    from sandbox.model import Community

MARK = "# The demo's community"
EXPORT = "exports/workspace.zip"
KEY = "the-simulated-forum-asks-for-this-key"


def run_demo(into: Path) -> Outcome:
    """Simulate, serve, run; `into` must be new, empty or an earlier demo."""
    _may_write(into)
    with own_server((into / ".muster" / "prefect").absolute()) as answers:
        say = Progress()
        say("simulate   a forum and a chat, two and a half years")
        community = simulate()
        slack_export.write(community, into / EXPORT)
        with discourse.serve(community, api_key=KEY, api_username="system") as forum:
            text = example.configuration(community, forum.base_url, EXPORT)
            (into / "muster.toml").write_text(text, encoding="utf-8")
            _write_secrets(into)
            return _run(into, community, answers)


def _run(into: Path, community: "Community", answers: Callable[[], None]) -> Outcome:
    from flows.pipeline import muster

    answers()
    return muster(config=str(into), now=moment(community.end))


def _write_secrets(into: Path) -> None:
    """The key that the double asks for, where a real one would lie."""
    file = into / ".dlt" / "secrets.toml"
    file.parent.mkdir(exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(f'[sources.forum]\napi_key = "{KEY}"\napi_username = "system"\n', encoding="utf-8")


def _may_write(into: Path) -> None:
    configuration = into / "muster.toml"
    if configuration.exists() and not configuration.read_text(encoding="utf-8").startswith(MARK):
        raise WrongUse(f"{configuration}: is not a demo's; choose another folder with --into")
    if into.exists() and not configuration.exists() and any(into.iterdir()):
        raise WrongUse(f"{into}: is not empty; choose another folder with --into")
    into.mkdir(parents=True, exist_ok=True)
