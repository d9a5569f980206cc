"""What a proof gives when it fails: which property, of what, and a patient for whom it does not hold, in words."""

from __future__ import annotations

from dataclasses import dataclass

from schakel.domain.triage.engine import evaluate
from schakel.domain.triage.patient import NOTHING_MEASURED, Facts, Patient
from schakel.domain.triage.plan import plan
from schakel.domain.triage.protocol import Protocol
from schakel.domain.triage.words import LETTERS, Answer, Measure, Sex
from schakel.domain.vocabulary import Term, Urgency


class Property(Term):
    """What is proved of every protocol before it may be published."""

    TOTAL = "P1", "every patient has an urgency or is explicitly incomplete, and a certain urgency stays what it is"
    RED_FLAG_FLOOR = "P2", "a red flag sets a floor"
    MONOTONE = "P3", "a worse answer never lowers the urgency"
    NO_SELF_CARE = "P4", "nobody with a red flag, or an unknown one, is told to care for themselves"
    VITALS_RAISE = "P5", "a measurement never lowers the urgency"
    USEFUL = "P6", "every rule can decide and every question can change the outcome"
    SAID_ONCE = "P7", "no two rules say the same, and no question is there twice"
    EVERY_AGE = "P8", "every age has its band and its complaint, every value its points"
    SOON_ENOUGH = "P9", "care is never slower than the urgency, and no other system's class lowers it"
    NOBODY_LOWER = "P10", "whoever becomes less urgent in a new version is named"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that does not hold. `about` names a complaint, or the protocol as a whole."""

    property: Property
    about: str
    sentence: str
    patient: str = ""

    def __str__(self) -> str:
        told = f"{self.property} {self.about}: {self.sentence}"
        return f"{told}\n    {self.patient}" if self.patient else told


def in_words(protocol: Protocol, facts: Facts, raised: Urgency | None = None) -> str:
    """A patient in words: who it is, what was answered, what was measured.

    raised: stands for measurements of which only the effect is known.
    """
    chosen = plan(protocol, facts.complaints)
    names = " and ".join(one.name.en for one in chosen.complaints) or "no complaint chosen yet"
    parts = [f"{who(facts.patient)}, {facts.setting.label}: {names}"]
    for answer, said in ((Answer.YES, "Yes"), (Answer.UNKNOWN, "Not known")):
        findings = [protocol.question[one].finding.en for one, given in facts.answers.items() if given.answer is answer]
        if findings:
            parts.append(f"{said}: {'; '.join(findings)}")
    no = sum(given.answer is Answer.NO for given in facts.answers.values())
    not_asked = sum(question.id not in facts.answers for question in chosen.questions)
    if not_asked == 0:
        parts.append("No to everything else" if len(facts.answers) > no else "No to everything")
    else:
        parts.append(f"No to {no} other questions; {not_asked} not asked")
    if facts.vitals != NOTHING_MEASURED:
        parts.append("Measured: " + measured_in_words(facts))
    if raised is not None:
        parts.append(f"Measurements that raise to {raised}")
    return ". ".join(parts) + "."


def with_outcome(protocol: Protocol, facts: Facts) -> str:
    """A patient in words, with what the engine itself makes of them."""
    came = evaluate(protocol, facts)
    outcome = str(came.urgency) if came.urgency else f"incomplete, at least {came.at_least or 'nothing yet'}"
    return f"{in_words(protocol, facts)} The engine says: {outcome}."


def who(patient: Patient) -> str:
    """Age, sex and pregnancy as far as they are known."""
    age = patient.age_months
    if age is None:
        years = "of unknown age"
    elif age < 24:
        years = f"of {age} month{'' if age == 1 else 's'}"
    else:
        years = f"of {age // 12} years" + (f" and {age % 12} months" if age % 12 and age < 144 else "")
    grown = age is None or age >= 16 * 12
    words = {Sex.FEMALE: "Woman" if grown else "Girl", Sex.MALE: "Man" if grown else "Boy"}
    name = words[patient.sex] if patient.sex else "Patient"
    pregnant = {Answer.YES: ", pregnant", Answer.NO: ", not pregnant"}.get(patient.pregnant or Answer.UNKNOWN, "")
    return f"{name} {years}{pregnant}"


def measured_in_words(facts: Facts) -> str:
    """What was measured, each with its unit."""
    told = []
    for measure in Measure:
        value = facts.vitals.value(measure)
        if value is None:
            continue
        if measure in LETTERS:
            told.append(f"{measure.value} {LETTERS[measure][value]}")
        elif measure in (Measure.TEMPERATURE, Measure.GLUCOSE):
            told.append(f"{measure.value} {value // 10}.{value % 10}")
        else:
            told.append(f"{measure.value} {value}")
    if facts.vitals.scale_2:
        told.append("SpO2 scale 2")
    return ", ".join(told)
