"""Which of many variants is best, without running the hopeless ones as long as the good ones (Kim and Nelson).

All variants are run n₀ times on the same patients. S²(i, l) is the variance of the difference of i and l. With k
variants, confidence 1 - α and a gain δ too small to matter,

    η = ½ [ (2α / (k-1))^(-2/(n₀-1)) - 1 ],    h² = 2η (n₀-1)

After r runs, i stays in as long as for every l that is still in

    X̄(i) ≥ X̄(l) - W(i, l),    W = max { 0, δ/(2r) · (h² S²(i, l) / δ² - r) }

The last one left is the best, with probability at least 1 - α whenever it is better than all others by δ or more; where
several lie within δ of the best, one of those is found. Patients that the variants share make S² small, and with it the
number of runs; α / (k-1) makes it valid then (Bonferroni).

When no more runs are allowed, several may be left: then none is called the best.

Kim, S.-H. and Nelson, B.L. (2001), ACM Transactions on Modeling and Computer Simulation 11, 251-273 (KN, c = 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was found. left: those that may be the best, of which one alone is; out: after how many runs each left."""

    left: tuple[int, ...]
    out: dict[int, int]
    runs: int

    @property
    def best(self) -> int | None:
        """The best, if it is known."""
        return self.left[0] if len(self.left) == 1 else None


@dataclass
class Selection:
    """A selection while it goes on. Larger is better; whoever wants small gives minus."""

    variants: int
    indifference: float
    confidence: float
    first: int  # n₀
    values: list[list[float]] = field(init=False)
    left: list[int] = field(init=False)
    out: dict[int, int] = field(init=False, default_factory=dict)
    h2: float = field(init=False)
    variance: Floats | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        assert self.variants >= 2 and self.first >= 2, "at least two variants and two first runs"
        assert self.indifference > 0 and 0 < self.confidence < 1, "a gain above nothing, and a confidence below one"
        self.values = [[] for _ in range(self.variants)]
        self.left = list(range(self.variants))
        self.h2 = 2 * eta(self.variants, self.first, 1 - self.confidence) * (self.first - 1)

    def add(self, found: Sequence[float | None]) -> None:
        """One more run of every variant that is left; None for those that are out."""
        for variant in self.left:
            value = found[variant]
            assert value is not None, "every variant that is left was run"
            self.values[variant].append(value)
        runs = len(self.values[self.left[0]])
        if runs == self.first:
            x = np.array(self.values)
            self.variance = np.array([[np.var(a - b, ddof=1) for b in x] for a in x])
        if runs >= self.first:
            self._leave_out(runs)

    def _leave_out(self, runs: int) -> None:
        assert self.variance is not None, "the first runs are done"
        means = {i: float(np.mean(self.values[i])) for i in self.left}
        staying = []
        for i in self.left:
            margins = {
                other: max(
                    0.0, (self.h2 * self.variance[i, other] / self.indifference - self.indifference * runs) / (2 * runs)
                )
                for other in self.left
                if other != i
            }
            if all(means[i] >= means[other] - margin for other, margin in margins.items()):
                staying.append(i)
            else:
                self.out[i] = runs
        # The one with the highest mean is never below another less a margin, so somebody stays; of several that are
        # exactly equal without a margin the first does.
        if len(staying) > 1 and len({means[i] for i in staying}) == 1 and not self._margin(staying, runs):
            self.out |= dict.fromkeys(staying[1:], runs)
            staying = staying[:1]
        self.left = staying

    def _margin(self, among: Sequence[int], runs: int) -> bool:
        assert self.variance is not None, "the first runs are done"
        most = max(float(self.variance[i, j]) for i in among for j in among)
        return self.h2 * most / self.indifference**2 > runs

    @property
    def choice(self) -> Choice:
        """What is known by now."""
        return Choice(tuple(self.left), dict(self.out), max(len(one) for one in self.values))


def eta(variants: int, first: int, alpha: float) -> float:
    """The constant η, for variants whose runs depend on each other."""
    return float(0.5 * ((2 * alpha / (variants - 1)) ** (-2 / (first - 1)) - 1))
