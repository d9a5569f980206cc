"""What people do with care that somebody has to take over."""

from __future__ import annotations

from schakel.accounts.models import Organisation
from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.events import Subject
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import FollowUpStatus, RequestStatus
from schakel.domain.vocabulary import (
    CancelReason,
    CloseReason,
    DeclineReason,
    EscalationLevel,
    FollowUpKind,
    OrganisationKind,
)
from schakel.operations import journal
from schakel.operations.action import action, ask_of, ask_of_request, locked
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, FollowUp
from schakel.operations.timers import set_timer, when_due

NO_PARTNER = _("{name} does not take follow-up care of this kind. Choose another partner.")

#: Who can be asked for each kind of follow-up.
TAKERS: dict[FollowUpKind, tuple[OrganisationKind, ...]] = {
    FollowUpKind.HOME_NURSING: (OrganisationKind.VVT,),
    FollowUpKind.SHORT_STAY: (OrganisationKind.VVT,),
    FollowUpKind.REHABILITATION: (OrganisationKind.VVT,),
    FollowUpKind.MENTAL_HEALTH: (OrganisationKind.GGZ,),
    FollowUpKind.ADMISSION: (OrganisationKind.HOSPITAL,),
    FollowUpKind.GP: (OrganisationKind.HAP,),
    FollowUpKind.SOCIAL: (OrganisationKind.SOCIAL, OrganisationKind.VVT),
}

#: The next to be called upon when nobody answers in time; the lead of the centre is the last.
NEXT_LEVEL: dict[EscalationLevel, EscalationLevel] = {
    EscalationLevel.PARTNER: EscalationLevel.PARTNER_COORDINATOR,
    EscalationLevel.PARTNER_COORDINATOR: EscalationLevel.CENTRE_LEAD,
}


@action
def ask(*, request: int, need: FollowUpKind, takes_over: bool, at: int, by: Viewer) -> int:
    """Say that somebody has to take this over. From now on it has a deadline, and escalates when it passes."""
    row = locked(CareRequest, request)
    ask_of_request(row, e.FollowUpAsked, by=by, at=at)
    task = FollowUp.objects.create(request=row)
    level = EscalationLevel.PARTNER
    reply_by = at + region().norms.escalation_ms[level]
    set_timer("follow_up", Subject.FOLLOW_UP, task.pk, reply_by)
    journal.record(
        e.FollowUpAsked(
            at=at,
            follow_up=task.pk,
            request=row.pk,
            need=need,
            takes_over=takes_over,
            level=level,
            reply_by=reply_by,
        ),
        by=by,
        rows=[row, task],
    )
    return task.pk


@action
def offer(*, follow_up: int, partner: int, at: int, by: Viewer) -> None:
    """Ask a partner to take it."""
    task, rows = _asked(follow_up, e.FollowUpOffered, at=at, by=by)
    asked = Organisation.objects.filter(pk=partner).first()
    assert task.need is not None, "a follow-up that can be offered has a need"
    if asked is None or asked.kind not in TAKERS[task.need]:
        raise Refused(Reason(NO_PARTNER, {"name": str(asked or partner)}))
    level = EscalationLevel.PARTNER
    reply_by = at + region().norms.escalation_ms[level]
    set_timer("follow_up", Subject.FOLLOW_UP, task.pk, reply_by)
    journal.record(
        e.FollowUpOffered(
            at=at, follow_up=task.pk, request=task.request_id, partner=partner, level=level, reply_by=reply_by
        ),
        by=by,
        rows=rows,
    )


@when_due("follow_up")
def follow_up_due(*, key: int, due_at: int, at: int) -> None:
    """Nobody took it in time: call upon the next level. The last level stays, and is reminded again."""
    task, rows = _with_rows(key)
    if task.status not in (FollowUpStatus.SEEKING, FollowUpStatus.OFFERED) or task.reply_by != due_at:
        return
    assert task.level is not None, "a follow-up that was asked for has a level"
    level = NEXT_LEVEL.get(task.level, EscalationLevel.CENTRE_LEAD)
    reply_by = at + region().norms.escalation_ms[level]
    set_timer("follow_up", Subject.FOLLOW_UP, task.pk, reply_by)
    journal.record(
        e.FollowUpEscalated(at=at, follow_up=task.pk, request=task.request_id, level=level, reply_by=reply_by),
        by=None,
        rows=rows,
    )


@action
def withdraw(*, follow_up: int, at: int, by: Viewer) -> None:
    """Take the offer back, to ask another partner."""
    task, rows = _asked(follow_up, e.FollowUpWithdrawn, at=at, by=by)
    journal.record(e.FollowUpWithdrawn(at=at, follow_up=task.pk, request=task.request_id), by=by, rows=rows)


@action
def accept(*, follow_up: int, at: int, by: Viewer, on_behalf: bool = False) -> None:
    """The partner takes it: on its own page, or on the phone with the centre (`on_behalf`).

    When it takes over the request too, it owns it from this moment.
    """
    task, rows = _asked(follow_up, e.FollowUpAccepted, at=at, by=by)
    row = rows[0]
    told: list[e.Event] = [
        e.FollowUpAccepted(at=at, follow_up=task.pk, request=row.pk, on_behalf=on_behalf),
    ]
    if task.takes_over and task.partner_id and row.owner_id != task.partner_id:
        told.append(e.OwnershipAccepted(at=at, request=row.pk, owner=task.partner_id))
    journal.record(*told, by=by, rows=rows)


@action
def decline(*, follow_up: int, reason: DeclineReason, at: int, by: Viewer, on_behalf: bool = False) -> None:
    """The partner does not take it, and says why. The follow-up has no taker again."""
    task, rows = _asked(follow_up, e.FollowUpDeclined, at=at, by=by)
    journal.record(
        e.FollowUpDeclined(at=at, follow_up=task.pk, request=task.request_id, reason=reason, on_behalf=on_behalf),
        by=by,
        rows=rows,
    )


@action
def finish(*, follow_up: int, at: int, by: Viewer) -> None:
    """The partner has the patient. When that was the last thing open and the partner owns it, the request closes."""
    task, rows = _asked(follow_up, e.FollowUpDone, at=at, by=by)
    row = rows[0]
    told: list[e.Event] = [e.FollowUpDone(at=at, follow_up=task.pk, request=row.pk)]
    alone = row.follow_ups_open == 1 and not row.deployments_open and not row.offers_open
    if alone and row.owner_id == task.partner_id and row.status is RequestStatus.TRIAGED:
        told.append(e.Closed(at=at, request=row.pk, reason=CloseReason.HANDED_OVER))
    journal.record(*told, by=by, rows=rows)


@action
def cancel(*, follow_up: int, reason: CancelReason, at: int, by: Viewer) -> None:
    """It is no longer needed."""
    task, rows = _asked(follow_up, e.FollowUpCancelled, at=at, by=by)
    journal.record(
        e.FollowUpCancelled(at=at, follow_up=task.pk, request=task.request_id, reason=reason), by=by, rows=rows
    )


def _asked(key: int, kind: type[e.Event], *, at: int, by: Viewer | None) -> tuple[FollowUp, list]:
    task, rows = _with_rows(key)
    ask_of(task, rows[0], kind, by=by, at=at)
    return task, rows


def _with_rows(key: int) -> tuple[FollowUp, list]:
    request = FollowUp.objects.filter(pk=key).values_list("request", flat=True).first()
    if request is None:
        locked(FollowUp, key)
    row = locked(CareRequest, request)
    task = locked(FollowUp, key)
    return task, [row, task]
