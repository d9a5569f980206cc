"""Two engines, one answer: no generated world may tell them apart."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from worlds import runs

from schakel.domain.life_cycles import evolve, subjects_of, why_not
from schakel.domain.states import STATES
from schakel.indicators import write_timeline
from schakel.planning import kernel, reference


@settings(deadline=None, max_examples=300)
@given(runs())
def test_the_engines_agree_to_the_millisecond(run):
    world, demand, policy = run
    slow, fast = reference.play(world, demand, policy), kernel.play(world, demand, policy)
    assert write_timeline(fast) == write_timeline(slow)
    assert list(fast.events()) == list(slow.events())


@settings(deadline=None, max_examples=100)
@given(runs())
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


@settings(deadline=None, max_examples=100)
@given(runs())
def test_nobody_is_in_two_places_and_everybody_is_accounted_for(run):
    world, demand, policy = run
    busy = {}
    log = kernel.play(world, demand, policy)
    ends = Counter()
    for event in sorted(log.events(), key=lambda one: (one.at, type(one).__name__ == "Accepted")):
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
