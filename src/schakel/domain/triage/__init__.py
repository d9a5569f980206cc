"""Triage: a protocol as data, and the engine that reads it.

`load` gives a protocol or refuses its files; `evaluate` gives the urgency of one patient by it, or says what is still
open. What is proved of every protocol stands in `schakel.proving`. Nothing here is clinically validated and nothing
here is a certified medical device.
"""

from schakel.domain.triage.engine import Evaluation, Fired, Wanted, evaluate
from schakel.domain.triage.patient import Facts, Given, Patient, Vitals, WrongMeasurement
from schakel.domain.triage.protocol import (
    AgeBand,
    Band,
    CareRow,
    Case,
    EntryComplaint,
    Equivalents,
    Limit,
    Part,
    Protocol,
    Question,
    Raise,
    Reviewer,
    Rule,
    Score,
    Source,
    Span,
    Text,
    Whom,
)
from schakel.domain.triage.reading import WrongProtocol, check, find, load
from schakel.domain.triage.words import (
    AmbulanceClass,
    Answer,
    Fact,
    GgzClass,
    Measure,
    MtsColour,
    Section,
    Setting,
    Sex,
    Status,
)

__all__ = [
    "AgeBand",
    "AmbulanceClass",
    "Answer",
    "Band",
    "CareRow",
    "Case",
    "EntryComplaint",
    "Equivalents",
    "Evaluation",
    "Fact",
    "Facts",
    "Fired",
    "GgzClass",
    "Given",
    "Limit",
    "Measure",
    "MtsColour",
    "Part",
    "Patient",
    "Protocol",
    "Question",
    "Raise",
    "Reviewer",
    "Rule",
    "Score",
    "Section",
    "Setting",
    "Sex",
    "Source",
    "Span",
    "Status",
    "Text",
    "Vitals",
    "Wanted",
    "Whom",
    "WrongMeasurement",
    "WrongProtocol",
    "check",
    "evaluate",
    "find",
    "load",
]
