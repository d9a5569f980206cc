"""What is covered now, what is left when a unit goes, where one had better stand: the same for desk and simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.domain.candidates import Candidate, Due, Member, Search, Terms
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.region import find, load
from schakel.domain.states import UnitStatus
from schakel.domain.travel import Estimate, Point
from schakel.domain.vocabulary import AmbulanceUrgency, Care, UnitKind, Urgency
from schakel.planning.policies import (
    advised_moves,
    closest_idle,
    cover_of,
    cover_without,
    may_leave,
    neighbour_asked,
    reach_from,
)
from schakel.planning.world import NEVER, Ways, World, at_zone, usual_crew

TWELVE = 12 * MINUTE


@st.composite
def situations(draw):
    """Some units, zones with weights, and who reaches whom."""
    units, zones = draw(st.integers(0, 6)), draw(st.integers(1, 8))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return dice.random((units, zones)) < 0.4, dice.integers(0, 9, zones).astype(float)


@given(situations())
def test_what_is_left_is_what_the_others_cover(situation):
    """Counted the other way: with the unit's row taken out."""
    reach, weight = situation
    for unit, left in enumerate(cover_without(reach, weight)):
        assert left == cover_of(np.delete(reach, unit, axis=0), weight)
        assert left.once <= cover_of(reach, weight).once + 1e-12


@given(situations())
def test_a_zone_is_bare_or_covered(situation):
    reach, weight = situation
    now = cover_of(reach, weight)
    assert all(not reach[:, zone].any() for zone in now.bare)
    if weight.sum():
        assert now.once == pytest.approx(1 - weight[list(now.bare)].sum() / weight.sum())
    assert 0 <= now.twice <= now.once <= 1 + 1e-12


def test_nobody_free_covers_nobody():
    now = cover_of(np.zeros((0, 3), dtype=bool), [1, 0, 2])
    assert (now.once, now.twice, now.bare) == (0.0, 0.0, (0, 2))


def test_who_may_leave_keeps_the_least_that_is_asked():
    reach = np.array([[True, True, False], [False, True, False], [False, False, True]])
    assert may_leave(reach, [5, 5, 1], 0.9) == [False, True, True]
    assert may_leave(reach, [5, 5, 1], 1.0) == [False, True, False]


@pytest.fixture(scope="module")
def region():
    return load(find("midden-nederland"))


def test_the_live_centre_asks_with_the_travel_of_its_region(region):
    """All stations with a free unit cover all of the region; one alone does not, and says what it leaves bare."""
    zones, people = [zone.point for zone in region.zones], [zone.inhabitants for zone in region.zones]
    stations = [base.point for base in region.bases if base.organisation == "ravu"]
    whole = cover_of(reach_from(stations, zones, region.travel, TWELVE), people)
    alone = cover_of(reach_from(stations[:1], zones, region.travel, TWELVE), people)
    assert whole.once > 0.99
    assert 0 < alone.once < 0.5
    assert len(alone.bare) > 10


def test_a_simulation_asks_with_the_ways_of_its_world():
    """Zones a, b, c in a row, ten minutes apart: the same question, and the same answer as by hand."""
    minutes = np.array([[0, 10, 20], [10, 0, 10], [20, 10, 0]])
    world = World(
        x=np.array([0, 1000, 2000]), y=np.zeros(3), signals_ms=minutes * MINUTE, bases=np.array([0, 1, 2]), fleet=()
    )
    zones = [at_zone(zone) for zone in range(3)]
    reach = reach_from([at_zone(0), at_zone(0)], zones, Ways(world), TWELVE)
    assert cover_of(reach, [1, 1, 2]) == (0.5, 0.5, (2,))
    [first, *_] = advised_moves(
        [at_zone(0), at_zone(0)], zones, zones, [1, 1, 2], Ways(world), within_ms=TWELVE, busy=0.3
    )
    # From the middle all three are reached: nothing is given up, and c is reached for the first time.
    assert (first.unit, first.base) == (0, 1)
    assert first.gain == pytest.approx(0.7 * 2 / 4)
    assert first.lost == 0


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.9))
def test_an_advised_move_adds_what_it_says(seed, busy):
    """Expected cover worked out anew, before and after."""
    dice = np.random.default_rng(seed)
    units, bases, zones = ([Point(52 + a, 5 + b) for a, b in dice.random((count, 2)) * 0.4] for count in (3, 4, 10))
    weight = dice.integers(1, 9, 10).astype(float)
    moves = advised_moves(units, bases, zones, weight, Estimate(), within_ms=TWELVE, busy=busy, least_gain=0.0)

    def expected(places) -> float:
        count = reach_from(places, zones, Estimate(), TWELVE).sum(axis=0)
        return float(weight @ (1 - busy ** count.astype(float))) / weight.sum()

    for move in moves:
        after = [*units]
        after[move.unit] = bases[move.base]
        assert expected(after) - expected(units) == pytest.approx(move.gain, abs=1e-9)
    gains = [round(move.gain, 12) for move in moves]
    assert gains == sorted(gains, reverse=True)


def test_a_crew_is_not_asked_to_drive_farther_than_agreed(region):
    zones = [zone.point for zone in region.zones]
    stations = [base.point for base in region.bases if base.organisation == "ravu"]
    asked = {
        "within_ms": TWELVE,
        "busy": 0.4,
        "longest_ms": 15 * MINUTE,
    }
    moves = advised_moves(stations[:2], stations, zones, [1.0] * len(zones), region.travel, **asked)
    assert all(move.way_ms <= 15 * MINUTE for move in moves)


# Help of the neighbours

HERE = Point(52.1, 5.1)
TERMS = Terms(travel=Estimate(), position_shelf_life_ms=NEVER)


def unit(key: int, km: float, status: UnitStatus = UnitStatus.ON_DUTY) -> Candidate:
    """An ambulance so many kilometres to the north."""
    at = Point(HERE.lat + km / 111.195, HERE.lon)
    crew = tuple(Member(i, held) for i, held in enumerate(usual_crew(UnitKind.ALS)))
    return Candidate(
        key=key,
        callsign=f"{key:02}",
        kind=UnitKind.ALS,
        organisation=0,
        status=status,
        base=at,
        until=10 * HOUR,
        position=at,
        positioned_at=0,
        crew=crew,
        takes_requests=True,
    )


def search(norm: int = 15 * MINUTE) -> Search:
    due = Due(norm, norm)
    return Search(
        terms=TERMS,
        now=0,
        point=HERE,
        urgency=Urgency.U1,
        ambulance_urgency=AmbulanceUrgency.A1,
        response=due,
        waiting=due,
    )


@pytest.mark.parametrize(
    ("own", "theirs", "asked"),
    [
        ([], [unit(9, 3)], 9),  # nobody of ours
        ([unit(1, 30)], [unit(9, 8)], 9),  # ours too late, theirs in time
        ([unit(1, 9)], [unit(9, 1)], 9),  # both in time, theirs much sooner
        ([unit(1, 4)], [unit(9, 2)], None),  # a little sooner is no reason
        ([unit(1, 4)], [unit(9, 30)], None),
        ([unit(1, 4)], [], None),
        ([unit(1, 30)], [replace(unit(9, 3), status=UnitStatus.OFF_DUTY)], None),  # by the same rules as ours
    ],
)
def test_a_neighbour_is_asked_where_it_makes_a_difference(own, theirs, asked):
    best = closest_idle(own, Care.ALS, search())
    found = neighbour_asked(best, theirs, Care.ALS, search())
    assert (None if found is None else found.key) == asked
