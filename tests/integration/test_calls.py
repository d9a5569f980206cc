"""Who calls: the number on the line and earlier contacts, for whom, and what stays out of sight."""

from __future__ import annotations

import logging
import re

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from schakel.accounts import access_log
from schakel.accounts.models import AccessEntry, Deed, Person
from schakel.desk import presence
from schakel.domain.durations import DAY, HOUR
from schakel.domain.reasons import Refused
from schakel.domain.states import RequestStatus
from schakel.domain.vocabulary import Channel, CloseReason, Complaint, Role
from schakel.operations import clock, journal
from schakel.operations.actions import care_request, dossier
from schakel.operations.current_region import region
from schakel.operations.dossier import same_elsewhere, who_calls
from schakel.operations.models import CareRequest, DossierEntry, JournalEntry
from schakel.privacy import patterns

pytestmark = pytest.mark.django_db

NUMBER = "030 123 45 67"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def as_person():
    def log_in(viewer):
        browser = Client()
        browser.force_login(Person.objects.get(pk=viewer.person), backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return log_in


@pytest.fixture
def desk(as_person, centre):
    return as_person(centre.triagist)


@pytest.fixture
def rings(centre):
    """A call that rings with this number on the line."""

    def ring(number: str = NUMBER, channel: Channel = Channel.PHONE) -> CareRequest:
        return CareRequest.objects.get(pk=care_request.ring(channel=channel, callback=number, at=centre.now, by=None))

    return ring


@pytest.fixture
def earlier(centre):
    """A request from this number, ended so long ago; still open when None."""

    def request(ago: int | None = None, number: str = NUMBER) -> CareRequest:
        row = centre.request()
        dossier.write(request=row.pk, field="callback", value=number, at=centre.now, by=centre.triagist)
        if ago is not None:
            care_request.close(request=row.pk, reason=CloseReason.ADVICE_GIVEN, at=centre.now, by=centre.triagist)
            then = centre.now - ago
            CareRequest.objects.filter(pk=row.pk).update(closed_at=then, received_at=then)
        return CareRequest.objects.get(pk=row.pk)

    return request


def line(browser, row):
    return browser.get(reverse("desk:line", args=[row.pk]))


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# ---------------------------------------------------------------- the number on the line


def test_the_call_says_its_number_and_the_reader_stands_in_the_access_log(desk, centre, rings):
    row = rings()
    assert "0301234567" in text(line(desk, row))
    [entry] = AccessEntry.objects.filter(request=row.pk, deed=Deed.READ.value)
    assert (entry.person_id, entry.ground, entry.categories) == (centre.triagist.person, "rings", "location")


def test_a_line_that_shows_no_number_says_so_and_is_no_read(desk, rings):
    assert text(line(desk, rings(""))) == "number not shown"
    assert not AccessEntry.objects.filter(deed=Deed.READ.value).exists()


def test_without_a_line_in_the_log_no_number_is_shown(centre, rings, monkeypatch):
    def full(*args, **kwargs):
        raise DatabaseError("no room")

    row = rings()
    monkeypatch.setattr(access_log, "add", full)
    with pytest.raises(DatabaseError):
        who_calls(row, centre.triagist)


@pytest.mark.parametrize("kind", ["vvt", "hospital"])
def test_who_has_no_part_in_the_call_is_not_told_who_calls(as_person, centre, rings, kind):
    row = rings()
    for roles in ((Role.PARTNER,), (Role.TRIAGIST,)):
        response = line(as_person(centre.partner(kind, *roles)), row)
        assert response.status_code in (403, 404) and "30123" not in response.content.decode()
    assert not AccessEntry.objects.filter(request=row.pk).exists()


def test_who_may_not_see_a_place_gets_nothing(centre, rings):
    row = rings()
    assert who_calls(row, centre.privacy_officer) is None
    assert not AccessEntry.objects.filter(request=row.pk).exists()


def test_an_answered_call_tells_it_in_its_dossier_and_not_here(desk, centre, rings):
    row = rings()
    care_request.answer(request=row.pk, at=centre.now, by=centre.triagist)
    assert line(desk, row).status_code == 204


def test_a_missed_call_still_has_its_number(desk, centre, rings):
    row = rings()
    care_request.miss(request=row.pk, at=centre.now, by=None)
    assert "0301234567" in text(line(desk, row))


def test_no_row_event_address_or_log_holds_the_number(desk, centre, rings, caplog):
    caplog.set_level(logging.DEBUG, logger="schakel")
    earlier_call, row = rings(), rings()
    page = desk.get(reverse("desk:queue")).content.decode()
    response = line(desk, row)
    links = re.findall(r'(?:href|data-line)="([^"]*)"', page + response.content.decode())
    for kept in (page, *links, caplog.text):
        assert "30123" not in kept and "123 45 67" not in kept
    for entry in JournalEntry.objects.values_list(*journal.COLUMNS):
        assert not any("30123" in str(value) for value in entry)
    assert str(earlier_call.pk) in text(response)


def test_who_only_saw_the_number_is_not_in_the_case_and_was_not_looking_around(desk, centre, rings):
    row = rings()
    line(desk, row)
    assert presence.others(row, centre.regiearts) == []
    assert patterns.busiest_hours(clock.now_ms()) == []


# ---------------------------------------------------------------- earlier contacts


def test_an_open_request_from_the_same_number_is_maybe_the_same(desk, rings, earlier):
    known = earlier()
    said = text(line(desk, rings()))
    assert f"maybe the same {known.pk}" in said


def test_what_ended_long_ago_is_an_earlier_contact_and_no_more(centre, rings, earlier):
    lately, long_ago, forgotten = earlier(2 * HOUR), earlier(5 * DAY), earlier(40 * DAY)
    caller = who_calls(rings(), centre.triagist)
    told = {contact.request.pk: contact.by for contact in caller.contacts}
    assert told == {lately.pk: ("callback",), long_ago.pk: ()}
    assert forgotten.pk not in told


def test_three_contacts_are_told_and_the_others_counted(desk, centre, rings, earlier):
    rows = [earlier() for _ in range(5)]
    row = rings()
    caller = who_calls(row, centre.triagist)
    assert len(caller.contacts) == 3 and caller.more == 2
    assert {contact.request.pk for contact in caller.contacts} <= {one.pk for one in rows}
    assert "and 2 more" in text(line(desk, row))


def test_a_contact_that_is_no_longer_the_centres_to_see_is_not_told(centre, rings, earlier):
    row = earlier()
    partner = centre.partner("vvt")
    to = next(iter(partner.seats)).organisation
    care_request.offer_ownership(request=row.pk, to=to, at=centre.now, by=centre.triagist)
    care_request.accept_ownership(request=row.pk, at=centre.now, by=partner)
    assert who_calls(rings(), centre.triagist).contacts == []


def test_the_same_number_is_noticed_in_the_case_for_a_day(centre, earlier):
    row = earlier()
    lately, before = earlier(23 * HOUR), earlier(25 * HOUR)
    found = {contact.request.pk: contact.by for contact in same_elsewhere(row, centre.triagist)}
    assert found == {lately.pk: ("callback",)} and before.pk not in found


def test_a_number_that_was_emptied_is_not_searched_for(centre, earlier):
    earlier()
    row = earlier()
    dossier.write(request=row.pk, field="callback", value="", at=centre.now, by=centre.triagist)
    assert same_elsewhere(row, centre.triagist) == []


def test_a_house_number_in_another_street_is_not_the_same_address(centre):
    rows = [centre.request() for _ in range(3)]
    for row, postcode, number in zip(rows, ("3701 AB", "3701 AB", "3512 JE"), ("12", "12", "12"), strict=True):
        for field, value in (("postcode", postcode), ("house_number", number)):
            dossier.write(request=row.pk, field=field, value=value, at=centre.now, by=centre.triagist)
    found = same_elsewhere(rows[0], centre.triagist)
    assert [(contact.request.pk, contact.by) for contact in found] == [(rows[1].pk, ("address",))]


def test_one_accident_told_from_two_places_by_two_callers_is_noticed(desk, centre):
    def accident(zone="zeist", complaint=Complaint.GENERAL_TRAUMA):
        row = centre.request(zone=zone)
        care_request.choose_complaint(request=row.pk, complaint=complaint, at=centre.now, by=centre.triagist)
        return CareRequest.objects.get(pk=row.pk)

    elsewhere = next(zone for zone in region().zone if zone != "zeist")
    first, row = accident(), accident()
    accident(zone=elsewhere)
    accident(complaint=Complaint.COUGH)
    before = accident()
    CareRequest.objects.filter(pk=before.pk).update(received_at=centre.now - 2 * HOUR)
    found = [(contact.request.pk, contact.by) for contact in same_elsewhere(row, centre.triagist)]
    assert found == [(first.pk, ("scene",))]
    assert not AccessEntry.objects.filter(request=row.pk).exists(), "no dossier was searched"
    page = reverse("desk:case_second", args=[row.pk])
    assert "same kind of accident, same area Same incident: link" in text(desk.get(page))
    desk.post(reverse("desk:link", args=[row.pk]), {"to": first.pk}, headers=HTMX)
    said = text(desk.get(page))
    assert "linked" in said and "Same incident: link" not in said


def test_choosing_the_area_or_the_complaint_asks_for_a_second_call_to_be_looked_for(desk, centre):
    row = centre.request(None, None)
    said = {"zone": "Zeist", "seen": ""}
    response = desk.post(reverse("desk:question", args=[row.pk, "zone"]), said, headers=HTMX)
    assert "contact" in response["HX-Trigger"]


# ---------------------------------------------------------------- entered by hand


def test_a_call_is_entered_with_its_number_once_claimed_and_found_in_the_case(desk, centre):
    said = {"channel": "phone", "callback": NUMBER, "key": "pressed-twice"}
    for _ in range(2):
        response = desk.post(reverse("desk:ring"), said, headers=HTMX)
        assert response["HX-Redirect"] == reverse("desk:queue")
    [row] = CareRequest.objects.all()
    assert row.status is RequestStatus.RINGING
    [entry] = DossierEntry.objects.all()
    assert (entry.field, entry.value, entry.author_id) == ("callback", "+31301234567", centre.triagist.person)
    assert AccessEntry.objects.filter(request=row.pk, deed=Deed.CREATE.value).count() == 1
    page = desk.post(reverse("desk:claim_oldest"), {"key": "claim"}, follow=True).content.decode()
    assert 'value="+31301234567"' in page


def test_a_call_without_a_number_is_entered_too(desk):
    assert desk.post(reverse("desk:ring"), {"channel": "phone", "callback": "  "}).status_code == 302
    assert CareRequest.objects.count() == 1 and not DossierEntry.objects.exists()


@pytest.mark.parametrize("typed", ["12", "nobody", "9" * 41, "030 123 45 67 x", "\0"])
def test_a_wrong_number_is_a_sentence_and_enters_nothing(desk, typed):
    response = desk.post(reverse("desk:ring"), {"channel": "phone", "callback": typed}, headers=HTMX)
    assert response.status_code in (400, 409) and "." in text(response)
    assert not CareRequest.objects.exists() and not JournalEntry.objects.exists()


# ---------------------------------------------------------------- the line was lost


def test_a_caller_whose_line_was_lost_goes_on_in_the_same_request(desk, centre, rings, earlier):
    lost = earlier()
    care_request.drop(request=lost.pk, at=centre.now, by=centre.triagist)
    row = rings()
    assert "line lost" in text(line(desk, row))
    care_request.answer(request=row.pk, at=centre.now, by=centre.triagist)
    assert "Line was lost there: go on there" in text(desk.get(reverse("desk:case_second", args=[row.pk])))
    said = {"to": lost.pk, "key": "pressed-twice"}
    for _ in range(2):
        response = desk.post(reverse("desk:call_again", args=[row.pk]), said, headers=HTMX)
        assert response["HX-Redirect"] == reverse("desk:case", args=[lost.pk])
    lost.refresh_from_db()
    row.refresh_from_db()
    assert not lost.line_lost and lost.handler_id == centre.triagist.person
    assert row.status is RequestStatus.MERGED and row.merged_into_id == lost.pk


def test_a_call_ends_only_in_a_request_whose_line_was_lost(centre, rings, earlier):
    known, row = earlier(), rings()
    care_request.answer(request=row.pk, at=centre.now, by=centre.triagist)
    with pytest.raises(Refused):
        care_request.call_again(request=row.pk, into=known.pk, at=centre.now, by=centre.triagist)
    row.refresh_from_db()
    assert row.status is RequestStatus.RECEIVED
