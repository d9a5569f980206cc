"""Where stations should be so that the way to all demand together is shortest (p-median).

With D(1) < D(2) < ... the different distances from point c to the sites, and z(c, k) = 1 when no station is within
D(k) of c:

    minimise    sum over c of  d(c) (D(1) + sum over k of (D(k+1) - D(k)) z(c, k))
    subject to  z(c, k)  +  sum of x(i) over the sites at distance D(k)  >=  z(c, k-1),   with z(c, 0) = 1
                sum of x(i) = stations,   x(i) 0 or 1,   z >= 0

Once x is whole, z is whole by itself. Of so many open sites one is among the nearest (sites - stations + 1), so farther
distances are left out. Elloumi, S. (2010), Discrete Optimization 7, 118-128.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from scipy import sparse

from schakel.planning.location.placement import Placement, lower_bounds
from schakel.planning.location.program import Rows, solve


def p_median(
    distance: Any,
    stations: int,
    *,
    weight: Any = None,
    fixed: Collection[int] = (),
    seconds: float = float("inf"),
) -> Placement:
    """The stations from which the weighted distance to all points is least. distance: points by sites."""
    away = np.asarray(distance, dtype=np.float64)
    points, sites = away.shape
    if not 1 <= stations <= sites:
        raise ValueError(f"stations is a number from 1 to {sites}, and not {stations}.")
    weights = np.ones(points) if weight is None else np.asarray(weight, dtype=np.float64)
    costs: list[float] = []
    data: list[tuple[int, int, float]] = []
    least: list[float] = []
    base = 0.0
    for point in range(points):
        order = np.argsort(away[point], kind="stable")[: sites - stations + 1]
        steps, starts = np.unique(away[point, order], return_index=True)
        base += weights[point] * steps[0]
        # Within the last of these distances a station is open in any case: no column, and so no cost, beyond it.
        for k in range(len(steps) - 1):
            row, column = len(least), sites + len(costs)
            data += [(row, int(site), 1.0) for site in order[starts[k] : starts[k + 1]]]
            data.append((row, column, 1.0))
            if k:
                data.append((row, column - 1, -1.0))
            least.append(0.0 if k else 1.0)
            costs.append(float(weights[point] * (steps[k + 1] - steps[k])))
    columns = sites + len(costs)
    rows, places, values = zip(*data, strict=True) if data else ((), (), ())
    cover = sparse.csr_matrix((values, (rows, places)), shape=(len(least), columns))
    count = sparse.csr_matrix(np.concatenate([np.ones(sites), np.zeros(len(costs))]))
    answer = solve(
        np.concatenate([np.zeros(sites), costs]),
        [Rows(cover, np.array(least), np.inf), Rows(count, stations, stations)],
        lower=np.concatenate([lower_bounds(sites, fixed), np.zeros(len(costs))]),
        upper=np.ones(columns),
        whole=np.arange(columns) < sites,
        maximise=False,
        seconds=seconds,
        nobody=f"{stations} stations cannot be placed when {len(fixed)} sites stay open.",
    )
    units = answer.values[:sites].astype(np.int64)
    return Placement(units, float(weights @ away[:, units > 0].min(axis=1)), answer.bound + base)
