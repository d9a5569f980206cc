"""What comes in from the phone, read before anything is done with it. What cannot be read gets a sentence."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.vocabulary import AbsenceReason, CancelReason, DeclineReason, FollowUpKind, Term, Urgency
from schakel.operations import clock
from schakel.operations.actions.deployment import BY_NAME
from schakel.screens.refusal import refusal

#: The keys of rows, and moments in ms, as they come from a form.
MOST = 2**53

Answer = Callable[..., HttpResponse]


def term_field(terms: type[Term], label: str) -> forms.TypedChoiceField:
    """A choice between the members of an enumeration."""
    return forms.TypedChoiceField(label=label, choices=[(one.value, one.label) for one in terms], coerce=terms)


class Said(forms.Form):
    """What every form says: the key under which it happens once."""

    key = forms.CharField(required=False, max_length=64)


class Start(Said):
    """A shift: with these people, until that time of day."""

    crew = forms.TypedMultipleChoiceField(label=N_("Crew"), coerce=int)
    until = forms.TimeField(label=N_("Until"), input_formats=["%H:%M"])

    def __init__(self, data: Any, *, people: list[int]) -> None:
        super().__init__(data)
        self.fields["crew"].choices = [(pk, pk) for pk in people]


class Absent(Said):
    reason = term_field(AbsenceReason, N_("Reason"))


class Position(Said):
    lat = forms.FloatField(label=N_("Latitude"), min_value=-90, max_value=90)
    lon = forms.FloatField(label=N_("Longitude"), min_value=-180, max_value=180)
    at = forms.IntegerField(label=N_("Time"), min_value=0, max_value=MOST, required=False)


class Decline(Said):
    reason = term_field(DeclineReason, N_("Reason"))


class Cancel(Said):
    reason = term_field(CancelReason, N_("Reason"))


class Report(Said):
    """A report. `at`: when it was tapped (ms); `wall`: a time of day before that, where it happened earlier."""

    report = forms.ChoiceField(label=N_("Report"), choices=[(name, name) for name in BY_NAME])
    at = forms.IntegerField(label=N_("Time"), min_value=0, max_value=MOST, required=False)
    wall = forms.TimeField(label=N_("Time of day"), input_formats=["%H:%M"], required=False)


class Correct(Said):
    report = forms.ChoiceField(label=N_("Report"), choices=[(name, name) for name in BY_NAME])
    wall = forms.TimeField(label=N_("Time of day"), input_formats=["%H:%M"])


class Raise(Said):
    urgency = term_field(Urgency, N_("Urgency"))


class FollowUp(Said):
    need = term_field(FollowUpKind, N_("What is needed"))


class Note(Said):
    note = forms.CharField(label=N_("Note"), max_length=2000)


def verb(form: type[forms.Form]) -> Callable[[Answer], Answer]:
    """A view that does one thing with what the form said."""

    def with_form(view: Answer) -> Answer:
        @wraps(view)
        def read(request: HttpRequest, key: int) -> HttpResponse:
            said = form(request.POST)
            return view(request, key, said.cleaned_data) if said.is_valid() else wrong(request, said)

        return require_POST(read)

    return with_form


def wrong(request: HttpRequest, form: forms.Form) -> HttpResponse:
    """What was asked, what was expected and what came, for every field that could not be read."""
    told = []
    for name, errors in form.errors.as_data().items():
        field = form.fields[name]
        for error in errors:
            came = Truncator(" ".join(form.data.getlist(name))).chars(40)
            if isinstance(field, forms.ChoiceField) and error.code in ("invalid_choice", "invalid_list"):
                expected = ", ".join(str(code) for code, _word in field.choices)
                sentence = _("expected one of {expected}; came {came}.").format(expected=expected, came=came)
            elif error.code == "required":
                sentence = _("this is needed; nothing came.")
            elif isinstance(field, forms.TimeField):
                sentence = _("expected a time of day as in 14:05; came {came}.").format(came=came)
            else:
                sentence = " ".join(error.messages)
            told.append(f"{_(str(field.label))}: {sentence}" if field.label else sentence)
    return refusal(request, " ".join(told), status=422)


def words(request: HttpRequest, said: dict[str, Any]) -> dict[str, Any]:
    """What every action is told: by whom, when, and under which key."""
    return {"by": request.viewer, "at": clock.now_ms(), "key": said["key"] or None}  # type: ignore[attr-defined]


def new_key() -> str:
    """A key for one form on one page: sent twice, it is done once."""
    return uuid4().hex
