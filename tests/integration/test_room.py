"""The virtual room: windows give and take a partner's rights on the queue of the centre, and requests flow over."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from schakel.accounts.models import Organisation, Person
from schakel.domain.access import Category, Relation, Viewer, relations
from schakel.domain.durations import HOUR, MINUTE, SECOND
from schakel.domain.events import Subject
from schakel.domain.reasons import Refused
from schakel.domain.states import RequestStatus
from schakel.domain.vocabulary import Channel, Complaint, OverflowReason, Role, Urgency, UrgencyReason
from schakel.operations import clock, journal, room, timers
from schakel.operations.actions import care_request, dossier, overflow
from schakel.operations.models import CareRequest, DossierEntry, JournalEntry
from schakel.operations.visibility import ties_of

HTMX = {"HX-Request": "true"}


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp() * SECOND)


NIGHT = ms("2027-01-15 03:00")  # a Friday
CLOSES = ms("2027-01-15 08:00")
EVENING = ms("2027-01-15 19:00")  # the GP posts are open, on their own
NOON = ms("2027-01-15 12:00")


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def at(db):
    def stand(moment: int) -> int:
        clock.set_pace(centre=moment, speed=0.0)
        return moment

    yield stand
    clock.forget()


@pytest.fixture
def night(at, centre):
    at(NIGHT)
    return centre


def organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def somebody(centre, code: str) -> Person:
    """A triagist of a partner."""
    return Person.objects.get(pk=centre.person(Role.TRIAGIST, at=organisation(code)).person)


def now_as(person: Person) -> Viewer:
    return room.viewer_of(person, clock.now_ms())


def seen_by(viewer: Viewer, category: Category = Category.MEDICAL) -> set[int]:
    rows = CareRequest.objects.visible_to(viewer, category, clock.now_ms())
    return set(rows.values_list("pk", flat=True))


def ring(line: str | None = None) -> CareRequest:
    of = organisation(line).pk if line else None
    return CareRequest.objects.get(
        pk=care_request.ring(channel=Channel.PHONE, at=clock.now_ms(), by=None, callback="030 123 45 67", line=of)
    )


def fresh(row: CareRequest) -> CareRequest:
    row = CareRequest.objects.get(pk=row.pk)
    assert row.state == journal.refold(Subject.REQUEST, row.pk), "the history is the row"
    return row


def answer(row: CareRequest, by: Viewer) -> CareRequest:
    care_request.answer(request=row.pk, at=clock.now_ms(), by=by)
    return fresh(row)


def browser_of(person: Person) -> Client:
    browser = Client()
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# ---------------------------------------------------------------- the window


def test_inside_the_window_a_partner_sees_and_works_the_queue_and_outside_it_not(night, at):
    triaged, ringing, person = night.request(), ring(), somebody(night, "hap-eemland")
    assert seen_by(now_as(person)) == {triaged.pk, ringing.pk}
    row = answer(ringing, now_as(person))
    assert (row.handler_id, row.owner) == (person.pk, night.organisation), "the centre owns what is worked in its room"
    care_request.triage(request=row.pk, urgency=Urgency.U3, reason=UrgencyReason.COMPLAINT, at=NIGHT, by=now_as(person))
    entry = JournalEntry.objects.filter(request=row.pk, kind="Triaged").get()
    assert entry.organisation == organisation("hap-eemland").pk, "the journal says for which organisation"
    at(CLOSES)
    assert not seen_by(now_as(person), Category.LOGISTICS)
    with pytest.raises(Refused) as refused:
        answer(ring(), now_as(person))
    assert refused.value.reason.text == room.CLOSED_UNTIL
    assert refused.value.reason.values == {"name": "HAP Eemland", "opens": "23:00"}


def test_rights_end_to_the_millisecond_for_somebody_who_was_looked_up_before(night, at):
    row, person = night.request(), somebody(night, "hap-eemland")
    at(CLOSES - 1)
    before = now_as(person)
    assert seen_by(before) == {row.pk}
    at(CLOSES)
    assert not seen_by(before, Category.LOGISTICS)
    assert not relations(before, ties_of([row], CLOSES)[row.pk], CLOSES)
    with pytest.raises(Refused):
        care_request.reassess(request=row.pk, at=CLOSES, by=before)


def test_a_partner_that_is_given_some_complaints_sees_those_alone(night):
    unknown, chest, crisis = ring(), night.request(), night.request()
    for row, complaint in ((chest, Complaint.CHEST_PAIN), (crisis, Complaint.PSYCHIATRIC)):
        care_request.choose_complaint(request=row.pk, complaint=complaint, at=NIGHT, by=night.triagist)
    ggz = now_as(somebody(night, "altrecht"))
    assert seen_by(ggz) == {crisis.pk}
    for row in (unknown, chest):
        with pytest.raises(Refused):
            dossier.write(request=row.pk, field="note", value="x", at=NIGHT, by=ggz)
    with pytest.raises(Refused):
        care_request.begin(channel=Channel.PHONE, at=NIGHT, by=ggz)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TRIAGIST])
def test_no_other_role_of_a_partner_comes_in_with_the_window(night, role):
    night.request()
    person = Person.objects.get(pk=night.person(role, at=organisation("hap-eemland")).person)
    assert not now_as(person).guests
    assert not seen_by(now_as(person), Category.LOGISTICS)


def test_a_partner_without_a_window_and_one_outside_the_region_share_nothing(night):
    night.request()
    Organisation.objects.create(code="elsewhere", name="Elders", kind="hap")
    for code in ("ravu", "hap-utrecht", "elsewhere"):
        assert not seen_by(now_as(somebody(night, code)), Category.LOGISTICS)


def test_the_regiearts_and_the_dispatcher_stay_those_of_the_owner(night):
    row, person = night.request(), somebody(night, "hap-eemland")
    with pytest.raises(Refused) as refused:
        care_request.lower_urgency(
            request=row.pk, urgency=Urgency.U4, reason=UrgencyReason.CONSULT, at=NIGHT, by=now_as(person)
        )
    assert "regiearts" in str(refused.value.reason.values).lower()


# ---------------------------------------------------------------- at closing time


def test_a_call_in_hand_is_finished_and_nothing_else(night, at):
    other, person = night.request(), somebody(night, "hap-eemland")
    at(CLOSES - MINUTE)
    row = answer(ring(), now_as(person))
    at(CLOSES + 19 * MINUTE)
    assert seen_by(now_as(person)) == {row.pk}
    dossier.write(request=row.pk, field="words", value="hoest", at=clock.now_ms(), by=now_as(person))
    with pytest.raises(Refused):
        care_request.reassess(request=other.pk, at=clock.now_ms(), by=now_as(person))
    care_request.triage(
        request=row.pk, urgency=Urgency.U4, reason=UrgencyReason.COMPLAINT, at=clock.now_ms(), by=now_as(person)
    )
    assert not seen_by(now_as(person), Category.LOGISTICS), "it has an urgency: the centre goes on with it"
    assert fresh(row).owner == night.organisation


def test_a_call_that_is_not_finished_in_time_is_closed_to_its_taker_and_stays_with_the_centre(night, at):
    person = somebody(night, "hap-eemland")
    at(CLOSES - MINUTE)
    row = answer(ring(), now_as(person))
    at(CLOSES + 20 * MINUTE)
    assert not seen_by(now_as(person), Category.LOGISTICS)
    row = fresh(row)
    assert (row.owner, row.status, row.handler_id) == (night.organisation, RequestStatus.RECEIVED, person.pk)


def test_a_colleague_at_the_centre_takes_the_call_over_as_soon_as_the_desk_has_left(night, at):
    person = somebody(night, "hap-eemland")
    at(CLOSES - MINUTE)
    row = answer(ring(), now_as(person))
    at(CLOSES - SECOND)
    with pytest.raises(Refused) as refused:
        care_request.take_over(request=row.pk, at=clock.now_ms(), by=night.triagist)
    assert refused.value.reason.text == care_request.GRACE_OVER
    at(CLOSES)
    care_request.take_over(request=row.pk, at=clock.now_ms(), by=night.triagist)
    assert fresh(row).handler_id == night.triagist.person


def test_a_form_that_was_open_at_closing_gets_a_sentence_and_writes_nothing(night, at):
    row, person = night.request(), somebody(night, "hap-eemland")
    browser = browser_of(person)
    assert browser.get(reverse("desk:case", args=[row.pk])).status_code == 200
    at(CLOSES)
    answer = browser.post(reverse("desk:note", args=[row.pk]), {"note": "belt terug", "key": "k1"}, headers=HTMX)
    assert answer.status_code == 422, "the sentence stands beside the field, which keeps what was typed"
    assert "The window of HAP Eemland in the room of the centre is closed until 23:00" in text(answer)
    assert "What you typed is still on your screen" in text(answer)
    assert not DossierEntry.objects.filter(request=row, field="note").exists()
    answer = browser.post(reverse("desk:reassess", args=[row.pk]), {"key": "k2"}, headers=HTMX)
    assert answer.status_code == 409 and answer["HX-Retarget"] == "#notices"
    assert "The window of HAP Eemland in the room of the centre is closed until 23:00" in text(answer)
    assert "closed until 23:00" in text(browser.get(reverse("desk:case", args=[row.pk])))


def test_the_screen_of_a_guest_says_what_the_window_gives(night, at):
    browser = browser_of(somebody(night, "hap-eemland"))
    row = night.request()
    page = browser.get(reverse("desk:queue"))
    assert "HAP Eemland is in the room of the centre until 08:00" in re.sub(r" +([,.])", r"\1", text(page))
    assert f'id="request-{row.pk}"' in page.content.decode()
    at(CLOSES + HOUR)
    page = browser.get(reverse("desk:queue"))
    assert "HAP Eemland is not in the room of the centre now" in text(page)
    assert f'id="request-{row.pk}"' not in page.content.decode()


# ---------------------------------------------------------------- overflow


def test_a_call_for_a_closed_desk_flows_over_at_once_and_who_answers_owns_it(centre, at):
    at(NOON)
    row = fresh(ring("hap-eemland"))
    assert (row.owner.code, row.owner_offered.code, row.overflow) == ("hap-eemland", "zcc", OverflowReason.CLOSED)
    page = browser_of(Person.objects.get(pk=centre.triagist.person)).get(reverse("desk:queue"))
    assert "from HAP Eemland to ZCC Midden-Nederland: The desk is closed" in text(page)
    row = answer(row, centre.triagist)
    assert (row.owner.code, row.owner_offered, row.overflow) == ("zcc", None, None)
    assert [one.event.__class__.__name__ for one in journal.history(Subject.REQUEST, row.pk)] == [
        "Rang",
        "FlowedOver",
        "OwnershipAccepted",
        "Answered",
    ]


def test_a_call_that_waits_too_long_flows_over_and_can_be_taken_back(centre, at):
    at(EVENING)
    row, person = ring("hap-eemland"), somebody(centre, "hap-eemland")
    assert fresh(row).overflow is None
    assert not seen_by(centre.triagist, Category.LOGISTICS)
    at(EVENING + 2 * MINUTE)
    timers.do_due()
    row = fresh(row)
    assert (row.owner.code, row.owner_offered.code, row.overflow) == ("hap-eemland", "zcc", OverflowReason.WAIT)
    assert seen_by(centre.triagist, Category.LOGISTICS) == {row.pk} <= seen_by(now_as(person))
    overflow.flow_back(request=row.pk, at=clock.now_ms(), by=now_as(person))
    assert (fresh(row).owner.code, fresh(row).overflow, fresh(row).owner_offered) == ("hap-eemland", None, None)
    assert not seen_by(centre.triagist, Category.LOGISTICS)
    at(EVENING + HOUR)
    timers.do_due()
    assert fresh(row).overflow is None, "the clock lets it flow once; after that people decide"
    overflow.flow_over(request=row.pk, at=clock.now_ms(), by=now_as(person))
    assert fresh(row).overflow is OverflowReason.BY_HAND


def test_the_own_desk_that_answers_after_all_keeps_it(centre, at):
    at(EVENING)
    row, person = ring("hap-eemland"), somebody(centre, "hap-eemland")
    at(EVENING + 2 * MINUTE)
    timers.do_due()
    row = answer(row, now_as(person))
    assert (row.owner.code, row.overflow, row.owner_offered) == ("hap-eemland", None, None)


def test_what_a_desk_still_has_when_it_closes_is_asked_of_the_centre_and_a_call_in_hand_stays(centre, at):
    at(ms("2027-01-15 22:00"))
    care = centre.request()
    post = organisation("hap-utrecht")  # it has no window: it closes at eight
    care_request.offer_ownership(request=care.pk, to=post.pk, at=clock.now_ms(), by=centre.triagist)
    person = somebody(centre, "hap-utrecht")
    care_request.accept_ownership(request=care.pk, at=clock.now_ms(), by=now_as(person))
    at(ms("2027-01-18 07:58"))  # Monday: it was open the whole weekend
    timers.do_due()
    assert fresh(care).overflow is None
    busy = answer(ring("hap-utrecht"), now_as(person))
    at(ms("2027-01-18 08:00"))
    timers.do_due()
    assert (fresh(care).overflow, fresh(care).owner) == (OverflowReason.CLOSED, post)
    assert fresh(busy).overflow is None, "somebody has the caller on the line"
    care_request.accept_ownership(request=care.pk, at=clock.now_ms(), by=centre.triagist)
    assert fresh(care).owner == centre.organisation
    care_request.triage(
        request=busy.pk, urgency=Urgency.U4, reason=UrgencyReason.PAIN, at=clock.now_ms(), by=now_as(person)
    )
    at(ms("2027-01-18 08:10"))
    timers.do_due()
    assert fresh(busy).overflow is OverflowReason.CLOSED


def test_from_the_centre_to_a_partner_inside_its_window_and_back_when_that_closes(night, at):
    at(CLOSES - 4 * MINUTE)
    row, person = ring(), somebody(night, "hap-eemland")
    at(CLOSES - MINUTE)
    timers.do_due()
    row = fresh(row)
    assert (row.owner.code, row.owner_offered.code, row.overflow) == ("zcc", "hap-eemland", OverflowReason.WAIT)
    assert row.overflow_until == CLOSES
    assert Relation.ASKED in {one for one, *_ in relations(now_as(person), ties_of([row], clock.now_ms())[row.pk], 0)}
    at(CLOSES)
    assert not seen_by(now_as(person), Category.LOGISTICS), "before the worker has looked"
    with pytest.raises(Refused):
        care_request.accept_ownership(request=row.pk, at=CLOSES, by=now_as(person))
    timers.do_due()
    assert (fresh(row).owner.code, fresh(row).overflow, fresh(row).owner_offered) == ("zcc", None, None)
    at(NOON)
    with pytest.raises(Refused) as refused:
        overflow.flow_over(request=row.pk, at=NOON, by=night.triagist)
    assert refused.value.reason.values == {"name": "HAP Eemland"}


def test_in_the_room_one_queue_a_line_rings_at_the_centre_and_a_guest_answers_for_it(night):
    row = ring("hap-eemland")
    assert row.owner == night.organisation, "the whole queue is shared: there is one"
    other = ring("hap-utrecht")  # open, and alone
    clock.set_pace(centre=NIGHT + 2 * MINUTE, speed=0.0)
    timers.do_due()
    assert fresh(other).overflow is OverflowReason.WAIT
    guest = now_as(somebody(night, "hap-eemland"))
    assert {row.pk, other.pk} == seen_by(guest)
    assert answer(other, guest).owner == night.organisation, "taken for the centre, in whose room it is"


def test_who_has_no_part_lets_nothing_flow(night):
    row = night.request()
    for person in (somebody(night, "hap-eemland"), somebody(night, "altrecht"), somebody(night, "hap-utrecht")):
        with pytest.raises(Refused):
            overflow.flow_over(request=row.pk, at=NIGHT, by=now_as(person))
    assert fresh(row).owner == night.organisation
    with pytest.raises(Refused):
        overflow.flow_back(request=row.pk, at=NIGHT, by=night.triagist)
