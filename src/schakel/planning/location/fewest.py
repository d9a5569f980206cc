"""How few stations reach a share of the people once, and a share of them twice: as the Dutch framework asks.

    minimise    sum of x(i) over the sites
    subject to  sum of x(i) over the sites i within reach of c  >=  u1(c) + u2(c)
                u2(c) <= u1(c)
                sum of d(c) u1(c) over the points of each group  >=  share  * sum of d(c) over that group
                sum of d(c) u2(c) over all points                >=  double * sum of d(c)
                x(i), u1, u2  0 or 1

u1: reached; u2: reached from a second station too. A group is an area that has to meet the share by itself. The
reference framework for Dutch ambulance care asks that 97 % of each region can be reached within 12 minutes of driving
(RIVM), and its study of 2020 what 70 and 90 % of double cover would take (RIVM-2020-0009). Once x is whole, u1 and u2
may be taken as whole or not without gain: a share of a point is never needed beyond one point in each group, so they
are left free and the answer is checked for what it really covers.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from schakel.planning.cover import cover_sets
from schakel.planning.location.placement import NoPlacement, Placement, checked, lower_bounds
from schakel.planning.location.program import Rows, solve


def fewest(
    reach: Any,
    weight: Any,
    *,
    share: float,
    double: float = 0.0,
    group: Any = None,
    fixed: Collection[int] = (),
    seconds: float = float("inf"),
    start: Collection[int] | None = None,
) -> Placement:
    """The fewest stations that reach `share` of each group of points, and `double` of all points twice.

    group: for each point the group it belongs to; one group when not given. start: stations to begin with, where some
    are known that will do.
    """
    reaches, weights = checked(reach, weight)
    groups = np.zeros(len(weights), dtype=np.int64) if group is None else np.unique(group, return_inverse=True)[1]
    if not (0 < share <= 1 and 0 <= double <= 1):
        raise ValueError(f"share and double are shares up to 1, and not {share} and {double}.")
    names = np.unique(groups)
    whole_of = np.bincount(groups, weights, len(names))
    possible = np.bincount(groups, weights * reaches.any(axis=1), len(names))
    if lacking := int((possible < share * whole_of * (1 - 1e-12)).sum()):
        raise NoPlacement(
            f"In {lacking} of {len(names)} groups less than {share:.1%} is within reach of any site. Add sites."
        )
    # The group takes part in the merging: one column of each group beside the sites.
    marked = np.hstack([reaches, np.arange(len(names))[None, :] == groups[:, None]])
    sets = cover_sets(marked, weights)
    sites, classes = reaches.shape[1], len(sets)
    member = sparse.csr_matrix(sets.reach[:, sites:].T.astype(float) * sets.weight)
    close = sparse.csr_matrix(sets.reach[:, :sites].astype(float))
    eye = sparse.identity(classes)
    blank = sparse.csr_matrix((len(names), sites))
    rows = [
        Rows(sparse.hstack([close, -eye, -eye]), 0, np.inf),
        Rows(sparse.hstack([sparse.csr_matrix((classes, sites)), eye, -eye]), 0, np.inf),
        Rows(sparse.hstack([blank, member, sparse.csr_matrix(member.shape)]), share * whole_of, np.inf),
        Rows(
            sparse.csr_matrix(np.concatenate([np.zeros(sites + classes), sets.weight])),
            double * float(weights.sum()),
            np.inf,
        ),
    ]
    columns = sites + 2 * classes
    answer = solve(
        np.concatenate([np.ones(sites), np.zeros(2 * classes)]),
        rows,
        lower=np.concatenate([lower_bounds(sites, fixed), np.zeros(2 * classes)]),
        upper=np.ones(columns),
        whole=np.arange(columns) < sites,
        maximise=False,
        seconds=seconds,
        nobody=f"No stations at these {sites} sites reach {share:.1%} once and {double:.1%} twice.",
        start=None if start is None else _beginning(close, sites, start),
    )
    units = answer.values[:sites].astype(np.int64)
    in_reach = reaches @ units
    assert (np.bincount(groups, weights * (in_reach >= 1), len(names)) >= share * whole_of * (1 - 1e-9)).all(), (
        "each group is covered by stations that are really opened"
    )
    assert weights[in_reach >= 2].sum() >= double * weights.sum() * (1 - 1e-9), "so is what is covered twice"
    return Placement(units, float(units.sum()), float(np.ceil(answer.bound - 1e-6)))


def _beginning(close: Any, sites: int, start: Collection[int]) -> NDArray[np.float64]:
    units = np.zeros(sites)
    units[list(start)] = 1
    reached = close @ units
    return np.concatenate([units, (reached >= 1).astype(float), (reached >= 2).astype(float)])
