"""The region file as the whole chain."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from schakel.domain import events as e
from schakel.domain.durations import DAY, HOUR
from schakel.domain.region import find, load
from schakel.domain.vocabulary import Care, Complaint, PlaceKind, Urgency
from schakel.indicators import NEVER
from schakel.planning import kernel
from schakel.planning.chain_region import BY_AMBULANCE, DEPARTMENT_VISITS, chain_demand_of, chain_of
from schakel.planning.complaints import with_complaints
from schakel.planning.policies import GoHome, Policy

MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) * 1000
UNTIL = MONDAY + 7 * DAY


@pytest.fixture(scope="module")
def region():
    return load(find("midden-nederland"))


@pytest.fixture(scope="module")
def world(region):
    return chain_of(region, MONDAY, UNTIL)


@pytest.fixture(scope="module")
def demand(region, world):
    return chain_demand_of(region, world, MONDAY, UNTIL, seed=1)


def test_places_are_open_when_the_file_says_so(region, world):
    known = [place for place in region.places if place.kind in (PlaceKind.HAP, PlaceKind.SEH)]
    dice = np.random.default_rng(0)
    assert len(known) == len(world.places)
    for told, place in zip(known, world.places, strict=True):
        for at in dice.integers(MONDAY, UNTIL, 50).tolist():
            assert place.is_open(at) == region.calendar.is_in(told.hours, at), told.id


def test_a_week_has_as_many_consults_and_walk_ins_as_a_year_has_weeks(region, demand):
    weeks = 365.25 / 7
    consults = region.demand.hap_per_year * region.demand.hap_consult_share / weeks
    visits = region.inhabitants * DEPARTMENT_VISITS * (1 - BY_AMBULANCE) / weeks
    for found, expected in (
        (int((demand.care == tuple(Care).index(Care.HAP_APPOINTMENT)).sum()), consults),
        (len(demand.walk_ins), visits),
    ):
        assert abs(found - expected) < 4 * np.sqrt(expected) + 0.02 * expected


def test_a_week_of_the_whole_chain_is_played(world, demand):
    log = kernel.play(world, demand, Policy(GoHome(), preempt=True))
    reached, helped = log.first(e.ReachedDestination, "deployment"), log.first(e.Arrived, "deployment")
    at_post = np.isin(log.first_fact(e.Offered, "care", "deployment"), [tuple(Care).index(Care.HAP_APPOINTMENT)])
    assert at_post.sum() > 2_000
    waits = (helped - reached)[at_post]
    assert (waits >= 0).all() and np.median(waits) < HOUR
    assert (log.first(e.Closed) < NEVER).mean() > 0.99
    brought = log.column("place")[log.rows(e.HandedOver)]
    assert set(brought.tolist()) == set(world.departments)


def test_a_region_s_rules_choose_the_care_once_complaints_are_drawn(region, world, demand):
    """A wound that can wait is seen at the post while it is open, and nobody in danger is left to a rule."""
    shares = {Complaint.WOUND: 1.0}
    told = with_complaints(demand, shares, (Care.HAP_APPOINTMENT, Care.GP_VISIT, Care.ALS), seed=1)
    assert (told.complaint == tuple(Complaint).index(Complaint.WOUND)).sum() > 3_000
    assert (told.complaint == -1).any()
    log = kernel.play(replace(world, routing=region.routing), told, Policy(GoHome()))
    care = log.first_fact(e.CareChosen, "care")
    urgency = log.first_fact(e.Triaged, "urgency")
    named = {tuple(Care).index(one) for one in region.routing.rule(Urgency.U4, Complaint.WOUND).care}
    assert set(care[(urgency == Urgency.U4.rank) & (told.complaint >= 0)].tolist()) <= named
    assert (care[(urgency == Urgency.U1.rank) & (told.complaint >= 0)] == tuple(Care).index(Care.ALS)).mean() > 0.9


def test_the_example_of_the_dossier_runs():
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "simulation-dossier.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", page, re.S)
    found = {}
    exec(example, found)
    assert len(found["log"].rows(e.Declined)) > 0
