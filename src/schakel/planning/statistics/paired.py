"""A figure over replications, and the difference of two that met the same patients, each with an interval.

For lengths of time the figure is the mean x̄ of the replications, and with n of them

    x̄ ± t(n-1) · s / √n

For shares it is all hits over all cases, R = Σh / Σo, since replications with more cases tell more. Around it lie the
deviations e = (h - R·o) / ō of the replications (ō: the mean number of cases), and the interval is that of their mean,
with R in the middle. Where every replication has as many cases, this is the interval above.

Two variants are compared replication by replication: the deviations are subtracted before their spread is taken, so
that what the variants have in common, the patients, falls out.

Cochran, W.G. (1977), Sampling Techniques, 3rd edition, section 2.11 (ratio estimates). Student (1908), Biometrika 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and how far it may lie off, at the confidence that was asked. half_width: infinite for one run."""

    value: float
    half_width: float
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """From and to."""
        return self.value - self.half_width, self.value + self.half_width


@dataclass(frozen=True, slots=True)
class Difference(Estimate):
    """How much more the second is than the first. p: how often chance alone would show as much, if there were none."""

    p: float


def mean_of(values: Sequence[float] | Floats, confidence: float) -> Estimate:
    """The mean of the replications."""
    x = np.asarray(values, dtype=np.float64)
    assert len(x), "at least one replication"
    return Estimate(float(x.mean()), _half_width(x, confidence), len(x))


def share_of(hits: Sequence[int], of: Sequence[int], confidence: float) -> Estimate | None:
    """All hits of all cases; None where there was nothing to count."""
    h, o = np.asarray(hits, dtype=np.float64), np.asarray(of, dtype=np.float64)
    if not o.sum():
        return None
    share, deviations = _ratio(h, o)
    return Estimate(share, _half_width(deviations, confidence), len(h))


def paired(first: Sequence[float] | Floats, second: Sequence[float] | Floats, confidence: float) -> Difference:
    """The mean of what the second is more than the first, replication by replication."""
    x, y = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    assert x.shape == y.shape and len(x), "as many replications of both, and at least one"
    d = y - x
    return Difference(float(d.mean()), _half_width(d, confidence), len(d), _p(float(d.mean()), d))


def paired_share(
    first: tuple[Sequence[int], Sequence[int]], second: tuple[Sequence[int], Sequence[int]], confidence: float
) -> Difference | None:
    """How much larger the second share is than the first; each as hits and cases. None where one has no cases."""
    shares, deviations = [], []
    for hits, of in (first, second):
        h, o = np.asarray(hits, dtype=np.float64), np.asarray(of, dtype=np.float64)
        if not o.sum():
            return None
        share, deviation = _ratio(h, o)
        shares.append(share)
        deviations.append(deviation)
    value, d = shares[1] - shares[0], deviations[1] - deviations[0]
    return Difference(value, _half_width(d, confidence), len(d), _p(value, d))


def _ratio(hits: Floats, of: Floats) -> tuple[float, Floats]:
    share = float(hits.sum() / of.sum())
    return share, (hits - share * of) / of.mean()


def _half_width(deviations: Floats, confidence: float) -> float:
    n = len(deviations)
    if n < 2:
        return inf
    return float(stdtrit(n - 1, (1 + confidence) / 2) * deviations.std(ddof=1) / sqrt(n))


def _p(value: float, deviations: Floats) -> float:
    """Two-sided, by Student's t. Where nothing varies, a difference is certain, and none is none."""
    n = len(deviations)
    if n < 2:
        return 1.0
    error = float(deviations.std(ddof=1) / sqrt(n))
    if error <= 1e-15 * max(1.0, abs(value)):
        return 1.0 if abs(value) <= 1e-12 else 0.0
    p = float(2 * stdtr(n - 1, -abs(value) / error))
    return p if isfinite(p) else 1.0
