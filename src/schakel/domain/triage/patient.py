"""Who is triaged, what was answered and what was measured: the facts that go into one evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schakel.domain.reasons import Reason
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.triage.words import LETTERS, RANGES, Answer, Measure, Setting, Sex

#: The oldest age that counts, in months: 120 years.
OLDEST = 120 * 12

OUT_OF_RANGE = _("{measure} lies between {least} and {most}; came {came}. Check the unit, or leave it empty.")
NOT_WHOLE = _("{measure} is a whole number in its unit; came {came}.")
WRONG_AGE = _("An age lies between 0 and 120 years; came {came} months.")


class WrongMeasurement(ValueError):
    """A value that cannot be, as a sentence with its places."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Given:
    """One answer, with when it was given (whole ms since 1970) and by whom; the latest answer to a question counts.

    `by` is a key of whoever wrote it down, never a name; None is the citizen alone.
    """

    answer: Answer
    at: int
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was measured. None is *not measured*; it never counts as normal.

    temperature: whole tenths of a degree Celsius, because the bands of the scores have gaps between tenths.
    consciousness: one of A, C, V, P, U. oxygen: whether oxygen is given; without it known, the points for it are open.
    scale_2: a physician has set a target of 88-92 % (RCP 2017: never by the triagist's own judgement).
    glucose: tenths of mmol/l. refill: seconds. The rest as in `Measure`.
    """

    respiration: int | None = None
    saturation: int | None = None
    oxygen: bool | None = None
    systolic: int | None = None
    diastolic: int | None = None
    pulse: int | None = None
    consciousness: str | None = None
    temperature: int | None = None
    refill: int | None = None
    glucose: int | None = None
    scale_2: bool = False

    def __post_init__(self) -> None:
        for measure in Measure:
            value = getattr(self, measure.value)
            if value is not None:
                _checked(measure, value)

    def value(self, measure: Measure) -> int | None:
        """What was measured, as a whole number; letters by their place in the row."""
        value = getattr(self, measure.value)
        if value is None:
            return None
        if measure is Measure.CONSCIOUSNESS:
            return LETTERS[measure].index(value)
        return int(value)


def _checked(measure: Measure, value: object) -> None:
    if measure is Measure.OXYGEN and isinstance(value, bool):
        return
    if measure is Measure.CONSCIOUSNESS:
        if isinstance(value, str) and len(value) == 1 and value in LETTERS[measure]:
            return
    elif isinstance(value, int) and not isinstance(value, bool):
        least, most = RANGES[measure]
        if least <= value <= most:
            return
        raise WrongMeasurement(
            Reason(OUT_OF_RANGE, {"measure": measure.label, "least": least, "most": most, "came": value})
        )
    raise WrongMeasurement(Reason(NOT_WHOLE, {"measure": measure.label, "came": repr(value)}))


NOTHING_MEASURED = Vitals()


@dataclass(frozen=True, slots=True)
class Patient:
    """What is known of the patient that rules depend on. Known facts exclude rules; unknown ones exclude none.

    age_months: completed months. sex None: not known or other. pregnant: None is not asked, and like UNKNOWN
    excludes nothing (of somebody who is a man or is known not to be pregnant it is NO).
    """

    age_months: int | None = None
    sex: Sex | None = None
    pregnant: Answer | None = None

    def __post_init__(self) -> None:
        if self.age_months is not None and not 0 <= self.age_months <= OLDEST:
            raise WrongMeasurement(Reason(WRONG_AGE, {"came": self.age_months}))


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one evaluation reads. `complaints` holds the ids chosen so far, the first one first."""

    complaints: tuple[str, ...] = ()
    answers: Mapping[str, Given] = field(default_factory=dict)
    patient: Patient = Patient()
    vitals: Vitals = NOTHING_MEASURED
    setting: Setting = Setting.PHONE
