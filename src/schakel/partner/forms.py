"""What comes in from a partner, read before anything is done with it. What cannot be read gets a sentence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.vocabulary import CloseReason, DeclineReason
from schakel.operations.current_region import region
from schakel.screens.reading import Said, term_field

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
