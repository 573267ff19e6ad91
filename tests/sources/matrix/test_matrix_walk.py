"""The walk over Matrix rooms on a double: short pages, lies, refusals, rooms that come and go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sources.errors import BadAnswer, Unauthorized
from tests.sources.matrix.double import ME, TOKEN, Hall

OPTIONS = {"base_url": "https://double.test"}
ANNA = "@anna:double.test"


def pull(shelf: Any, hall: Hall, options: dict[str, Any] | None = None, **given: Any) -> Any:
    given = {"secrets": {"access_token": TOKEN}, "transport": hall.transport} | given
    return shelf.pull(OPTIONS | (options or {}), hall.tick(), **given)


def say(hall: Hall, room_id: str, body: str, **more: Any) -> str:
    return hall.send(room_id, ANNA, "m.room.message", {"msgtype": "m.text", "body": body} | more)


def bodies(shelf: Any) -> set[str | None]:
    return {row["body"] for row in shelf.latest("messages").values()}


def reasons(shelf: Any) -> list[str]:
    return [row["reason"] for row in shelf.coverage if row["stream"] == "messages" and row["reason"]]


def test_a_lying_clock_is_rejected_and_the_walk_goes_on(shelf: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    room = hall.room("general")
    for moment in (0, 32503680000000, 10**17, "yesterday", True, None):
        hall.find(say(hall, room, f"at {moment}"))["origin_server_ts"] = moment
    for number in range(10):
        say(hall, room, f"honest {number}")
    pull(here, hall)
    assert bodies(here) == {f"honest {number}" for number in range(10)}
    assert {row["column"] for row in here.rejected} == {"created_at"}
    assert len(here.rejected) == 6


@pytest.mark.parametrize("content", [None, [], "text", {"body": 5}, {"body": None, "m.relates_to": [1]}, {}])
def test_content_of_any_shape_ends_in_rows_or_rejects(shelf: Any, content: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    room = hall.room("general")
    for kind in ("m.room.message", "m.reaction", "m.room.redaction", "m.sticker"):
        hall.events[-1]["unsigned"] = None
        hall.find(hall.send(room, ANNA, kind, {}))["content"] = content
    for kind in ("m.room.member", "m.room.power_levels", "m.room.create", "m.space.parent"):
        hall.find(hall.send(room, ANNA, kind, {"membership": "odd"}, ANNA))["content"] |= {"users": 3, "via": 4}
    say(hall, room, "last")
    pull(here, hall)
    assert "last" in bodies(here)


def test_encrypted_messages_are_counted_without_their_words(shelf: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    room = hall.room("general")
    relates = {"rel_type": "m.thread", "event_id": "$root"}
    made = hall.send(room, ANNA, "m.room.encrypted", {"ciphertext": "AwgA", "m.relates_to": relates})
    pull(here, hall)
    row = here.latest("messages")[made,]
    assert (row["sender"], row["body"], row["relates_to"], row["has_question"]) == (ANNA, None, "$root", None)


def test_older_clients_quotes_and_mentions_are_understood(shelf: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    room = hall.room("general")
    relates = {"m.relates_to": {"m.in_reply_to": {"event_id": "$x"}}}
    quoted = say(hall, room, "> <@boris:double.test> is it?\n> really?\n\nit is", **relates)
    pills = '<a href="https://matrix.to/#/%40boris%3Adouble.test">B</a> <a href="https://matrix.to/#/@c:double.test">'
    pill = say(hall, room, "B: look", formatted_body=pills)
    pull(here, hall)
    assert here.latest("messages")[quoted,]["body"] == "it is"
    assert not here.latest("messages")[quoted,]["has_question"]
    assert here.latest("messages")[pill,]["user_ids"] == ["@boris:double.test", "@c:double.test"]


def test_a_profile_change_is_no_transition(shelf: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    room = hall.room("general")
    steps = ("invite", "join", "join", "leave", "invite", "leave", "join", "ban", "ban", "leave", "knock", "join")
    for step in steps:
        by = "@founder:double.test" if step in ("invite", "ban") else None
        hall.member(room, ANNA, step, by)
    pull(here, hall)
    rows = sorted(here.latest("memberships").values(), key=lambda row: row["occurred_at"])
    told = [row["event"] for row in rows if row["account_id"] == ANNA]
    assert told == ["invite", "join", "leave", "invite", "join", "ban", "unban", "join"]


def test_nothing_older_than_the_start_is_kept(shelf: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    room = hall.room("general")
    for number in range(40):
        hall.now += timedelta(days=1)
        say(hall, room, f"day {number}")
    start = (hall.now - timedelta(days=10)).date()
    pull(here, hall, {"start": start})
    assert bodies(here) == {f"day {number}" for number in range(29, 40)}
    assert len(hall.requests) < 7, "it stops where the start is"
    assert {row["observed_from"].date() for row in here.coverage if row["stream"] == "messages"} == {start}


def test_since_and_full_read_again(shelf: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    room = hall.room("general")
    for number in range(40):
        say(hall, room, f"{number}")
    pull(here, hall)
    here.versions.clear()
    pull(here, hall, since=hall.now - timedelta(minutes=15))
    assert 10 <= len(bodies(here)) <= 30
    pull(here, hall, full=True)
    assert len(bodies(here)) == 40


def test_rooms_are_those_configured(shelf: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    first, second = hall.room("general"), hall.room("other")
    say(hall, first, "in general")
    say(hall, second, "in other")
    pull(here, hall, {"rooms": ["#general:double.test"]})
    assert bodies(here) == {"in general"}
    asked = len(hall.requests)
    pull(here, hall, {"rooms": ["#general:double.test"]})
    assert len(hall.requests) - asked == 2, "the alias is not asked for again"
    say(hall, first, "later")
    pull(here, hall, {"rooms": ["#general:double.test", second]})
    assert bodies(here) == {"in general", "later", "in other"}


def test_a_room_that_cannot_be_read_is_a_gap_and_the_others_are_read(shelf: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    first, second, closed = hall.room("general"), hall.room("refused"), hall.room("closed", me=False)
    say(hall, first, "in general")
    for number in range(9):
        say(hall, second, f"refused {number}")
    hall.refused.add(second)
    hall.member(closed, ME, "invite", "@founder:double.test")
    result = pull(here, hall, {"rooms": [first, second, closed, "#nowhere:double.test"]})
    assert "in general" in bodies(here)
    told = " ".join(reasons(here))
    for words in ("refuses", closed, "#nowhere"):
        assert words in told
    assert not [row for row in here.coverage if row["stream"] == "messages" and not row["reason"]], "never whole"
    assert "invited" in result.notes[0]


def test_the_same_page_again_and_again_is_an_error(shelf: Any) -> None:
    hall = Hall()
    room = hall.room("general")
    for number in range(40):
        say(hall, room, f"{number}")
    page: list[httpx.Response] = []

    def stuck(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/messages"):
            return hall.answer(request)
        page.append(page[0] if page else hall.answer(request))
        body = page[0].json() | {"end": f"t{100 + len(page)}"}
        return httpx.Response(200, json=body)

    with pytest.raises(BadAnswer, match="same page"):
        pull(shelf("matrix"), hall, transport=httpx.MockTransport(stuck))
    assert len(page) == 2


def test_another_account_begins_anew(shelf: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    say(hall, hall.room("general"), "hello")
    pull(here, hall)
    here.versions.clear()
    here.state["user_id"] = "@someone-else:double.test"
    pull(here, hall)
    assert bodies(here) == {"hello"}


def test_requests_are_few(shelf: Any) -> None:
    hall, here = Hall(page=1000), shelf("matrix")
    for name in ("general", "help", "random"):
        room = hall.room(name)
        for number in range(600):
            say(hall, room, f"{number}")
    first = pull(here, hall)
    assert first.requests == 2 + 3 * 2, "who, what, and a page with the empty one after it for each room"
    for number in range(60):
        say(hall, room, f"new {number}")
    assert pull(here, hall).requests == 2
    assert pull(here, hall).requests == 2


def test_a_refused_token_is_no_refused_room(shelf: Any) -> None:
    hall, here = Hall(), shelf("matrix")
    room = hall.room("general")
    for number in range(20):
        say(hall, room, f"{number}")

    def expires(request: httpx.Request) -> httpx.Response:
        if len(hall.requests) > 3:
            request.headers["authorization"] = "Bearer expired"
        return hall.answer(request)

    with pytest.raises(Unauthorized, match="log in again"):
        pull(here, hall, transport=httpx.MockTransport(expires))
    assert not reasons(here)
    pull(here, hall)
    assert len(bodies(here)) == 20


def test_an_increment_walks_only_what_it_left_out(shelf: Any) -> None:
    hall, here = Hall(page=10), shelf("matrix")
    room = hall.room("general")
    for number in range(200):
        say(hall, room, f"{number}")
    pull(here, hall)
    for number in range(35):
        say(hall, room, f"new {number}")
    assert pull(here, hall).requests == 2 + 4, "35 less the 10 told by the sync, by pages of 10, and the empty last"
    assert len(bodies(here)) == 235
