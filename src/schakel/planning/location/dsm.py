"""Everybody within reach, and as many as possible twice (double standard model, "dubbele dekking").

    maximise    sum of d(c) u2(c)
    subject to  sum of x(i) over the sites i within the far reach of c   >=  1               for each point c
                sum of x(i) over the sites i within the near reach of c  >=  u1(c) + u2(c)
                sum of d(c) u1(c)  >=  share * sum of d(c)
                u2(c) <= u1(c),   sum of x(i) = units,   0 <= x(i) <= at each site,   u1, u2 0 or 1

u1: reached within the near norm; u2: reached so by a second unit. Gendreau, M., Laporte, G. and Semet, F. (1997),
Location Science 5, 75-88.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from scipy import sparse

from schakel.planning.cover import cover_sets
from schakel.planning.location.placement import NoPlacement, Placement, checked, lower_bounds
from schakel.planning.location.program import Rows, solve


def double_cover(
    near: Any,
    far: Any,
    weight: Any,
    units: int,
    *,
    share: float,
    at_each: int = 1,
    fixed: Collection[int] = (),
    seconds: float = float("inf"),
) -> Placement:
    """The units by which most demand is reached twice. at_each: the most units at one site."""
    nears, weights = checked(near, weight)
    fars, _ = checked(far, weight)
    if not (nears <= fars).all():
        raise ValueError("Who is within the near reach of a site is within its far reach too.")
    beyond = int((~fars.any(axis=1)).sum())
    if beyond:
        raise NoPlacement(f"{beyond} of {len(fars)} points are within the far reach of no site.")
    sets = cover_sets(np.hstack([nears, fars]), weights)
    sites, classes = nears.shape[1], len(sets)
    eye, none = sparse.identity(classes), sparse.csr_matrix((classes, classes))
    close, wide = (sparse.csr_matrix(part.astype(float)) for part in (sets.reach[:, :sites], sets.reach[:, sites:]))

    def one(x: Any, u1: Any, u2: Any) -> Any:
        return sparse.csr_matrix(np.concatenate([x, u1, u2]))

    nothing = np.zeros(classes)
    answer = solve(
        np.concatenate([np.zeros(sites), nothing, sets.weight]),
        [
            Rows(sparse.hstack([wide, none, none]), 1, np.inf),
            Rows(sparse.hstack([close, -eye, -eye]), 0, np.inf),
            Rows(sparse.hstack([sparse.csr_matrix((classes, sites)), eye, -eye]), 0, np.inf),
            Rows(one(np.zeros(sites), sets.weight, nothing), share * weights.sum(), np.inf),
            Rows(one(np.ones(sites), nothing, nothing), units, units),
        ],
        lower=np.concatenate([lower_bounds(sites, fixed), nothing, nothing]),
        upper=np.concatenate([np.full(sites, float(at_each)), np.ones(2 * classes)]),
        whole=np.ones(sites + 2 * classes, dtype=bool),
        maximise=True,
        seconds=seconds,
        nobody=f"With {units} units, {share:.0%} within the near reach and all within the far reach cannot be had.",
    )
    placed = answer.values[:sites].astype(np.int64)
    in_reach = nears @ placed
    assert (fars @ placed >= 1).all(), "everybody is within the far reach of a unit"
    assert weights[in_reach >= 1].sum() >= share * weights.sum() * (1 - 1e-9), "the share within the near reach is met"
    return Placement(placed, float(weights[in_reach >= 2].sum()), answer.bound)
