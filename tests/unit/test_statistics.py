"""The statistics against published numbers, against another program, and against laws that hold for any numbers."""

from __future__ import annotations

from math import inf, isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from schakel.planning.statistics import (
    Estimate,
    Selection,
    batch_means,
    enough,
    holm,
    mean_of,
    paired,
    paired_share,
    share_of,
    truncation,
    von_neumann,
)
from schakel.planning.statistics.selection import eta

#: Extra hours of sleep by two drugs, the same ten patients (Student 1908, Biometrika 6).
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

chances = st.lists(st.floats(0, 1), min_size=1, max_size=30)


# Differences


def test_students_own_patients_have_the_difference_that_is_printed_everywhere():
    found = paired(FIRST, SECOND, 0.95)
    assert found.value == pytest.approx(1.58)
    assert found.interval == pytest.approx((0.7001142, 2.4598858), abs=1e-7)
    assert found.p == pytest.approx(0.002833, abs=1e-6)


def test_two_that_are_compared_as_strangers_are_known_less_well():
    strangers = stats.ttest_ind(SECOND, FIRST).confidence_interval()
    assert paired(FIRST, SECOND, 0.95).half_width < (strangers.high - strangers.low) / 2


@given(st.lists(st.tuples(st.integers(-9_999, 9_999), st.integers(-99, 99)), min_size=3, max_size=30))
def test_the_difference_is_that_of_another_program_and_turns_round(pairs):
    first, second = [one for one, _ in pairs], [one + more for one, more in pairs]
    found, back = paired(first, second, 0.9), paired(second, first, 0.9)
    assert (found.value, found.half_width, found.p) == pytest.approx((-back.value, back.half_width, back.p))
    if len({more for _, more in pairs}) > 1:
        other = stats.ttest_rel(second, first)
        assert found.p == pytest.approx(float(other.pvalue), abs=1e-9)
        assert found.interval == pytest.approx(tuple(other.confidence_interval(0.9)))


def test_where_nothing_varies_a_difference_is_certain_and_none_is_none():
    assert paired([1, 1, 1], [1, 1, 1], 0.95).p == 1
    assert paired([1, 1, 1], [2, 2, 2], 0.95).p == 0


def test_one_replication_says_nothing_of_how_sure_it_is():
    assert mean_of([3.0], 0.95) == Estimate(3.0, inf, 1)
    assert paired([3.0], [4.0], 0.95).p == 1


def test_a_share_is_all_hits_of_all_cases_with_the_interval_of_ratios():
    """Worked out by hand: R = 60/100; e = (h - R o)/25 = -0.08, 0, 0.24, -0.16 for o = 20, 25, 35, 20."""
    found = share_of([10, 15, 27, 8], [20, 25, 35, 20], 0.95)
    deviations = np.array([10 - 12, 15 - 15, 27 - 21, 8 - 12]) / 25
    assert found.value == 0.6
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, 3) * deviations.std(ddof=1) / 2)


@given(st.lists(st.integers(0, 50), min_size=3, max_size=20))
def test_with_as_many_cases_everywhere_a_share_is_a_mean(hits):
    plain = mean_of([one / 50 for one in hits], 0.95)
    share = share_of(hits, [50] * len(hits), 0.95)
    assert (share.value, share.half_width) == (pytest.approx(plain.value), pytest.approx(plain.half_width))
    both = paired_share((hits, [50] * len(hits)), (hits[::-1], [50] * len(hits)), 0.95)
    other = paired([one / 50 for one in hits], [one / 50 for one in hits[::-1]], 0.95)
    assert both.half_width == pytest.approx(other.half_width, abs=1e-12)
    assert both.p == pytest.approx(other.p, abs=1e-6)


def test_a_share_of_nothing_is_not_known_and_not_zero():
    assert share_of([0, 0], [0, 0], 0.95) is None
    assert paired_share(([0, 0], [0, 0]), ([1, 2], [3, 4]), 0.95) is None


def test_a_replication_without_cases_weighs_nothing():
    assert share_of([5, 0], [10, 0], 0.95).value == 0.5


# Many comparisons


def test_holm_as_it_is_worked_out_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])
    assert holm([]) == []


@given(chances)
def test_holm_keeps_the_order_and_lies_between_the_plain_and_bonferroni(p):
    corrected = holm(p)
    for i in range(len(p)):
        assert p[i] - 1e-12 <= corrected[i] <= min(1.0, len(p) * p[i]) + 1e-12
        for j in range(len(p)):
            assert p[i] >= p[j] or corrected[i] <= corrected[j]


@given(chances, st.floats(0.001, 0.5))
def test_holm_rejects_what_the_step_down_rule_rejects(p, alpha):
    """The rule as Holm wrote it: go down from the smallest, and stop at the first above alpha / what is left."""
    rejected = set()
    for done, place in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        if p[place] * (len(p) - done) > alpha:
            break
        rejected.add(place)
    assert rejected == {i for i, one in enumerate(holm(p)) if one <= alpha}


# One long run


def test_a_start_that_differs_is_cut_off_and_nothing_else():
    noise = np.random.default_rng(1).normal(0, 1, 2_000)
    warm = np.where(np.arange(2_000) < 300, 10 - np.arange(2_000) / 30, 0)
    assert 200 <= truncation(noise + warm) <= 400
    assert truncation(np.zeros(100)) == 0
    assert truncation([1.0, 2.0]) == 0


def test_a_cut_is_at_most_half():
    assert truncation(np.arange(1_000.0)) <= 500


def test_batches_are_replications_of_their_means():
    x = np.arange(103.0) % 10
    found = batch_means(x, 10, 0.95, cut_off=0)
    assert found.estimate.value == pytest.approx(x[:100].mean())
    assert found.estimate.n == 10


def test_neighbours_that_are_alike_are_found_out():
    dice = np.random.default_rng(3)
    assert von_neumann(np.cumsum(dice.normal(0, 1, 40))) < 0.001
    assert von_neumann(dice.normal(0, 1, 40)) > 0.01
    assert von_neumann([1.0, 1.0, 1.0, 1.0]) == 1


# When to stop, and whom to choose


def test_it_is_enough_when_the_widest_is_narrow_enough():
    narrow, wide = Estimate(0, 0.4, 20), Estimate(0, 1.0, 20)
    assert enough([narrow], 0.5, 100) == 20
    assert enough([narrow, wide], 0.5, 100) == 40  # four times as many are wanted, twice as many are run first
    assert enough([wide], 0.9, 100) == 25
    assert enough([wide], 0.5, 30) == 30
    assert enough([Estimate(0, inf, 1)], 0.5, 30) == 6


@given(st.integers(2, 50), st.integers(5, 60), st.floats(0.01, 0.3))
def test_the_constant_of_a_selection_solves_its_equation(variants, first, alpha):
    """g(η) = ½ (1 + 2η)^(-(n₀-1)/2) = α / (k-1), which is what makes a wrong choice as rare as was asked."""
    found = eta(variants, first, alpha)
    assert isclose(0.5 * (1 + 2 * found) ** (-(first - 1) / 2), alpha / (variants - 1), rel_tol=1e-9)


def test_the_constant_is_what_the_chance_of_a_wrong_choice_asks_for():
    """A Brownian motion leaves its triangle at the wrong side with chance ½ exp(-η X), X the estimated over the true
    variance times n₀-1: chi-square. Over the spread of X that has to be α / (k-1)."""
    found, first = eta(5, 20, 0.05), 20
    chance, _ = integrate.quad(lambda x: 0.5 * np.exp(-found * x) * stats.chi2.pdf(x, first - 1), 0, np.inf)
    assert chance == pytest.approx(0.05 / 4, rel=1e-6)


def test_a_clear_winner_is_found_at_the_first_look_and_the_others_left_out():
    selection = Selection(3, 0.5, 0.95, 5)
    dice = np.random.default_rng(5)
    for _ in range(5):
        patients = dice.normal(0, 3)
        selection.add([patients + 10 + dice.normal(0, 0.01), patients, patients + 5])
    assert selection.choice.best == 0
    assert set(selection.choice.out) == {1, 2}


def test_of_variants_that_are_exactly_equal_the_first_is_taken():
    selection = Selection(3, 0.5, 0.95, 4)
    for value in (1.0, 2.0, 3.0, 4.0):
        selection.add([value, value, value])
    assert selection.choice.best == 0


def test_before_the_first_runs_are_done_everybody_is_left():
    selection = Selection(2, 0.5, 0.95, 4)
    selection.add([1.0, 100.0])
    assert selection.choice.left == (0, 1) and selection.choice.best is None
