"""Overflow: a request whose own desk is closed or has no hands goes to another, as the region agreed.

Nobody becomes the owner of anything without acting. Flowing over asks the other desk; until it answers the call or
accepts, the owner has the request and both have it on their queue. Taken back, it was never gone.
"""

from __future__ import annotations

from schakel.accounts.models import Organisation
from schakel.domain import events as e
from schakel.domain import overflow as rule
from schakel.domain.access import Phase, Relation, Viewer, relations
from schakel.domain.events import Subject
from schakel.domain.life_cycles import evolve
from schakel.domain.reasons import Reason, Refused
from schakel.domain.vocabulary import OrganisationKind, OverflowReason
from schakel.operations import journal
from schakel.operations.action import action, ask_of_request, locked
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest
from schakel.operations.room import viewer_of
from schakel.operations.timers import set_timer, when_due
from schakel.operations.visibility import ties_of


@action
def flow_over(*, request: int, at: int, by: Viewer) -> None:
    """Ask the desk to which the region lets our requests flow to take this one. Until it acts, we own it."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.FlowedOver, by=by, at=at)
    owner = _code(row.owner_id)
    if reason := rule.why_not_flow(row.state, region(), owner, at):
        raise Refused(reason)
    journal.record(_flow(row.pk, owner, OverflowReason.BY_HAND, at=at), by=by, rows=[row])


@action
def flow_back(*, request: int, at: int, by: Viewer) -> None:
    """Take a request back that flowed over, as long as the other desk has not acted."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.FlowedBack, by=by, at=at)
    if row.overflow is None:
        raise Refused(Reason(rule.NOT_FLOWED))
    journal.record(e.FlowedBack(at=at, request=row.pk), by=by, rows=[row])


@when_due("overflow")
def overflow_due(*, key: int, due_at: int, at: int) -> None:
    """A desk closed, or a call waited for long: look whether the request flows over, or back."""
    row = locked(CareRequest, key)
    if row.overflow_until is not None and at >= row.overflow_until:
        journal.record(e.FlowedBack(at=at, request=row.pk), by=None, rows=[row])
        return
    if told := follows(row, at=at):
        journal.record(*told, by=None, rows=[row])


def follows(row: CareRequest, *told: e.RequestEvent, at: int) -> list[e.RequestEvent]:
    """What the clock lets follow on these events: that the request flows over, if its desk is closed or it waits long.

    Else it is looked at again when that may be so. Called before the recording: the head of the journal is locked last.
    """
    state = row.state
    for event in told:
        state = evolve(state, Subject.REQUEST, event)
    owner = _code(state.owner)
    if (reason := rule.by_clock(state, region(), owner, at)) is not None:
        return [_flow(row.pk, owner, reason, at=at)]
    again = rule.look_again(state, region(), owner, at)
    if again is not None:
        set_timer("overflow", Subject.REQUEST, row.pk, again)
    return []


def owner_of_line(line: int, centre: int, at: int) -> int:
    """Who owns what rings on the line of this organisation: itself, or the centre whose whole queue it shares now."""
    code = _code(line)
    sitting = region().sits_in(code, at)
    shares = sitting is not None and at < sitting.closes and sitting.complaints is None
    return centre if shares or code not in region().organisation else line


def takes_by_answering(row: CareRequest, by: Viewer, now: int) -> int | None:
    """The organisation that owns the request when this person answers: None where the owner stays.

    The owner's own desk, and a desk that shares its room, answer for the owner.
    """
    if row.overflow is None:
        return None
    held = {(relation, phase) for relation, phase, _organisation in relations(by, ties_of([row], now)[row.pk], now)}
    if (Relation.OWNER, Phase.ACTIVE) in held or (Relation.GUEST, Phase.ACTIVE) in held:
        return None
    return row.owner_offered_id


def has_left(row: CareRequest, at: int) -> bool:
    """Whether whoever has the call sits at a desk whose window in the room has closed."""
    assert row.handler is not None, "somebody has the call"
    viewer = viewer_of(row.handler, at)
    if row.owner_id in {seat.organisation for seat in viewer.seats}:
        return False
    return not any(guest.host == row.owner_id and guest.is_in(at) for guest in viewer.guests)


def is_open(organisation: int, at: int) -> bool:
    """Whether the desk of this organisation is open; one that the region does not name keeps no hours."""
    code = _code(organisation)
    return code not in region().organisation or region().is_open(code, at)


def taker_of(row: CareRequest) -> str:
    """The name of the desk to which the region lets requests of this owner flow; empty where there is none."""
    desk = region().organisation.get(row.owner.code)
    return region().organisation[desk.overflow].name if desk and desk.overflow else ""


def why_not_flow(row: CareRequest, now: int) -> Reason | None:
    """Say why this request cannot flow over now, or None when it can."""
    return rule.why_not_flow(row.state, region(), row.owner.code, now)


def _flow(request: int, owner: str, reason: OverflowReason, *, at: int) -> e.FlowedOver:
    """The event, and the timer that ends it where the window of the other desk closes."""
    desk = region().organisation[owner]
    assert desk.overflow is not None, "the rule found a desk that takes over"
    taker = Organisation.objects.get(code=desk.overflow)
    until = None
    if taker.kind is not OrganisationKind.CENTRE and region().organisation[taker.code].virtual_desk:
        until = region().calendar.open_until(region().organisation[taker.code].virtual_desk, at)
    if until is not None:
        set_timer("overflow", Subject.REQUEST, request, until)
    return e.FlowedOver(at=at, request=request, owner_offered=taker.pk, overflow=reason, until=until)


def _code(organisation: int | None) -> str:
    return Organisation.objects.values_list("code", flat=True).get(pk=organisation)
