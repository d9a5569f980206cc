"""What a run is counted as: parts add up to the whole, and the awkward cases fall as they are written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from schakel.domain import events as e
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.vocabulary import UnitKind, Urgency
from schakel.indicators import Count, Spread, reached_within, read_timeline, response_times, utilisation
from schakel.indicators.parts import parts
from schakel.planning import play
from schakel.planning.experiment import About, Player, count, planned_cover
from schakel.planning.experiment.counting import covered, in_seconds, norm_ms, taken_away
from schakel.planning.world import Unit, World
from small_scenario import a_scenario
from worlds import runs


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A scenario, the log of its base in one replication, and what was counted of it."""
    scenario = a_scenario(tmp_path_factory.mktemp("scenario"))
    player = Player(scenario)
    log = player.log(scenario.base, 0)
    world, _ = player.made(scenario.base)
    return scenario, world, log, count(log, world, scenario.region, scenario.reach_ms)


@settings(max_examples=20, deadline=None)
@given(runs())
def test_the_parts_of_a_log_add_up_to_the_whole(run):
    log = play(*run)
    of = np.arange(len(log.keys())) % 3
    pieces = parts(log, "request", of)
    norm = 15 * MINUTE
    for urgency in Urgency:
        total, spread = Count(0, 0), Spread()
        for piece in pieces.values():
            total += reached_within(piece, urgency, norm)
            spread += response_times(piece, urgency)
        assert total == reached_within(log, urgency, norm)
        assert spread == response_times(log, urgency)


@settings(max_examples=20, deadline=None)
@given(runs())
def test_the_units_of_a_log_are_busy_as_long_as_all_of_them_together(run):
    log = play(*run)
    pieces = parts(log, "unit", np.arange(len(log.keys("unit"))) % 2)
    total = Count(0, 0)
    for piece in pieces.values():
        total += utilisation(piece)
    assert total == utilisation(log)


def test_whoever_has_no_part_is_in_none(played):
    *_, log, _ = played
    assert parts(log, "request", np.full(len(log.keys()), -1)) == {}


def test_classes_and_kinds_of_care_add_up_to_everybody_who_was_not_helped_by_telephone(played):
    _, _, log, counted = played
    received = log.first(e.Received)
    inside = (received >= log.since) & (received < log.until)
    advice = log.first_fact(e.CareChosen, "care") == 10
    spreads = [one for about, one in counted.items() if about.indicator == "response" and not about.area]
    assert sum(one.count for one in spreads) == (inside & ~advice & (log.first(e.Triaged) < 2**62)).sum()


def test_sub_regions_add_up_to_the_region_and_so_do_municipalities(played):
    scenario, *_, counted = played
    whole = counted[About("within_norm", "A1")]
    for areas in (
        [part.id for part in scenario.region.subregions],
        [town.name for town in scenario.region.municipalities],
    ):
        total = Count(0, 0)
        for area in areas:
            total += counted.get(About("within_norm", "A1", area), Count(0, 0))
        assert total == whole


def test_a_figure_is_that_of_the_catalogue(played):
    _, world, log, counted = played
    als = parts(log, "request", np.where(log.first_fact(e.CareChosen, "care") == 0, 0, -1))[0]
    assert counted[About("within_norm", "A1")] == reached_within(als, Urgency.U1, world.norm_ms[Urgency.U1])


def test_other_care_has_the_wait_that_is_agreed_and_an_ambulance_its_norm(played):
    scenario, world, *_ = played
    assert norm_ms(world, scenario.region, "A2", Urgency.U2) == 30 * MINUTE
    assert norm_ms(world, scenario.region, "gp_visit", Urgency.U2) == scenario.region.norms.waiting_ms[Urgency.U2]


def test_times_are_rounded_up_to_whole_seconds_and_none_is_lost():
    told = in_seconds([Spread([1, 1_000, 1_001]), Spread([], [59_999])])
    assert told == Spread([1_000, 1_000, 2_000], [60_000])
    assert in_seconds([]).count == 0


COVER = """
09:00 received 1 zone=a
09:01 care_chosen 1 care=als
{more}
"""


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("09:01 accepted 1\n09:02 departed 1\n09:14 arrived 1", Count(1, 1)),
        ("09:01 accepted 1\n09:02 departed 1\n09:14:00.001 arrived 1", Count(0, 1)),
        ("09:02 accepted 1\n09:02 departed 1\n09:03 arrived 1", Count(0, 1)),
        ("09:01 accepted 1\n09:02 departed 1", Count(0, 0)),
        ("", Count(0, 1)),
    ],
    ids=["within the drive", "a moment too long", "had to wait", "still driving", "nobody yet"],
)
def test_cover_as_it_was_met(more, wanted):
    log = read_timeline(COVER.format(more=more), until="23:00")
    assert covered(log, np.full(len(log.keys()), True), 12 * MINUTE) == wanted


def test_a_job_that_was_taken_away_counts_where_it_was_accepted():
    log = read_timeline(
        "09:00 accepted 1 unit=1\n09:10 preempted 1\n09:10 accepted 2 unit=1 request=2\n", since="09:00", until="09:30"
    )
    assert taken_away(log) == Count(1, 2)
    assert taken_away(log.between(log.since + 5 * MINUTE, log.until)) == Count(0, 1)


def test_cover_by_the_rosters_counts_inhabitants_and_hours():
    """Two zones of 10 and 30 people, ten minutes apart. One unit at the first all day, one more for two hours."""
    ways = np.array([[0, 10], [10, 0]]) * MINUTE
    world = World(
        x=np.array([0, 9_000]),
        y=np.array([0, 0]),
        signals_ms=ways,
        bases=np.array([0, 1]),
        fleet=(Unit(UnitKind.ALS, 0), Unit(UnitKind.ALS, 1, ((HOUR, 3 * HOUR),)), Unit(UnitKind.MCA, 1)),
    )
    people = np.array([10, 30])
    assert planned_cover(world, people, 12 * MINUTE, 0, 4 * HOUR) == (Count(160, 160), Count(80, 160))
    assert planned_cover(world, people, 5 * MINUTE, 0, 4 * HOUR) == (Count(40 + 60, 160), Count(0, 160))
