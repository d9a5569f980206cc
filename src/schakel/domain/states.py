"""What a row of each kind knows: the fold of its history.

A field that an event establishes has the event's name for it. Moments are whole milliseconds;
`None` means *not known* and never zero. The first value of each status stands for a row about
which nothing has been recorded yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from schakel.domain.events import Subject
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import (
    AbsenceReason,
    AmbulanceUrgency,
    Care,
    Channel,
    CloseReason,
    Complaint,
    DeclineReason,
    EscalationLevel,
    FollowUpKind,
    OverflowReason,
    Source,
    Term,
    Urgency,
)


class RequestStatus(Term):
    """Where a care request is."""

    NEW = "new", _("nothing recorded yet")
    RINGING = "ringing", _("ringing")
    MISSED = "missed", _("missed call")
    RECEIVED = "received", _("being asked")
    TRIAGED = "triaged", _("triaged")
    CLOSED = "closed", _("closed")
    MERGED = "merged", _("merged with another")


class DeploymentStatus(Term):
    """Where one provider's job is. *Reserved*, *dispatched* and *under way* are three things."""

    NEW = "new", _("nothing recorded yet")
    OFFERED = "offered", _("offered")
    DECLINED = "declined", _("declined")
    TIMED_OUT = "timed_out", _("no answer in time")
    WITHDRAWN = "withdrawn", _("offer taken back")
    ACCEPTED = "accepted", _("accepted")
    UNDER_WAY = "under_way", _("under way")
    ON_SCENE = "on_scene", _("on scene")
    TRANSPORTING = "transporting", _("transporting")
    AT_DESTINATION = "at_destination", _("at destination")
    HANDED_OVER = "handed_over", _("handed over")
    CLEARED = "cleared", _("cleared")
    CANCELLED = "cancelled", _("cancelled")
    PREEMPTED = "preempted", _("taken for something more urgent")


class FollowUpStatus(Term):
    """Where a follow-up is."""

    NEW = "new", _("nothing recorded yet")
    SEEKING = "seeking", _("no taker yet")
    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class UnitStatus(Term):
    """Whether a unit can be sent at all. What it is busy with follows from its deployments."""

    OFF_DUTY = "off_duty", _("off duty")
    ON_DUTY = "on_duty", _("on duty")
    ABSENT = "absent", _("on duty, cannot be sent")


class PlaceStatus(Term):
    """Whether a place has ever reported."""

    SILENT = "silent", _("has not reported")
    REPORTED = "reported", _("has reported")


@dataclass(frozen=True, slots=True)
class RequestState:
    """A care request: one patient's need, with an owner at all times."""

    status: RequestStatus = RequestStatus.NEW
    channel: Channel | None = None
    owner: int | None = None
    owner_offered: int | None = None
    overflow: OverflowReason | None = None  # why the organisation that was asked has it on its queue
    overflow_until: int | None = None  # when that organisation is asked no longer
    handler: int | None = None
    lead: int | None = None
    lead_offered: int | None = None
    line_lost: bool = False
    zone: str | None = None
    life_threat: bool | None = None
    identified: bool | None = None
    complaint: Complaint | None = None
    urgency: Urgency | None = None
    care: Care | None = None
    incident: int | None = None
    incident_lead: int | None = None  # who keeps the requests of the incident together
    merged_into: int | None = None
    close_reason: CloseReason | None = None
    reassess_overdue: bool = False
    received_at: int | None = None
    overflowed_at: int | None = None  # the last time it flowed over; the clock lets it flow once
    answered_at: int | None = None
    triaged_at: int | None = None
    assessed_at: int | None = None  # the last time somebody asked how the patient is
    closed_at: int | None = None
    offers_open: int = 0  # providers asked that have not answered
    deployments_open: int = 0  # jobs accepted and not finished
    follow_ups_open: int = 0


@dataclass(frozen=True, slots=True)
class DeploymentState:
    """One provider's job for a care request."""

    status: DeploymentStatus = DeploymentStatus.NEW
    care: Care | None = None
    partner: int | None = None
    ambulance_urgency: AmbulanceUrgency | None = None
    reply_by: int | None = None
    decline_reason: DeclineReason | None = None
    offered_at: int | None = None
    accepted_at: int | None = None
    departed_at: int | None = None
    arrived_at: int | None = None
    transport_started_at: int | None = None
    reached_destination_at: int | None = None
    handed_over_at: int | None = None
    ended_at: int | None = None


@dataclass(frozen=True, slots=True)
class FollowUpState:
    """Care that somebody has to take over."""

    status: FollowUpStatus = FollowUpStatus.NEW
    need: FollowUpKind | None = None
    takes_over: bool = False
    partner: int | None = None
    level: EscalationLevel | None = None
    reply_by: int | None = None
    decline_reason: DeclineReason | None = None
    asked_at: int | None = None
    offered_at: int | None = None
    accepted_at: int | None = None
    ended_at: int | None = None
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class UnitState:
    """A vehicle or team that goes out."""

    status: UnitStatus = UnitStatus.OFF_DUTY
    until: int | None = None
    absence_reason: AbsenceReason | None = None
    lat: float | None = None
    lon: float | None = None
    positioned_at: int | None = None
    offers_open: int = 0  # reserved: asked, not answered
    jobs_open: int = 0  # accepted and not finished


@dataclass(frozen=True, slots=True)
class PlaceState:
    """A department or facility and the last capacity it reported."""

    status: PlaceStatus = PlaceStatus.SILENT
    free: int | None = None
    source: Source | None = None
    measured_at: int | None = None


State = RequestState | DeploymentState | FollowUpState | UnitState | PlaceState

#: The state that belongs to each subject.
STATES: dict[Subject, type[State]] = {
    Subject.REQUEST: RequestState,
    Subject.DEPLOYMENT: DeploymentState,
    Subject.FOLLOW_UP: FollowUpState,
    Subject.UNIT: UnitState,
    Subject.PLACE: PlaceState,
}
