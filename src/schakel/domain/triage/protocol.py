"""A triage protocol as data: questions, rules, vital signs, care and mapping, all frozen.

A *question* is answered yes, no or unknown. A *rule* turns answers into an urgency: it fires with `yes` when at least
`at_least` of its questions are answered yes, and otherwise with `unknown` when at least so many are answered yes or
unknown. The urgency of a patient is the most urgent of everything that fires; there is no order of rows and no last
row that catches the rest. When every question is answered and nothing fires, the complaint says itself what it is
(`none_of_these`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from schakel.domain.triage.patient import OLDEST, Patient, Vitals
from schakel.domain.triage.words import (
    AmbulanceClass,
    Answer,
    GgzClass,
    Measure,
    MtsColour,
    Section,
    Setting,
    Sex,
    Status,
)
from schakel.domain.vocabulary import Care, Complaint, Urgency

#: Every setting, for a question that may be asked in any way.
ANYHOW = frozenset(Setting)


class Text(NamedTuple):
    """A text of the protocol's own, in plain Dutch (B1), with the same in English."""

    nl: str
    en: str


class Span(NamedTuple):
    """Ages in completed months: from `first` up to but not including `end`."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom something counts. Only what is known excludes: an unknown age, sex or pregnancy excludes nobody."""

    ages: tuple[Span, ...] = (Span(0, OLDEST + 1),)
    sex: Sex | None = None
    pregnant: bool | None = None

    def excludes(self, patient: Patient) -> bool:
        """Whether what is known of this patient says that it does not count."""
        age = patient.age_months
        if age is not None and not any(first <= age < end for first, end in self.ages):
            return True
        if self.sex is not None and patient.sex is not None and patient.sex is not self.sex:
            return True
        if self.pregnant is True:
            return patient.pregnant is Answer.NO or (patient.sex is Sex.MALE and patient.pregnant is not Answer.YES)
        return self.pregnant is False and patient.pregnant is Answer.YES


EVERYBODY = Whom()


@dataclass(frozen=True, slots=True)
class Question:
    """One question, with what a yes to it is called wherever it is shown afterwards."""

    id: str
    section: Section
    ask: Text
    help: Text
    finding: Text
    whom: Whom = EVERYBODY
    settings: frozenset[Setting] = ANYHOW
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """How urgent it is when at least so many of these questions are answered yes, or at worst yes or unknown."""

    id: str
    of: tuple[str, ...]
    at_least: int
    yes: Urgency
    unknown: Urgency
    because: Text
    red_flag: bool = False
    whom: Whom = EVERYBODY
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryComplaint:
    """What the caller says is the matter, with the questions and rules of its own.

    `for_others`: which complaint to choose instead for a patient whom this one is not for.
    """

    id: str
    code: Complaint
    name: Text
    synonyms: tuple[str, ...]
    synonyms_en: tuple[str, ...]
    icpc: tuple[str, ...]
    whom: Whom
    for_others: str | None
    none_of_these: Urgency
    advice: tuple[Text, ...]
    safety_net: tuple[Text, ...]
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    sources: tuple[str, ...]
    cases: tuple[Case, ...] = ()


class Band(NamedTuple):
    """Values from `least` up to and including `most`, and the points they give."""

    least: int
    most: int
    points: int


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a score. `scale_2` and `oxygen` say for which saturations it is meant; None: for all."""

    measure: Measure
    bands: tuple[Band, ...]
    scale_2: bool | None = None
    oxygen: bool | None = None


class Raise(NamedTuple):
    """When a score raises: its total is at least `total`, or a single part gives at least `single` points."""

    to: Urgency
    total: int | None
    single: int | None


@dataclass(frozen=True, slots=True)
class Score:
    """A score of vital signs. What is not measured gives no points and is named; the total is then *at least*."""

    id: str
    name: str
    whom: Whom
    parts: tuple[Part, ...]
    raises: tuple[Raise, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """One value that raises by itself: measured from `least` up to and including `most`."""

    id: str
    measure: Measure
    least: int
    most: int
    to: Urgency
    because: Text
    whom: Whom
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CareRow:
    """Which care fits an urgency, and within how many minutes. Without complaints it is for all the others."""

    urgency: Urgency
    complaints: frozenset[str]
    care: tuple[Care, ...]
    within_min: int
    self_care: bool


@dataclass(frozen=True, slots=True)
class Equivalents:
    """What an urgency is called in other systems, from a date on, by an owner; and the way back."""

    owner: str
    valid_from: date
    ambulance: Mapping[Urgency, AmbulanceClass]
    mts: Mapping[Urgency, MtsColour]
    ggz: Mapping[Urgency, GgzClass]
    from_ambulance: Mapping[AmbulanceClass, Urgency]
    from_mts: Mapping[MtsColour, Urgency]
    from_ggz: Mapping[GgzClass, Urgency]


@dataclass(frozen=True, slots=True)
class Case:
    """A patient written from the guidelines, and the urgency that is expected; None expects *incomplete*.

    Every question that is put to this patient and is not named here is answered no.
    """

    id: str
    about: Text
    complaints: tuple[str, ...]
    yes: tuple[str, ...]
    unknown: tuple[str, ...]
    unasked: tuple[str, ...]
    patient: Patient
    vitals: Vitals
    setting: Setting
    expect: Urgency | None


class AgeBand(NamedTuple):
    """A group of ages with a name; the bands of a protocol follow each other without gap from 0 to 120 years."""

    id: str
    name: Text
    span: Span


class Source(NamedTuple):
    """Where a rule comes from: a public guideline or study, never a licensed protocol."""

    id: str
    title: str
    publisher: str
    year: int
    address: str


class Reviewer(NamedTuple):
    """A clinician who looked at this version, with the profession and the day."""

    name: str
    profession: str
    on: date


@dataclass(frozen=True)
class Protocol:
    """A whole protocol of one version. Equal protocols have equal fingerprints; see `fingerprint`."""

    id: str
    version: str
    title: Text
    status: Status
    licence: str
    population: Text
    warning: Text
    reviewers: tuple[Reviewer, ...]
    sources: Mapping[str, Source]
    ages: tuple[AgeBand, ...]
    windows_min: Mapping[Urgency, int]
    floor_if_yes: Urgency
    floor_if_unknown: Urgency
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    scores: tuple[Score, ...]
    limits: tuple[Limit, ...]
    care: tuple[CareRow, ...]
    equivalents: tuple[Equivalents, ...]
    complaints: Mapping[str, EntryComplaint]

    @cached_property
    def question(self) -> Mapping[str, Question]:
        """Every question of the protocol by its id; those of a complaint as ``complaint.question``."""
        own = [question for complaint in self.complaints.values() for question in complaint.questions]
        return {question.id: question for question in (*self.questions, *own)}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything the protocol says, whatever the layout of its files: what a case keeps of it."""
        told = json.dumps(_plain(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()

    def care_for(self, urgency: Urgency, complaint: str | None) -> CareRow | None:
        """The row of care for an urgency: the one that names the complaint, else the one for all the others."""
        rows = [row for row in self.care if row.urgency is urgency]
        named = [row for row in rows if complaint is not None and complaint in row.complaints]
        general = [row for row in rows if not row.complaints]
        return next(iter(named or general), None)

    def equivalents_on(self, day: date) -> Equivalents | None:
        """What the urgencies are called elsewhere on a day; None before the first was agreed on."""
        begun = [one for one in self.equivalents if one.valid_from <= day]
        return max(begun, key=lambda one: one.valid_from, default=None)


def _plain(value: object) -> object:
    """A value in the few kinds that JSON has, the same for equal values."""
    match value:
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case frozenset():
            return sorted((_plain(one) for one in value), key=str)
        case tuple():
            return [_plain(one) for one in value]
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    assert value is None or isinstance(value, str | int), f"a protocol holds no {type(value).__name__}"
    return value
