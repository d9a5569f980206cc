"""Where stations should be so that nobody is farther from one than need be (p-centre).

The answer is one of the distances that occur. For each, the fewest stations that reach everybody within it are found
(LSCP); more distance never needs more stations, so halving finds the least distance for which the stations suffice.
That it is least is proven by the next shorter one, which needs more.

Minieka, E. (1970), SIAM Review 12, 138-139.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from schakel.planning.location.lscp import set_cover
from schakel.planning.location.placement import NoPlacement, Placement


def p_centre(distance: Any, stations: int, *, fixed: Collection[int] = ()) -> Placement:
    """The stations from which the farthest point is nearest. distance: points by sites; fixed: sites that stay open."""
    away = np.asarray(distance, dtype=np.float64)
    if not max(1, len(set(fixed))) <= stations <= away.shape[1]:
        raise NoPlacement(
            f"{stations} stations cannot be placed at {away.shape[1]} sites, {len(set(fixed))} of which stay."
        )
    # Nobody can be nearer than the nearest site: shorter distances reach not everybody.
    steps = np.unique(away[away >= away.min(axis=1).max()])
    low, high = 0, len(steps) - 1
    best = set_cover(away <= steps[high], fixed=fixed)
    while low < high:
        middle = (low + high) // 2
        tried = set_cover(away <= steps[middle], fixed=fixed)
        if tried.figure <= stations:
            high, best = middle, tried
        else:
            low = middle + 1
    return Placement(best.units, float(away[:, best.units > 0].min(axis=1).max()), float(steps[high]))
