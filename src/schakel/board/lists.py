"""The three live lists of the board: open requests, units on duty, places. Rows of state; nothing of a dossier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from schakel.domain import access, capacity, waiting
from schakel.domain import events as e
from schakel.domain.access import Category, Ties, Viewer, sees
from schakel.domain.durations import MINUTE
from schakel.domain.events import Event
from schakel.domain.states import DeploymentStatus, FollowUpStatus, UnitStatus
from schakel.domain.vocabulary import PlaceKind, Role, UnitKind
from schakel.domain.waiting import Deadline, Promise
from schakel.operations import standing
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Deployment, FollowUp, Place, Unit
from schakel.operations.standing import CARED_FOR, DOING_MARK, WAIT_MARK, Doing
from schakel.screens import navigation
from schakel.screens.lists import LiveList, register

#: The roles of the centre that work on care: they see the units of everybody.
CENTRE = (Role.TRIAGIST, Role.REGIEARTS, Role.DISPATCHER, Role.COORDINATOR, Role.CENTRE_LEAD)
PARTNERS = (Role.PARTNER, Role.PARTNER_COORDINATOR)
WATCHERS = (*CENTRE, *PARTNERS)

#: How long before its deadline a row stands out.
NEAR = 5 * MINUTE

KINDS = tuple(UnitKind)
DOINGS = tuple(Doing)
PLACE_KINDS = tuple(PlaceKind)

_LIVING = [status.value for status in access.LIVING]
_GOING = [status.value for status in (DeploymentStatus.OFFERED, *standing.DOING)]


# ------------------------------------------------------------------- requests


def requests(keys: set[int] | None, now: int) -> Sequence[CareRequest]:
    """The open requests, each with how it stands and the point of its zone. Three queries."""
    found = CareRequest.objects.filter(status__in=_LIVING)
    rows = list(found if keys is None else found.filter(pk__in=keys))
    jobs, follow_ups = defaultdict(list), defaultdict(list)
    helped = set()
    for job in Deployment.objects.filter(request__in=[row.pk for row in rows]):
        if job.status.value in _GOING:
            jobs[job.request_id].append(job)
        elif job.status is DeploymentStatus.CLEARED:
            helped.add(job.request_id)
    for one in FollowUp.objects.filter(request__in=[row.pk for row in rows]):
        if one.status is FollowUpStatus.DONE:
            helped.add(one.request_id)
        elif one.status is not FollowUpStatus.CANCELLED:
            follow_ups[one.request_id].append(one)
    here = region()
    goto = navigation.goto_url()
    for row in rows:
        row.helped = row.pk in helped
        row.wait, row.due = standing.of_request(row, jobs[row.pk], follow_ups[row.pk], here)
        row.mark = WAIT_MARK.get(row.wait, "waiting")
        row.waits = row.wait not in CARED_FOR
        row.area = here.zone.get(row.zone) if row.zone else None
        row.near = NEAR
        row.address = f"{goto}{row.pk}" if goto else ""
    return rows


def request_shown(viewer: Viewer, row: CareRequest, ties: Ties | None, now: int) -> bool:
    """Whoever sees the logistics of the request."""
    return ties is not None and sees(viewer, ties, Category.LOGISTICS, now)


def request_sort(row: Any) -> str:
    """Most urgent first, then the nearest deadline, then the longest wait."""
    return waiting.order(row.state, Deadline(row.due, Promise.CARE) if row.due else None)


def requests_of(event: Event) -> Iterable[int | None]:
    """The request that the event is about."""
    return [getattr(event, "request", None)]


# ---------------------------------------------------------------------- units


def units(keys: set[int] | None, now: int) -> Sequence[Unit]:
    """The units on duty or with a job, each with what it is doing. Three queries."""
    found = Unit.objects.filter(retired=False).select_related("organisation")
    found = found.exclude(status=UnitStatus.OFF_DUTY.value, jobs_open=0)
    rows = list(found if keys is None else found.filter(pk__in=keys))
    jobs = defaultdict(list)
    going = Deployment.objects.filter(unit__in=[row.pk for row in rows], status__in=_GOING)
    for job in going.select_related("request").order_by("pk"):
        jobs[job.unit_id].append(job)
    shelf_life = region().norms.position_shelf_life_ms
    goto = navigation.goto_url()
    for row in rows:
        row.doing, row.job = standing.of_unit(row, jobs[row.pk])
        row.mark = DOING_MARK[row.doing]
        row.urgency = (row.job.ambulance_urgency or row.job.request.urgency) if row.job else None
        row.more = max(0, row.jobs_open - 1)
        row.stale_at = None if row.positioned_at is None else row.positioned_at + shelf_life
        row.shape = "unit" if row.doing is Doing.FREE else row.mark
        row.address = f"{goto}{row.job.request_id}" if goto and row.job else ""
    return rows


def unit_shown(viewer: Viewer, row: Unit, ties: Ties | None, now: int) -> bool:
    """The centre sees every unit, a partner its own."""
    return viewer.has(*CENTRE) or row.organisation_id in viewer.organisations(*PARTNERS)


def unit_sort(row: Any) -> str:
    """By kind; within a kind the free ones first."""
    return f"{KINDS.index(row.kind):02d}-{DOINGS.index(row.doing):02d}-{row.callsign}"


def units_of(event: Event) -> Iterable[int | None]:
    """The unit of the event; a new urgency shows on every unit that goes to the request."""
    if isinstance(event, e.Triaged | e.UrgencyRaised | e.UrgencyLowered):
        going = Deployment.objects.filter(request=event.request, unit__isnull=False, status__in=_GOING)
        return list(going.values_list("unit", flat=True))
    return [getattr(event, "unit", None)]


# --------------------------------------------------------------------- places


def places(keys: set[int] | None, now: int) -> Sequence[Place]:
    """All places, each with its last figure and until when that counts. One query."""
    found = Place.objects.filter(retired=False)
    rows = list(found if keys is None else found.filter(pk__in=keys))
    known = region().place
    for row in rows:
        row.stale_at = capacity.stale_at(row.state, row.shelf_life)
        row.capacity = known[row.code].capacity if row.code in known else None
        row.on_map = row.kind is PlaceKind.SEH
    return rows


def place_shown(viewer: Viewer, row: Place, ties: Ties | None, now: int) -> bool:
    """Everybody who takes part in the region sees what places report."""
    return viewer.has(*WATCHERS)


def place_sort(row: Any) -> str:
    """By kind, then by name."""
    return f"{PLACE_KINDS.index(row.kind):02d}-{row.name}"


def places_of(event: Event) -> Iterable[int | None]:
    """The place that reported."""
    return [event.place] if isinstance(event, e.CapacityReported) else []


REQUESTS = LiveList(
    name="board-requests",
    template="board/row_request.html",
    rows=requests,
    shows=request_shown,
    sort=request_sort,
    keys=requests_of,
    prefix="board-request",
    request_of=lambda row: row,
)
UNITS = LiveList(
    name="board-units",
    template="board/row_unit.html",
    rows=units,
    shows=unit_shown,
    sort=unit_sort,
    keys=units_of,
    prefix="board-unit",
)
PLACES = LiveList(
    name="board-places",
    template="board/row_place.html",
    rows=places,
    shows=place_shown,
    sort=place_sort,
    keys=places_of,
    prefix="board-place",
)
NAMES = (REQUESTS.name, UNITS.name, PLACES.name)


def register_all() -> None:
    """Make the lists known to the stream."""
    for live in (REQUESTS, UNITS, PLACES):
        register(live)
