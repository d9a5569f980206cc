"""What people do with one provider's job: ask, accept, decline, report, end."""

from __future__ import annotations

from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.durations import MINUTE
from schakel.domain.events import Subject
from schakel.domain.fitting_care import CAN_TRANSPORT, NEEDS
from schakel.domain.life_cycles import REPORTS, why_not, why_not_correct
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import DeploymentStatus, RequestStatus
from schakel.domain.vocabulary import AmbulanceUrgency, CancelReason, Care, ChoiceReason, DeclineReason
from schakel.operations import clock, journal
from schakel.operations.action import action, ask_authority_through, ask_of, ask_of_request, check_time, locked
from schakel.operations.actions.care_request import remind
from schakel.operations.current_region import region
from schakel.operations.fitting import why_not_offer, why_not_take
from schakel.operations.models import CareRequest, Deployment, Place, Unit
from schakel.operations.timers import set_timer, when_due

NOBODY = _("Choose a unit or a place to ask.")
WITHOUT_TRIAGE = _("There is no urgency yet. Set it first; only a danger to life goes before triage.")
NO_TRANSPORT = _("This unit cannot take a patient along. Ask for one that can.")
BEFORE_OFFER = _("This job was offered at {offered}; nothing of it can have happened before. Give the right time.")
NOT_A_REPORT = _("There is no report {report}. Choose one of {known}.")

MEANWHILE = _("What this unit does changed meanwhile. Look again, and choose anew.")

#: Nobody is with the patient yet.
_BEFORE_ARRIVAL = (DeploymentStatus.OFFERED, DeploymentStatus.ACCEPTED, DeploymentStatus.UNDER_WAY)

#: The reports that a crew makes with one tap, by the name in the journal.
BY_NAME = {kind.__name__: kind for kind in REPORTS}


@action
def offer(
    *,
    request: int,
    care: Care,
    at: int,
    by: Viewer,
    unit: int | None = None,
    place: int | None = None,
    ambulance_urgency: AmbulanceUrgency | None = None,
    reason: ChoiceReason | None = None,
) -> int:
    """Ask a provider to go. It is reserved until it answers, or its time to answer is over.

    `reason`: why this one, where the ranking put another first.
    """
    row = locked(CareRequest, request)
    ask_of_request(row, e.Offered, by=by, at=at)
    if row.urgency is None and row.life_threat is not True:
        raise Refused(Reason(WITHOUT_TRIAGE))
    if (unit is None) == (place is None):
        raise Refused(Reason(NOBODY))
    provider = locked(Unit, unit) if unit is not None else locked(Place, place or 0)
    if refusal := why_not_offer(row, care, provider, at):
        raise Refused(refusal)
    if isinstance(provider, Unit) and (refusal := why_not(provider.state, Subject.UNIT, e.Offered)):
        raise Refused(refusal)
    job, offered = _reserve(row, provider, care, at, ambulance_urgency, reason)
    journal.record(offered, by=by, rows=[row, job, provider])
    return job.pk


@action
def take(*, request: int, unit: int, care: Care, reason: ChoiceReason, at: int, by: Viewer) -> int:
    """Take a unit that is on its way to somebody less urgent, for an A0. Only a person does this, and says why.

    The patient it leaves waits again, with the same owner and its whole history. The crew is asked for the new job.
    """
    left = Deployment.objects.filter(unit=unit, status__in=[one.value for one in _BEFORE_ARRIVAL])
    jobs_of = dict(left.values_list("pk", "request"))
    requests = {key: locked(CareRequest, key) for key in sorted({request, *jobs_of.values()})}
    jobs = [locked(Deployment, key) for key in sorted(jobs_of)]
    row, provider = requests[request], locked(Unit, unit)
    ask_of_request(row, e.Offered, by=by, at=at)
    if refusal := why_not_take(row, care, provider, at) or why_not(provider.state, Subject.UNIT, e.Offered):
        raise Refused(refusal)
    events: list[e.Event] = []
    for old in jobs:
        kind = e.OfferWithdrawn if old.status is DeploymentStatus.OFFERED else e.Preempted
        ask_of(old, requests[old.request_id], kind, by=by, at=at)
        why = CancelReason.OTHER_PROVIDER if kind is e.OfferWithdrawn else reason
        events.append(kind(at=_since_offer(old, at), reason=why, **_subjects(old)))
    if provider.jobs_open != sum(isinstance(event, e.Preempted) for event in events):
        raise Refused(Reason(MEANWHILE))
    urgency = AmbulanceUrgency.A0 if NEEDS[care].ambulance else None
    job, offered = _reserve(row, provider, care, at, urgency, reason)
    journal.record(*events, offered, by=by, rows=[*requests.values(), *jobs, job, provider])
    return job.pk


def _reserve(
    row: CareRequest,
    provider: Unit | Place,
    care: Care,
    at: int,
    ambulance_urgency: AmbulanceUrgency | None,
    reason: ChoiceReason | None,
) -> tuple[Deployment, e.Offered]:
    """A new job for this provider, the timer of its answer, and the event that says so."""
    asked = {"unit": provider.pk, "place": None} if isinstance(provider, Unit) else {"unit": None, "place": provider.pk}
    job = Deployment.objects.create(request=row, unit_id=asked["unit"], place_id=asked["place"])
    reply_by = at + region().norms.reply_ms[care]
    set_timer("offer", Subject.DEPLOYMENT, job.pk, reply_by)
    return job, e.Offered(
        at=at,
        deployment=job.pk,
        request=row.pk,
        care=care,
        partner=provider.organisation_id,
        reply_by=reply_by,
        ambulance_urgency=ambulance_urgency,
        reason=reason,
        **asked,
    )


@when_due("offer")
def offer_due(*, key: int, due_at: int, at: int) -> None:
    """Nobody answered in time: the offer is over, and the next can be asked."""
    job, rows = _with_rows(key)
    if job.status is DeploymentStatus.OFFERED:
        journal.record(e.OfferTimedOut(at=at, **_subjects(job)), by=None, rows=rows)


@action
def withdraw(*, deployment: int, reason: CancelReason, at: int, by: Viewer) -> None:
    """Take an offer back before it is answered."""
    job, rows, at = _asked(deployment, e.OfferWithdrawn, at=at, by=by)
    journal.record(e.OfferWithdrawn(at=at, reason=reason, **_subjects(job)), by=by, rows=rows)


@action
def accept(*, deployment: int, at: int, by: Viewer) -> None:
    """Go: by the crew or partner itself, or by the dispatcher who has them on the phone."""
    job, rows, at = _asked(deployment, e.Accepted, at=at, by=by)
    journal.record(e.Accepted(at=at, **_subjects(job)), by=by, rows=rows)


@action
def decline(*, deployment: int, reason: DeclineReason, at: int, by: Viewer) -> None:
    """Say no, and why. Reasons are counted."""
    job, rows, at = _asked(deployment, e.Declined, at=at, by=by)
    journal.record(e.Declined(at=at, reason=reason, **_subjects(job)), by=by, rows=rows)


@action
def report(*, deployment: int, report: str, at: int, by: Viewer) -> None:
    """A crew says how far it is. `at` is when it happened; late and out of order is fine."""
    kind = _report(report)
    job, rows, at = _asked(deployment, kind, at=at, by=by)
    if kind is e.TransportStarted and job.unit is not None and not _can_transport(job.unit):
        raise Refused(Reason(NO_TRANSPORT))
    journal.record(kind(at=at, **_subjects(job)), by=by, rows=rows)


@action
def correct(*, deployment: int, report: str, at: int, by: Viewer) -> None:
    """Put the time of an earlier report right. The first report stays in the journal, with both its times."""
    check_time(at)
    kind = _report(report)
    job, rows = _with_rows(deployment)
    ask_authority_through(job, rows[0], e.ReportCorrected, by=by)
    if refusal := why_not_correct(job.state, kind):
        raise Refused(refusal)
    at = _since_offer(job, at)
    journal.record(e.ReportCorrected(at=at, report=report, **_subjects(job)), by=by, rows=rows)


@action
def cancel(*, deployment: int, reason: CancelReason, at: int, by: Viewer) -> None:
    """Stop an accepted job before it is finished."""
    job, rows, at = _asked(deployment, e.Cancelled, at=at, by=by)
    row = rows[0]
    if job.arrived_at is not None and row.status is RequestStatus.TRIAGED and row.urgency is not None:
        remind(row, row.urgency, at)  # while the crew was there nobody had to ask; now the patient waits again
    journal.record(e.Cancelled(at=at, reason=reason, **_subjects(job)), by=by, rows=rows)


def _report(name: str) -> type[e.Event]:
    if name not in BY_NAME:
        raise Refused(Reason(NOT_A_REPORT, {"report": name[:40], "known": tuple(BY_NAME)}))
    return BY_NAME[name]


def _asked(key: int, kind: type[e.Event], *, at: int, by: Viewer | None) -> tuple[Deployment, list, int]:
    """The job and its rows, and when it happened; refused where that cannot be."""
    job, rows = _with_rows(key)
    ask_of(job, rows[0], kind, by=by, at=at)
    return job, rows, _since_offer(job, at)


def _since_offer(job: Deployment, at: int) -> int:
    """When it happened: never before the job existed. A report may be late, and come before the yes was heard.

    A time of day is told to the minute, so in the minute of the offer it happened at the offer.
    """
    offered = job.offered_at
    if offered is None or at >= offered:
        return at
    if at // MINUTE < offered // MINUTE:
        moment = clock.as_datetime(offered).astimezone(region().calendar.zone)
        raise Refused(Reason(BEFORE_OFFER, {"offered": moment.strftime("%d-%m-%Y %H:%M")}))
    return offered


def _with_rows(key: int) -> tuple[Deployment, list]:
    """The job and the rows it steps, locked in the order of the house: request, deployment, unit, place."""
    request = Deployment.objects.filter(pk=key).values_list("request", flat=True).first()
    if request is None:
        locked(Deployment, key)
    row = locked(CareRequest, request)
    job = locked(Deployment, key)
    rows = [row, job]
    if job.unit_id is not None:
        unit = locked(Unit, job.unit_id)
        job.unit = unit
        rows.append(unit)
    return job, rows


def _subjects(job: Deployment) -> dict[str, int | None]:
    return {"deployment": job.pk, "request": job.request_id, "unit": job.unit_id, "place": job.place_id}


def _can_transport(unit: Unit) -> bool:
    return unit.kind in CAN_TRANSPORT
