"""What comes in from the phone, read before anything is done with it. What cannot be read gets a sentence."""

from __future__ import annotations

from typing import Any

from django import forms

from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.vocabulary import AbsenceReason, CancelReason, DeclineReason, FollowUpKind, Urgency
from schakel.operations.actions.deployment import BY_NAME
from schakel.screens.reading import Said, term_field

#: The keys of rows, and moments in ms, as they come from a form.
MOST = 2**53


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
