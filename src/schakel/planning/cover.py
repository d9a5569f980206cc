"""Who can be reached from where, with demand points that are the same to every site taken together.

Two points that can be reached from exactly the same sites are one point with the demand of both: in every covering
model, and exactly so. Fifteen million addresses and a hundred sites become a few thousand points.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    assert weight.shape == reach.shape[:1], "one weight for each point"
    first, of = _classes(_keys(reach))
    merged = np.zeros(len(first), dtype=weight.dtype)
    np.add.at(merged, of, weight)
    return CoverSets(reach[first], merged, of)


def merged_in_chunks(chunks: Iterable[tuple[NDArray[np.bool_], NDArray[Any]]], sites: int) -> CoverSets:
    """The same for points that come in chunks, each a reach and its weights: as large as one chunk and the classes.

    Which point belongs to which class is forgotten (`of` is empty). Weights that are whole numbers stay so; others are
    added in the order of the chunks.
    """
    words = -(-sites // 64)
    keys, weights = np.empty((0, words), dtype=np.uint64), np.empty(0, dtype=np.int64)
    for reach, weight in chunks:
        assert reach.shape == (len(weight), sites), "one weight for each point, one column for each site"
        own = _keys(reach)
        first, of = _classes(own)
        kind = np.int64 if np.issubdtype(weight.dtype, np.integer) else np.float64
        # Counting is faster than adding up, and exact for whole numbers below 2^53.
        summed = np.bincount(of, weight, len(first))
        own, summed = own[first], np.rint(summed).astype(np.int64) if kind is np.int64 else summed
        joined = np.concatenate([keys, own])
        first, of = _classes(joined)
        total = np.zeros(len(first), dtype=np.result_type(weights.dtype if len(weights) else kind, kind))
        np.add.at(total, of, np.concatenate([weights.astype(total.dtype), summed]))
        keys, weights = joined[first], total
    bits = np.unpackbits(keys.view(np.uint8).reshape(len(keys), words * 8), axis=1, bitorder="little")
    return CoverSets(bits[:, :sites].astype(bool), weights, np.empty(0, dtype=np.int64))


def _keys(reach: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """The sites that reach each point, as bits in words of 64."""
    points, sites = reach.shape
    if reach.flags.f_contiguous:  # site by site, where the points of one site lie together: four times as fast
        by_word = np.zeros((-(-sites // 64), points), dtype=np.uint64)
        bit = np.empty(points, dtype=np.uint64)
        for site in range(sites):
            np.copyto(bit, reach[:, site])
            np.left_shift(bit, np.uint64(site % 64), out=bit)
            by_word[site // 64] |= bit
        return np.ascontiguousarray(by_word.T)
    words = np.zeros((points, -(-sites // 64) * 8), dtype=np.uint8)
    packed = np.packbits(reach, axis=1, bitorder="little")
    words[:, : packed.shape[1]] = packed
    return words.view(np.uint64)


def _classes(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of rows of words: one row of each kind, and for each row its kind.

    Rows are sorted by a mixture of their words, which is one word and so quick. Where two kinds happen to share a
    mixture, the words themselves are sorted: rare, and exact.
    """
    points, words = keys.shape
    if not points or not words:
        return np.zeros(min(points, 1), dtype=np.int64), np.zeros(points, dtype=np.int64)
    mixed = keys[:, 0].copy()
    for word in range(1, words):
        mixed = (mixed * _ODD) ^ (mixed >> np.uint64(29)) ^ keys[:, word]
    order = np.argsort(mixed, kind="stable")
    ordered = mixed[order]
    new = np.ones(points, dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    leads = order[np.flatnonzero(new)[np.cumsum(new) - 1]]
    if words > 1 and (keys[order] != keys[leads]).any():
        order = np.lexsort(keys.T)
        rows = keys[order]
        new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    of = np.empty(points, dtype=np.int64)
    of[order] = np.cumsum(new) - 1
    return order[new].astype(np.int64), of


#: Any large odd number: multiplying by it loses nothing and spreads the bits.
_ODD = np.uint64(0x9E3779B97F4A7C15)


def closed_borders(
    reach: NDArray[np.bool_], region_of_point: NDArray[Any], region_of_site: NDArray[Any]
) -> NDArray[np.bool_]:
    """Who reaches whom when nobody crosses a border: without burenhulp, a site serves the points of its own region."""
    closed: NDArray[np.bool_] = reach & (np.asarray(region_of_point)[:, None] == np.asarray(region_of_site)[None, :])
    return closed
