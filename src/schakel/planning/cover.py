"""Who can be reached from where, with demand points that are the same to every site taken together.

Two points that can be reached from exactly the same sites are one point with the demand of both: in every covering
model, and exactly so. Fifteen million addresses and a hundred sites become a few thousand points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class CoverSets:
    """reach[c, s]: whether class c is within reach of site s; weight[c]: its demand; of[p]: the class of point p."""

    reach: NDArray[np.bool_]
    weight: NDArray[Any]
    of: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.weight)


def cover_sets(reach: NDArray[np.bool_], weight: NDArray[Any]) -> CoverSets:
    """Merge the points (rows) that the same sites (columns) reach. Weights that are whole numbers stay so."""
    points, sites = reach.shape
    assert weight.shape == (points,), "one weight for each point"
    words = np.zeros((points, -(-sites // 64) * 8), dtype=np.uint8)
    packed = np.packbits(reach, axis=1, bitorder="little")
    words[:, : packed.shape[1]] = packed
    keys = words.view(np.uint64)
    order = np.lexsort(keys.T) if keys.shape[1] else np.arange(points)
    ordered = keys[order]
    new = np.ones(points, dtype=bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    of = np.empty(points, dtype=np.int64)
    of[order] = np.cumsum(new) - 1
    merged = np.zeros(int(new.sum()), dtype=weight.dtype)
    np.add.at(merged, of, weight)
    return CoverSets(reach[order[new]], merged, of)


def closed_borders(
    reach: NDArray[np.bool_], region_of_point: NDArray[Any], region_of_site: NDArray[Any]
) -> NDArray[np.bool_]:
    """Who reaches whom when nobody crosses a border: without burenhulp, a site serves the points of its own region."""
    closed: NDArray[np.bool_] = reach & (np.asarray(region_of_point)[:, None] == np.asarray(region_of_site)[None, :])
    return closed
