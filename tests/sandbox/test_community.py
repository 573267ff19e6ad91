"""The simulated community is the same for the same seed, large enough, and lives as communities do."""

from __future__ import annotations

import statistics
from datetime import datetime
from itertools import pairwise

import pytest

from sandbox import truth
from sandbox.community import Community, simulate
from sandbox.hostile import HOSTILE_NAMES
from sandbox.moments import DAY


@pytest.fixture(scope="module")
def full() -> Community:
    return simulate()


@pytest.fixture(scope="module")
def acts(full: Community) -> list[truth.Act]:
    return truth.acts(full)


def test_same_seed_same_community_other_seed_another(community: Community) -> None:
    assert simulate(members=120, messages=3000) == community
    assert simulate(seed=7, members=120, messages=3000) != community


def test_full_size_is_what_the_demo_needs(full: Community, acts: list[truth.Act]) -> None:
    seen = truth.readable(acts, datetime(2026, 6, 29))
    counted = [act for act in seen if act.kind != "system"]
    accounts = {(act.place, act.account) for act in acts}
    listed = len(full.forum.accounts) + len(full.chat.users)
    assert 60_000 <= len(counted) <= 80_000
    assert {act.place for act in counted} == {"forum", "chat"}
    assert len(full.people) == 2400
    assert listed > 2600
    assert len(accounts) > 2000
    assert full.end - full.start == 910 * DAY


@pytest.mark.parametrize(("members", "messages"), [(40, 200), (120, 3000), (250, 5000)])
def test_sizes_are_met(members: int, messages: int) -> None:
    small = simulate(members=members, messages=messages)
    written = sum(count for (_, kind), count in truth.counts(truth.acts(small)).items() if kind != "system")
    bots = 130 * 2 + 910 * 2
    assert len(small.people) == members
    assert messages * 0.7 <= written <= messages * 1.35 + bots


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 20 members"):
        simulate(members=3)


def test_nothing_happens_outside_its_time(community: Community) -> None:
    acts = truth.acts(community)
    assert datetime(2024, 1, 1) <= acts[0].at
    assert acts[-1].at < datetime(2026, 6, 29)
    assert all(post.at >= community.forum.topics[post.topic_id].at for post in community.forum.posts.values())
    edits = [at for post in community.forum.posts.values() for at, _ in post.edits]
    assert max(edits) < community.end


def test_ids_are_unique_and_in_order_of_time(community: Community) -> None:
    posts = list(community.forum.posts.values())
    assert [post.id for post in posts] == sorted({post.id for post in posts})
    assert all(a.at <= b.at for a, b in pairwise(posts))
    keys = [(one.channel, one.at) for one in community.chat.messages]
    assert len(keys) == len(set(keys))


def test_nobody_acts_before_joining_or_after_leaving(community: Community) -> None:
    for account in community.forum.accounts.values():
        own = [post.at for post in community.forum.posts.values() if post.account_id == account.id]
        assert all(at >= account.created_at for at in own)
        assert all(at <= (account.deleted_at or community.end) for at in own)
    for user in community.chat.users.values():
        own = [one.at for one in community.chat.messages if one.user == user.id]
        assert all(user.created_at <= at <= (user.deleted_at or community.end) for at in own)


def test_answered_newcomers_stay_longer(full: Community, acts: list[truth.Act]) -> None:
    first: dict[tuple[str, str], truth.Act] = {}
    last: dict[tuple[str, str], truth.Act] = {}
    for act in acts:
        if act.kind != "system":
            first.setdefault((act.place, act.account), act)
            last[act.place, act.account] = act
    answered = {(q.place, q.account, q.id): q.answered_at for q in truth.questions(full, acts)}
    lives: dict[bool, list[float]] = {True: [], False: []}
    tier = {person.number: person.tier for person in full.people}
    tiers = {account: tier[number] for number, account in _accounts(full)}
    for key, act in first.items():
        at = answered.get((act.place, act.account, act.id), act.at)
        if at != act.at and tiers.get(key) == "visitor":
            quick = at is not None and (at - act.at).days < 2
            lives[quick].append((last[key].at - act.at).total_seconds())
    assert min(len(lives[True]), len(lives[False])) > 30
    assert statistics.mean(lives[True]) > 1.5 * statistics.mean(lives[False])


def test_people_fall_silent_and_come_back(community: Community) -> None:
    silences = truth.silences(truth.acts(community), 28, datetime(2026, 6, 29))
    assert sum(one.until is None for one in silences) > 10
    assert sum(one.until is not None for one in silences) > 10


def test_campaign_brings_newcomers(full: Community) -> None:
    start, stop = full.campaign
    length = stop - start
    came = [sum(start + k * length <= p.arrived_at < stop + k * length for p in full.people) for k in (-1, 0)]
    assert came[1] > 1.7 * came[0]


def test_outage_hides_real_activity(full: Community, acts: list[truth.Act]) -> None:
    lost = [act for act in acts if act.is_lost]
    assert len(lost) > 50
    assert {act.place for act in lost} == {"chat"}
    assert 4 * DAY < full.outage[1] - full.outage[0] < 6 * DAY


def test_everything_a_pipeline_must_meet_occurs(full: Community) -> None:
    forum, chat = full.forum, full.chat
    names = [account.name for account in forum.accounts.values()] + [user.real_name for user in chat.users.values()]
    assert set(HOSTILE_NAMES) <= set(names)
    assert any(topic.changes for topic in forum.topics.values())
    assert any(post.moves for post in forum.posts.values())
    assert {post.deleted_by for post in forum.posts.values()} == {None, "author", "staff"}
    assert any(account.deleted_at for account in forum.accounts.values())
    handles = [account.username for account in forum.accounts.values()]
    reused = [name for account in forum.accounts.values() for _, name, _ in account.renames if name in handles]
    assert reused
    assert any(one.bridged for one in chat.messages)
    assert sum(len(accounts) == 2 for accounts in truth.persons(full).values()) > 200
    roles = truth.roles(full)
    assert set(roles.values()) == {"member", "staff", "bot", "system"}
    times = [one.at for one in chat.messages]
    assert len(set(times)) < len(times), "a ts that occurs in two channels"


def _accounts(community: Community) -> list[tuple[int, tuple[str, str]]]:
    return [(number, account) for number, own in truth.persons(community).items() for account in own]
