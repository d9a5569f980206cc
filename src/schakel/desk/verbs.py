"""The verbs of the desk: a form that is read, one action that is called, and the part of the page that follows.

A wrong form gives a sentence that says what was asked, what was expected and what came. A refusal of the
action itself passes through to the middleware, which says its sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from schakel.accounts.models import Organisation, Person
from schakel.domain import authority
from schakel.domain.access import Category, Ties, Viewer, sees
from schakel.domain.durations import HOUR
from schakel.domain.events import Event
from schakel.domain.life_cycles import why_not
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.vocabulary import Role, Term
from schakel.operations import clock, room
from schakel.operations.action import AHEAD
from schakel.operations.models import CareRequest
from schakel.operations.rows import StateRow
from schakel.operations.visibility import ties_of
from schakel.screens.reading import new_key as new_key  # what the desk says alike
from schakel.screens.reading import words as words
from schakel.screens.refusal import refusal
from schakel.screens.wording import name_of

#: Everybody who works at the desks of the centre.
CENTRE = (Role.DISPATCHER, Role.COORDINATOR, Role.REGIEARTS, Role.CENTRE_LEAD, Role.TRIAGIST)

NOT_A_TIME = N_("A time of day looks like 14:05 or 14:05:30; came {came}.")
NOT_LATELY = N_("{came} lies in the future, or more than {hours} hours ago. Give the time at which it happened.")

#: How long ago a time of day may be: what is older than half a day cannot be told from what is still to come.
LONGEST_AGO = 12 * HOUR

#: The keys of rows, as they come from a form.
MOST = 2**53

Verb = Callable[..., HttpResponse]


class Said(forms.Form):
    """What every verb says: the key under which it happens once, and where to go afterwards."""

    key = forms.CharField(required=False, max_length=64)
    next = forms.CharField(required=False, max_length=200)


def term_field(terms: type[Term], label: str, *, required: bool = True) -> forms.TypedChoiceField:
    """A choice between the members of an enumeration."""
    return forms.TypedChoiceField(
        label=label,
        choices=[(one.value, one.label) for one in terms],
        coerce=terms,
        empty_value=None,
        required=required,
    )


def row_field(label: str, *, required: bool = True) -> forms.IntegerField:
    """The key of a row."""
    return forms.IntegerField(label=label, min_value=1, max_value=MOST, required=required)


def verb(form: type[forms.Form]) -> Callable[[Verb], Verb]:
    """A view that does one thing with what the form said. What cannot be read is answered with a sentence."""

    def with_form(view: Verb) -> Verb:
        @wraps(view)
        def read(request: HttpRequest, **of: int) -> HttpResponse:
            said = form(request.POST)
            if not said.is_valid():
                return refusal(request, _what_is_wrong(said), status=400)
            return view(request, said=said.cleaned_data, **of)

        return require_POST(read)

    return with_form


def _what_is_wrong(form: forms.Form) -> str:
    """What was asked, what was expected and what came, for every field that could not be read."""
    told = []
    for name, errors in form.errors.as_data().items():
        field = form.fields.get(name)
        for error in errors:
            if isinstance(field, forms.ChoiceField) and error.code == "invalid_choice":
                expected = ", ".join(str(code) for code, _word in field.choices)
                came = str((error.params or {}).get("value", ""))[:40]
                sentence = _("expected one of {expected}; came {came}.").format(expected=expected, came=came)
            elif error.code == "required":
                sentence = _("expected a choice; nothing came.")
            else:
                sentence = " ".join(error.messages)
            told.append(f"{_(str(field.label))}: {sentence}" if field is not None and field.label else sentence)
    return " ".join(told)


def then(request: HttpRequest, said: dict[str, Any], part: Callable[[], HttpResponse], otherwise: str) -> HttpResponse:
    """After the action: the part of the page for htmx, else the page where this person was."""
    if request.htmx:  # type: ignore[attr-defined]
        return part()
    to = said.get("next") or ""
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(to if safe else otherwise)


#: Who is named on a request: organisations and people.
ORGANISATIONS = ("owner", "owner_offered")
PEOPLE = ("handler", "lead", "lead_offered", "incident_lead")


def named(rows: Iterable[CareRequest]) -> None:
    """Put whoever is named on these requests on them, in two queries whatever their number.

    To join them with the request took PostgreSQL six times as long, for the planning alone.
    """
    rows = list(rows)
    for kind, names in ((Organisation, ORGANISATIONS), (Person, PEOPLE)):
        keys = {key for row in rows for name in names if (key := getattr(row, f"{name}_id")) is not None}
        found = kind.objects.in_bulk(keys) if keys else {}
        for row in rows:
            for name in names:
                key = getattr(row, f"{name}_id")
                setattr(row, name, found[key] if key is not None else None)


def request_seen(viewer: Viewer, key: int) -> CareRequest:
    """The request, when this viewer may know that it is there."""
    return _seen(viewer, key)[0]


def seen_with_ties(viewer: Viewer, key: int) -> tuple[CareRequest, Ties]:
    """The request with the names on it, when this viewer may know that it is there, and who has to do with it."""
    row, ties = _seen(viewer, key)
    named([row])
    return row, ties


def _seen(viewer: Viewer, key: int) -> tuple[CareRequest, Ties]:
    now = clock.now_ms()
    row = CareRequest.objects.filter(pk=key).first()
    ties = ties_of([row], now)[row.pk] if row else None
    if row is None or ties is None or not sees(viewer, ties, Category.LOGISTICS, now):
        if reason := room.why_not_in(viewer, now):
            raise Refused(reason)
        raise Http404
    return row, ties


def is_seen(viewer: Viewer, key: int) -> bool:
    """Whether this viewer may know that the request is there."""
    return CareRequest.objects.visible_to(viewer, Category.LOGISTICS, clock.now_ms()).filter(pk=key).exists()


class Able:
    """What this viewer can do with one request and its deployments and follow-ups now, and why not."""

    def __init__(self, row: CareRequest, viewer: Viewer, ties: Ties | None = None) -> None:
        """`ties`: who has to do with the request, where that was looked up for this very page."""
        self.row, self.viewer = row, viewer
        self.now = clock.now_ms()
        self.ties: Ties = ties_of([row], self.now)[row.pk] if ties is None else ties

    def why_not(self, kind: type[Event], of: StateRow | None = None) -> Reason | None:
        """Say why this cannot be recorded by this viewer now, or None when it can."""
        one = self.row if of is None else of
        return authority.why_not_do(self.viewer, kind, self.ties, self.now) or why_not(one.state, one.subject, kind)


def moment_of(text: str, now: int) -> int:
    """The moment that somebody means with a time of day: the last one that was, not more than half a day ago."""
    typed = text.strip()
    if not typed:
        return now
    for shape in ("%H:%M", "%H:%M:%S"):
        try:
            at = datetime.strptime(typed, shape).time()  # noqa: DTZ007 - a time of day, made a moment below
        except ValueError:
            continue
        today = localtime(clock.as_datetime(now)).date()
        found = []
        for day in (today - timedelta(days=1), today):
            for fold in (0, 1):  # on the night that the clock goes back, an hour comes twice
                moment = datetime.combine(day, at, tzinfo=get_current_timezone()).replace(fold=fold)
                ms = clock.as_ms(moment)
                if localtime(clock.as_datetime(ms)).time() == at:  # and on the other night, an hour is not there
                    found.append(ms)
        last = max((one for one in found if one <= now + AHEAD), default=None)
        if last is None or now - last > LONGEST_AGO:
            raise Refused(Reason(NOT_LATELY, {"came": typed, "hours": LONGEST_AGO // HOUR}))
        return last
    raise Refused(Reason(NOT_A_TIME, {"came": typed[:20]}))


def options(terms: type[Term]) -> list[tuple[str, str]]:
    """The members of an enumeration as code and word."""
    return [(one.value, name_of(one)) for one in terms]
