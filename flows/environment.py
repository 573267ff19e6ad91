"""Sets what the libraries read from the environment; must run before prefect, dlt, dbt or great_expectations load."""

import os
from pathlib import Path

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
}
# without a server Prefect starts one for the run; a loaded machine needs longer than its default for that
WITHOUT_SERVER = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
    "PREFECT_CLI_WRAP_LINES": "false",
}


def telemetry_off() -> None:
    """Switch off the telemetry of every dependency, unless the user has set it."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def without_server(prefect_home: Path) -> None:
    """Let Prefect run in this process with its state in the data folder; a user's own server is left in charge."""
    telemetry_off()
    if os.environ.get("PREFECT_API_URL"):
        return
    prefect_home.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(prefect_home))
    for name, value in WITHOUT_SERVER.items():
        os.environ.setdefault(name, value)
