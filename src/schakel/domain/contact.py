"""Earlier contacts: which requests may be about the same as this one, and which are only from the same number.

That two requests share a number, an address or a patient is a hint and no more: a care home has one number
for everybody in it. How long it counts is our own choice, to be settled by who works with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from schakel.domain.access import LIVING
from schakel.domain.durations import DAY, HOUR
from schakel.domain.states import RequestState
from schakel.domain.vocabulary import Complaint

#: How long after it ended a request may still be about the same, by what they have in common. An open one always may.
COUNTS: dict[str, int] = {"callback": 24 * HOUR, "address": 24 * HOUR, "bsn": 7 * DAY, "scene": HOUR}

#: What several people call about at once: with the area and the hour alike, it may be one incident.
SEEN_BY_MANY = frozenset({Complaint.GENERAL_TRAUMA, Complaint.BURN, Complaint.POISONING})

#: How far back contacts from a number are told while it rings.
TOLD = 30 * DAY


def maybe_same(earlier: RequestState, alike: Iterable[str], now: int) -> tuple[str, ...]:
    """Of what the requests have in common, what still counts: then they may be about the same; empty otherwise."""
    if earlier.status in LIVING:
        return tuple(alike)
    ended = earlier.closed_at if earlier.closed_at is not None else earlier.received_at or 0
    return tuple(by for by in alike if now - ended <= COUNTS[by])
