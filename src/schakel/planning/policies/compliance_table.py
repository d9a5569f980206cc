"""A compliance table: for each number of free units, where they should wait.

A unit that becomes free goes to the nearest base that has fewer than the table asks for; when none lacks a unit, it
goes home. Only the unit that became free moves: crews that already wait are left in peace.

Gendreau, M., Laporte, G. and Semet, F. (2006), Journal of the Operational Research Society 57, 22-28 (maximal expected
coverage relocation, whose solutions make up such a table).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schakel.planning.policies.policy import Free
from schakel.planning.world import World


@dataclass(frozen=True)
class ComplianceTable:
    """wanted[n, b]: how many of n free units should be at base b; way_ms[z, b]: from a zone to a base, no signals.

    With more free units than the table knows, its last row counts.
    """

    wanted: NDArray[np.int64]
    way_ms: NDArray[np.int64]

    @classmethod
    def of(cls, world: World, wanted: Sequence[Sequence[int]]) -> ComplianceTable:
        """The policy of a table for this world."""
        table = np.asarray(wanted, dtype=np.int64)
        assert table.shape[1:] == world.bases.shape, "a column for each base"
        assert (table.sum(axis=1) <= np.arange(len(table))).all(), "row n places at most n units"
        return cls(np.ascontiguousarray(table), np.ascontiguousarray(world.ways_ms[0][:, world.bases]))

    def base_for(self, unit: Free, waiting: Sequence[int]) -> int:
        """The nearest base that lacks a unit, now that there is one more; else its own."""
        row = self.wanted[min(sum(waiting) + 1, len(self.wanted) - 1)]
        lacking = [base for base, units in enumerate(waiting) if units < row[base]]
        return min(lacking, key=lambda base: int(self.way_ms[unit.zone, base]), default=unit.home)
