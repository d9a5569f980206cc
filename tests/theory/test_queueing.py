"""The first rungs of the ladder: Erlang, the hypercube, and Kolmogorov."""

from __future__ import annotations

import numpy as np
import pytest

from schakel.planning.queueing import (
    course,
    erlang_b,
    erlang_c,
    hypercube,
    hypercube_approximation,
    mean_wait,
    offered_load_at,
    servers_for,
    waits_longer,
)


@pytest.mark.parametrize(("servers", "load", "waits"), [(10, 8, 0.409180), (20, 16, 0.256078), (50, 40, 0.086953)])
def test_erlang_c_is_as_printed(servers, load, waits):
    assert round(erlang_c(servers, load), 6) == waits


@pytest.mark.parametrize(
    ("servers", "at_1", "at_5"),
    [
        (5, 1.3608, 2.2185),
        (10, 4.4612, 6.2157),
        (20, 12.0306, 15.2493),
        (30, 20.3373, 24.8018),
        (50, 37.9014, 44.5331),
        (100, 84.0642, 95.2404),
    ],
)
def test_the_load_that_servers_can_take_is_as_printed(servers, at_1, at_5):
    assert round(offered_load_at(servers, 0.01), 4) == at_1
    assert round(offered_load_at(servers, 0.05), 4) == at_5
    assert servers_for(at_1 - 1e-4, 0.01) == servers
    assert servers_for(at_1 + 1e-4, 0.01) == servers + 1


def test_one_server_waits_as_the_textbook_says():
    """M/M/1: the mean wait is rho / (1 - rho) service times."""
    assert erlang_c(1, 0.8) == pytest.approx(0.8)
    assert mean_wait(1, 0.8, 10) == pytest.approx(40)
    assert waits_longer(1, 0.8, 10, 0) == pytest.approx(0.8)
    assert erlang_b(0, 3) == 1 and erlang_b(4, 0) == 0


def a_town(units, zones, seed):
    """Units and zones on a square; each zone prefers the units by distance."""
    dice = np.random.default_rng(seed)
    stands, lives = dice.random((units, 2)), dice.random((zones, 2))
    away = np.linalg.norm(lives[:, None] - stands[None], axis=2)
    return dice.random(zones) + 0.1, np.argsort(away, axis=1)


@pytest.mark.parametrize(("units", "load"), [(1, 0.5), (5, 2.0), (10, 8.0), (14, 7.0)])
def test_all_are_busy_in_the_hypercube_as_often_as_erlang_says(units, load):
    rates, preference = a_town(units, 30, units)
    rates *= load / rates.sum() / 50
    exact = hypercube(rates, preference, mean_service=50)
    assert exact.all_busy == pytest.approx(erlang_b(units, load), abs=5e-12)
    assert exact.workload.sum() == pytest.approx(load * (1 - exact.all_busy), abs=1e-10)
    assert exact.dispatched.sum() == pytest.approx(1)
    # What a unit is sent to is what keeps it busy.
    assert exact.dispatched.sum(axis=0) * exact.workload.sum() == pytest.approx(exact.workload, abs=1e-9)


def test_two_units_are_as_busy_as_worked_out_by_hand():
    """Both zones prefer unit 0. It alone is M/M/1/1 with load a: busy a/(1+a). B(2, a) = a²/2 / (1+a+a²/2)."""
    exact = hypercube([0.3, 0.7], [[0, 1], [0, 1]], mean_service=1)
    assert exact.workload[0] == pytest.approx(0.5, abs=1e-12)
    assert exact.all_busy == pytest.approx(0.2, abs=1e-12)
    assert exact.workload[1] == pytest.approx(0.8 - 0.5, abs=1e-12)


def test_eighteen_units_have_a_quarter_of_a_million_states_and_agree():
    rates, preference = a_town(18, 40, 18)
    rates *= 9.0 / rates.sum()
    exact = hypercube(rates, preference, mean_service=1)
    assert exact.all_busy == pytest.approx(erlang_b(18, 9.0), abs=5e-12)


@pytest.mark.parametrize("busy", [0.2, 0.4, 0.6, 0.8])
def test_larsons_approximation_is_within_some_per_cent(busy, capsys):
    """A unit that is hardly ever sent may be off by a sixth of its own little work, not of a unit's usual work."""
    off = []
    for seed in range(5):
        rates, preference = a_town(10, 40, seed)
        rates *= busy * 10 / rates.sum()
        exact = hypercube(rates, preference, 1).workload
        near = hypercube_approximation(rates, preference, 1).workload
        off.append(abs(near - exact) / exact.mean())
    with capsys.disabled():
        print(f"\nLarson, 10 units, load {busy}: off {100 * np.mean(off):.1f} %, at most {100 * np.max(off):.1f} %")
    assert np.mean(off) < 0.025
    assert np.max(off) < 0.07


def test_a_steady_rate_leads_to_erlangs_waiting():
    queue = course(lambda _time: 16.0, 20, 1.0, [40.0])
    assert queue.waits[0] == pytest.approx(erlang_c(20, 16), abs=1e-6)
    assert queue.present[0] == pytest.approx(16 + 16 * mean_wait(20, 16, 1), abs=1e-4)


def test_the_peak_of_waiting_comes_after_the_peak_of_demand():
    """With a rate that swings over a day, averages per hour would put both at the same time."""
    times = np.linspace(0.1, 48, 480)
    swing = lambda time: 8 + 4 * np.sin(2 * np.pi * time / 24)  # noqa: E731
    queue = course(swing, 14, 1.0, times)
    second_day = times > 24
    assert times[second_day][queue.waits[second_day].argmax()] > 24 + 6 + 0.5


def test_with_servers_for_everybody_the_number_present_follows_its_own_equation():
    """M(t)/M/∞: the mean is the convolution of the rate with the service time, here worked out by hand."""
    times = np.linspace(0.5, 10, 20)
    queue = course(lambda time: 3 + 2 * np.sin(time), 60, 1.0, times, most=80)
    by_hand = 3 * (1 - np.exp(-times)) + (np.sin(times) - np.cos(times) + np.exp(-times))
    assert queue.present == pytest.approx(by_hand, abs=1e-6)
