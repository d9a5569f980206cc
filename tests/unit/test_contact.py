"""Which earlier requests may be about the same."""

from __future__ import annotations

import pytest

from schakel.domain.access import LIVING
from schakel.domain.contact import COUNTS, TOLD, maybe_same
from schakel.domain.states import RequestState, RequestStatus

NOW = 1_800_000_000_000


@pytest.mark.parametrize("status", sorted(LIVING, key=lambda one: one.value))
def test_an_open_request_may_always_be_about_the_same(status):
    assert maybe_same(RequestState(status=status, received_at=0), ("callback", "bsn"), NOW) == ("callback", "bsn")


@pytest.mark.parametrize("by", COUNTS)
@pytest.mark.parametrize("status", [RequestStatus.CLOSED, RequestStatus.MERGED])
def test_what_is_over_counts_until_its_time_has_passed(status, by):
    on_time = RequestState(status=status, received_at=0, closed_at=NOW - COUNTS[by])
    late = RequestState(status=status, received_at=0, closed_at=NOW - COUNTS[by] - 1)
    assert maybe_same(on_time, (by,), NOW) == (by,)
    assert maybe_same(late, (by,), NOW) == ()


def test_the_same_patient_counts_longer_than_the_same_number():
    state = RequestState(status=RequestStatus.CLOSED, received_at=0, closed_at=NOW - COUNTS["callback"] - 1)
    assert maybe_same(state, ("callback", "bsn", "address"), NOW) == ("bsn",)


def test_contacts_are_told_longer_than_they_count():
    assert max(COUNTS.values()) <= TOLD
