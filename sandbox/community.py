"""Simulates a community: `simulate()` is pure, seeded and fast, and its truth is known (truth.py)."""

from __future__ import annotations

import random
from datetime import datetime

import numpy as np

from sandbox import aliases, people
from sandbox.model import Community
from sandbox.moments import DAY, HOUR, micros
from sandbox.story import Story

__all__ = ["Community", "simulate"]


def simulate(
    seed: int = 20260628,
    members: int = 2400,
    start: datetime = datetime(2024, 1, 1),
    end: datetime = datetime(2026, 6, 29),
    messages: int = 70_000,
) -> Community:
    """A community of `members` people who write about `messages` messages in [start, end), UTC.

    The same arguments give the same community. `start` and `end` are midnights; naive means UTC.
    """
    first, last = micros(start), micros(end)
    days = (last - first) // DAY
    if members < 20 or days < 60 or messages < members // 2:
        raise ValueError("simulate: at least 20 members, 60 days and half a message per member are needed")
    rng, npr = random.Random(seed), np.random.default_rng(seed)
    campaign = range(days * 47 // 100, days * 47 // 100 + 28)
    cast = people.draw(rng, npr, members, messages, days, campaign)
    story = Story.begin(rng, npr, cast, first, last)
    for day in range(days):
        story.live(day)
    outage = first + (days * 68 // 100) * DAY + 14 * HOUR + HOUR // 2
    community = story.told(seed, (outage, outage + 4 * DAY + 18 * HOUR), (first + campaign.start * DAY, campaign.stop))
    aliases.assign(community)
    return community
