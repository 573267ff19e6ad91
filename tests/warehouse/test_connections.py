"""Connections: configured alike, patient with a holder, closed at the end."""

import threading
from typing import Any

import duckdb
import pytest

from warehouse.connect import opened, scalar, transaction
from warehouse.errors import WarehouseError

HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
"""


def test_nothing_is_downloaded_and_time_is_utc(folder: Any) -> None:
    for path in (None, folder.warehouse):
        with opened(path) as connection:
            for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
                assert scalar(connection, f"select current_setting('{setting}')::varchar") == "false"
            assert scalar(connection, "select current_setting('TimeZone')") == "UTC"


def test_another_holder_is_waited_for_then_named(folder: Any, child: Any) -> None:
    holder = child(HOLD, folder.warehouse)
    held = pytest.raises(WarehouseError, match=r"warehouse\.duckdb is held by another connection")
    with held, opened(folder.warehouse, wait=0.1):
        pass
    threading.Timer(0.2, lambda: holder.stdin.write("end\n") and holder.stdin.flush()).start()
    with opened(folder.warehouse, wait=10) as connection:
        assert scalar(connection, "select 1") == 1


def test_a_connection_of_another_mode_in_this_process_is_waited_for(folder: Any) -> None:
    other = duckdb.connect(str(folder.warehouse))
    threading.Timer(0.2, other.close).start()
    with opened(folder.warehouse, read_only=True, wait=10) as connection:
        assert scalar(connection, "select count(*) from ops.runs") == 0


def test_a_transaction_is_all_or_nothing(folder: Any, execute: Any) -> None:
    with pytest.raises(duckdb.Error, match="nowhere"), transaction(folder.warehouse) as connection:
        connection.execute("insert into raw.staff values ('square', 'ann'); from nowhere")
    assert execute(folder.warehouse, "from raw.staff") == []


def test_a_file_that_is_no_database_is_named(tmp_path: Any) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_text("no database")
    with pytest.raises(WarehouseError, match=r"warehouse\.duckdb cannot be opened") as error, opened(path):
        pass
    assert "\n" not in str(error.value)
