"""Timers: nothing before its time, once at its time, nothing when it no longer matters; none holds up another."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from doings import Busy, standing
from examples import check_references
from schakel.accounts.models import Organisation
from schakel.domain import events as e
from schakel.domain.durations import MINUTE
from schakel.domain.events import Subject
from schakel.domain.states import DeploymentStatus
from schakel.domain.vocabulary import (
    CancelReason,
    Care,
    Channel,
    CloseReason,
    EscalationLevel,
    FollowUpKind,
    Role,
    UnitKind,
    Urgency,
    UrgencyReason,
)
from schakel.operations import clock, journal, timers
from schakel.operations.actions import care_request, deployment, follow_up, overflow
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Deployment, FollowUp, Timer
from together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(db):
    with standing():
        yield Busy((UnitKind.ALS,))


def later(ms: int) -> int:
    """Let this time pass; what is due is done. Gives how many timers were done."""
    clock.set_pace(centre=clock.now_ms() + ms, speed=0.0)
    return timers.do_due()


def kinds(after: int = 0) -> list[type]:
    return [type(recorded.event) for recorded in journal.after(after)]


def an_offer(busy: Busy) -> Deployment:
    request = busy.request(Urgency.U2)
    key = deployment.offer(request=request.pk, care=Care.ALS, unit=busy.units[0], at=busy.now, by=busy.dispatcher)
    return Deployment.objects.get(pk=key)


REPLY = region().norms.reply_ms[Care.ALS]
REASSESS = region().norms.reassess_ms[Urgency.U2]
LEVEL = region().norms.escalation_ms


# ---------------------------------------------------------------- an offer without an answer


def test_an_offer_is_over_at_its_time_and_not_before(busy):
    job = an_offer(busy)
    assert later(REPLY - 1) == 0
    assert later(1) == 1
    job.refresh_from_db()
    assert job.status is DeploymentStatus.TIMED_OUT
    assert kinds()[-1] is e.OfferTimedOut


def test_an_offer_that_was_answered_is_left_alone(busy):
    job = an_offer(busy)
    deployment.accept(deployment=job.pk, at=busy.now, by=busy.crews[0])
    head = journal.head()
    assert later(REPLY) == 1
    assert journal.head() == head


def test_an_offer_that_is_looked_at_twice_ends_once(busy):
    job = an_offer(busy)
    later(REPLY)
    head = journal.head()
    timers.KINDS["offer"](key=job.pk, due_at=job.reply_by, at=clock.now_ms())
    Timer.objects.filter(kind="offer").update(done_at=None)
    assert later(0) == 1
    assert journal.head() == head


# ---------------------------------------------------------------- a patient who waits


def test_a_patient_who_waits_is_asked_after_at_its_time_and_not_before(busy):
    request = busy.request(Urgency.U2)
    later(REASSESS - 1)
    request.refresh_from_db()
    assert not request.reassess_overdue
    later(1)
    request.refresh_from_db()
    assert request.reassess_overdue
    assert kinds().count(e.ReassessmentOverdue) == 1


def test_who_was_asked_after_meanwhile_gets_a_new_time(busy):
    request = busy.request(Urgency.U2)
    later(REASSESS // 2)
    care_request.reassess(request=request.pk, at=busy.now, by=busy.triagist)
    later(REASSESS - 1)
    assert e.ReassessmentOverdue not in kinds()
    later(1)
    assert kinds().count(e.ReassessmentOverdue) == 1


def test_a_lower_urgency_waits_longer(busy):
    request = busy.request(Urgency.U2)
    later(MINUTE)
    care_request.lower_urgency(
        request=request.pk, urgency=Urgency.U3, reason=UrgencyReason.CONSULT, at=busy.now, by=busy.regiearts
    )
    later(region().norms.reassess_ms[Urgency.U3] - 1)
    assert e.ReassessmentOverdue not in kinds()
    later(1)
    assert kinds().count(e.ReassessmentOverdue) == 1


def test_a_higher_urgency_waits_shorter(busy):
    request = busy.request(Urgency.U4)
    care_request.raise_urgency(
        request=request.pk, urgency=Urgency.U1, reason=UrgencyReason.WORSENING, at=busy.now, by=busy.triagist
    )
    later(region().norms.reassess_ms[Urgency.U1])
    assert kinds().count(e.ReassessmentOverdue) == 1


def test_the_alarm_of_a_patient_rings_once_until_somebody_asks(busy):
    request = busy.request(Urgency.U2)
    later(REASSESS)
    timers.KINDS["reassess"](key=request.pk, due_at=clock.now_ms(), at=clock.now_ms())
    assert kinds().count(e.ReassessmentOverdue) == 1


def test_nobody_asks_after_a_patient_whose_request_is_closed(busy):
    request = busy.request(Urgency.U2)
    care_request.close(request=request.pk, reason=CloseReason.ADVICE_GIVEN, at=busy.now, by=busy.triagist)
    later(REASSESS)
    assert e.ReassessmentOverdue not in kinds()


def test_nobody_asks_after_a_patient_with_a_crew_beside_it(busy):
    job = an_offer(busy)
    deployment.accept(deployment=job.pk, at=busy.now, by=busy.crews[0])
    deployment.report(deployment=job.pk, report="Arrived", at=busy.now, by=busy.crews[0])
    later(REASSESS)
    assert e.ReassessmentOverdue not in kinds()


def test_a_patient_whose_crew_could_not_go_on_waits_again(busy):
    """The unit was there and had to leave. Nobody is with the patient, so somebody must ask how it is."""
    job = an_offer(busy)
    deployment.accept(deployment=job.pk, at=busy.now, by=busy.crews[0])
    deployment.report(deployment=job.pk, report="Arrived", at=busy.now, by=busy.crews[0])
    deployment.cancel(deployment=job.pk, reason=CancelReason.UNABLE, at=busy.now, by=busy.crews[0])
    later(REASSESS)
    assert kinds().count(e.ReassessmentOverdue) == 1


def test_a_patient_whose_crew_left_after_the_alarm_was_due_waits_again(busy):
    """While the crew was there nobody had to ask. When it leaves, the time begins anew."""
    job = an_offer(busy)
    deployment.accept(deployment=job.pk, at=busy.now, by=busy.crews[0])
    deployment.report(deployment=job.pk, report="Arrived", at=busy.now, by=busy.crews[0])
    later(REASSESS)
    deployment.cancel(deployment=job.pk, reason=CancelReason.UNABLE, at=busy.now, by=busy.crews[0])
    later(REASSESS)
    assert kinds().count(e.ReassessmentOverdue) == 1


# ---------------------------------------------------------------- a follow-up without a taker


def a_follow_up(busy: Busy) -> FollowUp:
    request = busy.request()
    key = follow_up.ask(
        request=request.pk, need=FollowUpKind.HOME_NURSING, takes_over=False, at=busy.now, by=busy.coordinator
    )
    return FollowUp.objects.get(pk=key)


def test_a_follow_up_without_a_taker_climbs_one_step_at_each_deadline(busy):
    task = a_follow_up(busy)
    levels = []
    for level in (EscalationLevel.PARTNER, EscalationLevel.PARTNER_COORDINATOR, EscalationLevel.CENTRE_LEAD):
        later(LEVEL[level] - 1)
        task.refresh_from_db()
        levels.append(task.level)
        later(1)
    task.refresh_from_db()
    assert levels == [EscalationLevel.PARTNER, EscalationLevel.PARTNER_COORDINATOR, EscalationLevel.CENTRE_LEAD]
    assert task.level is EscalationLevel.CENTRE_LEAD, "the last level stays and is reminded again"
    assert kinds().count(e.FollowUpEscalated) == 3


def test_a_follow_up_that_was_taken_climbs_no_further(busy):
    task = a_follow_up(busy)
    vvt = next(iter(busy.vvt.seats)).organisation
    follow_up.offer(follow_up=task.pk, partner=vvt, at=busy.now, by=busy.coordinator)
    follow_up.accept(follow_up=task.pk, at=busy.now, by=busy.vvt)
    later(LEVEL[EscalationLevel.PARTNER])
    assert e.FollowUpEscalated not in kinds()


def test_an_older_deadline_of_a_follow_up_does_nothing(busy):
    task = a_follow_up(busy)
    later(LEVEL[EscalationLevel.PARTNER] // 2)
    vvt = next(iter(busy.vvt.seats)).organisation
    follow_up.offer(follow_up=task.pk, partner=vvt, at=busy.now, by=busy.coordinator)
    later(LEVEL[EscalationLevel.PARTNER] - 1)
    assert e.FollowUpEscalated not in kinds(), "the offer has its own time to be answered"
    later(1)
    assert kinds().count(e.FollowUpEscalated) == 1


def test_a_follow_up_that_is_looked_at_twice_climbs_once(busy):
    task = a_follow_up(busy)
    due = task.reply_by
    later(LEVEL[EscalationLevel.PARTNER])
    timers.KINDS["follow_up"](key=task.pk, due_at=due, at=clock.now_ms())
    assert kinds().count(e.FollowUpEscalated) == 1


def test_a_call_that_is_looked_at_twice_flows_over_once(busy):
    line = Organisation.objects.get(code="altrecht")
    key = care_request.ring(channel=Channel.PHONE, at=busy.now, by=None, line=line.pk)
    care_request.miss(request=key, at=busy.now, by=None)
    overflow.flow_over(request=key, at=busy.now, by=busy.person(Role.TRIAGIST, at=line))
    timers.KINDS["overflow"](key=key, due_at=busy.now, at=busy.now)
    timers.KINDS["overflow"](key=key, due_at=busy.now, at=busy.now)
    assert kinds().count(e.FlowedOver) == 1


# ---------------------------------------------------------------- the worker


def test_every_kind_of_timer_is_proved_here():
    assert set(timers.KINDS) == {"offer", "reassess", "follow_up", "overflow"}


def test_a_timer_that_cannot_be_done_holds_up_no_other_and_is_tried_again(busy, caplog):
    request = busy.request(Urgency.U2)
    Timer.objects.create(kind="reassess", subject="request", key=999_999, due_at=busy.now)
    later(REASSESS)
    request.refresh_from_db()
    assert request.reassess_overdue, "the one behind it was done"
    assert Timer.objects.get(key=999_999).done_at is None, "the broken one waits for the next round"
    assert {record.getMessage().split()[0] for record in caplog.records} == {"timer-failed"}


def broken(busy) -> Timer:
    """A timer that cannot be done: its request is not there."""
    return Timer.objects.create(kind="reassess", subject="request", key=999_999, due_at=busy.now)


def wall(monkeypatch, ms: int) -> None:
    """Let this time pass on the wall."""
    now = clock.wall_ms() + ms
    monkeypatch.setattr(clock, "wall_ms", lambda: now)


def test_a_timer_that_fails_waits_longer_each_time_and_never_longer_than_the_most(busy, monkeypatch, caplog):
    timer = broken(busy)
    later(MINUTE)
    waits = []
    for times in range(1, 14):
        timer.refresh_from_db()
        assert timer.failures == times
        waits.append(timer.again_at - clock.wall_ms())
        timers.do_due()
        timer.refresh_from_db()
        assert timer.failures == times, "not before its wait is over"
        wall(monkeypatch, waits[-1] + 1)
        timers.do_due()
    grown = [timers.waits_ms(times) for times in range(1, 14)]
    assert all(wait - 2000 <= seen <= wait for wait, seen in zip(grown, waits, strict=True))
    assert grown[:4] == [1000, 2000, 4000, 8000] and grown[-1] == timers.LONGEST_WAIT
    told = caplog.records[0].getMessage()
    assert told.startswith(f"timer-failed reassess {timer.pk} Refused times=1") and "999999" not in told


def test_a_timer_that_failed_is_done_once_when_it_can_be_and_is_no_longer_counted(busy, monkeypatch, caplog):
    request = busy.request(Urgency.U2)
    whole = timers.KINDS["reassess"]

    def fails(**told):
        raise RuntimeError("a name that must not be logged")

    monkeypatch.setitem(timers.KINDS, "reassess", fails)
    later(REASSESS)
    assert timers.failing() == 1
    assert "a name" not in caplog.text
    monkeypatch.setitem(timers.KINDS, "reassess", whole)
    wall(monkeypatch, timers.LONGEST_WAIT)
    assert timers.do_due() == 1
    request.refresh_from_db()
    assert request.reassess_overdue and timers.failing() == 0
    assert kinds().count(e.ReassessmentOverdue) == 1
    assert timers.do_due() == 0


def test_the_administrator_sees_that_a_timer_fails(busy, client):
    from django.urls import reverse

    from schakel.accounts.models import Person
    from schakel.domain.vocabulary import Role

    viewer = busy.person(Role.ADMINISTRATOR)
    person = Person.objects.get(pk=viewer.person)
    person.is_staff = True
    person.save()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    assert "cannot be done" not in client.get(reverse("admin:index")).content.decode()
    broken(busy)
    later(MINUTE)
    assert "1 timer was due and cannot be done" in client.get(reverse("admin:index")).content.decode()
    page = client.get(reverse("admin:operations_timer_changelist"))
    assert page.status_code == 200 and len(page.context["cl"].result_list) == 1


def test_what_was_half_done_when_the_worker_fell_is_done_again_once(busy):
    """The action was written, and then the database refused the mark that it was done: all of it is taken back."""
    task = a_follow_up(busy)
    due = task.reply_by
    check_references()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE operations_timer ADD CONSTRAINT fall CHECK (done_at IS NULL)")
        else:
            cursor.execute(
                "CREATE TRIGGER fall BEFORE UPDATE OF done_at ON operations_timer "
                "BEGIN SELECT RAISE(ABORT, 'fell'); END"
            )
    clock.set_pace(centre=due, speed=0.0)
    head = journal.head()
    assert timers.do_due() == 0
    assert journal.head() == head, "nothing was kept of it"
    check_references()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE operations_timer DROP CONSTRAINT fall")
        else:
            cursor.execute("DROP TRIGGER fall")
    Timer.objects.update(again_at=0)  # the wait after the failure is over
    assert timers.do_due() == 2
    assert set(kinds(head)) == {e.FollowUpEscalated, e.ReassessmentOverdue} and len(kinds(head)) == 2
    assert timers.do_due() == 0


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_do_each_timer_once(db):
    with standing():
        busy = Busy((UnitKind.ALS,))
        for _ in range(12):
            busy.request(Urgency.U2)
        clock.set_pace(centre=clock.now_ms() + REASSESS, speed=0.0)
        lock = threading.Lock()
        done: list[int] = []

        def worker():
            count = timers.do_due()
            with lock:
                done.append(count)
            return None

        assert together(*[worker] * 3) == [None] * 3
        assert sum(done) == 12
        assert kinds().count(e.ReassessmentOverdue) == 12
        assert CareRequest.objects.filter(reassess_overdue=True).count() == 12


def test_a_timer_is_of_a_known_kind():
    with pytest.raises(AssertionError, match="kind of timer"):
        timers.set_timer("nothing", Subject.REQUEST, 1, 1)
