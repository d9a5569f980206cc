"""The most time-critical patient takes the nearest unit, also one that is on its way to somebody less urgent.

Only before that unit has reached its patient, and only when it is there sooner than the nearest free one. The patient
who is left goes to the top of the queue of that urgency and gets the nearest free unit at once, if there is one.
"""

from __future__ import annotations

from collections.abc import Iterable

from schakel.domain.candidates import Barred, Candidate, Choice, Search, WhyNot, rank
from schakel.domain.vocabulary import Care


def taken_for_a0(fleet: Iterable[Candidate], care: Care, search: Search, free: Choice | None) -> Barred | None:
    """The unit to take for this patient, rather than `free`; None when none may be taken or none is sooner.

    Which units may be taken is the domain's to say (`WhyNot.TAKE`): an A0 asks, the unit's own patient is not one, and
    nobody is with that patient yet.
    """
    for one in rank(fleet, care, search).cannot:
        if one.why is WhyNot.TAKE and one.eta_ms is not None:
            return one if free is None or one.eta_ms < free.eta_ms else None
    return None
