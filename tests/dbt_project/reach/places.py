"""The communities the proofs run on: a made-up town, the real forum, real private messages among students."""

from __future__ import annotations

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests.dbt_project.reach.community import Community

SHARED = Path(__file__).parents[3].parent / "shared"
COLLEGE = SHARED / "data" / "graphs" / "CollegeMsg.txt"
FORUM = SHARED / "data" / "discourse-feed" / "delving-2024.jsonl.gz"
TOWN = datetime(2024, 1, 1)


@cache
def college_messages() -> list[tuple[str, str, datetime]]:
    """Sender, receiver, instant."""
    lines = (line.split() for line in COLLEGE.read_text().splitlines()[1:] if line.strip())
    return [(f"c{int(a):04d}", f"c{int(b):04d}", _utc(int(at))) for a, b, at in lines]


@cache
def forum_posts() -> list[dict[str, Any]]:
    """The forum's posts as last captured, in order of id."""
    latest = {}
    with gzip.open(FORUM, "rt", encoding="utf-8") as lines:
        for line in lines:
            post = json.loads(line)["post"]
            latest[post["id"]] = post
    return [latest[key] for key in sorted(latest)]


def add_college(made: Community) -> None:
    if not COLLEGE.exists():
        return
    for giver, receiver, at in college_messages():
        made.act("college", giver, receiver, "reply", at)
    instants = [at for *_, at in college_messages()]
    made.source("college", min(instants), max(instants))


def add_forum(made: Community) -> None:
    if not FORUM.exists():
        return
    posts = forum_posts()
    numbered = {(post["topic_id"], post["post_number"]): post for post in posts}
    for post in posts:
        author, at = f"f{post['user_id']}", _instant(post["created_at"])
        made.member(author, "system" if post["user_id"] < 0 else "member")
        parent = numbered.get((post["topic_id"], post.get("reply_to_post_number")))
        made.message(
            "forum", str(post["id"]), author, at, channel=str(post.get("category_id")), thread=str(post["topic_id"]),
            parent=str(parent["id"]) if parent else None, kind="post" if post["post_number"] == 1 else "comment",
            counted=post["user_id"] > 0,
        )  # fmt: skip
        target = parent or numbered.get((post["topic_id"], 1))
        if target and target is not post:
            made.act(
                "forum", author, f"f{target['user_id']}", "reply" if parent else "thread_reply", at, str(post["id"])
            )
    instants = [_instant(post["created_at"]) for post in posts]
    made.source("forum", min(instants), max(instants))


def add_town(made: Community, people: int = 60, acts: int = 900, seed: int = 5) -> None:
    """Members, two of staff, a bot that everyone answers, an erased member; undated reactions, reposts, views."""
    chance = random.Random(seed)
    for number in range(people):
        made.member(f"t{number:02d}", "staff" if number < 2 else "member")
    made.member("bot", "bot")
    made.member("gone", "member", "erased")
    names = [*made.members]
    for number in range(acts):
        at = TOWN + timedelta(hours=chance.randrange(24 * 200))
        giver, receiver = (names[min(int(chance.expovariate(1 / 12)), len(names) - 1)] for _ in range(2))
        kind = chance.choice(["reply", "thread_reply", "mention", "reaction", "repost"])
        channel = chance.choice(["a", "b", "c", None])
        place = {"channel": channel, "thread": f"th{number // 4}", "kind": "comment" if number % 4 else "post"}
        seen = number if number % 3 == 0 else None
        made.message("town", f"m{number}", giver, at, counted=giver != "bot", views=seen, **place)
        undated = kind == "reaction" and chance.random() < 0.7
        made.act("town", giver, receiver, kind, None if undated else at, f"m{number}")
    made.source("town", TOWN, TOWN + timedelta(days=200))
    # two days unheard of the last twenty-eight: less than a tenth; eleven: more
    made.source("mute", TOWN, TOWN + timedelta(days=200))
    made.act("mute", "t05", "t06", "reply", TOWN + timedelta(days=195))
    for day in range(185, 196):
        made.gaps.append(("mute", TOWN + timedelta(days=day), 86400.0))
    for day in (190, 191):
        made.gaps.append(("town", TOWN + timedelta(days=day), 86400.0))


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
