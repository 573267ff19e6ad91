"""What each community mart tells, for export: what says which row it is, which columns count people, what adds up.

A mart that is not described here is not exported: nothing leaves because it was forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Columns told or withheld together: `people` are counts of people, `others` give them away or hang on them."""

    people: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """A mart: `where` says which row it is; `sums` are columns of it over which a total is told elsewhere; `within` are
    pairs of counts of which one is inside the other, so that the rest is a group of its own."""

    where: tuple[str, ...]
    groups: tuple[Group, ...] = ()
    sums: tuple[str, ...] = ("scope",)
    within: tuple[tuple[str, str], ...] = ()
    plain: tuple[str, ...] = ()  # columns that tell nothing of people

    @property
    def columns(self) -> tuple[str, ...]:
        """All that is exported, in order."""
        told = (name for group in self.groups for name in (*group.people, *group.others))
        return (*self.where, *told, *self.plain)


_WHO = ("scope", "population")
SHAPES: Mapping[str, Shape] = {
    "dim_dates": Shape(("local_date", "weekday", "iso_week", "iso_year", "week_start", "week_end", "month"), sums=()),
    "dim_sources": Shape(("source", "platform", "role", "is_live", "started_at", "observed_from", "as_of"), sums=()),
    "dim_channels": Shape(("channel_key", "source", "platform", "kind", "parent_channel_key", "is_private"), sums=()),
    "reach_weights": Shape(("kind",), plain=("weight", "half_life_days"), sums=()),
    "engagement_daily": Shape(
        (*_WHO, "local_date"),
        (
            Group(
                ("dau", "posters", "new_posters"),
                (
                    *("stickiness", "stickiness_lo", "stickiness_hi", "posts", "comments", "reposts", "reactions"),
                    *("engaged_per_member", "engagements", "views", "er_by_members", "er_by_views"),
                ),
            ),
            Group(("wau",)),
            Group(("mau",)),
        ),
        within=(("posters", "dau"), ("new_posters", "posters")),
        plain=("members_count", "is_complete", "is_wau_complete", "is_mau_complete", "is_provisional"),
    ),
    "growth_accounting": Shape(
        (*_WHO, "period_kind", "period_start", "period_end"),
        (
            Group(
                (
                    *("active", "previous_active", "new", "retained", "resurrected", "churned"),
                    *("left_explicitly", "banned"),
                ),
                ("quick_ratio", "churn_rate", "churn_rate_lo", "churn_rate_hi"),
            ),
        ),
        plain=("is_complete", "is_provisional"),
    ),
    # then-or-later counts are left out: from one age to the next they tell of single people's last acts
    "cohort_retention": Shape(
        (*_WHO, "cohort_kind", "cohort_start", "age"),
        (Group(("cohort_size", "active"), ("rate", "lo", "hi")),),
        within=(("active", "cohort_size"),),
        plain=("is_complete", "is_provisional"),
    ),
    "silence_threshold": Shape(
        ("scope", "computed_on"),
        (Group(("at_risk", "at_risk_28"), ("silences", "return_rate", "return_rate_28")),),
        plain=("window_days", "silence_days", "is_default"),
    ),
    "survival_comparison": Shape(
        (*_WHO, "stratum", "compared_with"),
        (
            Group(
                ("lives", "compared_lives", "churned", "compared_churned"),
                (
                    *("expected", "compared_expected", "chi_square", "p_value"),
                    *("alike_expected", "alike_chi_square", "alike_p_value"),
                ),
            ),
        ),
        within=(("churned", "lives"), ("compared_churned", "compared_lives")),
    ),
    "active_days": Shape(
        (*_WHO, "week_end", "window_days", "n"), (Group(("members",)),), sums=("n", "scope"), plain=("is_complete",)
    ),
}
LEFT_OUT: Mapping[str, str] = {
    "survival_curve": "every step of it is one person's",
    "key_people": "it tells of a handful of members by design",
}
