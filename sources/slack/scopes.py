"""The OAuth scopes a Slack token needs, and what is lost without each."""

from __future__ import annotations

from collections.abc import Mapping

# scope → what cannot be observed without it
COST: Mapping[str, str] = {
    "channels:read": "there is no list of channels: nothing can be read",
    "channels:history": "no message of a public channel can be read",
    "users:read": "names, bots and staff are not known: only people who write are seen",
    "users:read.email": "accounts are not linked to the same person elsewhere by e-mail address",
    "groups:read": "private channels are not listed",
    "groups:history": "messages of private channels cannot be read",
}
NEEDED = ("channels:read", "channels:history", "users:read")
PRIVATE = ("groups:read", "groups:history")
USEFUL = ("users:read.email",)
FATAL = frozenset({"channels:read", "channels:history"})
