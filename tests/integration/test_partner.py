"""The partner's own page: it sees its own and nothing else, answers, says how much room there is, and asks."""

from __future__ import annotations

import pytest
from django.urls import reverse

from schakel.accounts.models import AccessEntry, Deed, Organisation, Person
from schakel.domain.access import Category
from schakel.domain.durations import MINUTE
from schakel.domain.reasons import Refused
from schakel.domain.states import DeploymentStatus, FollowUpStatus, RequestStatus
from schakel.domain.vocabulary import Care, Channel, FollowUpKind, Role, Source
from schakel.operations import journal
from schakel.operations.actions import care_request, deployment, dossier, follow_up, place, professional
from schakel.operations.models import CareRequest, Deployment, DossierEntry, FollowUp, JournalEntry, Place, Timer
from schakel.operations.timers import do_due
from schakel.screens.lists import snapshot

pytestmark = pytest.mark.django_db

NAME = "Jansen-Puk"
WORDS = "gevallen in de keuken"
LISTS = ("follow_ups", "jobs", "ownership", "follow_ups_in_hand", "jobs_in_hand", "owned", "rang")


def enter(client, viewer):
    """The browser of somebody who has logged in."""
    client.force_login(Person.objects.get(pk=viewer.person), backend="django.contrib.auth.backends.ModelBackend")
    return client


def organisation(viewer):
    return next(iter(viewer.seats)).organisation


def a_request(centre):
    row = centre.request()
    for field, value in {"name": NAME, "words": WORDS, "callback": "0612345678"}.items():
        dossier.write(request=row.pk, field=field, value=value, at=centre.now, by=centre.triagist)
    return row


def asked_to_take(centre, partner, *, need=FollowUpKind.HOME_NURSING, takes_over=False):
    """A follow-up that was offered to this partner's organisation."""
    request = a_request(centre)
    key = follow_up.ask(request=request.pk, need=need, takes_over=takes_over, at=centre.now, by=centre.triagist)
    follow_up.offer(follow_up=key, partner=organisation(partner), at=centre.now, by=centre.coordinator)
    return FollowUp.objects.get(pk=key)


def an_appointment(centre, partner):
    """An appointment that was asked of this GP post."""
    row = Place.objects.filter(organisation=organisation(partner), kind="hap").first()
    key = deployment.offer(
        request=a_request(centre).pk, care=Care.HAP_APPOINTMENT, place=row.pk, at=centre.now, by=centre.dispatcher
    )
    return Deployment.objects.get(pk=key)


def shown(viewer):
    """Everything on the live lists of this person: the numbers of the rows, by list."""
    lists = snapshot(viewer, [f"partner_{name}" for name in LISTS]).lists
    return {name.removeprefix("partner_"): [row.id for row in rows] for name, rows in lists.items() if rows}


def others(centre, viewer):
    """Somebody at another partner of the same kind, and at one of each other kind."""
    mine = Organisation.objects.get(pk=organisation(viewer))
    for kind in ("vvt", "ggz", "hap", "hospital"):
        other = Organisation.objects.filter(kind=kind).exclude(pk=mine.pk).first()
        if other:
            yield centre.person(Role.PARTNER, Role.PARTNER_COORDINATOR, at=other)


# ---------------------------------------------------------------- who sees what


def test_another_partner_sees_nothing_of_it(centre, client):
    partner = centre.partner("vvt")
    task = asked_to_take(centre, partner)
    hap = centre.partner("hap")
    job = an_appointment(centre, hap)
    care_request.offer_ownership(
        request=task.request_id, to=organisation(partner), at=centre.now, by=centre.coordinator
    )
    assert shown(partner) == {
        "follow_ups": [f"partner-follow_ups-{task.pk}"],
        "ownership": [f"partner-ownership-{task.request_id}"],
    }
    for other in others(centre, partner):
        if organisation(other) != organisation(hap):
            assert shown(other) == {}
        enter(client, other)
        for name in ("request", "state"):
            answer = client.get(reverse(f"partner:{name}", args=[task.request_id]))
            assert answer.content == b"" or answer.status_code == 409
            assert WORDS not in answer.content.decode()
        head = journal.head()
        for name, key, said in (
            ("accept_follow_up", task.pk, {}),
            ("decline_follow_up", task.pk, {"reason": "no_capacity"}),
            ("finish_follow_up", task.pk, {}),
            ("accept_ownership", task.request_id, {}),
            ("decline_ownership", task.request_id, {"reason": "no_capacity"}),
            ("close", task.request_id, {"reason": "care_given"}),
        ):
            assert client.post(reverse(f"partner:{name}", args=[key]), said).status_code == 409
        if organisation(other) != organisation(hap):
            for name, said in (
                ("accept_job", {}),
                ("decline_job", {"reason": "break"}),
                ("report", {"report": "Cleared"}),
            ):
                assert client.post(reverse(f"partner:{name}", args=[job.pk]), said).status_code == 409
        assert journal.head() == head


def test_a_partner_in_the_same_request_cannot_answer_for_another(centre, client):
    mine, theirs = centre.partner("vvt"), centre.partner("ggz")
    task = asked_to_take(centre, mine)
    other = follow_up.ask(
        request=task.request_id, need=FollowUpKind.MENTAL_HEALTH, takes_over=False, at=centre.now, by=centre.triagist
    )
    follow_up.offer(follow_up=other, partner=organisation(theirs), at=centre.now, by=centre.coordinator)
    assert enter(client, theirs).post(reverse("partner:accept_follow_up", args=[task.pk])).status_code == 409
    page = client.get(reverse("partner:request", args=[task.request_id]))
    assert [one.pk for one in page.context["tasks"]] == [other]
    task.refresh_from_db()
    assert task.status is FollowUpStatus.OFFERED


def test_before_acceptance_a_partner_sees_what_it_needs_to_judge_and_not_who_it_is(centre, client):
    partner = centre.partner("vvt")
    task = asked_to_take(centre, partner)
    page = enter(client, partner).get(reverse("partner:request", args=[task.request_id])).content.decode()
    assert WORDS in page
    assert NAME not in page
    assert "612345678" not in page
    assert AccessEntry.objects.last().categories == Category.MEDICAL.value


def test_after_acceptance_everything_is_shown_and_after_it_is_done_it_closes(centre, client):
    partner = centre.partner("vvt")
    task = asked_to_take(centre, partner)
    enter(client, partner).post(reverse("partner:accept_follow_up", args=[task.pk]))
    address = reverse("partner:request", args=[task.request_id])
    before = AccessEntry.objects.count()
    assert NAME in client.get(address).content.decode()
    assert AccessEntry.objects.count() == before + 1
    client.post(reverse("partner:finish_follow_up", args=[task.pk]))
    page = client.get(address).content.decode()
    assert NAME not in page
    assert WORDS not in page
    assert AccessEntry.objects.count() == before + 1


def test_the_part_that_is_refreshed_reads_no_dossier_and_asks_for_the_page_when_more_may_be_seen(centre, client):
    partner = centre.partner("vvt")
    task = asked_to_take(centre, partner)
    enter(client, partner)
    before = AccessEntry.objects.count()
    address = reverse("partner:state", args=[task.request_id])
    assert WORDS not in client.get(address, {"seen": "medical"}).content.decode()
    follow_up.accept(follow_up=task.pk, at=centre.now, by=partner)
    assert client.get(address, {"seen": "medical"}).headers["HX-Refresh"] == "true"
    assert AccessEntry.objects.count() == before


def test_a_crew_or_triagist_has_no_partner_page(centre, client):
    _row, crew = centre.unit()
    for viewer in (crew, centre.triagist, centre.coordinator):
        assert enter(client, viewer).get(reverse("partner:home")).status_code == 403


# ---------------------------------------------------------------- answers


def test_a_decline_has_a_reason_and_a_double_click_is_one_decline(centre, client):
    partner = centre.partner("vvt")
    task = asked_to_take(centre, partner)
    enter(client, partner)
    said = {"reason": "no_capacity", "key": "k1"}
    answers = [client.post(reverse("partner:decline_follow_up", args=[task.pk]), said).status_code for _ in range(2)]
    assert answers == [302, 302]
    task.refresh_from_db()
    assert (task.status, task.refusals) == (FollowUpStatus.SEEKING, 1)
    assert shown(partner) == {}


def test_a_hap_accepts_an_appointment_says_the_patient_is_there_and_is_done(centre, client):
    hap = centre.partner("hap")
    job = an_appointment(centre, hap)
    enter(client, hap)
    assert client.post(reverse("partner:accept_job", args=[job.pk])).status_code == 302
    page = client.get(reverse("partner:request", args=[job.request_id]))
    assert [name for name, _label in page.context["jobs"][0].reports] == ["Arrived", "Cleared"]
    for name in ("Arrived", "Cleared"):
        assert client.post(reverse("partner:report", args=[job.pk]), {"report": name}).status_code == 302
    job.refresh_from_db()
    assert job.status is DeploymentStatus.CLEARED
    assert [row.pk for row in client.get(reverse("partner:home")).context["recent"]] == [job.pk]


def test_a_partner_that_takes_a_patient_over_owns_it_and_closes_it(centre, client):
    partner = centre.partner("vvt")
    task = asked_to_take(centre, partner, takes_over=True)
    enter(client, partner).post(reverse("partner:accept_follow_up", args=[task.pk]))
    assert shown(partner)["owned"] == [f"partner-owned-{task.request_id}"]
    client.post(reverse("partner:finish_follow_up", args=[task.pk]))
    task.request.refresh_from_db()
    assert task.request.status is RequestStatus.CLOSED
    assert shown(partner) == {}


def test_ownership_that_was_offered_is_accepted_or_declined(centre, client):
    partner = centre.partner("vvt")
    enter(client, partner)
    for name, said, owner in (
        ("decline_ownership", {"reason": "no_capacity"}, centre.organisation.pk),
        ("accept_ownership", {}, organisation(partner)),
    ):
        request = a_request(centre)
        care_request.offer_ownership(request=request.pk, to=organisation(partner), at=centre.now, by=centre.coordinator)
        assert client.post(reverse(f"partner:{name}", args=[request.pk]), said).status_code == 302
        request.refresh_from_db()
        assert (request.owner_id, request.owner_offered_id) == (owner, None)


def test_what_nobody_answered_in_time_is_escalated_to_the_coordinator_and_stands_first(centre, client):
    vvt = Organisation.objects.filter(kind="vvt").first()
    partner = centre.person(Role.PARTNER, at=vvt)
    coordinator = centre.person(Role.PARTNER_COORDINATOR, at=vvt)
    late, fresh = asked_to_take(centre, partner), asked_to_take(centre, partner)
    Timer.objects.exclude(subject="follow_up", key=late.pk).update(done_at=centre.now)
    over = centre.now - MINUTE
    FollowUp.objects.filter(pk=late.pk).update(reply_by=over)
    Timer.objects.filter(subject="follow_up", key=late.pk).update(due_at=over)
    assert do_due() >= 1
    assert shown(coordinator)["follow_ups"] == [f"partner-follow_ups-{late.pk}", f"partner-follow_ups-{fresh.pk}"]
    page = enter(client, coordinator).get(reverse("partner:home"))
    assert [row.id for row in page.context["lists"]["partner_escalated"]] == [f"partner-escalated-{late.pk}"]
    assert "partner_escalated" not in enter(client, partner).get(reverse("partner:home")).context["lists"]


# ---------------------------------------------------------------- room


def test_room_is_reported_for_ones_own_place_only(centre, client):
    partner = centre.partner("hospital")
    mine = Place.objects.filter(organisation=organisation(partner)).first()
    other = Place.objects.exclude(organisation=organisation(partner)).first()
    enter(client, partner)
    assert client.post(reverse("partner:capacity", args=[mine.pk]), {"free": "4"}).status_code == 302
    assert client.post(reverse("partner:capacity", args=[other.pk]), {"free": "4"}).status_code == 409
    assert client.get(reverse("partner:place", args=[other.pk])).status_code == 409
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.free, mine.source) == (4, Source.PERSON)
    assert other.free is None


def test_a_figure_past_its_shelf_life_is_unknown_and_not_zero(centre, client):
    partner = centre.partner("hospital")
    row = Place.objects.filter(organisation=organisation(partner)).first()
    place.report_capacity(
        place=row.pk, free=7, source=Source.PERSON, at=centre.now - row.shelf_life - MINUTE, by=partner
    )
    page = enter(client, partner).get(reverse("partner:place", args=[row.pk]))
    assert page.context["place"].known is None
    html = page.content.decode()
    assert "not-known" in html
    assert 'value="0"' not in html
    assert 'value="8"' not in html


def test_a_figure_of_zero_is_known_and_offers_one_more_but_not_one_fewer(centre, client):
    partner = centre.partner("hospital")
    row = Place.objects.filter(organisation=organisation(partner)).first()
    place.report_capacity(place=row.pk, free=0, source=Source.PERSON, at=centre.now, by=partner)
    one = enter(client, partner).get(reverse("partner:place", args=[row.pk])).context["place"]
    assert (one.known, one.fewer, one.more) == (0, None, 1)


# ---------------------------------------------------------------- asking the centre


def ask(client, partner, **more):
    said = {
        "organisation": organisation(partner),
        "wanted": "crisis_team",
        "callback": "030-1234567",
        "area": "zeist",
        "words": "Verward, alleen thuis.",
        "key": "one",
    }
    return client.post(reverse("partner:ask"), said | more)


@pytest.mark.parametrize(("kind", "channel"), [("ggz", Channel.PROFESSIONAL), ("hap", Channel.HAP)])
def test_one_form_rings_at_the_centre_and_gives_one_case_number(centre, client, kind, channel):
    partner = centre.partner(kind)
    enter(client, partner)
    answers = [ask(client, partner) for _ in range(2)]
    row = CareRequest.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {reverse("partner:asked", args=[row.pk])}
    assert (row.status, row.channel, row.owner_id) == (RequestStatus.RINGING, channel, centre.organisation.pk)
    kept = dict(DossierEntry.objects.filter(request=row).values_list("field", "value"))
    assert kept["callback"] == "+31301234567"
    assert kept["town"] == "Zeist"
    assert "Verward" in kept["words"]
    assert kept["relation"] == Organisation.objects.get(pk=organisation(partner)).name
    authors = set(DossierEntry.objects.values_list("author", "organisation"))
    assert authors == {(partner.person, organisation(partner))}
    line = AccessEntry.objects.last()
    assert (line.deed, line.request, line.organisation_id) == (Deed.CREATE, row.pk, organisation(partner))
    assert JournalEntry.objects.get(kind="Rang").organisation == organisation(partner)
    assert str(row.pk) in client.get(reverse("partner:asked", args=[row.pk])).content.decode()


def test_who_asked_sees_the_number_and_how_far_it_is_and_opens_no_dossier(centre, client):
    partner = centre.partner("ggz")
    enter(client, partner)
    ask(client, partner)
    row = CareRequest.objects.get()
    assert shown(partner) == {"rang": [f"partner-rang-{row.pk}"]}
    assert client.get(reverse("partner:request", args=[row.pk])).status_code == 409
    html = client.get(reverse("partner:home")).content.decode()
    assert "Verward" not in html
    for other in others(centre, partner):
        assert shown(other) == {}
        assert enter(client, other).get(reverse("partner:asked", args=[row.pk])).status_code == 409


def test_the_desk_answers_what_was_asked_and_reads_it(centre, client):
    partner = centre.partner("ggz")
    ask(enter(client, partner), partner)
    row = CareRequest.objects.get()
    care_request.answer(request=row.pk, at=centre.now, by=centre.triagist)
    from schakel.operations import dossier as reading

    row.refresh_from_db()
    assert "Verward" in reading.read(row, centre.triagist).value("words")


def test_nobody_asks_on_behalf_of_another_organisation(centre, client):
    partner = centre.partner("ggz")
    hap = centre.partner("hap")
    assert ask(enter(client, partner), partner, organisation=organisation(hap)).status_code == 422
    for viewer in (partner, centre.triagist):
        with pytest.raises(Refused):
            professional.ask(
                organisation=organisation(hap), fields={"callback": "0301234567"}, at=centre.now, by=viewer
            )
    assert CareRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("callback", "12"), ("callback", ""), ("wanted", "x"), ("area", "atlantis"), ("words", ""), ("words", "\x00")],
)
def test_a_wrong_form_is_shown_again_with_everything_that_was_typed(centre, client, field, value):
    partner = centre.partner("ggz")
    answer = ask(enter(client, partner), partner, **{field: value})
    assert answer.status_code == 422
    assert CareRequest.objects.count() == 0
    html = answer.content.decode()
    assert "error" in html
    if field != "words":
        assert "Verward, alleen thuis." in html


# ---------------------------------------------------------------- wrong input


@pytest.mark.parametrize("free", ["", "-1", "1000", "many", "1.5", "9" * 30])
def test_a_wrong_figure_gets_a_sentence(centre, client, free):
    partner = centre.partner("hospital")
    row = Place.objects.filter(organisation=organisation(partner)).first()
    answer = enter(client, partner).post(reverse("partner:capacity", args=[row.pk]), {"free": free})
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.free is None


@pytest.mark.parametrize(
    ("name", "said"),
    [("decline_follow_up", {"reason": "x"}), ("decline_job", {}), ("report", {"report": "Departed"}), ("close", {})],
)
def test_a_wrong_answer_gets_a_sentence(centre, client, name, said):
    partner = centre.partner("vvt")
    assert enter(client, partner).post(reverse(f"partner:{name}", args=[1]), said).status_code == 422


def test_a_number_that_cannot_be_is_refused_and_not_an_error(centre, client):
    enter(client, centre.partner("vvt"))
    for key in (0, 10**9, 10**30):
        for address in ("request/{}/", "place/{}/", "asked/{}/"):
            assert client.get("/partner/" + address.format(key)).status_code == 409
        for address in ("follow-up/{}/accept/", "job/{}/accept/", "request/{}/own/"):
            assert client.post("/partner/" + address.format(key)).status_code == 409
