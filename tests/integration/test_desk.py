"""The desk through its own doors: every verb as a person does it, what is refused and with which sentence."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse

from schakel.accounts.models import AccessEntry, BrokenGlass, Deed, Organisation, Person
from schakel.domain.durations import DAY, MINUTE, SECOND
from schakel.domain.states import RequestStatus
from schakel.domain.vocabulary import Channel, CloseReason, Complaint, FollowUpKind, Role, Urgency, UrgencyReason
from schakel.operations import clock
from schakel.operations.actions import care_request, dossier, follow_up
from schakel.operations.models import CareRequest, DossierEntry, FollowUp, JournalEntry
from schakel.operations.timers import do_due

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def as_person(client, centre):
    """Log in as somebody: the browser of that person."""
    from django.test import Client

    def log_in(viewer):
        browser = Client()
        browser.force_login(Person.objects.get(pk=viewer.person), backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return log_in


@pytest.fixture
def desk(as_person, centre):
    """The browser of the triagist."""
    return as_person(centre.triagist)


@pytest.fixture
def later(monkeypatch):
    """Let the centre's clock run ahead."""

    def ahead(ms: int) -> None:
        now = clock.now_ms() + ms
        monkeypatch.setattr(clock, "now_ms", lambda: now)

    return ahead


def at(name: str, row: CareRequest | int, *more: object) -> str:
    return reverse(f"desk:{name}", args=[getattr(row, "pk", row), *more])


def do(browser, url_name: str, row, *more, **said):
    """One verb of a case, as the page sends it."""
    return browser.post(at(url_name, row, *more), said, headers=HTMX)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def fresh(row: CareRequest) -> CareRequest:
    return CareRequest.objects.get(pk=row.pk)


def seen(response) -> str:
    return re.search(r'name="seen" value="(\d*)"', response.content.decode())[1]


# ---------------------------------------------------------------- the queue


def test_the_queue_shows_urgency_then_unknown_then_the_rest(desk, centre):
    late = centre.request(Urgency.U3)
    urgent = centre.request(Urgency.U1)
    unknown = centre.request(None, None)
    page = desk.get(reverse("desk:queue")).content.decode()
    rows = [int(n) for n in re.findall(r'<tr id="request-(\d+)"', page)]
    assert rows == [urgent.pk, unknown.pk, late.pk]


def test_the_queue_takes_as_many_queries_for_forty_requests_as_for_two(desk, centre, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as taken:
            assert desk.get(reverse("desk:queue")).status_code == 200
        return len(taken)

    for urgency in (Urgency.U1, Urgency.U3):
        centre.request(urgency)
    two = queries()
    again = queries()
    assert again < two, "rows that are kept are not asked for again"
    for _ in range(38):
        centre.request(Urgency.U2)
    assert queries() <= two + 1, "one to see what happened, and those rows alone"
    assert queries() == again


def test_a_row_of_the_queue_holds_no_word_of_the_dossier(desk, centre):
    row = centre.request()
    for field, value in (("callback", "0301234567"), ("name", "Geheim"), ("street", "Slotlaan")):
        dossier.write(request=row.pk, field=field, value=value, at=centre.now, by=centre.triagist)
    page = desk.get(reverse("desk:queue")).content.decode()
    assert "Geheim" not in page and "Slotlaan" not in page and "301234567" not in page
    assert not AccessEntry.objects.filter(request=row.pk, deed=Deed.READ.value).exists()


def test_an_overdue_reassessment_and_a_lost_line_stand_on_top(desk, centre, later):
    row = centre.request(Urgency.U1)
    lost = centre.request(None)
    care_request.drop(request=lost.pk, at=centre.now, by=centre.triagist)
    later(6 * MINUTE)
    do_due()
    page = desk.get(reverse("desk:queue")).content.decode()
    assert f'id="alarms-{row.pk}"' in page and f'id="alarms-{lost.pk}"' in page


def test_the_room_says_which_desks_share_it_and_when_the_others_join(desk, monkeypatch):
    night = clock.as_ms(clock.as_datetime(1_767_312_000_000))  # Friday 2 January 2026, 01:00 in Amsterdam
    monkeypatch.setattr(clock, "now_ms", lambda: night)
    said = text(desk.get(reverse("desk:room")))
    assert re.search(r"In the room now .*HAP Eemland until .*08:00", said)
    day = night + 11 * 60 * MINUTE
    monkeypatch.setattr(clock, "now_ms", lambda: day)
    said = text(desk.get(reverse("desk:room")))
    assert re.search(r"Outside it .*HAP Eemland, joins 23:00 ?, not open until 17:00 ?, calls go to ZCC", said)


@pytest.mark.parametrize("seat", ["privacy_officer"])
def test_who_is_not_of_the_desk_is_told_for_whom_it_is(as_person, centre, seat):
    response = as_person(getattr(centre, seat)).get(reverse("desk:queue"))
    assert response.status_code == 403
    assert "This screen is for" in text(response)


# ---------------------------------------------------------------- calls


def test_n_begins_a_request_once_however_often_it_is_pressed(desk):
    key = uuid.uuid4().hex
    first = desk.post(reverse("desk:new"), {"channel": "phone", "key": key})
    again = desk.post(reverse("desk:new"), {"channel": "phone", "key": key})
    assert first.url == again.url
    assert CareRequest.objects.count() == 1


def test_a_wrong_channel_is_refused_with_what_came(desk):
    response = desk.post(reverse("desk:new"), {"channel": "fax"})
    assert response.status_code == 400
    assert "fax" in text(response) and "phone" in text(response)
    assert not CareRequest.objects.exists()


def test_one_key_claims_the_oldest_call_and_only_that(desk, centre):
    old = care_request.ring(channel=Channel.PHONE, at=centre.now - 30 * SECOND, by=None)
    new = care_request.ring(channel=Channel.PHONE, at=centre.now, by=None)
    key = uuid.uuid4().hex
    assert desk.post(reverse("desk:claim_oldest"), {"key": key}).url == at("case", old)
    assert desk.post(reverse("desk:claim_oldest"), {"key": key}).url == at("case", old)
    assert CareRequest.objects.get(pk=new).status is RequestStatus.RINGING
    assert CareRequest.objects.get(pk=old).handler_id == centre.triagist.person


def test_claiming_when_nobody_rings_is_a_sentence(desk):
    response = desk.post(reverse("desk:claim_oldest"))
    assert response.status_code == 409
    assert "No call is ringing" in text(response)


def test_a_missed_call_can_be_called_back(desk, centre):
    key = care_request.ring(channel=Channel.PHONE, at=centre.now, by=None)
    desk.post(at("miss", key))
    assert f'id="missed-{key}"' in desk.get(reverse("desk:queue")).content.decode()
    assert desk.post(at("claim", key)).url == at("case", key)
    assert CareRequest.objects.get(pk=key).status is RequestStatus.RECEIVED


def test_a_colleague_takes_over_within_twenty_seconds(as_person, centre):
    key = care_request.ring(channel=Channel.PHONE, at=centre.now, by=None)
    care_request.answer(request=key, at=centre.now, by=centre.triagist)
    response = as_person(centre.regiearts).post(at("take_over", key))
    assert response.status_code == 302
    assert CareRequest.objects.get(pk=key).handler_id == centre.regiearts.person


def test_after_the_grace_time_the_call_stays_where_it_is(as_person, centre, later):
    key = care_request.ring(channel=Channel.PHONE, at=centre.now, by=None)
    care_request.answer(request=key, at=centre.now, by=centre.triagist)
    later(21 * SECOND)
    response = as_person(centre.regiearts).post(at("take_over", key))
    assert response.status_code == 409
    assert "grace time" in text(response)
    assert CareRequest.objects.get(pk=key).handler_id == centre.triagist.person


def test_a_stale_claim_is_anybodys(as_person, centre, later):
    row = centre.request(None)
    later(61 * SECOND)
    browser = as_person(centre.regiearts)
    page = browser.get(reverse("desk:queue")).content.decode()
    stale = int(re.search(rf'id="claims-{row.pk}"[^>]*data-stale-at="(\d+)"', page)[1])
    assert stale < clock.now_ms()
    assert browser.post(at("take_over", row)).status_code == 302
    assert fresh(row).handler_id == centre.regiearts.person


def test_a_lost_line_is_found_again_in_the_same_request(desk, centre):
    row = centre.request(None)
    desk.post(at("drop", row))
    assert fresh(row).line_lost
    desk.post(at("resume", row))
    assert not fresh(row).line_lost
    response = desk.post(at("resume", row))
    assert response.status_code == 409 and "not lost" in text(response)


# ---------------------------------------------------------------- the fields


def test_opening_a_case_is_one_line_in_the_access_log(desk, centre):
    row = centre.request()
    assert desk.get(at("case", row)).status_code == 200
    lines = AccessEntry.objects.filter(request=row.pk, deed=Deed.READ.value)
    assert [line.person_id for line in lines] == [centre.triagist.person]


def test_every_field_saves_by_itself_in_its_standard_form(desk, centre):
    row = centre.request(None)
    for field, typed, kept in (
        ("callback", "06 1234 5678", "+31612345678"),
        ("postcode", "3701gk", "3701 GK"),
        ("house_number", "12a", "12a"),
        ("bsn", "123456782", "123456782"),
        ("birth_date", "1951-03-28", "1951-03-28"),
        ("sex", "f", "f"),
        ("relation", "neighbour", "neighbour"),
    ):
        response = do(desk, "write", row, field, **{field: typed, "seen": "0"})
        assert response.status_code == 200, text(response)
        assert f'data-kept="{kept}"' in response.content.decode()
    assert fresh(row).identified is True


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("bsn", "123456789", "eleven-test"),
        ("callback", "112", "ten digits"),
        ("postcode", "99", "four digits"),
        ("birth_date", "gisteren", "1951-03-28"),
        ("street", "x" * 200, "at most 120"),
        ("sex", "q", "given values"),
    ],
)
def test_a_wrong_value_is_a_sentence_at_its_field_and_nothing_is_kept(desk, centre, field, typed, sentence):
    row = centre.request(None)
    response = do(desk, "write", row, field, **{field: typed, "seen": "0"})
    assert response.status_code == 422
    assert sentence in text(response)
    assert not DossierEntry.objects.filter(request=row, field=field).exists()


def test_two_people_in_one_field_see_mine_theirs_and_before(as_person, centre):
    row = centre.request(None)
    one, other = as_person(centre.triagist), as_person(centre.regiearts)
    before = seen(do(one, "write", row, "street", street="Slotlaan", seen="0"))
    do(other, "write", row, "street", street="Slotlaantje", seen=before)
    conflict = do(one, "write", row, "street", street="Slotweg", seen=before)
    assert conflict.status_code == 422
    body = conflict.content.decode()
    assert {"Slotlaan", "Slotlaantje", "Slotweg"} <= set(re.findall(r"<dd>([^<]+)</dd>", body))
    assert DossierEntry.objects.filter(request=row, field="street").last().value == "Slotlaantje"
    theirs = re.search(r'name="theirs" value="(\d+)"', body)[1]
    mine = do(one, "write", row, "street", street="Slotweg", seen=before, theirs=theirs, **{"conflict-street": "mine"})
    assert mine.status_code == 200
    assert DossierEntry.objects.filter(request=row, field="street").last().value == "Slotweg"


def test_taking_theirs_writes_nothing(as_person, centre):
    row = centre.request(None)
    one, other = as_person(centre.triagist), as_person(centre.regiearts)
    do(other, "write", row, "town", town="Zeist", seen="0")
    conflict = do(one, "write", row, "town", town="Soest", seen="0").content.decode()
    theirs = re.search(r'name="theirs" value="(\d+)"', conflict)[1]
    said = {"town": "Soest", "seen": "0", "theirs": theirs, "their_value": "Zeist", "conflict-town": "theirs"}
    response = one.post(at("write", row, "town"), said, headers=HTMX)
    assert 'data-kept="Zeist"' in response.content.decode()
    assert DossierEntry.objects.filter(request=row, field="town").count() == 1


def test_ones_own_earlier_value_is_no_conflict(desk, centre):
    row = centre.request(None)
    do(desk, "write", row, "street", street="Slot", seen="0")
    assert do(desk, "write", row, "street", street="Slotlaan", seen="0").status_code == 200


def test_an_unknown_field_is_not_there(desk, centre):
    assert do(desk, "write", centre.request(None), "shoe_size", shoe_size="44").status_code == 404


@pytest.mark.parametrize(
    ("typed", "code"), [("chest", "chest_pain"), ("Chest pain", "chest_pain"), ("nosebl", "nosebleed")]
)
def test_a_few_letters_choose_the_entry_complaint(desk, centre, typed, code):
    row = centre.request(None)
    assert do(desk, "question", row, "complaint", complaint=typed, seen="").status_code == 200
    assert fresh(row).complaint is Complaint(code)


def test_letters_that_fit_several_complaints_name_them(desk, centre):
    row = centre.request(None)
    response = do(desk, "question", row, "complaint", complaint="abdominal", seen="")
    assert response.status_code == 200 or "several" in text(response)
    response = do(desk, "question", row, "complaint", complaint="fever", seen="")
    assert response.status_code == 422
    assert "Fever, child" in text(response) and "Fever, adult" in text(response)


def test_an_area_that_is_not_there_is_a_sentence(desk, centre):
    row = centre.request(None, None)
    response = do(desk, "question", row, "zone", zone="Parijs", seen="")
    assert response.status_code == 422 and "Parijs" in text(response)
    assert do(desk, "question", row, "zone", zone="Zeist", seen="").status_code == 200
    assert fresh(row).zone == "zeist"


def test_an_area_that_a_colleague_chose_meanwhile_is_not_overwritten(as_person, centre):
    row = centre.request(None, None)
    do(as_person(centre.regiearts), "question", row, "zone", zone="Zeist", seen="")
    response = do(as_person(centre.triagist), "question", row, "zone", zone="Soest", seen="")
    assert response.status_code == 422 and "Zeist" in text(response)
    assert fresh(row).zone == "zeist"


def test_the_town_suggests_its_area_and_takes_nothing(desk, centre):
    row = centre.request(None, None)
    assert 'data-value="Zeist"' in do(desk, "suggestion", row, town="zeist").content.decode()
    assert "Amersfoort-Zuid" in do(desk, "suggestion", row, town="Amersfoort").content.decode()
    assert fresh(row).zone is None


def test_notes_stand_beside_each_other(desk, centre):
    row = centre.request(None)
    do(desk, "note", row, note="Hond los.", key=uuid.uuid4().hex)
    key = uuid.uuid4().hex
    for _ in range(2):
        do(desk, "note", row, note="Sleutel bij buren.", key=key)
    page = text(desk.get(at("case", row)))
    assert "Hond los." in page and page.count("Sleutel bij buren.") == 1


def test_an_unknown_person_is_an_answer(desk, centre):
    row = centre.request(None)
    assert do(desk, "unknown_person", row, key=uuid.uuid4().hex).status_code == 200
    assert "unknown person" in text(desk.get(at("case", row)))
    assert fresh(row).identified is not True


def test_a_dispatcher_sees_the_place_and_not_the_person(as_person, centre):
    row = centre.request()
    for field, value in (("street", "Slotlaan"), ("name", "Geheim"), ("words", "Verward")):
        dossier.write(request=row.pk, field=field, value=value, at=centre.now, by=centre.triagist)
    browser = as_person(centre.dispatcher)
    page = browser.get(at("case", row)).content.decode()
    assert "Slotlaan" in page and "Geheim" not in page and "Verward" not in page
    assert do(browser, "write", row, "name", name="Iemand", seen="0").status_code == 422


# ---------------------------------------------------------------- what is done with it


def test_life_in_danger_shows_the_way_to_112_at_once(desk, centre):
    row = centre.request(None)
    response = do(desk, "life_threat", row, life_threat="yes", key=uuid.uuid4().hex)
    assert "transfer the caller to 112" in text(response)
    assert fresh(row).life_threat is True
    assert "transfer the caller to 112" not in text(do(desk, "life_threat", row, life_threat="no"))
    assert do(desk, "life_threat", row, life_threat="maybe").status_code == 400


def test_urgency_is_set_with_its_reason_and_both_stand_in_the_history(desk, centre):
    row = centre.request(None)
    response = do(desk, "triage", row, urgency="U2", reason="pain", key=uuid.uuid4().hex)
    assert "Urgency U2: Severe pain" in text(response) and "Test Persoon" in text(response)
    assert fresh(row).urgency is Urgency.U2
    assert do(desk, "triage", row, urgency="U9", reason="pain").status_code == 400
    assert do(desk, "triage", row, urgency="U1").status_code == 400


def test_everybody_raises_and_only_the_regiearts_lowers(as_person, centre):
    row = centre.request(Urgency.U3)
    triagist, regiearts = as_person(centre.triagist), as_person(centre.regiearts)
    assert do(triagist, "raise", row, urgency="U1", reason="worsening").status_code == 200
    refused = do(triagist, "lower", row, urgency="U4", reason="improved")
    assert refused.status_code == 409 and "Regiearts" in text(refused)
    assert "it is for Regiearts" in text(triagist.get(at("case_state", row)))
    lowered = do(regiearts, "lower", row, urgency="U2", reason="consult")
    assert "Urgency raised to U1" in text(lowered) and "Urgency lowered to U2" in text(lowered)
    assert do(triagist, "raise", row, urgency="U4", reason="pain").status_code == 409


def test_asking_again_ends_the_alarm(desk, centre, later):
    row = centre.request(Urgency.U1)
    later(6 * MINUTE)
    do_due()
    assert fresh(row).reassess_overdue
    do(desk, "reassess", row, key=uuid.uuid4().hex)
    assert not fresh(row).reassess_overdue


def test_the_lead_is_one_named_person_and_passes_by_acceptance(as_person, centre):
    row = centre.request()
    triagist, regiearts = as_person(centre.triagist), as_person(centre.regiearts)
    do(triagist, "offer_lead", row, to=centre.regiearts.person)
    assert fresh(row).lead_id == centre.triagist.person
    assert "Will you take the clinical lead" in text(regiearts.get(at("case_state", row)))
    assert f'id="asked-{row.pk}"' in regiearts.get(reverse("desk:queue")).content.decode()
    assert f'id="asked-{row.pk}"' not in triagist.get(reverse("desk:queue")).content.decode()
    do(regiearts, "decline_lead", row)
    assert fresh(row).lead_offered_id is None
    do(triagist, "offer_lead", row, to=centre.regiearts.person)
    assert do(triagist, "accept_lead", row).status_code == 409
    do(regiearts, "accept_lead", row)
    assert fresh(row).lead_id == centre.regiearts.person


def test_the_giver_owns_it_until_the_partner_accepts(desk, centre):
    row = centre.request()
    partner = Organisation.objects.filter(kind="hap").first()
    said = text(do(desk, "offer_ownership", row, to=partner.pk))
    assert f"{partner.name} was asked" in said and centre.organisation.name in said
    assert fresh(row).owner_id == centre.organisation.pk
    assert do(desk, "accept_ownership", row).status_code == 409
    assert do(desk, "offer_ownership", row, to=centre.organisation.pk).status_code == 409


def test_a_second_call_about_the_same_patient_is_noticed_and_logged(desk, centre):
    first, second = centre.request(), centre.request(None)
    for row in (first, second):
        dossier.write(request=row.pk, field="callback", value="0301234567", at=centre.now, by=centre.triagist)
        dossier.write(request=row.pk, field="bsn", value="123456782", at=centre.now, by=centre.triagist)
    said = text(desk.get(at("case_second", second)))
    assert "same number" in said and "same patient" in said and str(first.pk) in said
    assert AccessEntry.objects.filter(request=second.pk, deed=Deed.SEARCH.value).count() == 1


def test_saving_a_number_asks_for_a_second_call_to_be_looked_for(desk, centre):
    response = do(desk, "write", centre.request(None), "callback", callback="0301234567", seen="0")
    assert response["HX-Trigger"] == "contact"


def test_linked_requests_show_each_other(desk, centre):
    one, other = centre.request(), centre.request(Urgency.U1)
    do(desk, "link", one, to=other.pk)
    assert "Same incident" in text(desk.get(at("case_state", one)))
    assert "Same incident" in text(desk.get(at("case_state", other)))
    assert do(desk, "link", one, to=one.pk).status_code == 409
    assert do(desk, "link", one, to="x").status_code == 400


def test_a_merged_request_leads_to_the_one_that_goes_on(desk, centre):
    one, other = centre.request(None), centre.request()
    response = do(desk, "merge", one, to=other.pk)
    assert response["HX-Redirect"] == at("case", other)
    assert fresh(one).merged_into_id == other.pk
    assert f"goes on as request {other.pk}" in text(desk.get(at("case_state", one)))
    assert JournalEntry.objects.filter(request=one.pk).count() > 1


def test_closing_with_work_open_says_what_is_open(desk, centre):
    row = centre.request()
    task = follow_up.ask(
        request=row.pk, need=FollowUpKind.HOME_NURSING, takes_over=False, at=centre.now, by=centre.coordinator
    )
    refused = do(desk, "close", row, reason="care_given")
    assert refused.status_code == 409 and "1 follow-ups" in text(refused)
    assert "still work open" in text(desk.get(at("case_state", row)))
    follow_up.cancel(follow_up=task, reason=_cancel(), at=centre.now, by=centre.coordinator)
    assert do(desk, "close", row, reason="care_given").status_code == 200
    assert fresh(row).close_reason is CloseReason.CARE_GIVEN
    do(desk, "reopen", row, reason="worse")
    assert fresh(row).status is RequestStatus.RECEIVED


def _cancel():
    from schakel.domain.vocabulary import CancelReason

    return CancelReason.NO_LONGER_NEEDED


def test_a_professional_gets_one_number_and_what_is_asked_stays_open(desk, centre):
    page = desk.post(reverse("desk:new"), {"channel": "professional"}, follow=True)
    row = CareRequest.objects.get()
    assert f"Case number {row.pk}" in text(page)
    partner = Organisation.objects.filter(kind="hap").first()
    key = uuid.uuid4().hex
    for _ in range(2):
        response = do(desk, "professional", row, organisation=partner.pk, need="short_stay", key=key)
        assert response.status_code == 200
    assert [task.need for task in FollowUp.objects.filter(request=row)] == [FollowUpKind.SHORT_STAY]
    notes = DossierEntry.objects.filter(request=row, field="note")
    assert [note.value for note in notes] == [f"Asked by {partner.name}: Short-stay bed."]


def test_what_happened_stands_in_words_for_every_kind_of_event():
    from schakel.desk.timeline import SENTENCES
    from schakel.domain.events import EVENTS

    of_requests = {kind.__name__ for kind in EVENTS if "request" in kind.__dataclass_fields__}
    assert set(SENTENCES) == of_requests


def test_the_timeline_of_a_case_with_a_job_names_unit_and_author(desk, centre):
    row = centre.request()
    job, _crew = centre.job(row)
    said = text(desk.get(at("case", row)))
    assert f"{job.unit.callsign} accepted" in said


# ---------------------------------------------------------------- presence, numbers, the glass


def test_a_colleague_in_the_case_is_seen_and_leaves_after_two_minutes(as_person, centre, later):
    row = centre.request()
    one, other = as_person(centre.triagist), as_person(centre.regiearts)
    other.get(at("case", row))
    assert "is in this case" in text(one.get(at("case_presence", row)))
    later(121 * SECOND)
    assert "is in this case" not in text(one.get(at("case_presence", row)))


def test_what_a_colleague_wrote_is_told_by_field_and_never_by_value(as_person, centre):
    row = centre.request()
    dossier.write(request=row.pk, field="street", value="Slotlaan", at=centre.now, by=centre.regiearts)
    said = text(as_person(centre.triagist).get(at("case_presence", row) + "?since=0"))
    assert "Street" in said and "Slotlaan" not in said


@pytest.mark.parametrize(("typed", "status"), [("12345", 404), ("abc", 404), ("", 404), ("-1", 404), ("9" * 40, 404)])
def test_a_number_that_leads_nowhere_is_a_sentence(desk, typed, status):
    response = desk.get(reverse("desk:goto"), {"q": typed})
    assert response.status_code == status
    assert "request" in text(response).lower()


def test_a_number_leads_to_its_request(desk, centre):
    row = centre.request()
    for typed in (str(row.pk), f"#{row.pk}", f" {row.pk} "):
        assert desk.get(reverse("desk:goto"), {"q": typed}).url == at("case", row)


@pytest.fixture
def over(centre, later):
    """A request that closed two days ago: its dossier is closed to the centre."""
    row = centre.request()
    dossier.write(request=row.pk, field="name", value="Geheim", at=centre.now, by=centre.triagist)
    care_request.close(request=row.pk, reason=CloseReason.CARE_GIVEN, at=centre.now, by=centre.triagist)
    later(2 * DAY)
    return fresh(row)


def test_a_closed_dossier_shows_its_logistics_and_the_way_in(desk, over):
    response = desk.get(at("case", over))
    assert response.status_code == 403
    assert "You have no part" in text(response) and "Break the glass" in text(response)
    assert "Geheim" not in text(response) and "U2" in text(response)


def test_breaking_the_glass_opens_it_marked_logged_and_for_an_hour(desk, over, later):
    response = desk.post(
        at("break_glass", over), {"reason": "danger", "words": "Patiënt ligt bewusteloos.", "key": uuid.uuid4().hex}
    )
    assert response.url == at("case", over)
    page = desk.get(at("case", over))
    assert "Emergency procedure" in text(page) and "Geheim" in page.content.decode()
    assert AccessEntry.objects.filter(request=over.pk, deed=Deed.BREAK_GLASS.value, emergency=True).count() == 1
    read = AccessEntry.objects.filter(request=over.pk, deed=Deed.READ.value).last()
    assert read.emergency and read.ground == "glass: danger"
    later(61 * MINUTE)
    assert desk.get(at("case", over)).status_code == 403


def test_the_glass_asks_why_and_keeps_what_was_typed(desk, over):
    response = desk.post(at("break_glass", over), {"reason": "danger", "words": "kort"})
    assert response.status_code == 422
    assert "at least 10 characters" in text(response) and ">kort</textarea>" in response.content.decode()
    assert not BrokenGlass.objects.exists()


def test_a_dispatcher_has_no_glass_to_break(as_person, centre, over):
    browser = as_person(centre.dispatcher)
    assert "In your words" not in text(browser.get(at("case", over)))
    response = browser.post(at("break_glass", over), {"reason": "danger", "words": "Ik wil het even zien."})
    assert response.status_code == 409
    assert not BrokenGlass.objects.exists()


def test_an_ordinary_case_has_no_mark_of_the_glass(desk, centre):
    assert "Emergency procedure" not in text(desk.get(at("case", centre.request())))


def test_a_verb_without_part_in_the_request_is_refused(as_person, centre):
    row = centre.request()
    stranger = as_person(centre.partner("hospital", Role.TRIAGIST))
    for name, said in (
        ("triage", {"urgency": "U1", "reason": UrgencyReason.PAIN.value}),
        ("close", {"reason": "advice_given"}),
    ):
        response = do(stranger, name, row, **said)
        assert response.status_code in (404, 409)
    assert fresh(row).urgency is Urgency.U2


JUNK = ("", "x", "\0", "-1", "9" * 40, "<script>", "é" * 3000, "0")


def _addresses(key: int):
    from schakel.desk import urls

    for pattern in urls.urlpatterns:
        if not hasattr(pattern, "name"):
            continue
        known = {"request_key": key, "field": "street", "name": "zone"}
        named = {name: known[name] for name in pattern.pattern.converters}
        yield reverse(f"desk:{pattern.name}", kwargs=named)


@pytest.mark.parametrize("junk", JUNK)
def test_no_junk_in_any_form_of_the_desk_is_an_error_of_ours(desk, centre, junk):
    row = centre.request()
    names = ("key", "channel", "urgency", "reason", "to", "words", "note", "need", "organisation", "life_threat")
    said = dict.fromkeys((*names, "street", "zone", "seen", "theirs", "their_value", "town", "q", "since"), junk)
    for address in _addresses(row.pk):
        for response in (desk.post(address, said), desk.post(address, said, headers=HTMX), desk.get(address, said)):
            assert response.status_code < 500, f"{address}: {response.status_code}"


@pytest.mark.parametrize("key", [0, 10**6, 10**30])
def test_no_number_of_a_request_is_an_error_of_ours(desk, key):
    for address in _addresses(key):
        if str(key) in address:
            for response in (desk.get(address), desk.post(address, {"reason": "pain", "urgency": "U1", "to": "3"})):
                assert 400 <= response.status_code < 500, f"{address}: {response.status_code}"
