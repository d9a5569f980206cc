"""Whose job it is: the units that a person is on now, and the jobs of those units."""

from __future__ import annotations

from django.db.models import QuerySet

from schakel.accounts.models import Membership, Person
from schakel.domain.access import DEPLOYMENT_PHASE, Phase, Viewer
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import UnitStatus
from schakel.domain.vocabulary import Role
from schakel.operations import clock
from schakel.operations.current_region import region
from schakel.operations.models import Deployment, Duty, Unit

NOT_ON_IT = _("You are not on the unit that has this job now. Let the dispatcher record it.")


def units_of(viewer: Viewer, now: int) -> QuerySet[Unit]:
    """The units that this person is on now."""
    return Unit.objects.filter(pk__in=_duties(viewer, now).values("unit")).select_related("organisation")


def jobs_of(viewer: Viewer, now: int) -> QuerySet[Deployment]:
    """The jobs of those units, over or not."""
    return Deployment.objects.filter(unit__in=_duties(viewer, now).values("unit"))


def own_job(viewer: Viewer, key: int) -> Deployment:
    """The job, when it is of a unit that this person is on; else a refusal, also of a job that does not exist."""
    found = jobs_of(viewer, clock.now_ms()).select_related("request", "unit", "partner").filter(pk=key).first()
    if found is None:
        raise Refused(Reason(NOT_ON_IT))
    return found


def phase_of(job: Deployment) -> Phase:
    """How far a crew's relation to its job is; over, when it never became one."""
    return DEPLOYMENT_PHASE.get(job.status, Phase.ENDED)


def units_to_take(viewer: Viewer) -> list[Unit]:
    """The units of one's own service that nobody is on: those with a shift in the roster now first."""
    now = clock.now_ms()
    free = Unit.objects.filter(
        organisation__in=viewer.organisations(Role.CREW), retired=False, status=UnitStatus.OFF_DUTY.value
    )
    units = list(free.order_by("callsign"))
    for unit in units:
        unit.proposed_until = proposed_until(unit, now)  # type: ignore[attr-defined]
    return sorted(units, key=lambda unit: (unit.proposed_until is None, unit.callsign))  # type: ignore[attr-defined]


def proposed_until(unit: Unit, now: int) -> int | None:
    """When the shift that the roster has for this unit now ends; None when it has none."""
    planned = region().unit.get(unit.callsign)
    shift = region().shift(planned, now) if planned is not None else None
    return shift.end if shift else None


def colleagues(unit: Unit, now: int) -> list[Person]:
    """The people of the same service who can be on a unit, by name."""
    crew = Membership.objects.valid(now).filter(organisation=unit.organisation_id, role=Role.CREW.value)
    people = Person.objects.filter(pk__in=crew.values("person"), simulated=False)
    return list(people.order_by("last_name", "first_name", "username"))


def _duties(viewer: Viewer, now: int) -> QuerySet[Duty]:
    return Duty.objects.filter(person=viewer.person, starts_at__lte=now, ends_at__gt=now)
