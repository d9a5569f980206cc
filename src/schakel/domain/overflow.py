"""When a request flows over to another desk, and when that has to be looked at again.

The region states for a desk who takes over what it leaves (`overflow`) and after how long nobody answering is too
long (`overflow_after_min`). The clock of the centre lets a request flow once; after that people decide. The owner
keeps the request until the other desk acts, so that it never has none.
"""

from __future__ import annotations

from schakel.domain.durations import MINUTE
from schakel.domain.reasons import Reason
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.region.model import Region
from schakel.domain.states import RequestState, RequestStatus
from schakel.domain.vocabulary import OverflowReason

NOWHERE = _("The region names no desk to which requests of {name} flow over. Offer the ownership instead.")
NOT_IN_ROOM = _("{name} does not take requests over now. Try again when its window is open, or offer the ownership.")
ASKED_ALREADY = _("Another organisation has been asked for this request already. Wait for it, or take it back first.")
NOT_FLOWED = _("This request has not flowed over, so there is nothing to take back.")

#: How soon a request is looked at again that cannot flow yet, because somebody has the caller on the line.
AGAIN = 5 * MINUTE

_WAITING = (RequestStatus.RINGING, RequestStatus.MISSED)


def why_not_flow(state: RequestState, region: Region, owner: str, at: int) -> Reason | None:
    """Say why the request of this owner cannot flow over at this moment, or None when it can."""
    desk = region.organisation.get(owner)
    if desk is None or desk.overflow is None:
        return Reason(NOWHERE, {"name": desk.name if desk else owner})
    if state.owner_offered is not None:
        return Reason(ASKED_ALREADY)
    if not region.takes_overflow(desk.overflow, at):
        return Reason(NOT_IN_ROOM, {"name": region.organisation[desk.overflow].name})
    return None


def by_clock(state: RequestState, region: Region, owner: str, at: int) -> OverflowReason | None:
    """Why the clock lets this request flow over now; None when it stays.

    A call that somebody has in hand stays until it has an urgency, and so does one for which somebody goes.
    """
    if not _may_flow_yet(state) or why_not_flow(state, region, owner, at):
        return None
    if not region.is_open(owner, at) and not _in_hand(state):
        return OverflowReason.CLOSED
    after = region.organisation[owner].overflow_after_ms
    if after is not None and state.status in _WAITING and at - (state.received_at or at) >= after:
        return OverflowReason.WAIT
    return None


def look_again(state: RequestState, region: Region, owner: str, at: int) -> int | None:
    """When to look next whether the clock has to let it flow over; None when nothing can change it."""
    desk = region.organisation.get(owner)
    if desk is None or desk.overflow is None or not _may_flow_yet(state):
        return None
    is_open = region.is_open(owner, at)
    moments: list[int | None] = []
    waited_enough = False
    if desk.overflow_after_ms is not None and state.status in _WAITING and state.received_at is not None:
        enough = state.received_at + desk.overflow_after_ms
        waited_enough = enough <= at
        moments.append(enough)
    moments.append(region.calendar.open_until(desk.hours, at))
    if (waited_enough or not is_open) and not region.takes_overflow(desk.overflow, at):
        moments.append(region.takes_overflow_from(desk.overflow, at))
    elif not is_open:
        moments.append(at + AGAIN)  # somebody has it in hand
    return min((moment for moment in moments if moment is not None and moment > at), default=None)


def _may_flow_yet(state: RequestState) -> bool:
    living = (*_WAITING, RequestStatus.RECEIVED, RequestStatus.TRIAGED)
    return state.status in living and state.overflowed_at is None and state.owner_offered is None


def _in_hand(state: RequestState) -> bool:
    busy = state.offers_open or state.deployments_open or state.follow_ups_open
    return state.status is RequestStatus.RECEIVED or bool(busy)
