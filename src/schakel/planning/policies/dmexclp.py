"""Dynamic MEXCLP: a unit that becomes free goes where one more adds most to the expected cover.

With a share q of time that a unit is busy, a zone in reach of k free units has somebody free with chance 1 - q^k. One
more free unit at base b adds, over the zones z within the threshold of b, of which k(z) free units are in reach,

    gain(b) = sum over z of  demand(z) * (1 - q) * q^k(z)

and the unit goes to the base with the highest gain, the first of equals. Units on their way to a base count as being
there; the way of the unit itself is not weighed.

Jagtenberg, C.J., Bhulai, S. and van der Mei, R.D. (2015), Operations Research for Health Care 4, 27-35.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schakel.planning.cover import cover_sets
from schakel.planning.policies.policy import Free
from schakel.planning.world import World

#: Gains are whole numbers, of which this many make up all demand: sums are the same in every order, on every machine.
WHOLE = 10**12

#: Beyond so many units in reach one more is worth nothing.
MOST_IN_REACH = 64


@dataclass(frozen=True)
class Dmexclp:
    """The policy for one world: which zones each base reaches, and what the k-th unit is worth there.

    zones_of[starts[b]:starts[b+1]] are the zones, merged by cover set, within reach of base b; worth[z, k] is what
    one more unit adds to zone z where k are in reach already.
    """

    starts: NDArray[np.int64]
    zones_of: NDArray[np.int64]
    worth: NDArray[np.int64]

    @classmethod
    def of(cls, world: World, demand: NDArray[np.float64], busy: float, threshold_ms: int) -> Dmexclp:
        """The policy where demand is spread so over the zones, and units are busy this share of their time.

        threshold_ms: the drive with signals within which a zone is covered.
        """
        assert 0 <= busy < 1, "a share of time from 0 to 1"
        merged = cover_sets(threshold_ms >= world.signals_ms[world.bases].T, np.asarray(demand, dtype=np.float64))
        share = merged.weight / merged.weight.sum()
        worth = np.rint(WHOLE * share[:, None] * (1 - busy) * busy ** np.arange(MOST_IN_REACH)).astype(np.int64)
        by_base = [np.flatnonzero(merged.reach[:, base]) for base in range(len(world.bases))]
        starts = np.concatenate([[0], np.cumsum([len(zones) for zones in by_base])]).astype(np.int64)
        return cls(starts, np.concatenate(by_base).astype(np.int64), np.ascontiguousarray(worth))

    def base_for(self, unit: Free, waiting: Sequence[int]) -> int:
        """The base where one more adds most, counted anew from who waits where."""
        in_reach = np.zeros(len(self.worth), dtype=np.int64)
        for base, units in enumerate(waiting):
            in_reach[self.reached_from(base)] += units
        gain_of_zone = self.worth[np.arange(len(self.worth)), np.minimum(in_reach, MOST_IN_REACH - 1)]
        gains = [int(gain_of_zone[self.reached_from(base)].sum()) for base in range(len(waiting))]
        return gains.index(max(gains))

    def reached_from(self, base: int) -> NDArray[np.int64]:
        """The merged zones within reach of a base."""
        return self.zones_of[self.starts[base] : self.starts[base + 1]]
