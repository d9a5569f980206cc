"""Dispatch: who waits, who is asked, what they answer, and how far they are; through the screens and the actions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from schakel.accounts.models import Certificate, Person
from schakel.desk.dispatch import LISTS
from schakel.desk.verbs import moment_of
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.events import Subject
from schakel.domain.reasons import Refused
from schakel.domain.vocabulary import (
    CancelReason,
    Care,
    Channel,
    Competence,
    DeclineReason,
    PlaceKind,
    Role,
    UnitKind,
    Urgency,
)
from schakel.operations import clock, journal
from schakel.operations.actions import care_request, deployment
from schakel.operations.current_region import region
from schakel.operations.models import Deployment, JournalEntry, Place, Unit
from schakel.operations.timers import do_due
from schakel.screens.lists import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def later():
    """Let the centre's clock run ahead by so many ms; set right again afterwards."""

    def go(ms: int) -> None:
        clock.set_pace(centre=clock.now_ms() + ms, speed=1.0)

    yield go
    clock.forget()


def at_desk(viewer) -> Client:
    """The browser of somebody who has logged in, in English."""
    client = Client(headers={"accept-language": "en"})
    person = Person.objects.get(pk=viewer.person)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def on_list(viewer, name: str) -> list[str]:
    """The names of the rows on one of the lists of the screen."""
    return [row.id for row in snapshot(viewer, [name]).lists[name]]


def offered(centre, request, unit, care: Care = Care.ALS) -> Deployment:
    key = deployment.offer(request=request.pk, care=care, unit=unit.pk, at=centre.now, by=centre.dispatcher)
    return Deployment.objects.get(pk=key)


def panel(client, request) -> str:
    """The part with the jobs of a request."""
    return client.get(reverse("desk:case_deployments", args=[request.pk])).content.decode()


# ---------------------------------------------------------------- the lists


def test_a_triaged_request_waits_until_somebody_says_yes(centre):
    request, untriaged = centre.request(Urgency.U2), centre.request(None)
    unit, crew = centre.unit()
    assert on_list(centre.dispatcher, "dispatch_waiting") == [f"waiting-{request.pk}"]
    job = offered(centre, request, unit)
    assert on_list(centre.dispatcher, "dispatch_waiting") == [f"waiting-{request.pk}"]
    deployment.accept(deployment=job.pk, at=centre.now, by=crew)
    assert on_list(centre.dispatcher, "dispatch_waiting") == []
    assert on_list(centre.dispatcher, "dispatch_jobs") == [f"job-{job.pk}"]
    assert untriaged.urgency is None


def test_danger_to_life_waits_before_there_is_an_urgency_and_stands_on_top(centre):
    centre.request(Urgency.U2)
    request = centre.request(None)
    care_request.assess_life_threat(request=request.pk, life_threat=True, at=centre.now, by=centre.triagist)
    assert on_list(centre.dispatcher, "dispatch_waiting")[0] == f"waiting-{request.pk}"
    assert on_list(centre.dispatcher, "dispatch_exceptions") == [f"exception-{request.pk}"]


def test_the_most_urgent_waits_first_and_then_who_has_waited_longest(centre):
    requests = [centre.request(urgency) for urgency in (Urgency.U4, Urgency.U2, Urgency.U3, Urgency.U2)]
    expected = [requests[1], requests[3], requests[2], requests[0]]
    assert on_list(centre.dispatcher, "dispatch_waiting") == [f"waiting-{one.pk}" for one in expected]


def test_a_request_whose_patient_was_seen_does_not_wait_for_anybody(centre):
    request = centre.request()
    job, crew = centre.job(request)
    for report in ("Departed", "Arrived", "Cleared"):
        deployment.report(deployment=job.pk, report=report, at=centre.now, by=crew)
    assert on_list(centre.dispatcher, "dispatch_waiting") == []
    assert on_list(centre.dispatcher, "dispatch_exceptions") == []


def test_a_unit_tells_what_it_does(centre):
    unit, crew = centre.unit()
    row = snapshot(centre.dispatcher, ["dispatch_units"]).lists["dispatch_units"][0]
    assert "vrij op de post" in row.html or "free at base" in row.html
    request = centre.request()
    job = offered(centre, request, unit)
    assert "#reserved" in snapshot(centre.dispatcher, ["dispatch_units"]).lists["dispatch_units"][0].html
    deployment.accept(deployment=job.pk, at=centre.now, by=crew)
    assert "#dispatched" in snapshot(centre.dispatcher, ["dispatch_units"]).lists["dispatch_units"][0].html
    deployment.report(deployment=job.pk, report="Departed", at=centre.now, by=crew)
    assert "#under_way" in snapshot(centre.dispatcher, ["dispatch_units"]).lists["dispatch_units"][0].html


@pytest.mark.parametrize("live", LISTS, ids=lambda live: live.name)
def test_a_list_asks_the_same_number_of_questions_however_long_it_is(centre, live):
    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            for row in live.rows(None, clock.now_ms()):
                live.sort(row)
        return len(asked)

    def another() -> None:
        centre.job(centre.request())
        refused = offered(centre, centre.request(), centre.unit()[0])
        deployment.decline(deployment=refused.pk, reason=DeclineReason.DEFECT, at=centre.now, by=centre.dispatcher)
        offered(centre, centre.request(), centre.unit()[0])

    another()
    few = questions()
    another()
    assert questions() == few


def test_nobody_outside_the_centre_sees_the_lists(centre):
    centre.job(centre.request())
    centre.request()
    partner = centre.partner("vvt")
    for live in LISTS:
        assert on_list(partner, live.name) == []
    assert at_desk(partner).get(reverse("desk:dispatch")).status_code == 403


# ---------------------------------------------------------------- which care, and who


def test_the_page_puts_the_care_of_the_rule_first_and_marks_the_usual_class(centre):
    request = centre.request(Urgency.U2)
    centre.unit()
    page = at_desk(centre.dispatcher).get(reverse("desk:candidates", args=[request.pk]))
    assert page.status_code == 200
    assert page.context["fitting"][0]["choice"].care is Care.ALS
    assert [str(one) for one, usual in page.context["classes"] if usual] == ["A2"]


def test_asking_the_first_reserves_it_and_records_which_care(centre):
    request = centre.request(Urgency.U2)
    unit, _crew = centre.unit()
    to = reverse("desk:offer", args=[request.pk])
    said = {"care": "als", "unit": unit.pk, "ambulance_urgency": "A2", "key": "once"}
    answers = [at_desk(centre.dispatcher).post(to, said) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    job = Deployment.objects.get()
    unit.refresh_from_db()
    request.refresh_from_db()
    assert (job.status.value, str(job.ambulance_urgency), unit.offers_open) == ("offered", "A2", 1)
    assert request.care is Care.ALS


def test_another_than_the_first_is_asked_with_a_reason_and_the_reason_is_kept(centre):
    request = centre.request(Urgency.U2)
    units = {centre.unit()[0].pk for _ in range(2)}
    client = at_desk(centre.dispatcher)
    page = client.get(reverse("desk:candidates", args=[request.pk]), {"care": "als"})
    first, second = (one["choice"].key for one in page.context["can"])
    assert {first, second} == units
    to, said = reverse("desk:offer", args=[request.pk]), {"care": "als", "unit": second}
    refused = client.post(to, said)
    assert refused.status_code == 409
    assert "is first in the ranking now" in refused.content.decode()
    assert client.post(to, said | {"reason": "spare_cover"}).status_code == 302
    assert JournalEntry.objects.get(kind="Offered").reason == "spare_cover"


def test_a_care_that_the_rule_does_not_name_takes_a_reason(centre):
    request = centre.request(Urgency.U2)
    client = at_desk(centre.dispatcher)
    to = reverse("desk:candidates_care", args=[request.pk])
    refused = client.post(to, {"care": "advice"})
    assert refused.status_code == 409
    assert "The rule does not name" in refused.content.decode()
    client.post(to, {"care": "advice", "reason": "on_advice"})
    assert JournalEntry.objects.get(kind="CareChosen").reason == "on_advice"


def test_the_first_that_can_go_needs_no_reason(centre):
    request = centre.request(Urgency.U2)
    unit, _crew = centre.unit()
    client = at_desk(centre.dispatcher)
    assert client.post(reverse("desk:offer", args=[request.pk]), {"care": "als", "unit": unit.pk}).status_code == 302
    assert JournalEntry.objects.get(kind="Offered").reason is None


def test_several_providers_go_to_one_request(centre):
    request = centre.request(Urgency.U1)
    centre.job(request, Care.RAPID, UnitKind.RAPID)
    centre.job(request, Care.ALS, UnitKind.ALS)
    request.refresh_from_db()
    assert request.deployments_open == 2


def test_an_appointment_is_offered_to_a_place(centre):
    request = centre.request(Urgency.U3)
    place = Place.objects.filter(kind=PlaceKind.HAP.value).first()
    client = at_desk(centre.dispatcher)
    page = client.get(reverse("desk:candidates", args=[request.pk]), {"care": "hap_appointment"})
    assert page.context["giver"].value == "place"
    places = [one["choice"].key for one in page.context["can"]]
    shut = [row["one"].key for row in page.context["cannot"]]
    assert place.pk in places + shut
    if place.pk in places:  # it depends on the hour at which this test runs
        said = {"care": "hap_appointment", "place": place.pk, "reason": "called"}
        client.post(reverse("desk:offer", args=[request.pk]), said)
        assert Deployment.objects.get().place_id == place.pk


def test_advice_is_given_by_the_centre_and_then_nobody_has_to_go(centre):
    request = centre.request(Urgency.U5)
    client = at_desk(centre.dispatcher)
    page = client.get(reverse("desk:candidates", args=[request.pk]), {"care": "advice"})
    assert page.context["by_centre"]
    client.post(reverse("desk:candidates_care", args=[request.pk]), {"care": "advice", "key": "a"})
    request.refresh_from_db()
    assert request.care is Care.ADVICE
    assert on_list(centre.dispatcher, "dispatch_waiting") == []


def test_a_unit_whose_certificate_expired_is_not_among_those_who_can_go_and_the_page_says_why(centre):
    request = centre.request(Urgency.U2)
    unit, crew = centre.unit()
    client = at_desk(centre.dispatcher)
    address = reverse("desk:candidates", args=[request.pk])
    assert unit.pk in [one["choice"].key for one in client.get(address, {"care": "als"}).context["can"]]
    Certificate.objects.filter(person=crew.person, competence=Competence.AMBULANCE_NURSE.value).update(
        valid_until=centre.now - HOUR
    )
    page = client.get(address, {"care": "als"})
    assert unit.pk not in [one["choice"].key for one in page.context["can"]]
    [why] = [row["one"].why.value for row in page.context["cannot"] if row["one"].key == unit.pk]
    assert why == "expired"
    refused = client.post(reverse("desk:offer", args=[request.pk]), {"care": "als", "unit": unit.pk})
    assert refused.status_code == 409
    assert "expired" in refused.content.decode()


def test_everybody_who_cannot_go_is_on_the_page_with_the_reason(centre):
    request = centre.request(Urgency.U2)
    page = at_desk(centre.dispatcher).get(reverse("desk:candidates", args=[request.pk]), {"care": "als"})
    als = Unit.objects.filter(kind=UnitKind.ALS.value, retired=False).count()
    assert len([row for row in page.context["cannot"] if row["one"].provider.kind is UnitKind.ALS]) == als
    assert page.content.decode().count("Off duty.") >= als


# ---------------------------------------------------------------- answers


def test_a_yes_by_telephone_is_recorded_by_the_dispatcher(centre):
    job = offered(centre, centre.request(), centre.unit()[0])
    answer = at_desk(centre.dispatcher).post(reverse("desk:deployment_accept", args=[job.pk]), {"key": "k"})
    assert answer.status_code == 302
    assert JournalEntry.objects.get(kind="Accepted").by == centre.dispatcher.person


def test_the_reason_of_a_no_is_kept_and_shown(centre):
    request = centre.request()
    job = offered(centre, request, centre.unit()[0])
    client = at_desk(centre.dispatcher)
    client.post(reverse("desk:deployment_decline", args=[job.pk]), {"reason": "defect"})
    job.refresh_from_db()
    assert job.decline_reason is DeclineReason.DEFECT
    assert DeclineReason.DEFECT.label in panel(client, request)
    assert on_list(centre.dispatcher, "dispatch_exceptions") == [f"exception-{request.pk}"]


def test_an_offer_that_is_not_answered_in_time_is_over_and_asks_for_the_next(centre, later):
    request = centre.request()
    unit, _crew = centre.unit()
    job = offered(centre, request, unit)
    later(region().norms.reply_ms[Care.ALS] + 1000)
    assert do_due() == 1
    job.refresh_from_db()
    assert job.status.value == "timed_out"
    assert on_list(centre.dispatcher, "dispatch_exceptions") == [f"exception-{request.pk}"]
    too_late = at_desk(centre.dispatcher).post(reverse("desk:deployment_accept", args=[job.pk]), {})
    assert too_late.status_code == 409
    assert "no answer in time" in too_late.content.decode()


def test_doing_the_timer_of_an_offer_twice_changes_nothing(centre, later):
    job = offered(centre, centre.request(), centre.unit()[0])
    later(region().norms.reply_ms[Care.ALS] + 1000)
    do_due()
    head = journal.head()
    deployment.offer_due(key=job.pk, due_at=job.reply_by, at=centre.now)
    do_due()
    assert journal.head() == head


def test_an_offer_that_was_answered_does_not_time_out(centre, later):
    job, _crew = centre.job(centre.request())
    later(HOUR)
    do_due()
    job.refresh_from_db()
    assert job.status.value == "accepted"


def test_an_offer_is_taken_back_and_the_unit_is_free_again(centre):
    unit, _crew = centre.unit()
    job = offered(centre, centre.request(), unit)
    at_desk(centre.dispatcher).post(reverse("desk:deployment_withdraw", args=[job.pk]), {"reason": "other_provider"})
    unit.refresh_from_db()
    assert (Deployment.objects.get().status.value, unit.offers_open) == ("withdrawn", 0)


def test_a_job_that_stops_leaves_its_request_on_top_when_nobody_else_goes(centre):
    request = centre.request()
    job, _crew = centre.job(request)
    at_desk(centre.dispatcher).post(reverse("desk:deployment_cancel", args=[job.pk]), {"reason": "unable"})
    assert on_list(centre.dispatcher, "dispatch_exceptions") == [f"exception-{request.pk}"]
    assert on_list(centre.dispatcher, "dispatch_waiting") == [f"waiting-{request.pk}"]


def test_a_new_offer_takes_the_request_off_the_exceptions(centre):
    request = centre.request()
    job, _crew = centre.job(request)
    deployment.cancel(deployment=job.pk, reason=CancelReason.UNABLE, at=centre.now, by=centre.dispatcher)
    offered(centre, request, centre.unit()[0])
    assert on_list(centre.dispatcher, "dispatch_exceptions") == []


# ---------------------------------------------------------------- how far they are


def test_a_report_that_comes_late_and_out_of_order_keeps_both_times(centre, later):
    request = centre.request()
    job, crew = centre.job(request)
    later(15 * MINUTE)
    arrived, departed = centre.now - 5 * MINUTE, centre.now - 12 * MINUTE
    deployment.report(deployment=job.pk, report="Arrived", at=arrived, by=crew)
    deployment.report(deployment=job.pk, report="Departed", at=departed, by=crew)
    job.refresh_from_db()
    assert (job.status.value, job.departed_at, job.arrived_at) == ("on_scene", departed, arrived)
    entry = JournalEntry.objects.get(kind="Departed")
    assert entry.at == departed
    assert entry.recorded_at - entry.at >= 12 * MINUTE
    shown = panel(at_desk(centre.dispatcher), request)
    assert shown.count("<b>reported late</b>") == 2
    assert shown.count("<b>not in order</b>") >= 1


def test_the_dispatcher_reports_for_the_crew_with_the_time_of_day(centre, later):
    job, _crew = centre.job(centre.request())
    later(5 * MINUTE)
    before = clock.as_datetime(centre.now - 3 * MINUTE)
    typed = localtime(before).strftime("%H:%M:%S")
    at_desk(centre.dispatcher).post(
        reverse("desk:deployment_report", args=[job.pk]), {"report": "Departed", "time": typed}
    )
    job.refresh_from_db()
    assert job.departed_at == clock.as_ms(before) // 1000 * 1000


def test_a_correction_keeps_what_was_reported_first(centre, later):
    request = centre.request()
    job, crew = centre.job(request)
    later(10 * MINUTE)
    first, right = centre.now - 5 * MINUTE, centre.now - 9 * MINUTE
    deployment.report(deployment=job.pk, report="Departed", at=first, by=crew)
    deployment.correct(deployment=job.pk, report="Departed", at=right, by=centre.dispatcher)
    job.refresh_from_db()
    assert job.departed_at == right
    assert JournalEntry.objects.get(kind="Departed").at == first
    assert journal.refold(Subject.DEPLOYMENT, job.pk) == job.state
    shown = panel(at_desk(centre.dispatcher), request)
    assert "<s>" in shown
    assert "corrected:" in shown


def test_a_time_that_was_never_reported_cannot_be_corrected(centre):
    job, _crew = centre.job(centre.request())
    answer = at_desk(centre.dispatcher).post(
        reverse("desk:deployment_correct", args=[job.pk]), {"report": "Arrived", "time": "12:00"}
    )
    assert answer.status_code == 409


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"care": "helicopter"}, "came helicopter"),
        ({}, "nothing came"),
        ({"care": "als", "unit": "first"}, "whole number"),
        ({"care": "als", "unit": "9" * 30}, "less than"),
        ({"care": "als", "ambulance_urgency": "A9"}, "came A9"),
    ],
)
def test_an_offer_that_cannot_be_read_is_answered_with_what_was_expected_and_what_came(centre, said, sentence):
    request = centre.request()
    answer = at_desk(centre.dispatcher).post(reverse("desk:offer", args=[request.pk]), said)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


@pytest.mark.parametrize("said", [{"care": "als"}, {"care": "als", "unit": 999999}, {"care": "als", "place": 999999}])
def test_an_offer_to_nobody_is_refused_with_a_sentence(centre, said):
    request = centre.request()
    answer = at_desk(centre.dispatcher).post(reverse("desk:offer", args=[request.pk]), said)
    assert answer.status_code == 409
    assert Deployment.objects.count() == 0


def test_a_unit_that_is_off_duty_cannot_be_asked(centre):
    request = centre.request()
    unit = Unit.objects.filter(kind=UnitKind.ALS.value).first()
    answer = at_desk(centre.dispatcher).post(reverse("desk:offer", args=[request.pk]), {"care": "als", "unit": unit.pk})
    assert answer.status_code == 409
    request.refresh_from_db()
    assert request.care is None, "a refused offer decides nothing"


def test_a_triagist_sees_the_candidates_and_is_told_whose_it_is_to_ask(centre):
    request = centre.request()
    unit, _crew = centre.unit()
    client = at_desk(centre.triagist)
    page = client.get(reverse("desk:candidates", args=[request.pk]))
    assert page.status_code == 200
    assert "Dispatcher" in page.content.decode()
    answer = client.post(reverse("desk:offer", args=[request.pk]), {"care": "als", "unit": unit.pk})
    assert answer.status_code == 409
    assert "not yours to do" in answer.content.decode()


@pytest.mark.parametrize("name", ["desk:candidates", "desk:case_deployments", "desk:case_follow_ups"])
def test_a_request_of_somebody_else_is_not_found(centre, name):
    request = centre.request()
    stranger = centre.partner("hap", Role.DISPATCHER)
    assert at_desk(stranger).get(reverse(name, args=[request.pk])).status_code == 404


@pytest.mark.parametrize("name", ["accept", "decline", "withdraw", "report", "correct", "cancel"])
def test_no_verb_of_a_job_answers_to_a_stranger_or_to_a_job_that_is_not_there(centre, name):
    client = at_desk(centre.dispatcher)
    said = {"reason": "defect" if name == "decline" else "unable", "report": "Departed", "time": "12:00"}
    assert client.post(reverse(f"desk:deployment_{name}", args=[10**17]), said).status_code == 409
    assert client.get(reverse(f"desk:deployment_{name}", args=[1])).status_code == 405
    anonymous = Client().post(reverse(f"desk:deployment_{name}", args=[1]), said)
    assert anonymous.status_code == 302
    assert "login" in anonymous["Location"]


def test_the_answer_to_a_part_of_the_page_is_that_part_again(centre):
    request = centre.request()
    job = offered(centre, request, centre.unit()[0])
    answer = at_desk(centre.dispatcher).post(
        reverse("desk:deployment_accept", args=[job.pk]), {"key": "k"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert f'id="deployments-of-{request.pk}"' in answer.content.decode()


# ---------------------------------------------------------------- the time of day that somebody types


def ms(*moment: int) -> int:
    return clock.as_ms(datetime(*moment, tzinfo=UTC))


def test_a_time_of_day_is_the_last_that_was():
    now = ms(2026, 7, 1, 12, 10)  # 14:10 in Amsterdam
    assert moment_of("14:05", now) == ms(2026, 7, 1, 12, 5)
    assert moment_of("14:05:30", now) == ms(2026, 7, 1, 12, 5) + 30_000
    assert moment_of("", now) == now


def test_just_after_midnight_an_evening_time_is_yesterday():
    assert moment_of("23:58", ms(2026, 7, 1, 22, 5)) == ms(2026, 7, 1, 21, 58)


def test_in_the_hour_that_comes_twice_the_last_that_was_is_meant():
    assert moment_of("02:30", ms(2026, 10, 25, 1, 45)) == ms(2026, 10, 25, 1, 30)
    assert moment_of("02:30", ms(2026, 10, 25, 1, 15)) == ms(2026, 10, 25, 0, 30)


@pytest.mark.parametrize("typed", ["14:30", "01:00", "25:00", "now", "02:30:99", "1405"])
def test_a_time_that_has_not_come_or_is_no_time_is_refused(typed):
    with pytest.raises(Refused):
        moment_of(typed, ms(2026, 7, 1, 12, 10))


def test_the_hour_that_is_skipped_is_no_time():
    with pytest.raises(Refused):
        moment_of("02:30", ms(2026, 3, 29, 2, 0))


def test_a_ringing_call_is_not_the_dispatchers_to_send_to(centre):
    care_request.ring(channel=Channel.PHONE, at=centre.now, by=None)
    assert on_list(centre.dispatcher, "dispatch_waiting") == []
