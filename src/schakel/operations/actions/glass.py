"""Breaking the glass: access to one dossier in an emergency, with a reason, a time limit and a review."""

from __future__ import annotations

from schakel.accounts import access_log
from schakel.accounts.models import BrokenGlass, Deed, GlassReason
from schakel.domain.access import Category, Viewer
from schakel.domain.durations import HOUR
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Role
from schakel.operations import clock
from schakel.operations.action import action, check_time, locked
from schakel.operations.models import CareRequest

#: How long broken glass gives access.
OPEN_FOR = HOUR

NOT_CARE = _("Only somebody who gives care at the centre can break the glass. Ask a triagist or the regiearts.")
SAY_WHY = _("Write in a few words why you need this dossier now; at least {least} characters.")
ONLY_PRIVACY = _("Only the privacy officer reviews broken glass.")
OWN_GLASS = _("You cannot review your own. Ask the other privacy officer.")
REVIEWED = _("This was reviewed already.")
LEAST = 10


@action
def break_glass(*, request: int, reason: GlassReason, words: str, at: int, by: Viewer) -> int:
    """Open one dossier for an hour although you have no part in it. The privacy officer reviews every time."""
    check_time(at)
    row = locked(CareRequest, request)
    if not by.has(Role.TRIAGIST, Role.REGIEARTS, Role.CENTRE_LEAD, Role.COORDINATOR):
        raise Refused(Reason(NOT_CARE))
    if len(words.strip()) < LEAST:
        raise Refused(Reason(SAY_WHY, {"least": LEAST}))
    glass = BrokenGlass.objects.create(
        person_id=by.person, request=row.pk, reason=reason, words=words.strip()[:500], at=at, until=at + OPEN_FOR
    )
    access_log.add(
        Deed.BREAK_GLASS,
        viewer=by,
        at=clock.now_ms(),
        request=row.pk,
        categories=Category,
        ground=f"glass: {reason.value}",
        emergency=True,
    )
    return glass.pk


@action
def review(*, glass: int, justified: bool, verdict: str, at: int, by: Viewer) -> None:
    """The privacy officer says whether it was right, and why."""
    check_time(at)
    row = locked(BrokenGlass, glass)
    if not by.has(Role.PRIVACY_OFFICER):
        raise Refused(Reason(ONLY_PRIVACY))
    if row.person_id == by.person:
        raise Refused(Reason(OWN_GLASS))
    if row.reviewed_at is not None:
        raise Refused(Reason(REVIEWED))
    row.reviewed_by_id, row.reviewed_at = by.person, at
    row.justified, row.verdict = justified, verdict.strip()[:500]
    row.save(update_fields=["reviewed_by", "reviewed_at", "justified", "verdict"])
