"""Units and their people: who may go on, and that nobody is on two at once."""

from __future__ import annotations

import pytest

from schakel.domain.durations import HOUR
from schakel.domain.reasons import Refused
from schakel.domain.vocabulary import Role, UnitKind
from schakel.operations.actions import deployment, unit
from schakel.operations.models import Duty, Unit

pytestmark = pytest.mark.django_db


def test_nobody_is_on_two_units_at_once(centre):
    first, crew = centre.unit()
    other = Unit.objects.filter(kind=UnitKind.ALS.value, status="off_duty").first()
    with pytest.raises(Refused, match=first.callsign):
        unit.start_shift(
            unit=other.pk, crew=[crew.person], until=centre.now + HOUR, at=centre.now, by=centre.dispatcher
        )
    unit.end_shift(unit=first.pk, at=centre.now, by=crew)
    unit.start_shift(unit=other.pk, crew=[crew.person], until=centre.now + HOUR, at=centre.now, by=centre.dispatcher)
    assert unit.crew_of(other.pk, centre.now) == [crew.person]


def test_a_crew_of_another_service_cannot_put_itself_on_a_unit(centre):
    row = Unit.objects.filter(kind=UnitKind.CRISIS_TEAM.value).first()
    stranger = centre.person(Role.CREW, at=Unit.objects.filter(kind=UnitKind.ALS.value).first().organisation)
    with pytest.raises(Refused, match="not yours"):
        unit.start_shift(unit=row.pk, crew=[stranger.person], until=centre.now + HOUR, at=centre.now, by=stranger)


def test_a_crew_keeps_its_job_when_the_shift_runs_late(centre):
    request = centre.request()
    job, crew = centre.job(request)
    row = Unit.objects.get(pk=job.unit_id)
    late = row.until + HOUR
    assert crew.person in unit.crew_of(row.pk, late)
    assert Duty.objects.get(unit=row, person=crew.person).ends_at == row.until + unit.OVERRUN
    deployment.report(deployment=job.pk, report="Departed", at=centre.now, by=crew)
