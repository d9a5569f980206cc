"""The virtual room: whose desk shares the queue of the centre at this moment, by the windows in the region's file.

A viewer that is looked up here has its roles and the rooms that its desks are in. The roles alone, from
`accounts.models`, open no room.
"""

from __future__ import annotations

from schakel.accounts.models import Organisation, Person, seats_of
from schakel.domain.access import GUESTS, Guest, Relation, Seat, Ties, Viewer, relations
from schakel.domain.reasons import Reason
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import OrganisationKind
from schakel.operations import clock
from schakel.operations.current_region import region

CLOSED = _(
    "The window of {name} in the room of the centre is closed, so this request is closed to you. "
    "What you typed is still on your screen: give it to the centre by telephone."
)
CLOSED_UNTIL = _(
    "The window of {name} in the room of the centre is closed until {opens}, so this request is closed to you. "
    "What you typed is still on your screen: give it to the centre by telephone."
)


def viewer_of(person: Person, now: int) -> Viewer:
    """The person with the roles and rooms of this moment: without any, it sees nothing."""
    if not person.is_authenticated:
        return Viewer(person=0, seats=frozenset())
    return viewers_of([person.pk], now)[person.pk]


def viewers_of(people: list[int], now: int) -> dict[int, Viewer]:
    """The same for many people: one query, and one more when any of their desks is in the room."""
    held = seats_of(people, now)
    sitting = {
        seat.organisation: found
        for seats in held.values()
        for seat, code in seats
        if seat.role in GUESTS and (found := region().sits_in(code, now)) is not None
    }
    host = _centre() if sitting else None

    def rooms(seats: set[tuple[Seat, str]]) -> frozenset[Guest]:
        if host is None:
            return frozenset()
        return frozenset(
            Guest(seat.organisation, host, *sitting[seat.organisation])
            for seat, _code in seats
            if seat.role in GUESTS and seat.organisation in sitting
        )

    return {
        pk: Viewer(person=pk, seats=frozenset(seat for seat, _code in seats), guests=rooms(seats))
        for pk, seats in held.items()
    }


def why_not_in(viewer: Viewer, now: int) -> Reason | None:
    """Say that the viewer's desk shares a room but its window is closed now; None where it shares none or is in it.

    Told of the viewer alone, so that it says nothing of any request.
    """
    if any(guest.is_in(now) for guest in viewer.guests):
        return None
    organisations = [seat.organisation for seat in viewer.seats if seat.role in GUESTS]
    for code in Organisation.objects.filter(pk__in=organisations).order_by("pk").values_list("code", flat=True):
        desk = region().organisation.get(code)
        if desk is None or not desk.virtual_desk:
            continue
        opens = region().calendar.next_start(desk.virtual_desk, now)
        if opens is None:
            return Reason(CLOSED, {"name": desk.name})
        return Reason(CLOSED_UNTIL, {"name": desk.name, "opens": _wall(opens)})
    return None


def or_closed(reason: Reason, viewer: Viewer, ties: Ties, now: int) -> Reason:
    """The refusal of somebody whose window has closed says so; every other one stays as it is."""
    held = relations(viewer, ties, now)
    if held and all(relation is not Relation.GUEST for relation, _phase, _organisation in held):
        return reason
    return why_not_in(viewer, now) or reason


def _wall(at: int) -> str:
    return clock.as_datetime(at).astimezone(region().calendar.zone).strftime("%H:%M")


def _centre() -> int | None:
    return Organisation.objects.filter(kind=OrganisationKind.CENTRE.value).values_list("pk", flat=True).first()
