"""When a request flows over by the clock, and when that is looked at again."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from schakel.domain import overflow, region
from schakel.domain.durations import MINUTE, SECOND
from schakel.domain.states import RequestState, RequestStatus
from schakel.domain.vocabulary import OverflowReason


@pytest.fixture(scope="module")
def here():
    return region.load(region.find("midden-nederland"))


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp() * SECOND)


EVENING = ms("2027-01-15 19:00")
NIGHT = ms("2027-01-15 23:30")
NOON = ms("2027-01-15 12:00")


def ringing(since: int, **more) -> RequestState:
    return RequestState(status=RequestStatus.RINGING, owner=1, received_at=since, **more)


@pytest.mark.parametrize(
    ("owner", "state", "at", "expected"),
    [
        ("hap-eemland", ringing(NOON), NOON, OverflowReason.CLOSED),
        ("hap-eemland", ringing(EVENING), EVENING, None),
        ("hap-eemland", ringing(EVENING), EVENING + 2 * MINUTE - 1, None),
        ("hap-eemland", ringing(EVENING), EVENING + 2 * MINUTE, OverflowReason.WAIT),
        ("hap-eemland", ringing(EVENING, overflowed_at=EVENING), EVENING + 2 * MINUTE, None),
        ("hap-eemland", ringing(NOON, owner_offered=2), NOON, None),
        ("zcc", ringing(NOON), NOON + 10 * MINUTE, None),  # the other desk is not in the room
        ("zcc", ringing(NIGHT), NIGHT + 3 * MINUTE, OverflowReason.WAIT),
        ("ggz-centraal", ringing(NOON), NOON + 10 * MINUTE, None),  # nobody takes over from it
        ("unknown", ringing(NOON), NOON, None),
        ("hap-eemland", RequestState(status=RequestStatus.RECEIVED, owner=1), NOON, None),
        ("hap-eemland", RequestState(status=RequestStatus.TRIAGED, owner=1), NOON, OverflowReason.CLOSED),
        ("hap-eemland", RequestState(status=RequestStatus.TRIAGED, owner=1, deployments_open=1), NOON, None),
        ("hap-eemland", RequestState(status=RequestStatus.CLOSED, owner=1), NOON, None),
    ],
)
def test_what_flows_over(here, owner, state, at, expected):
    assert overflow.by_clock(state, here, owner, at) is expected


@pytest.mark.parametrize(
    ("owner", "state", "at", "expected"),
    [
        ("hap-eemland", ringing(EVENING), EVENING, EVENING + 2 * MINUTE),
        ("hap-eemland", RequestState(status=RequestStatus.TRIAGED, owner=1), EVENING, ms("2027-01-18 08:00")),
        ("hap-eemland", RequestState(status=RequestStatus.RECEIVED, owner=1), NOON, NOON + overflow.AGAIN),
        ("zcc", ringing(NOON), NOON, NOON + 3 * MINUTE),
        ("zcc", ringing(NOON), NOON + 3 * MINUTE, ms("2027-01-15 23:00")),  # when the other desk comes in
        ("zcc", RequestState(status=RequestStatus.TRIAGED, owner=1), NOON, None),
        ("hap-eemland", ringing(EVENING, overflowed_at=EVENING), EVENING, None),
        ("unknown", ringing(NOON), NOON, None),
    ],
)
def test_when_it_is_looked_at_again(here, owner, state, at, expected):
    assert overflow.look_again(state, here, owner, at) == expected
