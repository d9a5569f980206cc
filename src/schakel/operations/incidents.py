"""Which requests are one incident, and how all of them are held while that changes.

An incident is what several requests have in common: one collision with two casualties, one caller with
two patients. It has no row of its own. Every request of it keeps the same number, which is the key of one
of them, and the same lead; so nothing about an incident changes unless all its requests are held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import RequestStatus
from schakel.operations.action import ask_authority, ask_of_request, locked
from schakel.operations.models import CareRequest

SELF = _("A request cannot be joined with itself. Choose another one.")
NOT_LIVING = _("Request {number} is already closed. Choose one that is open.")

ENDED = (RequestStatus.CLOSED, RequestStatus.MERGED)


class _Changed(Exception):
    """Somebody joined or left while the requests were being locked."""


def whole(*requests: int) -> dict[int, CareRequest]:
    """These requests and everybody of their incidents, locked in the order of their keys.

    Who belongs together is known for certain only when all are held. When it changed on the way there, all are
    let go and it begins again: a lower key that is locked late could block somebody who waits for a higher one.
    """
    while True:
        try:
            with transaction.atomic():
                rows = {key: locked(CareRequest, key) for key in sorted(_members(requests))}
                if _members(requests) != rows.keys():
                    raise _Changed
                return rows
        except _Changed:
            continue


def _members(requests: Iterable[int]) -> set[int]:
    keys = set(requests)
    numbers = CareRequest.objects.filter(pk__in=keys, incident__isnull=False).values_list("incident", flat=True)
    return keys | set(CareRequest.objects.filter(incident__in=list(numbers)).values_list("pk", flat=True))


def pair(
    rows: Mapping[int, CareRequest], request: int, other: int, kind: type[e.Event], *, at: int, by: Viewer
) -> tuple[CareRequest, CareRequest]:
    """The two requests of these that somebody joins. Refused when it is one, not theirs to join, or over."""
    if request == other:
        raise Refused(Reason(SELF))
    ask_of_request(rows[request], kind, by=by, at=at)
    ask_authority(rows[other], kind, by=by)
    if rows[other].status in ENDED:
        raise Refused(Reason(NOT_LIVING, {"number": other}))
    return rows[request], rows[other]


def as_one(
    rows: Mapping[int, CareRequest], row: CareRequest, other: CareRequest, *, at: int, by: Viewer
) -> list[e.Linked]:
    """What makes the incidents of two requests one, for all who are in either; nothing when they are one already.

    The older number goes on, with its lead. A new incident has the number of its older request, and whoever
    joins the two leads it.
    """
    known = {one.incident for one in (row, other) if one.incident is not None}
    number = min(known or {row.pk, other.pk})
    led_by = [one.incident_lead_id for one in rows.values() if one.incident == number and one.incident_lead_id]
    lead = led_by[0] if led_by else by.person
    return [
        e.Linked(at=at, request=key, incident=number, incident_lead=lead)
        for key, one in rows.items()
        if (one.incident, one.incident_lead_id) != (number, lead)
    ]
