"""Writes a commented muster.toml and an example of the secrets file for a new community."""

from pathlib import Path

from flows.errors import WrongUse

CONFIGURATION = """\
# Muster's configuration. Paths are relative to this file. `muster check` tries it, `muster run` runs it.

[community]
name = "My community"
timezone = "UTC"                 # where a day begins, e.g. "Europe/Paris"
locale = "en"                    # language of the reports: en, fr or ru
data_dir = ".muster"             # everything Muster keeps

# A source is a place where the community lives. Its name is yours; keep it, the history hangs on it.
# `muster platforms` lists what there is.

# [sources.forum]
# platform = "discourse"
# base_url = "https://forum.example.org"
# start = 2024-01-01             # default: as far back as the platform gives
#                                # an API key is optional: see .dlt/secrets.toml.example

# [sources.chat]
# platform = "slack_export"
# path = "exports/workspace.zip" # the zip (or unpacked folder) that a workspace owner exports

# Time for which a source is known to lack data. Such days are unknown, not silent.
# [[sources.chat.gaps]]
# from = 2025-03-01
# to = 2025-03-06
# reason = "the export was made without these days"

[members]
staff = []                       # beyond those the platforms name, e.g. ["forum:alice", "chat:U024BE7LH"]
bots = []                        # beyond those the platforms mark
staff_from_platform = true       # the platform's own admins and moderators count as staff
# identities = "identities.csv"  # who is one person in several places; `muster identities` suggests lines for it

[privacy]
keep_text = true                 # false: texts and titles are dropped at the door, after their features are taken
pseudonymize = false             # true: handles and names become keyed hashes at the door; decide before the first run
# retention_days = 730           # texts older than this are dropped; the numbers stay
minimum_cell = 5                 # reports and `muster export` say nothing about fewer members than this

# Events and campaigns, so that a report can say what a change coincides with.
# [calendar]
# file = "calendar.csv"          # event,start,end,kind with days as 2026-06-24; or an iCalendar file (.ics)

# Who gets the weekly summary: names, whose addresses stand under [reports] in .dlt/secrets.toml.
# [reports.weekly]
# to = ["team", "board"]
# names = false                  # true: letters carry the lists of whom to welcome, answer, thank; chats never do
# in_doubt = "annotate"          # or "withhold": nothing goes out while checks warn or the data are stale

# The marts in PostgreSQL too, for BI tools that want a server; its address is a secret, its reader may only read.
# [publish]
# postgres = true
# postgres_reader = "muster_reader"

# A check of your own: rows that `where` finds must not be. More in the folder expectations/ beside this file.
# [[checks]]
# layer = "marts"                # raw, core or marts
# table = "marts.engagement_daily"
# name = "busy_enough"
# where = "scope = 'all' and local_date > current_date - 8 and posts + comments = 0"
# severity = "warn"              # or "block": nothing is published
"""

SECRETS = """\
# Copy to .dlt/secrets.toml and fill in; keep it out of version control.
# The environment does as well: SOURCES__FORUM__API_KEY, SOURCES__FORUM__API_USERNAME.

[sources.forum]
api_key = ""                     # Discourse: Admin > API > new key, read-only scope is enough
api_username = ""

[publish]
# postgres_dsn = "postgresql://muster:password@db.example.org/community"

[reports]                        # any address that apprise knows, or mailto
# team = "slack://T0/B0/key/#channel"
# board = "mailtos://user:password@mail.example.org?from=muster@example.org&to=board@example.org"
"""


def write(folder: Path) -> list[Path]:
    """Write both files into `folder`; WrongUse when a muster.toml is there already. Returns what was written."""
    configuration = folder / "muster.toml"
    if configuration.exists():
        raise WrongUse(f"{configuration}: is there already; nothing was changed")
    secrets = folder / ".dlt" / "secrets.toml.example"
    secrets.parent.mkdir(parents=True, exist_ok=True)
    configuration.write_text(CONFIGURATION, encoding="utf-8")
    secrets.write_text(SECRETS, encoding="utf-8")
    return [configuration, secrets]
