"""What people do with a care request."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max

from schakel.accounts import access_log
from schakel.accounts.models import Deed, Organisation, Person
from schakel.domain import authority
from schakel.domain import events as e
from schakel.domain.access import Category, Viewer
from schakel.domain.codes import PhoneNumber
from schakel.domain.dossier import match_form
from schakel.domain.events import Subject
from schakel.domain.life_cycles import LIFE_CYCLES
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import DeploymentStatus, RequestStatus
from schakel.domain.vocabulary import (
    Care,
    Channel,
    ChoiceReason,
    CloseReason,
    Complaint,
    DeclineReason,
    OrganisationKind,
    ReopenReason,
    Role,
    Urgency,
    UrgencyReason,
)
from schakel.operations import clock, incidents, journal
from schakel.operations.action import action, ask_of_request, check_time, locked
from schakel.operations.actions import overflow
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, DossierEntry, JournalEntry
from schakel.operations.room import viewer_of, why_not_in
from schakel.operations.timers import set_timer, when_due

GRACE_OVER = _("The grace time to take this call over has passed. Ask {name} to hand it over, or offer to help.")
OWN_CALL = _("You have this call already.")
NOT_UP = _("{urgency} is not more urgent than it is now. To lower an urgency, ask the regiearts.")
NOT_DOWN = _("{urgency} is not less urgent than it is now. To raise it, use raise.")
STILL_OPEN = _(
    "There is still work open: {deployments} deployments, {offers} offers, {follow_ups} follow-ups. Finish those first."
)
OPEN_WORK = _("This request has deployments or follow-ups of its own. Link the two instead of merging them.")
NOT_ASKED = _("You were not asked for this.")
NO_CARE_ROLE = _("{name} has no part in the care at this centre now. Choose somebody who is on duty.")
NO_OWNER = _("There is no organisation with number {number} in this region. Choose one from the list.")
ALREADY_OWNER = _("{name} owns this request already.")
UNKNOWN_ZONE = _("There is no zone {zone} in this region. Choose one from the list.")
NO_LINE = _("The line is not lost.")


@action
def ring(*, channel: Channel, at: int, by: Viewer | None, callback: str = "", line: int | None = None) -> int:
    """A call or message came in for the centre, and waits for an answer.

    `callback`: the number that the line showed, so that a caller who is missed can be called back.
    `line`: the organisation whose own line rings. It owns the request; where its desk shares the whole queue of the
    centre now, the centre does. What it leaves while it is closed flows over at once.
    """
    check_time(at)
    row = CareRequest.objects.create()
    centre = _centre()
    owner = centre if line is None else overflow.owner_of_line(line, centre, at)
    rang = e.Rang(at=at, request=row.pk, channel=channel, owner=owner)
    journal.record(rang, *overflow.follows(row, rang, at=at), by=by, rows=[row])
    if callback:
        try:
            number = PhoneNumber(callback).digits
        except ValueError as wrong:
            raise Refused(Reason(str(wrong))) from None
        DossierEntry.objects.create(
            request=row,
            field="callback",
            value=number,
            match=match_form("callback", number),
            author_id=by.person if by else None,
            organisation_id=owner,
            at=at,
        )
        if by is not None:
            access_log.add(Deed.CREATE, viewer=by, at=clock.now_ms(), request=row.pk, categories=[Category.LOCATION])
    return row.pk


@action
def begin(*, channel: Channel, at: int, by: Viewer) -> int:
    """Somebody at the desk begins a request with the caller on the line."""
    check_time(at)
    centre = _centre()
    now = clock.now_ms()
    if reason := authority.why_not_begin(by, centre, now):
        raise Refused(why_not_in(by, now) or reason)
    row = CareRequest.objects.create()
    journal.record(
        e.Received(at=at, request=row.pk, channel=channel, owner=centre, handler=by.person, lead=by.person),
        by=by,
        rows=[row],
    )
    return row.pk


@action
def answer(*, request: int, at: int, by: Viewer) -> None:
    """Claim a call that rings, or call somebody back whose call was missed.

    Whoever answers a call that flowed over owns it with that: the other desk acts, and the owner is relieved.
    """
    row = locked(CareRequest, request)
    ask_of_request(row, e.Answered, by=by, at=at)
    told: list[e.Event] = []
    if (taker := overflow.takes_by_answering(row, by, clock.now_ms())) is not None:
        told.append(e.OwnershipAccepted(at=at, request=row.pk, owner=taker))
    told.append(e.Answered(at=at, request=row.pk, handler=by.person, lead=by.person))
    journal.record(*told, by=by, rows=[row])


@action
def take_over(*, request: int, at: int, by: Viewer) -> None:
    """Take a call over from a colleague: within the grace time after the answer, or when the claim went stale."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.TakenOver, by=by, at=at)
    if row.handler_id == by.person:
        raise Refused(Reason(OWN_CALL))
    if reason := why_not_take_over(row, at):
        raise Refused(reason)
    journal.record(e.TakenOver(at=at, request=row.pk, handler=by.person, lead=by.person), by=by, rows=[row])


def why_not_take_over(row: CareRequest, at: int) -> Reason | None:
    """Say why a call cannot be taken over now, or None.

    Fresh claims have a grace time, stale ones are anybody's, and so is one whose desk has left the room.
    """
    norms = region().norms
    since = at - (row.answered_at or row.received_at or at)
    if row.handler_id is not None and row.status is RequestStatus.RECEIVED and overflow.has_left(row, at):
        return None
    if since <= norms.takeover_grace_ms or is_stale(row, at):
        return None
    return Reason(GRACE_OVER, {"name": str(row.handler) if row.handler else ""})


def is_stale(row: CareRequest, at: int) -> bool:
    """Whether somebody claimed this call and then nothing was recorded for longer than the region allows."""
    if row.status is not RequestStatus.RECEIVED:
        return False
    return at - last_signs([row.pk]).get(row.pk, at) > region().norms.stale_claim_ms


def last_signs(requests: Iterable[int]) -> dict[int, int]:
    """When something was last recorded or written of each of these requests: a sign that somebody is at it."""
    keys = list(requests)
    kinds = [kind.__name__ for kind in LIFE_CYCLES[Subject.REQUEST]]
    told = JournalEntry.objects.filter(request__in=keys, kind__in=kinds).order_by().values("request")
    written = DossierEntry.objects.filter(request__in=keys).order_by().values("request")
    signs = dict(told.annotate(last=Max("recorded_at")).values_list("request", "last"))
    for request, last in written.annotate(last=Max("at")).values_list("request", "last"):
        signs[request] = max(last, signs.get(request, last))
    return signs


@action
def miss(*, request: int, at: int, by: Viewer | None) -> None:
    """The caller hung up before anybody answered."""
    _plainly(e.Missed, request=request, at=at, by=by)


@action
def drop(*, request: int, at: int, by: Viewer | None) -> None:
    """The line was lost in the middle of the call."""
    _plainly(e.Dropped, request=request, at=at, by=by)


@action
def resume(*, request: int, at: int, by: Viewer) -> None:
    """The caller whose line was lost is on the phone again: the same request goes on."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.Resumed, by=by, at=at)
    if not row.line_lost:
        raise Refused(Reason(NO_LINE))
    journal.record(e.Resumed(at=at, request=row.pk, handler=by.person), by=by, rows=[row])


@action
def locate(*, request: int, zone: str, at: int, by: Viewer) -> None:
    """Record in which zone the patient is."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.Located, by=by, at=at)
    if zone not in region().zone:
        raise Refused(Reason(UNKNOWN_ZONE, {"zone": zone}))
    if row.zone != zone:
        journal.record(e.Located(at=at, request=row.pk, zone=zone), by=by, rows=[row])


@action
def assess_life_threat(*, request: int, life_threat: bool, at: int, by: Viewer) -> None:
    """Answer the first question: is life in danger now?"""
    row = locked(CareRequest, request)
    ask_of_request(row, e.LifeThreatAssessed, by=by, at=at)
    journal.record(e.LifeThreatAssessed(at=at, request=row.pk, life_threat=life_threat), by=by, rows=[row])


@action
def choose_complaint(*, request: int, complaint: Complaint, at: int, by: Viewer) -> None:
    """Choose the entry complaint."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.ComplaintChosen, by=by, at=at)
    journal.record(e.ComplaintChosen(at=at, request=row.pk, complaint=complaint), by=by, rows=[row])


@action
def triage(*, request: int, urgency: Urgency, reason: UrgencyReason, at: int, by: Viewer) -> None:
    """Set the first urgency, with its reason. The patient's next re-assessment is set as well."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.Triaged, by=by, at=at)
    remind(row, urgency, at)
    journal.record(e.Triaged(at=at, request=row.pk, urgency=urgency, reason=reason), by=by, rows=[row])


@action
def raise_urgency(*, request: int, urgency: Urgency, reason: UrgencyReason, at: int, by: Viewer) -> None:
    """Raise the urgency. Anybody who works on the request may."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.UrgencyRaised, by=by, at=at)
    assert row.urgency is not None, "a triaged request has an urgency"
    if not urgency.is_above(row.urgency):
        raise Refused(Reason(NOT_UP, {"urgency": urgency.value}))
    remind(row, urgency, at)
    journal.record(e.UrgencyRaised(at=at, request=row.pk, urgency=urgency, reason=reason), by=by, rows=[row])


@action
def lower_urgency(*, request: int, urgency: Urgency, reason: UrgencyReason, at: int, by: Viewer) -> None:
    """Lower the urgency, as regiearts, with a reason. The urgency before stays in the journal."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.UrgencyLowered, by=by, at=at)
    assert row.urgency is not None, "a triaged request has an urgency"
    if not row.urgency.is_above(urgency):
        raise Refused(Reason(NOT_DOWN, {"urgency": urgency.value}))
    remind(row, urgency, at)
    journal.record(e.UrgencyLowered(at=at, request=row.pk, urgency=urgency, reason=reason), by=by, rows=[row])


@action
def reassess(*, request: int, at: int, by: Viewer) -> None:
    """Somebody asked again how the patient is, and the urgency stands."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.Reassessed, by=by, at=at)
    assert row.urgency is not None, "a triaged request has an urgency"
    remind(row, row.urgency, at)
    journal.record(e.Reassessed(at=at, request=row.pk), by=by, rows=[row])


@when_due("reassess")
def reassess_due(*, key: int, due_at: int, at: int) -> None:
    """The patient still waits and nobody asked again: that raises an alarm."""
    row = locked(CareRequest, key)
    assessed = max(row.assessed_at or 0, row.triaged_at or 0)
    if row.status is not RequestStatus.TRIAGED or row.urgency is None or row.reassess_overdue:
        return
    every = region().norms.reassess_ms.get(row.urgency)
    if every is None or not waits_for_care(row) or assessed + every > due_at:
        return
    journal.record(e.ReassessmentOverdue(at=at, request=row.pk), by=None, rows=[row])


def waits_for_care(row: CareRequest) -> bool:
    """Whether the patient is triaged and nobody has come: a crew that came and could not go on does not count."""
    return nobody_came(row.status, row.deployments.values_list("status", "arrived_at"))


def nobody_came(status: RequestStatus, jobs: Iterable[tuple[DeploymentStatus, int | None]]) -> bool:
    """The same for a request of this status with jobs that were already read: the status and arrival of each."""
    stopped = (DeploymentStatus.CANCELLED, DeploymentStatus.PREEMPTED)
    came = any(arrived is not None and job not in stopped for job, arrived in jobs)
    return status is RequestStatus.TRIAGED and not came


@action
def choose_care(*, request: int, care: Care, at: int, by: Viewer, reason: ChoiceReason | None = None) -> None:
    """Decide which care fits; with the reason, where the rule does not name it. Who gives it comes next."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.CareChosen, by=by, at=at)
    journal.record(e.CareChosen(at=at, request=row.pk, care=care, reason=reason), by=by, rows=[row])


@action
def offer_lead(*, request: int, to: int, at: int, by: Viewer) -> None:
    """Ask a named colleague to take the clinical lead. Until accepted, the giver has it."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.LeadOffered, by=by, at=at)
    person = Person.objects.filter(pk=to).first()
    roles = (Role.TRIAGIST, Role.REGIEARTS, Role.CENTRE_LEAD, Role.COORDINATOR, Role.PARTNER, Role.CREW)
    if person is None or not viewer_of(person, at).has(*roles):
        raise Refused(Reason(NO_CARE_ROLE, {"name": str(person or to)}))
    journal.record(e.LeadOffered(at=at, request=row.pk, lead_offered=to), by=by, rows=[row])


@action
def accept_lead(*, request: int, at: int, by: Viewer) -> None:
    """Take the clinical lead that was offered to you."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.LeadAccepted, by=by, at=at)
    if row.lead_offered_id != by.person:
        raise Refused(Reason(NOT_ASKED))
    journal.record(e.LeadAccepted(at=at, request=row.pk, lead=by.person), by=by, rows=[row])


@action
def decline_lead(*, request: int, at: int, by: Viewer) -> None:
    """Say that you cannot take the clinical lead that was offered to you."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.LeadDeclined, by=by, at=at)
    if row.lead_offered_id != by.person:
        raise Refused(Reason(NOT_ASKED))
    journal.record(e.LeadDeclined(at=at, request=row.pk), by=by, rows=[row])


@action
def offer_ownership(*, request: int, to: int, at: int, by: Viewer) -> None:
    """Ask another organisation to own the request. Until it accepts, the giver owns it."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.OwnershipOffered, by=by, at=at)
    asked = Organisation.objects.filter(pk=to).first()
    if asked is None:
        raise Refused(Reason(NO_OWNER, {"number": to}))
    if row.owner_id == to:
        raise Refused(Reason(ALREADY_OWNER, {"name": str(asked)}))
    journal.record(e.OwnershipOffered(at=at, request=row.pk, owner_offered=to), by=by, rows=[row])


@action
def accept_ownership(*, request: int, at: int, by: Viewer) -> None:
    """Own the request that was offered to your organisation."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.OwnershipAccepted, by=by, at=at)
    assert row.owner_offered_id is not None, "who may accept was asked"
    accepted = e.OwnershipAccepted(at=at, request=row.pk, owner=row.owner_offered_id)
    # Who accepts while its desk is closed is there after all: the request does not flow over from under its hands.
    told = overflow.follows(row, accepted, at=at) if overflow.is_open(row.owner_offered_id, at) else []
    journal.record(accepted, *told, by=by, rows=[row])


@action
def decline_ownership(*, request: int, reason: DeclineReason, at: int, by: Viewer) -> None:
    """Decline to own the request; the owner stays."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.OwnershipDeclined, by=by, at=at)
    journal.record(e.OwnershipDeclined(at=at, request=row.pk, reason=reason), by=by, rows=[row])


@action
def merge(*, request: int, into: int, at: int, by: Viewer) -> None:
    """It is the same patient: this request ends in the other, which goes on. Its history stays where it is.

    The patient is of one incident: what the ending request belonged to, the other belongs to from now on.
    """
    rows = incidents.whole(request, into)
    row, other = incidents.pair(rows, request, into, e.Merged, at=at, by=by)
    if row.offers_open or row.deployments_open or row.follow_ups_open:
        raise Refused(Reason(OPEN_WORK))
    joined = incidents.as_one(rows, row, other, at=at, by=by) if row.incident is not None else []
    ended = e.Merged(at=at, request=row.pk, merged_into=other.pk)
    journal.record(*joined, ended, by=by, rows=rows.values())


@action
def call_again(*, request: int, into: int, at: int, by: Viewer) -> None:
    """The caller whose line was lost rings anew: this call ends in that request, which goes on with who answered."""
    merge(request=request, into=into, at=at, by=by)
    resume(request=into, at=at, by=by)


@action
def close(*, request: int, reason: CloseReason, at: int, by: Viewer) -> None:
    """End the request. Only when nobody is under way and nothing has to be taken over any more."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.Closed, by=by, at=at)
    if refusal := why_not_close(row):
        raise Refused(refusal)
    journal.record(e.Closed(at=at, request=row.pk, reason=reason), by=by, rows=[row])


def why_not_close(row: CareRequest) -> Reason | None:
    """Say what is still open, or None when nothing is."""
    if row.offers_open or row.deployments_open or row.follow_ups_open:
        return Reason(
            STILL_OPEN,
            {"deployments": row.deployments_open, "offers": row.offers_open, "follow_ups": row.follow_ups_open},
        )
    return None


@action
def reopen(*, request: int, reason: ReopenReason, at: int, by: Viewer) -> None:
    """It was not over: assess the request anew."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.Reopened, by=by, at=at)
    journal.record(e.Reopened(at=at, request=row.pk, reason=reason, handler=by.person), by=by, rows=[row])


def _plainly(kind: type[e.RequestEvent], *, request: int, at: int, by: Viewer | None) -> None:
    row = locked(CareRequest, request)
    ask_of_request(row, kind, by=by, at=at)
    journal.record(kind(at=at, request=row.pk), by=by, rows=[row])


def remind(row: CareRequest, urgency: Urgency, at: int) -> None:
    """Have somebody look, when the time for this urgency has passed, whether the patient was asked after.

    Called before the recording: the head of the journal is locked last.
    """
    if every := region().norms.reassess_ms.get(urgency):
        set_timer("reassess", Subject.REQUEST, row.pk, at + every)


def _centre() -> int:
    """The key of the centre: it owns every request from the first ring."""
    return Organisation.objects.values_list("pk", flat=True).get(kind=OrganisationKind.CENTRE.value)
