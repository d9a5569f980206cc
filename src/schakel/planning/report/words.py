"""What the report says: what each figure counts, what was not simulated, and numbers as people of a country write them.

Texts are English msgids; whoever asks for a report gives the translation (`Language`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Care, UnitKind
from schakel.planning.scenario.words import Quantity


@dataclass(frozen=True)
class Language:
    """How the report is told: its code, the translation of a msgid, and the sign before decimals."""

    code: str = "en"
    translate: Callable[[str], str] = str
    decimal: str = "."

    def __call__(self, text: str, **values: object) -> str:
        """A text in this language, with its places filled."""
        told = self.translate(text)
        return told.format(**values) if values else told

    def number(self, value: float, digits: int = 1, sign: bool = False) -> str:
        """A number; minus as a minus, not a hyphen."""
        told = f"{value:{'+' if sign else ''}.{digits}f}"
        if not float(told):
            told = told.lstrip("+-")
        return told.replace("-", "−").replace(".", self.decimal)

    def group(self, name: str) -> str:
        """For whom a figure is: a class, a kind of care or of unit, as people call it."""
        if name in OF_ALL:
            return self(OF_ALL[name])
        for kind in (Care, UnitKind):
            for term in kind:
                if name == term.value:
                    return self(term.label)
        return name

    def headline(self, indicator: Quantity, group: str) -> str:
        """A figure and for whom it is."""
        return f"{self(indicator.label)}: {self.group(group)}"


#: Groups that are not a word of the vocabulary.
OF_ALL = {"urgent": _("A0 to A2"), "all": _("everybody")}

#: What each indicator counts, with the cases that have to be decided.
MEANING: dict[Quantity, str] = {
    Quantity.WITHIN_NORM: _(
        "Requests whose first unit was there within the norm, of all requests that came in during the period. The "
        "clock starts when the call is taken in. Whoever still waits after the norm is a miss. Norms are those of the "
        "region's file: for ambulances the response norm, for other care the longest wait that is agreed."
    ),
    Quantity.RESPONSE_P50: _(
        "From the call to the first unit with the patient: half of the patients waited no longer. The mean of the "
        "replications, in minutes, from times rounded up to whole seconds."
    ),
    Quantity.RESPONSE_P95: _(
        "From the call to the first unit with the patient: nineteen of twenty patients waited no longer. Whoever still "
        "waits counts as having waited at least so long (Kaplan-Meier)."
    ),
    Quantity.NOT_AT_ONCE: _(
        "Requests for which nobody could be sent at the moment at which they were ready, of all requests. A second "
        "wait, after a unit was taken away for an A0, is not in this figure."
    ),
    Quantity.WAIT_P95: _("From the moment at which somebody could be sent to the moment at which somebody was sent."),
    Quantity.COVERED: _(
        "Urgent requests for an ambulance (A0 to A2) for which one was sent at once and was there within a drive of "
        "{reach} minutes: cover as those met it who needed it."
    ),
    Quantity.UTILISATION: _(
        "Time with a patient in hand, from being sent to being free again, of all time on duty. The way back is free "
        "time; work after the end of the shift counts as both."
    ),
    Quantity.ON_THE_SPOT: _(
        "Patients of class A0 to A2 whom an ambulance reached and did not take along (mobiel zorgconsult), of all whom "
        "one reached. Whether more is better is for the region to say."
    ),
    Quantity.TAKEN_AWAY: _("Jobs from which the unit was taken away for an A0, of all jobs that were accepted."),
}

#: What the simulation leaves out. A reader who does not know this believes too much.
NOT_SIMULATED: tuple[str, ...] = (
    _("Consult rooms of GP posts, waiting times and stops of emergency departments, and help of neighbouring regions."),
    _("Offers that are declined or not answered, breaks, and several units for one patient."),
    _("Traffic: a drive takes as long at night as in the rush hour. Turning out takes every crew equally long."),
    _("People: nobody deviates from the rule, calls twice or gets better while waiting."),
    _(
        "A unit is not sent when less than the asked margin of its shift would be left. Around a change of shift this "
        "lets some urgent patients wait for the next crew, longer than in reality."
    ),
)
