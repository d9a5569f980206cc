"""The life cycles, as tables. The code obeys them, the reference draws them, a test counts every edge.

`LIFE_CYCLES[subject][event]` is a `Step`: from which statuses the event may come, to which status
it leads, and what else it does to the state. An event of one subject may also step another: an
accepted deployment is one more open job of the unit and of the request.

*Late* statuses are those in which a report may still come in although the subject has moved on: it
fills its time and leaves the status alone. A crew that was out of coverage reports late and out of
order, and must be believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from schakel.domain import events as e
from schakel.domain.events import Event, Subject, facts
from schakel.domain.reasons import Reason, Word
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import (
    STATES,
    DeploymentStatus,
    FollowUpStatus,
    PlaceStatus,
    RequestStatus,
    State,
    UnitStatus,
)
from schakel.domain.vocabulary import Term

NOT_NOW = _("This cannot be recorded now: it is {status}.")
ALREADY = _("This was already reported. If the time is wrong, correct the time.")
NOT_REPORTED = _("This was never reported, so there is no time to correct.")

S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class Step:
    """What one event does to one kind of subject."""

    frm: frozenset[Term]
    to: Term | None = None  # None: the status stays
    late: frozenset[Term] = frozenset()
    stamps: tuple[str, ...] = ()  # the fields that keep the moment; the first tells whether it was reported
    keeps: Mapping[str, str] = field(default_factory=dict)  # field of the state <- fact of the event
    sets: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    def leads_to(self, status: Term) -> Term:
        """The status after this event, coming from one in which it is allowed."""
        return status if self.to is None or status in self.late else self.to


def _step(*frm: Term, to: Term | None = None, late: Iterable[Term] = (), stamp: str = "", **rest: Any) -> Step:
    return Step(frm=frozenset(frm), to=to, late=frozenset(late), stamps=tuple(stamp.split()), **rest)


_R = RequestStatus
_OPEN = (_R.RECEIVED, _R.TRIAGED)
_LIVING = (_R.RINGING, _R.MISSED, _R.RECEIVED, _R.TRIAGED)
_ENDED = (_R.CLOSED, _R.MERGED)
_EVERY_REQUEST = (*_LIVING, *_ENDED)
#: No other organisation is asked any more.
_NOT_ASKED = {"owner_offered": None, "overflow": None, "overflow_until": None}

REQUEST: dict[type[Event], Step] = {
    e.Rang: _step(_R.NEW, to=_R.RINGING, stamp="received_at"),
    e.Received: _step(_R.NEW, to=_R.RECEIVED, stamp="received_at"),
    e.Answered: _step(_R.RINGING, _R.MISSED, to=_R.RECEIVED, stamp="answered_at", sets=_NOT_ASKED),
    e.TakenOver: _step(_R.RECEIVED),
    e.Missed: _step(_R.RINGING, to=_R.MISSED),
    e.Dropped: _step(*_OPEN, sets={"line_lost": True}),
    e.Resumed: _step(*_OPEN, sets={"line_lost": False}),
    e.Located: _step(*_OPEN),
    e.LifeThreatAssessed: _step(*_OPEN),
    e.Identified: _step(*_OPEN, late=(_R.CLOSED,)),
    e.ComplaintChosen: _step(*_OPEN),
    e.Triaged: _step(_R.RECEIVED, to=_R.TRIAGED, stamp="triaged_at assessed_at", sets={"reassess_overdue": False}),
    e.UrgencyRaised: _step(_R.TRIAGED, stamp="assessed_at", sets={"reassess_overdue": False}),
    e.UrgencyLowered: _step(_R.TRIAGED, stamp="assessed_at", sets={"reassess_overdue": False}),
    e.ReassessmentOverdue: _step(_R.TRIAGED, sets={"reassess_overdue": True}),
    e.Reassessed: _step(_R.TRIAGED, stamp="assessed_at", sets={"reassess_overdue": False}),
    e.CareChosen: _step(_R.TRIAGED),
    e.LeadOffered: _step(*_OPEN),
    e.LeadAccepted: _step(*_OPEN, sets={"lead_offered": None}),
    e.LeadDeclined: _step(*_OPEN, sets={"lead_offered": None}),
    e.OwnershipOffered: _step(*_OPEN, sets={"overflow": None, "overflow_until": None}),
    e.OwnershipAccepted: _step(*_LIVING, sets=_NOT_ASKED),
    e.OwnershipDeclined: _step(*_LIVING, sets=_NOT_ASKED),
    e.FlowedOver: _step(*_LIVING, stamp="overflowed_at", keeps={"overflow_until": "until"}),
    e.FlowedBack: _step(*_LIVING, sets=_NOT_ASKED),
    e.Linked: _step(*_OPEN, late=_ENDED),  # an ended request stays with the incident that it was part of
    e.Unlinked: _step(*_OPEN, late=_ENDED, sets={"incident": None, "incident_lead": None}),
    e.IncidentLed: _step(*_OPEN, late=_ENDED),
    e.Merged: _step(_R.RINGING, _R.MISSED, *_OPEN, to=_R.MERGED, stamp="closed_at"),
    e.Closed: _step(_R.MISSED, *_OPEN, to=_R.CLOSED, stamp="closed_at", keeps={"close_reason": "reason"}),
    e.Reopened: _step(
        _R.CLOSED,
        to=_R.RECEIVED,
        sets={
            "closed_at": None,
            "close_reason": None,
            "reassess_overdue": False,
            "lead_offered": None,
            **_NOT_ASKED,
            "line_lost": False,
        },
    ),
    e.Offered: _step(*_OPEN, counts={"offers_open": 1}),
    e.OfferTimedOut: _step(*_OPEN, counts={"offers_open": -1}),
    e.OfferWithdrawn: _step(*_OPEN, counts={"offers_open": -1}),
    e.Declined: _step(*_OPEN, counts={"offers_open": -1}),
    e.Accepted: _step(*_OPEN, counts={"offers_open": -1, "deployments_open": 1}),
    e.Cleared: _step(*_OPEN, counts={"deployments_open": -1}),
    e.Cancelled: _step(*_OPEN, counts={"deployments_open": -1}),
    e.Preempted: _step(*_OPEN, counts={"deployments_open": -1}),
    e.FollowUpAsked: _step(*_OPEN, counts={"follow_ups_open": 1}),
    e.FollowUpDone: _step(*_OPEN, counts={"follow_ups_open": -1}),
    e.FollowUpCancelled: _step(*_OPEN, counts={"follow_ups_open": -1}),
}

_D = DeploymentStatus
_GONE = (_D.UNDER_WAY, _D.ON_SCENE, _D.TRANSPORTING, _D.AT_DESTINATION, _D.HANDED_OVER)
_OVER = (_D.CLEARED, _D.CANCELLED, _D.PREEMPTED)
_REPORTING = (_D.ACCEPTED, *_GONE, *_OVER)

DEPLOYMENT: dict[type[Event], Step] = {
    e.Offered: _step(_D.NEW, to=_D.OFFERED, stamp="offered_at"),
    e.OfferTimedOut: _step(_D.OFFERED, to=_D.TIMED_OUT, stamp="ended_at"),
    e.OfferWithdrawn: _step(_D.OFFERED, to=_D.WITHDRAWN, stamp="ended_at"),
    e.Declined: _step(_D.OFFERED, to=_D.DECLINED, stamp="ended_at", keeps={"decline_reason": "reason"}),
    e.Accepted: _step(_D.OFFERED, to=_D.ACCEPTED, stamp="accepted_at"),
    e.Departed: _step(_D.ACCEPTED, to=_D.UNDER_WAY, late=(*_GONE, *_OVER), stamp="departed_at"),
    e.Arrived: _step(
        _D.ACCEPTED,
        _D.UNDER_WAY,
        to=_D.ON_SCENE,
        late=(_D.ON_SCENE, _D.TRANSPORTING, _D.AT_DESTINATION, _D.HANDED_OVER, *_OVER),
        stamp="arrived_at",
    ),
    e.TransportStarted: _step(
        _D.ACCEPTED,
        _D.UNDER_WAY,
        _D.ON_SCENE,
        to=_D.TRANSPORTING,
        late=(_D.TRANSPORTING, _D.AT_DESTINATION, _D.HANDED_OVER, *_OVER),
        stamp="transport_started_at",
    ),
    e.ReachedDestination: _step(
        _D.UNDER_WAY,
        _D.ON_SCENE,
        _D.TRANSPORTING,
        to=_D.AT_DESTINATION,
        late=(_D.AT_DESTINATION, _D.HANDED_OVER, *_OVER),
        stamp="reached_destination_at",
    ),
    e.HandedOver: _step(
        _D.ON_SCENE,
        _D.TRANSPORTING,
        _D.AT_DESTINATION,
        to=_D.HANDED_OVER,
        late=(_D.HANDED_OVER, *_OVER),
        stamp="handed_over_at",
    ),
    e.Cleared: _step(_D.ACCEPTED, *_GONE, to=_D.CLEARED, stamp="ended_at"),
    e.Cancelled: _step(_D.ACCEPTED, _D.UNDER_WAY, _D.ON_SCENE, to=_D.CANCELLED, stamp="ended_at"),
    e.Preempted: _step(_D.ACCEPTED, _D.UNDER_WAY, to=_D.PREEMPTED, stamp="ended_at"),
    e.ReportCorrected: _step(*_REPORTING),
}

#: The reports of a crew, in the order in which they usually come, with the field that keeps the moment.
REPORTS: dict[type[Event], str] = {
    kind: DEPLOYMENT[kind].stamps[0]
    for kind in (e.Departed, e.Arrived, e.TransportStarted, e.ReachedDestination, e.HandedOver, e.Cleared)
}

_F = FollowUpStatus

FOLLOW_UP: dict[type[Event], Step] = {
    e.FollowUpAsked: _step(_F.NEW, to=_F.SEEKING, stamp="asked_at"),
    e.FollowUpOffered: _step(_F.SEEKING, to=_F.OFFERED, stamp="offered_at"),
    e.FollowUpWithdrawn: _step(_F.OFFERED, to=_F.SEEKING, sets={"partner": None}),
    e.FollowUpAccepted: _step(_F.OFFERED, to=_F.ACCEPTED, stamp="accepted_at"),
    e.FollowUpDeclined: _step(
        _F.OFFERED,
        to=_F.SEEKING,
        keeps={"decline_reason": "reason"},
        sets={"partner": None},
        counts={"refusals": 1},
    ),
    e.FollowUpEscalated: _step(_F.SEEKING, _F.OFFERED),
    e.FollowUpDone: _step(_F.ACCEPTED, to=_F.DONE, stamp="ended_at"),
    e.FollowUpCancelled: _step(_F.SEEKING, _F.OFFERED, _F.ACCEPTED, to=_F.CANCELLED, stamp="ended_at"),
}

_U = UnitStatus
_ANY_UNIT = (_U.OFF_DUTY, _U.ON_DUTY, _U.ABSENT)

UNIT: dict[type[Event], Step] = {
    e.ShiftStarted: _step(_U.OFF_DUTY, to=_U.ON_DUTY),
    e.ShiftEnded: _step(_U.ON_DUTY, _U.ABSENT, to=_U.OFF_DUTY, sets={"until": None, "absence_reason": None}),
    e.WentAbsent: _step(_U.ON_DUTY, to=_U.ABSENT, keeps={"absence_reason": "reason"}),
    e.CameBack: _step(_U.ABSENT, to=_U.ON_DUTY, sets={"absence_reason": None}),
    e.Positioned: _step(*_ANY_UNIT, stamp="positioned_at"),
    e.Offered: _step(_U.ON_DUTY, counts={"offers_open": 1}),
    e.OfferTimedOut: _step(*_ANY_UNIT, counts={"offers_open": -1}),
    e.OfferWithdrawn: _step(*_ANY_UNIT, counts={"offers_open": -1}),
    e.Declined: _step(*_ANY_UNIT, counts={"offers_open": -1}),
    e.Accepted: _step(*_ANY_UNIT, counts={"offers_open": -1, "jobs_open": 1}),
    e.Cleared: _step(*_ANY_UNIT, counts={"jobs_open": -1}),
    e.Cancelled: _step(*_ANY_UNIT, counts={"jobs_open": -1}),
    e.Preempted: _step(*_ANY_UNIT, counts={"jobs_open": -1}),
}

PLACE: dict[type[Event], Step] = {
    e.CapacityReported: _step(PlaceStatus.SILENT, PlaceStatus.REPORTED, to=PlaceStatus.REPORTED, stamp="measured_at"),
}

LIFE_CYCLES: dict[Subject, dict[type[Event], Step]] = {
    Subject.REQUEST: REQUEST,
    Subject.DEPLOYMENT: DEPLOYMENT,
    Subject.FOLLOW_UP: FOLLOW_UP,
    Subject.UNIT: UNIT,
    Subject.PLACE: PLACE,
}


def subjects_of(event: Event) -> list[tuple[Subject, int]]:
    """The rows that the event steps, as kind and key, in the order in which rows are locked."""
    found = []
    for subject, table in LIFE_CYCLES.items():
        if type(event) in table and (key := getattr(event, subject.value, None)) is not None:
            found.append((subject, int(key)))
    return found


def why_not(state: State, subject: Subject, kind: type[Event]) -> Reason | None:
    """Say why this cannot be recorded of a subject in this state, or None when it can."""
    step = LIFE_CYCLES[subject].get(kind)
    assert step is not None, f"{kind.__name__} is an event of a {subject.value}"
    if state.status in step.frm:
        return None
    if state.status in step.late:
        if step.stamps and getattr(state, step.stamps[0]) is not None:
            return Reason(ALREADY)
        return None
    return Reason(NOT_NOW, {"status": Word(state.status.label)})


def why_not_correct(state: State, report: type[Event]) -> Reason | None:
    """Say why the time of this report cannot be corrected, or None when it can."""
    if reason := why_not(state, Subject.DEPLOYMENT, e.ReportCorrected):
        return reason
    if getattr(state, REPORTS[report]) is None:
        return Reason(NOT_REPORTED)
    return None


def evolve(state: S, subject: Subject, event: Event) -> S:
    """Fold one event into the state.

    Never refuses. Whether something may happen is asked before, of `why_not`; what is in the log
    has happened. The event's own facts are kept where the state has a field of that name, when the
    event is at home with this subject; a step on another subject only counts.
    """
    step = LIFE_CYCLES[subject][type(event)]
    changes: dict[str, Any] = dict(step.sets)
    known = type(state).__dataclass_fields__
    said = facts(event)
    if type(event).home is subject:
        changes |= {name: value for name, value in said.items() if name in known}
        changes |= {name: said[fact] for name, fact in step.keeps.items()}
    if isinstance(event, e.ReportCorrected):
        changes[REPORTS[e.BY_KIND[event.report]]] = event.at
    changes |= dict.fromkeys(step.stamps, event.at)
    for name, by in step.counts.items():
        changes[name] = getattr(state, name) + by
    return replace(state, status=step.leads_to(state.status), **changes)  # type: ignore[arg-type]


def fold(subject: Subject, history: Iterable[Event]) -> State:
    """The state that a history amounts to. `fold(history) == row` is a promise, and a test."""
    state = STATES[subject]()
    for event in history:
        state = evolve(state, subject, event)
    return state
