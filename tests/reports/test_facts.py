"""The facts are those of the snapshot: counted here a second way, and unknown where they are not known."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reports.build import Report, period
from reports.snapshot import ReportError

World = Any  # conftest's class comes through a fixture: tests are no package


def slots(report: Report) -> dict[str, dict[str, Any]]:
    stored = json.loads(report.facts.read_text(encoding="utf-8"))
    return {slot["name"]: slot for slot in stored["slots"]}


def messages(snapshot: Path, condition: str) -> Any:
    with duckdb.connect(str(snapshot / "community.duckdb"), read_only=True) as connection:
        row = connection.execute(
            "select count(distinct member_key), count(*) filter (where kind = 'post'),"
            f" count(*) filter (where kind = 'comment') from marts.fct_messages where {condition}"
        ).fetchone()
    return row


@pytest.mark.parametrize("scope", ["all", "forum", "chat"])
def test_figures_equal_a_count_of_the_messages(report: Report, snapshot: Path, scope: str) -> None:
    found = slots(report)
    source = "true" if scope == "all" else f"source = '{scope}'"
    for which, monday in (("now", "2026-06-22"), ("before", "2026-06-15")):
        condition = f"{source} and local_date between date '{monday}' and date '{monday}' + 6"
        members, posts, comments = messages(snapshot, condition)
        assert found[f"posters.{scope}.{which}"]["value"] == members
        assert found[f"active.{scope}.{which}"]["value"] == members
        assert found[f"posts.{scope}.{which}"]["value"] == posts
        assert found[f"comments.{scope}.{which}"]["value"] == comments
    assert found[f"posts.{scope}.change"]["value"] == (
        found[f"posts.{scope}.now"]["value"] - found[f"posts.{scope}.before"]["value"]
    )


def test_a_slot_names_its_row(report: Report) -> None:
    slot = slots(report)["active.forum.now"]
    assert slot["table"] == "marts.engagement_daily"
    assert slot["key"] == {"scope": "forum", "population": "members", "local_date": "2026-06-28"}
    assert (slot["column"], slot["format"], slot["snapshot"]) == ("wau", "integer", "20260629T000000Z-aaaa")
    assert slot["text"] == str(slot["value"])


def test_joins_count_people_not_channels(report: Report) -> None:
    found = slots(report)
    # six members joined their first channel in the week; all thirty joined a second one
    assert found["joins.chat.now"]["value"] == 6
    assert found["joins.forum.now"]["value"] == 9
    assert found["joins.all.now"]["value"] == 15


def test_what_a_source_cannot_tell_is_unknown_not_zero(report: Report) -> None:
    slot = slots(report)["leaves.chat.now"]
    assert (slot["value"], slot["text"], slot["reason"]) == (None, "not known", "channels")
    assert "Not known: Left (chat)" in report.summary_txt.read_text(encoding="utf-8")


def test_a_figure_of_some_sources_says_of_which(report: Report) -> None:
    assert "Left: counted in forum only." in report.summary_txt.read_text(encoding="utf-8")


def test_an_export_that_ends_with_the_week_is_compared(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    late = {"forum": datetime(2026, 6, 29), "chat": datetime(2026, 6, 28, 21, 30)}
    found = slots(build_at(make_snapshot(world(as_of=late, live={"forum": True, "chat": False}))))
    assert found["active.all.change"]["value"] is not None
    assert found["joins.chat.now"]["value"] == 6


def test_a_gap_in_the_week_leaves_its_figures_unknown(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    report = build_at(make_snapshot(world(gap=(date(2026, 6, 23), date(2026, 6, 24)))))
    found = slots(report)
    for metric in ("active", "posters", "posts", "comments", "new_members"):
        assert found[f"{metric}.all.now"]["value"] is None
        assert found[f"{metric}.all.now"]["reason"] == "gap"
        assert found[f"{metric}.all.change"]["value"] is None
        assert found[f"{metric}.forum.now"]["value"] > 0
    assert "how many members were active is not known" in report.headline
    text = report.summary_txt.read_text(encoding="utf-8")
    assert "not everything could be observed (outage of the export job)" in text
    assert "Gap: chat, messages: Jun 23\u2009–\u200925, 2026: outage of the export job" in text


def test_memberships_nobody_observed_are_unknown(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    found = slots(build_at(make_snapshot(world(memberships=False))))
    assert found["joins.all.now"]["text"] == "not known"
    assert found["leaves.forum.now"]["reason"] == "not_told"


def test_an_export_that_ended_is_no_fall_of_the_community(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    ended = {"forum": datetime(2026, 6, 29), "chat": datetime(2026, 6, 16)}
    report = build_at(make_snapshot(world(as_of=ended, live={"forum": True, "chat": False})))
    found = slots(report)
    assert found["active.all.now"]["value"] == found["active.forum.now"]["value"]
    assert found["active.all.change"]["value"] is None
    assert found["active.forum.change"]["value"] is not None
    assert found["active.chat.now"]["reason"] == "ended"
    assert not any(name.startswith("item.") and ".all" in name for name in found)
    assert "chat: the export ends on June 16, 2026." in report.summary_txt.read_text(encoding="utf-8")


def test_the_week_ends_by_the_community_clock(snapshot: Path) -> None:
    # midnight that begins Monday in UTC: Monday in Paris, still Sunday in New York
    assert period(snapshot, timezone="Europe/Paris") == "2026-W26"
    assert period(snapshot, timezone="America/New_York") == "2026-W25"


def test_no_percentages_below_thirty(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    report = build_at(make_snapshot(world(members=28, newcomers=0)))
    assert "%" not in report.summary_txt.read_text(encoding="utf-8")


def test_a_report_of_nothing_says_so(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    report = build_at(make_snapshot(world(weeks=0, newcomers=0, memberships=False)), locale="en")
    assert report.headline == "There is no complete week to report on yet."
    page = report.dashboard.read_text(encoding="utf-8")
    assert report.headline in page
    assert "Monday to Sunday" in report.summary_html.read_text(encoding="utf-8")


def test_a_community_without_sources_has_a_page(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    report = build_at(make_snapshot(world(sources=(), newcomers=0, memberships=False, weeks=0)))
    assert "No source has delivered data yet." in report.dashboard.read_text(encoding="utf-8")


def test_a_folder_that_is_no_snapshot_is_one_clear_line(tmp_path: Path, build_at: Callable[..., Report]) -> None:
    with pytest.raises(ReportError, match=r"manifest\.json: no readable snapshot manifest; run `muster run`"):
        build_at(tmp_path)


def test_an_unknown_language_is_one_clear_line(snapshot: Path, build_at: Callable[..., Report]) -> None:
    with pytest.raises(ReportError, match=r"community\.locale: 'de' is not known; choose one of en, fr, ru"):
        build_at(snapshot, locale="de")


def test_recent_warnings_are_told(report: Report) -> None:
    text = report.summary_txt.read_text(encoding="utf-8")
    assert "gave 1 warning:" in text
    assert "volume_in_range (raw_discourse.messages)" in text


def test_days_that_were_not_observed_lower_the_badge(
    make_snapshot: Callable[[World], Path], build_at: Callable[..., Report], world: type[World]
) -> None:
    lost = date(2026, 6, 29) - timedelta(days=15)
    report = build_at(make_snapshot(world(gap=(lost, lost))))
    assert slots(report)["days.known"]["value"] == 27
