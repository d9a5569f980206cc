"""Many people at once: nothing is lost, nothing happens twice, nobody waits for ever, and readers skip nothing.

On SQLite writers wait for each other from the beginning of their action; on PostgreSQL (marker
`postgres`) only for the rows they need, which is where the order of locking has to prove itself.
"""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from django.db import connection

from doings import Busy, says_what_to_do
from schakel.domain.events import Subject
from schakel.domain.reasons import Refused
from schakel.domain.states import RequestStatus
from schakel.domain.vocabulary import Care, Channel, DeclineReason
from schakel.operations import journal
from schakel.operations.actions import care_request, deployment, incident
from schakel.operations.models import ROWS, CareRequest, Deployment, JournalEntry, Unit
from together import together

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8


@pytest.fixture
def busy(db):
    return Busy()


@pytest.fixture
def postgres():
    if connection.vendor != "postgresql":
        pytest.skip("Set SCHAKEL_DATABASE to a PostgreSQL server to see writers that do not wait for each other.")


def _one_wins(outcomes: list) -> None:
    """One of them did it, the others were told why not."""
    refused = [one for one in outcomes if isinstance(one, Refused)]
    assert len(refused) == len(outcomes) - 1, outcomes
    assert all(says_what_to_do(one) for one in refused)


def _writers_and_a_reader(busy: Busy, each: int) -> None:
    begin = journal.head()
    over = threading.Event()
    read: list[int] = []

    def reader():
        last = begin
        while True:
            ended = over.is_set()
            for recorded in journal.after(last, limit=50):
                read.append(recorded.seq)
                last = recorded.seq
            if ended and last == journal.head():
                return None

    def writer():
        for _ in range(each):
            key = care_request.begin(channel=Channel.PHONE, at=busy.now, by=busy.triagist)
            care_request.locate(request=key, zone="zeist", at=busy.now, by=busy.triagist)
        return None

    done = threading.Semaphore(0)

    def counted():
        try:
            return writer()
        finally:
            done.release()

    def reads_until_all_have_written():
        waiting = threading.Thread(target=lambda: ([done.acquire() for _ in range(WRITERS)], over.set()), daemon=True)
        waiting.start()
        return reader()

    outcomes = together(*[counted] * WRITERS, reads_until_all_have_written)
    assert outcomes == [None] * (WRITERS + 1)
    assert read == list(range(begin + 1, begin + 1 + WRITERS * each * 2)), "every event, once, in order"
    assert all(later == earlier + 1 for earlier, later in pairwise(read))


def test_a_reader_skips_no_event_of_eight_writers(busy):
    _writers_and_a_reader(busy, each=5)


@pytest.mark.postgres
def test_a_reader_skips_no_event_of_eight_writers_who_do_not_wait_for_each_other(postgres, busy):
    _writers_and_a_reader(busy, each=40)


def test_the_same_key_from_many_at_once_happens_once(busy):
    def begin():
        return care_request.begin(channel=Channel.PHONE, at=busy.now, by=busy.triagist, key="pressed-twice")

    outcomes = together(*[begin] * WRITERS)
    assert len(set(outcomes)) == 1 and isinstance(outcomes[0], int)
    assert CareRequest.objects.count() == 1


def test_of_two_who_claim_a_call_one_has_it_and_the_other_is_told(busy):
    key = care_request.ring(channel=Channel.PHONE, at=busy.now, by=None)
    outcomes = together(
        *(lambda by=by: care_request.answer(request=key, at=busy.now, by=by) for by in (busy.triagist, busy.second))
    )
    _one_wins(outcomes)
    winner = busy.second if isinstance(outcomes[0], Refused) else busy.triagist
    assert CareRequest.objects.get(pk=key).handler_id == winner.person


def test_of_two_who_ask_the_same_unit_one_has_it_and_the_other_is_told(busy):
    requests = [busy.request(), busy.request()]
    unit = busy.units[0]
    outcomes = together(
        *(
            lambda request=request, by=by: deployment.offer(
                request=request.pk, care=Care.ALS, unit=unit, at=busy.now, by=by
            )
            for request, by in zip(requests, (busy.dispatcher, busy.regiearts), strict=True)
        )
    )
    _one_wins(outcomes)
    assert Unit.objects.get(pk=unit).offers_open == 1
    assert Deployment.objects.count() == 1, "the one that was refused left nothing"


def test_an_offer_is_answered_once_by_crew_and_dispatcher_at_once(busy):
    request = busy.request()
    key = deployment.offer(request=request.pk, care=Care.ALS, unit=busy.units[0], at=busy.now, by=busy.dispatcher)
    outcomes = together(
        lambda: deployment.accept(deployment=key, at=busy.now, by=busy.crews[0]),
        lambda: deployment.decline(deployment=key, reason=DeclineReason.NO_CAPACITY, at=busy.now, by=busy.dispatcher),
    )
    _one_wins(outcomes)


def test_two_who_link_two_requests_from_both_sides_do_not_block_each_other(busy):
    for _ in range(5):
        one, other = busy.request().pk, busy.request().pk
        outcomes = together(
            lambda one=one, other=other: incident.join(request=one, to=other, at=busy.now, by=busy.triagist),
            lambda one=one, other=other: incident.join(request=other, to=one, at=busy.now, by=busy.second),
        )
        assert outcomes == [None, None]
        assert CareRequest.objects.get(pk=one).incident == CareRequest.objects.get(pk=other).incident is not None


def test_of_two_who_merge_two_requests_into_each_other_one_request_goes_on(busy):
    for _ in range(5):
        one, other = busy.request().pk, busy.request().pk
        outcomes = together(
            lambda one=one, other=other: care_request.merge(request=one, into=other, at=busy.now, by=busy.triagist),
            lambda one=one, other=other: care_request.merge(request=other, into=one, at=busy.now, by=busy.second),
        )
        _one_wins(outcomes)
        living = CareRequest.objects.filter(pk__in=(one, other)).exclude(status=RequestStatus.MERGED)
        assert living.count() == 1


def test_a_busy_centre_of_four_desks_never_stands_still(busy):
    """Everything that people do, by four at once: no deadlock, no broken row."""

    def desk(first: int):
        for seed in range(first, first + 40):
            busy.step(seed, passing=False)
        return None

    outcomes = together(*(lambda first=first: desk(first) for first in (0, 1_000, 2_000, 3_000)))
    assert outcomes == [None] * 4
    _rows_are_their_histories()


@pytest.mark.postgres
def test_a_very_busy_centre_never_stands_still(postgres, busy):
    def desk(first: int):
        for seed in range(first, first + 120):
            busy.step(seed, passing=False)
        return None

    outcomes = together(*(lambda first=first: desk(first) for first in range(0, 8_000, 1_000)))
    assert outcomes == [None] * 8
    _rows_are_their_histories()


def _rows_are_their_histories() -> None:
    seqs = list(JournalEntry.objects.values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    for subject in (Subject.REQUEST, Subject.DEPLOYMENT, Subject.FOLLOW_UP):
        for row in ROWS[subject]._default_manager.all():
            assert row.state == journal.refold(subject, row.pk)
    for row in Unit.objects.exclude(status="off_duty"):
        assert row.state == journal.refold(Subject.UNIT, row.pk)
