"""How few stations reach a share of the people once, and a share of them twice: as the Dutch framework asks.

    minimise    sum of x(i) over the sites
    subject to  sum of x(i) over the sites i within reach of c  >=  u1(c) + u2(c)
                u2(c) <= u1(c)
                sum of d(c) u1(c) over the points of each group  >=  share  * sum of d(c) over that group
                sum of d(c) u2(c) over all points                >=  double * sum of d(c)
                x(i), u1, u2  0 or 1

u1: reached; u2: reached from a second station too. A group is an area that has to meet the share by itself. The
reference framework for Dutch ambulance care asks that 97 % of each region can be reached within 12 minutes of driving
(RIVM), and its study of 2020 what 70 and 90 % of double cover would take (RIVM-2020-0009). Once x and u2 are whole, u1
may as well be, and is not declared so.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from schakel.planning.cover import cover_sets
from schakel.planning.location.placement import NoPlacement, Placement, checked, lower_bounds
from schakel.planning.location.program import Answer, Rows, solve


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
    if float(weights[reaches.sum(axis=1) >= 2].sum()) < double * float(weights.sum()) * (1 - 1e-12):
        raise NoPlacement(
            f"Less than {double:.1%} is within reach of two of these {reaches.shape[1]} sites. Add sites."
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
    enough = _Enough(sets.reach[:, :sites], sets.weight, sets.reach[:, sites:].argmax(axis=1), share, double)
    kept = np.isin(np.arange(sites), list(fixed))
    begin = enough.pared(enough.filled(kept if start is None else kept | np.isin(np.arange(sites), list(start))), kept)

    def best(twice_whole: bool, begin: NDArray[np.bool_], seconds: float) -> Answer:
        column = np.arange(columns)
        return solve(
            np.concatenate([np.ones(sites), np.zeros(2 * classes)]),
            rows,
            lower=np.concatenate([lower_bounds(sites, fixed), np.zeros(2 * classes)]),
            upper=np.ones(columns),
            whole=(column < sites) | (twice_whole & (column >= sites + classes)),
            maximise=False,
            seconds=seconds,
            nobody=f"No stations at these {sites} sites reach {share:.1%} once and {double:.1%} twice.",
            start=_beginning(close, begin),
        )

    # With u2 left free the program is solved far sooner, and its bound holds. Where its answer lacks double cover,
    # stations are added; only if that makes it more than the bound is the whole program asked.
    answer = best(False, begin, seconds / 2 if double else seconds)
    bound = float(np.ceil(answer.bound - 1e-6))
    candidates = [begin, enough.pared(enough.filled(answer.values[:sites] > 0), kept)]
    found = min(candidates, key=lambda one: int(one.sum()))
    if double and found.sum() > bound:
        exact = best(True, found, seconds / 2)
        bound = max(bound, float(np.ceil(exact.bound - 1e-6)))
        found = min(found, exact.values[:sites] > 0, key=lambda one: int(one.sum()))
    units = found.astype(np.int64)
    in_reach = reaches @ units
    assert (np.bincount(groups, weights * (in_reach >= 1), len(names)) >= share * whole_of * (1 - 1e-9)).all(), (
        "each group is covered by stations that are really opened"
    )
    assert weights[in_reach >= 2].sum() >= double * weights.sum() * (1 - 1e-9), "so is what is covered twice"
    return Placement(units, float(units.sum()), bound)


def _beginning(close: Any, stations: NDArray[np.bool_]) -> NDArray[np.float64]:
    """All columns of the program for these stations."""
    reached = close @ stations.astype(float)
    return np.concatenate([stations, reached >= 1, reached >= 2]).astype(float)


@dataclass(frozen=True)
class _Enough:
    """What is asked of stations, to add and to leave out by simple rules: a beginning for the solver, no more."""

    reach: NDArray[np.bool_]
    weight: NDArray[np.float64]
    group: NDArray[np.int64]
    share: float
    double: float

    def lacking(self, stations: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
        """The weight that each group lacks, and what all lack of double cover."""
        count = self.reach @ stations.astype(np.int64)
        groups = int(self.group.max()) + 1
        whole = np.bincount(self.group, self.weight, groups)
        once = np.bincount(self.group, self.weight * (count >= 1), groups)
        twice = float(self.weight[count >= 2].sum())
        return np.maximum(self.share * whole * (1 - 1e-12) - once, 0), max(
            self.double * float(self.weight.sum()) * (1 - 1e-12) - twice, 0.0
        )

    def filled(self, stations: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """With stations added, each time the one that adds most of what is lacking."""
        found = stations.copy()
        while True:
            once, twice = self.lacking(found)
            if not once.any() and not twice:
                return found
            count = self.reach @ found.astype(np.int64)
            worth = self.weight * ((count == 0) * (once[self.group] > 0) + (count == 1) * (twice > 0))
            gain = np.where(found, -1.0, worth @ self.reach)
            if gain.max() <= 0 and twice:  # nobody is reached once who could be twice: reach somebody first
                gain = np.where(found, -1.0, (self.weight * (count == 0)) @ self.reach)
            assert gain.max() > 0, "all sites together are enough, as was asked before"
            found[int(gain.argmax())] = True

    def pared(self, stations: NDArray[np.bool_], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Without the stations that can be left out, those with the least weight in reach first."""
        found = stations.copy()
        for site in np.argsort(self.weight @ self.reach, kind="stable").tolist():
            if found[site] and not kept[site]:
                found[site] = False
                once, twice = self.lacking(found)
                found[site] = bool(once.any() or twice)
        return found
