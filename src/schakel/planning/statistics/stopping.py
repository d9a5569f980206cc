"""Go on until the figures are known as well as was asked, and no longer.

After a first number of replications the half-widths are looked at; where one is too wide, so many more are run as the
half-width suggests (it shrinks with the square root), and it is looked at again. Looking often and stopping at the
first success makes the true confidence a little less than was asked; a first number of twenty keeps that small, which
a test measures.

Chow, Y.S. and Robbins, H. (1965), Annals of Mathematical Statistics 36, 457-462. Law (2015), section 9.4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite

from schakel.planning.statistics.paired import Estimate


def enough(estimates: Sequence[Estimate], half_width: float, most: int, step: int = 5) -> int:
    """How many replications there should be in all by now; as many as there are when it is enough.

    At least `step` more, at most twice as many, never above `most`.
    """
    assert half_width > 0, "no interval is narrower than nothing"
    n = max((one.n for one in estimates), default=0)
    widest = max((one.half_width for one in estimates), default=0.0)
    if widest <= half_width or n >= most:
        return n
    wanted = ceil(n * (widest / half_width) ** 2) if isfinite(widest) else 2 * n
    return min(most, max(n + step, min(wanted, 2 * n)))
