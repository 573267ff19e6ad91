"""status.json beside the snapshots: the last run, and whether and why what is published is stale."""

import json
from collections.abc import Mapping
from typing import Any

from warehouse.errors import WarehouseError
from warehouse.files import replace_text
from warehouse.layout import DataFolder

__all__ = ["read_status", "write_status"]


def write_status(folder: DataFolder, status: Mapping[str, Any]) -> None:
    """Replace the status in one step; moments and paths become text."""
    replace_text(folder.status, json.dumps(status, indent=2, default=str, ensure_ascii=False) + "\n")


def read_status(folder: DataFolder) -> dict[str, Any]:
    """The last status written; empty before the first run."""
    try:
        status = json.loads(folder.status.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise WarehouseError(f"{folder.status} is no JSON ({error}): delete it, the next run writes it anew") from error
    if not isinstance(status, dict):
        raise WarehouseError(f"{folder.status} holds no object: delete it, the next run writes it anew")
    return status
