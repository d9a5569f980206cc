"""P10: who becomes less urgent, or is helped later, when a new version of a protocol replaces the old one.

Every patient whose outcome got lower is found, not a sample: for each complaint and each urgency, the deepest fall
first, the solver is asked for somebody, what is found is brought down to the fewest answers that still make the
difference, and everybody with at least those answers is set aside before it is asked again, until nobody is left. What
remains is a list of kinds of patients for the clinician who reviews the new version: whoever is lowered from an urgency
has at least the answers of a kind that is listed from that urgency, and falls as deep as is said there or less.

Answers and measurements are compared apart. That leaves nobody out: the urgency is the most urgent of both, so who
becomes less urgent does so by the answers, by the measurements, or by each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import z3

from schakel.domain.triage.patient import OLDEST
from schakel.domain.triage.plan import make_plan
from schakel.domain.triage.protocol import Protocol
from schakel.domain.triage.words import Answer, Setting
from schakel.domain.vocabulary import Urgency
from schakel.proving.encoding import LEVELS, Formula, Levels, Somebody, SomePatient, SomeVitals
from schakel.proving.failure import Failure, Property, measured_in_words, who
from schakel.proving.search import URGENCIES, Search

#: So many kinds of patients of one complaint are listed before it says that there are more.
MOST = 200


@dataclass(frozen=True, slots=True)
class Lowered:
    """One kind of patient who is less urgent in the new version: who, and with which answers at least."""

    complaint: str
    before: Urgency
    after: Urgency
    yes: tuple[str, ...]
    unknown: tuple[str, ...]
    whom: str

    def __str__(self) -> str:
        found = [f"yes to {'; '.join(self.yes)}"] if self.yes else []
        found += [f"not known: {'; '.join(self.unknown)}"] if self.unknown else []
        answers = " and ".join(found) or "no to everything"
        return f"{self.complaint}: {self.before} becomes {self.after} for {self.whom} with {answers}."


def differences(old: Protocol, new: Protocol) -> list[Failure]:
    """Everything by which the new version is less safe for somebody than the old one; empty when nothing is."""
    found = [Failure(Property.NOBODY_LOWER, one.complaint, str(one).partition(": ")[2]) for one in lowered(old, new)]
    return [*found, *_measured_lower(old, new), *_gone(old, new), *_later(old, new)]


def lowered(old: Protocol, new: Protocol) -> list[Lowered]:
    """Every kind of patient whose urgency by answers got lower, complaint by complaint."""
    both = [one for one in old.complaints if one in new.complaints]
    return [kind for complaint in both for kind in _lowered(old, new, complaint)]


def _lowered(old: Protocol, new: Protocol, complaint: str) -> Iterator[Lowered]:
    patient = SomePatient("a")
    nothing = Levels("a")
    before = Somebody("a", make_plan(old, (complaint,)), patient=patient, vitals=nothing)
    after = Somebody("a", make_plan(new, (complaint,)), patient=patient, vitals=nothing)
    search = Search(before, after)
    solver = search.solver
    solver.add(*(z3.Not(one) for one in nothing.raised), before.complete, after.complete)
    names = {**{one.id: one for one in new.complaints[complaint].questions}}
    names |= {one.id: one for one in (*old.questions, *new.questions, *old.complaints[complaint].questions)}
    found = 0
    for high in LEVELS:
        named: list[Formula] = []
        for low in reversed(LEVELS[high + 1 :]):
            pair = z3.And(before.exactly(high), after.exactly(low))
            solver.push()
            solver.add(pair, *named)
            while found < MOST and (model := search.someone()) is not None:
                found += 1
                positive = _positive(before, after, model, solver)
                context = _in_context(before, after, pair, positive)
                yes = tuple(names[one].finding.en for one, (answer, _) in positive.items() if answer is Answer.YES)
                unknown = tuple(
                    names[one].finding.en for one, (answer, _) in positive.items() if answer is Answer.UNKNOWN
                )
                whom = _whom(old, patient, context)
                yield Lowered(complaint, URGENCIES[high], URGENCIES[low], yes, unknown, whom)
                named.append(z3.Not(z3.And(context, *(formula for _, formula in positive.values()))))
                solver.add(named[-1])
            solver.pop()


def _answers(*people: Somebody) -> dict[str, tuple[Formula, Formula, Formula]]:
    """The answers of both versions; equal ids are equal questions."""
    found = {}
    for person in people:
        for at, question in enumerate(person.answers.questions):
            found[question.id] = (person.answers.yes[at], person.answers.unknown[at], person.answers.no[at])
    return found


def _positive(before: Somebody, after: Somebody, model: Formula, solver: Formula) -> dict[str, tuple[Answer, Formula]]:
    """The answers other than no without which this patient would not be lowered; taken away one by one."""
    answers = _answers(before, after)
    kept: dict[str, tuple[Answer, Formula]] = {}
    for name, (yes, unknown, _) in answers.items():
        if z3.is_true(model.eval(yes)):
            kept[name] = (Answer.YES, yes)
        elif z3.is_true(model.eval(unknown)):
            kept[name] = (Answer.UNKNOWN, unknown)
    patient = before.patient
    same = [
        variable == model.eval(variable, model_completion=True) for variable, _ in patient.are(*patient.read(model))
    ]
    for name in list(kept):
        others = [formula for one, (_, formula) in kept.items() if one != name]
        nos = [no for one, (_, _, no) in answers.items() if one == name or one not in kept]
        solver.push()
        solver.add(*same, *others, *nos)
        if solver.check() == z3.sat:
            del kept[name]
        solver.pop()
    return kept


def _in_context(
    before: Somebody, after: Somebody, pair: Formula, positive: dict[str, tuple[Answer, Formula]]
) -> Formula:
    """For which patients and settings these answers alone, and no to the rest, make the difference."""
    true, false = z3.BoolVal(True), z3.BoolVal(False)
    values = []
    for name, (yes, unknown, no) in _answers(before, after).items():
        answer = positive[name][0] if name in positive else Answer.NO
        values += [
            (yes, true if answer is Answer.YES else false),
            (unknown, true if answer is Answer.UNKNOWN else false),
            (no, true if answer is Answer.NO else false),
        ]
    assert isinstance(before.vitals, Levels), "answers are compared without measurements"
    values += [(one, false) for one in before.vitals.raised]
    return z3.simplify(z3.substitute(z3.And(pair, before.complete, after.complete), *values))


def _whom(protocol: Protocol, patient: SomePatient, context: Formula) -> str:
    """Who they are: the bands of age, and sex, pregnancy and setting where they matter."""
    solver = z3.Solver()
    solver.add(*patient.possible(), context)

    def can_be(*formulas: Formula) -> bool:
        return bool(solver.check(*formulas) == z3.sat)

    bands = [
        band
        for band in protocol.ages
        if can_be(patient.age_known, patient.age >= band.span.first, patient.age < band.span.end)
    ]
    told = ["everybody"] if len(bands) == len(protocol.ages) else [", ".join(band.name.en.lower() for band in bands)]
    if not bands:
        told = ["who has no known age"]
    ages = [age for age in (_edge(solver, patient, z3.Optimize.minimize), _edge(solver, patient, z3.Optimize.maximize))]
    if bands and ages != [0, OLDEST] and None not in ages:
        first, last = ages
        cut = {band.span.first for band in bands} | {min(band.span.end - 1, OLDEST) for band in bands}
        if not {first, last} <= cut:
            told.append(f"from {_age(first)} to {_age(last)}")
    sexes = [name for name, one in (("women", patient.female), ("men", patient.male)) if can_be(one)]
    if len(sexes) == 1:
        told.append(f"{sexes[0]} alone")
    pregnancies = [
        name
        for name, formula in (
            ("pregnant", patient.pregnant),
            ("not pregnant", patient.not_pregnant),
        )
        if can_be(formula)
    ]
    if len(pregnancies) == 1:
        told.append(f"{pregnancies[0]} or not known to be otherwise")
    settings = [one for one in Setting if can_be(patient.setting[one])]
    if len(settings) < len(Setting):
        told.append(" or ".join(one.label for one in settings))
    return ", ".join(told)


def _edge(solver: Formula, patient: SomePatient, towards: Formula) -> int | None:
    optimum = z3.Optimize()
    optimum.add(*solver.assertions(), patient.age_known)
    towards(optimum, patient.age)
    return int(optimum.model().eval(patient.age).as_long()) if optimum.check() == z3.sat else None


def _age(months: int | None) -> str:
    months = months or 0
    return f"{months} months" if months < 24 else f"{months // 12} years"


def _measured_lower(old: Protocol, new: Protocol) -> Iterator[Failure]:
    """Each score and limit of the old version that raised somebody whom the new one leaves lower."""
    patient = SomePatient("a")
    before, after = SomeVitals("a", old, patient), SomeVitals("a", new, patient)
    person = Somebody("a", make_plan(old, ()), patient=patient, vitals=before)
    search = Search(person)
    for what, step, reached, rank in before.steps:
        model = search.someone(reached, z3.Not(after.reach(rank)))
        if model is None:
            continue
        facts = person.read(model)
        less = next((URGENCIES[level] for level in LEVELS if z3.is_true(model.eval(after.reach(level)))), None)
        how = f" with {'a total' if step.total else 'a single part'} of {step.total or step.single}" if step else ""
        yield Failure(
            Property.NOBODY_LOWER,
            "vital signs",
            f"{what.id}{how} raised to {URGENCIES[rank]}; now {less or 'nothing'} is raised to.",
            f"{who(facts.patient)}: {measured_in_words(facts)}.",
        )


def _gone(old: Protocol, new: Protocol) -> Iterator[Failure]:
    """Complaints that are no longer there, or no longer for somebody."""
    for name, complaint in old.complaints.items():
        if name not in new.complaints:
            yield Failure(Property.NOBODY_LOWER, name, f"the complaint {complaint.name.en} is no longer there.")
            continue
        patient = SomePatient("a")
        solver = z3.Solver()
        solver.add(*patient.possible(), patient.age_known)
        solver.add(z3.Not(patient.excluded_by(complaint.whom)), patient.excluded_by(new.complaints[name].whom))
        if solver.check() == z3.sat:
            person, _ = patient.read(solver.model())
            yield Failure(Property.NOBODY_LOWER, name, "it is no longer for this patient.", f"{who(person)}.")


def _later(old: Protocol, new: Protocol) -> Iterator[Failure]:
    """Care that may come later, and self-care where it was not."""
    for name in (one for one in old.complaints if one in new.complaints):
        for urgency in Urgency:
            before, after = old.care_for(urgency, name), new.care_for(urgency, name)
            if before is None or after is None:
                continue
            if after.within_min > before.within_min:
                sentence = (
                    f"care at {urgency} within {after.within_min} minutes, and before within {before.within_min}."
                )
                yield Failure(Property.NOBODY_LOWER, name, sentence)
            if after.self_care and not before.self_care:
                yield Failure(Property.NOBODY_LOWER, name, f"self-care at {urgency}, and before not.")
    for urgency in Urgency:
        if new.windows_min[urgency] > old.windows_min[urgency]:
            sentence = f"{urgency} within {new.windows_min[urgency]} minutes, and before {old.windows_min[urgency]}."
            yield Failure(Property.NOBODY_LOWER, "windows", sentence)
