"""How few stations reach everybody (location set covering, LSCP).

    minimise    sum of x(i) over the sites
    subject to  sum of x(i) over the sites i within reach of c  >=  1   for each point c
                x(i) 0 or 1

Toregas, C., Swain, R., ReVelle, C. and Bergman, L. (1971), Operations Research 19, 1363-1373.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from scipy import sparse

from schakel.planning.cover import cover_sets
from schakel.planning.location.placement import NoPlacement, Placement, checked, lower_bounds
from schakel.planning.location.program import Rows, solve


def set_cover(reach: Any, *, fixed: Collection[int] = (), seconds: float = float("inf")) -> Placement:
    """The fewest stations so that each point is within reach of one. fixed: sites that stay open."""
    reaches, _ = checked(reach, np.ones(len(reach)))
    beyond = int((~reaches.any(axis=1)).sum())
    if beyond:
        raise NoPlacement(
            f"{beyond} of {len(reaches)} points are within reach of no site. Leave them out, or add sites."
        )
    sets = cover_sets(reaches, np.ones(len(reaches)))
    sites = reaches.shape[1]
    answer = solve(
        np.ones(sites),
        [Rows(sparse.csr_matrix(sets.reach.astype(float)), 1, np.inf)],
        lower=lower_bounds(sites, fixed),
        upper=np.ones(sites),
        whole=np.ones(sites, dtype=bool),
        maximise=False,
        seconds=seconds,
    )
    units = answer.values.astype(np.int64)
    assert reaches[:, units > 0].any(axis=1).all(), "each point is covered by a station that is really opened"
    return Placement(units, float(units.sum()), float(np.ceil(answer.bound - 1e-6)))
