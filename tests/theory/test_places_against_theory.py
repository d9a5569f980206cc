"""Consult rooms and emergency departments are queues, and theory knows how long people wait in them."""

from __future__ import annotations

import numpy as np
import pytest

from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.events import Arrived, HandedOver, ReachedDestination
from schakel.domain.vocabulary import Care, PlaceKind, UnitKind, Urgency
from schakel.planning import kernel
from schakel.planning.demand import ChainDemand, WalkIns
from schakel.planning.places import Place
from schakel.planning.policies import GoHome, Policy
from schakel.planning.queueing import course, erlang_c, mean_wait
from schakel.planning.world import Unit, World

ONE = np.zeros(1)


def one_place(kind, rooms, units=0):
    """Everybody and everything in one zone."""
    return World(
        x=ONE,
        y=ONE,
        signals_ms=np.zeros((1, 1)),
        bases=ONE,
        fleet=(Unit(UnitKind.ALS, 0),) * units,
        places=(Place(kind, 0, ((0, rooms),)),),
        turn_out_ms=0,
        margin_ms=0,
    )


def poisson(dice, hourly, repeats):
    """Moments of arrival, with so many expected in each hour."""
    counts = dice.poisson(np.tile(hourly, repeats))
    at = np.repeat(np.arange(len(counts)) * HOUR, counts) + dice.integers(0, HOUR, int(counts.sum()))
    return np.sort(at)


def asked(at, care, urgency, **columns):
    """Requests at these moments that take no time but what is said."""
    nothing = np.zeros(len(at), dtype=np.int64)
    known = {"on_scene": nothing, "transported": nothing, **columns}
    code = tuple(Care).index(care)
    return ChainDemand(
        at=at,
        handling=nothing,
        zone=nothing,
        urgency=urgency,
        care=nothing + code,
        handover=nothing,
        clearing=nothing,
        **known,
    )


def exponential(dice, mean, size):
    return np.rint(dice.exponential(mean, size)).astype(np.int64)


def interval(values):
    """The mean and three standard errors. The seeds are fixed, so that nothing fails by chance tomorrow."""
    values = np.asarray(values)
    return values.mean(), 3 * values.std(ddof=1) / np.sqrt(len(values))


def waits_in(log, then, since):
    """How long each waited at a place until this happened, of those who came after a warm-up."""
    reached, helped = log.first(ReachedDestination), log.first(then)
    kept = (reached >= since) & (helped < kernel.NEVER) & (reached < kernel.NEVER)
    return (helped - reached)[kept]


@pytest.mark.parametrize(("rooms", "load"), [(1, 0.7), (4, 3.0), (10, 8.0)])
def test_consult_rooms_wait_as_erlang_says(rooms, load):
    shares, means = [], []
    for replication in range(12):
        dice = np.random.default_rng([3, replication])
        at = poisson(dice, np.full(24, 6.0 * load), 60)  # a consult takes ten minutes on average
        same = np.full(len(at), Urgency.U3.rank)
        demand = asked(at, Care.HAP_APPOINTMENT, same, on_scene=exponential(dice, 10 * MINUTE, len(at)))
        waits = waits_in(kernel.play(one_place(PlaceKind.HAP, rooms), demand, Policy(GoHome())), Arrived, 100 * HOUR)
        shares.append((waits > 0).mean())
        means.append(waits.mean())
    for found, theory in ((shares, erlang_c(rooms, load)), (means, mean_wait(rooms, load, 10 * MINUTE))):
        mean, half = interval(found)
        assert abs(mean - theory) < half + 2e-4 * theory, (mean, theory, half)


def test_waiting_at_a_gp_post_over_the_day_is_as_kolmogorov_says():
    """An evening peak, and rooms that stay the same: the queue lags behind the peak, as the equations say."""
    day = 12 + 10 * np.sin(2 * np.pi * (np.arange(24) - 13) / 24)
    step = 0.05
    times = np.arange(step / 2, 48, step)
    queue = course(lambda hour: day[int(hour) % 24], 5, 0.25, times.tolist(), most=150)
    theory = queue.waits.reshape(48, -1).mean(axis=1)[24:]
    found = []
    for replication in range(12):
        dice = np.random.default_rng([4, replication])
        at = poisson(dice, day, 300)
        same = np.full(len(at), Urgency.U3.rank)
        demand = asked(at, Care.HAP_APPOINTMENT, same, on_scene=exponential(dice, 15 * MINUTE, len(at)))
        log = kernel.play(one_place(PlaceKind.HAP, 5), demand, Policy(GoHome()))
        reached, helped = log.first(ReachedDestination), log.first(Arrived)
        late = reached >= 24 * HOUR
        hour = reached[late] // HOUR % 24
        waited = np.bincount(hour, weights=helped[late] > reached[late], minlength=24)
        found.append(waited / np.bincount(hour, minlength=24))
    means, halves = np.array([interval(column) for column in np.array(found).T]).T
    assert (abs(means - theory) < 1.4 * halves + 0.002).all()
    assert theory.argmax() > day.argmax()


def test_an_ambulance_waits_at_a_department_as_erlang_says_among_all_who_come():
    """A sixth comes by ambulance (as in the Netherlands), the others by themselves; all of them share the rooms."""
    rooms, load = 12, 10.0
    found = []
    for replication in range(12):
        dice = np.random.default_rng([5, replication])
        at = poisson(dice, np.full(24, load / 2 / 6), 200)  # two hours in a room on average
        beside = poisson(dice, np.full(24, load / 2 * 5 / 6), 200)
        demand = asked(
            at,
            Care.ALS,
            np.full(len(at), Urgency.U2.rank),
            transported=np.ones(len(at), dtype=bool),
            stay=exponential(dice, 2 * HOUR, len(at)),
            walk_ins=WalkIns(
                beside, np.zeros(len(beside)), np.full(len(beside), 2), exponential(dice, 2 * HOUR, len(beside))
            ),
        )
        log = kernel.play(one_place(PlaceKind.SEH, rooms, units=40), demand, Policy(GoHome()))
        found.append((waits_in(log, HandedOver, 200 * HOUR) > 0).mean())
    mean, half = interval(found)
    assert abs(mean - erlang_c(rooms, load)) < half, (mean, erlang_c(rooms, load), half)


def test_the_urgent_wait_less_and_everybody_together_as_long():
    """Who goes first changes who waits, not how many: M/M/c with priorities has the waiting share of M/M/c.

    Cobham, A. (1954), Operations Research 2, 70-76: with the same service for all, the mean wait of class k is
    W / ((1 - load of the classes before k)(1 - load up to k)), loads per room and W = C / (rooms * rate of service).
    """
    rooms, load, service = 4, 3.2, 10 * MINUTE
    shares = np.array([0.3, 0.7])
    by_class = [[], []]
    for replication in range(12):
        dice = np.random.default_rng([6, replication])
        at = poisson(dice, np.full(24, 6.0 * load), 100)
        urgency = np.where(dice.random(len(at)) < shares[0], Urgency.U2.rank, Urgency.U4.rank)
        demand = asked(at, Care.HAP_APPOINTMENT, urgency, on_scene=exponential(dice, service, len(at)))
        log = kernel.play(one_place(PlaceKind.HAP, rooms), demand, Policy(GoHome()))
        waits = log.first(Arrived) - log.first(ReachedDestination)
        late = at >= 100 * HOUR
        for found, rank in zip(by_class, (Urgency.U2.rank, Urgency.U4.rank), strict=True):
            found.append(waits[late & (urgency == rank)].mean())
    busy = np.cumsum(shares * load / rooms)
    base = erlang_c(rooms, load) * service / rooms
    for found, theory in zip(by_class, (base / (1 - busy[0]), base / ((1 - busy[0]) * (1 - busy[1]))), strict=True):
        mean, half = interval(found)
        assert abs(mean - theory) < half, (mean, theory, half)
