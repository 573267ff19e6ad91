"""The JSON shapes of a Slack workspace export: users, channels, messages."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sandbox.model import Channel, ChatMessage, ChatUser
from sandbox.moments import DAY, HOUR, SECOND, slack_ts

TEAM = "T0LANTERN01"
_SLACKBOT = "USLACKBOT"


def user(one: ChatUser, until: int) -> dict[str, Any]:
    """A row of users.json."""
    profile: dict[str, Any] = {
        "real_name": one.real_name, "real_name_normalized": one.real_name, "display_name": one.display_name,
        "display_name_normalized": one.display_name, "title": "", "team": TEAM,
        "image_48": f"https://example.org/avatar/{one.id}/image_48.png",
    }  # fmt: skip
    if one.email:
        profile["email"] = one.email
    if one.bot_id:
        profile |= {"bot_id": one.bot_id, "api_app_id": "A0LANTERN01"}
    gone = one.deleted_at is not None and one.deleted_at <= until
    row = {"id": one.id, "team_id": TEAM, "name": one.name, "deleted": gone, "profile": profile, "is_bot": one.is_bot,
           "is_app_user": False, "updated": one.created_at // SECOND}  # fmt: skip
    if gone:
        return row
    return row | {
        "color": "9f69e7", "real_name": one.real_name, "tz": "Etc/UTC", "tz_label": "Coordinated",
        "tz_offset": one.utc_offset * 3600, "is_admin": one.is_admin or one.is_owner, "is_owner": one.is_owner,
        "is_primary_owner": one.is_owner, "is_restricted": False, "is_ultra_restricted": False,
    }  # fmt: skip


def slackbot() -> dict[str, Any]:
    """The platform's own account, which the export lists with the rest."""
    profile = {"real_name": "Slackbot", "real_name_normalized": "Slackbot", "display_name": "Slackbot", "team": TEAM}
    return {"id": _SLACKBOT, "team_id": TEAM, "name": "slackbot", "deleted": False, "real_name": "Slackbot",
            "profile": profile, "is_admin": False, "is_owner": False, "is_bot": False, "is_app_user": False,
            "updated": 0}  # fmt: skip


def channel(one: Channel, members: list[str], until: int) -> dict[str, Any]:
    """A row of channels.json; `members` are those of the moment of the export."""
    renamed = one.renamed is not None and one.renamed[0] > until
    archived = one.archived_at is not None and one.archived_at <= until
    return {
        "id": one.id, "name": one.renamed[1] if renamed and one.renamed else one.name,
        "created": one.created_at // SECOND, "creator": one.creator, "is_archived": archived,
        "is_general": one.is_general, "members": [] if archived else members, "pins": [],
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": one.purpose, "creator": one.creator, "last_set": one.created_at // SECOND},
    }  # fmt: skip


def message(one: ChatMessage, replies: list[ChatMessage], parent: ChatMessage | None, until: int) -> dict[str, Any]:
    """A message as of `until`; `replies` are the standing ones of its thread, `parent` the one it answers."""
    if one.deleted_at is not None and one.deleted_at <= until:
        return _tombstone(one) | _thread(one, replies)
    edits = [edit for edit in one.edits if edit[0] <= until]
    made: dict[str, Any] = {"type": "message", "ts": slack_ts(one.at), "text": edits[-1][1] if edits else one.text}
    if one.user:
        made["user"] = one.user
    if one.subtype:
        made["subtype"] = one.subtype
    if one.bot_id:
        made |= {"bot_id": one.bot_id, "username": one.username, "icons": {"emoji": ":lantern:"}}
    elif one.subtype in (None, "file_share", "thread_broadcast"):
        made |= {"client_msg_id": _uuid(one), "team": TEAM}
    if edits and one.user:
        made["edited"] = {"user": one.user, "ts": slack_ts(edits[-1][0])}
    if one.subtype == "file_share":
        made |= {"files": [_file(one)], "upload": True, "display_as_bot": False}
    if one.subtype == "channel_name":
        made |= {"old_name": "north", "name": "northern-lights"}
    if one.thread is not None:
        made["thread_ts"] = slack_ts(one.thread)
        if parent is not None and parent.user:
            made["parent_user_id"] = parent.user
    return made | _thread(one, replies) | _reactions(one, until)


def _thread(one: ChatMessage, replies: list[ChatMessage]) -> dict[str, Any]:
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.account for reply in replies))
    return {
        "thread_ts": slack_ts(one.at), "reply_count": len(replies), "reply_users_count": len(people),
        "latest_reply": slack_ts(replies[-1].at), "reply_users": people[:5],
        "replies": [{"user": reply.account, "ts": slack_ts(reply.at)} for reply in replies],
        "is_locked": False, "subscribed": False,
    }  # fmt: skip


def _reactions(one: ChatMessage, until: int) -> dict[str, Any]:
    by_name: dict[str, list[str]] = {}
    for at, name, who in one.reactions:
        if at <= until:
            by_name.setdefault(name, []).append(who)
    rows = [{"name": name, "users": users, "count": len(users)} for name, users in by_name.items()]
    return {"reactions": rows} if rows else {}


def _tombstone(one: ChatMessage) -> dict[str, Any]:
    return {"type": "message", "subtype": "tombstone", "text": "This message was deleted.", "user": _SLACKBOT,
            "hidden": True, "ts": slack_ts(one.at)}  # fmt: skip


def _file(one: ChatMessage) -> dict[str, Any]:
    number = one.at // HOUR % DAY
    return {
        "id": f"F0{number:09d}", "created": one.at // SECOND, "timestamp": one.at // SECOND, "name": "lantern.jpg",
        "title": "lantern.jpg", "mimetype": "image/jpeg", "filetype": "jpg", "pretty_type": "JPEG", "user": one.user,
        "size": 1000 + number % 90_000, "mode": "hosted", "is_external": False, "is_public": True,
        "url_private": "https://files.example.org/lantern.jpg",
    }  # fmt: skip


def _uuid(one: ChatMessage) -> str:
    digits = sha256(f"{one.channel}/{one.at}".encode()).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
