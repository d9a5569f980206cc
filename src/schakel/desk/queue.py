"""Who waits: one regional work queue for every channel, and what may not scroll away until it is handled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.accounts.gate import only_for
from schakel.accounts.models import Organisation as Organisations
from schakel.desk.verbs import CENTRE, named, new_key
from schakel.domain.access import GUESTS, Category, Ties, Viewer, sees
from schakel.domain.durations import MINUTE
from schakel.domain.events import Event
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.region.model import Organisation
from schakel.domain.states import DeploymentStatus, FollowUpStatus, RequestStatus
from schakel.domain.vocabulary import Channel, Complaint, OrganisationKind, Role
from schakel.domain.waiting import Deadline, Promise, Wait, nearest, order, waits_for
from schakel.operations import clock, standing
from schakel.operations.actions.care_request import last_signs
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Deployment, FollowUp
from schakel.screens.lists import LiveList
from schakel.screens.page import live_page

#: How long before its deadline a row stands out.
NEAR = 5 * MINUTE

#: Whoever may answer a call.
ANSWERING = (Role.TRIAGIST, Role.REGIEARTS, Role.COORDINATOR, Role.CENTRE_LEAD)

_OPEN = (RequestStatus.RECEIVED, RequestStatus.TRIAGED)

# ---------------------------------------------------------------- rows


def _filled(rows: Sequence[CareRequest]) -> Sequence[CareRequest]:
    """Put on the rows what a row of the queue shows, in three queries whatever their number."""
    keys = [row.pk for row in rows]
    jobs, tasks = defaultdict(list), defaultdict(list)
    for job in Deployment.objects.filter(request__in=keys).order_by("pk"):
        jobs[job.request_id].append(job)
    for task in FollowUp.objects.filter(request__in=keys).order_by("pk"):
        tasks[task.request_id].append(task)
    signs = last_signs(keys)
    zones, norms = region().zone, region().norms
    for row in rows:
        row.zone_name = zones[row.zone].name if row.zone in zones else ""
        row.helped = any(job.status is DeploymentStatus.CLEARED for job in jobs[row.pk])
        row.helped |= any(task.status is FollowUpStatus.DONE for task in tasks[row.pk])
        row.waits = waits_for(row.state, helped=row.helped)
        row.stands = standing.of_request(row, jobs[row.pk], _open(tasks[row.pk]), region()).wait
        row.deadline = _deadline(row, jobs[row.pk], tasks[row.pk])
        row.order = order(row.state, row.deadline)
        row.stale_at = None
        if row.status is RequestStatus.RECEIVED:
            row.sign_at = signs.get(row.pk, row.received_at)
            row.stale_at = row.sign_at + norms.stale_claim_ms
        row.near = NEAR
    return rows


def _open(tasks: list[FollowUp]) -> list[FollowUp]:
    return [task for task in tasks if task.status not in (FollowUpStatus.DONE, FollowUpStatus.CANCELLED)]


def _deadline(row: CareRequest, jobs: list[Deployment], tasks: list[FollowUp]) -> Deadline | None:
    found: list[Deadline | None] = []
    for job in jobs:
        if job.status is DeploymentStatus.OFFERED and job.reply_by:
            found.append(Deadline(job.reply_by, Promise.REPLY))
    for task in tasks:
        if task.status in (FollowUpStatus.SEEKING, FollowUpStatus.OFFERED) and task.reply_by:
            found.append(Deadline(task.reply_by, Promise.TAKER))
    if row.waits in (Wait.CARE, Wait.CREW) and not any(job.arrived_at for job in jobs):
        asked = row.triaged_at or row.received_at
        found.append(Deadline(region().due(row.urgency, asked), Promise.CARE))
        if every := region().norms.reassess_ms.get(row.urgency):
            found.append(Deadline((row.assessed_at or asked) + every, Promise.REASSESSMENT))
    return nearest(found)


def _living(keys: set[int] | None, now: int) -> Sequence[CareRequest]:
    """Every request that is still somebody's work. All lists of this screen are a part of these."""
    rows = CareRequest.objects.living() if keys is None else CareRequest.objects.living().filter(pk__in=keys)
    found = list(rows)
    named(found)
    return _filled(found)


def _is_alarm(row: CareRequest) -> bool:
    return row.status in _OPEN and (row.reassess_overdue or row.line_lost)


def _is_asked(row: CareRequest) -> bool:
    return row.status in _OPEN and (row.lead_offered_id is not None or row.owner_offered_id is not None)


def _written(rows: Mapping[int, CareRequest]) -> set[int]:
    """The claimed calls in whose dossier somebody wrote since: no event, and a sign that somebody is at it."""
    claimed = [key for key, row in rows.items() if row.status is RequestStatus.RECEIVED]
    signs = last_signs(claimed) if claimed else {}
    return {key for key in claimed if signs.get(key, rows[key].received_at) != rows[key].sign_at}


def _on_desk(viewer: Viewer, row: CareRequest, ties: Ties | None, now: int) -> bool:
    return viewer.has(*CENTRE) and ties is not None and sees(viewer, ties, Category.LOGISTICS, now)


def _of_me(viewer: Viewer, row: CareRequest, ties: Ties | None, now: int) -> bool:
    mine = row.lead_offered_id == viewer.person or row.owner_offered_id in viewer.organisations(*CENTRE)
    return mine and _on_desk(viewer, row, ties, now)


def _keys(event: Event) -> Iterable[int | None]:
    return [getattr(event, "request", None)]


def _live(
    name: str,
    among: Callable[[CareRequest], bool],
    sort: Callable[[CareRequest], str],
    *,
    shows: Callable[[Viewer, CareRequest, Ties | None, int], bool] = _on_desk,
) -> LiveList:
    return LiveList(
        name=name,
        template=f"desk/row_{name}.html",
        rows=_living,
        among=among,
        strays=_written,
        shows=shows,
        sort=sort,
        keys=_keys,
        prefix={"queue": "request"}.get(name, name),
        request_of=lambda row: row,
    )


def _by_age(row: CareRequest) -> str:
    return f"{row.received_at or 0:015d}"


def _by_order(row: CareRequest) -> str:
    return row.order


LISTS = (
    _live("queue", lambda row: True, _by_order),
    _live("calls", lambda row: row.status is RequestStatus.RINGING, _by_age),
    _live("missed", lambda row: row.status is RequestStatus.MISSED, _by_age),
    _live("alarms", _is_alarm, _by_order),
    _live("claims", lambda row: row.status is RequestStatus.RECEIVED, _by_age),
    _live("asked", _is_asked, _by_order, shows=_of_me),
)


# ---------------------------------------------------------------- the screen


class Filter(NamedTuple):
    """One way to look at the queue: everything, what is mine, or what waits for one thing."""

    name: str
    label: str
    key: str


FILTERS = (
    Filter("", N_("Everybody"), "0"),
    Filter("mine", N_("Mine"), "1"),
    *(Filter(wait.value, wait.label, str(at)) for at, wait in enumerate(Wait, 2)),
)

#: The ways in, each with the key that begins a request.
WAYS_IN = ((Channel.PHONE, "n"), (Channel.PROFESSIONAL, "p"), (Channel.HAP, "h"), (Channel.MKA, "m"))


@only_for(*CENTRE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Who waits?"""
    asked = request.GET.get("show", "")
    return live_page(
        request,
        "desk/queue.html",
        title=_("Who waits?"),
        lists=tuple(live.name for live in LISTS),
        filters=FILTERS,
        show=asked if asked in {one.name for one in FILTERS} else "",
        ways_in=[(channel, key, new_key()) for channel, key in WAYS_IN],
        keys={name: new_key() for name in ("claim", "ring")},
        answers=request.viewer.has(*ANSWERING),  # type: ignore[attr-defined]
        **_room(request.viewer),  # type: ignore[attr-defined]
    )


@only_for(*CENTRE)
@require_safe
def room(request: HttpRequest) -> HttpResponse:
    """The line that says which desks are in the room now."""
    return render(request, "desk/room.html", _room(request.viewer))  # type: ignore[attr-defined]


@only_for(*CENTRE)
@require_safe
def window(request: HttpRequest) -> HttpResponse:
    """What the window of this viewer's own desk gives it now."""
    return render(request, "desk/window.html", _room(request.viewer))  # type: ignore[attr-defined]


# ---------------------------------------------------------------- the virtual room


class Desk(NamedTuple):
    """A partner's desk: in the room until, or when it joins; whether it takes requests itself, and who does if not.

    complaints: what of the queue it shares; empty for all of it. finishes: until when a call in hand may be finished,
    where its window has just closed. after: minutes without an answer after which its calls flow over.
    """

    partner: Organisation
    shares: bool
    until: int | None
    joins: int | None
    finishes: int | None
    complaints: tuple[Complaint, ...]
    takes: bool
    opens: int | None
    overflow: str
    after: int | None


def desks(now: int) -> list[Desk]:
    """The desks that share the room at some hour, or leave their calls to another when they are closed."""
    partners = [one for one in region().organisations if one.kind is not OrganisationKind.CENTRE]
    return [_desk(one, now) for one in partners if one.virtual_desk or one.overflow]


def own_desks(viewer: Viewer, now: int) -> list[Desk]:
    """The desks of this viewer that share the room at some hour."""
    here = region().organisation
    codes = Organisations.objects.filter(pk__in=viewer.organisations(*GUESTS)).order_by("pk")
    own = [here[code] for code in codes.values_list("code", flat=True) if code in here]
    return [_desk(one, now) for one in own if one.virtual_desk]


def _desk(one: Organisation, now: int) -> Desk:
    here = region()
    sitting = here.sits_in(one.id, now)
    shares = sitting is not None and now < sitting.closes
    takes = here.is_open(one.id, now)
    return Desk(
        partner=one,
        shares=shares,
        until=sitting.closes if sitting and shares else None,
        joins=here.calendar.next_start(one.virtual_desk, now) if one.virtual_desk and not shares else None,
        finishes=sitting.finishes if sitting and not shares else None,
        complaints=tuple(sorted(one.virtual_desk_complaints or (), key=str)),
        takes=takes,
        opens=None if takes else here.opens_at(one.id, now),
        overflow=here.organisation[one.overflow].name if one.overflow else "",
        after=None if one.overflow_after_ms is None else one.overflow_after_ms // MINUTE,
    )


def _room(viewer: Viewer) -> dict[str, object]:
    """Who shares the room now, and what of it is this viewer's own."""
    now = clock.now_ms()
    return {"desks": desks(now), "own": own_desks(viewer, now), "centre": _desk(region().centre, now)}
