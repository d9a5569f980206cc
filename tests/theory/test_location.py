"""Location models against published optima, and against every placement where there are few.

The published instances are not part of this repository: SJC324 and SJC402 (Lorena and Pereira 2002), pmed1 to 5 of the
OR-Library (Beasley 1990), and the bases of the province of Utrecht (ELASPY).
"""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement

import numpy as np
import pytest
from scipy.sparse.csgraph import shortest_path

from schakel.planning.cover import closed_borders, cover_sets
from schakel.planning.location import (
    NoPlacement,
    double_cover,
    expected_cover,
    maximal_cover,
    p_centre,
    p_median,
    reliable_cover,
    set_cover,
)
from schakel.planning.location.malp import units_needed
from utrecht import utrecht


def sjc(shared, name):
    """Who is within 800 of whom, and the demand."""
    rows = [line.split() for line in (shared / "data" / "location" / f"{name}.txt").read_text().splitlines()[1:]]
    x, y, demand = np.array([[float(one) for one in row[:3]] for row in rows if len(row) >= 3]).T
    return np.hypot(x[:, None] - x, y[:, None] - y) <= 800, demand


def pmed(shared, number):
    """Distances over the graph, and how many stations. Of an edge that is given twice the last counts."""
    [[nodes, _, stations], *edges] = [
        [int(one) for one in line.split()]
        for line in (shared / "data" / "location" / f"pmed{number}.txt").read_text().splitlines()
        if line.strip()
    ]
    graph = np.zeros((nodes, nodes))
    for a, b, length in edges:
        graph[a - 1, b - 1] = graph[b - 1, a - 1] = length
    return shortest_path(graph, directed=False), stations


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "optima"),
    [
        ("SJC324", [5461, 8790, 11604, 12106, 12152]),
        ("SJC402", [6555, 11339, 14690, 15658, 15970, 15984]),
    ],
)
def test_maximal_cover_is_as_published(shared, name, optima):
    reach, demand = sjc(shared, name)
    for stations, published in enumerate(optima, 1):
        found = maximal_cover(reach, demand, stations)
        assert (found.figure, found.gap) == (published, 0)
        assert len(found.sites) == stations


@pytest.mark.shared
@pytest.mark.parametrize(
    ("number", "optimum", "radius"), [(1, 5819, 127), (2, 4093, 98), (3, 4250, 93), (4, 3034, 74), (5, 1355, 48)]
)
def test_p_median_and_p_centre_are_as_published(shared, number, optimum, radius):
    """Medians: Beasley, OR-Library. Centres of the same graphs: Daskin (2000), Communications of the KORS 9."""
    distance, stations = pmed(shared, number)
    median = p_median(distance, stations)
    assert (median.figure, median.gap, len(median.sites)) == (optimum, 0, stations)
    centre = p_centre(distance, stations)
    assert (centre.figure, centre.gap) == (radius, 0)
    assert len(centre.sites) <= stations


@pytest.mark.shared
@pytest.mark.parametrize("busy", [0.56, 0.59, 0.62])
def test_expected_cover_puts_23_ambulances_where_the_published_simulator_has_them(shared, busy):
    u = utrecht(shared)
    reach = u.minutes[u.bases].T <= 12
    found = expected_cover(reach, u.people, 23, busy)
    assert found.gap == 0
    assert found.units.tolist() == [int((u.homes == base).sum()) for base in u.bases]


def few(seed, points=30, sites=7):
    """A place small enough to try every placement."""
    dice = np.random.default_rng(seed)
    a, b = dice.random((points, 2)), dice.random((sites, 2))
    return np.linalg.norm(a[:, None] - b[None], axis=2), dice.integers(1, 100, points).astype(float)


def every(sites, units):
    for chosen in combinations_with_replacement(range(sites), units):
        yield np.bincount(chosen, minlength=sites)


@pytest.mark.parametrize("seed", range(4))
def test_no_other_placement_is_better(seed):
    away, demand = few(seed)
    reach, far = away <= 0.35, away <= 1.5
    sets = [list(one) for n in range(1, 8) for one in combinations(range(7), n)]
    three = [one for one in sets if len(one) == 3]
    assert maximal_cover(reach, demand, 3).figure == max(demand[reach[:, one].any(axis=1)].sum() for one in three)
    assert p_median(away, 3, weight=demand).figure == pytest.approx(
        min(demand @ away[:, one].min(axis=1) for one in three)
    )
    assert p_centre(away, 3).figure == min(away[:, one].min(axis=1).max() for one in three)
    wide = away <= away.min(axis=1).max() + 0.2
    assert set_cover(wide).figure == min(len(one) for one in sets if wide[:, one].any(axis=1).all())
    assert expected_cover(reach, demand, 4, 0.4).figure == pytest.approx(
        max(demand @ (1 - 0.4 ** (reach @ x)) for x in every(7, 4))
    )
    assert reliable_cover(reach, demand, 4, 0.4, 0.8).figure == max(demand[reach @ x >= 2].sum() for x in every(7, 4))
    share = 0.5
    allowed = [x for x in every(7, 4) if x.max() <= 2 and demand[reach @ x >= 1].sum() >= share * demand.sum()]
    assert double_cover(reach, far, demand, 4, share=share, at_each=2).figure == max(
        demand[reach @ x >= 2].sum() for x in allowed
    )


@pytest.mark.parametrize("seed", range(4))
def test_stations_that_stay_are_kept_and_cost_something(seed):
    away, demand = few(seed)
    reach = away <= 0.35
    free, kept = maximal_cover(reach, demand, 2), maximal_cover(reach, demand, 2, fixed=[0])
    assert 0 in kept.sites and len(kept.sites) == 2
    assert kept.figure == max(demand[reach[:, [0, other]].any(axis=1)].sum() for other in range(1, 7)) <= free.figure


def test_merging_points_with_the_same_sites_changes_nothing():
    dice = np.random.default_rng(3)
    reach = dice.random((5_000, 9)) < 0.3
    demand = dice.integers(1, 9, 5_000)
    sets = cover_sets(reach, demand)
    assert len(sets) == len(np.unique(reach, axis=0)) <= 512
    assert (sets.reach[sets.of] == reach).all()
    assert sets.weight.sum() == demand.sum()
    for chosen in ([0], [1, 5], [2, 3, 8]):
        assert sets.weight[sets.reach[:, chosen].any(axis=1)].sum() == demand[reach[:, chosen].any(axis=1)].sum()


def test_more_sites_than_bits_in_a_word_are_kept_apart():
    reach = np.eye(130, dtype=bool)
    assert len(cover_sets(reach, np.ones(130))) == 130


def test_behind_closed_borders_nobody_helps_the_neighbours():
    reach = np.ones((4, 2), dtype=bool)
    closed = closed_borders(reach, np.array([0, 0, 1, 1]), np.array([0, 1]))
    assert set_cover(reach).figure == 1
    assert set_cover(closed).figure == 2


def test_what_cannot_be_had_is_refused_with_a_sentence():
    with pytest.raises(NoPlacement, match="1 of 2 points are within reach of no site"):
        set_cover([[True, False], [False, False]])
    with pytest.raises(NoPlacement, match="3 stations cannot be placed at 2 sites"):
        maximal_cover([[True, False]], [1], 3)
    with pytest.raises(ValueError, match="fixed names sites from 0 to 1"):
        maximal_cover([[True, False]], [1], 1, fixed=[2])


def test_reliability_asks_for_whole_units():
    assert [units_needed(q, 0.95) for q in (0.0, 0.05, 0.2, 0.5)] == [1, 1, 2, 5]
