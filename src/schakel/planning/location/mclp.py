"""How many people so many stations can reach (maximal covering location, MCLP).

    maximise    sum of d(c) y(c)
    subject to  y(c)  <=  sum of x(i) over the sites i within reach of c
                sum of x(i) = stations,   x(i) 0 or 1,   0 <= y(c) <= 1

Once x is whole, y is whole by itself. Church, R. and ReVelle, C. (1974), Papers of the Regional Science Association
32, 101-118.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from scipy import sparse

from schakel.planning.cover import cover_sets
from schakel.planning.location.placement import Placement, checked, lower_bounds
from schakel.planning.location.program import Rows, solve


def maximal_cover(
    reach: Any, weight: Any, stations: int, *, fixed: Collection[int] = (), seconds: float = float("inf")
) -> Placement:
    """The stations that reach most demand. fixed: sites that stay open, and are among the number."""
    reaches, weights = checked(reach, weight)
    sets = cover_sets(reaches, weights)
    sites, classes = reaches.shape[1], len(sets)
    cover = sparse.hstack([sparse.csr_matrix(-sets.reach.astype(float)), sparse.identity(classes)])
    count = sparse.csr_matrix(np.concatenate([np.ones(sites), np.zeros(classes)]))
    answer = solve(
        np.concatenate([np.zeros(sites), sets.weight]),
        [Rows(cover, -np.inf, 0), Rows(count, stations, stations)],
        lower=np.concatenate([lower_bounds(sites, fixed), np.zeros(classes)]),
        upper=np.ones(sites + classes),
        whole=np.arange(sites + classes) < sites,
        maximise=True,
        seconds=seconds,
        nobody=f"{stations} stations cannot be placed at {sites} sites of which {len(fixed)} stay open.",
    )
    units = answer.values[:sites].astype(np.int64)
    return Placement(units, float(weights[reaches[:, units > 0].any(axis=1)].sum()), answer.bound)
