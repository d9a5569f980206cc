"""The shift hand-over: everything open is on the list, two people sign, and the taker sees what changed since."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schakel.accounts.models import Membership, Organisation, Person
from schakel.desk.handover import cases_of, open_cases
from schakel.domain.vocabulary import Care, Channel, CloseReason, FollowUpKind, Role, UnitKind, Urgency, UrgencyReason
from schakel.operations import region_load
from schakel.operations.actions import care_request, deployment, follow_up, handover
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Handover

pytestmark = pytest.mark.django_db


def at_desk(viewer) -> Client:
    client = Client(headers={"accept-language": "en"})
    person = Person.objects.get(pk=viewer.person)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def colleague(centre):
    """The coordinator of the next shift."""
    return centre.person(Role.COORDINATOR)


def given(centre, colleague) -> Handover:
    key = handover.give(role=Role.COORDINATOR, to=colleague.person, remark="", at=centre.now, by=centre.coordinator)
    return Handover.objects.get(pk=key)


def waits(centre, request: CareRequest) -> list[str]:
    """What a request on the list waits for, in words."""
    [case] = [case for case in open_cases(centre.organisation.pk, centre.now) if case.row.pk == request.pk]
    return [str(wait.reason) for wait in case.waits]


# ---------------------------------------------------------------- the list


def test_every_open_request_is_on_the_list_and_no_closed_one(centre):
    ringing = care_request.ring(channel=Channel.PHONE, at=centre.now, by=None)
    open_, closed = centre.request(), centre.request()
    care_request.close(request=closed.pk, reason=CloseReason.WITHDRAWN, at=centre.now, by=centre.triagist)
    on_list = {case.row.pk for case in open_cases(centre.organisation.pk, centre.now)}
    assert on_list == {ringing, open_.pk}


def test_a_request_says_what_it_waits_for_and_who_promised_what_by_when(centre):
    request = centre.request(Urgency.U2)
    assert "Nobody goes yet" in waits(centre, request)
    job, _crew = centre.job(request)
    assert f"{job.unit}: ALS ambulance, accepted" in waits(centre, request)
    offer = deployment.offer(
        request=request.pk,
        care=Care.RAPID,
        unit=centre.unit(UnitKind.RAPID)[0].pk,
        at=centre.now,
        by=centre.dispatcher,
    )
    assert any("was asked: Rapid responder" in one for one in waits(centre, request))
    task = follow_up.ask(
        request=request.pk, need=FollowUpKind.HOME_NURSING, takes_over=False, at=centre.now, by=centre.coordinator
    )
    assert "No taker for: Nursing at home; now with the partner" in waits(centre, request)
    vvt = Organisation.objects.filter(kind="vvt").first()
    follow_up.offer(follow_up=task, partner=vvt.pk, at=centre.now, by=centre.coordinator)
    follow_up.accept(follow_up=task, at=centre.now, by=centre.coordinator, on_behalf=True)
    assert f"{vvt.name} promised: Nursing at home" in waits(centre, request)
    assert offer


def test_the_nearest_deadline_of_a_request_stands_first(centre):
    request = centre.request(Urgency.U1)
    [case] = open_cases(centre.organisation.pk, centre.now)
    dues = [wait.due for wait in case.waits if wait.due is not None]
    assert dues == sorted(dues)
    assert "Ask again how the patient is" in waits(centre, request)


def test_a_request_for_which_nothing_is_open_asks_to_be_closed(centre):
    request = centre.request(Urgency.U4)
    job, crew = centre.job(request)
    for report in ("Departed", "Arrived", "Cleared"):
        deployment.report(deployment=job.pk, report=report, at=centre.now, by=crew)
    assert waits(centre, request) == ["Nothing is open any more: close it"]


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(centre):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            open_cases(centre.organisation.pk, centre.now)
        return len(asked)

    centre.job(centre.request())
    few = questions()
    for _ in range(3):
        centre.job(centre.request())
    assert questions() == few


# ---------------------------------------------------------------- two signatures


def test_the_giver_signs_and_the_taker_signs_and_both_times_stay(centre, colleague):
    request = centre.request()
    answer = at_desk(centre.coordinator).post(
        reverse("desk:handover_give"),
        {"role": "coordinator", "to": colleague.person, "remark": "Bed 3 is promised for nine.", "key": "k"},
    )
    row = Handover.objects.get()
    assert answer["Location"] == reverse("desk:handover_sheet", args=[row.pk])
    assert (row.requests, row.taken_at) == ([request.pk], None)
    sheet = at_desk(colleague).get(reverse("desk:handover_sheet", args=[row.pk])).content.decode()
    assert "Bed 3 is promised for nine." in sheet
    assert "not signed yet" in sheet
    at_desk(colleague).post(reverse("desk:handover_take", args=[row.pk]), {"key": "t"})
    row.refresh_from_db()
    assert row.taken_at >= row.given_at


def test_the_taker_is_told_on_the_page_that_a_shift_waits(centre, colleague):
    row = given(centre, colleague)
    page = at_desk(colleague).get(reverse("desk:handover")).content.decode()
    assert reverse("desk:handover_sheet", args=[row.pk]) in page
    assert "hands the shift over to you" in page


def test_the_taker_sees_what_changed_since_the_giver_signed(centre, colleague):
    before = centre.request(Urgency.U3)
    row = given(centre, colleague)
    care_request.raise_urgency(
        request=before.pk, urgency=Urgency.U1, reason=UrgencyReason.WORSENING, at=centre.now, by=centre.triagist
    )
    after = centre.request(Urgency.U2)
    page = at_desk(colleague).get(reverse("desk:handover_sheet", args=[row.pk]))
    cases = {case.row.pk: case for case in page.context["cases"]}
    assert [line.kind for line in cases[before.pk].news] == ["UrgencyRaised"]
    assert not cases[before.pk].arrived
    assert cases[after.pk].arrived


def test_what_was_closed_after_the_signature_is_shown_as_closed(centre, colleague):
    request = centre.request()
    row = given(centre, colleague)
    care_request.close(request=request.pk, reason=CloseReason.WITHDRAWN, at=centre.now, by=centre.triagist)
    page = at_desk(colleague).get(reverse("desk:handover_sheet", args=[row.pk]))
    [case] = page.context["cases"]
    assert case.waits == []
    assert [line.kind for line in case.news] == ["Closed"]


def test_the_hand_overs_before_are_on_the_page(centre, colleague):
    row = given(centre, colleague)
    handover.take(handover=row.pk, at=centre.now, by=colleague)
    assert "signed by both" in at_desk(centre.coordinator).get(reverse("desk:handover")).content.decode()


# ---------------------------------------------------------------- what is refused


def test_nobody_hands_over_to_somebody_without_the_role_or_to_themselves(centre):
    client = at_desk(centre.coordinator)
    for to in (centre.triagist.person, centre.coordinator.person, 999_999):
        answer = client.post(reverse("desk:handover_give"), {"role": "coordinator", "to": to})
        assert answer.status_code == 409
        assert 'role="alert"' in answer.content.decode()
    assert Handover.objects.count() == 0


@pytest.mark.parametrize(
    ("said", "sentence"),
    [({"role": "king", "to": "1"}, "came king"), ({"role": "coordinator", "to": "x"}, "number"), ({}, "nothing came")],
)
def test_what_cannot_be_read_is_answered_with_what_was_expected(centre, said, sentence):
    answer = at_desk(centre.coordinator).post(reverse("desk:handover_give"), said)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_only_the_taker_signs_and_only_once(centre, colleague):
    row = given(centre, colleague)
    to = reverse("desk:handover_take", args=[row.pk])
    assert at_desk(centre.coordinator).post(to, {}).status_code == 409
    assert at_desk(colleague).post(to, {"key": "one"}).status_code == 302
    assert at_desk(colleague).post(to, {"key": "two"}).status_code == 409


def test_a_double_click_hands_over_once(centre, colleague):
    client = at_desk(centre.coordinator)
    for _ in range(2):
        client.post(reverse("desk:handover_give"), {"role": "coordinator", "to": colleague.person, "key": "same"})
    assert Handover.objects.count() == 1


def test_a_third_colleague_does_not_read_the_sheet_but_the_lead_does(centre, colleague):
    row = given(centre, colleague)
    address = reverse("desk:handover_sheet", args=[row.pk])
    assert at_desk(centre.person(Role.COORDINATOR)).get(address).status_code == 409
    assert at_desk(centre.lead).get(address).status_code == 200
    assert at_desk(centre.partner("vvt")).get(address).status_code == 403


def test_who_has_gone_home_is_not_among_the_colleagues(centre, colleague):
    Membership.objects.filter(person=colleague.person).update(ends_at=centre.now - 1)
    page = at_desk(centre.coordinator).get(reverse("desk:handover"))
    assert page.context["colleagues"] == []
    assert "Nobody else has this role" in page.content.decode()


def test_the_list_alone_is_a_part_of_the_page(centre):
    request = centre.request()
    part = at_desk(centre.coordinator).get(reverse("desk:handover"), {"part": "cases"}).content.decode()
    assert f'id="case-{request.pk}"' in part
    assert "<html" not in part


def test_the_telephone_of_whoever_was_asked_is_on_the_list_and_beside_an_offer_that_was_not_answered(centre):
    request = centre.request()
    unit, _crew = centre.unit()
    deployment.offer(request=request.pk, care=Care.ALS, unit=unit.pk, at=centre.now, by=centre.dispatcher)
    number = unit.organisation.telephone
    assert number == region().organisation[unit.organisation.code].telephone != ""
    [case] = cases_of([request], centre.now)
    assert number in {wait.telephone for wait in case.waits}


def test_a_region_file_without_a_number_leaves_the_one_that_the_administrator_keeps(centre):
    from dataclasses import replace

    here = region()
    kept = Organisation.objects.get(code="ravu")
    kept.telephone = "+31301112233"
    kept.save()
    silent = tuple(replace(one, telephone=None) for one in here.organisations)
    region_load.load(replace(here, organisations=silent))
    kept.refresh_from_db()
    assert kept.telephone == "+31301112233"
    region_load.load(here)
    kept.refresh_from_db()
    assert kept.telephone == here.organisation["ravu"].telephone
