"""What a care request waits for, how pressing that is, and by when: the order of the work queue.

A request that nobody has triaged has no urgency yet. Until somebody has asked, it stands before U2:
it may be anything, and only what is known to be life-threatening goes before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import RequestState, RequestStatus
from schakel.domain.vocabulary import Care, Term, Urgency


class Wait(Term):
    """The next thing that somebody has to do."""

    ANSWER = "answer", _("an answer")
    TRIAGE = "triage", _("triage")
    CARE = "care", _("a choice of care")
    CREW = "crew", _("somebody who goes")
    TAKER = "taker", _("a taker")
    CLOSING = "closing", _("closing")


class Promise(Term):
    """What has to be there at a deadline."""

    CARE = "care", _("care")
    REASSESSMENT = "reassessment", _("re-assessment")
    REPLY = "reply", _("reply of a provider")
    TAKER = "taker", _("taker")


class Deadline(NamedTuple):
    """By when (ms), and what."""

    at: int
    of: Promise


def waits_for(state: RequestState, *, helped: bool = False) -> Wait | None:
    """What the request waits for; None when it is over. `helped`: a provider or taker finished its part.

    What is open decides first: as long as a provider was asked or is busy, the patient waits for that one,
    and a follow-up without a taker keeps the request from closing.
    """
    match state.status:
        case RequestStatus.RINGING | RequestStatus.MISSED:
            return Wait.ANSWER
        case RequestStatus.RECEIVED:
            return Wait.TRIAGE
        case RequestStatus.TRIAGED:
            if state.offers_open or state.deployments_open:
                return Wait.CREW
            if state.follow_ups_open:
                return Wait.TAKER
            if helped or state.care is Care.ADVICE:
                return Wait.CLOSING
            return Wait.CARE if state.care is None else Wait.CREW
    return None


def rank(state: RequestState) -> int:
    """The place in the order of urgency, 0 first: U0, U1, not yet known, U2 to U5."""
    if state.urgency is None:
        return 0 if state.life_threat else 2
    return state.urgency.rank if state.urgency in (Urgency.U0, Urgency.U1) else state.urgency.rank + 1


def nearest(deadlines: Iterable[Deadline | None]) -> Deadline | None:
    """The deadline that comes first; None when there is none."""
    return min((one for one in deadlines if one is not None), default=None, key=lambda one: one.at)


def order(state: RequestState, deadline: Deadline | None) -> str:
    """The place in the queue as a text that sorts: urgency, then the nearest deadline, then age."""
    last = 10**15 - 1
    due = deadline.at if deadline else last
    since = state.received_at if state.received_at is not None else last
    return f"{rank(state)}-{due:015d}-{since:015d}"
