"""Prefect's server for one command, in a process of its own that ends with the command, however that ends."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.environment import telemetry_off, without_server
from flows.errors import Failure

SECONDS_TO_START = 180
SECONDS_TO_STOP = 5


@contextmanager
def own_server(home: Path, schedules: bool = False) -> Iterator[Callable[[], None]]:
    """Starts a server on loopback and gives the call that waits until it answers, so that imports run meanwhile.

    Must be entered before prefect is imported, once a process. A user's own server (PREFECT_API_URL) is left in
    charge. Only with `schedules` are runs started at their times: a single run is spared the services for that.
    """
    if os.environ.get("PREFECT_API_URL"):
        telemetry_off()
        yield lambda: None
        return
    without_server(home)
    port, log = _free_port(), home / "server.log"
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    environment = {**os.environ, "PREFECT_UI_ENABLED": "false"} | (
        {} if schedules else {"PREFECT__SERVER_EPHEMERAL": "1"}
    )
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.server", str(port)],
            stdin=subprocess.PIPE, stdout=file, stderr=file, env=environment,
        )  # fmt: skip
    try:
        yield lambda: _await(process, f"http://127.0.0.1:{port}/api/health", log)
    finally:
        _stop(process)
        del os.environ["PREFECT_API_URL"]


def _await(process: "subprocess.Popen[bytes]", health: str, log: Path) -> None:
    import httpx

    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(health).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise Failure(f"Prefect's server did not start; see {log}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _live(port: int) -> None:
    """The server itself."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import uvicorn

    uvicorn.run("prefect.server.api.server:create_app", factory=True, host="127.0.0.1", port=port, log_level="error")


def _end_with_parent() -> None:
    sys.stdin.read()  # ends when the parent does, even by SIGKILL
    os._exit(0)


if __name__ == "__main__":
    _live(int(sys.argv[1]))
