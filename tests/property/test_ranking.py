"""What holds of every ranking, whatever the fleet."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from schakel.domain.candidates import Candidate, Due, Job, Member, Ranking, Search, Terms, rank, reach, why_not_send
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.fitting_care import NEEDS, Giver, unfilled
from schakel.domain.states import DeploymentStatus, UnitStatus
from schakel.domain.travel import Estimate, Point, distance_km
from schakel.domain.vocabulary import (
    AmbulanceUrgency,
    Care,
    Competence,
    DeclineReason,
    UnitKind,
    Urgency,
)

NOW = 1_772_400_000_000
TERMS = Terms(
    travel=Estimate(),
    position_shelf_life_ms=5 * MINUTE,
    visit_ms={UnitKind.GP_CAR: 25 * MINUTE, UnitKind.NURSE: 20 * MINUTE},
)
CARES_OF_UNITS = [care for care, need in NEEDS.items() if need.giver is Giver.UNIT]

points = st.builds(Point, st.floats(51.9, 52.3), st.floats(4.8, 5.6))
moments_ago = st.integers(0, 20 * MINUTE).map(lambda ago: NOW - ago)
competences = st.frozensets(st.sampled_from(Competence), max_size=4)
members = st.builds(
    Member,
    person=st.integers(1, 10_000),
    valid=competences,
    expired=st.lists(st.tuples(st.sampled_from(Competence), moments_ago), max_size=2).map(tuple),
)
jobs = st.builds(
    Job,
    request=st.integers(1, 20),
    care=st.none() | st.sampled_from(Care),
    urgency=st.none() | st.sampled_from(AmbulanceUrgency),
    status=st.sampled_from(
        [DeploymentStatus.OFFERED, DeploymentStatus.ACCEPTED, DeploymentStatus.UNDER_WAY, DeploymentStatus.ON_SCENE]
    ),
    since=st.none() | moments_ago,
)


def crews_for(kind: UnitKind) -> st.SearchStrategy[tuple[Member, ...]]:
    """Any crew, but often one that suffices for what the unit is meant for."""
    meant = next(need for need in NEEDS.values() if need.units.get(kind) == 0)
    complete = tuple(Member(i, frozenset(slot[0])) for i, slot in enumerate(meant.crew))
    return st.just(complete) | st.lists(members, max_size=3).map(tuple)


@st.composite
def units(draw: st.DrawFn, key: int) -> Candidate:
    kind = draw(st.sampled_from(UnitKind))
    base = draw(points)
    busy = draw(st.lists(jobs, max_size=2))
    return Candidate(
        key=key,
        callsign=f"{draw(st.integers(0, 3))}-{key}",
        kind=kind,
        organisation=1,
        status=draw(st.sampled_from([UnitStatus.ON_DUTY, UnitStatus.ON_DUTY, *UnitStatus])),
        base=base,
        until=draw(st.none() | st.integers(-HOUR, 8 * HOUR).map(lambda left: NOW + left)),
        position=draw(st.none() | st.just(base) | points),
        positioned_at=draw(st.none() | moments_ago),
        went_out_at=draw(st.none() | moments_ago),
        offers_open=sum(job.status is DeploymentStatus.OFFERED for job in busy),
        jobs_open=sum(job.status is not DeploymentStatus.OFFERED for job in busy),
        jobs=tuple(busy),
        crew=draw(crews_for(kind)),
        takes_requests=draw(st.sampled_from([None, True, True, False])),
    )


@st.composite
def fleets(draw: st.DrawFn) -> list[Candidate]:
    return [draw(units(key=key)) for key in range(1, draw(st.integers(1, 8)) + 1)]


@st.composite
def searches(draw: st.DrawFn) -> Search:
    norm = draw(st.integers(1, 120)) * MINUTE
    gone = draw(st.integers(0, 120)) * MINUTE
    due = Due(NOW + norm - gone, norm)
    return Search(
        terms=TERMS,
        now=NOW,
        point=draw(st.none() | points | points),
        request=draw(st.integers(1, 20)),
        urgency=draw(st.none() | st.sampled_from(Urgency)),
        ambulance_urgency=draw(st.none() | st.sampled_from(AmbulanceUrgency)),
        response=draw(st.none() | st.just(due)),
        waiting=draw(st.none() | st.just(due)),
        transport=draw(st.booleans()),
        unit_refusals=draw(st.dictionaries(st.integers(1, 8), st.none() | st.sampled_from(DeclineReason), max_size=2)),
    )


cares = st.sampled_from(CARES_OF_UNITS)


def place_of(key: int, ranking: Ranking) -> int:
    """How many others are before this unit; all of those who can, when it cannot go itself."""
    return next((i for i, row in enumerate(ranking.can) if row.key == key), len(ranking.can))


@settings(deadline=None)
@given(fleets(), st.sampled_from(CARES_OF_UNITS), searches())
def test_everybody_is_there_exactly_once_with_a_sentence(fleet, care, search):
    ranking = rank(fleet, care, search)
    shown = [row.key for row in ranking.can] + [row.key for row in ranking.cannot]
    assert sorted(shown) == [one.key for one in fleet]
    for row in (*ranking.can, *ranking.cannot):
        assert str(row.reason)


@settings(deadline=None)
@given(fleets(), cares, searches())
def test_the_ranking_and_the_single_question_agree(fleet, care, search):
    ranking = rank(fleet, care, search)
    assert {row.key for row in ranking.can} == {one.key for one in fleet if why_not_send(one, care, search) is None}
    for row in ranking.cannot:
        assert why_not_send(next(one for one in fleet if one.key == row.key), care, search) == row.reason


@settings(deadline=None)
@given(fleets(), cares, searches())
def test_reach_counts_what_the_ranking_shows(fleet, care, search):
    can = rank(fleet, care, search).can
    assert reach(fleet, search)[care] == (len(can), min((row.eta_ms for row in can), default=None))


@settings(deadline=None)
@given(fleets(), cares, searches(), st.randoms())
def test_the_order_in_which_they_come_makes_no_difference(fleet, care, search, dice):
    shuffled = list(fleet)
    dice.shuffle(shuffled)
    one, other = rank(fleet, care, search), rank(shuffled, care, search)
    assert one.can == other.can
    assert list(one.cannot) == list(other.cannot)


@settings(deadline=None)
@given(fleets(), cares, searches(), st.integers(0, 7), st.integers(0, 2), st.sampled_from(Competence))
def test_one_more_competence_never_makes_it_worse(fleet, care, search, which, whose, competence):
    one = fleet[which % len(fleet)]
    if not one.crew:
        return
    crew = list(one.crew)
    whose %= len(crew)
    crew[whose] = crew[whose]._replace(valid=crew[whose].valid | {competence})
    richer = replace(one, crew=tuple(crew))
    before = place_of(one.key, rank(fleet, care, search))
    after = place_of(one.key, rank([richer if other is one else other for other in fleet], care, search))
    assert after <= before


@settings(deadline=None)
@given(fleets(), cares, searches(), st.integers(0, 7))
def test_setting_a_unit_free_never_makes_it_worse(fleet, care, search, which):
    one = fleet[which % len(fleet)]
    freed = replace(one, offers_open=0, jobs_open=0, jobs=())
    before = place_of(one.key, rank(fleet, care, search))
    after = place_of(one.key, rank([freed if other is one else other for other in fleet], care, search))
    assert after <= before


@settings(deadline=None)
@given(fleets(), cares, searches(), points, points)
def test_a_nearer_twin_never_ranks_below_a_farther(fleet, care, search, here, there):
    if search.point is None:
        return
    near, far = sorted((here, there), key=lambda point: distance_km(point, search.point))
    [near_ms, far_ms] = search.terms.travel.from_many([near, far], search.point, True)
    if near_ms >= far_ms:
        return
    twin = replace(fleet[0], position=near, positioned_at=NOW, key=100, callsign="z")
    farther = replace(twin, position=far, key=101, callsign="a")
    keys = [row.key for row in rank([*fleet, farther, twin], care, search).can]
    if 101 in keys:
        assert keys.index(100) < keys.index(101)


@settings(deadline=None)
@given(st.lists(competences, max_size=4).map(tuple), st.sampled_from(Care), st.randoms())
def test_who_sits_where_makes_no_difference_to_a_crew(crew, care, dice):
    shuffled = list(crew)
    dice.shuffle(shuffled)
    assert len(unfilled(care, crew)) == len(unfilled(care, tuple(shuffled)))
