"""How many requests so many units can serve when a unit has only so many a shift (capacitated maximal covering).

    maximise    sum over c and i of  w(c, i)
    subject to  sum over i of w(c, i)  <=  d(c)                  w(c, i) only where site i is within reach of c
                sum over c of w(c, i)  <=  most * x(i)
                sum of x(i) = units,   x(i) whole,   w >= 0

w(c, i): the demand of point c that is served from site i, which may be shared; most: what one unit can take on. With
this the utilisation ("bezettingsgraad", deployments per shift) is a condition instead of an outcome. Demand may be
shared between sites, so points with the same sites can be merged, exactly. After Pirkul, H. and Schilling, D. (1991),
Management Science 37, 233-248, whose demand goes to one site undivided.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from scipy import sparse

from schakel.planning.cover import cover_sets
from schakel.planning.location.placement import Placement, checked, lower_bounds
from schakel.planning.location.program import Rows, solve


def served_cover(
    reach: Any,
    weight: Any,
    units: int,
    most: float,
    *,
    at_each: int | None = None,
    fixed: Collection[int] = (),
    seconds: float = float("inf"),
) -> Placement:
    """The units that can serve most demand when each takes at most `most` of it (in the unit of the weights)."""
    reaches, weights = checked(reach, weight)
    if not most > 0:
        raise ValueError(f"most is above 0, and not {most}.")
    sets = cover_sets(reaches, weights)
    sites = reaches.shape[1]
    of_class, of_site = np.nonzero(sets.reach)
    pairs = len(of_class)
    from_point = sparse.csr_matrix((np.ones(pairs), (of_class, np.arange(pairs))), shape=(len(sets), pairs))
    at_site = sparse.csr_matrix((np.ones(pairs), (of_site, np.arange(pairs))), shape=(sites, pairs))
    # To the solver the demand is a million, whatever its unit: its tolerances are absolute.
    scale = 1e6 / max(float(weights.sum()), 1e-12)
    answer = solve(
        np.concatenate([np.zeros(sites), np.ones(pairs)]),
        [
            Rows(sparse.hstack([sparse.csr_matrix((len(sets), sites)), from_point]), 0, sets.weight * scale),
            Rows(sparse.hstack([-most * scale * sparse.identity(sites), at_site]), -np.inf, 0),
            Rows(sparse.csr_matrix(np.concatenate([np.ones(sites), np.zeros(pairs)])), units, units),
        ],
        lower=np.concatenate([lower_bounds(sites, fixed), np.zeros(pairs)]),
        upper=np.concatenate([np.full(sites, float(units if at_each is None else at_each)), np.full(pairs, np.inf)]),
        whole=np.arange(sites + pairs) < sites,
        maximise=True,
        seconds=seconds,
        nobody=f"{units} units cannot be placed at {sites} sites with these limits.",
    )
    placed = answer.values[:sites].astype(np.int64)
    return Placement(placed, can_serve(sets.reach, sets.weight, placed, most), answer.bound / scale)


def can_serve(reach: Any, weight: Any, units: Any, most: float) -> float:
    """The demand that units in these places can serve, found without the program above: a greatest flow.

    From a source to each point, from there to the sites that reach it, from each site to a sink as much as its units
    can take; by the flow of Dinitz in whole millionths of the demand, so that it may fall short by that much.
    """
    from scipy.sparse.csgraph import maximum_flow

    reaches, weights, placed = np.asarray(reach, dtype=bool), np.asarray(weight, dtype=float), np.asarray(units)
    points, sites = reaches.shape
    grain = 1e9 / max(float(weights.sum()), 1e-12)
    of_point, of_site = np.nonzero(reaches & (placed > 0))
    source, sink = points + sites, points + sites + 1
    starts = np.concatenate([np.full(points, source), of_point, points + np.arange(sites)])
    ends = np.concatenate([np.arange(points), points + of_site, np.full(sites, sink)])
    rooms = np.concatenate([weights * grain, weights[of_point] * grain, np.minimum(placed * most * grain, 2e9)])
    graph = sparse.csr_array((np.floor(rooms + 1e-6).astype(np.int32), (starts, ends)), shape=(sink + 1, sink + 1))
    return float(maximum_flow(graph, source, sink).flow_value) / grain
