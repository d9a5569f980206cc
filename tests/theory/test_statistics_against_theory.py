"""Intervals hold what they promise, and choices are as often right as they say: counted over many made-up studies.

Every seed is fixed. The bounds are those of the number of studies, not of the method: four standard errors.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy.stats import t

from schakel.planning import queueing
from schakel.planning.statistics import Selection, batch_means, enough, holm, mean_of, paired, paired_share, share_of


def at_least(right: int, of: int, promised: float) -> bool:
    """Whether so many right ones are no fewer than was promised, but for the luck of so few studies."""
    return right / of >= promised - 4 * sqrt(promised * (1 - promised) / of)


def autoregressive(dice, size: int, phi: float, start: float = 0.0):
    """x(t) = phi x(t-1) + noise: mean nought; the mean of n of them has variance about 1 / (n (1-phi)²)."""
    noise = dice.normal(0, 1, size)
    x = np.empty(size)
    last = start
    for i in range(size):
        last = phi * last + noise[i]
        x[i] = last
    return x


def test_the_interval_of_a_share_holds_the_true_one_where_the_number_of_cases_varies():
    """Some replications are busy, and there the share is lower: what a plain mean of shares gets wrong."""
    dice, right = np.random.default_rng(1), 0
    for _ in range(1_000):
        of = dice.poisson(dice.gamma(8, 10, 20))
        chance = np.clip(0.95 - of / 1_000, 0, 1)
        hits = dice.binomial(of, chance)
        found = share_of(hits, of, 0.95)
        # E[o · chance(o)] / E[o] with mean 80 and variance 80 + 800
        true = 0.95 - (80**2 + 880) / 80 / 1_000
        right += found.interval[0] <= true <= found.interval[1]
    assert at_least(right, 1_000, 0.93)


def test_the_difference_of_two_shares_on_the_same_patients_is_found_and_told_as_surely_as_promised():
    dice, right, narrower = np.random.default_rng(2), 0, 0
    for _ in range(1_000):
        of = dice.poisson(300, 15)
        level = np.clip(dice.normal(0.9, 0.03, 15), 0, 1)  # a hard day is hard for both
        first = dice.binomial(of, level)
        second = np.minimum(of, first + dice.binomial(of - first, 0.1))
        found = paired_share((first, of), (second, of), 0.95)
        right += found.interval[0] <= 0.01 <= found.interval[1]
        alone = share_of(first, of, 0.95)
        narrower += found.half_width < alone.half_width
    assert at_least(right, 1_000, 0.93)
    assert narrower > 990


def test_a_difference_that_is_none_is_called_one_in_twenty_times_and_with_holm_in_twenty_reports():
    dice, plain, corrected = np.random.default_rng(3), 0, 0
    for _ in range(1_500):
        patients = dice.normal(0, 5, 12)
        base = patients + dice.normal(0, 1, 12)
        p = [paired(base, patients + dice.normal(0, 1, 12), 0.95).p for _ in range(8)]
        plain += min(p) < 0.05
        corrected += min(holm(p)) < 0.05
    assert plain / 1_500 > 0.15
    assert 1 - corrected / 1_500 >= 0.95 - 4 * sqrt(0.95 * 0.05 / 1_500)


def test_batch_means_know_a_process_whose_mean_is_known():
    dice, right, naive = np.random.default_rng(4), 0, 0
    for _ in range(300):
        x = autoregressive(dice, 6_000, 0.9)
        low, high = batch_means(x, 20, 0.95, cut_off=0).estimate.interval
        right += low <= 0 <= high
        low, high = mean_of(x, 0.95).interval
        naive += low <= 0 <= high
    assert at_least(right, 300, 0.93)
    assert naive < 200  # hours that look alike, taken for strangers


def test_the_width_of_batch_means_is_that_of_theory():
    """The standard error of a long autoregressive run is 1 / ((1-phi) √n)."""
    dice = np.random.default_rng(5)
    widths = [
        batch_means(autoregressive(dice, 8_000, 0.8), 20, 0.95, cut_off=0).estimate.half_width for _ in range(100)
    ]
    assert np.mean(widths) == pytest.approx(t.ppf(0.975, 19) / (0.2 * sqrt(8_000)), rel=0.1)


def test_a_warm_up_that_is_cut_off_biases_no_longer():
    dice = np.random.default_rng(6)
    cut, whole = [], []
    for _ in range(60):
        x = autoregressive(dice, 3_000, 0.95, start=200)
        found = batch_means(x, 10, 0.95)
        cut.append(found.estimate.value)
        whole.append(x.mean())
        assert found.cut_off > 0
    assert abs(np.mean(whole)) > 0.8
    assert abs(np.mean(cut)) < 0.2


def test_batch_means_of_a_queue_hold_the_wait_of_erlang():
    """M/M/1 at 60 %: the mean wait in line is ρ/(μ-λ) by Pollaczek and Khinchine, and C/(cμ-λ) by Erlang."""
    arrival, service = 0.6, 1.0
    true = arrival / (service * (service - arrival))
    assert true == pytest.approx(queueing.erlang_c(1, arrival / service) / (service - arrival))
    dice, right = np.random.default_rng(7), 0
    for _ in range(120):
        between, lasts = dice.exponential(1 / arrival, 20_000), dice.exponential(1 / service, 20_000)
        waits, wait = np.empty(20_000), 0.0
        for i in range(20_000):  # Lindley
            waits[i] = wait
            wait = max(0.0, wait + lasts[i] - between[i])
        low, high = batch_means(waits, 20, 0.95).estimate.interval
        right += low <= true <= high
    assert at_least(right, 120, 0.9)


def test_stopping_at_an_asked_width_costs_little_confidence():
    dice, right, runs = np.random.default_rng(8), 0, []
    for _ in range(1_000):
        x = list(dice.normal(0, 1, 20))
        while (wanted := enough([mean_of(x, 0.95)], 0.3, 500)) > len(x):
            x += list(dice.normal(0, 1, wanted - len(x)))
        found = mean_of(x, 0.95)
        assert found.half_width <= 0.3
        right += found.interval[0] <= 0 <= found.interval[1]
        runs.append(len(x))
    assert at_least(right, 1_000, 0.93)
    # By theory (1.96 / 0.3)² = 43 runs would do with a known spread.
    assert 38 < np.mean(runs) < 60


@pytest.mark.parametrize("variants", [2, 5, 15])
def test_the_best_is_chosen_as_often_as_promised_in_the_hardest_case(variants):
    """All others lie exactly the indifference below the best, and nobody shares patients: least favourable."""
    dice, right, studies = np.random.default_rng(variants), 0, 200 if variants < 10 else 60
    for _ in range(studies):
        selection = Selection(variants, 1.0, 0.9, 10)
        while len(selection.left) > 1:
            found = dice.normal(0, 2, variants)
            found[0] += 1.0
            selection.add([found[i] if i in selection.left else None for i in range(variants)])
        right += selection.choice.best == 0
    assert at_least(right, studies, 0.9)


def test_shared_patients_make_a_choice_cheaper_and_no_less_sure():
    dice, right = np.random.default_rng(9), 0
    runs: dict[bool, list[int]] = {True: [], False: []}
    for shared in (True, False):
        for _ in range(150):
            selection = Selection(4, 1.0, 0.9, 10)
            while len(selection.left) > 1:
                patients = dice.normal(0, 3) if shared else dice.normal(0, 3, 4)
                found = patients + dice.normal(0, 1, 4)
                found[2] += 1.0
                selection.add([found[i] if i in selection.left else None for i in range(4)])
            right += selection.choice.best == 2
            runs[shared].append(selection.choice.runs)
    assert at_least(right, 300, 0.9)
    assert np.mean(runs[True]) < np.mean(runs[False]) / 2
