"""The demo's configuration is valid TOML and says what the community is."""

from __future__ import annotations

import csv
import tomllib
from datetime import datetime

from sandbox import truth
from sandbox.community import Community
from sandbox.example import configuration, identities


def test_configuration_names_sources_gap_and_staff(community: Community) -> None:
    read = tomllib.loads(configuration(community, "http://127.0.0.1:9", "exports/workspace.zip"))
    assert read["community"] == {"name": "Lanternfield", "timezone": "Europe/Paris", "locale": "en"}
    assert read["sources"]["forum"] == {"platform": "discourse", "base_url": "http://127.0.0.1:9"}
    gap = read["sources"]["chat"]["gaps"][0]
    lost = [act.at for act in truth.acts(community) if act.is_lost]
    start, stop = (gap[key].replace(tzinfo=None) for key in ("from", "to"))
    assert isinstance(start, datetime)
    assert start <= min(lost) <= max(lost) < stop
    assert read["sources"]["chat"]["bridge_bots"] == [community.chat.bridge_bot]
    assert all(entry.split(":")[0] in read["sources"] for entry in read["members"]["staff"] + read["members"]["bots"])
    assert "bridge_bots" not in configuration(community, "http://127.0.0.1:9", bridge_key=None)


def test_identities_link_the_persons_in_both_places(community: Community) -> None:
    rows = list(csv.DictReader(identities(community).splitlines()))
    both = {number for number, accounts in truth.persons(community).items() if len(accounts) == 2}
    assert {row["person"] for row in rows} == {f"p{number}" for number in both}
    assert len(rows) == 2 * len(both)
