"""Errors of this room: one line each, naming the thing, the place and the cure."""


class WarehouseError(Exception):
    """Something about the data folder or a database in it needs the user's attention."""


class Busy(WarehouseError):
    """Another process, or another thread of this one, holds the data folder."""
