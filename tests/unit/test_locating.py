"""From a question of location to an answer that was counted again, and to files."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.domain.region import find, load
from schakel.domain.travel import Estimate, Point
from schakel.planning.cover import cover_sets, merged_in_chunks
from schakel.planning.location import (
    Asked,
    Model,
    NoPlacement,
    Site,
    Siting,
    fewest,
    locate,
    outcome,
    served_cover,
    siting_of,
)
from schakel.planning.location import siting as of_siting
from schakel.planning.location.cmclp import can_serve
from schakel.planning.location.outcome import SHIFTS_A_YEAR, over_borders
from schakel.planning.location.report import as_csv, as_html, summary


def somewhere(points: int, sites: int, seed: int, areas: int = 2) -> Siting:
    """Points and sites by chance in a place of forty kilometres, ways by the estimate."""
    dice = np.random.default_rng(seed)
    at, to = (np.array([52.0, 5.0]) + dice.random((count, 2)) * np.array([0.36, 0.58]) for count in (points, sites))
    return Siting(
        name="somewhere",
        ids=[str(i) for i in range(points)],
        lat=at[:, 0],
        lon=at[:, 1],
        weight=dice.integers(0, 50, points).astype(float),
        area=np.array([f"a{i}" for i in dice.integers(0, areas, points)]),
        sites=tuple(Site(f"s{i}", f"Site {i}", Point(*to[i]), i < 2, f"a{i % areas}") for i in range(sites)),
        per_year=50_000.0,
    )


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 140), st.integers(1, 400), st.integers(1, 97))
def test_merging_in_chunks_is_merging_at_once(seed, sites, points, chunk):
    """Whatever the chunks, and beyond one word of 64 sites: the same classes with the same weights."""
    dice = np.random.default_rng(seed)
    patterns = dice.random((12, sites)) < 0.5
    reach = patterns[dice.integers(0, 12, points)]
    weight = dice.integers(0, 9, points)
    whole = cover_sets(reach, weight)
    parts = merged_in_chunks(((reach[i : i + chunk], weight[i : i + chunk]) for i in range(0, points, chunk)), sites)

    by_site = cover_sets(np.asfortranarray(reach), weight)
    assert (by_site.reach == whole.reach).all() and (by_site.of == whole.of).all()

    def as_set(sets):
        return {row.tobytes(): w for row, w in zip(sets.reach, sets.weight.tolist(), strict=True)}

    assert as_set(parts) == as_set(whole)
    assert parts.weight.dtype == np.int64
    assert len(parts) == len(whole)


def test_rows_whose_mixture_is_the_same_are_kept_apart(monkeypatch):
    """A mixture of words that says nothing sends everything down the exact road."""
    from schakel.planning import cover

    monkeypatch.setattr(cover, "_ODD", np.uint64(0))
    dice = np.random.default_rng(1)
    reach = np.zeros((200, 130), dtype=bool)
    reach[:, :64] = dice.random((200, 64)) < 0.5
    reach[:, 128:] = True
    sets = cover_sets(reach, np.ones(200))
    assert len(sets) == len(np.unique(reach, axis=0))
    assert (sets.reach[sets.of] == reach).all()


def test_ways_in_chunks_are_those_of_the_desk(monkeypatch):
    """The estimate as columns gives what `domain.travel` gives one by one, whatever the chunk."""
    place = somewhere(50, 6, 3)
    by_desk = np.array(
        [
            Estimate().from_many([site.point for site in place.sites], Point(lat, lon), True)
            for lat, lon in zip(place.lat, place.lon, strict=True)
        ]
    )
    assert np.abs(place.ways() * 60_000 - by_desk).max() < 1
    assert (place.reach(12.0) == (place.ways() <= 12.0)).all()
    whole = locate(place, Asked(Model.MCLP, number=2))
    monkeypatch.setattr(of_siting, "CHUNK", 7)
    parts = locate(place, Asked(Model.MCLP, number=2))
    assert parts.placement.figure == whole.placement.figure
    assert parts.outcome.by_units.tolist() == whole.outcome.by_units.tolist()


EVERY = [
    Asked(Model.LSCP, within=25),
    Asked(Model.FEWEST, within=12, share=0.6, double=0.2),
    Asked(Model.MCLP, number=3),
    Asked(Model.MCLP, number=8, most_per_shift=4.0),
    Asked(Model.DSM, number=5, far=30, share=0.4, at_each=2),
    Asked(Model.MEXCLP, number=6, busy=0.4),
    Asked(Model.MALP, number=6, busy=0.4, reliability=0.8),
    Asked(Model.P_MEDIAN, number=3),
    Asked(Model.P_CENTRE, number=3),
]


@pytest.mark.parametrize("asked", EVERY, ids=lambda one: f"{one.model.value}{one.most_per_shift or ''}")
@pytest.mark.parametrize("seed", [1, 2])
def test_every_model_is_proven_and_counted_again(asked, seed):
    answer = locate(somewhere(60, 9, seed), asked)
    assert answer.proven == "proven optimal"
    assert answer.outcome.by_units.sum() == pytest.approx(answer.siting.weight.sum())
    assert answer.outcome.nearest.sum() == pytest.approx(answer.siting.weight.sum())
    assert dict(summary(answer))["Checked"].endswith("the same")


@pytest.mark.parametrize("asked", EVERY, ids=lambda one: f"{one.model.value}{one.most_per_shift or ''}")
def test_stations_that_stay_stay(asked):
    assert 7 in locate(somewhere(60, 9, 1), replace(asked, keep=("s7",))).placement.sites


def test_a_claim_that_is_not_counted_again_is_an_error_of_ours(monkeypatch):
    from schakel.planning.location import study

    def boasting(*given, **more):
        found = study.__dict__["_honest"](*given, **more)
        return replace(found, figure=found.figure + 1)

    monkeypatch.setitem(study.__dict__, "_honest", study.maximal_cover)
    monkeypatch.setattr(study, "maximal_cover", boasting)
    with pytest.raises(AssertionError, match="the model claims"):
        locate(somewhere(30, 5, 1), Asked(Model.MCLP, number=2))


def test_behind_closed_borders_less_is_covered_and_nobody_helps():
    place = somewhere(80, 8, 4)
    free, shut = (locate(place, Asked(Model.MCLP, number=3, closed=closed)) for closed in (False, True))
    assert shut.placement.figure <= free.placement.figure
    assert free.outcome.helped is not None and shut.outcome.helped is None
    names, flows = over_borders(place, free.placement.units)
    assert flows.sum() == pytest.approx(place.weight.sum())
    assert 1 - np.trace(flows) / flows.sum() == pytest.approx(free.outcome.helped)
    assert names == ["a0", "a1"]


# Utilisation as a condition


@pytest.mark.parametrize("seed", range(5))
def test_what_can_be_served_is_a_flow_and_no_placement_serves_more(seed):
    from itertools import combinations_with_replacement

    dice = np.random.default_rng(seed)
    reach, weight = dice.random((12, 4)) < 0.4, dice.integers(1, 30, 12).astype(float)
    found = served_cover(reach, weight, 3, 40.0)
    best = max(
        can_serve(reach, weight, np.bincount(one, minlength=4), 40.0)
        for one in combinations_with_replacement(range(4), 3)
    )
    assert found.figure == pytest.approx(best, rel=1e-6)
    assert found.gap == 0


def test_a_lower_limit_a_shift_serves_fewer_and_spreads_the_units():
    place = somewhere(60, 9, 2)
    loose, tight = (locate(place, Asked(Model.MCLP, number=6, most_per_shift=most)) for most in (50.0, 3.0))
    assert tight.placement.figure < loose.placement.figure
    can = 3.0 * SHIFTS_A_YEAR * 6 / 50_000 * place.weight.sum()
    assert tight.placement.figure <= can * (1 + 1e-9)


# The fewest stations for a share


@pytest.mark.parametrize("seed", range(6))
def test_no_fewer_stations_reach_the_shares(seed):
    from itertools import combinations

    dice = np.random.default_rng(seed)
    reach, weight, group = dice.random((25, 7)) < 0.35, dice.integers(1, 20, 25).astype(float), dice.integers(0, 2, 25)

    def is_enough(chosen) -> bool:
        count = reach[:, list(chosen)].sum(axis=1)
        once = all(weight[(group == g) & (count >= 1)].sum() >= 0.7 * weight[group == g].sum() for g in (0, 1))
        return once and weight[count >= 2].sum() >= 0.3 * weight.sum()

    least = next((n for n in range(1, 8) if any(map(is_enough, combinations(range(7), n)))), None)
    if least is None:
        with pytest.raises(NoPlacement):
            fewest(reach, weight, share=0.7, double=0.3, group=group)
    else:
        found = fewest(reach, weight, share=0.7, double=0.3, group=group)
        assert (found.figure, found.gap) == (least, 0)
        assert is_enough(found.sites)


def test_shares_that_no_sites_reach_are_refused_with_a_sentence():
    with pytest.raises(NoPlacement, match=r"less than 90\.0% is within reach of any site"):
        fewest([[True], [False]], [1, 1], share=0.9)
    with pytest.raises(NoPlacement, match="within reach of two of these 1 sites"):
        fewest([[True], [True]], [1, 1], share=0.9, double=0.5)


# What it means, and how it is written down


def test_the_outcome_is_counted_by_hand():
    place = replace(
        somewhere(3, 2, 1),
        minutes=np.array([[5.0, 20.0], [12.0, 12.0], [30.0, 13.0]]),
        weight=np.array([1.0, 2.0, 5.0]),
    )
    told = outcome(place, np.array([1, 2]), 12)
    assert told.by_units.tolist() == [5, 1, 0, 2]
    assert (told.share(1), told.share(2)) == (3 / 8, 2 / 8)
    assert told.minutes == (5 + 2 * 12 + 5 * 13) / 8
    assert told.farthest == 13
    assert told.nearest.tolist() == [3, 5]
    assert told.per_shift(np.array([1, 2]), SHIFTS_A_YEAR * 8).tolist() == [3, 2.5]


def test_the_table_and_the_page_hold_every_site_that_is_used_and_fetch_nothing():
    region = load(find("midden-nederland"))
    answer = locate(siting_of(region), Asked(Model.MEXCLP, number=20, busy=0.4))
    lines = list(csv.DictReader(io.StringIO(as_csv(answer))))
    assert len(lines) == len(answer.placement.sites)
    assert sum(int(line["units"]) for line in lines) == 20
    page = as_html(answer)
    assert page.count('class="open"') == len(lines) + 1  # and one in the legend
    assert not re.search(r"(https?:)?//|<script|@import|url\(", page)
    for line in lines:
        assert line["name"].replace("'", "&#x27;") in page


def test_names_from_a_table_are_text_on_the_page():
    place = somewhere(5, 2, 1)
    named = replace(place, name="<b>", sites=(replace(place.sites[0], name="<script>x</script>"), place.sites[1]))
    page = as_html(locate(named, Asked(Model.MCLP, number=1, keep=("s0",))))
    assert "<script" not in page and "<b>" not in page


def test_many_points_are_drawn_as_a_grid():
    answer = locate(somewhere(9_000, 5, 1), Asked(Model.MCLP, number=2))
    assert as_html(answer).count("<circle") < 6_000
