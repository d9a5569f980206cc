"""Which rows a viewer sees: the access rule of `domain.access` as a query, and as the ties of one request.

`visible_to` asks the same table of rules as `domain.access.sees`; tests/property/test_access_agrees.py
compares the two on generated worlds. A viewer without seats sees nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connection, models
from django.db.models import Q

from schakel.accounts.models import BrokenGlass
from schakel.domain import access
from schakel.domain.access import Category, Phase, Relation, Ties, Viewer
from schakel.domain.events import Subject
from schakel.domain.states import DeploymentStatus, FollowUpStatus, RequestStatus

if TYPE_CHECKING:
    from schakel.operations.models import CareRequest, Deployment, FollowUp


class RequestQuerySet(models.QuerySet):
    """Care requests."""

    def visible_to(self, viewer: Viewer, category: Category, now: int) -> RequestQuerySet:
        """The requests of which the viewer sees this category of data."""
        seen = Q(pk__in=[])
        for seat in viewer.seats:
            for relation, phases in access.rules_for(seat.role, category):
                for phase in phases:
                    if relation is Relation.GUEST:
                        seen |= _in_the_room(phase, viewer, seat.organisation, now)
                    else:
                        seen |= _rows(relation, phase, viewer.person, seat.organisation, now)
        return self.filter(seen)

    def living(self) -> RequestQuerySet:
        """The requests that are still somebody's work."""
        return self.filter(status__in=[status.value for status in access.LIVING])


class JobQuerySet(models.QuerySet):
    """Deployments."""

    def visible_to(self, viewer: Viewer, category: Category, now: int) -> JobQuerySet:
        """The deployments of requests of which the viewer sees this category."""
        requests = apps.get_model("operations", "CareRequest").objects.visible_to(viewer, category, now)
        return self.filter(request__in=requests)

    def open(self) -> JobQuerySet:
        """The deployments that are offered or going on."""
        phases = (Phase.OFFERED, Phase.ACTIVE)
        return self.filter(status__in=[s.value for s, phase in access.DEPLOYMENT_PHASE.items() if phase in phases])


class FollowUpQuerySet(models.QuerySet):
    """Follow-ups."""

    def visible_to(self, viewer: Viewer, category: Category, now: int) -> FollowUpQuerySet:
        """The follow-ups of requests of which the viewer sees this category."""
        requests = apps.get_model("operations", "CareRequest").objects.visible_to(viewer, category, now)
        return self.filter(request__in=requests)


def ties_of(requests: Iterable[CareRequest], now: int) -> dict[int, Ties]:
    """Everybody who has to do with each of these requests, in one query whatever their number."""
    rows = {request.pk: request for request in requests}
    providers, crews, takers, glass = (defaultdict(set) for _ in range(4))
    keys = list(rows)
    for start in range(0, len(keys), _AT_ONCE):
        for relation, request, who, status in _related(keys[start : start + _AT_ONCE], now):
            match relation:
                case "provider" if phase := access.DEPLOYMENT_PHASE.get(DeploymentStatus(status)):
                    providers[request].add((who, phase))
                case "crew" if phase := access.DEPLOYMENT_PHASE.get(DeploymentStatus(status)):
                    crews[request].add((who, phase))
                case "taker" if phase := access.FOLLOW_UP_PHASE.get(FollowUpStatus(status)):
                    takers[request].add((who, phase))
                case "glass":
                    glass[request].add(who)
    return {
        pk: Ties(
            owner=row.owner_id,
            owner_offered=row.owner_offered_id,
            status=row.status,
            closed_at=row.closed_at,
            providers=frozenset(providers[pk]),
            crews=frozenset(crews[pk]),
            takers=frozenset(takers[pk]),
            glass=frozenset(glass[pk]),
            handler=row.handler_id,
            complaint=row.complaint,
            asked_until=row.overflow_until,
        )
        for pk, row in rows.items()
    }


#: Of how many requests the ties are asked at once: each stands four times in the query, and SQLite counts.
_AT_ONCE = 5_000


def _related(requests: Sequence[int], now: int) -> list[tuple[str, int, int, str]]:
    """Every relation to these requests: its name, the request, the person or organisation, and the status it is in.

    Written out: every page and every action asks this, and to build four queries cost more than to run this one.
    """
    job, task, duty = (apps.get_model("operations", name)._meta.db_table for name in ("Deployment", "FollowUp", "Duty"))
    these = f"IN ({', '.join(['%s'] * len(requests))})"
    statement = (
        f"SELECT 'provider', request_id, partner_id, status FROM {job} WHERE request_id {these} "
        f"UNION ALL SELECT 'crew', j.request_id, d.person_id, j.status FROM {job} j JOIN {duty} d "
        f"ON d.unit_id = j.unit_id AND d.starts_at <= %s AND d.ends_at > %s WHERE j.request_id {these} "
        f"UNION ALL SELECT 'taker', request_id, partner_id, status FROM {task} "
        f"WHERE request_id {these} AND partner_id IS NOT NULL "
        f"UNION ALL SELECT 'glass', request, person_id, '' FROM {BrokenGlass._meta.db_table} "
        f"WHERE request {these} AND until > %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*requests, now, now, *requests, *requests, *requests, now])
        return list(cursor.fetchall())


def ties_through(row: Deployment | FollowUp, request: CareRequest, now: int) -> Ties:
    """The ties of the request through this one job or follow-up: what somebody else does in it does not count."""
    whole = ties_of([request], now)[request.pk]
    if row.subject is Subject.FOLLOW_UP:
        phase = access.FOLLOW_UP_PHASE.get(row.status)
        takers = frozenset({(row.partner_id, phase)} if phase and row.partner_id else ())
        return replace(whole, takers=takers, providers=frozenset(), crews=frozenset())
    phase = access.DEPLOYMENT_PHASE.get(row.status)
    if phase is None:
        return replace(whole, takers=frozenset(), providers=frozenset(), crews=frozenset())
    duties = apps.get_model("operations", "Duty").objects.filter(unit=row.unit_id, starts_at__lte=now, ends_at__gt=now)
    crews = frozenset((person, phase) for person in duties.values_list("person", flat=True)) if row.unit_id else ()
    return replace(whole, takers=frozenset(), providers=frozenset({(row.partner_id, phase)}), crews=frozenset(crews))


def _rows(relation: Relation, phase: Phase, person: int, organisation: int, now: int) -> Q:
    """The requests to which a person or organisation has this relation, in this phase."""
    living = [status.value for status in access.LIVING]
    since = now - access.AFTERCARE
    over = ~Q(status__in=[*living, RequestStatus.NEW.value])
    match relation, phase:
        case Relation.OWNER, Phase.ACTIVE:
            return Q(owner=organisation, status__in=living)
        case Relation.OWNER, Phase.AFTERCARE:
            return Q(owner=organisation, closed_at__gt=since) & over
        case Relation.OWNER, Phase.ENDED:
            return Q(owner=organisation) & over & (Q(closed_at=None) | Q(closed_at__lte=since))
        case Relation.ASKED, Phase.OFFERED:
            return _asked(organisation, now)
        case Relation.PROVIDER, _:
            return Q(pk__in=_deployments(phase).filter(partner=organisation).values("request"))
        case Relation.CREW, _:
            duties = apps.get_model("operations", "Duty").objects.filter(
                person=person, starts_at__lte=now, ends_at__gt=now
            )
            return Q(pk__in=_deployments(phase).filter(unit__in=duties.values("unit")).values("request"))
        case Relation.TAKER, _:
            statuses = [s.value for s, of in access.FOLLOW_UP_PHASE.items() if of is phase]
            takers = apps.get_model("operations", "FollowUp").objects.filter(partner=organisation, status__in=statuses)
            return Q(pk__in=takers.values("request"))
        case Relation.GLASS, Phase.ACTIVE:
            return Q(pk__in=BrokenGlass.objects.filter(person=person, until__gt=now).values("request"))
    raise AssertionError(f"the rule names {relation} {phase}, which no query knows")


def _asked(organisation: int, now: int) -> Q:
    """The requests that an organisation is asked to own at this moment."""
    living = [status.value for status in access.LIVING]
    in_time = Q(overflow_until=None) | Q(overflow_until__gt=now)
    return Q(owner_offered=organisation, status__in=living) & in_time


def _in_the_room(phase: Phase, viewer: Viewer, organisation: int, now: int) -> Q:
    """The requests that a person at this desk shares with the host of a room: `access.guest_phase` as a query."""
    living = [status.value for status in access.LIVING]
    found = Q(pk__in=[])
    for guest in viewer.guests:
        if guest.organisation != organisation:
            continue
        shared, mine = Q(), Q(handler=viewer.person)
        if guest.complaints is not None:
            shared = Q(complaint__in=[complaint.value for complaint in guest.complaints])
        match phase:
            case Phase.ACTIVE if guest.is_in(now):
                found |= Q(owner=guest.host, status__in=living) & (shared | mine if shared else Q())
            case Phase.FINISHING if not guest.is_in(now) and now < guest.finishes:
                found |= Q(owner=guest.host, status=RequestStatus.RECEIVED.value) & mine
            case Phase.OFFERED if guest.is_in(now):
                found |= ~Q(owner=guest.host) & _asked(guest.host, now) & shared
    return found


def _deployments(phase: Phase) -> models.QuerySet:
    statuses = [s.value for s, of in access.DEPLOYMENT_PHASE.items() if of is phase]
    return apps.get_model("operations", "Deployment").objects.filter(status__in=statuses)
