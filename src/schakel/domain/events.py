"""Everything that can happen, as a closed list.

An event holds *only what a simulation could also have produced*: no name, no free text, nothing
that a person typed. Identity, notes and answers live in the dossier, beside the journal. Numbers
such as `request`, `unit` or `owner` are keys of rows; `at` is the moment it happened.

`EVENTS` is the closed list. `FACTS` are the names of everything an event can establish: the
journal has a column for each, and a state that keeps the fact has a field of the same name.
tests/unit/test_vocabulary.py holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import ClassVar

from schakel.domain.vocabulary import (
    AbsenceReason,
    AmbulanceUrgency,
    CancelReason,
    Care,
    Channel,
    ChoiceReason,
    CloseReason,
    Complaint,
    DeclineReason,
    EscalationLevel,
    FollowUpKind,
    OverflowReason,
    ReopenReason,
    Source,
    Urgency,
    UrgencyReason,
)


class Subject(Enum):
    """The kinds of thing that have a life cycle."""

    REQUEST = "request"
    DEPLOYMENT = "deployment"
    FOLLOW_UP = "follow_up"
    UNIT = "unit"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at a moment (ms since 1970 UTC)."""

    home: ClassVar[Subject]
    at: int


# ---------------------------------------------------------------- care requests


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEvent(Event):
    """Something that happened to a care request."""

    home: ClassVar[Subject] = Subject.REQUEST
    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang(RequestEvent):
    """A call came in at the regional number and nobody has answered yet."""

    channel: Channel
    owner: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(RequestEvent):
    """A request came in and somebody has it in hand at once: typed in at the desk, or handed off."""

    channel: Channel
    owner: int
    handler: int
    lead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(RequestEvent):
    """Somebody answered the call, or called back. The response time of an ambulance begins here."""

    handler: int
    lead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver(RequestEvent):
    """A colleague took the call over within the grace time, or a claim that had gone stale."""

    handler: int
    lead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed(RequestEvent):
    """The caller was gone before anybody answered: call back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped(RequestEvent):
    """The line was lost in the middle of the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(RequestEvent):
    """The caller is on the line again."""

    handler: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Located(RequestEvent):
    """It is known in which zone the patient is."""

    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeThreatAssessed(RequestEvent):
    """The first question was answered: is life in danger now?"""

    life_threat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified(RequestEvent):
    """It is known, or no longer known, who the patient is. Who that is stands in the dossier."""

    identified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintChosen(RequestEvent):
    """The entry complaint was chosen."""

    complaint: Complaint


@dataclass(frozen=True, slots=True, kw_only=True)
class Triaged(RequestEvent):
    """A triagist set the first urgency."""

    urgency: Urgency
    reason: UrgencyReason


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgencyRaised(RequestEvent):
    """The urgency went up. Anyone who works on the request may do this."""

    urgency: Urgency
    reason: UrgencyReason


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgencyLowered(RequestEvent):
    """The urgency went down, by the regiearts, with a reason."""

    urgency: Urgency
    reason: UrgencyReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentOverdue(RequestEvent):
    """The patient waited longer than this urgency allows without anybody asking again how it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassessed(RequestEvent):
    """Somebody asked again, and the urgency stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CareChosen(RequestEvent):
    """Which care fits was decided; who gives it comes next. `reason`: why not what the rule names."""

    care: Care
    reason: ChoiceReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadOffered(RequestEvent):
    """The clinical lead was offered to another named person; until accepted the giver has it."""

    lead_offered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadAccepted(RequestEvent):
    """The clinical lead passed to the person who was asked."""

    lead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDeclined(RequestEvent):
    """The person who was asked cannot take the clinical lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipOffered(RequestEvent):
    """Another organisation was asked to own the request; until it accepts the giver owns it."""

    owner_offered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipAccepted(RequestEvent):
    """The ownership passed to the organisation that accepted."""

    owner: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipDeclined(RequestEvent):
    """The organisation that was asked declined; the owner stays."""

    reason: DeclineReason


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowedOver(RequestEvent):
    """The owner's desk is closed or has no hands: another desk was asked, as agreed. The owner stays until it acts.

    `until`: when the window of that desk closes and it is asked no longer; None where it has no window.
    """

    owner_offered: int
    overflow: OverflowReason
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowedBack(RequestEvent):
    """The owner took the request back, or the window of the other desk closed, before that desk had acted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked(RequestEvent):
    """The request belongs to an incident with others. `incident`: the key of one of them, the number of them all."""

    incident: int
    incident_lead: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked(RequestEvent):
    """The request has nothing to do with that incident after all, or nobody else is left in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLed(RequestEvent):
    """Somebody took the lead of the incident that the request belongs to; recorded of each of its requests."""

    incident_lead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(RequestEvent):
    """It turned out to be the same patient as another request, which goes on."""

    merged_into: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(RequestEvent):
    """Nothing is left to do."""

    reason: CloseReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(RequestEvent):
    """It was not over: the request is assessed anew."""

    reason: ReopenReason
    handler: int


# ---------------------------------------------------------------- deployments


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentEvent(Event):
    """Something that happened to one provider's job for a care request. `unit` is None where a place gives the care."""

    home: ClassVar[Subject] = Subject.DEPLOYMENT
    deployment: int
    request: int
    unit: int | None
    place: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered(DeploymentEvent):
    """A provider was asked to go. Reserved, not yet dispatched: it answers by `reply_by` (ms).

    `reason`: why this one, where another was put first.
    """

    care: Care
    partner: int
    reply_by: int
    ambulance_urgency: AmbulanceUrgency | None = None
    reason: ChoiceReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTimedOut(DeploymentEvent):
    """The provider did not answer in time; the next can be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn(DeploymentEvent):
    """The offer was taken back before it was answered."""

    reason: CancelReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(DeploymentEvent):
    """The provider goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined(DeploymentEvent):
    """The provider cannot go, and says why."""

    reason: DeclineReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed(DeploymentEvent):
    """The unit is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(DeploymentEvent):
    """The unit is where the patient is, or where the vehicle can still come. The response time ends here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportStarted(DeploymentEvent):
    """The unit left the scene with the patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedDestination(DeploymentEvent):
    """The unit is at the destination with the patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(DeploymentEvent):
    """Somebody else has the patient now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared(DeploymentEvent):
    """The provider is done with this job and free for the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(DeploymentEvent):
    """An accepted job stopped before it was finished."""

    reason: CancelReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Preempted(DeploymentEvent):
    """The unit was taken for something more urgent; the request goes to the top of the queue.

    `reason`: why this unit was taken, where a person took it.
    """

    reason: ChoiceReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCorrected(DeploymentEvent):
    """An earlier report had the wrong time: `at` is the right one. The first report stays in the journal."""

    report: str  # the kind of the report that is corrected, such as "Arrived"


# ---------------------------------------------------------------- follow-ups


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpEvent(Event):
    """Something that happened to care that somebody has to take over."""

    home: ClassVar[Subject] = Subject.FOLLOW_UP
    follow_up: int
    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpAsked(FollowUpEvent):
    """Somebody has to take this over; nobody has been asked yet. `takes_over`: who accepts owns the request too."""

    need: FollowUpKind
    takes_over: bool
    level: EscalationLevel
    reply_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpOffered(FollowUpEvent):
    """A partner was asked, to answer by `reply_by` (ms)."""

    partner: int
    level: EscalationLevel
    reply_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpWithdrawn(FollowUpEvent):
    """The offer was taken back before it was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpAccepted(FollowUpEvent):
    """The partner takes it. `on_behalf`: recorded at the centre after a telephone call."""

    on_behalf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDeclined(FollowUpEvent):
    """The partner does not take it, and says why."""

    reason: DeclineReason
    on_behalf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpEscalated(FollowUpEvent):
    """Nobody took it in time: the next level is called upon, until `reply_by` (ms)."""

    level: EscalationLevel
    reply_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDone(FollowUpEvent):
    """The partner has the patient and the task is finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpCancelled(FollowUpEvent):
    """It is no longer needed."""

    reason: CancelReason


# ---------------------------------------------------------------- units and places


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEvent(Event):
    """Something that happened to a unit."""

    home: ClassVar[Subject] = Subject.UNIT
    unit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftStarted(UnitEvent):
    """A crew is on the unit until `until` (ms)."""

    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftEnded(UnitEvent):
    """The crew has gone home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WentAbsent(UnitEvent):
    """The unit is on duty but cannot be sent."""

    reason: AbsenceReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack(UnitEvent):
    """The unit can be sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Positioned(UnitEvent):
    """The unit reported where it is, in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceEvent(Event):
    """Something that happened to a place."""

    home: ClassVar[Subject] = Subject.PLACE
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityReported(PlaceEvent):
    """How many can be taken in: staffed and available, not beds in the building. `at` is when it was measured."""

    free: int
    source: Source


_FAMILIES = (Event, RequestEvent, DeploymentEvent, FollowUpEvent, UnitEvent, PlaceEvent)

#: The closed list, in the order of this module.
EVENTS: tuple[type[Event], ...] = tuple(
    found
    for found in list(globals().values())
    if isinstance(found, type) and issubclass(found, Event) and found not in _FAMILIES
)

#: The closed list by the name that the journal keeps.
BY_KIND: dict[str, type[Event]] = {event.__name__: event for event in EVENTS}

#: The names of the subjects: keys of the rows that an event is about.
SUBJECTS: tuple[str, ...] = tuple(subject.value for subject in Subject)

#: Everything an event can establish. The journal's columns and the states use these names.
FACTS: tuple[str, ...] = tuple(
    dict.fromkeys(
        field.name for event in EVENTS for field in fields(event) if field.name != "at" and field.name not in SUBJECTS
    )
)


def facts(event: Event) -> dict[str, object]:
    """What the event establishes, by name: its own fields without the time and the subjects."""
    return {f.name: getattr(event, f.name) for f in fields(event) if f.name != "at" and f.name not in SUBJECTS}
