"""Many comparisons at once, so that chance does not become a finding.

With m comparisons at five per cent each, one in twenty is found by chance alone. Holm's correction sorts the p-values;
the smallest is multiplied by m, the next by m - 1, and so on, and none may become smaller than the one before it. The
chance that *any* true "no difference" is called a difference then stays below five per cent, whatever the comparisons
have to do with each other; and no comparison fares worse than under Bonferroni.

Holm, S. (1979), Scandinavian Journal of Statistics 6, 65-70.
"""

from __future__ import annotations

from collections.abc import Sequence


def holm(p: Sequence[float]) -> list[float]:
    """The corrected p-values, in the order in which they came."""
    assert all(0 <= one <= 1 for one in p), "p-values lie between 0 and 1"
    corrected = [0.0] * len(p)
    so_far = 0.0
    for done, place in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        so_far = max(so_far, min(1.0, (len(p) - done) * p[place]))
        corrected[place] = so_far
    return corrected
