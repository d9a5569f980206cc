"""Who says no, and why: the counts add up, come from the journal, and a partner sees its own alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from schakel.accounts.models import Organisation, Person
from schakel.domain.durations import DAY
from schakel.domain.vocabulary import CancelReason, Care, DeclineReason, FollowUpKind, UnitKind
from schakel.operations import clock, timers
from schakel.operations.actions import deployment, follow_up
from schakel.operations.answers import answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def later():
    yield lambda ms: clock.set_pace(centre=clock.now_ms() + ms, speed=0.0)
    clock.forget()


def page_of(viewer, name: str, **said):
    client = Client(headers={"accept-language": "en"})
    person = Person.objects.get(pk=viewer.person)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(name), said)


def offer(centre):
    unit, crew = centre.unit(UnitKind.ALS)
    request = centre.request()
    key = deployment.offer(request=request.pk, care=Care.ALS, unit=unit.pk, at=centre.now, by=centre.dispatcher)
    return key, crew


def a_follow_up(centre, partner: Organisation) -> int:
    request = centre.request()
    key = follow_up.ask(
        request=request.pk, need=FollowUpKind.HOME_NURSING, takes_over=False, at=centre.now, by=centre.coordinator
    )
    follow_up.offer(follow_up=key, partner=partner.pk, at=centre.now, by=centre.coordinator)
    return key


def test_every_asking_is_counted_once_under_what_became_of_it(centre, later):
    for reason in (DeclineReason.BREAK, DeclineReason.BREAK, DeclineReason.OUTSIDE_AREA):
        key, crew = offer(centre)
        deployment.decline(deployment=key, reason=reason, at=centre.now, by=crew)
    key, crew = offer(centre)
    deployment.accept(deployment=key, at=centre.now, by=crew)
    deployment.cancel(deployment=key, reason=CancelReason.UNABLE, at=centre.now, by=crew)
    key, _crew = offer(centre)
    deployment.withdraw(deployment=key, reason=CancelReason.OTHER_PROVIDER, at=centre.now, by=centre.dispatcher)
    offer(centre)
    later(DAY // 24)
    timers.do_due()
    offer(centre)
    rows = answers(centre.now - 7 * DAY)
    assert len({row.partner.pk for row in rows}) == len(rows) and {row.what for row in rows} == {Care.ALS}
    totals = [sum(getattr(row, name) for row in rows) for name in ("asked", "answered", "declined", "unanswered")]
    assert totals == [7, 4, 3, 1]
    assert sum(row.withdrawn for row in rows) == 1 and sum(row.waiting for row in rows) == 1
    assert rows[0].why[0] == (DeclineReason.BREAK, 2)


def test_a_follow_up_that_is_answered_late_was_answered(centre, later):
    vvt = Organisation.objects.filter(kind="vvt").first()
    by = centre.partner("vvt")
    late, silent, refused = (a_follow_up(centre, vvt) for _ in range(3))
    follow_up.decline(follow_up=refused, reason=DeclineReason.NO_CAPACITY, at=centre.now, by=by)
    later(DAY // 2)
    timers.do_due()
    follow_up.accept(follow_up=late, at=centre.now, by=by)
    [row] = answers(centre.now - 7 * DAY)
    assert (row.partner, row.what) == (vvt, FollowUpKind.HOME_NURSING)
    assert (row.asked, row.accepted, row.declined, row.unanswered) == (3, 1, 1, 1)
    assert silent


def test_what_was_asked_before_these_days_is_not_counted(centre, later):
    key, crew = offer(centre)
    later(DAY // 100_000)
    deployment.decline(deployment=key, reason=DeclineReason.BREAK, at=centre.now, by=crew)
    assert answers(centre.now) == [], "the answer is in the span, the asking is not"
    page = page_of(centre.coordinator, "desk:answers", days="28")
    assert page.context["days"] == 28 and "Break or end of shift: 1" in page.content.decode()


def test_a_partner_sees_its_own_counts_alone(centre):
    vvt, another = Organisation.objects.filter(kind="vvt")[:2]
    for partner in (vvt, another):
        a_follow_up(centre, partner)
    shown = page_of(centre.partner("vvt"), "partner:answers")
    assert [row.partner for row in shown.context["answers"]] == [vvt]
    assert another.name not in shown.content.decode()
    everything = page_of(centre.coordinator, "desk:answers").context["answers"]
    assert {row.partner for row in everything} == {vvt, another}
    assert page_of(centre.partner("vvt"), "desk:answers").status_code == 403


def test_a_span_that_is_not_offered_is_the_shortest(centre):
    for wrong in ("", "0", "-7", "x" * 400, "9999999999999999999"):
        page = page_of(centre.coordinator, "desk:answers", days=wrong)
        assert (page.status_code, page.context["days"]) == (200, 7)
