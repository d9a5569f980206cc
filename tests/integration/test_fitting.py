"""From the tables to the ranking: the right rows, and the same number of queries whatever the size of the fleet."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.accounts.models import Certificate
from schakel.domain.candidates import WhyNot
from schakel.domain.durations import DAY, HOUR, MINUTE
from schakel.domain.fitting_care import LIFE_FIRST
from schakel.domain.reasons import Refused
from schakel.domain.vocabulary import AbsenceReason, Care, Competence, Complaint, DeclineReason, UnitKind, Urgency
from schakel.operations import fitting
from schakel.operations.actions import deployment, unit
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Deployment, Place, Unit

pytestmark = pytest.mark.django_db


def why_of(ranking, row: Unit | Place) -> WhyNot | None:
    """Why this unit or place is not among those who can; None when it is."""
    [why] = [one.why for one in ranking.cannot if one.key == row.pk] or [None]
    assert (why is None) == (row.pk in {one.key for one in ranking.can})
    return why


def test_a_unit_on_duty_at_its_base_can_go(centre):
    row, _crew = centre.unit()
    ranking = fitting.ranking_for(centre.request(), Care.ALS, centre.now)
    [choice] = ranking.can
    assert (choice.key, choice.name) == (row.pk, row.callsign)
    assert choice.eta_ms > region().durations.turn_out.median_ms
    assert len(ranking.cannot) == Unit.objects.filter(retired=False).count() - 1


def test_every_kind_of_care_by_units_can_be_given_by_its_own_kind(centre):
    request = centre.request(Urgency.U4)
    for kind in UnitKind:
        centre.unit(kind)
    possible = {one.care for one in fitting.options_for(request, centre.now) if one.able}
    assert possible >= {care for care in Care if care not in (Care.ADVICE, Care.HAP_APPOINTMENT)}


def test_the_options_follow_the_rule_of_the_region(centre):
    request = centre.request(Urgency.U2)
    rule = region().routing.rule(Urgency.U2, None)
    named = [one for one in fitting.options_for(request, centre.now) if not one.another_choice]
    assert [one.care for one in named] == list(rule.care)
    assert {one.rule for one in named} == {rule.id}


def test_danger_to_life_puts_an_als_ambulance_first_before_any_triage(centre):
    request = centre.request(urgency=None)
    request.life_threat = True
    request.complaint = Complaint.PSYCHIATRIC
    assert fitting.options_for(request, centre.now)[0].rule == LIFE_FIRST


def test_an_expired_certificate_means_not_offered(centre):
    row, crew = centre.unit()
    Certificate.objects.filter(person=crew.person).update(valid_until=centre.now - DAY)
    ranking = fitting.ranking_for(centre.request(), Care.ALS, centre.now)
    assert why_of(ranking, row) is WhyNot.EXPIRED
    refusal = fitting.why_not_offer(centre.request(), Care.ALS, row, centre.now)
    assert "ambulance nurse" in str(refusal)


def test_a_renewed_certificate_counts_and_one_that_begins_later_does_not(centre):
    row, crew = centre.unit()
    request = centre.request()
    now = centre.now
    Certificate.objects.filter(person=crew.person).update(valid_until=now)
    later = Certificate.objects.create(
        person_id=crew.person, competence=Competence.AMBULANCE_NURSE, valid_from=now + HOUR
    )
    assert why_of(fitting.ranking_for(request, Care.ALS, now), row) is WhyNot.EXPIRED
    later.valid_from = now
    later.save()
    assert why_of(fitting.ranking_for(request, Care.ALS, now), row) is None


def test_competence_leaves_with_the_person_whose_duty_is_over(centre):
    row, _crew = centre.unit()
    row.duties.update(ends_at=centre.now)
    assert why_of(fitting.ranking_for(centre.request(), Care.ALS, centre.now), row) is WhyNot.NOBODY


def test_a_unit_that_is_away_says_why(centre):
    row, crew = centre.unit()
    unit.go_absent(unit=row.pk, reason=AbsenceReason.REST, at=centre.now, by=crew)
    assert why_of(fitting.ranking_for(centre.request(), Care.ALS, centre.now), row) is WhyNot.ABSENT


def test_offered_then_declined_then_the_next(centre):
    first, crew = centre.unit()
    second, _other = centre.unit()
    request, elsewhere = centre.request(), centre.request()
    job = deployment.offer(request=request.pk, care=Care.ALS, unit=first.pk, at=centre.now, by=centre.dispatcher)
    now = centre.now
    assert why_of(fitting.ranking_for(request, Care.ALS, now), first) is WhyNot.ASKED
    assert why_of(fitting.ranking_for(elsewhere, Care.ALS, now), first) is WhyNot.RESERVED
    deployment.decline(deployment=job, reason=DeclineReason.BREAK, at=now, by=crew)
    ranking = fitting.ranking_for(request, Care.ALS, centre.now)
    assert why_of(ranking, first) is WhyNot.DECLINED
    assert [row.key for row in ranking.can] == [second.pk]
    assert why_of(fitting.ranking_for(elsewhere, Care.ALS, centre.now), first) is None


def test_a_unit_with_a_job_is_busy_and_cannot_be_asked(centre):
    job, _crew = centre.job(centre.request())
    elsewhere = centre.request()
    assert why_of(fitting.ranking_for(elsewhere, Care.ALS, centre.now), job.unit) is WhyNot.BUSY
    with pytest.raises(Refused):
        deployment.offer(request=elsewhere.pk, care=Care.ALS, unit=job.unit_id, at=centre.now, by=centre.dispatcher)


def test_a_unit_that_went_out_and_gave_no_position_since_is_not_thought_to_be_at_its_base(centre):
    job, crew = centre.job(centre.request())
    for report in ("Departed", "Cleared"):
        deployment.report(deployment=job.pk, report=report, at=centre.now, by=crew)
    row = Unit.objects.get(pk=job.unit_id)
    later = centre.now + region().norms.position_shelf_life_ms + MINUTE
    assert why_of(fitting.ranking_for(centre.request(), Care.ALS, later), row) is WhyNot.OLD_POSITION
    at_base = {"lat": row.base_lat, "lon": row.base_lon}
    unit.position(unit=row.pk, **at_base, at=centre.now, by=crew)
    assert why_of(fitting.ranking_for(centre.request(), Care.ALS, later), row) is None


def test_a_gp_post_is_asked_when_it_is_open_and_called_first_when_it_says_nothing(centre):
    place = Place.objects.filter(kind="hap").first()
    its_hours = next(one.hours for one in region().places if one.id == place.code)
    opens = region().calendar.next_start(its_hours, centre.now)
    request = centre.request(Urgency.U3)
    shut = why_of(fitting.ranking_for(request, Care.HAP_APPOINTMENT, opens - 1), place)
    assert shut is (None if region().calendar.is_in(its_hours, opens - 1) else WhyNot.SHUT)
    ranking = fitting.ranking_for(request, Care.HAP_APPOINTMENT, opens)
    assert why_of(ranking, place) is None
    assert next(row for row in ranking.can if row.key == place.pk).call_first


def test_what_was_sent_since_the_report_is_no_longer_free(centre):
    place = Place.objects.filter(kind="hap").first()
    its_hours = next(one.hours for one in region().places if one.id == place.code)
    opens = region().calendar.next_start(its_hours, centre.now)
    Place.objects.filter(pk=place.pk).update(free=1, measured_at=opens, status="reported")
    other = centre.request(Urgency.U3)
    assert why_of(fitting.ranking_for(other, Care.HAP_APPOINTMENT, opens + 2), place) is None
    Deployment.objects.create(request=centre.request(Urgency.U3), place=place, status="offered", offered_at=opens + 1)
    assert why_of(fitting.ranking_for(other, Care.HAP_APPOINTMENT, opens + 2), place) is WhyNot.FULL


def test_nobody_is_sent_to_a_patient_whose_place_is_unknown(centre):
    row, _crew = centre.unit()
    request = centre.request(zone=None)
    assert why_of(fitting.ranking_for(request, Care.ALS, centre.now), row) is WhyNot.NO_PLACE_KNOWN
    assert fitting.why_not_offer(request, Care.ALS, row, centre.now) is None


def test_a_unit_that_left_the_region_file_is_not_there_and_cannot_be_asked(centre):
    row, _crew = centre.unit()
    row.retired = True
    row.save()
    request = centre.request()
    assert row.pk not in {one.key for one in fitting.ranking_for(request, Care.ALS, centre.now).cannot}
    assert fitting.why_not_offer(request, Care.ALS, row, centre.now) is not None


def test_the_number_of_queries_does_not_grow_with_the_fleet(centre):
    def queries() -> list[int]:
        found = []
        for ask in (
            lambda: fitting.options_for(request, now),
            lambda: fitting.ranking_for(request, Care.ALS, now),
            lambda: fitting.ranking_for(request, Care.HAP_APPOINTMENT, now),
            lambda: fitting.why_not_offer(request, Care.ALS, row, now),
        ):
            with CaptureQueriesContext(connection) as asked:
                ask()
            found.append(len(asked))
        return found

    request = centre.request()
    row, _crew = centre.unit()
    now = centre.now
    few = queries()
    for kind in (UnitKind.ALS, UnitKind.ALS, UnitKind.GP_CAR, UnitKind.NURSE):
        centre.unit(kind)
    for _n in range(3):
        centre.job(centre.request())
    now = centre.now
    assert queries() == few == [5, 4, 2, 4]


def test_nothing_is_changed_by_asking(centre):
    row, _crew = centre.unit()
    request = centre.request()
    before = (CareRequest.objects.values().get(pk=request.pk), Unit.objects.values().get(pk=row.pk))
    fitting.options_for(request, centre.now)
    fitting.ranking_for(request, Care.ALS, centre.now)
    assert before == (CareRequest.objects.values().get(pk=request.pk), Unit.objects.values().get(pk=row.pk))
