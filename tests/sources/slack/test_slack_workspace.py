"""What is particular to Slack: requests, threads, look-back, lists of members, scopes, refusals, limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.faults import Limit
from sandbox.model import ChatMembership, ChatMessage
from sandbox.moments import micros
from sources.errors import BadAnswer, RateLimited, Unauthorized
from tests.sources.slack.beds import GENERAL, RANDOM, FaceTransport, SlackBed

Pull = Callable[..., Any]


@pytest.fixture
def bed() -> SlackBed:
    return SlackBed()


@pytest.fixture
def here(shelf: Any) -> Any:
    return shelf("slack", "chat")


def pull(here: Any, bed: SlackBed, options: dict[str, Any] | None = None, **given: Any) -> Any:
    bed.transport.asked.clear()
    given = {"secrets": bed.secrets, "transport": bed.transport} | given
    return here.pull(bed.options | (options or {}), bed.now, **given)


def live(here: Any) -> set[str]:
    return {key[2] for key, row in here.latest("messages").items() if not row["is_tombstone"]}


def events(here: Any, account: str) -> list[tuple[str, bool]]:
    rows = [row for row in here.latest("memberships").values() if row["account_id"] == account]
    rows.sort(key=lambda row: row["occurred_at"] or datetime.min)
    return [(row["event"], row["is_exact"]) for row in rows]


def test_a_backfill_asks_once_a_channel_and_the_next_run_once_more(here: Any, bed: SlackBed) -> None:
    for number in range(120):
        bed.message(f"p{number % 9}", f"text {number}", channel=RANDOM if number % 2 else GENERAL)
    pull(here, bed, {"lookback_requests_per_day": 0})
    asked = Counter(bed.transport.asked)
    assert asked == {"conversations.list": 1, "users.list": 1, "conversations.history": 2}
    pull(here, bed, {"lookback_requests_per_day": 0})
    assert Counter(bed.transport.asked) == {"conversations.list": 1, "conversations.history": 2}
    assert len(live(here)) == 120


def test_pages_are_followed_whatever_their_size(here: Any, shelf: Any, bed: SlackBed) -> None:
    openers = [bed.message("anna", f"who knows {number}?") for number in range(5)]
    for number in range(30):
        bed.message("boris", f"I do {number}", openers[number // 2 % 5] if number % 2 else None)
    pull(here, bed, {"lookback_requests_per_day": 0})
    assert len(live(here)) == 35
    small = shelf("slack", "chat")
    pull(small, bed, {"page_size": 4, "list_page_size": 1})
    for stream in ("accounts", "channels", "messages", "counts"):
        assert small.latest(stream) == here.latest(stream)


def test_an_answer_to_an_old_thread_is_found_and_the_thread_read_once(here: Any, bed: SlackBed) -> None:
    opener = bed.message("anna", "who knows?")
    bed.message("boris", "not me", opener)
    for number in range(30):
        bed.message("vera", f"meanwhile {number}")
    pull(here, bed)
    late = bed.message("boris", "now I do", opener)
    bed.silent()
    pull(here, bed, {"lookback_requests_per_day": 2})
    assert bed.text(here, late) == "now I do", "what is new in an old thread is asked for first"
    row = bed.row(here, late)
    assert row is not None
    assert row["thread_ts"] == opener.partition("/")[2]


def test_edits_and_deletions_in_a_thread_are_seen(here: Any, bed: SlackBed) -> None:
    opener = bed.message("anna", "who knows?")
    first, second = bed.message("boris", "not me", opener), bed.message("boris", "nor me", opener)
    pull(here, bed)
    bed.edit(first, "I do")
    bed.delete(second)
    pull(here, bed)
    assert bed.text(here, first) == "I do"
    assert bed.text(here, second) is None
    bed.edit(first, "I did")
    pull(here, bed)
    assert bed.text(here, first) == "I did", "an edit that changes no count"


def test_a_deleted_opener_leaves_its_thread_standing(here: Any, bed: SlackBed) -> None:
    opener = bed.message("anna", "who knows?")
    answer = bed.message("boris", "not me", opener)
    pull(here, bed)
    bed.delete(opener)
    pull(here, bed)
    assert bed.text(here, opener) is None
    assert bed.text(here, answer) == "not me"
    size = here.size()
    bed.silent()
    pull(here, bed, full=True)
    assert here.size() == size, "said once"


def test_the_look_back_keeps_to_its_budget_and_gets_round_in_days(here: Any, bed: SlackBed) -> None:
    messages = [bed.message("anna", f"text {n}", channel=RANDOM if n % 2 else GENERAL) for n in range(90)]
    options = {"lookback_requests_per_day": 6, "page_size": 10, "lookback_days": 1}
    pull(here, bed, options)
    bed.edit(messages[0], "changed long ago")
    bed.delete(messages[1])
    for _ in range(20):
        bed.silent()
        base = pull(here, bed, options | {"lookback_requests_per_day": 0}).requests
        assert pull(here, bed, options).requests <= base + 6
    assert bed.text(here, messages[0]) == "changed long ago"
    assert bed.text(here, messages[1]) is None


def test_since_looks_back_whatever_it_costs(here: Any, bed: SlackBed) -> None:
    messages = [bed.message("anna", f"text {n}") for n in range(60)]
    options = {"lookback_requests_per_day": 0, "page_size": 10}
    pull(here, bed, options)
    bed.edit(messages[0], "changed")
    pull(here, bed, options)
    assert bed.text(here, messages[0]) == "text 0"
    pull(here, bed, options, since=datetime(2024, 1, 1))
    assert bed.text(here, messages[0]) == "changed"


def test_silent_joins_and_leaves_are_intervals_between_two_lists(here: Any, bed: SlackBed) -> None:
    bed.join("anna")
    bed.join("vera", told=False)
    pull(here, bed)
    assert events(here, "U0ANNA") == [("join", True)]
    assert events(here, "U0VERA") == [("join", False)], "in the first list, since nobody knows when"
    before = bed.now
    bed.leave("anna", told=False)
    bed.join("boris", told=False)
    for _ in range(6):
        bed.silent()
        pull(here, bed)
    assert events(here, "U0ANNA") == [("join", True)], "the channel states as many members as before"
    bed.silent()
    pull(here, bed)
    assert events(here, "U0ANNA") == [("join", True), ("leave", False)], "once a week the list is read all the same"
    assert events(here, "U0BORIS") == [("join", False)]
    found = {row["account_id"]: row for row in here.latest("memberships").values() if row["event"] == "leave"}
    assert found["U0ANNA"]["occurred_after"] == before
    assert before < found["U0ANNA"]["occurred_at"] <= bed.now
    size = here.size()
    bed.silent()
    pull(here, bed)
    assert here.size() == size


def test_a_join_told_while_the_lists_are_read_is_not_doubled(here: Any, bed: SlackBed) -> None:
    bed.join("anna")
    pull(here, bed)
    bed.silent()
    bed.chat.memberships.append(ChatMembership(micros(bed.now), "U0GHOST", GENERAL, "join"))
    bed.shown()

    class Late(httpx.BaseTransport):
        """Vera comes just before the list of members is read."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("conversations.members") and "U0VERA" not in bed.chat.users:
                bed.now -= timedelta(minutes=59)
                bed.join("vera")
            return bed.transport.handle_request(request)

    pull(here, bed, transport=Late())
    bed.silent()
    pull(here, bed)
    assert events(here, "U0VERA") == [("join", True)]


@pytest.mark.parametrize("event", ["join", "leave"])
def test_who_moves_between_the_list_and_the_next_look_is_left_for_next_time(
    here: Any, bed: SlackBed, event: str
) -> None:
    bed.join("anna")
    if event == "leave":
        bed.join("vera")
    pull(here, bed)
    bed.join("boris", told=False)
    bed.silent()
    moved: list[str] = []

    class After(httpx.BaseTransport):
        """Vera moves just after the list of members was read."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = bed.transport.handle_request(request)
            if request.url.path.endswith("conversations.members") and not moved:
                moved.append(event)
                bed.now -= timedelta(minutes=59)
                bed.join("vera") if event == "join" else bed.leave("vera")
            return answer

    pull(here, bed, transport=After())
    for _ in range(8):
        bed.silent()
        pull(here, bed)
    assert moved
    assert events(here, "U0VERA") == [("join", True)] + ([("leave", True)] if event == "leave" else [])


def test_a_list_that_breaks_off_proves_nothing(here: Any, bed: SlackBed) -> None:
    bed.join("anna")
    bed.join("vera")
    pull(here, bed)
    bed.leave("vera", told=False)
    for _ in range(2):
        bed.silent()

    def broken(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("conversations.members"):
            return httpx.Response(200, json={"ok": True, "members": ["U0ANNA", None]})
        return bed.transport.handle_request(request)

    pull(here, bed, transport=httpx.MockTransport(broken))
    assert events(here, "U0VERA") == [("join", True)]
    assert any("proves nothing" in (row["reason"] or "") for row in here.coverage)


def test_outside_a_channel_is_said_and_asked_no_more(here: Any, bed: SlackBed) -> None:
    bed.message("anna", "inside", channel=RANDOM)
    secret = bed.message("anna", "outside")
    bed.face.outside.add(GENERAL)
    result = pull(here, bed)
    assert bed.text(here, secret) is None
    assert any("#general" in note and "/invite" in note for note in result.notes)
    said = next(row for row in here.coverage if row["reason"] and "#general" in row["reason"])
    assert said["observed_from"] == said["observed_to"], "no hole in what could never be read"
    pull(here, bed)
    assert Counter(bed.transport.asked)["conversations.history"] == 2, "RANDOM, new and again"
    bed.face.outside.clear()
    pull(here, bed)
    assert bed.text(here, secret) == "outside"
    read_until = bed.now
    bed.message("anna", "more")
    bed.face.outside.add(GENERAL)
    bed.silent()
    pull(here, bed)
    holes = [row for row in here.coverage if "#general" in (row["reason"] or "")][-3:]
    assert {hole["stream"] for hole in holes} == {"messages", "reactions", "memberships"}
    assert all(hole["observed_from"] <= read_until < hole["observed_to"] for hole in holes)


def test_a_free_plan_proves_no_deletion(here: Any, bed: SlackBed) -> None:
    old = bed.message("anna", "old")
    pull(here, bed)
    for _ in range(100):
        bed.silent()
    bed.message("anna", "new")
    bed.face.hidden_after = timedelta(days=90)
    pull(here, bed, full=True)
    assert bed.text(here, old) == "old"
    assert any("plan hides" in (row["reason"] or "") for row in here.coverage)


@pytest.mark.parametrize(
    ("scopes", "missing", "level"),
    [
        ((), "channels:read", "error"),
        (("channels:read", "users:read"), "channels:history", "error"),
        (("channels:read", "channels:history"), "users:read", "warning"),
    ],
)
def test_check_names_missing_scopes_and_what_they_cost(
    here: Any, scopes: tuple[str, ...], missing: str, level: str
) -> None:
    bed = SlackBed(scopes=scopes)
    context = here.context(bed.options, bed.now, secrets=bed.secrets, transport=bed.transport)
    found = here.connector.check(context)
    assert any(one.level == level and f"lacks the scope {missing}:" in one.text for one in found)


def test_check_names_channels_the_app_is_not_in(here: Any, bed: SlackBed) -> None:
    bed.face.outside.add(GENERAL)
    context = here.context(bed.options, bed.now, secrets=bed.secrets, transport=bed.transport)
    assert any("#general" in one.text for one in here.connector.check(context) if one.level == "warning")


def test_without_the_list_of_users_people_are_those_who_write(here: Any) -> None:
    bed = SlackBed(scopes=("channels:read", "channels:history"))
    bed.message("anna", "hello")
    result = pull(here, bed)
    assert ("U0ANNA",) in here.latest("accounts")
    assert any("users:read" in note for note in result.notes)
    assert any(row["stream"] == "accounts" and row["reason"] for row in here.coverage)


def test_without_a_token_or_its_scope_it_is_one_line(here: Any, bed: SlackBed) -> None:
    with pytest.raises(Unauthorized, match="no token"):
        pull(here, bed, secrets={})
    lacking = SlackBed(scopes=("channels:read", "users:read"))
    lacking.message("anna", "hello")
    with pytest.raises(Unauthorized, match="channels:history"):
        pull(here, lacking)


def test_each_method_has_its_own_limit_and_words_are_obeyed(here: Any) -> None:
    clock, waits = [0.0], list[float]()
    bed = SlackBed(limits={"conversations.history": Limit(1, 60.0, clock=lambda: clock[0])})

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    for number in range(4):
        bed.message("anna", f"text {number}", channel=RANDOM if number % 2 else GENERAL)
    pull(here, bed, {"lookback_requests_per_day": 0}, sleep=sleep)
    assert waits == [60.0]
    assert len(live(here)) == 4


@pytest.mark.parametrize(("word", "error"), [("internal_error", None), ("ratelimited", RateLimited)])
def test_errors_in_a_200_that_may_pass_are_tried_again(here: Any, bed: SlackBed, word: str, error: Any) -> None:
    bed.message("anna", "hello")
    left = [3 if error is None else 1_000]

    def failing(request: httpx.Request) -> httpx.Response:
        left[0] -= 1
        if left[0] >= 0:
            return httpx.Response(200, json={"ok": False, "error": word})
        return bed.transport.handle_request(request)

    if error:
        with pytest.raises(error):
            pull(here, bed, transport=httpx.MockTransport(failing))
    else:
        pull(here, bed, transport=httpx.MockTransport(failing))
        assert len(live(here)) == 1


def test_an_unknown_error_shows_no_words_of_the_server(here: Any, bed: SlackBed) -> None:
    said = httpx.MockTransport(lambda request: httpx.Response(200, json={"ok": False, "error": "<b>\nEVIL</b>"}))
    with pytest.raises(BadAnswer, match="answers 'bb'"):
        pull(here, bed, transport=said)


def test_a_reaction_with_more_people_than_named_is_not_taken_back(here: Any, bed: SlackBed) -> None:
    liked = bed.message("anna", "like me")
    for author in ("boris", "vera"):
        bed.react(liked, author, "wave")
    pull(here, bed)

    class Partial(FaceTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            body = answer.json()
            for one in body.get("messages", []):
                for reaction in one.get("reactions", []):
                    reaction["users"] = reaction["users"][:1]
            return httpx.Response(200, json=body)

    pull(here, bed, transport=Partial(bed.face))
    assert not any(row["is_removed"] for row in here.latest("reactions").values())


def test_channels_are_chosen_by_name_or_id(here: Any, bed: SlackBed) -> None:
    bed.message("anna", "general")
    bed.message("anna", "random", channel=RANDOM)
    pull(here, bed, {"skip": ["general"]})
    assert {key[0] for key in here.latest("messages")} == {RANDOM}
    assert set(here.latest("channels")) == {(RANDOM,)}


def test_an_archived_channel_is_read_once(here: Any, bed: SlackBed) -> None:
    bed.message("anna", "soon over", channel=RANDOM)
    pull(here, bed)
    bed.chat.channels[RANDOM].archived_at = bed.tick()
    bed.shown()
    pull(here, bed, {"lookback_requests_per_day": 0})
    assert Counter(bed.transport.asked)["conversations.history"] == 1


def test_a_start_leaves_out_what_is_older_and_an_earlier_one_fetches_it(here: Any, bed: SlackBed) -> None:
    bed.message("anna", "old")
    bed.silent()
    bed.silent()
    bed.message("anna", "new")
    pull(here, bed, {"start": "2024-03-02"})
    assert len(live(here)) == 1
    pull(here, bed, {"start": "2024-02-01"})
    assert len(live(here)) == 2


def test_bots_and_bridged_people_get_accounts(here: Any, bed: SlackBed) -> None:
    at = bed.tick()
    bed.chat.messages.append(
        ChatMessage(GENERAL, at, "hi", bot_id="B0RELAY0001", username="ann", subtype="bot_message")
    )
    bed.shown()
    pull(here, bed, {"bridge_bots": ["B0RELAY0001"]})
    accounts = here.latest("accounts")
    assert accounts["B0RELAY0001",]["is_bot"]
    assert not accounts["B0RELAY0001/ann",]["is_bot"]
