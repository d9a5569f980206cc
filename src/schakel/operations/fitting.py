"""From rows to the questions *which care* and *who*, and back. Reads, and changes nothing.

The number of queries is the same for two units and for two thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter

from django.db.models import Max, Q

from schakel.domain import candidates as c
from schakel.domain import fitting_care
from schakel.domain.access import DEPLOYMENT_PHASE, Phase
from schakel.domain.candidates import Candidate, Due, Job, Member, PlaceCandidate, Ranking, Search, Terms
from schakel.domain.durations import DAY
from schakel.domain.fitting_care import NEEDS, Giver, Option, urgency_to_act_on
from schakel.domain.reasons import Reason
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.region import Region
from schakel.domain.states import DeploymentStatus
from schakel.domain.travel import Point
from schakel.domain.vocabulary import Care, Competence, UnitKind
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Deployment, Duty, Place, Unit

RETIRED = _("{name} is no longer in the region file. Choose another.")

_OPEN = tuple(status for status, phase in DEPLOYMENT_PHASE.items() if phase in (Phase.OFFERED, Phase.ACTIVE))
_REFUSED = (DeploymentStatus.DECLINED, DeploymentStatus.TIMED_OUT)

#: How far back is looked for the moment a unit last went out: longer than any shift.
A_SHIFT = DAY


def options_for(request: CareRequest, now: int) -> tuple[Option, ...]:
    """The kinds of care for this request, best first, and whether anybody can give each of them now."""
    here = region()
    search, jobs = _search(request, now, here)
    everybody = [*_units(here, now, jobs), *_places(here, now, jobs)]
    rule = here.routing.rule(search.urgency, request.complaint) if search.urgency else None
    return fitting_care.options(
        rule, urgency=search.urgency, life_threat=request.life_threat, reach=c.reach(everybody, search)
    )


def ranking_for(request: CareRequest, care: Care, now: int, *, transport: bool = False) -> Ranking:
    """Everybody for this care, best first, and for everybody who cannot, why not. Keys are those of the rows."""
    here = region()
    search, jobs = _search(request, now, here, transport=transport)
    match NEEDS[care].giver:
        case Giver.UNIT:
            return c.rank(_units(here, now, jobs), care, search)
        case Giver.PLACE:
            return c.rank(_places(here, now, jobs), care, search)
        case _:
            return c.rank((), care, search)


def why_not_offer(request: CareRequest, care: Care, provider: Unit | Place, at: int) -> Reason | None:
    """Say why this unit or place cannot be asked for this care, or None when it can.

    Only what is impossible: what is advised against may be chosen, and the ranking says so.
    """
    if provider.retired:
        return Reason(RETIRED, {"name": str(provider)})
    here = region()
    search, jobs = _search(request, at, here)
    [candidate] = (_units if isinstance(provider, Unit) else _places)(here, at, jobs, only=provider.pk)
    return c.why_not_ask(candidate, care, search)


def why_not_take(request: CareRequest, care: Care, unit: Unit, at: int) -> Reason | None:
    """Say why this unit may not be taken from its patient for this request, or None when it may."""
    if unit.retired:
        return Reason(RETIRED, {"name": str(unit)})
    here = region()
    search, jobs = _search(request, at, here)
    [candidate] = _units(here, at, jobs, only=unit.pk)
    return c.why_not_take(candidate, care, search)


# ---------------------------------------------------------------- rows to snapshots


def _search(
    request: CareRequest, now: int, here: Region, *, transport: bool = False
) -> tuple[Search, list[Deployment]]:
    """What is sought for this request; with the open deployments of everybody, and all of this request."""
    jobs = list(
        Deployment.objects.filter(Q(status__in=[one.value for one in _OPEN]) | Q(request=request)).only(
            "request",
            "unit",
            "place",
            "care",
            "ambulance_urgency",
            "status",
            "offered_at",
            "accepted_at",
            "decline_reason",
        )
    )
    refused = [job for job in jobs if job.request_id == request.pk and job.status in _REFUSED]
    urgency = urgency_to_act_on(request.urgency, request.life_threat)
    ambulance_urgency = here.urgency_mapping.to[urgency] if urgency else None
    since = request.received_at
    # The response time of an ambulance begins when the call is answered (Regeling
    # ambulancezorgvoorzieningen, art. 1; Stcrt. 2020, 63510).
    answered = request.answered_at if request.answered_at is not None else since
    response_ms = here.norms.response_ms.get(ambulance_urgency) if ambulance_urgency else None
    response = Due(answered + response_ms, response_ms) if response_ms is not None and answered is not None else None
    waiting = None
    if urgency and since is not None:
        due = here.due(urgency, since)
        waiting = Due(due, due - since)
    zone = here.zone.get(request.zone) if request.zone else None
    search = Search(
        terms=_terms(here),
        now=now,
        point=zone.point if zone else None,
        request=request.pk,
        urgency=urgency,
        ambulance_urgency=ambulance_urgency,
        # Planned ambulance care (B1, B2) has no response norm: there the longest wait for care counts.
        response=response or waiting,
        waiting=waiting,
        transport=transport,
        unit_refusals=_last_answers(refused, "unit_id"),
        place_refusals=_last_answers(refused, "place_id"),
    )
    return search, [job for job in jobs if job.status in _OPEN]


def _last_answers(refused: list[Deployment], whose: str) -> dict:
    """The last refusal of each unit or place."""
    return {
        getattr(job, whose): job.decline_reason if job.status is DeploymentStatus.DECLINED else None
        for job in sorted(refused, key=attrgetter("pk"))
        if getattr(job, whose) is not None
    }


def _terms(here: Region) -> Terms:
    durations = here.durations
    return Terms(
        travel=here.travel,
        position_shelf_life_ms=here.norms.position_shelf_life_ms,
        turn_out_ms=durations.turn_out.median_ms,
        visit_ms={UnitKind.GP_CAR: durations.gp_visit.median_ms, UnitKind.NURSE: durations.nurse_visit.median_ms},
        day=here.calendar.day,
    )


def _units(here: Region, now: int, jobs: Iterable[Deployment], *, only: int | None = None) -> list[Candidate]:
    """The units that are not retired, with who is on them and what they do. Three queries."""
    chosen = {} if only is None else {"pk": only}
    of_chosen = {} if only is None else {"unit": only}
    on_units: dict[int, list[Job]] = defaultdict(list)
    for job in jobs:
        if job.unit_id is not None:
            since = job.offered_at if job.status is DeploymentStatus.OFFERED else job.accepted_at
            on_units[job.unit_id].append(Job(job.request_id, job.care, job.ambulance_urgency, job.status, since))
    crews = _crews(now, of_chosen)
    went_out = dict(
        Deployment.objects.filter(departed_at__gt=now - A_SHIFT, unit__isnull=False, **of_chosen)
        .values_list("unit")
        .annotate(Max("departed_at"))
    )
    open_now = _Hours(here, now)
    rows = Unit.objects.filter(retired=False, **chosen).values_list(
        "pk",
        "callsign",
        "kind",
        "organisation",
        "organisation__code",
        "status",
        "base_lat",
        "base_lon",
        "until",
        "absence_reason",
        "lat",
        "lon",
        "positioned_at",
        "offers_open",
        "jobs_open",
    )
    return [
        Candidate(
            key=pk,
            callsign=callsign,
            kind=kind,
            organisation=organisation,
            status=status,
            base=Point(base_lat, base_lon),
            until=until,
            absence_reason=absence_reason,
            position=None if lat is None or lon is None else Point(lat, lon),
            positioned_at=positioned_at,
            went_out_at=went_out.get(pk),
            offers_open=offers_open,
            jobs_open=jobs_open,
            jobs=tuple(on_units.get(pk, ())),
            crew=crews.get(pk, ()),
            takes_requests=open_now.of_organisation(code),
        )
        for (
            pk,
            callsign,
            kind,
            organisation,
            code,
            status,
            base_lat,
            base_lon,
            until,
            absence_reason,
            lat,
            lon,
            positioned_at,
            offers_open,
            jobs_open,
        ) in rows
    ]


def _crews(now: int, of_chosen: dict[str, int]) -> dict[int, tuple[Member, ...]]:
    """Who is on each unit now, with the certificates that are valid now and those that are over."""
    found: dict[int, dict[int, list[tuple[Competence, int, int | None]]]] = defaultdict(lambda: defaultdict(list))
    rows = Duty.objects.filter(starts_at__lte=now, ends_at__gt=now, **of_chosen).values_list(
        "unit",
        "person",
        "person__certificates__competence",
        "person__certificates__valid_from",
        "person__certificates__valid_until",
    )
    for unit, person, competence, valid_from, valid_until in rows:
        certificates = found[unit][person]
        if competence is not None:
            certificates.append((competence, valid_from, valid_until))
    return {
        unit: tuple(_member(person, certificates, now) for person, certificates in sorted(people.items()))
        for unit, people in found.items()
    }


def _member(person: int, certificates: list[tuple[Competence, int, int | None]], now: int) -> Member:
    """What somebody is certified for now. A certificate that was renewed is valid; one that begins later is nothing."""
    valid = frozenset(what for what, begins, ends in certificates if begins <= now and (ends is None or now < ends))
    over: dict[Competence, int] = {}
    for what, _begins, ends in certificates:
        if what not in valid and ends is not None and ends <= now:
            over[what] = max(ends, over.get(what, ends))
    return Member(person, valid, tuple(over.items()))


def _places(here: Region, now: int, jobs: Iterable[Deployment], *, only: int | None = None) -> list[PlaceCandidate]:
    """The places that are not retired, with what was sent there since they reported. One query."""
    at_places: dict[int, list[Deployment]] = defaultdict(list)
    for job in jobs:
        if job.place_id is not None:
            at_places[job.place_id].append(job)
    open_now = _Hours(here, now)
    chosen = {} if only is None else {"pk": only}
    return [
        PlaceCandidate(
            key=place.pk,
            name=place.name,
            kind=place.kind,
            organisation=place.organisation_id,
            point=Point(place.base_lat, place.base_lon),
            shelf_life=place.shelf_life,
            open_now=open_now.of_place(place.code),
            free=place.free,
            measured_at=place.measured_at,
            promised=sum((job.offered_at or 0) > (place.measured_at or 0) for job in at_places[place.pk]),
            asked_for=frozenset(job.request_id for job in at_places[place.pk]),
        )
        for place in Place.objects.filter(retired=False, **chosen)
    ]


class _Hours:
    """Who is open at one moment, asked once of the calendar. None: the region file does not know it."""

    def __init__(self, here: Region, now: int) -> None:
        self.here = here
        self.now = now
        self.organisations: dict[str, bool | None] = {}
        self.places = {place.id: place for place in here.places}

    def of_organisation(self, code: str) -> bool | None:
        """Whether an organisation takes requests."""
        if code not in self.organisations:
            known = code in self.here.organisation
            self.organisations[code] = self.here.is_open(code, self.now) if known else None
        return self.organisations[code]

    def of_place(self, code: str) -> bool | None:
        """Whether a place is open."""
        place = self.places.get(code)
        return None if place is None else self.here.calendar.is_in(place.hours, self.now)
