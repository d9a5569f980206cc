"""What a location model gives, and how good that is proven to be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


class NoPlacement(ValueError):
    """No placement can do what is asked. The sentence says why."""


@dataclass(frozen=True)
class Placement:
    """Units (or one open station) per site.

    figure: what the model is about, worked out again from the points. bound: no placement does better than this, as
    the solver proved. Both in the unit of the model: demand, units, or distance.
    """

    units: NDArray[np.int64]
    figure: float
    bound: float

    @property
    def sites(self) -> list[int]:
        """The sites that are used."""
        return [int(site) for site in np.flatnonzero(self.units)]

    @property
    def gap(self) -> float:
        """How far from the best possible this may be, as a share of the figure; 0 is proven optimal."""
        off = abs(self.bound - self.figure)
        return 0.0 if off <= 1e-6 * max(1.0, abs(self.figure)) else off / max(abs(self.figure), 1e-12)


def checked(reach: Any, weight: Any) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Points by sites, and one weight for each point that is not negative; else `ValueError`."""
    reaches, weights = np.asarray(reach, dtype=bool), np.asarray(weight, dtype=np.float64)
    if reaches.ndim != 2 or not reaches.size:
        raise ValueError(
            f"reach has a row for each point and a column for each site, and not the shape {reaches.shape}."
        )
    if weights.shape != reaches.shape[:1]:
        raise ValueError(f"weight has one value for each of {len(reaches)} points, and not the shape {weights.shape}.")
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise ValueError("weight has numbers that are not negative.")
    return reaches, weights


def lower_bounds(sites: int, fixed: Collection[int]) -> NDArray[np.float64]:
    """At least one unit at each site that stays, none needed elsewhere."""
    if not all(0 <= site < sites for site in fixed):
        raise ValueError(f"fixed names sites from 0 to {sites - 1}, and not {sorted(fixed)}.")
    bounds = np.zeros(sites)
    bounds[list(fixed)] = 1
    return bounds
