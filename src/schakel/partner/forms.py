"""What comes in from a partner, read before anything is done with it. What cannot be read gets a sentence."""

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
from schakel.domain.vocabulary import CloseReason, DeclineReason, Term
from schakel.operations import clock
from schakel.operations.current_region import region
from schakel.screens.refusal import refusal

#: What a place reports of somebody who comes to it: here, and done.
PLACE_REPORTS = ("Arrived", "Cleared")

#: What a professional can ask for. The centre decides what fits.
WANTED = {
    "bed": N_("A bed"),
    "crisis_team": N_("The mental health crisis team"),
    "visit": N_("A visit by a GP"),
    "nurse": N_("A district nurse"),
    "ambulance": N_("An ambulance or transport"),
    "consult": N_("Advice or consultation"),
}

Answer = Callable[..., HttpResponse]


def term_field(terms: type[Term], label: str) -> forms.TypedChoiceField:
    """A choice between the members of an enumeration."""
    return forms.TypedChoiceField(label=label, choices=[(one.value, one.label) for one in terms], coerce=terms)


class Said(forms.Form):
    """What every form says: the key under which it happens once."""

    key = forms.CharField(required=False, max_length=64)


class Decline(Said):
    reason = term_field(DeclineReason, N_("Reason"))


class Close(Said):
    reason = term_field(CloseReason, N_("Reason"))


class Report(Said):
    report = forms.ChoiceField(label=N_("Report"), choices=[(name, name) for name in PLACE_REPORTS])


class Capacity(Said):
    free = forms.IntegerField(label=N_("Free"), min_value=0, max_value=999)


class Ask(Said):
    """What a professional asks of the centre, in one form: what, where to call back, where, and in words."""

    organisation = forms.TypedChoiceField(label=N_("On behalf of"), coerce=int)
    wanted = forms.ChoiceField(label=N_("What do you ask for?"), choices=list(WANTED.items()), widget=forms.RadioSelect)
    callback = forms.CharField(
        label=N_("Call-back number"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"}),
    )
    area = forms.ChoiceField(label=N_("Where is the patient?"), required=False)
    words = forms.CharField(
        label=N_("In a few words"),
        help_text=N_("What is the matter, and what is needed by when. The centre asks for the rest."),
        max_length=1900,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any = None, *, organisations: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["key"].widget = forms.HiddenInput()
        self.fields["organisation"].choices = organisations
        self.fields["wanted"].choices = [(code, _(label)) for code, label in WANTED.items()]
        towns = sorted((zone.name, zone.id) for zone in region().zones)
        self.fields["area"].choices = [("", _("not known")), *((code, name) for name, code in towns)]
        if len(organisations) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.fields["organisation"].initial = organisations[0][0]
        for field in self.fields.values():
            field.label = _(field.label) if field.label else ""
            field.help_text = _(field.help_text) if field.help_text else ""


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
