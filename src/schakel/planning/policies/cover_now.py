"""What the free units cover at this moment, what is left when one of them goes, and where one had better stand.

Asked alike by a simulation and by the live centre: who is free stands at points, and ways come from whatever knows them
(`schakel.domain.travel.TravelTimes`): the region's matrix or estimate, or the world of a run (`planning.world.Ways`).

The worth of a place is expected cover: with a share q of time that a unit is busy, a zone in reach of k free units has
somebody free with chance 1 - q^k (Daskin 1983; as in `dmexclp`). Nothing here moves anybody. It advises.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schakel.domain.travel import Point, TravelTimes

Reach = NDArray[np.bool_]


class Cover(NamedTuple):
    """The share of the weight that one free unit can reach, and that two can; and the zones that nobody can reach."""

    once: float
    twice: float
    bare: tuple[int, ...]


class Move(NamedTuple):
    """An advice: this free unit to that base. gain: expected cover that it adds, as a share of all weight.

    lost: what the cover of now loses while it is on its way, as a share of the weight reached once.
    """

    unit: int
    base: int
    gain: float
    way_ms: int
    lost: float


def reach_from(places: Sequence[Point], zones: Sequence[Point], travel: TravelTimes, within_ms: int) -> Reach:
    """Which zones (columns) are within so long, with signals, of which places (rows); the limit itself is within."""
    found = np.zeros((len(places), len(zones)), dtype=bool)
    for column, zone in enumerate(zones):
        if places:
            found[:, column] = np.array(travel.from_many(places, zone, True)) <= within_ms
    return found


def cover_of(reach: Reach, weight: Any) -> Cover:
    """What these units cover together. reach: free units by zones; weight: of each zone, such as its inhabitants."""
    weights = _weights(reach, weight)
    count = reach.sum(axis=0)
    bare = np.flatnonzero((count == 0) & (weights > 0))
    return Cover(_share(weights, count >= 1), _share(weights, count >= 2), tuple(bare.tolist()))


def cover_without(reach: Reach, weight: Any) -> list[Cover]:
    """For each unit, what is covered when that one goes and the others stay."""
    weights = _weights(reach, weight)
    count = reach.sum(axis=0)
    found = []
    for row in reach:
        left = count - row
        bare = np.flatnonzero((left == 0) & (weights > 0))
        found.append(Cover(_share(weights, left >= 1), _share(weights, left >= 2), tuple(bare.tolist())))
    return found


def may_leave(reach: Reach, weight: Any, least: float) -> list[bool]:
    """Which units may go without the cover falling below so much; where it is below already, who lowers nothing."""
    now = cover_of(reach, weight).once
    return [left.once >= min(least, now) - 1e-12 for left in cover_without(reach, weight)]


def advised_moves(
    free: Sequence[Point],
    bases: Sequence[Point],
    zones: Sequence[Point],
    weight: Any,
    travel: TravelTimes,
    *,
    within_ms: int,
    busy: float,
    least_gain: float = 0.005,
    longest_ms: int | None = None,
) -> list[Move]:
    """The moves of one free unit to a base that add most, best first; of each unit its best one, if it is worth it.

    busy: the share of time that a unit is busy; least_gain: what a move has to add, as a share of the weight;
    longest_ms: the longest way without signals that is asked of a crew. Moves are weighed one at a time: after the
    first is made, ask again.
    """
    assert 0 <= busy < 1, "a share of time from 0 to below 1"
    here = reach_from(free, zones, travel, within_ms)
    there = reach_from(bases, zones, travel, within_ms)
    weights = _weights(here, weight)
    total = float(weights.sum())
    if not len(free) or not len(bases) or total <= 0:
        return []
    count = here.sum(axis=0)
    now = _share(weights, count >= 1)
    ways = np.array([travel.from_many(free, base, False) for base in bases])
    moves = []
    for unit, row in enumerate(here):
        left = count - row
        worth = weights * (1 - busy) * busy ** left.astype(float)
        here_adds, adds = float(worth @ row), there @ worth
        lost = now - _share(weights, left >= 1)
        found = [
            Move(unit, base, float(adds[base] - here_adds) / total, int(ways[base, unit]), lost)
            for base in range(len(bases))
            if longest_ms is None or ways[base, unit] <= longest_ms
        ]
        # The most gain; of equals the shortest way, then the first base.
        best = min(found, key=lambda move: (-round(move.gain, 12), move.way_ms, move.base), default=None)
        if best is not None and best.gain >= least_gain:
            moves.append(best)
    return sorted(moves, key=lambda move: (-round(move.gain, 12), move.way_ms, move.unit))


def _weights(reach: Reach, weight: Any) -> NDArray[np.float64]:
    weights = np.asarray(weight, dtype=np.float64)
    assert weights.shape == (reach.shape[1],), "one weight for each zone"
    return weights


def _share(weights: NDArray[np.float64], which: NDArray[np.bool_]) -> float:
    total = float(weights.sum())
    return float(weights[which].sum()) / total if total > 0 else 0.0
