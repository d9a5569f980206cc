"""What theory says of servers that many ask for: Erlang's formulas, the hypercube, and demand that changes with time.

A simulation that cannot reproduce these figures is wrong. They are also answers by themselves: how many units a block
of hours needs so that the next call finds one free, and how busy each unit is where some are nearer than others.

Offered load is in erlang: arrivals per unit of time, times the mean time that one takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, factorial

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import schakel.planning.compiling  # noqa: F401 - before anything is compiled

Floats = NDArray[np.float64]


# ---------------------------------------------------------------- Erlang


def erlang_b(servers: int, load: float) -> float:
    """The chance that all servers are busy when nobody waits: who finds none free goes elsewhere (M/G/c/c).

    B(0) = 1,  1/B(n) = 1 + n / (load * B(n-1)): stable for any number of servers. Holds for any distribution of the
    time that one takes. Erlang, A.K. (1917), Elektroteknikeren 13, 5-13.
    """
    assert servers >= 0 and load >= 0, "servers and load are not negative"
    if load == 0:
        return 1.0 if servers == 0 else 0.0
    inverse = 1.0
    for n in range(1, servers + 1):
        inverse = 1 + n / load * inverse
    return 1 / inverse


def erlang_c(servers: int, load: float) -> float:
    """The chance of having to wait when everybody waits until served (M/M/c), for a load below the servers."""
    assert load < servers, "a queue with at least as much load as servers grows for ever"
    lost = erlang_b(servers, load)
    return servers * lost / (servers - load * (1 - lost))


def mean_wait(servers: int, load: float, mean_service: float) -> float:
    """How long people wait on average in M/M/c, those who do not wait included; in the unit of the service time."""
    return erlang_c(servers, load) * mean_service / (servers - load)


def waits_longer(servers: int, load: float, mean_service: float, than: float) -> float:
    """The share that waits longer than this in M/M/c, first come first served."""
    return float(erlang_c(servers, load) * np.exp(-(servers - load) * than / mean_service))


def offered_load_at(servers: int, blocking: float) -> float:
    """The load at which this share finds all servers busy: how much this many units can take on."""
    assert servers >= 1 and 0 < blocking < 1, "at least one server, and a share between 0 and 1"
    most = servers / (1 - blocking) + 1
    return float(brentq(lambda load: erlang_b(servers, load) - blocking, 0, most, xtol=1e-13, rtol=1e-14))


def servers_for(load: float, blocking: float) -> int:
    """The fewest servers of which at most this share of the arrivals finds none free."""
    servers, inverse = 0, 1.0
    while 1 / inverse > blocking:
        servers += 1
        inverse = 1 + servers / load * inverse if load else np.inf
    return servers


# ---------------------------------------------------------------- the hypercube


@dataclass(frozen=True)
class Hypercube:
    """How busy each unit is, and who serves whom.

    all_busy: the share of time in which no unit is free. workload: the share of time that each unit is busy.
    dispatched[j, i]: the share of all answered calls that come from zone j and go to unit i.
    """

    all_busy: float
    workload: Floats
    dispatched: Floats


def hypercube(rates: Sequence[float], preference: Sequence[Sequence[int]], mean_service: float) -> Hypercube:
    """The exact model with all 2^N states of N units, for at most 18; calls that find none free are lost.

    rates[j]: calls per unit of time from zone j; preference[j]: all units, the first to be sent first. A state is the
    set of busy units. In balance, what leaves a state enters it:

        p(s) * (calls if any unit is free + |s| / service) =
            sum over busy i of p(s - i) * rate(s - i -> i)  +  sum over free i of p(s + i) / service

    solved by Gauss-Seidel sweeps up and down until nothing moves. Nothing of Erlang's formula is put in, so that the
    share of time in which all are busy can be compared with it.

    Larson, R.C. (1974), Computers and Operations Research 1, 67-95.
    """
    order = np.asarray(preference, dtype=np.int64)
    load = np.asarray(rates, dtype=np.float64) * mean_service
    units = order.shape[1]
    assert units <= 18, f"{units} units have 2^{units} states: use the approximation"
    assert (np.sort(order, axis=1) == np.arange(units)).all(), "each zone names each unit once"
    chance, workload, dispatched, moves = _solve(load, order)
    assert moves < 1e-12, "the sweeps have come to rest"
    return Hypercube(float(chance[-1]), workload, dispatched)


@njit(cache=True)
def _solve(load: Floats, order: NDArray[np.int64]) -> tuple[Floats, Floats, Floats, float]:
    zones, units = order.shape
    size = 1 << units
    total = load.sum()
    enters = np.zeros((size, units))  # from a state, how fast each free unit becomes busy
    for state in range(size - 1):
        for j in range(zones):
            for k in range(units):
                i = order[j, k]
                if not (state >> i) & 1:
                    enters[state, i] += load[j]
                    break
    chance = np.full(size, 1.0 / size)
    moved = 1.0
    for sweep in range(5_000):
        moved = 0.0
        for step in range(size):
            state = step if sweep % 2 == 0 else size - 1 - step
            into = 0.0
            out = total if state < size - 1 else 0.0
            for i in range(units):
                bit = 1 << i
                if state & bit:
                    out += 1.0
                    into += chance[state ^ bit] * enters[state ^ bit, i]
                else:
                    into += chance[state | bit]
            new = into / out
            moved += abs(new - chance[state])
            chance[state] = new
        chance /= chance.sum()
        if moved < 1e-13:
            break
    workload = np.zeros(units)
    dispatched = np.zeros((zones, units))
    for state in range(size):
        for i in range(units):
            if (state >> i) & 1:
                workload[i] += chance[state]
        for j in range(zones):
            for k in range(units):
                i = order[j, k]
                if not (state >> i) & 1:
                    dispatched[j, i] += chance[state] * load[j]
                    break
    return chance, workload, dispatched / dispatched.sum(), moved


def hypercube_approximation(
    rates: Sequence[float], preference: Sequence[Sequence[int]], mean_service: float
) -> Hypercube:
    """Larson's approximation for any number of units: N equations instead of 2^N.

    Units are taken as if busy independently, but for a factor Q(k): how much more likely than independent it is that
    k named units are busy and the next one is free, in the system where calls choose units at random. There, with n
    units busy, the chance that k drawn ones are busy and the next is free is

        n! / (n-k)! * (N-n) * (N-k-1)! / N!

    weighed with Erlang's chance of n busy. The workload of unit i then is V/(1+V), with V the load that reaches i
    while it is free, over all zones and places in their preference.

    Larson, R.C. (1975), Operations Research 23, 845-868.
    """
    order = np.asarray(preference, dtype=np.int64)
    load = np.asarray(rates, dtype=np.float64) * mean_service
    zones, units = order.shape
    total = float(load.sum())
    lost = erlang_b(units, total)
    mean = total * (1 - lost) / units
    factor = correction(units, total)
    work = np.full(units, mean)
    for _ in range(1_000):
        reaching = np.zeros(units)
        before = np.ones(zones)
        for k in range(units):
            np.add.at(reaching, order[:, k], load * factor[k] * before)
            before = before * work[order[:, k]]
        new = reaching / (1 + reaching)
        new *= mean * units / new.sum()
        still = np.abs(new - work).max() < 1e-12
        work = new
        if still:
            break
    dispatched = np.zeros(order.shape)
    before = np.ones(zones)
    for k in range(units):
        i = order[:, k]
        dispatched[np.arange(zones), i] = load * factor[k] * before * (1 - work[i])
        before = before * work[i]
    return Hypercube(lost, work, dispatched / dispatched.sum())


def correction(units: int, load: float) -> Floats:
    """Larson's factor Q(k) for k = 0 .. N-1, for calls that are lost when all are busy."""
    busy = np.array([load**n / factorial(n) for n in range(units + 1)])
    busy /= busy.sum()
    mean = load * (1 - busy[-1]) / units
    factor = np.empty(units)
    for k in range(units):
        chance = sum(busy[n] * comb(n, k) / comb(units, k) * (units - n) / (units - k) for n in range(k, units))
        factor[k] = chance / (mean**k * (1 - mean))
    return factor


# ---------------------------------------------------------------- demand that changes with time


@dataclass(frozen=True)
class Course:
    """How a queue fares over time. waits: the chance that who arrives then has to wait; present: the mean number."""

    times: Floats
    waits: Floats
    present: Floats
    chance: Floats  # by time and number present


def course(
    rate: Callable[[float], float],
    servers: int,
    mean_service: float,
    times: Sequence[float],
    *,
    present: int = 0,
    most: int | None = None,
) -> Course:
    """M(t)/M/s: Kolmogorov's forward equations, integrated numerically.

    With p(n) the chance of n people present, arrivals at rate(t) and departures at min(n, s) / service:

        p'(n) = rate p(n-1) + min(n+1, s)/service p(n+1) - (rate + min(n, s)/service) p(n)

    cut off at `most` people, which is refused as too few when more than one in a million of the chance gathers there.
    Kolmogorov, A. (1931), Mathematische Annalen 104, 415-458.
    """
    size = (most if most is not None else servers * 4 + 200) + 1
    leaves = np.minimum(np.arange(size), servers) / mean_service

    def change(time: float, chance: Floats) -> Floats:
        up = rate(time) * chance
        up[-1] = 0
        down = leaves * chance
        moved = -up - down
        moved[1:] += up[:-1]
        moved[:-1] += down[1:]
        return moved

    start = np.zeros(size)
    start[present] = 1
    at = np.asarray(times, dtype=np.float64)
    found = solve_ivp(
        change, (0.0, float(at[-1])), start, t_eval=at, method="LSODA", lband=1, uband=1, rtol=1e-9, atol=1e-12
    )
    assert found.success, found.message
    chance = found.y.T
    assert chance[:, -1].max() < 1e-6, f"more than {size - 1} people may be present: give a higher `most`"
    return Course(at, chance[:, servers:].sum(axis=1), chance @ np.arange(size), chance)
