"""The demonstration world: it works as people do, through the actions, and gives way to people."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from schakel.accounts import access_log
from schakel.accounts.models import AccessEntry, Membership, Person
from schakel.cli.journal import differences, gaps
from schakel.demo import start
from schakel.demo.chance import Chance
from schakel.demo.patients import Patients
from schakel.demo.people import LOGINS
from schakel.demo.seats import Seats
from schakel.domain.access import Viewer
from schakel.domain.codes import Bsn, PhoneNumber, Postcode
from schakel.domain.durations import HOUR, MINUTE, SECOND
from schakel.domain.events import SUBJECTS
from schakel.domain.states import DeploymentStatus, RequestStatus
from schakel.domain.vocabulary import Care, Channel, Complaint, Role, Urgency, UrgencyReason
from schakel.operations import clock, journal
from schakel.operations.actions import care_request, deployment
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Deployment, DossierEntry, JournalEntry, Unit

pytestmark = pytest.mark.django_db

#: A Saturday evening: the GP posts are open.
EVENING = int(datetime(2026, 11, 21, 18, tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp() * 1000)

#: What must have happened in two hours with a third of the calls, and how often at least.
AT_LEAST = {
    "Rang": 40,
    "Answered": 35,
    "Missed": 0,
    "Located": 35,
    "LifeThreatAssessed": 30,
    "Identified": 25,
    "ComplaintChosen": 30,
    "Triaged": 30,
    "CareChosen": 30,
    "Reassessed": 5,
    "Offered": 25,
    "Accepted": 25,
    "Departed": 10,
    "Arrived": 15,
    "TransportStarted": 3,
    "ReachedDestination": 2,
    "HandedOver": 2,
    "Cleared": 8,
    "Closed": 10,
    "FollowUpAsked": 2,
    "FollowUpOffered": 2,
    "ShiftStarted": 40,
    "Positioned": 100,
    "CapacityReported": 100,
}


@pytest.fixture(autouse=True)
def own_clock():
    """No pace of one world is remembered in the next."""
    clock.forget()
    yield
    clock.forget()


def played(hours: float, *, seed: int = 7, share: float = 0.35):
    world = start.new_world(region(), seed=seed, now=EVENING, share=share)
    world.play_until(EVENING + int(hours * HOUR))
    return world


def test_two_hours_are_lived_through_the_actions_without_a_refusal():
    world = played(2)
    kinds = Counter(JournalEntry.objects.values_list("kind", flat=True))
    assert world.refusals == Counter()
    assert {kind: kinds[kind] for kind, least in AT_LEAST.items() if kinds[kind] < least} == {}
    assert list(differences()) == []
    assert list(gaps()) == []
    assert list(access_log.breaks()) == []
    assert AccessEntry.objects.count() > 200
    assert not CareRequest.objects.exclude(status=RequestStatus.NEW.value).filter(owner=None).exists()
    assert journal.head() == sum(kinds.values())


def lines_of(seed: int) -> list[tuple]:
    """What was recorded in half an hour; keys told by the order in which they first appear."""
    clock.forget()
    with transaction.atomic():
        played(0.5, seed=seed)
        lines = list(JournalEntry.objects.order_by("seq").values_list("kind", "at", *SUBJECTS))
        transaction.set_rollback(True)
    seen: dict[tuple[str, int], int] = {}
    return [
        (kind, at, *(key and seen.setdefault((name, key), len(seen)) for name, key in zip(SUBJECTS, keys, strict=True)))
        for kind, at, *keys in lines
    ]


def test_the_same_seed_gives_the_same_journal_and_another_seed_another():
    first = lines_of(3)
    assert len(first) > 100
    assert lines_of(3) == first
    assert lines_of(4) != first


def test_everybody_simulated_is_marked_and_nobody_else_has_acted():
    played(0.5)
    authors = set(JournalEntry.objects.exclude(by=None).values_list("by", flat=True))
    assert authors
    assert not Person.objects.filter(pk__in=authors, simulated=False).exists()


def test_there_is_one_seat_for_each_role():
    played(0)
    assert {login.role for login in LOGINS} == set(Role)
    assert Person.objects.filter(simulated=False, username__in=[one.username for one in LOGINS]).count() == len(LOGINS)
    for login in LOGINS:
        if login.unit:
            unit = Unit.objects.get(callsign=login.unit)
            assert unit.duties.filter(person__username=login.username, ends_at__gt=EVENING).exists()


def test_patients_are_invented_but_pass_every_check_and_share_no_number():
    patients = Patients(region(), Chance(1))
    day = region().calendar.day(EVENING)
    drawn = [patients.one(Urgency.U3, Complaint.COUGH, day, professional=False) for _ in range(2_000)]
    assert len({one.telephone for one in drawn}) == len({one.bsn for one in drawn}) == 2_000
    for one in drawn:
        assert Bsn(one.bsn).digits.startswith("9999")
        assert "55501" in PhoneNumber(one.telephone).as_dialled
        Postcode(one.postcode)


def offered_to_a_seat(world) -> Deployment:
    """A job offered to the unit of the ambulance's seat."""
    [triagist, *_], [dispatcher, *_] = (world.people.colleagues[role] for role in (Role.TRIAGIST, Role.DISPATCHER))
    now, unit = world.now, Unit.objects.get(callsign="09-109")
    request = care_request.begin(channel=Channel.PHONE, at=now, by=triagist)
    care_request.locate(request=request, zone="zeist", at=now, by=triagist)
    care_request.triage(request=request, urgency=Urgency.U1, reason=UrgencyReason.ABCDE, at=now, by=triagist)
    key = deployment.offer(request=request, care=Care.ALS, unit=unit.pk, at=now, by=dispatcher)
    return Deployment.objects.get(pk=key)


@pytest.mark.parametrize("present", [False, True])
def test_a_unit_with_a_real_person_on_it_is_left_to_that_person(present, monkeypatch):
    monkeypatch.setattr("schakel.demo.crews.ANSWERS", {"accept": 1})
    world = start.new_world(region(), seed=1, now=EVENING, share=0)
    job = offered_to_a_seat(world)
    world.catch_up()
    if present:
        world.seats.units = frozenset({job.unit_id})
    world.play_until(EVENING + 40 * SECOND)
    job.refresh_from_db()
    assert (job.status is DeploymentStatus.OFFERED) is present


def test_colleagues_wait_for_somebody_in_the_same_seat_and_for_nobody_else():
    clock.set_pace(centre=EVENING, speed=10)
    seats, chance = Seats(roles=frozenset({Role.TRIAGIST})), Chance(1)
    waits = [seats.patience(Role.TRIAGIST, chance) for _ in range(200)]
    assert 0.5 < sum(wait >= 40 * SECOND for wait in waits) / 200 < 0.95
    assert seats.patience(Role.DISPATCHER, chance) == 0


def test_a_person_who_recorded_something_is_at_the_seat():
    world = start.new_world(region(), seed=1, now=EVENING, share=0)
    me = Person.objects.get(username="triagist")
    world.seats.look(world.now)
    assert Role.TRIAGIST not in world.seats.roles
    viewer = Viewer(me.pk, frozenset({*world.people.colleagues[Role.TRIAGIST][0].seats}))
    care_request.begin(channel=Channel.PHONE, at=world.now, by=viewer)
    world.seats = Seats()
    world.seats.look(world.now)
    assert Role.TRIAGIST in world.seats.roles


def test_what_a_caller_says_is_there_for_the_person_who_answers():
    world = start.new_world(region(), seed=5, now=EVENING, share=1)
    me = Person.objects.get(username="triagist")
    viewer = Viewer(me.pk, frozenset({*world.people.colleagues[Role.TRIAGIST][0].seats}))
    while not (ringing := CareRequest.objects.filter(status=RequestStatus.RINGING.value).first()):
        world.play_until(world.now + SECOND)
    care_request.answer(request=ringing.pk, at=world.now, by=viewer)
    world.catch_up()
    world.play_until(world.now + 10 * SECOND)
    told = dict(DossierEntry.objects.filter(request=ringing).values_list("field", "value"))
    assert {"callback", "words"} <= set(told)


def test_a_demonstration_that_was_stopped_goes_on_where_it_was():
    before = played(0.5)
    open_jobs = Deployment.objects.filter(status=DeploymentStatus.UNDER_WAY.value).count()
    world = start.new_world(region(), seed=8, now=start.last_moment(), share=0)
    world.play_until(world.now + 90 * MINUTE)
    assert open_jobs
    assert world.now > before.now
    assert not Deployment.objects.filter(status=DeploymentStatus.UNDER_WAY.value).exists()
    assert list(differences()) == []


def test_a_demonstration_keeps_away_from_a_real_centre(centre):
    assert "real centre" in start.why_not_demo()


def test_fewer_hours_are_played_where_more_people_call():
    quiet = start.begins_at(region(), EVENING - 4 * 24 * HOUR - 3 * HOUR, 3)
    busy = start.begins_at(region(), EVENING - 5 * HOUR, 3)
    assert EVENING - 4 * 24 * HOUR - 3 * HOUR - quiet == 3 * HOUR
    assert EVENING - 5 * HOUR - busy < 3 * HOUR


def test_the_desks_of_the_night_work_in_the_room_until_their_window_closes():
    closes = int(datetime(2026, 11, 21, 8, tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp() * 1000)
    world = start.new_world(region(), seed=7, now=closes - HOUR // 4, share=0.6)
    world.play_until(closes + HOUR // 2)
    guests = {person for desk in world.people.guests.values() for person in desk}
    taken = JournalEntry.objects.filter(kind="Answered", by__in=guests)
    weekend = Membership.objects.filter(person__in=guests, organisation__code="hap-eemland").values("person")
    assert taken.filter(at__lt=closes).exists()
    assert taken.filter(at__gte=closes, by__in=weekend).exists(), "on a Saturday one of them stays until ten"
    assert not taken.filter(at__gte=closes).exclude(by__in=weekend).exists()
    assert world.refusals == Counter()
    centre = region().centre.id
    rows = CareRequest.objects.filter(pk__in=taken.values("request"))
    assert set(rows.values_list("owner__code", flat=True)) == {centre}
