"""What a form said, read before anything is done with it. What cannot be read gets a sentence.

The doors that ask one thing at a time, on a phone or on a partner's page, share this.
"""

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

from schakel.domain.vocabulary import Term
from schakel.operations import clock
from schakel.screens.refusal import refusal

Answer = Callable[..., HttpResponse]


def term_field(terms: type[Term], label: str) -> forms.TypedChoiceField:
    """A choice between the members of an enumeration."""
    return forms.TypedChoiceField(label=label, choices=[(one.value, one.label) for one in terms], coerce=terms)


class Said(forms.Form):
    """What every form says: the key under which it happens once."""

    key = forms.CharField(required=False, max_length=64)


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
