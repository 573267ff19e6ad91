"""What a profile shows of a person's other places."""

from __future__ import annotations

from sources.mastodon import records

LINK = (
    '<a href="https://forum.example.org/u/ann" target="_blank" rel="nofollow noopener me"><span class="invisible">'
    'https://</span><span class="">forum.example.org/u/ann</span><span class="invisible"></span></a>'
)


def test_the_addresses_in_a_profile_s_fields_are_its_links() -> None:
    fields = [
        {"name": "Forum", "value": LINK, "verified_at": None},
        {"name": "Blog", "value": '<a href="https://ann.example.org/">my blog</a>'},
        {"name": "Pronouns", "value": "she"},
        {"name": "Broken", "value": None},
    ]
    shown = {"id": "1", "acct": "ann", "fields": fields}
    assert records.account(shown)["links"] == "https://forum.example.org/u/ann https://ann.example.org/"
    assert records.account({"id": "1", "acct": "ann", "fields": fields[2:]})["links"] is None
    assert records.account({"id": "1", "acct": "ann", "fields": "?"})["links"] is None
