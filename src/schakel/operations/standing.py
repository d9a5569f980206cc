"""How a request, a unit and a place stand, in one word each: what the screens say of a row of state.

Everything here follows from the rows and the norms of the region; nothing is recorded of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from schakel.domain.reasons import gettext_noop as _
from schakel.domain.region import Region
from schakel.domain.states import DeploymentStatus as D
from schakel.domain.states import FollowUpStatus as F
from schakel.domain.states import RequestStatus as R
from schakel.domain.states import UnitStatus as U
from schakel.domain.vocabulary import Care, Term
from schakel.operations.models import CareRequest, Deployment, FollowUp, Unit


class Wait(Term):
    """What an open request waits for now: finer than the queue's own (`domain.waiting`), in the same words."""

    ANSWER = "answer", _("an answer")
    CALL_BACK = "call_back", _("a call back")
    CALLER = "caller", _("the caller, line lost")
    TRIAGE = "triage", _("triage")
    REASSESSMENT = "reassessment", _("re-assessment, overdue")
    CARE = "care", _("a choice of care")
    CREW = "crew", _("somebody who goes")
    REPLY = "reply", _("the provider's reply")
    DEPARTURE = "departure", _("departure")
    ARRIVAL = "arrival", _("arrival")
    NOTHING = "nothing", _("nothing, care is given")
    TAKER = "taker", _("a taker")
    TAKER_REPLY = "taker_reply", _("the partner's reply")
    FOLLOW_UP = "follow_up", _("the end of follow-up")
    CLOSING = "closing", _("closing")


class Doing(Term):
    """What a unit is doing now. *Reserved*, *dispatched* and *under way* are three things."""

    FREE = "free", _("free")
    RESERVED = "reserved", _("reserved")
    DISPATCHED = "dispatched", _("dispatched")
    UNDER_WAY = "under_way", _("under way")
    ON_SCENE = "on_scene", _("on scene")
    TRANSPORTING = "transporting", _("transporting")
    AT_DESTINATION = "at_destination", _("at destination")
    HANDED_OVER = "handed_over", _("handed over")
    ABSENT = "absent", _("cannot be sent")
    OFF_DUTY = "off_duty", _("off duty")


#: The shape before each word (see `screens.templatetags.schakel.MARKS`).
WAIT_MARK: dict[Wait, str] = {
    Wait.ANSWER: "new",
    Wait.CALL_BACK: "new",
    Wait.CALLER: "alarm",
    Wait.REASSESSMENT: "alarm",
    Wait.REPLY: "offered",
    Wait.DEPARTURE: "dispatched",
    Wait.ARRIVAL: "under_way",
    Wait.NOTHING: "on_scene",
    Wait.TAKER_REPLY: "offered",
    Wait.FOLLOW_UP: "done",
    Wait.CLOSING: "done",
}
DOING_MARK: dict[Doing, str] = {
    Doing.FREE: "waiting",
    Doing.RESERVED: "reserved",
    Doing.DISPATCHED: "dispatched",
    Doing.UNDER_WAY: "under_way",
    Doing.ON_SCENE: "on_scene",
    Doing.TRANSPORTING: "under_way",
    Doing.AT_DESTINATION: "on_scene",
    Doing.HANDED_OVER: "done",
    Doing.ABSENT: "paused",
    Doing.OFF_DUTY: "stopped",
}

#: From the job that is furthest: that is what the unit is doing.
DOING: dict[D, Doing] = {
    D.ACCEPTED: Doing.DISPATCHED,
    D.UNDER_WAY: Doing.UNDER_WAY,
    D.ON_SCENE: Doing.ON_SCENE,
    D.TRANSPORTING: Doing.TRANSPORTING,
    D.AT_DESTINATION: Doing.AT_DESTINATION,
    D.HANDED_OVER: Doing.HANDED_OVER,
}
_FURTHEST = tuple(DOING)
_ON_THE_WAY = (D.ACCEPTED, D.UNDER_WAY)

#: Nobody waits for care any more: somebody is there, was there, or only a taker is missing.
CARED_FOR = frozenset({Wait.NOTHING, Wait.TAKER, Wait.TAKER_REPLY, Wait.FOLLOW_UP, Wait.CLOSING})


class Standing(NamedTuple):
    """What a request waits for, and until when at the latest; no deadline where there is none."""

    wait: Wait
    due: int | None


def of_request(
    row: CareRequest, jobs: Sequence[Deployment], follow_ups: Sequence[FollowUp], region: Region
) -> Standing:
    """How an open request stands, given its offered or going jobs and its open follow-ups."""
    match row.status:
        case R.RINGING:
            return Standing(Wait.ANSWER, None)
        case R.MISSED:
            return Standing(Wait.CALL_BACK, None)
        case R.RECEIVED:
            return Standing(Wait.CALLER if row.line_lost else Wait.TRIAGE, None)
    going = [job for job in jobs if job.status in DOING]
    if any(job.arrived_at is not None or job.status not in _ON_THE_WAY for job in going):
        return Standing(Wait.NOTHING, None)
    offered = [job for job in jobs if job.status is D.OFFERED]
    promised = [job.reply_by for job in offered]
    promised += [one.reply_by for one in follow_ups if one.status in (F.SEEKING, F.OFFERED)]
    only_ending = bool(follow_ups) or row.care is Care.ADVICE or row.helped  # type: ignore[attr-defined]
    if going or offered or not only_ending:
        promised += _norms(row, region)
    due = min((moment for moment in promised if moment is not None), default=None)
    return Standing(_wait(row, jobs, going, follow_ups), due)


def _wait(
    row: CareRequest, jobs: Sequence[Deployment], going: Sequence[Deployment], follow_ups: Sequence[FollowUp]
) -> Wait:
    """What a triaged request waits for while nobody is with the patient."""
    if row.reassess_overdue:
        return Wait.REASSESSMENT
    if going:
        under_way = any(job.status is D.UNDER_WAY for job in going)
        return Wait.ARRIVAL if under_way else Wait.DEPARTURE
    if any(job.status is D.OFFERED for job in jobs):
        return Wait.REPLY
    for status, wait in ((F.SEEKING, Wait.TAKER), (F.OFFERED, Wait.TAKER_REPLY), (F.ACCEPTED, Wait.FOLLOW_UP)):
        if any(one.status is status for one in follow_ups):
            return wait
    if row.care is Care.ADVICE or row.helped:  # type: ignore[attr-defined]
        return Wait.CLOSING
    return Wait.CARE if row.care is None else Wait.CREW


def _norms(row: CareRequest, region: Region) -> list[int]:
    """By when the region promises care, and to ask again."""
    asked = row.triaged_at or row.received_at
    if row.urgency is None or asked is None:
        return []
    every = region.norms.reassess_ms.get(row.urgency)
    return [region.due(row.urgency, asked), *([(row.assessed_at or asked) + every] if every else [])]


def of_unit(row: Unit, jobs: Sequence[Deployment]) -> tuple[Doing, Deployment | None]:
    """What the unit is doing, and the job that says so: of several, the one that is furthest."""
    going = [job for job in jobs if job.status in DOING]
    if going:
        job = max(going, key=lambda one: (_FURTHEST.index(one.status), -one.pk))
        return DOING[job.status], job
    if row.status is U.OFF_DUTY:
        return Doing.OFF_DUTY, None
    if row.status is U.ABSENT:
        return Doing.ABSENT, None
    offered = [job for job in jobs if job.status is D.OFFERED]
    return (Doing.RESERVED, offered[0]) if offered else (Doing.FREE, None)
