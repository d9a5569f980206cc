"""Send the nearest free unit that can give the care: the rule of most dispatch centres.

*Nearest* is what the domain's ranking puts first: in time before too late, the unit that is meant for this care before
one that is dearer to the cover, and then the shortest way. Within one kind of unit that is the closest idle one.
"""

from __future__ import annotations

from collections.abc import Iterable

from schakel.domain.candidates import Candidate, Choice, Search, rank
from schakel.domain.vocabulary import Care


def closest_idle(fleet: Iterable[Candidate], care: Care, search: Search) -> Choice | None:
    """The first of the ranking; None where nobody can go now."""
    can = rank(fleet, care, search).can
    return can[0] if can else None
