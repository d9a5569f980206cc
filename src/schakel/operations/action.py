"""What all actions share: one transaction, once per key, and the asking before the recording."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

from schakel.domain import authority
from schakel.domain.access import Viewer
from schakel.domain.durations import MINUTE
from schakel.domain.events import Event, Subject
from schakel.domain.life_cycles import why_not
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.operations import clock
from schakel.operations.models import CareRequest, Deployment, Done, FollowUp
from schakel.operations.rows import StateRow
from schakel.operations.visibility import ties_of

P = ParamSpec("P")
R = TypeVar("R", bound=StateRow)

IN_FUTURE = _("The time lies in the future. Give the time at which it happened.")
GONE = _("There is no {what} with number {number}. Check the number.")
OTHER_KEY = _("This was sent before by somebody else. Load the page again and repeat it.")

#: How far a reported time may run ahead of the clock of the centre, for a telephone that is set a little wrong.
AHEAD = 2 * MINUTE


def action(function: Callable[P, int | None]) -> Callable[..., int | None]:
    """Make this one transaction, and once per `key`. The outcome is the key of a row, or None."""

    @wraps(function)
    def act(*args: P.args, key: str | None = None, **kwargs: P.kwargs) -> int | None:
        assert not args, "an action is called by name"
        with transaction.atomic():
            if key is None:
                return function(**kwargs)
            by = kwargs.get("by")
            author = by.person if isinstance(by, Viewer) else None
            if not _first_time(key, function.__name__, author):
                done = Done.objects.get(pk=key)
                if (done.by, done.action) != (author, function.__name__):
                    raise Refused(Reason(OTHER_KEY))
                return done.outcome
            outcome = function(**kwargs)
            Done.objects.filter(pk=key).update(outcome=outcome)
            return outcome

    return act


def _first_time(key: str, name: str, author: int | None) -> bool:
    """Claim the key. A second comer waits here for the first to commit, and then finds it taken."""
    columns = ", ".join(map(connection.ops.quote_name, ("key", "action", "by", "at")))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Done._meta.db_table} ({columns}) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [key[:64], name, author, clock.now_ms()],
        )
        return cursor.rowcount == 1


def locked(rows: type[R], key: int) -> R:
    """The row, locked until the end of the action."""
    row = rows._default_manager.select_for_update(of=("self",)).filter(pk=key).first()
    if row is None:
        raise Refused(Reason(GONE, {"what": str(rows._meta.verbose_name), "number": key}))
    return row


def ask_of_request(row: CareRequest, kind: type[Event], *, by: Viewer | None, at: int) -> None:
    """Refuse when this person may not record this of the request, or when it cannot be now."""
    check_time(at)
    ask_authority(row, kind, by=by)
    if reason := why_not(row.state, Subject.REQUEST, kind):
        raise Refused(reason)


def ask_authority(row: CareRequest, kind: type[Event], *, by: Viewer | None) -> None:
    """Refuse when this person may not record this of the request. The clock of the centre may anything."""
    if by is None:
        return
    now = clock.now_ms()
    if reason := authority.why_not_do(by, kind, ties_of([row], now)[row.pk], now):
        raise Refused(reason)


def ask_of(row: Deployment | FollowUp, request: CareRequest, kind: type[Event], *, by: Viewer | None, at: int) -> None:
    """The same for a deployment or follow-up of a request."""
    check_time(at)
    ask_authority(request, kind, by=by)
    if reason := why_not(row.state, row.subject, kind):
        raise Refused(reason)


def check_time(at: int) -> None:
    """Refuse a time that has not come yet."""
    if at > clock.now_ms() + AHEAD:
        raise Refused(Reason(IN_FUTURE))
