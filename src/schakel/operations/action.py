"""What all actions share: one transaction, once per key, and the asking before the recording."""

from __future__ import annotations

import math
import re
import types
from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

from django.db import connection, transaction

from schakel.domain import authority
from schakel.domain.access import Ties, Viewer
from schakel.domain.durations import DAY, MINUTE
from schakel.domain.events import Event, Subject
from schakel.domain.life_cycles import why_not
from schakel.domain.reasons import Reason, Refused, Word
from schakel.domain.reasons import gettext_noop as _
from schakel.operations import clock, room
from schakel.operations.models import CareRequest, Deployment, Done, FollowUp
from schakel.operations.rows import StateRow
from schakel.operations.statement import run
from schakel.operations.visibility import ties_of, ties_through

P = ParamSpec("P")
R = TypeVar("R", bound=StateRow)

IN_FUTURE = _("The time lies in the future. Give the time at which it happened.")
GONE = _("There is no {what} with number {number}. Check the number.")
OTHER_KEY = _("This was sent before by somebody else. Load the page again and repeat it.")
NOT_A_KEY = _("This form has lost its mark. Load the page again and repeat it.")
LONG_AGO = _("The time lies more than a year back. Give the time at which it happened.")
WRONG = _("What came for {field} cannot be kept: expected {expected}. Choose or type it again.")

#: How far a reported time may run ahead of the clock of the centre, for a telephone that is set a little wrong.
AHEAD = 2 * MINUTE

#: How far back something can be reported. A crew that was out of coverage is hours late, not years.
BACK = 366 * DAY

#: The largest whole number that every column, script and page carries unchanged.
LARGEST = 2**53

_KEY = re.compile(r"[\x20-\x7e]{1,64}")
_HALF = re.compile("[\ud800-\udfff]")


def action(function: Callable[P, int | None]) -> Callable[..., int | None]:
    """Make this one transaction, and once per `key`. The outcome is the key of a row, or None."""

    @wraps(function)
    def act(*args: P.args, key: str | None = None, **kwargs: P.kwargs) -> int | None:
        assert not args, "an action is called by name"
        for name, hint in _expected(function):
            if name in kwargs and (expected := _why_not_keep(kwargs[name], hint)):
                raise Refused(Reason(WRONG, {"field": name, "expected": expected}))
        if key is not None and not _KEY.fullmatch(key):
            raise Refused(Reason(NOT_A_KEY))
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
            if outcome is not None:
                Done.objects.filter(pk=key).update(outcome=outcome)
            return outcome

    return act


def _first_time(key: str, name: str, author: int | None) -> bool:
    """Claim the key. A second comer waits here for the first to commit, and then finds it taken."""
    columns = ", ".join(map(connection.ops.quote_name, ("key", "action", "by", "at")))
    _rows, count = run(
        f"INSERT INTO {Done._meta.db_table} ({columns}) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [key, name, author, clock.now_ms()],
    )
    return count == 1


def locked(rows: type[R], key: int) -> R:
    """The row, locked until the end of the action."""
    # Written out: an action does this two or three times, and to build the query cost more than to run it.
    for_update = "FOR UPDATE" if connection.features.has_select_for_update else ""
    names, converters = _columns(rows)
    found, _count = run(f"SELECT {names} FROM {rows._meta.db_table} WHERE id = %s {for_update}", [key])
    if not found:
        raise Refused(Reason(GONE, {"what": Word(str(rows._meta.verbose_name)), "number": key}))
    values = list(found[0])
    for place, convert in converters:
        values[place] = convert(values[place])
    return rows.from_db(connection.alias, [field.attname for field in rows._meta.concrete_fields], values)


@cache
def _columns(rows: type[StateRow]) -> tuple[str, list[tuple[int, Callable[[Any], Any]]]]:
    """The columns of a row as they are asked for, and how the values of some become what the row holds."""
    fields = rows._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    converters: list[tuple[int, Callable[[Any], Any]]] = []
    for place, field in enumerate(fields):
        for convert in (*connection.ops.get_db_converters(field.get_col("")), *field.get_db_converters(connection)):
            converters.append((place, lambda value, convert=convert: convert(value, None, connection)))
    return names, converters


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
    owner = Ties(row.owner_id, row.owner_offered_id, row.status, row.closed_at, asked_until=row.overflow_until)
    if authority.why_not_do(by, kind, owner, now) is None:
        return  # the owner's own desk, mostly: who else has to do with it need not be looked up
    ties = ties_of([row], now)[row.pk]
    if reason := authority.why_not_do(by, kind, ties, now):
        raise Refused(room.or_closed(reason, by, ties, now))


def ask_of(row: Deployment | FollowUp, request: CareRequest, kind: type[Event], *, by: Viewer | None, at: int) -> None:
    """The same for a deployment or follow-up: a provider for its own job, a taker for its own follow-up."""
    check_time(at)
    ask_authority_through(row, request, kind, by=by)
    if reason := why_not(row.state, row.subject, kind):
        raise Refused(reason)


def ask_authority_through(
    row: Deployment | FollowUp, request: CareRequest, kind: type[Event], *, by: Viewer | None
) -> None:
    """Refuse when this person may not record this of this one job or follow-up."""
    if by is None:
        return
    now = clock.now_ms()
    if reason := authority.why_not_do(by, kind, ties_through(row, request, now), now):
        raise Refused(reason)


def check_time(at: int) -> None:
    """Refuse a time that has not come yet, or that is so long ago that it must be a mistake."""
    now = clock.now_ms()
    if at > now + AHEAD:
        raise Refused(Reason(IN_FUTURE))
    if at < now - BACK:
        raise Refused(Reason(LONG_AGO))


@cache
def _expected(function: Callable[..., Any]) -> tuple[tuple[str, Any], ...]:
    """What each parameter of an action says it takes, except who does it."""
    hints = get_type_hints(function)
    return tuple((name, hint) for name, hint in hints.items() if name not in ("by", "return"))


def _why_not_keep(value: Any, hint: Any) -> str | None:
    """What was expected in place of this value, or None where it is what the action takes."""
    if isinstance(hint, types.UnionType):
        told = [_why_not_keep(value, one) for one in get_args(hint)]
        return None if None in told else told[0]
    if hint is types.NoneType:
        return None if value is None else "nothing"
    if get_origin(hint) is dict:
        of_name, of_value = get_args(hint)
        if not isinstance(value, Mapping):
            return "fields"
        told = [t for one in value for t in (_why_not_keep(one, of_name), _why_not_keep(value[one], of_value))]
        return next(filter(None, told), None)
    if get_origin(hint) is Iterable:
        told = [_why_not_keep(one, get_args(hint)[0]) for one in value]
        return next(filter(None, told), None)
    if hint is str:
        return None if isinstance(value, str) and _storable(value) else "text"
    if hint is bool:
        return None if isinstance(value, bool) else "yes or no"
    if hint is int:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return None if whole and abs(value) <= LARGEST else "a whole number"
    if hint is float:
        return None if isinstance(value, int | float) and math.isfinite(value) else "a number"
    return None if isinstance(value, hint) else "one of the given choices"


def _storable(text: str) -> bool:
    """Whether every database can keep it: no NUL, and no half of a character."""
    return "\x00" not in text and not _HALF.search(text)
