"""The staff log and the review queue: everything once, only what is new asked for, nobody's words kept by the way."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest

from sandbox.model import StaffAct
from sandbox.moments import micros
from sources.door import Door
from sources.errors import BadAnswer
from sources.marks import Keyring
from sources.streams import Stamp, to_table
from tests.sources.discourse.beds import DiscourseBed

ANNA = DiscourseBed().account("anna")


@pytest.fixture
def bed() -> DiscourseBed:
    bed = DiscourseBed()
    bed.message("anna", "hello everyone")
    bed.join("boris")
    return bed


def pull(here: Any, bed: DiscourseBed, **given: Any) -> Any:
    bed.tick()
    bed.shown()
    options = bed.options | given.pop("options", {})
    return here.pull(options, bed.now, **{"secrets": bed.secrets, "transport": bed.transport} | given)


def landed(here: Any) -> dict[tuple[str, int], dict[str, Any]]:
    rows: dict[tuple[str, int], dict[str, Any]] = here.latest("moderation")
    return rows


def acts(here: Any) -> list[tuple[Any, ...]]:
    rows = [row for (record, _), row in sorted(landed(here).items()) if record == "staff_action"]
    return [
        (row["action_name"], row["target_user_id"], row["post_id"], row["topic_id"], row["details"]) for row in rows
    ]


def asked(bed: DiscourseBed, here: Any, **given: Any) -> Counter[str]:
    """How often each path was asked in a pull."""
    paths: Counter[str] = Counter()

    class Watch(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            paths[request.url.path] += 1
            return bed.transport.handle_request(request)

    pull(here, bed, transport=Watch(), **given)
    return paths


def test_what_staff_does_is_told_with_whom_what_and_why(shelf: Any, bed: DiscourseBed) -> None:
    here = shelf("discourse")
    pull(here, bed)
    assert acts(here) == []
    bed.act("suspend_user", target_id=ANNA, details="advertising")
    bed.act("silence_user", target_id=ANNA, details="rude")
    bed.act("topic_closed", topic_id=1)
    pull(here, bed)
    bed.act("topic_opened", topic_id=1)
    bed.act("unsilence_user", target_id=ANNA)
    bed.act("unsuspend_user", target_id=ANNA)
    bed.act("change_site_setting", details="title: x")
    bed.delete("1")
    pull(here, bed)
    assert acts(here) == [
        ("suspend_user", ANNA, None, None, "advertising"),
        ("silence_user", ANNA, None, None, "rude"),
        ("topic_closed", None, None, 1, None),
        ("topic_opened", None, None, 1, None),
        ("unsilence_user", ANNA, None, None, None),
        ("unsuspend_user", ANNA, None, None, None),
        ("change_site_setting", None, None, None, None),
        ("delete_post", None, 1, None, None),
    ]


def test_what_was_deleted_and_addresses_are_not_kept_by_the_way(shelf: Any, bed: DiscourseBed) -> None:
    here = shelf("discourse")
    bed.delete("1")
    bed.leave("boris")
    pull(here, bed)
    kept = repr(here.versions["moderation"])
    assert not [word for word in ("hello everyone", "boris", "203.0.113", "example.org") if word in kept]
    assert landed(here)["staff_action", 2]["target_user_id"] == bed.account("boris"), (
        "who was deleted is known by number"
    )


def test_a_flag_is_told_and_how_it_was_judged(shelf: Any, bed: DiscourseBed) -> None:
    here = shelf("discourse")
    bed.flag("1", "boris", "off_topic")
    pull(here, bed)
    flag = landed(here)["flag", 1]
    assert (flag["acting_user_id"], flag["target_user_id"], flag["post_id"]) == (bed.account("boris"), ANNA, 1)
    assert (flag["action_name"], flag["status"], flag["reviewed_at"]) == ("off_topic", 0, None)
    bed.judge("1", "disagreed")
    pull(here, bed)
    flag = landed(here)["flag", 1]
    assert (flag["status"], flag["reviewed_by_id"]) == (2, 1)
    assert flag["reviewed_at"] is not None


def flagged(bed: DiscourseBed, count: int) -> None:
    for number in range(count):
        bed.flag(bed.message("anna", f"number {number}"), "boris")


def test_judgements_and_new_flags_on_old_posts_are_seen_within_the_look_back(shelf: Any, bed: DiscourseBed) -> None:
    here = shelf("discourse")
    flagged(bed, 35)
    paths = asked(bed, here)
    assert paths["/review.json"] == 4, "ten a page"
    bed.judge("3", "agreed")
    bed.flag("3", "vera")
    bed.judge("9", "disagreed")
    paths = asked(bed, here)
    assert paths["/review/8.json"] == 1
    assert paths["/review.json"] == 1 + 4, "the newest, and those pending"
    assert landed(here)["flag", 8]["status"] == 2
    assert (landed(here)["flag", 2]["status"], landed(here)["flag", 36]["status"]) == (1, 0)
    assert sum("/review/" in path for path in asked(bed, here)) == 0, "what is judged is not asked for again"


def test_an_exhausted_look_back_judges_nobody(shelf: Any, bed: DiscourseBed) -> None:
    here = shelf("discourse")
    flagged(bed, 35)
    pull(here, bed)
    for number in range(2, 37):
        bed.judge(str(number), "agreed")
    pull(here, bed, options={"lookback_requests_per_day": 0})
    assert landed(here)["flag", 3]["status"] == 0
    pull(here, bed, options={"lookback_requests_per_day": 11})
    judged = [row["id"] for (record, _), row in landed(here).items() if record == "flag" and row["status"] == 1]
    assert 11 <= len(judged) <= 20, "the newest page, and those the budget reaches"
    for _ in range(4):
        bed.now = bed.now.replace(day=bed.now.day + 1)
        pull(here, bed, options={"lookback_requests_per_day": 11})
    assert {row["status"] for (record, _), row in landed(here).items() if record == "flag"} == {1}


def test_only_what_is_new_in_the_log_is_asked_for(shelf: Any, bed: DiscourseBed) -> None:
    here, log = shelf("discourse"), "/admin/logs/staff_action_logs.json"
    for number in range(450):
        bed.forum.staff_acts.append(StaffAct(micros(bed.now) - 1000 + number, "grant_badge", 1))
    assert asked(bed, here)[log] == 3
    assert len(acts(here)) == 450
    bed.act("topic_closed", topic_id=1)
    assert asked(bed, here)[log] == 1
    assert len(acts(here)) == 451
    assert asked(bed, here, full=True)[log] == 3


@pytest.mark.parametrize("kill", range(0, 12, 2))
def test_a_kill_within_the_log_loses_nothing(shelf: Any, bed: DiscourseBed, kill: int) -> None:
    killed, whole = shelf("discourse"), shelf("discourse")
    for number in range(450):
        bed.forum.staff_acts.append(StaffAct(micros(bed.now) - 1000 + number, "grant_badge", 1))
    flagged(bed, 12)
    pull(killed, bed, killed_after=kill)
    bed.act("topic_closed", topic_id=1)
    pull(killed, bed)
    pull(whole, bed)
    assert landed(killed) == landed(whole)
    assert len(acts(whole)) == 451


@pytest.mark.parametrize("path", ["/admin/logs/staff_action_logs.json", "/review.json"])
@pytest.mark.parametrize("is_same", [True, False], ids=["the same page", "ever new ones"])
def test_pages_that_never_end_are_an_error(shelf: Any, bed: DiscourseBed, path: str, is_same: bool) -> None:
    count = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal count
        if request.url.path != path:
            return bed.transport.handle_request(request)
        count += not is_same
        one = [{"id": 2**40 - count, "created_at": "2024-03-01T00:00:00Z"}]
        log = {"staff_action_logs": one, "total_rows_staff_action_logs": 10**9}
        return httpx.Response(200, json=log | {"reviewables": one, "meta": {"load_more_reviewables": "/review?…"}})

    with pytest.raises(BadAnswer, match="never end" if is_same else "endless") as raised:
        pull(shelf("discourse"), bed, transport=httpx.MockTransport(answer), options={"max_requests": 50})
    assert "\n" not in str(raised.value)


def test_a_log_without_ids_is_said_and_not_read_again_and_again(shelf: Any, bed: DiscourseBed) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/admin/logs/staff_action_logs.json":
            return httpx.Response(200, json={"staff_action_logs": [{"action_name": "delete_post"}] * 200})
        return bed.transport.handle_request(request)

    here = shelf("discourse")
    result = pull(here, bed, transport=httpx.MockTransport(answer))
    [row] = [row for row in here.coverage if row["stream"] == "moderation"]
    assert "up to date" in row["reason"]
    assert result.requests < 10


def test_nothing_older_than_the_start_is_kept(shelf: Any, bed: DiscourseBed) -> None:
    here = shelf("discourse")
    bed.flag("1", "boris")
    bed.act("topic_closed", topic_id=1)
    bed.now = bed.now.replace(day=20)
    bed.act("topic_opened", topic_id=1)
    pull(here, bed, options={"start": "2024-03-10"})
    assert [act[0] for act in acts(here)] == ["topic_opened"]
    assert len(landed(here)) == 1
    pull(here, bed)
    assert [act[0] for act in acts(here)] == ["topic_closed", "topic_opened"], "an earlier start reads the rest"
    assert len(landed(here)) == 3


def test_privacy_at_the_door_and_erasure_reach_the_reasons(shelf: Any, bed: DiscourseBed) -> None:
    here, keys = shelf("discourse"), Keyring(b"k" * 32)
    bed.act("suspend_user", target_id=ANNA, details="anna was rude")
    bed.flag("1", "anna")
    pull(here, bed)
    streams = {stream.name: stream for stream in here.connector.streams}
    erased = {keys.mark("forum", "account", str(ANNA)), keys.mark("forum", "name", "anna")}
    rows = [row for _, row in sorted(landed(here).items(), reverse=True)]
    table, _ = to_table(streams["moderation"], rows, None, Stamp("forum", "r", bed.now))
    [left] = Door("forum", streams, keys, erased=erased).treat("moderation", table).to_pylist()
    assert (left["record"], left["target_user_id"], left["acting_user_id"]) == ("staff_action", None, 1)
    assert "anna" not in left["details"]
    without = Door("forum", streams, keys, keep_text=False).treat("moderation", table).to_pylist()
    assert [row["details"] for row in without] == [None, None]
