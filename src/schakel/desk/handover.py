"""The shift hand-over: everything with open risk, the timers that run and the promises, signed by two people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from schakel.accounts.gate import only_for
from schakel.accounts.models import Membership, Organisation, Person
from schakel.desk.timeline import Line, Names, lines_of
from schakel.desk.verbs import CENTRE, Said, new_key, row_field, term_field, verb, words
from schakel.domain.access import DEPLOYMENT_PHASE, Category, Phase, Viewer
from schakel.domain.durations import MINUTE
from schakel.domain.reasons import Reason, Refused, Word
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.states import DeploymentStatus, FollowUpStatus, RequestStatus
from schakel.domain.vocabulary import Role
from schakel.operations import clock, journal
from schakel.operations.actions import handover as handover_actions
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Deployment, FollowUp, Handover, JournalEntry
from schakel.screens.page import live_page

#: The roles of the centre that hand a shift over, in the order in which somebody with several is asked.
ROLES = (Role.COORDINATOR, Role.DISPATCHER, Role.REGIEARTS, Role.TRIAGIST, Role.CENTRE_LEAD)

NEAR = 10 * MINUTE
PAST = 20  # hand-overs on the list of those before

RINGS = N_("Nobody has answered yet")
CALL_BACK = N_("Call back: the call was missed")
LINE_LOST = N_("The line was lost: call back")
NO_URGENCY = N_("No urgency yet; {who} has the call")
NOBODY_GOES = N_("Nobody goes yet")
REASSESS = N_("Ask again how the patient is")
OFFERED = N_("{who} was asked: {what}")
GOES = N_("{who}: {what}, {status}")
NO_TAKER = N_("No taker for: {what}; now with {level}")
TAKER_ASKED = N_("{who} was asked to take over: {what}; now with {level}")
PROMISED = N_("{who} promised: {what}")
LEAD_ASKED = N_("{who} was asked to take the clinical lead")
OWNER_ASKED = N_("{who} was asked to own the request")
CLOSE = N_("Nothing is open any more: close it")
NOT_YOURS = N_("This hand-over is between two others.")


@dataclass(frozen=True)
class Wait:
    """One thing that a request waits for: in words, by when (ms) or since when, and whether it is a promise."""

    reason: Reason
    due: int | None = None
    since: int | None = None
    promise: bool = False
    near: int = NEAR
    telephone: str = ""  # of whoever has to be called about it


@dataclass
class Case:
    """One request on the list, with what it waits for: the nearest deadline first."""

    row: CareRequest
    area: str | None
    waits: list[Wait] = field(default_factory=list)
    news: list[Line] = field(default_factory=list)  # what happened since the giver signed
    arrived: bool = False  # came after the giver signed

    @property
    def order(self) -> tuple:
        """The most urgent first, then the nearest deadline."""
        dues = [wait.due for wait in self.waits if wait.due is not None]
        return (self.row.urgency.rank if self.row.urgency else -1, min(dues, default=2**62), self.row.pk)


# ---------------------------------------------------------------- what is open


def open_cases(organisation: int, now: int) -> list[Case]:
    """Every request that this organisation owns and that is still open. Seven queries, however many."""
    rows = CareRequest.objects.living().filter(owner=organisation)
    return cases_of(rows.select_related("lead", "handler", "lead_offered", "owner_offered"), now)


def cases_of(requests: Iterable[CareRequest], now: int) -> list[Case]:
    """These requests with everything they wait for."""
    zones = region().zone
    cases = {}
    for row in requests:
        zone = zones.get(row.zone or "")
        cases[row.pk] = Case(row, zone.name if zone else None)
    served = set()
    for job in Deployment.objects.filter(request__in=cases).select_related("unit", "place", "partner"):
        case = cases[job.request_id]
        if job.arrived_at is not None or job.status in (DeploymentStatus.HANDED_OVER, DeploymentStatus.CLEARED):
            served.add(job.request_id)
        _add_job(case, job)
    for task in FollowUp.objects.filter(request__in=cases).select_related("partner"):
        _add_task(cases[task.request_id], task)
    for case in cases.values():
        _add_own(case, case.row.pk in served)
        case.waits.sort(key=lambda wait: (wait.due is None, wait.due or wait.since or 0))
    return sorted(cases.values(), key=lambda case: case.order)


def _add_job(case: Case, job: Deployment) -> None:
    who = str(job.unit or job.place or job.partner)
    what = job.care.label if job.care else ""
    if job.status is DeploymentStatus.OFFERED:
        case.waits.append(
            Wait(Reason(OFFERED, {"who": who, "what": Word(what)}), due=job.reply_by, telephone=_called(job))
        )
    elif DEPLOYMENT_PHASE.get(job.status) is Phase.ACTIVE:
        told = Reason(GOES, {"who": who, "what": Word(what), "status": Word(job.status.label)})
        due = None if job.arrived_at is not None else response_due(case.row, job)
        since, promise = job.arrived_at or job.accepted_at, job.arrived_at is None
        case.waits.append(Wait(told, due=due, since=since, promise=promise, telephone=_called(job)))


def _add_task(case: Case, task: FollowUp) -> None:
    what = Word(task.need.label if task.need else "")
    level = Word(task.level.label if task.level else "")
    who = str(task.partner) if task.partner else ""
    match task.status:
        case FollowUpStatus.SEEKING:
            case.waits.append(Wait(Reason(NO_TAKER, {"what": what, "level": level}), due=task.reply_by))
        case FollowUpStatus.OFFERED:
            told = Reason(TAKER_ASKED, {"who": who, "what": what, "level": level})
            case.waits.append(Wait(told, due=task.reply_by, telephone=_called(task)))
        case FollowUpStatus.ACCEPTED:
            told = Reason(PROMISED, {"who": who, "what": what})
            case.waits.append(Wait(told, since=task.accepted_at, promise=True, telephone=_called(task)))


def _called(row: Deployment | FollowUp) -> str:
    """Where the duty desk of whoever was asked can be called; empty when that is not known."""
    return row.partner.telephone if row.partner else ""


def _add_own(case: Case, served: bool) -> None:
    row = case.row
    if row.status is RequestStatus.RINGING:
        case.waits.append(Wait(Reason(RINGS), since=row.received_at))
    elif row.status is RequestStatus.MISSED:
        case.waits.append(Wait(Reason(CALL_BACK), since=row.received_at))
    elif row.status is RequestStatus.RECEIVED:
        told = Reason(NO_URGENCY, {"who": str(row.handler) if row.handler else "?"})
        case.waits.append(Wait(told, since=row.answered_at or row.received_at))
    if row.line_lost:
        case.waits.append(Wait(Reason(LINE_LOST), since=row.answered_at or row.received_at))
    if row.status is RequestStatus.TRIAGED and not served and row.urgency is not None:
        since = row.received_at or row.triaged_at or 0
        if not row.deployments_open and not row.offers_open:
            case.waits.append(Wait(Reason(NOBODY_GOES), due=region().due(row.urgency, since)))
        if every := region().norms.reassess_ms.get(row.urgency):
            last = max(row.assessed_at or 0, row.triaged_at or 0)
            case.waits.append(Wait(Reason(REASSESS), due=last + every))
    if row.lead_offered is not None:
        case.waits.append(Wait(Reason(LEAD_ASKED, {"who": str(row.lead_offered)})))
    if row.owner_offered is not None:
        case.waits.append(Wait(Reason(OWNER_ASKED, {"who": str(row.owner_offered)})))
    if not case.waits:
        case.waits.append(Wait(Reason(CLOSE)))


def response_due(row: CareRequest, job: Deployment) -> int | None:
    """When this job has to be there at the latest: the norm of its ambulance class, else the wait of the urgency."""
    since = row.answered_at if row.answered_at is not None else row.received_at
    norm = region().norms.response_ms.get(job.ambulance_urgency) if job.ambulance_urgency else None
    if norm is not None and since is not None:
        return since + norm
    if row.urgency is not None and row.received_at is not None:
        return region().due(row.urgency, row.received_at)
    return None


# ---------------------------------------------------------------- the screens


@only_for(*CENTRE)
def page(request: HttpRequest) -> HttpResponse:
    """What is still open when I go home? The list, the colleague who takes it, and the hand-overs before."""
    role, organisation = _seat(request.viewer, request.GET.get("role", ""))  # type: ignore[attr-defined]
    now = clock.now_ms()
    context = {
        "role": role,
        "roles": [one for one in ROLES if request.viewer.has(one)],  # type: ignore[attr-defined]
        "cases": open_cases(organisation, now),
        "offered_to_me": Handover.objects.filter(
            taker=request.viewer.person,
            taken_at=None,  # type: ignore[attr-defined]
        ).select_related("giver"),
    }
    if "part" in request.GET:
        return render(request, "desk/handover/cases.html", context)
    past = Handover.objects.filter(organisation=organisation, role=role.value).select_related("giver", "taker")
    return live_page(
        request,
        "desk/handover/page.html",
        title=_("What is still open at the end of my shift?"),
        colleagues=_colleagues(role, organisation, request.viewer.person, now),  # type: ignore[attr-defined]
        past=past.order_by("-given_at", "-pk")[:PAST],
        organisation=Organisation.objects.get(pk=organisation),
        new_key=new_key,
        **context,
    )


@only_for(*CENTRE)
def sheet(request: HttpRequest, handover_key: int) -> HttpResponse:
    """One hand-over as it was signed for, and what has changed since then. For the giver, the taker and the lead."""
    signed = get_object_or_404(Handover.objects.select_related("giver", "taker", "organisation"), pk=handover_key)
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if signed.organisation_id not in viewer.organisations(*CENTRE):
        raise Http404
    if viewer.person not in (signed.giver_id, signed.taker_id) and not viewer.has(Role.CENTRE_LEAD):
        raise Refused(Reason(NOT_YOURS))
    now = clock.now_ms()
    mine = viewer.person == signed.taker_id
    return live_page(
        request,
        "desk/handover/sheet.html",
        title=_("What do I take over?") if mine and signed.taken_at is None else _("What was handed over?"),
        handover=signed,
        mine=mine,
        cases=changed_since(signed, viewer, now),
        new_key=new_key,
    )


def changed_since(signed: Handover, viewer: Viewer, now: int) -> list[Case]:
    """The requests that were signed for and those that came after, each with what happened since the signature."""
    listed = set(signed.requests)
    living = CareRequest.objects.living().filter(owner=signed.organisation_id)
    came_later = set(living.exclude(pk__in=listed).values_list("pk", flat=True))
    every = listed | came_later
    told = JournalEntry.objects.filter(seq__gt=signed.seq, request__in=every)
    changed = set(told.values_list("request", flat=True))
    rows = CareRequest.objects.filter(pk__in=every).visible_to(viewer, Category.LOGISTICS, now)
    cases = cases_of(rows.select_related("lead", "handler", "lead_offered", "owner_offered"), now)
    for case in cases:
        if case.row.pk in changed:
            told = [one for one in journal.of_request(case.row.pk) if one.seq > signed.seq]
            case.news = list(reversed(lines_of(told, Names(told))))
        case.arrived = case.row.pk in came_later
        if case.row.status in (RequestStatus.CLOSED, RequestStatus.MERGED):
            case.waits = []
    return cases


class Give(Said):
    """For which role, to whom, and what should be known besides."""

    role = term_field(Role, N_("Role"))
    to = row_field(N_("Colleague who takes the shift"))
    remark = forms.CharField(required=False, max_length=2000, label=N_("Remark"))


@only_for(*CENTRE)
@verb(Give)
def give(request: HttpRequest, said: dict) -> HttpResponse:
    """Sign for the list."""
    key = handover_actions.give(role=said["role"], to=said["to"], remark=said["remark"], **words(request, said))
    return HttpResponseRedirect(reverse("desk:handover_sheet", args=[key]))


@only_for(*CENTRE)
@verb(Said)
def take(request: HttpRequest, said: dict, handover_key: int) -> HttpResponse:
    """Sign for having it."""
    handover_actions.take(handover=handover_key, **words(request, said))
    return HttpResponseRedirect(reverse("desk:handover_sheet", args=[handover_key]))


def _seat(viewer: Viewer, wanted: str) -> tuple[Role, int]:
    """In which role, and for which organisation, this person hands over."""
    held = [role for role in ROLES if viewer.has(role)]
    role = next((one for one in held if one.value == wanted), held[0])
    return role, min(viewer.organisations(role))


def _colleagues(role: Role, organisation: int, me: int, now: int) -> list[Person]:
    """Who has the same role here now, and is somebody else."""
    valid = Membership.objects.valid(now).filter(role=role.value, organisation=organisation).exclude(person=me)
    return list(Person.objects.filter(pk__in=valid.values("person")).order_by("last_name", "first_name"))
