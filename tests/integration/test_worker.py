"""The worker: timers are done once, whoever does them and whoever is killed."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, connections

from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.events import Subject
from schakel.domain.states import DeploymentStatus
from schakel.domain.vocabulary import Care, UnitKind
from schakel.operations import clock, timers
from schakel.operations.actions import deployment
from schakel.operations.models import Deployment, JournalEntry, Timer
from schakel.operations.worker import LONGEST_S, Worker


@pytest.fixture(autouse=True)
def own_clock():
    """No pace of one test is remembered in the next."""
    yield
    clock.forget()


def offers(centre, count: int) -> list[int]:
    """Offers that nobody answers, one unit each."""
    keys = []
    for _ in range(count):
        unit, _crew = centre.unit(UnitKind.ALS)
        request = centre.request()
        keys.append(
            deployment.offer(request=request.pk, care=Care.ALS, unit=unit.pk, at=centre.now, by=centre.dispatcher)
        )
    return keys


@pytest.mark.django_db
def test_the_worker_does_what_is_due_and_nothing_else(centre):
    [key] = offers(centre, 1)
    worker = Worker()
    worker.do_what_is_due()
    assert worker.done == 0
    clock.set_pace(centre=centre.now + 10 * MINUTE, speed=1)
    worker.do_what_is_due()
    assert Deployment.objects.get(pk=key).status is DeploymentStatus.TIMED_OUT


@pytest.mark.django_db
def test_the_worker_sleeps_until_the_next_timer_by_the_clock_of_the_centre(centre):
    worker = Worker()
    assert worker.sleep_s() == LONGEST_S
    clock.set_pace(centre=centre.now, speed=10)
    timers.set_timer("offer", Subject.DEPLOYMENT, 1, centre.now + 5_000)
    assert 0.3 < worker.sleep_s() <= 0.5


@pytest.mark.django_db
def test_a_worker_that_was_told_to_stop_stops_between_two_timers(centre):
    offers(centre, 3)
    clock.set_pace(centre=centre.now + 30_000 + HOUR, speed=1)
    worker = Worker()
    done = timers.KINDS["offer"]

    def once(**told):
        worker.stop.set()
        done(**told)

    timers.KINDS["offer"] = once
    try:
        worker.do_what_is_due()
    finally:
        timers.KINDS["offer"] = done
    assert worker.done == 1
    assert JournalEntry.objects.filter(kind="OfferTimedOut").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_half_way_leaves_the_timer_for_the_next(centre):
    [key] = offers(centre, 1)
    clock.set_pace(centre=centre.now + 10 * MINUTE, speed=1)
    done = timers.KINDS["offer"]

    def killed(**told):
        done(**told)
        raise SystemExit

    timers.KINDS["offer"] = killed
    try:
        with pytest.raises(SystemExit):
            Worker().do_what_is_due()
    finally:
        timers.KINDS["offer"] = done
    assert Deployment.objects.get(pk=key).status is DeploymentStatus.OFFERED
    Worker().do_what_is_due()
    assert Deployment.objects.get(pk=key).status is DeploymentStatus.TIMED_OUT
    assert JournalEntry.objects.filter(kind="OfferTimedOut").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_timer_once(centre):
    if connection.vendor != "postgresql":
        pytest.skip("Two workers beside each other need PostgreSQL; set SCHAKEL_DATABASE.")
    keys = offers(centre, 8)
    clock.set_pace(centre=centre.now + 10 * MINUTE, speed=1)
    workers = [Worker(), Worker()]

    def work(worker: Worker) -> None:
        try:
            worker.run()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while Timer.objects.filter(kind="offer", done_at=None).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    for worker in workers:
        worker.stop.set()
    for thread in threads:
        thread.join()
    assert JournalEntry.objects.filter(kind="OfferTimedOut").count() == len(keys)
    assert sum(worker.done for worker in workers) == Timer.objects.exclude(done_at=None).count()
