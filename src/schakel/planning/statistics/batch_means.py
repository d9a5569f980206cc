"""One long run instead of many short ones: what comes in early is cut off, the rest is cut into batches.

Neighbouring hours look alike, so their spread says too little; the means of long batches hardly do. The interval is
that of the batch means, as if they were replications. Whether the batches are long enough, von Neumann's ratio tells:
the mean square of successive differences over the variance is about 2 for independent values, and less where neighbours
are alike.

How much to cut off at the start: MSER-5. Values are averaged by five; of all starts in the first half, the one is
taken from which the estimated error of the mean is least.

Law, A.M. (2015), Simulation Modeling and Analysis, 5th edition, section 9.5. White, K.P. (1997), Simulation 69,
323-334 (MSER). von Neumann, J. (1941), Annals of Mathematical Statistics 12, 367-395.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from schakel.planning.statistics.paired import Estimate, mean_of

Floats = NDArray[np.float64]

#: MSER averages by so many values.
BY = 5


@dataclass(frozen=True, slots=True)
class Batches:
    """The estimate, how much was cut off at the start, and how likely batches look this much alike by chance alone."""

    estimate: Estimate
    cut_off: int
    p_alike: float


def batch_means(
    values: Sequence[float] | Floats, batches: int, confidence: float, cut_off: int | None = None
) -> Batches:
    """The mean of a long run of values. cut_off: how many to leave out at the start; MSER-5 says where it is not given.

    What does not fill the last batch is left out too.
    """
    x = np.asarray(values, dtype=np.float64)
    start = truncation(x) if cut_off is None else cut_off
    kept = x[start:]
    size = len(kept) // batches
    assert batches >= 2 and size >= 1, f"{len(kept)} values fill {batches} batches"
    means = kept[: size * batches].reshape(batches, size).mean(axis=1)
    return Batches(mean_of(means, confidence), start, von_neumann(means))


def truncation(values: Sequence[float] | Floats) -> int:
    """How many values at the start belong to the warm-up (MSER-5); at most half."""
    x = np.asarray(values, dtype=np.float64)
    y = x[: len(x) // BY * BY].reshape(-1, BY).mean(axis=1)
    n = len(y)
    if n < 4:
        return 0
    # From the end: sums of what would be kept.
    kept = np.arange(n, 0, -1)
    sums, squares = np.cumsum(y[::-1])[::-1], np.cumsum(y[::-1] ** 2)[::-1]
    error = (squares - sums**2 / kept) / kept.astype(np.float64) ** 2
    return int(np.argmin(error[: n // 2 + 1])) * BY


def von_neumann(means: Sequence[float] | Floats) -> float:
    """How likely neighbours are as alike as these by chance alone: one-sided, small where batches are too short."""
    x = np.asarray(means, dtype=np.float64)
    n = len(x)
    spread = float(((x - x.mean()) ** 2).sum())
    if n < 4 or spread <= 0:
        return 1.0
    # 1 - ratio / 2 is close to the correlation of neighbours, and nearly normal with variance (n-2)/(n²-1).
    alike = 1 - float((np.diff(x) ** 2).sum()) / (2 * spread)
    return float(ndtr(-alike / sqrt((n - 2) / (n * n - 1))))
