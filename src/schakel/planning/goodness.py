"""How well a log-normal distribution describes lengths of time.

Fitted by the mean and spread of the logarithms (greatest likelihood). Two distances between what was seen and what is
fitted: Kolmogorov and Smirnov's D, the largest difference of the two distribution functions, and Anderson and Darling's
A2, which weighs the tails. Because the distribution was fitted to the same lengths, their published tables do not hold;
the chance of a distance at least as large is found by **parametric bootstrap**: lengths are drawn from the fitted
distribution, rounded to the steps in which the real ones were kept, fitted anew, and measured alike.

With many lengths every simple distribution is refused, for no real length of time is exactly log-normal; then D itself
says how far off it is: no share of the lengths is off by more than D. The bootstrap of more than 2,000 lengths is done
with 2,000 of them, drawn at random, and D and A2 are told of all.

Stute, W., Gonzalez Manteiga, W. and Presedo Quindimil, M. (1993), Metrika 40, 243-256.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

from schakel.domain.durations import MINUTE, SECOND
from schakel.domain.region import Duration

Floats = NDArray[np.float64]

#: With fewer lengths than this nothing is fitted.
FEWEST = 8
MOST_IN_BOOTSTRAP = 2_000
REPEATS = 299


@dataclass(frozen=True)
class Fit:
    """A log-normal length of time and how well it fits.

    n: lengths that were used; zero: lengths of nothing, which no log-normal has, left out; step_ms: in which they were
    kept; mean_ms: of the lengths themselves, zeros included; ks_p, ad_p: the chance of a distance at least as large if
    the fitted distribution were the true one.
    """

    duration: Duration
    n: int
    zero: int
    step_ms: int
    mean_ms: float
    ks: float
    ks_p: float
    ad: float
    ad_p: float


def fit_lengths(ms: NDArray[np.int64], *, seed: int = 1, repeats: int = REPEATS) -> Fit | None:
    """The log-normal that fits lengths in whole milliseconds; None where there are too few, or all are the same."""
    lengths = np.asarray(ms, dtype=np.int64)
    assert (lengths >= 0).all(), "a length of time is not negative"
    above = np.sort(lengths[lengths > 0])
    if len(above) < FEWEST:
        return None
    logs = np.log(above)
    mean, spread = float(logs.mean()), float(logs.std())
    if spread < 1e-9:
        return None
    ks, ad = _distances(logs)
    step = _step(above)
    dice = np.random.default_rng(seed)
    sample = above
    if len(above) > MOST_IN_BOOTSTRAP:  # at random: every tenth of a sorted row, say, would fit better than it should
        sample = np.sort(dice.choice(above, MOST_IN_BOOTSTRAP, replace=False))
    seen = _distances(np.log(sample))
    larger = np.zeros(2)
    for _ in range(repeats):
        drawn = np.exp(mean + spread * dice.standard_normal(len(sample)))
        if step > 1:
            drawn = np.maximum(np.rint(drawn / step), 1) * step
        larger += np.array(_distances(np.sort(np.log(drawn)))) >= seen
    ks_p, ad_p = ((larger + 1) / (repeats + 1)).tolist()
    return Fit(
        duration=Duration(round(np.exp(mean)), spread),
        n=len(above),
        zero=len(lengths) - len(above),
        step_ms=step,
        mean_ms=float(lengths.mean()),
        ks=ks,
        ks_p=ks_p,
        ad=ad,
        ad_p=ad_p,
    )


def _distances(logs: Floats) -> tuple[float, float]:
    """D and A2 between sorted logarithms and the normal distribution with their own mean and spread."""
    n = len(logs)
    z = (logs - logs.mean()) / max(float(logs.std()), 1e-12)
    below = ndtr(z)
    steps = np.arange(1, n + 1) / n
    ks = float(np.maximum(steps - below, below - (steps - 1 / n)).max())
    weights = 2 * np.arange(1, n + 1) - 1
    ad = float(-n - (weights * (log_ndtr(z) + log_ndtr(-z[::-1]))).mean())
    return ks, ad


def _step(lengths: NDArray[np.int64]) -> int:
    """The step in which lengths were kept: whole minutes, whole seconds, or milliseconds."""
    common = 0
    for one in np.unique(lengths)[:10_000].tolist():
        common = gcd(common, one)
        if common % SECOND:
            return 1
    return MINUTE if common % MINUTE == 0 else SECOND
