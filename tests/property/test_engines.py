"""Two engines, one answer: no generated world may tell them apart."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings

from schakel.domain.durations import DAY, MINUTE
from schakel.domain.events import Accepted, Cancelled, Declined, HandedOver, Preempted, ReachedDestination
from schakel.domain.life_cycles import evolve, subjects_of, why_not
from schakel.domain.states import STATES
from schakel.domain.vocabulary import Care, UnitKind
from schakel.indicators import NEVER, write_timeline
from schakel.planning import chain, kernel, reference
from schakel.planning.demand import Demand
from schakel.planning.policies import Dmexclp, Policy
from schakel.planning.world import Unit, World
from worlds import a_busy_day, chain_runs, runs


@settings(deadline=None, max_examples=300)
@given(runs())
def test_the_engines_agree_to_the_millisecond(run):
    world, demand, policy = run
    slow, fast = reference.play(world, demand, policy), kernel.play(world, demand, policy)
    assert write_timeline(fast) == write_timeline(slow)
    assert list(fast.events()) == list(slow.events())


@settings(deadline=None, max_examples=300)
@given(chain_runs())
def test_the_engines_agree_on_the_whole_chain_to_the_millisecond(run):
    """Places, answers, rules of care, two units for one patient, neighbours and the pace of traffic."""
    world, demand, policy = run
    slow, fast = reference.play(world, demand, policy), kernel.play(world, demand, policy)
    assert write_timeline(fast) == write_timeline(slow)
    assert list(fast.events()) == list(slow.events())


@settings(deadline=None, max_examples=100)
@given(runs())
def test_a_plain_world_gives_the_same_on_the_short_and_on_the_long_road(run):
    world, demand, policy = run
    assert list(chain.play(world, demand, policy).events()) == list(kernel.play(world, demand, policy).events())


@settings(deadline=None, max_examples=100)
@given(runs() | chain_runs())
def test_a_simulation_writes_only_histories_that_the_life_cycles_allow(run):
    """What the desk would refuse does not happen in a simulation either."""
    engine = reference.Run(*run)
    engine.to_the_end()
    states = {}
    for event in engine.history:
        for subject, key in subjects_of(event):
            state = states.get((subject, key), STATES[subject]())
            assert why_not(state, subject, type(event)) is None, (event, state)
            states[subject, key] = evolve(state, subject, event)


def moment(event):
    """At one moment the older job ends before the next begins; a job that takes no time begins before it ends."""
    return event.at, getattr(event, "deployment", -1), type(event).__name__ != "Accepted"


@settings(deadline=None, max_examples=100)
@given(runs())
def test_nobody_is_in_two_places_and_everybody_is_accounted_for(run):
    world, demand, policy = run
    busy = {}
    log = kernel.play(world, demand, policy)
    ends = Counter()
    for event in sorted(log.events(), key=moment):
        match type(event).__name__:
            case "Accepted":
                assert event.unit not in busy, "a unit has one patient at a time"
                busy[event.unit] = event.request
            case "Cleared" | "Preempted":
                assert busy.pop(event.unit) == event.request
            case "Closed":
                ends[event.request] += 1
    assert not busy
    assert all(times == 1 for times in ends.values())
    assert set(log.keys("request")) <= set(range(len(demand)))


@settings(deadline=None, max_examples=100)
@given(chain_runs())
def test_in_the_whole_chain_a_unit_has_one_job_and_a_room_one_patient(run):
    """And a request is closed once, when everybody is done with it."""
    world, demand, policy = run
    log = kernel.play(world, demand, policy)
    jobs, closed, last = {}, Counter(), {}
    for event in sorted(log.events(), key=moment):
        match type(event).__name__:
            case "Accepted" if event.unit is not None:
                assert event.unit not in jobs, "a unit has one patient at a time"
                jobs[event.unit] = event.deployment
            case "Cleared" | "Preempted" | "Cancelled":
                if event.unit is not None:
                    assert jobs.pop(event.unit) == event.deployment
                last[event.request] = max(last.get(event.request, 0), event.at)
            case "Closed":
                closed[event.request] += 1
                assert event.at >= last.get(event.request, 0)
    assert all(times == 1 for times in closed.values())
    at, change = [], []
    for event in log.events():
        if type(event).__name__ in ("Arrived", "Cleared") and event.unit is None:
            at.append((event.place, event.at))
            change.append(1 if type(event).__name__ == "Arrived" else -1)
    most = {number: max(count for _, count in place.rooms) for number, place in enumerate(world.places)}
    taken = Counter()
    for (place, _), step in sorted(zip(at, change, strict=True)):
        taken[place] += step
        assert taken[place] <= most[place]


@pytest.mark.parametrize("seed", range(4))
def test_the_engines_agree_on_a_busy_day_of_the_whole_chain(seed):
    """Everything at once, and each of it often enough to have been seen."""
    world, demand, policy = a_busy_day(seed)
    slow, fast = reference.play(world, demand, policy), kernel.play(world, demand, policy)
    assert list(fast.events()) == list(slow.events())
    for kind in (Preempted, Declined, Cancelled):
        assert len(fast.rows(kind)) > 5, kind
    reached, handed_over = (fast.first(kind, "deployment") for kind in (ReachedDestination, HandedOver))
    brought = handed_over < NEVER
    assert ((handed_over - reached)[brought] > demand.handover.min()).any()
    assert len(set(fast.column("place")[fast.rows(ReachedDestination)].tolist())) == 4
    lent = [number for number, unit in enumerate(world.fleet) if unit.neighbour]
    assert np.isin(fast.column("unit")[fast.rows(Accepted)], lent).any()


@pytest.mark.parametrize("seed", range(6))
def test_the_engines_agree_on_a_day_that_is_too_busy(seed):
    """Many A0 calls and few units: somebody is left for another about every fifth time."""
    dice = np.random.default_rng(seed)
    zones, size = 30, 250
    x, y = dice.integers(0, 40_000, (2, zones))
    ways = np.rint(np.hypot(x[:, None] - x, y[:, None] - y) * 60).astype(int)
    bases = dice.choice(zones, 5, replace=False)
    units = tuple(Unit(UnitKind.ALS, int(home)) for home in dice.integers(0, 5, 9))
    world = World(x=x, y=y, signals_ms=ways, bases=bases, fleet=units, hospitals=bases[:2])
    demand = Demand(
        at=np.sort(dice.integers(0, DAY, size)),
        handling=dice.integers(0, 3 * MINUTE, size),
        zone=dice.integers(0, zones, size),
        urgency=dice.choice(3, size, p=[0.3, 0.4, 0.3]),
        care=np.full(size, tuple(Care).index(Care.ALS)),
        on_scene=dice.integers(5 * MINUTE, 30 * MINUTE, size),
        transported=dice.random(size) < 0.7,
        handover=dice.integers(5 * MINUTE, 20 * MINUTE, size),
        clearing=dice.integers(0, 5 * MINUTE, size),
    )
    policy = Policy(Dmexclp.of(world, np.ones(zones), 0.4, 12 * MINUTE), preempt=True)
    slow, fast = reference.play(world, demand, policy), kernel.play(world, demand, policy)
    assert len(fast.rows(Preempted)) > 10
    assert list(fast.events()) == list(slow.events())
