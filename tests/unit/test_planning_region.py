"""The region file as a world: what the file says is what the simulation plays."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from schakel.domain.durations import DAY, MINUTE
from schakel.domain.region import find, load
from schakel.domain.vocabulary import AmbulanceUrgency, Care, UnitKind, Urgency
from schakel.indicators import mobile_care_consults, reached_within, utilisation
from schakel.planning import kernel
from schakel.planning.policies import GoHome, Policy
from schakel.planning.region import demand_of, world_of

MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) * 1000
UNTIL = MONDAY + 14 * DAY


@pytest.fixture(scope="module")
def region():
    return load(find("midden-nederland"))


@pytest.fixture(scope="module")
def world(region):
    return world_of(region, MONDAY, UNTIL)


@pytest.fixture(scope="module")
def demand(region):
    return demand_of(region, MONDAY, UNTIL, seed=1)


def test_units_are_on_duty_when_the_roster_says_so(region, world):
    dice = np.random.default_rng(0)
    for unit, planned in zip(region.units, world.fleet, strict=True):
        for at in dice.integers(MONDAY, UNTIL, 20).tolist():
            assert any(start <= at < end for start, end in planned.shifts) == region.on_duty(unit, at)


def test_demand_is_about_what_the_file_expects(region, demand):
    """Two weeks out of a year, within four standard errors of a Poisson count."""
    per_year = region.demand.ambulance_per_year[AmbulanceUrgency.A1]
    expected = per_year * 14 / 365.25
    a1 = (demand.urgency == Urgency.U1.rank) & (demand.care == tuple(Care).index(Care.ALS))
    assert abs(a1.sum() - expected) < 4 * np.sqrt(expected) + 0.02 * expected
    assert ((demand.at >= MONDAY) & (demand.at < UNTIL)).all()


def test_the_same_seed_gives_the_same_people_and_another_replication_others(region, demand):
    again, other = (demand_of(region, MONDAY, UNTIL, seed=1, replication=n) for n in (0, 1))
    assert (again.at == demand.at).all() and (again.on_scene == demand.on_scene).all()
    assert len(other) != len(demand) or (other.at != demand.at).any()


def test_two_weeks_of_the_region_are_played_and_counted(world, demand):
    log = kernel.play(world, demand, Policy(GoHome(), preempt=True), until=UNTIL).between(MONDAY + DAY, UNTIL)
    share = reached_within(log, Urgency.U1, 15 * MINUTE).share
    assert 0.7 < share < 1
    assert 0.2 < mobile_care_consults(log).share < 0.36
    assert 0.05 < utilisation(log).share < 0.8
    assert any(unit.kind is UnitKind.GP_CAR for unit in world.fleet)
