"""What a request waits for, and who comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.domain.access import LIVING
from schakel.domain.states import RequestState, RequestStatus
from schakel.domain.vocabulary import Care, Urgency
from schakel.domain.waiting import Deadline, Promise, Wait, nearest, order, rank, waits_for


def triaged(**facts) -> RequestState:
    return RequestState(status=RequestStatus.TRIAGED, urgency=facts.pop("urgency", Urgency.U2), **facts)


@pytest.mark.parametrize("status", [RequestStatus.RINGING, RequestStatus.MISSED])
def test_a_call_that_nobody_has_waits_for_an_answer(status):
    assert waits_for(RequestState(status=status)) is Wait.ANSWER


def test_a_call_in_hand_waits_for_triage():
    assert waits_for(RequestState(status=RequestStatus.RECEIVED)) is Wait.TRIAGE


def test_after_triage_it_waits_for_a_choice_of_care():
    assert waits_for(triaged()) is Wait.CARE


def test_after_the_choice_it_waits_for_somebody_who_goes():
    assert waits_for(triaged(care=Care.ALS)) is Wait.CREW


@pytest.mark.parametrize(
    "facts", [{"offers_open": 1}, {"deployments_open": 1}, {"offers_open": 2, "follow_ups_open": 1}]
)
def test_a_provider_who_is_asked_or_busy_is_waited_for_first(facts):
    assert waits_for(triaged(**facts), helped=True) is Wait.CREW


def test_a_follow_up_keeps_the_request_from_closing():
    assert waits_for(triaged(care=Care.ALS, follow_ups_open=1), helped=True) is Wait.TAKER


def test_once_helped_it_waits_for_closing():
    assert waits_for(triaged(care=Care.ALS), helped=True) is Wait.CLOSING


def test_advice_by_telephone_waits_for_closing_at_once():
    assert waits_for(triaged(care=Care.ADVICE)) is Wait.CLOSING


@pytest.mark.parametrize("status", [RequestStatus.NEW, RequestStatus.CLOSED, RequestStatus.MERGED])
def test_what_is_over_waits_for_nothing(status):
    assert waits_for(RequestState(status=status)) is None


@given(
    status=st.sampled_from(sorted(LIVING, key=str)),
    care=st.none() | st.sampled_from(Care),
    counts=st.tuples(*[st.integers(0, 3)] * 3),
    helped=st.booleans(),
)
def test_whatever_lives_waits_for_something(status, care, counts, helped):
    offers, jobs, tasks = counts
    state = RequestState(status=status, care=care, offers_open=offers, deployments_open=jobs, follow_ups_open=tasks)
    assert waits_for(state, helped=helped) is not None


def test_not_yet_known_stands_between_u1_and_u2():
    unknown = RequestState(status=RequestStatus.RECEIVED)
    assert rank(triaged(urgency=Urgency.U1)) < rank(unknown) < rank(triaged(urgency=Urgency.U2))


def test_a_life_threat_goes_first_before_anybody_has_triaged():
    assert rank(RequestState(status=RequestStatus.RECEIVED, life_threat=True)) == rank(triaged(urgency=Urgency.U0))


def test_the_urgencies_keep_their_own_order():
    assert [rank(triaged(urgency=one)) for one in Urgency] == sorted({rank(triaged(urgency=one)) for one in Urgency})


def test_the_deadline_that_comes_first_counts():
    care, reply = Deadline(500, Promise.CARE), Deadline(400, Promise.REPLY)
    assert nearest([care, None, reply]) is reply
    assert nearest([None]) is None


def test_the_queue_is_by_urgency_then_deadline_then_age():
    due = [Deadline(at, Promise.CARE) for at in (100, 200)]
    first = order(triaged(urgency=Urgency.U1, received_at=9), due[1])
    second = order(triaged(received_at=9), due[0])
    third = order(triaged(received_at=8), due[1])
    fourth = order(triaged(received_at=9), due[1])
    last = order(triaged(received_at=1), None)
    assert [first, second, third, fourth, last] == sorted([last, fourth, third, second, first])
