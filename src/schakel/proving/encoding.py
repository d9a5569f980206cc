"""A protocol as formulas: what the engine does with answers and measurements, for every patient at once.

The formulas say the same as `schakel.domain.triage.engine`, level by level: `found[k]` is true when anything found is
at least as urgent as U*k*. tests/property/test_proofs_agree.py draws protocols and patients and compares the two.

    y, u, o     of a question: answered yes, answered unknown, still open (for this patient, in this setting)
    fires       |y| >= n, or else |y or u| >= n                       over the questions of a rule
    found[k]    some rule fires, or some measurement raises, to U0 .. Uk
    floor[k]    found[k], or the complaint's own `none_of_these` is among U0 .. Uk
    could[k]    some rule that does not fire yet could, to U0 .. Uk, if what is open were answered
    complete    for no k: could[k] and not floor[k]; and the complaint is for this patient, or U0 is found

Measurements are either exact (every value a whole number, the tables of points as they are) or, where only their effect
matters, `Levels`: any urgencies that they might raise to, which covers every table there could be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import z3

from schakel.domain.triage.patient import OLDEST, Facts, Given, Patient, Vitals
from schakel.domain.triage.plan import Plan, make_plan
from schakel.domain.triage.protocol import EVERYBODY, Limit, Part, Protocol, Question, Raise, Rule, Score, Whom
from schakel.domain.triage.words import LETTERS, RANGES, Answer, Measure, Setting, Sex
from schakel.domain.vocabulary import Urgency

#: A formula or a number of the solver. Its package has no types.
Formula: TypeAlias = Any

LEVELS = range(len(Urgency))


def any_of(formulas: Iterable[Formula]) -> Formula:
    """Whether at least one holds; nothing when there is none."""
    found = list(formulas)
    return z3.Or(*found) if len(found) > 1 else found[0] if found else z3.BoolVal(False)


def all_of(formulas: Iterable[Formula]) -> Formula:
    """Whether every one holds."""
    found = list(formulas)
    return z3.And(*found) if len(found) > 1 else found[0] if found else z3.BoolVal(True)


def at_least(count: int, formulas: Sequence[Formula]) -> Formula:
    """Whether so many hold."""
    if count <= 0:
        return z3.BoolVal(True)
    if count > len(formulas):
        return z3.BoolVal(False)
    if count == 1:
        return any_of(formulas)
    if count == len(formulas):
        return all_of(formulas)
    return z3.AtLeast(*formulas, count)


class SomePatient:
    """Any patient in any setting: age, sex and pregnancy, each known or not."""

    def __init__(self, name: str) -> None:
        self.age = z3.Int(f"{name} age")
        self.age_known = z3.Bool(f"{name} age known")
        self.female = z3.Bool(f"{name} female")
        self.male = z3.Bool(f"{name} male")
        self.pregnant = z3.Bool(f"{name} pregnant")
        self.not_pregnant = z3.Bool(f"{name} not pregnant")
        self.setting = {one: z3.Bool(f"{name} {one}") for one in Setting}

    def possible(self) -> list[Formula]:
        """What holds of every patient."""
        settings = list(self.setting.values())
        return [
            self.age >= 0,
            self.age <= OLDEST,
            z3.Not(z3.And(self.female, self.male)),
            z3.Not(z3.And(self.pregnant, self.not_pregnant)),
            z3.AtMost(*settings, 1),
            z3.Or(*settings),
        ]

    def excluded_by(self, whom: Whom) -> Formula:
        """Whether what is known of the patient excludes them."""
        reasons = []
        if whom.ages != EVERYBODY.ages:
            inside = any_of(z3.And(self.age >= first, self.age < end) for first, end in whom.ages)
            reasons.append(z3.And(self.age_known, z3.Not(inside)))
        if whom.sex is not None:
            reasons.append(self.male if whom.sex is Sex.FEMALE else self.female)
        if whom.pregnant is True:
            reasons.append(z3.Or(self.not_pregnant, z3.And(self.male, z3.Not(self.pregnant))))
        if whom.pregnant is False:
            reasons.append(self.pregnant)
        return any_of(reasons)

    def read(self, model: Formula) -> tuple[Patient, Setting]:
        """The patient of one solution."""

        def holds(formula: Formula) -> bool:
            return bool(z3.is_true(model.eval(formula, model_completion=True)))

        age = model.eval(self.age, model_completion=True).as_long() if holds(self.age_known) else None
        sex = Sex.FEMALE if holds(self.female) else Sex.MALE if holds(self.male) else None
        pregnant = Answer.YES if holds(self.pregnant) else Answer.NO if holds(self.not_pregnant) else None
        [setting] = [one for one, chosen in self.setting.items() if holds(chosen)]
        return Patient(age, sex, pregnant), setting

    def are(self, patient: Patient, setting: Setting) -> list[tuple[Formula, Formula]]:
        """The values that stand for one patient."""
        return [
            (self.age, z3.IntVal(patient.age_months or 0)),
            (self.age_known, z3.BoolVal(patient.age_months is not None)),
            (self.female, z3.BoolVal(patient.sex is Sex.FEMALE)),
            (self.male, z3.BoolVal(patient.sex is Sex.MALE)),
            (self.pregnant, z3.BoolVal(patient.pregnant is Answer.YES)),
            (self.not_pregnant, z3.BoolVal(patient.pregnant is Answer.NO)),
            *((chosen, z3.BoolVal(one is setting)) for one, chosen in self.setting.items()),
        ]


class SomeAnswers:
    """Any answers to the questions of a plan, some of them not given."""

    def __init__(self, name: str, questions: Sequence[Question]) -> None:
        self.questions = questions
        self.yes = [z3.Bool(f"{name} {one.id} yes") for one in questions]
        self.unknown = [z3.Bool(f"{name} {one.id} unknown") for one in questions]
        self.no = [z3.Bool(f"{name} {one.id} no") for one in questions]

    def possible(self) -> list[Formula]:
        """No question has two answers."""
        return [z3.AtMost(*three, 1) for three in zip(self.yes, self.unknown, self.no, strict=True)]

    def given(self, at: int) -> Formula:
        """Whether a question was answered."""
        return z3.Or(self.yes[at], self.unknown[at], self.no[at])

    def read(self, model: Formula) -> dict[str, Given]:
        """The answers of one solution."""
        found: dict[str, Given] = {}
        for at, question in enumerate(self.questions):
            for answer, chosen in ((Answer.YES, self.yes), (Answer.UNKNOWN, self.unknown), (Answer.NO, self.no)):
                if z3.is_true(model.eval(chosen[at], model_completion=False)):
                    found[question.id] = Given(answer, at=0)
        return found

    def are(self, answers: Mapping[str, Given]) -> list[tuple[Formula, Formula]]:
        """The values that stand for certain answers."""
        values = []
        for at, question in enumerate(self.questions):
            given = answers.get(question.id)
            answer = given.answer if given else None
            values += [
                (self.yes[at], z3.BoolVal(answer is Answer.YES)),
                (self.unknown[at], z3.BoolVal(answer is Answer.UNKNOWN)),
                (self.no[at], z3.BoolVal(answer is Answer.NO)),
            ]
        return values


class Levels:
    """Any urgencies that measurements might raise to, whatever the tables."""

    def __init__(self, name: str) -> None:
        self.raised = [z3.Bool(f"{name} measured U{level}") for level in LEVELS]

    def possible(self) -> list[Formula]:
        """What reaches a level reaches every less urgent one."""
        return [z3.Implies(self.raised[level], self.raised[level + 1]) for level in LEVELS[:-1]]

    def reach(self, level: int) -> Formula:
        """Whether measurements raise to this level or above."""
        return self.raised[level]


class SomeVitals:
    """Any measurements, each measured or not, with the scores and limits of the protocol as they are."""

    def __init__(self, name: str, protocol: Protocol, patient: SomePatient) -> None:
        self.known = {one: z3.Bool(f"{name} {one} measured") for one in Measure}
        self.value = {one: z3.Int(f"{name} {one}") for one in Measure}
        self.scale_2 = z3.Bool(f"{name} scale 2")
        self.steps: list[tuple[Score | Limit, Raise | None, Formula, int]] = []
        for score in protocol.scores:
            counts = z3.Not(patient.excluded_by(score.whom))
            points = [self._points(part) for part in score.parts]
            total = z3.Sum(points)
            for step in score.raises:
                enough = (
                    total >= step.total
                    if step.total is not None
                    else any_of(one >= step.single for one in points if step.single is not None)
                )
                self.steps.append((score, step, z3.And(counts, enough), step.to.rank))
        for limit in protocol.limits:
            inside = z3.And(
                self.known[limit.measure],
                self.value[limit.measure] >= limit.least,
                self.value[limit.measure] <= limit.most,
            )
            counts = z3.Not(patient.excluded_by(limit.whom))
            self.steps.append((limit, None, z3.And(counts, inside), limit.to.rank))

    def _points(self, part: Part) -> Formula:
        value = self.value[part.measure]
        counts = [self.known[part.measure]]
        if part.scale_2 is not None:
            counts.append(self.scale_2 if part.scale_2 else z3.Not(self.scale_2))
        if part.oxygen is not None:
            given = z3.And(self.known[Measure.OXYGEN], self.value[Measure.OXYGEN] == 1)
            counts.append(given if part.oxygen else z3.Not(given))
        points: Formula = z3.IntVal(0)
        for least, most, worth in part.bands:
            points = z3.If(z3.And(value >= least, value <= most), z3.IntVal(worth), points)
        return z3.If(all_of(counts), points, z3.IntVal(0))

    def possible(self) -> list[Formula]:
        """Every value lies where it can be measured."""
        return [z3.And(self.value[one] >= least, self.value[one] <= most) for one, (least, most) in RANGES.items()]

    def reach(self, level: int) -> Formula:
        """Whether measurements raise to this level or above."""
        return any_of(reached for _, _, reached, rank in self.steps if rank <= level)

    def read(self, model: Formula) -> Vitals:
        """The measurements of one solution."""
        values: dict[str, Any] = {}
        for one in Measure:
            if z3.is_true(model.eval(self.known[one], model_completion=True)):
                value = model.eval(self.value[one], model_completion=True).as_long()
                values[one.value] = bool(value) if one is Measure.OXYGEN else value
        if (letter := values.get(Measure.CONSCIOUSNESS.value)) is not None:
            values[Measure.CONSCIOUSNESS.value] = LETTERS[Measure.CONSCIOUSNESS][letter]
        return Vitals(**values, scale_2=z3.is_true(model.eval(self.scale_2, model_completion=True)))

    def are(self, vitals: Vitals) -> list[tuple[Formula, Formula]]:
        """The values that stand for certain measurements."""
        values = [(self.scale_2, z3.BoolVal(vitals.scale_2))]
        for one in Measure:
            value = vitals.value(one)
            values += [
                (self.known[one], z3.BoolVal(value is not None)),
                (self.value[one], z3.IntVal(RANGES[one][0] if value is None else value)),
            ]
        return values


@dataclass(frozen=True)
class Fires:
    """When one rule fires, and when it still could."""

    rule: Rule
    yes: Formula
    unknown: Formula
    could_yes: Formula
    could_unknown: Formula


class Somebody:
    """One patient with answers and measurements, and what the protocol makes of them, as formulas.

    Two people may share their facts, or their measurements, and differ in their answers.
    """

    def __init__(
        self,
        name: str,
        plan: Plan,
        *,
        patient: SomePatient | None = None,
        answers: SomeAnswers | None = None,
        vitals: Levels | SomeVitals | None = None,
    ) -> None:
        self.plan = plan
        self.patient = patient or SomePatient(name)
        self.answers = answers or SomeAnswers(name, plan.questions)
        self.vitals = vitals or Levels(name)
        excluded: dict[Whom, Formula] = {}
        for many in (plan.questions, plan.rules, plan.complaints):
            excluded |= {one.whom: self.patient.excluded_by(one.whom) for one in many}
        asked = [self._asked(question, excluded[question.whom]) for question in plan.questions]
        self.open = [z3.And(here, z3.Not(self.answers.given(at))) for at, here in enumerate(asked)]
        self._yes = [self._counted(self.answers.yes[at], one, excluded) for at, one in enumerate(plan.questions)]
        self._unknown = [
            self._counted(self.answers.unknown[at], one, excluded) for at, one in enumerate(plan.questions)
        ]
        self.fires = [self._fires(at, rule, excluded) for at, rule in enumerate(plan.rules)]
        self.unsuited = any_of(excluded[one.whom] for one in plan.complaints)
        self.found = [self._found(level) for level in LEVELS]
        self.floor = [
            z3.BoolVal(True) if plan.baseline <= level else found
            for level, found in zip(LEVELS, self.found, strict=True)
        ]
        self.waits = any_of(z3.And(self._could(level), z3.Not(self.floor[level])) for level in LEVELS)
        wanted = z3.BoolVal(True) if not plan.complaints else self.unsuited
        self.complete = z3.And(z3.Not(self.waits), z3.Or(z3.Not(wanted), self.floor[0]))

    def possible(self) -> list[Formula]:
        """What holds of everybody."""
        return [*self.patient.possible(), *self.answers.possible(), *self.vitals.possible()]

    def exactly(self, level: int) -> Formula:
        """Whether the outcome, once complete, is this level."""
        return z3.And(self.floor[level], z3.Not(self.floor[level - 1])) if level else self.floor[0]

    def found_otherwise(self, level: int, without: Rule) -> Formula:
        """Whether anything but one rule is found at this level or above."""
        return any_of((self._rules_at(level, without), self.vitals.reach(level)))

    def read(self, model: Formula) -> Facts:
        """The facts of one solution, as the engine takes them; measurements only where they are exact."""
        patient, setting = self.patient.read(model)
        vitals = self.vitals.read(model) if isinstance(self.vitals, SomeVitals) else Vitals()
        chosen = tuple(one.id for one in self.plan.complaints)
        return Facts(chosen, self.answers.read(model), patient, vitals, setting)

    def are(self, facts: Facts) -> list[tuple[Formula, Formula]]:
        """The values that stand for certain facts."""
        measured = self.vitals.are(facts.vitals) if isinstance(self.vitals, SomeVitals) else []
        return [*self.patient.are(facts.patient, facts.setting), *self.answers.are(facts.answers), *measured]

    def _asked(self, question: Question, excluded: Formula) -> Formula:
        here = any_of(chosen for one, chosen in self.patient.setting.items() if one in question.settings)
        return z3.And(z3.Not(excluded), here)

    def _counted(self, answered: Formula, question: Question, excluded: Mapping[Whom, Formula]) -> Formula:
        return answered if question.whom == EVERYBODY else z3.And(answered, z3.Not(excluded[question.whom]))

    def _fires(self, at: int, rule: Rule, excluded: Mapping[Whom, Formula]) -> Fires:
        counts = z3.Not(excluded[rule.whom])
        of = self.plan.of[at]
        yes = [self._yes[one] for one in of]
        either = [z3.Or(self._yes[one], self._unknown[one]) for one in of]
        waiting = [self.open[one] for one in of]
        enough, half = at_least(rule.at_least, yes), at_least(rule.at_least, either)
        some_open = any_of(waiting)
        return Fires(
            rule=rule,
            yes=z3.And(counts, enough),
            unknown=z3.And(counts, z3.Not(enough), half),
            could_yes=z3.And(
                counts,
                z3.Not(enough),
                some_open,
                at_least(rule.at_least, [z3.Or(one, other) for one, other in zip(yes, waiting, strict=True)]),
            ),
            could_unknown=z3.And(
                counts,
                z3.Not(half),
                some_open,
                at_least(rule.at_least, [z3.Or(one, other) for one, other in zip(either, waiting, strict=True)]),
            ),
        )

    def _rules_at(self, level: int, without: Rule | None = None) -> Formula:
        reached = []
        for one in self.fires:
            if one.rule is not without:
                reached += [one.yes] if one.rule.yes.rank <= level else []
                reached += [one.unknown] if one.rule.unknown.rank <= level else []
        return any_of(reached)

    def _found(self, level: int) -> Formula:
        return any_of((self._rules_at(level), self.vitals.reach(level)))

    def _could(self, level: int) -> Formula:
        possible = []
        for one in self.fires:
            possible += [one.could_yes] if one.rule.yes.rank <= level else []
            possible += [one.could_unknown] if one.rule.unknown.rank <= level else []
        return any_of(possible)


def somebody(protocol: Protocol, complaints: tuple[str, ...], name: str = "a") -> Somebody:
    """Anybody with these complaints and exact measurements."""
    plan = make_plan(protocol, complaints)
    patient = SomePatient(name)
    return Somebody(name, plan, patient=patient, vitals=SomeVitals(name, protocol, patient))
