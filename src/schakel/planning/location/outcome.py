"""What a placement means for the people, counted from the points themselves.

Nothing of the solver is used here, and no merging: each point is asked how far every open site is. What a model claims
is compared with what is counted, and a difference is an error of ours, told loudly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schakel.planning.location.siting import Siting

Floats = NDArray[np.float64]

#: Shifts of eight hours in a year.
SHIFTS_A_YEAR = 365.25 * 3


@dataclass(frozen=True)
class Outcome:
    """What was counted. Weights are in the unit of the siting.

    by_units[k]: the weight of the points with exactly k units within the norm (the last also has all with more);
    minutes: to the nearest open site, weighted mean; farthest: of any point with weight; nearest[s]: the weight of the
    points to which site s is the nearest open one; helped: the share of the weight whose nearest open site lies on the
    other side of a border (burenhulp); None where there are no borders or they are closed.
    """

    by_units: Floats
    minutes: float
    farthest: float
    nearest: Floats
    helped: float | None

    @property
    def total(self) -> float:
        """The weight of all points."""
        return float(self.by_units.sum())

    def share(self, units: int) -> float:
        """The share of the weight with at least so many units within the norm: 1 is cover, 2 is double cover."""
        return float(self.by_units[units:].sum()) / self.total

    def per_shift(self, units: NDArray[np.int64], per_year: float) -> Floats:
        """Deployments for each unit of each site in a shift of eight hours, if the nearest open site always sends.

        NaN for a site without units. A year's mean: at night there are fewer, by day more.
        """
        load = self.nearest / self.total * per_year / SHIFTS_A_YEAR
        each: Floats = np.divide(load, units, out=np.full(len(units), np.nan), where=units > 0)
        return each


def over_borders(siting: Siting, units: NDArray[np.int64]) -> tuple[list[str], Floats]:
    """Who helps whom when borders are open: the areas, and the weight of each (row) by the area of its nearest site."""
    names = sorted({site.area for site in siting.sites} | set(np.unique(siting.area).tolist()))
    place = {name: number for number, name in enumerate(names)}
    open_sites = np.flatnonzero(units)
    of_site = np.array([place[siting.sites[site].area] for site in open_sites])
    flows = np.zeros((len(names), len(names)))
    for rows in siting.chunks():
        first = siting.ways(rows, open_sites.tolist()).argmin(axis=1)
        own = np.array([place[area] for area in siting.area[rows].tolist()])
        np.add.at(flows, (own, of_site[first]), siting.weight[rows])
    return names, flows


def outcome(siting: Siting, units: NDArray[np.int64], within: float, *, closed: bool = False) -> Outcome:
    """Count what these units mean. within: the norm in minutes; closed: nobody crosses a border."""
    open_sites = np.flatnonzero(units)
    assert len(open_sites), "somewhere is a unit"
    there = units[open_sites].astype(np.int32)
    most = int(there.sum())
    by_units = np.zeros(min(most, 64) + 1)
    nearest = np.zeros(len(units))
    weighted = farthest = crossing = 0.0
    limit = siting.limit(within)
    areas = np.array([siting.sites[site].area for site in open_sites])
    borders = len({site.area for site in siting.sites}) > 1
    for rows in siting.chunks():
        weight = siting.weight[rows]
        in_reach, first = np.zeros(len(weight), dtype=np.int32), np.zeros(len(weight), dtype=np.int32)
        shortest = np.full(len(weight), np.inf)
        for place, site in enumerate(open_sites.tolist()):
            away = siting.away(rows, site)
            if closed:
                away = np.where(siting.area[rows] == areas[place], away, np.inf)
            within_limit = away <= limit
            in_reach += within_limit if there[place] == 1 else within_limit * there[place]
            nearer = away < shortest
            first[nearer] = place
            np.minimum(shortest, away, out=shortest)
        shortest = siting.minutes_of(shortest)
        by_units += np.bincount(np.minimum(in_reach, len(by_units) - 1), weight, len(by_units))
        asked = weight > 0
        weighted += float(shortest[asked] @ weight[asked])
        farthest = max(farthest, float(shortest[asked].max(initial=0)))
        reachable = np.isfinite(shortest)
        nearest += np.bincount(open_sites[first[reachable]], weight[reachable], len(units))
        if borders:
            crossing += float(weight[siting.area[rows] != areas[first]].sum())
    total = float(by_units.sum())
    return Outcome(by_units, weighted / total, farthest, nearest, crossing / total if borders and not closed else None)
