"""One incident, several requests: joined and left as a whole, with one lead, whoever does it and how often."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from doings import says_what_to_do
from schakel.accounts.models import AccessEntry, Deed, Person
from schakel.domain.events import Subject
from schakel.domain.reasons import Refused
from schakel.domain.vocabulary import CloseReason, Role, Urgency
from schakel.operations import journal
from schakel.operations.actions import care_request, dossier, incident
from schakel.operations.models import CareRequest, DossierEntry, JournalEntry
from together import together

pytestmark = pytest.mark.django_db


def number_of(row: CareRequest) -> int | None:
    return CareRequest.objects.get(pk=row.pk).incident


def lead_of(row: CareRequest) -> int | None:
    return CareRequest.objects.get(pk=row.pk).incident_lead_id


def rows_are_their_histories() -> None:
    for row in CareRequest.objects.all():
        assert row.state == journal.refold(Subject.REQUEST, row.pk)


@pytest.fixture
def four(centre):
    """Four requests of nobody's incident."""
    return [centre.request(Urgency.U2) for _ in range(4)]


@pytest.fixture
def join(centre):
    def joined(request, to, by=None):
        incident.join(request=request.pk, to=to.pk, at=centre.now, by=by or centre.triagist)

    return joined


@pytest.fixture
def leave(centre):
    def left(request, by=None):
        incident.leave(request=request.pk, at=centre.now, by=by or centre.triagist)

    return left


# ---------------------------------------------------------------- joining


def test_two_incidents_that_are_one_become_one_wholly(four, join):
    a, b, c, d = four
    join(a, b)
    join(c, d)
    join(d, a)
    assert {number_of(row) for row in four} == {a.pk}
    assert len({lead_of(row) for row in four}) == 1
    rows_are_their_histories()


def test_a_closed_request_goes_along_when_its_incident_becomes_another(four, join, centre):
    a, b, c, d = four
    join(a, b)
    join(c, d)
    care_request.close(request=d.pk, reason=CloseReason.ADVICE_GIVEN, at=centre.now, by=centre.triagist)
    join(c, a)
    assert number_of(d) == a.pk
    rows_are_their_histories()


def test_an_incident_keeps_its_number_when_an_older_request_joins(four, join):
    a, b, c, _d = four
    join(c, b)
    join(a, c)
    assert {number_of(row) for row in (a, b, c)} == {b.pk}


def test_joining_twice_changes_nothing(four, join):
    a, b, _c, _d = four
    join(a, b)
    before = JournalEntry.objects.count()
    join(b, a)
    assert JournalEntry.objects.count() == before


def test_the_same_key_joins_once(four, centre):
    a, b, _c, _d = four
    for _ in range(2):
        incident.join(request=a.pk, to=b.pk, at=centre.now, by=centre.triagist, key="pressed-twice")
    assert JournalEntry.objects.filter(kind="Linked").count() == 2


def test_what_is_over_or_the_same_is_not_joined(four, join, centre):
    a, b, _c, _d = four
    care_request.close(request=b.pk, reason=CloseReason.ADVICE_GIVEN, at=centre.now, by=centre.triagist)
    for one, to in ((a, b), (a, a), (b, a)):
        with pytest.raises(Refused) as refused:
            join(one, to)
        assert says_what_to_do(refused.value)
    assert number_of(a) is None


@pytest.mark.parametrize("kind", ["vvt", "hospital"])
def test_without_a_part_in_it_nobody_joins_leaves_or_leads(four, join, leave, centre, kind):
    a, b, c, _d = four
    join(a, b)
    stranger = centre.partner(kind, Role.TRIAGIST, Role.PARTNER)
    tries = (
        lambda: join(c, a, by=stranger),
        lambda: leave(a, by=stranger),
        lambda: incident.lead(request=a.pk, over=lead_of(a), at=centre.now, by=stranger),
        lambda: incident.another(request=a.pk, at=centre.now, by=stranger),
    )
    count = CareRequest.objects.count()
    for one in tries:
        with pytest.raises(Refused):
            one()
    assert (number_of(a), number_of(c), CareRequest.objects.count()) == (a.pk, None, count)


def test_merging_a_patient_of_one_incident_into_one_of_another_makes_them_one(four, join, centre):
    a, b, c, d = four
    join(a, b)
    join(c, d)
    care_request.merge(request=c.pk, into=a.pk, at=centre.now, by=centre.triagist)
    assert {number_of(row) for row in four} == {a.pk}
    rows_are_their_histories()


def test_merging_a_patient_of_an_incident_takes_the_incident_along(four, join, centre):
    a, b, c, _d = four
    join(b, c)
    care_request.merge(request=b.pk, into=a.pk, at=centre.now, by=centre.triagist)
    assert number_of(a) == number_of(c) == b.pk
    rows_are_their_histories()


# ---------------------------------------------------------------- leaving


def test_who_leaves_two_leaves_no_incident_of_one(four, join, leave):
    a, b, _c, _d = four
    join(a, b)
    leave(b)
    assert number_of(a) is None is number_of(b) and lead_of(a) is None
    rows_are_their_histories()


def test_who_leaves_three_leaves_two_together(four, join, leave):
    a, b, c, _d = four
    join(a, b)
    join(c, a)
    leave(b)
    assert number_of(b) is None and number_of(a) == number_of(c) == a.pk


def test_when_the_number_giver_leaves_its_number_is_free_for_another_incident(four, join, leave):
    a, b, c, d = four
    join(a, b)
    join(c, a)
    lead = lead_of(a)
    leave(a)
    assert number_of(b) == number_of(c) == b.pk and lead_of(b) == lead_of(c) == lead
    join(a, d)
    assert number_of(a) == number_of(d) == a.pk != number_of(b)
    rows_are_their_histories()


def test_what_was_merged_into_it_leaves_with_it(four, join, leave, centre):
    a, b, c, d = four
    join(a, b)
    join(c, a)
    join(d, a)
    care_request.merge(request=d.pk, into=c.pk, at=centre.now, by=centre.triagist)
    leave(c)
    assert number_of(c) is None is number_of(d) and number_of(a) == number_of(b) == a.pk
    rows_are_their_histories()


def test_leaving_nothing_is_a_sentence(four, leave):
    with pytest.raises(Refused) as refused:
        leave(four[0])
    assert says_what_to_do(refused.value)


# ---------------------------------------------------------------- the lead


def test_who_joins_leads_until_a_colleague_takes_it(four, join, centre):
    a, b, c, _d = four
    join(a, b)
    assert lead_of(a) == lead_of(b) == centre.triagist.person
    incident.lead(request=b.pk, over=centre.triagist.person, at=centre.now, by=centre.dispatcher)
    assert lead_of(a) == lead_of(b) == centre.dispatcher.person
    join(c, a)
    assert lead_of(c) == centre.dispatcher.person, "whoever comes later has the same lead"
    rows_are_their_histories()


def test_of_two_who_take_the_lead_the_second_is_told_who_has_it(four, join, centre):
    a, b, _c, _d = four
    join(a, b)
    seen = lead_of(a)
    incident.lead(request=a.pk, over=seen, at=centre.now, by=centre.dispatcher)
    with pytest.raises(Refused) as refused:
        incident.lead(request=b.pk, over=seen, at=centre.now, by=centre.regiearts)
    assert says_what_to_do(refused.value) and "Test Persoon" in str(refused.value)
    with pytest.raises(Refused):
        incident.lead(request=b.pk, over=lead_of(b), at=centre.now, by=centre.dispatcher)


def test_no_incident_no_lead(four, centre):
    with pytest.raises(Refused):
        incident.lead(request=four[0].pk, over=None, at=centre.now, by=centre.dispatcher)


# ---------------------------------------------------------------- one more patient of the same caller


def test_one_more_patient_begins_with_the_caller_and_without_the_place(centre):
    first = centre.request()
    for field, value in (("callback", "0301234567"), ("caller", "Beller"), ("street", "Slotlaan"), ("name", "Jansen")):
        dossier.write(request=first.pk, field=field, value=value, at=centre.now, by=centre.triagist)
    reads = AccessEntry.objects.filter(request=first.pk, deed=Deed.READ.value).count()
    keys = {incident.another(request=first.pk, at=centre.now, by=centre.regiearts, key="once") for _ in range(2)}
    [key] = keys
    kept = dict(DossierEntry.objects.filter(request=key).values_list("field", "value"))
    assert kept == {"callback": "+31301234567", "caller": "Beller"}
    one = CareRequest.objects.get(pk=key)
    assert one.incident == number_of(first) == first.pk and one.handler_id == centre.regiearts.person
    assert one.zone is None and one.urgency is None and one.channel is first.channel
    assert AccessEntry.objects.filter(request=first.pk, deed=Deed.READ.value).count() == reads + 1
    rows_are_their_histories()


def test_a_dispatcher_takes_along_only_what_a_dispatcher_sees(centre):
    first = centre.request()
    for field, value in (("callback", "0301234567"), ("caller", "Beller")):
        dossier.write(request=first.pk, field=field, value=value, at=centre.now, by=centre.triagist)
    key = incident.another(request=first.pk, at=centre.now, by=centre.dispatcher)
    assert list(DossierEntry.objects.filter(request=key).values_list("field", flat=True)) == ["callback"]


def test_a_request_that_is_over_has_no_next_patient(centre):
    first = centre.request()
    care_request.close(request=first.pk, reason=CloseReason.ADVICE_GIVEN, at=centre.now, by=centre.triagist)
    with pytest.raises(Refused):
        incident.another(request=first.pk, at=centre.now, by=centre.triagist)
    assert CareRequest.objects.count() == 1


# ---------------------------------------------------------------- through the door


@pytest.fixture
def desk(centre, settings):
    settings.LANGUAGE_CODE = "en"

    def of(viewer):
        browser = Client()
        browser.force_login(Person.objects.get(pk=viewer.person), backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return of


def post(browser, name, row, **said):
    return browser.post(reverse(f"desk:{name}", args=[row.pk]), said, headers={"HX-Request": "true"})


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_every_request_of_an_incident_shows_it_with_its_lead_and_the_others(four, desk, centre):
    a, b, c, _d = four
    browser = desk(centre.triagist)
    post(browser, "link", a, to=b.pk)
    said = text(post(browser, "link", c, to=a.pk))
    assert f"Incident {a.pk}" in said and "Lead of the incident Test Persoon" in said
    assert "Lead this incident" not in said, "who leads it has no button for that"
    for row, others in ((a, (b, c)), (b, (a, c))):
        page = browser.get(reverse("desk:case_state", args=[row.pk])).content.decode()
        assert all(f'href="{reverse("desk:case", args=[other.pk])}"' in page for other in others)
    queue = browser.get(reverse("desk:queue")).content.decode()
    assert queue.count(f"incident {a.pk}<") == 3
    waiting = desk(centre.dispatcher).get(reverse("desk:dispatch")).content.decode()
    assert waiting.count(f"incident {a.pk}<") == 3


def test_the_lead_is_taken_and_the_incident_left_through_the_door(four, desk, centre):
    a, b, c, _d = four
    browser, other = desk(centre.triagist), desk(centre.dispatcher)
    post(browser, "link", a, to=b.pk)
    post(browser, "link", c, to=a.pk)
    state = other.get(reverse("desk:case_state", args=[b.pk])).content.decode()
    seen = re.search(r'name="over" value="(\d*)"', state)[1]
    assert post(other, "lead_incident", b, over=seen).status_code == 200
    assert lead_of(a) == centre.dispatcher.person
    late = post(desk(centre.regiearts), "lead_incident", a, over=seen)
    assert late.status_code == 409 and "Meanwhile" in text(late)
    assert "Incident" not in text(post(browser, "unlink", c))
    assert post(browser, "unlink", c).status_code == 409
    assert number_of(c) is None and number_of(a) == a.pk


def test_another_patient_opens_as_a_request_of_its_own_once(four, desk, centre):
    a, *_ = four
    answers = {post(desk(centre.triagist), "another", a, key="pressed-twice")["HX-Redirect"] for _ in range(2)}
    [address] = answers
    newest = CareRequest.objects.order_by("-pk").first()
    assert address == reverse("desk:case", args=[newest.pk]) and newest.incident == a.pk
    assert CareRequest.objects.count() == 5


def test_a_request_that_this_person_may_not_know_of_is_not_among_the_others(four, desk, centre, join):
    a, b, _c, _d = four
    join(a, b)
    partner = centre.partner("vvt")
    to = next(iter(partner.seats)).organisation
    care_request.offer_ownership(request=b.pk, to=to, at=centre.now, by=centre.triagist)
    care_request.accept_ownership(request=b.pk, at=centre.now, by=partner)
    said = text(desk(centre.triagist).get(reverse("desk:case_state", args=[a.pk])))
    assert "Nothing else in it is open to you" in said


# ---------------------------------------------------------------- many at once


@pytest.mark.django_db(transaction=True)
def test_four_who_join_a_ring_of_requests_at_once_make_one_incident(centre):
    for _ in range(3):
        rows = [centre.request() for _ in range(4)]
        people = [centre.triagist, centre.regiearts, centre.coordinator, centre.lead]
        outcomes = together(
            *(
                lambda one=one, to=to, by=by: incident.join(request=one.pk, to=to.pk, at=centre.now, by=by)
                for one, to, by in zip(rows, [*rows[1:], rows[0]], people, strict=True)
            )
        )
        assert outcomes == [None] * 4
        assert len({(number_of(row), lead_of(row)) for row in rows}) == 1
    rows_are_their_histories()


@pytest.mark.django_db(transaction=True)
def test_joining_and_leaving_at_once_ends_as_if_one_came_after_the_other(centre):
    for _ in range(3):
        a, b, c = (centre.request() for _ in range(3))
        incident.join(request=a.pk, to=b.pk, at=centre.now, by=centre.triagist)
        outcomes = together(
            lambda a=a, c=c: incident.join(request=c.pk, to=a.pk, at=centre.now, by=centre.regiearts),
            lambda b=b: incident.leave(request=b.pk, at=centre.now, by=centre.triagist),
        )
        assert outcomes == [None, None]
        assert number_of(b) is None
        assert number_of(a) == number_of(c) is not None
    rows_are_their_histories()


@pytest.mark.django_db(transaction=True)
def test_a_call_with_its_number_and_a_name_that_is_written_do_not_wait_for_each_other(centre):
    """Both write in the journal and in the access log: in the same order, or each could hold what the other needs."""
    from schakel.domain.vocabulary import Channel

    if connection.vendor != "postgresql":
        pytest.skip("Set SCHAKEL_DATABASE to a PostgreSQL server to see writers that do not wait for each other.")
    rows = [centre.request() for _ in range(25)]

    def rings():
        for _ in rows:
            care_request.ring(channel=Channel.PHONE, callback="0301234567", at=centre.now, by=centre.triagist)

    def writes():
        for row in rows:
            dossier.write(request=row.pk, field="name", value="Jansen", at=centre.now, by=centre.regiearts)

    assert together(rings, writes) == [None, None]
