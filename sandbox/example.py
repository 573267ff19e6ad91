"""The muster.toml and the identities file of the demo: an example to copy."""

from __future__ import annotations

import csv
import io

from sandbox.model import Community
from sandbox.moments import iso

_CONFIGURATION = """\
# The demo's community: a forum and a chat, both simulated. Paths are relative to this file.

[community]
name = "{name}"
timezone = "{timezone}"          # where a day begins
locale = "{locale}"                       # en, fr or ru

[sources.forum]
platform = "discourse"
base_url = "{base_url}"

[sources.chat]
platform = "slack_export"
path = "{export}"
{bridge}
# Time for which a source is known to lack data. Such days are unknown, not silent.
[[sources.chat.gaps]]
from = {gap_from}
to = {gap_to}
reason = "the workspace lost these days"

[members]
staff = [{staff}]
bots = [{bots}]
"""


def configuration(
    community: Community,
    base_url: str,
    export: str = "exports/workspace.zip",
    *,
    timezone: str = "Europe/Paris",
    locale: str = "en",
    bridge_key: str | None = "bridge_bots",
) -> str:
    """The text of a muster.toml for a served community. `bridge_key`: the option of the chat that names the bots
    which speak for others; None leaves it out."""
    bridge = f'{bridge_key} = ["{community.chat.bridge_bot}"]       # speaks for people of another network\n'
    return _CONFIGURATION.format(
        name=community.name,
        timezone=timezone,
        locale=locale,
        base_url=base_url,
        export=export,
        bridge=bridge if bridge_key else "",
        gap_from=iso(community.outage[0]),
        gap_to=iso(community.outage[1]),
        staff=", ".join(f'"{one}"' for one in declared_staff(community)),
        bots=", ".join(f'"chat:{one}"' for one in declared_bots(community)),
    )


def declared_staff(community: Community) -> list[str]:
    """Staff the platforms do not mark, as source:account."""
    found = []
    for person in community.people:
        if person.role != "staff" or person.forum_id is None or person.chat_id is None:
            continue
        account, user = community.forum.accounts[person.forum_id], community.chat.users[person.chat_id]
        if not (account.admin or account.moderator):
            found.append(f"forum:{account.username}")
        if not (user.is_admin or user.is_owner):
            found.append(f"chat:{user.id}")
    return found


def declared_bots(community: Community) -> list[str]:
    """Bot ids that speak for themselves only."""
    bots = [user.bot_id for user in community.chat.users.values() if user.bot_id]
    return [bot for bot in bots if bot != community.chat.bridge_bot]


def identities(community: Community) -> str:
    """The text of an identities.csv (source, account, person): who is in both places."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("source", "account", "person"))
    for person in community.people:
        if person.forum_id is not None and person.chat_id is not None:
            rows.writerow(("forum", person.forum_id, f"p{person.number}"))
            rows.writerow(("chat", person.chat_id, f"p{person.number}"))
    return text.getvalue()
