"""Deployments of prefect.yaml load and fit the flow; `muster serve` runs on a schedule without a separate server."""

import inspect
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from flows.errors import WrongUse
from flows.serve import serve

ROOT = Path(__file__).parents[2]
DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: deployment["name"])
def test_a_deployment_loads_and_fits_the_flow(deployment: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.flows import load_flow_from_entrypoint

    monkeypatch.chdir(ROOT)
    flow = load_flow_from_entrypoint(deployment["entrypoint"])
    assert flow.name == "muster"
    assert deployment["parameters"].keys() <= inspect.signature(flow.fn).parameters.keys()
    for schedule in deployment.get("schedules", []):
        CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A source that is not there: the run ends early and says so in status.json."""
    (tmp_path / "muster.toml").write_text(
        '[community]\nname = "x"\n[sources.chat]\nplatform = "slack_export"\npath = "nowhere.zip"\n'
    )
    return tmp_path


def test_serve_runs_at_its_times_and_leaves_nothing_behind(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    command = [Path(sys.executable).with_name("muster"), "serve", "--cron", "* * * * * */5"]  # every five seconds
    with (folder / "said").open("wb") as said:
        served = subprocess.Popen(command, cwd=folder, env=environment, stderr=said, start_new_session=True)
    status = folder / ".muster" / "status.json"
    try:
        within(240, lambda: status.exists() or served.poll() is not None)
        served.send_signal(signal.SIGINT)
        served.wait(timeout=120)
        assert "nowhere.zip" in json.loads(status.read_text())["message"], (folder / "said").read_text()[-2000:]
        within(60, lambda: not group_lives(served.pid))
    finally:
        if group_lives(served.pid):
            os.killpg(served.pid, signal.SIGKILL)


def within(seconds: float, holds: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)


def group_lives(group: int) -> bool:
    """Whether the server, the runner or a run is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_schedule_that_is_none_is_wrong_use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with pytest.raises(WrongUse, match="five fields"):
        serve(folder, "every morning")
