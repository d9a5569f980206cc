"""Help of the neighbouring region (burenhulp): their unit, where ours is too late or not there.

Asked only where it makes a difference to the patient: nobody of ours can go, or ours comes after the norm and theirs
within it, or theirs is sooner by at least a margin. A neighbour is asked, not sent: the answer is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable

from schakel.domain.candidates import Candidate, Choice, Search
from schakel.domain.durations import MINUTE
from schakel.domain.vocabulary import Care
from schakel.planning.policies.closest_idle import closest_idle

#: So much sooner their unit has to be before it is asked while ours is in time. Our own figure, to be agreed on.
MARGIN_MS = 5 * MINUTE


def neighbour_asked(
    own: Choice | None, theirs: Iterable[Candidate], care: Care, search: Search, margin_ms: int = MARGIN_MS
) -> Choice | None:
    """The unit of a neighbour to ask, rather than our own best; None when ours will do.

    own: our best, as `closest_idle` gives it. theirs: the neighbours' units as they let them be known; one that cannot
    give the care or is not free is passed over by the same rules as our own.
    """
    best = closest_idle(theirs, care, search)
    if best is None or own is None:
        return best
    if own.late and not best.late:
        return best
    if own.late == best.late and own.eta_ms - best.eta_ms >= margin_ms:
        return best
    return None
