"""What people do with a place: say how many can be taken in."""

from __future__ import annotations

from schakel.domain import authority
from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Role, Source
from schakel.operations import journal
from schakel.operations.action import action, check_time, locked
from schakel.operations.models import Place

NOT_A_COUNT = _("Give a whole number from 0 to 999; came {free}.")
OLDER = _("A newer figure is already known.")


@action
def report_capacity(*, place: int, free: int, source: Source, at: int, by: Viewer) -> None:
    """Say how many can be taken in now. `at` is when it was measured."""
    check_time(at)
    if not 0 <= free <= 999:
        raise Refused(Reason(NOT_A_COUNT, {"free": free}))
    row = locked(Place, place)
    own = row.organisation_id in by.organisations(Role.PARTNER, Role.PARTNER_COORDINATOR)
    if reason := authority.why_not_do_own(by, e.CapacityReported, own=own):
        raise Refused(reason)
    if row.measured_at is not None and at < row.measured_at:
        raise Refused(Reason(OLDER))
    journal.record(e.CapacityReported(at=at, place=row.pk, free=free, source=source), by=by, rows=[row])
