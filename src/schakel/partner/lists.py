"""The live lists of a partner's own page: what is asked of it, what it has in hand, what it asked. Never another's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from schakel.domain import events as e
from schakel.domain.access import DEPLOYMENT_PHASE, LIVING, Category, Phase, Ties, Viewer, sees
from schakel.domain.durations import DAY
from schakel.domain.events import Event
from schakel.domain.reasons import Word
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import DeploymentStatus, FollowUpStatus
from schakel.domain.vocabulary import Channel, EscalationLevel, Role
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Deployment, FollowUp, JournalEntry
from schakel.screens.lists import LiveList

PARTNER = (Role.PARTNER, Role.PARTNER_COORDINATOR)

#: The shape beside each status.
MARKS: dict[str, str] = {
    "offered": "offered",
    "accepted": "dispatched",
    "under_way": "under_way",
    "on_scene": "on_scene",
    "transporting": "under_way",
    "at_destination": "on_scene",
    "handed_over": "done",
    "cleared": "done",
    "done": "done",
    "ringing": "new",
    "missed": "waiting",
    "received": "waiting",
    "triaged": "dispatched",
    "closed": "done",
}

#: What is said of the request on a row: the rows of that request are drawn again.
OF_REQUEST = (e.Located, e.Triaged, e.UrgencyRaised, e.UrgencyLowered)

#: How long an answer that the centre gave stays on the list of what was asked.
ASKED_LATELY = DAY

TO_OWN = Word(_("Keep hold of the patient"))
OWNED = Word(_("We keep hold of the patient"))

_JOBS_ACTIVE = [status.value for status, phase in DEPLOYMENT_PHASE.items() if phase is Phase.ACTIVE]
_LIVING = [status.value for status in LIVING]


def dress(row: Any, request: CareRequest, *, what: object, of: int | None) -> Any:
    """Put on the row what its template shows. `of`: the organisation whose row it is."""
    zone = region().zone.get(request.zone or "")
    row.about, row.what, row.of = request, what, of
    row.zone_name = zone.name if zone else None
    row.mark = MARKS.get(row.status.value, "stopped")
    row.answer_by = getattr(row, "reply_by", None) if row.status.value == "offered" else None
    row.escalated = getattr(row, "level", None) not in (None, EscalationLevel.PARTNER)
    return row


def dress_follow_up(row: FollowUp) -> Any:
    """A follow-up as a row."""
    return dress(row, row.request, what=row.need, of=row.partner_id)


def dress_job(row: Deployment) -> Any:
    """A deployment as a row: the unit or place it is for comes with it."""
    dress(row, row.request, what=row.care, of=row.partner_id)
    row.by_whom = row.place.name if row.place else row.unit.callsign if row.unit else ""  # type: ignore[attr-defined]
    return row


def _only(rows: Any, keys: set[int] | None) -> Any:
    return rows if keys is None else rows.filter(pk__in=keys)


def _follow_ups(*statuses: FollowUpStatus, escalated: bool = False) -> Callable[[set[int] | None, int], Sequence[Any]]:
    def rows(keys: set[int] | None, now: int) -> Sequence[Any]:
        found = FollowUp.objects.filter(status__in=[status.value for status in statuses], partner__isnull=False)
        if escalated:
            found = found.exclude(level=EscalationLevel.PARTNER.value)
        return [dress_follow_up(row) for row in _only(found, keys).select_related("request")]

    return rows


def _jobs(statuses: list[str]) -> Callable[[set[int] | None, int], Sequence[Any]]:
    def rows(keys: set[int] | None, now: int) -> Sequence[Any]:
        found = _only(Deployment.objects.filter(status__in=statuses), keys)
        return [dress_job(row) for row in found.select_related("request", "unit", "place")]

    return rows


def _asked_to_own(keys: set[int] | None, now: int) -> Sequence[Any]:
    found = _only(CareRequest.objects.filter(status__in=_LIVING, owner_offered__isnull=False), keys)
    return [dress(row, row, what=TO_OWN, of=row.owner_offered_id) for row in found]


def _owned(keys: set[int] | None, now: int) -> Sequence[Any]:
    found = _only(CareRequest.objects.filter(status__in=_LIVING).exclude(owner__kind="centre"), keys)
    return [dress(row, row, what=OWNED, of=row.owner_id) for row in found]


def _rang(keys: set[int] | None, now: int) -> Sequence[Any]:
    """What was asked on the professional line, with the organisation that asked: the journal knows."""
    channels = [Channel.PROFESSIONAL.value, Channel.HAP.value]
    found = CareRequest.objects.filter(channel__in=channels, received_at__gt=now - ASKED_LATELY)
    rows = list(_only(found, keys))
    said = JournalEntry.objects.filter(kind=e.Rang.__name__, request__in=[row.pk for row in rows])
    asked = dict(said.values_list("request", "organisation"))
    return [dress(row, row, what=row.channel, of=asked.get(row.pk)) for row in rows]


def _shows(*roles: Role) -> Callable[[Viewer, Any, Ties | None, int], bool]:
    def shows(viewer: Viewer, row: Any, ties: Ties | None, now: int) -> bool:
        own = row.of in viewer.organisations(*roles)
        return own and ties is not None and sees(viewer, ties, Category.LOGISTICS, now)

    return shows


def _asked_it(viewer: Viewer, row: Any, ties: Ties | None, now: int) -> bool:
    """Who asked sees the number and how far it is, without a part in the request itself."""
    return row.of in viewer.organisations(*PARTNER)


def _sort(row: Any) -> str:
    urgency = row.about.urgency.rank if row.about.urgency else 9
    return f"{0 if row.escalated else 1} {urgency} {row.answer_by or row.about.received_at or 0:015d}"


def _keys(subject: str, table: Any) -> Callable[[Event], Iterable[int | None]]:
    def keys(event: Event) -> Iterable[int | None]:
        if (key := getattr(event, subject, None)) is not None and event.home.value == subject:
            return [key]
        if isinstance(event, OF_REQUEST):
            return table.objects.filter(request=event.request).values_list("pk", flat=True)
        return []

    return keys


def _request_key(event: Event) -> Iterable[int | None]:
    return [event.request] if isinstance(event, e.RequestEvent) else _taken_over(event)


def _taken_over(event: Event) -> Iterable[int | None]:
    return [event.request] if isinstance(event, e.FollowUpAccepted) else []


def _live(name: str, rows: Any, keys: Any, shows: Any, *, own: bool = False, template: str = "row") -> LiveList:
    return LiveList(
        name=f"partner_{name}",
        template=f"partner/parts/{template}.html",
        rows=rows,
        shows=shows,
        sort=_sort,
        keys=keys,
        prefix=f"partner-{name}",
        request_of=(lambda row: row) if own else (lambda row: row.request),
    )


_F, _D = FollowUpStatus, DeploymentStatus
_of_follow_up = _keys("follow_up", FollowUp)
_of_job = _keys("deployment", Deployment)
_mine = _shows(*PARTNER)

ESCALATED = _live("escalated", _follow_ups(_F.OFFERED, escalated=True), _of_follow_up, _shows(Role.PARTNER_COORDINATOR))
ASKED = (
    _live("follow_ups", _follow_ups(_F.OFFERED), _of_follow_up, _mine),
    _live("jobs", _jobs([_D.OFFERED.value]), _of_job, _mine),
    _live("ownership", _asked_to_own, _request_key, _mine, own=True),
)
IN_HAND = (
    _live("follow_ups_in_hand", _follow_ups(_F.ACCEPTED), _of_follow_up, _mine),
    _live("jobs_in_hand", _jobs(_JOBS_ACTIVE), _of_job, _mine),
    _live("owned", _owned, _request_key, _mine, own=True),
)
RANG = _live("rang", _rang, _request_key, _asked_it, own=True, template="asked_row")
LISTS = (ESCALATED, *ASKED, *IN_HAND, RANG)
