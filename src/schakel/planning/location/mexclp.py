"""Where to station units that are busy part of their time (maximum expected coverage, MEXCLP).

    maximise    sum over c and k of  d(c) (1-q) q^(k-1) y(c, k)
    subject to  sum over k of y(c, k)  <=  sum of x(i) over the sites i within reach of c
                sum of x(i) = units,   x(i) whole,   0 <= y(c, k) <= 1

x: units per site; y: point c has a k-th unit in reach; q: the share of time that a unit is busy, taken as the same for
all and as independent. The gains fall with k, so each point fills its y in order by itself and y need not be declared
whole. Daskin, M.S. (1983), Transportation Science 17, 48-70.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from scipy import sparse

from schakel.planning.cover import cover_sets
from schakel.planning.location.placement import Placement, checked, lower_bounds
from schakel.planning.location.program import Rows, solve


def expected_cover(
    reach: Any,
    weight: Any,
    units: int,
    busy: float,
    *,
    at_each: int | None = None,
    fixed: Collection[int] = (),
    seconds: float = float("inf"),
) -> Placement:
    """The units that give the most expected cover. at_each: the most units at one site; no limit if not given."""
    reaches, weights = checked(reach, weight)
    if not 0 <= busy < 1:
        raise ValueError(f"busy is a share of time from 0 to below 1, and not {busy}.")
    sets = cover_sets(reaches, weights)
    sites, classes = reaches.shape[1], len(sets)
    gains = (1 - busy) * busy ** np.arange(units)
    # To the solver the demand is a million, whatever its unit: its tolerances are absolute.
    scale = 1e6 / max(float(weights.sum()), 1e-12)
    cover = sparse.hstack(
        [sparse.csr_matrix(-sets.reach.astype(float)), sparse.kron(sparse.identity(classes), np.ones((1, units)))]
    )
    count = sparse.csr_matrix(np.concatenate([np.ones(sites), np.zeros(classes * units)]))
    columns = sites + classes * units
    answer = solve(
        np.concatenate([np.zeros(sites), np.outer(sets.weight * scale, gains).ravel()]),
        [Rows(cover, -np.inf, 0), Rows(count, units, units)],
        lower=np.concatenate([lower_bounds(sites, fixed), np.zeros(classes * units)]),
        upper=np.concatenate([np.full(sites, float(units if at_each is None else at_each)), np.ones(classes * units)]),
        whole=np.arange(columns) < sites,
        maximise=True,
        seconds=seconds,
        nobody=f"{units} units cannot be placed at {sites} sites with these limits.",
    )
    placed = answer.values[:sites].astype(np.int64)
    figure = float((weights * (1 - busy ** (reaches @ placed))).sum())
    return Placement(placed, figure, answer.bound / scale)
