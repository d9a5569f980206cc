"""What an indicator gives: two counts, or a spread of lengths of time. Both add up; what is shown is taken last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Of the normal distribution: 95 % lies within this many standard deviations.
Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Count:
    """How many of how many. Counts of two regions, weeks or replications add up to the count of both."""

    hits: int
    of: int

    def __post_init__(self) -> None:
        assert 0 <= self.hits <= self.of, f"{self.hits} of {self.of} is a count"

    def __add__(self, other: Count) -> Count:
        return Count(self.hits + other.hits, self.of + other.of)

    @property
    def share(self) -> float | None:
        """The share that hits are; None, and not zero, where there was nothing to count."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between which shares the true one lies, at 95 %, if every case stands by itself.

        Wilson, E.B. (1927), Journal of the American Statistical Association 22, 209-212.
        """
        if not self.of:
            return None
        share, z2 = self.hits / self.of, Z_95**2
        middle = (share + z2 / (2 * self.of)) / (1 + z2 / self.of)
        half = Z_95 * sqrt(share * (1 - share) / self.of + z2 / (4 * self.of**2)) / (1 + z2 / self.of)
        return max(0.0, middle - half), min(1.0, middle + half)


class Spread:
    """Lengths of time in whole milliseconds, some of which are not over yet.

    Somebody who still waits has waited *at least* this long. Leaving that person out, or counting the wait as over,
    would make a longer queue look faster; so percentiles are those of Kaplan and Meier. With nobody waiting still they
    are the plain ones: the shortest length within which that share falls.

    Kaplan, E.L. and Meier, P. (1958), Journal of the American Statistical Association 53, 457-481.
    """

    __slots__ = ("ms", "open", "over")

    def __init__(self, over: Iterable[int] | NDArray[Any] = (), still: Iterable[int] | NDArray[Any] = ()) -> None:
        """over: the lengths that ended; still: how long the others have lasted so far."""
        ended, lasting = np.asarray(over, dtype=np.int64), np.asarray(still, dtype=np.int64)
        self.ms, where = np.unique(np.concatenate([ended, lasting]), return_inverse=True)
        self.over = np.bincount(where[: ended.size], minlength=self.ms.size)
        self.open = np.bincount(where[ended.size :], minlength=self.ms.size)

    def __add__(self, other: Spread) -> Spread:
        return Spread(
            np.concatenate([np.repeat(self.ms, self.over), np.repeat(other.ms, other.over)]),
            np.concatenate([np.repeat(self.ms, self.open), np.repeat(other.ms, other.open)]),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spread) and all(
            np.array_equal(getattr(self, part), getattr(other, part)) for part in self.__slots__
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Spread(over={np.repeat(self.ms, self.over).tolist()}, still={np.repeat(self.ms, self.open).tolist()})"

    @property
    def count(self) -> int:
        """How many lengths there are, ended or not."""
        return int(self.over.sum() + self.open.sum())

    def percentile(self, percent: float) -> int | None:
        """The length (ms) within which this share falls; None when too many have not ended to know."""
        assert 0 < percent < 100, f"{percent} is a percentage between 0 and 100"
        if not self.open.any():
            if not self.count:
                return None
            # Whole numbers where there is a choice: no rounding decides which of two lengths is the median.
            within = np.cumsum(self.over)
            return int(self.ms[np.searchsorted(within, percent * int(within[-1]) / 100 * (1 - 1e-12))])
        at_risk = self.count - np.concatenate([[0], np.cumsum(self.over + self.open)[:-1]])
        left = np.cumprod(1 - self.over / at_risk)
        reached = np.flatnonzero(left <= 1 - percent / 100 + 1e-12)
        return int(self.ms[reached[0]]) if reached.size else None

    def within(self, ms: int) -> Count:
        """How many ended within this length. Who has not, and has not lasted as long yet, is not counted."""
        soon = self.ms <= ms
        hits = int(self.over[soon].sum())
        return Count(hits, hits + int(self.over[~soon].sum() + self.open[self.ms > ms].sum()))
