"""Every check is broken once by planted data and is seen to fail; the list must name every check there is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from expectations.questions import Questions
from expectations.result import Layer
from expectations.scan import UNMEASURED, Profile
from expectations.verdict import judge
from flows.errors import GateRefused
from flows.gate import refuse

NOW = datetime(2024, 6, 30, 12)
RUN = "20240630T120000Z-test"
VARIABLES = {"now": NOW, "started_at": NOW, "run_id": RUN}
PLATFORMS = ("discourse", "slack_export")

FORUM = "raw_discourse.messages"
MEMBERSHIPS = "raw_discourse.memberships"
CHAT = "raw_slack_export.messages"

RAW = [
    ("raw.declarations", "types_as_declared", "alter table raw_discourse.messages alter id type varchar"),
    ("raw.sources", "source_unique", "insert into raw.sources select * from raw.sources limit 1"),
    ("raw.sources", "source_complete", "update raw.sources set role = 'friend'"),
    ("raw.coverage", "interval_ordered", "update raw.coverage set observed_from = observed_to + interval 1 second"),
    ("raw.coverage", "source_fresh", "update raw.coverage set observed_to = '2024-06-27' where source = 'forum'"),
    ("raw.coverage", "source_fresh", "delete from raw.coverage"),
    ("raw.rejected", "reason_given", "update raw.rejected set reason = null"),
    ("raw.rejected", "rejected_few", "update ops.ingests set landed = 880, rejected = 21"),
    ("raw.rejected", "rejected_not_most", "update ops.ingests set landed = 0, unchanged = 499, rejected = 501"),
    ("ops.ingests", "received_adds_up", "update ops.ingests set landed = 899"),
    ("ops.ingests", "rejected_are_kept", "delete from raw.rejected"),
    (FORUM, "key_not_null", "update raw_discourse.messages set id = null where id = 3"),
    (CHAT, "key_not_null", "update raw_slack_export.messages set ts = null where seq = 0"),
    (MEMBERSHIPS, "key_not_null", "update raw_discourse.memberships set scope_id = null"),
    (FORUM, "envelope_not_null", "update raw_discourse.messages set row_hash = null where id = 3"),
    (FORUM, "version_unique", "insert into raw_discourse.messages from raw_discourse.messages limit 1"),
    (MEMBERSHIPS, "version_unique", "insert into raw_discourse.memberships from raw_discourse.memberships"),
    (FORUM, "not_from_future", "update raw_discourse.messages set observed_at = '2024-06-30 12:00:01' where id = 3"),
    (FORUM, "timestamps_in_range", "update raw_discourse.messages set created_at = '1969-12-31' where id = 3"),
    (FORUM, "timestamps_in_range", "update raw_discourse.messages set deleted_at = '2024-07-02' where id = 3"),
    (CHAT, "source_declared", "update raw_slack_export.messages set source = 'gone' where seq = 0"),
    (FORUM, "volume_steady", "delete from raw_discourse.messages where created_at > '2024-06-23 12:00'"),
    (FORUM, "table_present", "drop table raw_discourse.messages"),
]

_EXTRA_MESSAGE = "insert into marts.fct_messages (message_key, source, kind, created_at, local_date) values "

CORE = [
    ("dim_members", "member_key_not_null", "update marts.dim_members set member_key = null where role = 'bot'"),
    ("dim_members", "member_key_unique", "insert into marts.dim_members from marts.dim_members limit 1"),
    ("dim_members", "status_allowed", "update marts.dim_members set status = 'gone'"),
    ("dim_members", "role_allowed", "update marts.dim_members set role = null where role = 'bot'"),
    ("dim_members", "tier_allowed", "update marts.dim_members set tier = 'gold'"),
    ("dim_members", "last_active_not_in_future", "update marts.dim_members set last_active_date = '2024-07-02'"),
    ("dim_members", "accounts_add_up", "update marts.dim_members set accounts_count = 3 where member_key = 'm1'"),
    ("dim_accounts", "account_key_not_null", "update marts.dim_accounts set source = null where account_key = 'ab'"),
    ("dim_accounts", "account_key_unique", "update marts.dim_accounts set account_key = 'a1' where account_id = '3'"),
    ("dim_accounts", "native_id_unique", "update marts.dim_accounts set account_id = '1' where account_id = '3'"),
    ("dim_accounts", "member_known", "update marts.dim_accounts set member_key = 'm9' where account_id = '3'"),
    ("dim_accounts", "source_known", "update marts.dim_accounts set source = 'gone' where account_id = '3'"),
    ("dim_accounts", "role_allowed", "update marts.dim_accounts set role = 'king'"),
    ("dim_channels", "channel_key_not_null", "update marts.dim_channels set channel_key = null"),
    ("dim_channels", "channel_key_unique", "update marts.dim_channels set channel_key = 'c1'"),
    ("dim_channels", "source_known", "update marts.dim_channels set source = 'gone'"),
    ("dim_dates", "local_date_not_null", "insert into marts.dim_dates values (null)"),
    ("dim_dates", "local_date_unique", "insert into marts.dim_dates values ('2024-06-28')"),
    ("dim_dates", "days_without_hole", "delete from marts.dim_dates where local_date = '2024-06-03'"),
    ("dim_sources", "source_not_null", "update marts.dim_sources set platform = null"),
    ("dim_sources", "source_unique", "insert into marts.dim_sources from marts.dim_sources limit 1"),
    ("dim_sources", "role_allowed", "update marts.dim_sources set role = 'friend'"),
    ("fct_messages", "message_key_not_null", "update marts.fct_messages set created_at = null where message_id = '3'"),
    ("fct_messages", "message_key_unique", "insert into marts.fct_messages from marts.fct_messages limit 1"),
    ("fct_messages", "kind_allowed", "update marts.fct_messages set kind = 'note' where message_key = 'x4'"),
    ("fct_messages", "source_known", "update marts.fct_messages set source = 'gone' where message_key = 'x4'"),
    ("fct_messages", "author_known", "update marts.fct_messages set account_key = 'a9' where message_key = 'x4'"),
    ("fct_messages", "author_known", "update marts.fct_messages set member_key = 'm9' where message_key = 'x4'"),
    ("fct_messages", "author_known", "update marts.fct_messages set member_key = 'm1' where message_key = 'x4'"),
    ("fct_messages", "author_known", "update marts.fct_messages set member_key = null where message_key = 'x4'"),
    ("fct_messages", "channel_known", "update marts.fct_messages set channel_key = 'c9'"),
    ("fct_messages", "day_known", _EXTRA_MESSAGE + "('x9', 'forum', 'system', '2024-05-31', '2024-05-31')"),
    (
        "fct_messages",
        "parents_come_first",
        "update marts.fct_messages set parent_message_key = 'x4' where message_key in ('x2', 'x5')",
    ),
    (
        "fct_messages",
        "not_before_parent",
        "update marts.fct_messages set parent_message_key = 'x4' where message_key = 'x2'",
    ),
    ("fct_messages", "not_from_future", _EXTRA_MESSAGE + "('x9', 'forum', 'system', '2024-06-30 13:01', '2024-06-30')"),
    ("fct_messages", "not_after_as_of", _EXTRA_MESSAGE + "('x9', 'chat', 'system', '2024-06-28 13:01', '2024-06-28')"),
    (
        "fct_messages",
        "day_near_instant",
        "update marts.fct_messages set local_date = '2024-06-20' where message_key = 'x4'",
    ),
    ("fct_messages", "counts_not_negative", "update marts.fct_messages set views = -1"),
    ("fct_messages", "changed_after_written", "update marts.fct_messages set edited_at = '2024-06-01'"),
    ("fct_interactions", "interaction_key_not_null", "update marts.fct_interactions set interaction_key = null"),
    ("fct_interactions", "interaction_key_unique", "update marts.fct_interactions set interaction_key = 'i1'"),
    ("fct_interactions", "kind_allowed", "update marts.fct_interactions set kind = 'wave'"),
    ("fct_interactions", "giver_known", "update marts.fct_interactions set from_member_key = 'm9'"),
    ("fct_interactions", "giver_known", "update marts.fct_interactions set from_account_key = 'a9'"),
    ("fct_interactions", "receiver_known", "update marts.fct_interactions set to_member_key = 'm9'"),
    ("fct_interactions", "receiver_known", "update marts.fct_interactions set to_account_key = 'a9'"),
    ("fct_interactions", "message_known", "update marts.fct_interactions set message_key = 'x9'"),
    ("fct_interactions", "not_from_future", "update marts.fct_interactions set occurred_at = '2024-06-30 13:01'"),
    ("fct_memberships", "membership_key_not_null", "update marts.fct_memberships set account_key = null"),
    ("fct_memberships", "membership_key_unique", "update marts.fct_memberships set membership_key = 'e1'"),
    ("fct_memberships", "event_allowed", "update marts.fct_memberships set event = 'vanish'"),
    ("fct_memberships", "scope_kind_allowed", "update marts.fct_memberships set scope_kind = 'world'"),
    ("fct_memberships", "account_known", "update marts.fct_memberships set account_key = 'a9'"),
    ("fct_memberships", "account_known", "update marts.fct_memberships set member_key = 'm9'"),
    ("fct_memberships", "dated", "update marts.fct_memberships set occurred_at = null"),
    ("fct_memberships", "interval_ordered", "update marts.fct_memberships set occurred_after = '2024-06-02'"),
    ("fct_memberships", "not_from_future", "update marts.fct_memberships set occurred_at = '2024-06-30 13:01'"),
    ("fct_member_days", "key_not_null", "update marts.fct_member_days set member_key = null where scope = 'chat'"),
    ("fct_member_days", "key_unique", "insert into marts.fct_member_days from marts.fct_member_days limit 1"),
    ("fct_member_days", "member_known", "update marts.fct_member_days set member_key = 'm9' where scope = 'chat'"),
    ("fct_member_days", "day_known", "update marts.fct_member_days set local_date = '2024-07-04' where scope = 'chat'"),
    ("fct_member_days", "scope_known", "update marts.fct_member_days set scope = 'gone' where scope = 'chat'"),
    ("fct_member_days", "counts_not_negative", "update marts.fct_member_days set replies_received = -1"),
    ("fct_member_days", "acts_ordered", "update marts.fct_member_days set first_at = last_at + interval 1 second"),
    ("fct_member_days", "messages_add_up", "update marts.fct_member_days set posts = posts + 1"),
    ("fct_member_days", "messages_add_up", "delete from marts.fct_member_days where scope = 'chat'"),
    ("fct_member_days", "all_adds_up", "delete from marts.fct_member_days where scope = 'all' and member_key = 'm2'"),
]

_AT = " where scope = 'forum' and population = 'members' and local_date = '2024-06-28'"
_LATE = (
    "insert into marts.engagement_daily (scope, population, local_date, dau)"
    " values ('forum', 'everyone', '2024-07-02', 0), ('forum', 'members', '2024-07-02', 0)"
)
_GAP = "update marts.engagement_daily set dau = 0 where local_date = '2024-06-26'"
_PART = "update ops.coverage set observed_to = '2024-06-26 22:05' where stream is null"
_OTHER = "insert into ops.coverage values ('chat', null, '2024-06-27', '2024-06-28', 'unknown to scope all')"
_MANY = "insert into previous.marts.dim_members (member_key) select i from range(60) as n(i)"

MARTS = [
    ("engagement_daily", "key_not_null", "insert into marts.engagement_daily (scope) values ('forum')"),
    ("engagement_daily", "key_unique", "insert into marts.engagement_daily from marts.engagement_daily limit 1"),
    ("engagement_daily", "population_allowed", "update marts.engagement_daily set population = 'staff'" + _AT),
    ("engagement_daily", "scope_known", "update marts.engagement_daily set scope = 'rival'" + _AT),
    ("engagement_daily", "windows_nested", "update marts.engagement_daily set wau = 9" + _AT),
    ("engagement_daily", "windows_nested", "update marts.engagement_daily set wau = null, dau = 9" + _AT),
    ("engagement_daily", "counts_not_negative", "update marts.engagement_daily set reposts = -1" + _AT),
    ("engagement_daily", "posters_are_active", "update marts.engagement_daily set posters = 2" + _AT),
    ("engagement_daily", "posters_have_posted", "update marts.engagement_daily set posters = 0" + _AT),
    ("engagement_daily", "stickiness_a_rate", "update marts.engagement_daily set stickiness = 1.1" + _AT),
    ("engagement_daily", "stickiness_a_rate", "update marts.engagement_daily set stickiness = 0.6" + _AT),
    ("engagement_daily", "rates_not_negative", "update marts.engagement_daily set er_by_views = -0.1" + _AT),
    ("engagement_daily", "rates_are_quotients", "update marts.engagement_daily set er_by_members = 0.5" + _AT),
    ("engagement_daily", "engaged_within_members", "update marts.engagement_daily set engaged_per_member = 1.5" + _AT),
    ("engagement_daily", "engagements_add_up", "update marts.engagement_daily set engagements = 7" + _AT),
    ("engagement_daily", "engagements_add_up", "update marts.engagement_daily set engagements = null" + _AT),
    ("engagement_daily", "all_covers_each", "update marts.engagement_daily set dau = 0 where scope = 'all'"),
    ("engagement_daily", "messages_of_all_add_up", "update marts.engagement_daily set comments = 9" + _AT),
    ("engagement_daily", "everyone_covers_members", "update marts.engagement_daily set posts = 3" + _AT),
    ("engagement_daily", "populations_paired", "delete from marts.engagement_daily" + _AT),
    ("engagement_daily", "null_after_as_of", _LATE),
    ("engagement_daily", "null_outside_coverage", _GAP),
    ("engagement_daily", "null_outside_coverage", _PART),
    ("engagement_daily", "null_outside_coverage", _OTHER),
    ("engagement_daily", "messages_kept", "update previous.marts.engagement_daily set posts = 90" + _AT),
    ("dim_members", "members_kept", _MANY),
]  # fmt: skip

_WEEK = " where period_start = '2024-06-10' and population = 'members'"
_CELL = " where age = 1"
_HALVED = "update previous.marts.growth_accounting set active = 90 where period_start = '2024-06-03'"

CHURN = [
    ("growth_accounting", "key_not_null", "update marts.growth_accounting set scope = null" + _WEEK),
    ("growth_accounting", "key_unique", "insert into marts.growth_accounting from marts.growth_accounting limit 1"),
    ("growth_accounting", "growth_identity", "update marts.growth_accounting set active = 26" + _WEEK),
    ("growth_accounting", "previous_is_before", "update marts.growth_accounting set previous_active = 29" + _WEEK),
    ("growth_accounting", "retained_add_up", "update marts.growth_accounting set retained = 19" + _WEEK),
    ("growth_accounting", "departures_within_churned", "update marts.growth_accounting set banned = 11" + _WEEK),
    ("growth_accounting", "counts_not_negative", "update marts.growth_accounting set left_explicitly = -1" + _WEEK),
    ("growth_accounting", "churn_rate_a_rate", "update marts.growth_accounting set churn_rate = 0.4" + _WEEK),
    ("growth_accounting", "interval_around_rate", "update marts.growth_accounting set churn_rate_lo = 0.4" + _WEEK),
    ("growth_accounting", "everyone_covers_members", "update marts.growth_accounting set active = 31" + _WEEK),
    ("growth_accounting", "history_kept", _HALVED),
    ("cohort_retention", "rate_within_0_and_1", "update marts.cohort_retention set rate = 1.01" + _CELL),
    ("cohort_retention", "key_not_null", "update marts.cohort_retention set cohort_start = null" + _CELL),
    ("cohort_retention", "key_unique", "insert into marts.cohort_retention from marts.cohort_retention limit 1"),
    ("cohort_retention", "active_within_cohort", "update marts.cohort_retention set active = 21" + _CELL),
    ("cohort_retention", "all_active_at_birth", "update marts.cohort_retention set active = 29 where age = 0"),
    ("cohort_retention", "size_constant", "update marts.cohort_retention set cohort_size = 31" + _CELL),
    ("cohort_retention", "later_never_rises", "update marts.cohort_retention set unbounded_active = 10 where age = 0"),
    ("cohort_retention", "rate_a_rate", "update marts.cohort_retention set rate = 0.4" + _CELL),
    ("cohort_retention", "interval_around_rate", "update marts.cohort_retention set hi = 0.4" + _CELL),
]
RECONCILIATION = [
    ("difference_adds_up", "update ops.reconciliation set our_count = 37"),
    ("unexplained_small", "update ops.reconciliation set our_count = 20, difference = 20, unexplained = 19"),
]

DEFECTS: list[tuple[Layer, str, str, str]] = [
    *(("raw", table, check, defect) for table, check, defect in RAW),
    *(("core", f"marts.{table}", check, defect) for table, check, defect in CORE),
    *(("marts", f"marts.{table}", check, defect) for table, check, defect in [*MARTS, *CHURN]),
    *(("marts", "ops.reconciliation", check, defect) for check, defect in RECONCILIATION),
]


@pytest.fixture(autouse=True)
def _proof_of_all_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few they are, so that the quick way is broken as well."""
    monkeypatch.setattr("expectations.keys.FEW", 0)


@pytest.mark.parametrize(("layer", "table", "check", "defect"), DEFECTS, ids=lambda value: str(value)[:40])
def test_planted_defect_is_refused_or_warned_of(
    database: Path, previous: Path, plant: Any, layer: Layer, table: str, check: str, defect: str
) -> None:
    plant(previous if "previous." in defect else database, defect.replace("previous.", ""))
    questions = Questions(layer, PLATFORMS)
    profiles = questions.measure(database, previous / "community.duckdb", VARIABLES)
    assert not [profile.errors for profile in profiles if profile.errors]
    # Great Expectations is asked about the planted check alone: all of a layer takes seconds
    found = [result for result in questions.failures if (result.table, result.check) == (table, check)]
    found += judge(layer, [alone(profile, check) for profile in profiles if profile.table == table])
    (result,) = found
    assert result.outcome == "fail"
    assert result.observed != result.expected
    if result.severity == "warn":
        refuse(found)
        return
    with pytest.raises(GateRefused, match=check) as refused:
        refuse(found)
    assert refused.value.exit_code == 3


def alone(profile: Profile, check: str) -> Profile:
    asked = [one for one in profile.checks if one.name == check]
    return Profile(profile.table, asked, profile.rows, {one.name: profile.values[one.name] for one in asked})


@pytest.mark.parametrize("layer", ["raw", "core", "marts"])
def test_every_check_has_a_planted_defect(clean: Path, layer: Layer) -> None:
    profiles = Questions(layer, PLATFORMS).measure(clean, clean, VARIABLES)
    asked = {(place(profile.table), check.name) for profile in profiles for check in profile.checks}
    planted = {(place(table), check) for of_layer, table, check, _ in DEFECTS if of_layer == layer}
    assert asked == planted - {("raw_", "table_present")}


def place(table: str) -> str:
    """A check of every stream need be broken in one stream only."""
    return "raw_" if table.startswith("raw_") else table


@pytest.mark.parametrize("layer", ["raw", "core", "marts"])
@pytest.mark.parametrize("value", [1e9, UNMEASURED])
def test_great_expectations_fails_each_check_outside_its_limits(clean: Path, layer: Layer, value: float) -> None:
    profiles = Questions(layer, PLATFORMS).measure(clean, clean, VARIABLES)
    for profile in profiles:
        profile.values = dict.fromkeys(profile.values, value)
    checks = [check for profile in profiles for check in profile.checks]
    results = judge(layer, profiles)
    assert [(result.table, result.check, result.severity) for result in results] == [
        (check.table, check.name, check.severity) for check in checks
    ]
    limited = [result for result, check in zip(results, checks, strict=True) if value > 0 or check.minimum is not None]
    assert {result.outcome for result in limited} == {"fail"}
