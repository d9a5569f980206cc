"""Follow-up: nothing is without an owner, nothing is without a deadline, and a no is remembered."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schakel.accounts.models import Organisation, Person
from schakel.desk.follow_ups import LISTS
from schakel.domain.durations import MINUTE
from schakel.domain.events import Subject
from schakel.domain.reasons import Refused
from schakel.domain.vocabulary import CloseReason, DeclineReason, EscalationLevel, FollowUpKind, Role
from schakel.operations import clock, journal
from schakel.operations.actions import care_request, follow_up
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, FollowUp, JournalEntry
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
    client = Client(headers={"accept-language": "en"})
    person = Person.objects.get(pk=viewer.person)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def on_list(viewer, name: str) -> list[str]:
    return [row.id for row in snapshot(viewer, [name]).lists[name]]


def asked(centre, need: FollowUpKind = FollowUpKind.HOME_NURSING, takes_over: bool = False, request=None) -> FollowUp:
    request = request or centre.request()
    key = follow_up.ask(request=request.pk, need=need, takes_over=takes_over, at=centre.now, by=centre.coordinator)
    return FollowUp.objects.get(pk=key)


def offered(centre, **what) -> FollowUp:
    task = asked(centre, **what)
    follow_up.offer(follow_up=task.pk, partner=partner("vvt").pk, at=centre.now, by=centre.coordinator)
    task.refresh_from_db()
    return task


def partner(kind: str) -> Organisation:
    return Organisation.objects.filter(kind=kind).first()


def do(client: Client, verb: str, task: FollowUp, **said):
    return client.post(reverse(f"desk:follow_up_{verb}", args=[task.pk]), said)


# ---------------------------------------------------------------- the verbs of the screen


def test_what_was_asked_for_stands_on_the_list_until_somebody_takes_it(centre):
    request = centre.request()
    client = at_desk(centre.coordinator)
    client.post(
        reverse("desk:follow_up_ask", args=[request.pk]), {"need": "short_stay", "takes_over": "true", "key": "x"}
    )
    task = FollowUp.objects.get()
    assert (task.need, task.takes_over) == (FollowUpKind.SHORT_STAY, True)
    assert on_list(centre.coordinator, "follow_ups") == [f"follow-up-{task.pk}"]
    assert do(client, "offer", task, partner=partner("vvt").pk).status_code == 302
    assert on_list(centre.coordinator, "follow_ups") == [f"follow-up-{task.pk}"]
    assert do(client, "accept", task).status_code == 302
    assert on_list(centre.coordinator, "follow_ups") == []


def test_a_promise_stands_on_the_list_until_the_partner_has_the_patient(centre):
    task = offered(centre)
    client = at_desk(centre.coordinator)
    do(client, "accept", task)
    assert on_list(centre.coordinator, "follow_ups_promised") == [f"promised-{task.pk}"]
    assert JournalEntry.objects.get(kind="FollowUpAccepted").on_behalf is True
    do(client, "finish", task)
    task.refresh_from_db()
    assert task.status.value == "done"
    assert on_list(centre.coordinator, "follow_ups_promised") == []


def test_a_no_is_kept_with_its_reason_and_the_partner_stands_among_those_who_refused(centre):
    task = offered(centre)
    client = at_desk(centre.coordinator)
    do(client, "decline", task, reason="no_capacity")
    task.refresh_from_db()
    assert (task.status.value, task.refusals, task.partner_id) == ("seeking", 1, None)
    assert task.decline_reason is DeclineReason.NO_CAPACITY
    [row] = LISTS[0].rows({task.pk}, centre.now)
    assert [(one.partner, one.reason) for one in row.refused] == [(partner("vvt").name, DeclineReason.NO_CAPACITY)]
    part = client.get(reverse("desk:case_follow_ups", args=[task.request_id])).content.decode()
    assert "refused before" in part


def test_an_offer_is_taken_back_to_ask_another(centre):
    task = offered(centre)
    do(at_desk(centre.coordinator), "withdraw", task)
    task.refresh_from_db()
    assert (task.status.value, task.partner_id, task.refusals) == ("seeking", None, 0)


def test_what_is_no_longer_needed_is_cancelled_and_the_request_may_close(centre):
    task = asked(centre)
    do(at_desk(centre.coordinator), "cancel", task, reason="no_longer_needed")
    care_request.close(request=task.request_id, reason=CloseReason.CARE_GIVEN, at=centre.now, by=centre.coordinator)
    assert CareRequest.objects.get().status.value == "closed"


def test_only_partners_that_take_this_kind_can_be_chosen(centre):
    task = asked(centre, FollowUpKind.MENTAL_HEALTH)
    client = at_desk(centre.coordinator)
    part = client.get(reverse("desk:case_follow_ups", args=[task.request_id])).content.decode()
    assert partner("ggz").name in part
    assert partner("vvt").name not in part
    refused = do(client, "offer", task, partner=partner("vvt").pk)
    assert refused.status_code == 409
    assert "does not take follow-up care of this kind" in refused.content.decode()


def test_a_double_click_asks_once(centre):
    request = centre.request()
    client = at_desk(centre.coordinator)
    for _ in range(2):
        client.post(reverse("desk:follow_up_ask", args=[request.pk]), {"need": "gp", "key": "the-same"})
    assert FollowUp.objects.count() == 1


def test_an_unknown_telephone_number_is_called_unknown(centre):
    task = offered(centre)
    Organisation.objects.filter(pk=task.partner_id).update(telephone="")
    client = at_desk(centre.coordinator)
    address = reverse("desk:case_follow_ups", args=[task.request_id])
    assert '<span class="unknown">unknown</span>' in client.get(address).content.decode()
    Organisation.objects.filter(pk=task.partner_id).update(telephone="030-2345678")
    assert "tel:030-2345678" in client.get(address).content.decode()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("verb", "said", "status"),
    [
        ("offer", {}, 400),
        ("offer", {"partner": "-1"}, 400),
        ("offer", {"partner": "999999"}, 409),
        ("accept", {}, 409),
        ("decline", {"reason": "no_capacity"}, 409),
        ("decline", {"reason": "tired"}, 400),
        ("withdraw", {}, 409),
        ("finish", {}, 409),
        ("cancel", {}, 400),
    ],
)
def test_what_cannot_be_done_with_a_follow_up_that_nobody_was_asked_for_is_a_sentence(centre, verb, said, status):
    task = asked(centre)
    answer = do(at_desk(centre.coordinator), verb, task, **said)
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    task.refresh_from_db()
    assert task.status.value == "seeking"


def test_a_dispatcher_may_ask_for_follow_up_but_not_choose_the_partner(centre):
    request = centre.request()
    client = at_desk(centre.dispatcher)
    assert client.post(reverse("desk:follow_up_ask", args=[request.pk]), {"need": "gp"}).status_code == 302
    answer = do(client, "offer", FollowUp.objects.get(), partner=partner("hap").pk)
    assert answer.status_code == 409
    assert "Coordinator" in answer.content.decode()


def test_a_partner_has_no_business_on_this_screen(centre):
    task = offered(centre)
    vvt = centre.partner("vvt", Role.PARTNER)
    assert at_desk(vvt).get(reverse("desk:follow_ups")).status_code == 403
    assert do(at_desk(vvt), "accept", task).status_code == 403
    for live in LISTS:
        assert on_list(vvt, live.name) == []


# ---------------------------------------------------------------- nobody takes it


def test_nobody_answers_and_it_goes_to_the_partners_coordinator_and_then_to_the_lead_of_the_centre(centre, later):
    task = offered(centre)
    norms = region().norms.escalation_ms
    assert task.level is EscalationLevel.PARTNER
    later(norms[EscalationLevel.PARTNER] + 1000)
    do_due()
    task.refresh_from_db()
    assert task.level is EscalationLevel.PARTNER_COORDINATOR
    assert on_list(centre.lead, "follow_ups_lead") == []
    later(norms[EscalationLevel.PARTNER_COORDINATOR] + 1000)
    do_due()
    task.refresh_from_db()
    assert task.level is EscalationLevel.CENTRE_LEAD
    assert on_list(centre.lead, "follow_ups_lead") == [f"escalated-{task.pk}"]
    assert journal.refold(Subject.FOLLOW_UP, task.pk) == task.state


def test_the_lead_is_reminded_again_and_again_until_there_is_a_taker(centre, later):
    task = asked(centre)
    for _ in range(4):
        later(61 * MINUTE)
        do_due()
    task.refresh_from_db()
    assert task.level is EscalationLevel.CENTRE_LEAD
    assert task.reply_by > centre.now


def test_doing_the_timer_of_a_follow_up_twice_changes_nothing(centre, later):
    task = asked(centre)
    due_at = task.reply_by
    later(31 * MINUTE)
    do_due()
    head = journal.head()
    follow_up.follow_up_due(key=task.pk, due_at=due_at, at=centre.now)
    assert do_due() == 0
    assert journal.head() == head


def test_what_was_accepted_does_not_escalate(centre, later):
    task = offered(centre)
    follow_up.accept(follow_up=task.pk, at=centre.now, by=centre.coordinator, on_behalf=True)
    later(120 * MINUTE)
    do_due()
    task.refresh_from_db()
    assert (task.status.value, task.level) == ("accepted", EscalationLevel.PARTNER)


def test_the_lead_of_the_centre_stands_above_a_nearer_deadline(centre, later):
    old = asked(centre)
    later(31 * MINUTE)
    do_due()
    later(31 * MINUTE)
    do_due()
    new = asked(centre)
    assert on_list(centre.coordinator, "follow_ups") == [f"follow-up-{old.pk}", f"follow-up-{new.pk}"]


# ---------------------------------------------------------------- there is always an owner


def test_a_request_cannot_be_closed_while_a_follow_up_is_open(centre):
    task = asked(centre)
    with pytest.raises(Refused, match="1 follow-ups"):
        care_request.close(request=task.request_id, reason=CloseReason.CARE_GIVEN, at=centre.now, by=centre.coordinator)


def test_an_open_request_without_an_owner_cannot_exist(centre):
    request = centre.request()
    with pytest.raises(IntegrityError), transaction.atomic():
        CareRequest.objects.filter(pk=request.pk).update(owner=None)


def test_until_the_partner_accepts_the_centre_owns_the_request_and_from_then_on_the_partner(centre):
    task = offered(centre, takes_over=True)
    request = task.request
    assert request.owner_id == centre.organisation.pk
    answer = do(at_desk(centre.coordinator), "accept", task)
    assert answer.status_code == 302
    request.refresh_from_db()
    assert request.owner_id == partner("vvt").pk
    assert on_list(centre.coordinator, "follow_ups_promised") == []


def test_after_a_take_over_the_part_says_that_the_partner_has_it(centre):
    task = offered(centre, takes_over=True)
    answer = at_desk(centre.coordinator).post(
        reverse("desk:follow_up_accept", args=[task.pk]), {}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "The partner owns this request now" in answer.content.decode()


def test_a_no_leaves_the_centre_the_owner(centre):
    task = offered(centre, takes_over=True)
    do(at_desk(centre.coordinator), "decline", task, reason="outside_area")
    assert CareRequest.objects.get(pk=task.request_id).owner_id == centre.organisation.pk


# ---------------------------------------------------------------- the lists


@pytest.mark.parametrize("live", LISTS, ids=lambda live: live.name)
def test_a_list_asks_the_same_number_of_questions_however_long_it_is(centre, live):
    def questions() -> int:
        with CaptureQueriesContext(connection) as told:
            live.rows(None, clock.now_ms())
        return len(told)

    def another() -> None:
        asked(centre)
        declined = offered(centre)
        follow_up.decline(
            follow_up=declined.pk,
            reason=DeclineReason.BREAK,
            at=centre.now,
            by=centre.coordinator,
            on_behalf=True,
        )
        follow_up.accept(follow_up=offered(centre).pk, at=centre.now, by=centre.coordinator, on_behalf=True)

    another()
    few = questions()
    another()
    another()
    assert questions() == few


def test_a_raised_urgency_changes_the_row_of_the_follow_up(centre):
    task = asked(centre)
    entry = JournalEntry.objects.filter(kind="Triaged").values_list(*journal.COLUMNS).get()
    assert list(LISTS[0].keys(journal.read(entry).event)) == [task.pk]
