"""How many people find a free unit with the asked reliability (maximum availability location, MALP I).

    maximise    sum of d(c) z(c)
    subject to  b z(c)  <=  sum of x(i) over the sites i within reach of c
                sum of x(i) = units,   x(i) whole,   z(c) 0 or 1

With a share q of time that a unit is busy, b units in reach leave somebody free with chance 1 - q^b; b is the fewest
for which that is at least the reliability. ReVelle, C. and Hogan, K. (1989), Transportation Science 23, 192-200.
"""

from __future__ import annotations

from collections.abc import Collection
from math import ceil, log
from typing import Any

import numpy as np
from scipy import sparse

from schakel.planning.cover import cover_sets
from schakel.planning.location.placement import Placement, checked, lower_bounds
from schakel.planning.location.program import Rows, solve


def units_needed(busy: float, reliability: float) -> int:
    """The fewest units in reach of which one is free with this chance."""
    if not (0 <= busy < 1 and 0 < reliability < 1):
        raise ValueError(f"busy and reliability are shares below 1, and not {busy} and {reliability}.")
    return 1 if busy == 0 else max(1, ceil(log(1 - reliability) / log(busy) - 1e-12))


def reliable_cover(
    reach: Any,
    weight: Any,
    units: int,
    busy: float,
    reliability: float,
    *,
    at_each: int | None = None,
    fixed: Collection[int] = (),
    seconds: float = float("inf"),
) -> Placement:
    """The units by which most demand finds one free with this chance. at_each: the most units at one site."""
    reaches, weights = checked(reach, weight)
    needed = units_needed(busy, reliability)
    sets = cover_sets(reaches, weights)
    sites, classes = reaches.shape[1], len(sets)
    cover = sparse.hstack([sparse.csr_matrix(-sets.reach.astype(float)), needed * sparse.identity(classes)])
    count = sparse.csr_matrix(np.concatenate([np.ones(sites), np.zeros(classes)]))
    answer = solve(
        np.concatenate([np.zeros(sites), sets.weight]),
        [Rows(cover, -np.inf, 0), Rows(count, units, units)],
        lower=np.concatenate([lower_bounds(sites, fixed), np.zeros(classes)]),
        upper=np.concatenate([np.full(sites, float(units if at_each is None else at_each)), np.ones(classes)]),
        whole=np.ones(sites + classes, dtype=bool),
        maximise=True,
        seconds=seconds,
        nobody=f"{units} units cannot be placed at {sites} sites with these limits.",
    )
    placed = answer.values[:sites].astype(np.int64)
    return Placement(placed, float(weights[reaches @ placed >= needed].sum()), answer.bound)
