"""Who must go: who waits, who is on the way, which units there are; and the jobs of one request with every verb."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from schakel.accounts.gate import only_for
from schakel.accounts.models import Certificate, Person
from schakel.desk.handover import response_due
from schakel.desk.verbs import (
    CENTRE,
    Able,
    Said,
    moment_of,
    new_key,
    options,
    request_seen,
    term_field,
    then,
    verb,
    words,
)
from schakel.domain import events as e
from schakel.domain.access import DEPLOYMENT_PHASE, Category, Phase, Ties, Viewer, sees
from schakel.domain.durations import MINUTE
from schakel.domain.events import DeploymentEvent, Event, RequestEvent, UnitEvent
from schakel.domain.life_cycles import DEPLOYMENT, REPORTS
from schakel.domain.reasons import Word
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.states import DeploymentStatus, RequestStatus, UnitStatus
from schakel.domain.vocabulary import CancelReason, Care, Competence, DeclineReason, UnitKind
from schakel.operations import journal, standing
from schakel.operations.actions import deployment as deployment_actions
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Deployment, Duty, JournalEntry, Unit
from schakel.operations.standing import Doing
from schakel.screens.lists import LiveList
from schakel.screens.page import live_page

_D = DeploymentStatus

OPEN_JOBS = tuple(status for status, phase in DEPLOYMENT_PHASE.items() if phase is Phase.ACTIVE)
NO_LONGER = (_D.TIMED_OUT, _D.DECLINED, _D.WITHDRAWN, _D.CANCELLED, _D.PREEMPTED)

#: The shape beside each status. Reserved, dispatched and under way are three things.
MARKS = {
    _D.NEW: "new",
    _D.OFFERED: "reserved",
    _D.DECLINED: "stopped",
    _D.TIMED_OUT: "stopped",
    _D.WITHDRAWN: "stopped",
    _D.ACCEPTED: "dispatched",
    _D.UNDER_WAY: "under_way",
    _D.ON_SCENE: "on_scene",
    _D.TRANSPORTING: "under_way",
    _D.AT_DESTINATION: "on_scene",
    _D.HANDED_OVER: "done",
    _D.CLEARED: "done",
    _D.CANCELLED: "stopped",
    _D.PREEMPTED: "alarm",
}

#: When each status began, by the field that keeps the moment.
SINCE = {
    _D.OFFERED: "offered_at",
    _D.ACCEPTED: "accepted_at",
    _D.UNDER_WAY: "departed_at",
    _D.ON_SCENE: "arrived_at",
    _D.TRANSPORTING: "transport_started_at",
    _D.AT_DESTINATION: "reached_destination_at",
    _D.HANDED_OVER: "handed_over_at",
}

#: How long before its deadline something stands out.
NEAR = 3 * MINUTE
NEAR_ANSWER = 15_000
#: A report that was received this long after it happened was late.
LATE = MINUTE
#: A unit this near to its base, in degrees, stands at its base (about 150 m).
AT_BASE = 0.0015

FREE_AT_BASE = N_("free at base")
FREE = N_("free")
RESERVED = N_("reserved")

LAST_TIMED_OUT = N_("No answer in time")
LAST_DECLINED = N_("Declined")
LAST_TAKEN = N_("Its unit was taken for a danger to life: nobody goes now")
LAST_CANCELLED = N_("Job stopped: nobody goes now")
DANGER_NOBODY = N_("Danger to life: nobody was asked yet")


# ---------------------------------------------------------------- who waits


def _waiting(keys: set[int] | None, now: int) -> Sequence[CareRequest]:
    """The requests for which somebody must go and nobody comes."""
    rows = CareRequest.objects.filter(
        Q(status=RequestStatus.TRIAGED.value) | Q(status=RequestStatus.RECEIVED.value, life_threat=True),
        deployments_open=0,
    ).filter(Q(care=None) | ~Q(care=Care.ADVICE.value))
    return [row for row in _with_jobs(rows, keys) if not row.served]


def _exceptions(keys: set[int] | None, now: int) -> Sequence[CareRequest]:
    """What went wrong on the way to a provider, and nobody has done anything about it."""
    rows = CareRequest.objects.filter(
        Q(status=RequestStatus.TRIAGED.value) | Q(status=RequestStatus.RECEIVED.value), offers_open=0
    )
    found = []
    for row in _with_jobs(rows, keys):
        last = row.jobs[-1] if row.jobs else None
        if row.served or row.care is Care.ADVICE:
            continue
        if last is None:
            row.alarm = DANGER_NOBODY if row.life_threat else None
        elif last.status is _D.TIMED_OUT:
            row.alarm = LAST_TIMED_OUT
        elif last.status is _D.DECLINED:
            row.alarm = LAST_DECLINED
        elif row.left:
            row.alarm = LAST_TAKEN
        elif last.status is _D.CANCELLED and not row.deployments_open:
            row.alarm = LAST_CANCELLED
        else:
            row.alarm = None
        if row.alarm is not None:
            row.last = last
            row.alarm_at = last.ended_at if last else row.received_at
            found.append(row)
    return found


def _with_jobs(rows: Any, keys: set[int] | None) -> list[CareRequest]:
    """The requests with what each row shows, in three queries whatever their number."""
    found = list(rows if keys is None else rows.filter(pk__in=keys))
    jobs: dict[int, list[Deployment]] = defaultdict(list)
    of_these = Deployment.objects.filter(request__in=[row.pk for row in found]).select_related(
        "unit", "place", "partner"
    )
    for job in of_these.order_by("pk"):
        jobs[job.request_id].append(job)
    zones = region().zone
    for row in found:
        row.jobs = jobs[row.pk]
        row.served = any(
            job.status in (_D.HANDED_OVER, _D.CLEARED) and (job.arrived_at is not None or job.place_id is not None)
            for job in row.jobs
        )
        row.left = not row.deployments_open and bool(row.jobs) and row.jobs[-1].status is _D.PREEMPTED
        row.asked = [job for job in row.jobs if job.status is _D.OFFERED]
        row.refused = [job for job in row.jobs if job.status in (_D.TIMED_OUT, _D.DECLINED)]
        zone = zones.get(row.zone or "")
        row.area = zone.name if zone else None
        row.due = region().due(row.urgency, row.received_at) if row.urgency and row.received_at is not None else None
        row.near, row.near_answer = NEAR, NEAR_ANSWER
    return found


def _sort_waiting(row: CareRequest) -> str:
    """The most urgent first; within an urgency who lost its unit to somebody else, and then the nearest deadline.

    Danger to life without an urgency is above all.
    """
    rank = row.urgency.rank if row.urgency else 0
    if row.life_threat:
        rank = min(rank, 1)
    return f"{rank}-{int(not row.left)}-{row.due or row.received_at or 0:015d}"


def _shows_request(viewer: Viewer, row: CareRequest, ties: Ties | None, now: int) -> bool:
    return viewer.has(*CENTRE) and ties is not None and sees(viewer, ties, Category.LOGISTICS, now)


def _request_keys(event: Event) -> Iterable[int | None]:
    return (event.request,) if isinstance(event, RequestEvent | DeploymentEvent) else ()


# ---------------------------------------------------------------- who is on the way


def _jobs(keys: set[int] | None, now: int) -> Sequence[Deployment]:
    """The jobs that somebody said yes to and that are not over. One query."""
    found = Deployment.objects.filter(status__in=[status.value for status in OPEN_JOBS])
    if keys is not None:
        found = found.filter(pk__in=keys)
    rows = list(found.select_related("request", "unit", "place", "partner"))
    zones = region().zone
    for row in rows:
        zone = zones.get(row.request.zone or "")
        row.area = zone.name if zone else None
        row.who = row.unit or row.place
        row.since = getattr(row, SINCE[row.status])
        row.due = response_due(row.request, row) if row.arrived_at is None else None
        row.mark = MARKS[row.status]
        row.near = NEAR
    return rows


def _sort_job(row: Deployment) -> str:
    """Who is not there yet first, by deadline; then by what began longest ago."""
    arrived = row.arrived_at is not None
    return f"{int(arrived)}-{(row.since if arrived else row.due) or 0:015d}"


def _shows_job(viewer: Viewer, row: Deployment, ties: Ties | None, now: int) -> bool:
    return viewer.has(*CENTRE) and ties is not None and sees(viewer, ties, Category.LOGISTICS, now)


#: Events of a request that change what a row of its jobs shows, or to whom.
_OF_REQUEST = (e.Located, e.Triaged, e.UrgencyRaised, e.UrgencyLowered, e.OwnershipAccepted)


def _job_keys(event: Event) -> Iterable[int | None]:
    if isinstance(event, _OF_REQUEST):
        return Deployment.objects.filter(request=event.request).values_list("pk", flat=True)
    return (event.deployment,) if isinstance(event, DeploymentEvent) else ()


# ---------------------------------------------------------------- which units there are


def _units(keys: set[int] | None, now: int) -> Sequence[Unit]:
    """The units on duty, with what they are doing and what their crews may do. Four queries."""
    found = Unit.objects.filter(retired=False).filter(~Q(status=UnitStatus.OFF_DUTY.value) | Q(jobs_open__gt=0))
    if keys is not None:
        found = found.filter(pk__in=keys)
    rows = list(found.select_related("organisation"))
    jobs: dict[int, list[Deployment]] = defaultdict(list)
    statuses = [status.value for status in (*OPEN_JOBS, _D.OFFERED)]
    for job in Deployment.objects.filter(unit__in=[row.pk for row in rows], status__in=statuses).order_by("pk"):
        jobs[job.unit_id].append(job)
    crews = _crews([row.pk for row in rows], now)
    shelf_life = region().norms.position_shelf_life_ms
    for row in rows:
        row.jobs = [job for job in jobs[row.pk] if job.status is not _D.OFFERED]
        row.word, row.mark, row.since = _doing(row, jobs[row.pk])
        row.competences = crews.get(row.pk, [])
        row.stale_at = None if row.positioned_at is None else row.positioned_at + shelf_life
        row.load = row.jobs_open + row.offers_open
    return rows


def _crews(units: list[int], now: int) -> dict[int, list[Competence]]:
    """What the people on each unit are certified for at this moment; nothing of who they are. Two queries."""
    on: dict[int, set[int]] = defaultdict(set)
    for unit, person in Duty.objects.filter(unit__in=units, starts_at__lte=now, ends_at__gt=now).values_list(
        "unit", "person"
    ):
        on[unit].add(person)
    held: dict[int, set[Competence]] = defaultdict(set)
    valid = Certificate.objects.filter(person__in=set().union(*on.values()), valid_from__lte=now).filter(
        Q(valid_until=None) | Q(valid_until__gt=now)
    )
    for person, competence in valid.values_list("person", "competence"):
        held[person].add(Competence(competence))
    return {
        unit: [one for one in Competence if any(one in held[person] for person in people)]
        for unit, people in on.items()
    }


def _doing(row: Unit, jobs: list[Deployment]) -> tuple[object, str, int | None]:
    """What a unit is doing, its shape, and since when; for a free one, whether it stands at its base."""
    doing, job = standing.of_unit(row, jobs)
    if doing is Doing.RESERVED and job is not None:
        return Word(RESERVED), "reserved", job.offered_at
    if job is not None:
        return job.status, MARKS[job.status], getattr(job, SINCE[job.status])
    if doing is not Doing.FREE:
        return row.absence_reason or row.status, "paused", None
    at_base = (
        row.lat is not None
        and row.lon is not None
        and abs(row.lat - row.base_lat) < AT_BASE
        and abs(row.lon - row.base_lon) < AT_BASE
    )
    return Word(FREE_AT_BASE if at_base else FREE), "new", None


def _sort_unit(row: Unit) -> str:
    """By kind, the free ones first."""
    kinds = list(UnitKind)
    busy = 0 if row.mark == "new" else 1 if row.mark == "reserved" else 2
    return f"{kinds.index(row.kind):02d}-{busy}-{row.callsign}"


def _shows_unit(viewer: Viewer, row: Unit, ties: Ties | None, now: int) -> bool:
    return viewer.has(*CENTRE)


def _unit_keys(event: Event) -> Iterable[int | None]:
    return (event.unit,) if isinstance(event, UnitEvent | DeploymentEvent) else ()


LISTS = (
    LiveList(
        name="dispatch_exceptions",
        template="desk/dispatch/row_exception.html",
        rows=_exceptions,
        shows=_shows_request,
        sort=_sort_waiting,
        keys=_request_keys,
        prefix="exception",
        request_of=lambda row: row,
    ),
    LiveList(
        name="dispatch_waiting",
        template="desk/dispatch/row_waiting.html",
        rows=_waiting,
        shows=_shows_request,
        sort=_sort_waiting,
        keys=_request_keys,
        prefix="waiting",
        request_of=lambda row: row,
    ),
    LiveList(
        name="dispatch_jobs",
        template="desk/dispatch/row_job.html",
        rows=_jobs,
        shows=_shows_job,
        sort=_sort_job,
        keys=_job_keys,
        prefix="job",
        request_of=lambda row: row.request,
    ),
    LiveList(
        name="dispatch_units",
        template="desk/dispatch/row_unit.html",
        rows=_units,
        shows=_shows_unit,
        sort=_sort_unit,
        keys=_unit_keys,
        prefix="unit",
    ),
)

# ---------------------------------------------------------------- the screens


@only_for(*CENTRE)
def page(request: HttpRequest) -> HttpResponse:
    """Who must go? `?request=12` opens the jobs of one request beside the lists."""
    chosen = request.GET.get("request", "")
    more: dict[str, Any] = {}
    if chosen.isdecimal() and len(chosen) < 16:
        more = panel(request, request_seen(request.viewer, int(chosen)), focus=False)  # type: ignore[attr-defined]
    names = tuple(one.name for one in LISTS)
    return live_page(request, "desk/dispatch/page.html", title=_("Who must go there?"), lists=names, **more)


@only_for(*CENTRE)
def of_request(request: HttpRequest, request_key: int) -> HttpResponse:
    """The jobs of one request, with every verb: a part of a page."""
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    return render(request, "desk/dispatch/of_request.html", panel(request, row, focus="focus" in request.GET))


class Line(NamedTuple):
    """One step of a job: what, when it happened, when it was received, by whom, and what was wrong with its time."""

    word: str
    at: int
    recorded_at: int
    by: str
    late: bool
    out_of_order: bool
    corrected_to: int | None
    correction: bool
    reason: object


class Report(NamedTuple):
    """A report that can be made for the crew."""

    name: str
    word: str
    usual: bool


def panel(request: HttpRequest, row: CareRequest, *, focus: bool) -> dict[str, Any]:
    """What the part with the jobs of one request shows: open ones first, then the newest."""
    able = Able(row, request.viewer)  # type: ignore[attr-defined]
    jobs = list(row.deployments.select_related("unit", "place", "partner").order_by("-pk"))
    told = _told([job.pk for job in jobs])
    jobs.sort(key=lambda job: (job.status is not _D.OFFERED, job.status not in OPEN_JOBS))
    keyed: set[str] = set()
    for job in jobs:
        job.request = row
        job.who = job.unit or job.place
        job.mark = MARKS[job.status]
        job.is_offered = job.status is _D.OFFERED
        job.is_running = job.status in OPEN_JOBS
        job.open = job.is_offered or job.is_running
        job.lines = told.get(job.pk, [])
        job.due = response_due(row, job) if job.is_running and job.arrived_at is None else None
        job.near, job.near_answer = NEAR, NEAR_ANSWER
        job.reports = _reports(job, able)
        job.correctable = [
            (kind.__name__, DEPLOYMENT[kind].to.label, getattr(job, column))
            for kind, column in REPORTS.items()
            if getattr(job, column) is not None and able.why_not(e.ReportCorrected, job) is None
        ]
        if job.ended_at is not None and job.status is not _D.CLEARED:
            job.correctable = [one for one in job.correctable if one[0] != e.Cleared.__name__]
        job.why_not = {
            "accept": able.why_not(e.Accepted, job),
            "withdraw": able.why_not(e.OfferWithdrawn, job),
            "cancel": able.why_not(e.Cancelled, job),
        }
        verbs = "offered" if job.is_offered else "running" if job.is_running else "over"
        job.keyed = verbs not in keyed  # the keys of a verb belong to the first job that has it
        keyed.add(verbs)
    return {
        "case": row,
        "jobs": jobs,
        "why_not_offer": able.why_not(e.Offered),
        "decline_reasons": options(DeclineReason),
        "cancel_reasons": options(CancelReason),
        "new_key": new_key,
        "focus": focus,
    }


def _reports(job: Deployment, able: Able) -> list[Report]:
    """The reports that can be made now: the usual next one first. A place reports only that it is done."""
    if job.unit_id is None:
        kinds: list[type[Event]] = [e.Cleared]
    else:
        kinds = list(REPORTS)
    can = [kind for kind in kinds if able.why_not(kind, job) is None]
    last = max((n for n, column in enumerate(REPORTS.values()) if getattr(job, column) is not None), default=-1)
    order = list(REPORTS)
    ahead = [kind for kind in can if order.index(kind) > last]
    behind = [kind for kind in can if order.index(kind) < last]
    usual = ahead[0] if ahead and job.status in OPEN_JOBS else None
    return [Report(kind.__name__, DEPLOYMENT[kind].to.label, kind is usual) for kind in (*ahead, *behind)]


def _told(keys: list[int]) -> dict[int, list[Line]]:
    """The history of each of these jobs, with two times per step. Two queries."""
    entries = JournalEntry.objects.filter(deployment__in=keys).order_by("seq").values_list(*journal.COLUMNS)
    history = [journal.read(entry) for entry in entries]
    names = Person.objects.in_bulk({one.by for one in history if one.by is not None})
    corrected: dict[tuple[int, str], int] = {}
    for one in history:
        if isinstance(one.event, e.ReportCorrected):
            corrected[one.event.deployment, one.event.report] = one.event.at
    found: dict[int, list[Line]] = defaultdict(list)
    newest: dict[int, int] = {}
    for one in history:
        event = one.event
        assert isinstance(event, DeploymentEvent), "the journal of a job holds events of jobs"
        kind = type(event)
        correction = isinstance(event, e.ReportCorrected)
        of = e.BY_KIND[event.report] if isinstance(event, e.ReportCorrected) else kind
        step = DEPLOYMENT[of].to
        assert step is not None, "every step of a job leads somewhere"
        key = event.deployment
        found[key].append(
            Line(
                word=step.label,
                at=event.at,
                recorded_at=one.recorded_at,
                by=str(names[one.by]) if one.by in names else "",
                late=one.recorded_at - event.at >= LATE and not correction,
                out_of_order=not correction and event.at < newest.get(key, event.at),
                corrected_to=None if correction else corrected.get((key, kind.__name__)),
                correction=correction,
                reason=getattr(event, "reason", None),
            )
        )
        if not correction:
            newest[key] = max(event.at, newest.get(key, event.at))
    return found


# ---------------------------------------------------------------- the verbs


class WithDecline(Said):
    """Why the provider says no."""

    reason = term_field(DeclineReason, N_("Reason"))


class WithCancel(Said):
    """Why it stops, or is taken back."""

    reason = term_field(CancelReason, N_("Reason"))


class OfReport(Said):
    """Which report, and at what time of day it happened; empty: now."""

    report = forms.ChoiceField(
        label=N_("Report"), choices=[(kind.__name__, DEPLOYMENT[kind].to.label) for kind in REPORTS]
    )
    time = forms.CharField(required=False, max_length=20, label=N_("Time"))


class OfCorrection(OfReport):
    """Which report, and the right time."""

    time = forms.CharField(max_length=20, label=N_("Time"))


@only_for(*CENTRE)
@verb(Said)
def accept(request: HttpRequest, said: dict, deployment: int) -> HttpResponse:
    """The provider said yes, by telephone."""
    deployment_actions.accept(deployment=deployment, **words(request, said))
    return _then(request, said, deployment)


@only_for(*CENTRE)
@verb(WithDecline)
def decline(request: HttpRequest, said: dict, deployment: int) -> HttpResponse:
    """The provider said no, by telephone, and why."""
    deployment_actions.decline(deployment=deployment, reason=said["reason"], **words(request, said))
    return _then(request, said, deployment)


@only_for(*CENTRE)
@verb(WithCancel)
def withdraw(request: HttpRequest, said: dict, deployment: int) -> HttpResponse:
    """Take the offer back."""
    deployment_actions.withdraw(deployment=deployment, reason=said["reason"], **words(request, said))
    return _then(request, said, deployment)


@only_for(*CENTRE)
@verb(OfReport)
def report(request: HttpRequest, said: dict, deployment: int) -> HttpResponse:
    """The crew said by telephone or radio how far it is, now or a while ago."""
    told = words(request, said)
    told["at"] = moment_of(said["time"], told["at"])
    deployment_actions.report(deployment=deployment, report=said["report"], **told)
    return _then(request, said, deployment)


@only_for(*CENTRE)
@verb(OfCorrection)
def correct(request: HttpRequest, said: dict, deployment: int) -> HttpResponse:
    """The time of a report was wrong. What was reported first stays."""
    told = words(request, said)
    told["at"] = moment_of(said["time"], told["at"])
    deployment_actions.correct(deployment=deployment, report=said["report"], **told)
    return _then(request, said, deployment)


@only_for(*CENTRE)
@verb(WithCancel)
def cancel(request: HttpRequest, said: dict, deployment: int) -> HttpResponse:
    """Stop the job."""
    deployment_actions.cancel(deployment=deployment, reason=said["reason"], **words(request, said))
    return _then(request, said, deployment)


def _then(request: HttpRequest, said: dict, deployment: int) -> HttpResponse:
    key = Deployment.objects.values_list("request", flat=True).get(pk=deployment)
    otherwise = f"{reverse('desk:dispatch')}?request={key}"
    return then(request, said, lambda: of_request(request, request_key=key), otherwise)
