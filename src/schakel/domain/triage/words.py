"""The words of triage: answers, sections, settings, what is measured, and the classes of other systems."""

from __future__ import annotations

from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Term


class Answer(Term):
    """What was answered. A question that was not asked has no answer; that is something else than *unknown*."""

    NO = "no", _("no")
    UNKNOWN = "unknown", _("not known")
    YES = "yes", _("yes")


class Setting(Term):
    """How the questions are asked. A question that takes eyes or hands is not put over the telephone."""

    PHONE = "phone", _("by telephone")
    PHYSICAL = "physical", _("with the patient")
    SELF = "self", _("by the citizen alone")


class Section(Term):
    """The part of the protocol that a question belongs to, in the order in which equals are asked."""

    AIRWAY = "A", _("A - airway")
    BREATHING = "B", _("B - breathing")
    CIRCULATION = "C", _("C - circulation")
    DISABILITY = "D", _("D - consciousness")
    EXPOSURE = "E", _("E - surroundings and temperature")
    COMPLAINT = "complaint", _("Entry complaint")
    SHARED = "shared", _("Risk groups and context")


class Fact(Term):
    """What a rule may depend on beside answers and measurements; asked before anything else when it is not known."""

    AGE = "age", _("age")
    SEX = "sex", _("sex")
    PREGNANCY = "pregnancy", _("pregnancy")


class Sex(Term):
    """Sex, as far as a question depends on it. Not known and other exclude nothing."""

    FEMALE = "f", _("woman")
    MALE = "m", _("man")


class Status(Term):
    """How far a protocol is: only a released one may decide about patients, and it names who released it."""

    DRAFT = "draft", _("draft")
    REVIEWED = "reviewed", _("reviewed by a second clinician")
    RELEASED = "released", _("released")


class Measure(Term):
    """What can be measured, always as a whole number in its own unit."""

    RESPIRATION = "respiration", _("Respiratory rate (/min)")
    SATURATION = "saturation", _("Oxygen saturation (%)")
    OXYGEN = "oxygen", _("Air or oxygen")
    SYSTOLIC = "systolic", _("Systolic blood pressure (mmHg)")
    DIASTOLIC = "diastolic", _("Diastolic blood pressure (mmHg)")
    PULSE = "pulse", _("Pulse (/min)")
    CONSCIOUSNESS = "consciousness", _("Consciousness (ACVPU)")
    TEMPERATURE = "temperature", _("Temperature (tenths of a degree Celsius)")
    REFILL = "refill", _("Capillary refill (s)")
    GLUCOSE = "glucose", _("Glucose (tenths of mmol/l)")


#: The letters of a measure that is told in letters, each standing for its place in the row: the later the worse.
LETTERS: dict[Measure, str] = {Measure.CONSCIOUSNESS: "ACVPU", Measure.OXYGEN: "AO"}

#: What each measure can be at all. A value outside is a mistake of typing or of unit (38.5 where 385 is meant).
RANGES: dict[Measure, tuple[int, int]] = {
    Measure.RESPIRATION: (0, 150),
    Measure.SATURATION: (0, 100),
    Measure.OXYGEN: (0, 1),
    Measure.SYSTOLIC: (0, 350),
    Measure.DIASTOLIC: (0, 250),
    Measure.PULSE: (0, 350),
    Measure.CONSCIOUSNESS: (0, 4),
    Measure.TEMPERATURE: (150, 460),
    Measure.REFILL: (0, 60),
    Measure.GLUCOSE: (0, 999),
}


class AmbulanceClass(Term):
    """The classes of an ambulance call since 2024, with the two that get no ambulance. Most urgent first."""

    A0 = "A0", _("A0 - most time-critical")
    A1 = "A1", _("A1 - possible danger to life")
    A2 = "A2", _("A2 - urgent, no danger to life")
    B1 = "B1", _("B1 - planned, high complexity")
    B2 = "B2", _("B2 - planned, middle or low complexity")
    C1 = "C1", _("C1 - referred by the control room")
    C2 = "C2", _("C2 - advice for self-care")


class MtsColour(Term):
    """The five colours of the Manchester scale, by their public meaning alone. Most urgent first."""

    RED = "red", _("red - at once")
    ORANGE = "orange", _("orange - within 10 minutes")
    YELLOW = "yellow", _("yellow - within 1 hour")
    GREEN = "green", _("green - within 2 hours")
    BLUE = "blue", _("blue - within 4 hours")


class GgzClass(Term):
    """How soon acute mental health care sees somebody: five classes of our own words. Most urgent first."""

    NOW = "now", _("emergency services at once")
    HOURS = "hours", _("within 4 hours")
    DAY = "day", _("within 24 hours")
    DAYS = "days", _("within 72 hours")
    PLANNED = "planned", _("planned")
