"""Handing a shift over: the giver signs for the list, the taker signs for having it."""

from __future__ import annotations

from schakel.accounts.models import Person
from schakel.domain.access import Viewer
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Role
from schakel.operations import journal
from schakel.operations.action import action, check_time, locked
from schakel.operations.models import CareRequest, Handover
from schakel.operations.room import viewer_of

NOT_SAME_ROLE = _("{name} does not have the role {role} here now. Hand over to somebody who has.")
YOURSELF = _("You cannot hand over to yourself. Choose the colleague who takes the shift.")
NOT_YOUR_SEAT = _("You do not have this role here now, so there is no shift to hand over.")
NOT_FOR_YOU = _("This shift was handed to somebody else.")
SIGNED = _("This hand-over was signed already.")


@action
def give(*, role: Role, to: int, remark: str, at: int, by: Viewer) -> int:
    """Sign for the list of everything that is open in this role, as it stands now."""
    check_time(at)
    organisations = by.organisations(role)
    if not organisations:
        raise Refused(Reason(NOT_YOUR_SEAT))
    organisation = min(organisations)
    taker = Person.objects.filter(pk=to).first()
    if to == by.person:
        raise Refused(Reason(YOURSELF))
    if taker is None or organisation not in viewer_of(taker, at).organisations(role):
        raise Refused(Reason(NOT_SAME_ROLE, {"name": str(taker or to), "role": role.label}))
    requests = list(CareRequest.objects.living().filter(owner=organisation).order_by("pk").values_list("pk", flat=True))
    return Handover.objects.create(
        organisation_id=organisation,
        role=role,
        giver_id=by.person,
        taker=taker,
        seq=journal.head(),
        requests=requests,
        remark=remark.strip()[:2000],
        given_at=at,
    ).pk


@action
def take(*, handover: int, at: int, by: Viewer) -> None:
    """Sign for having the shift."""
    check_time(at)
    row = locked(Handover, handover)
    if row.taker_id != by.person:
        raise Refused(Reason(NOT_FOR_YOU))
    if row.taken_at is not None:
        raise Refused(Reason(SIGNED))
    row.taken_at = at
    row.save(update_fields=["taken_at"])
