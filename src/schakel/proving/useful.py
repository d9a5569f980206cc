"""P6 and P7: every rule can be the one that decides, every question can matter, and nothing is said twice."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import z3

from schakel.domain.triage.plan import make_plan
from schakel.domain.triage.protocol import Protocol, Question, Rule
from schakel.proving.encoding import LEVELS, Formula, Somebody, SomePatient, SomeVitals, any_of
from schakel.proving.failure import Failure, Property
from schakel.proving.search import Search, told


def useful(protocol: Protocol, complaints: tuple[str, ...]) -> list[Failure]:
    """P6, of a complaint's own rules and questions; without a complaint, of those that everybody is asked."""
    person = Somebody("a", make_plan(protocol, complaints))
    search = Search(person)
    about = " and ".join(complaints) or "without a complaint"
    suited = z3.Not(person.unsuited)
    own_rules: Iterable[Rule] = protocol.complaints[complaints[0]].rules if complaints else protocol.rules
    failures = []
    for rule in own_rules:
        if search.never(suited, _decides(person, rule)):
            sentence = (
                f"the rule {rule.id} ({rule.because.en}) never decides: something as urgent is always found with it."
            )
            failures.append(Failure(Property.USEFUL, about, sentence))
    for question in _own_questions(protocol, complaints):
        at = person.plan.place[question.id]
        if search.never(suited, _matters(person, at)):
            sentence = f"the question {question.id} ({question.ask.en}) can change nobody's outcome."
            failures.append(Failure(Property.USEFUL, about, sentence))
    return failures


def _own_questions(protocol: Protocol, complaints: tuple[str, ...]) -> list[Question]:
    """The questions to try here: a complaint's own; else those of the whole protocol that its own rules use."""
    if complaints:
        return list(protocol.complaints[complaints[0]].questions)
    used = {one for rule in protocol.rules for one in rule.of}
    return [question for question in protocol.questions if question.id in used]


def shared_matters(protocol: Protocol) -> list[Failure]:
    """P6, of a shared question that only complaints use: in one of them at least it can change the outcome."""
    everywhere = {one for rule in protocol.rules for one in rule.of}
    failures = []
    for question in protocol.questions:
        if question.id in everywhere:
            continue
        users = [one for one in protocol.complaints.values() if any(question.id in rule.of for rule in one.rules)]
        for user in users:
            person = Somebody("a", make_plan(protocol, (user.id,)))
            if not Search(person).never(z3.Not(person.unsuited), _matters(person, person.plan.place[question.id])):
                break
        else:
            sentence = f"the question {question.id} ({question.ask.en}) can change nobody's outcome."
            failures.append(Failure(Property.USEFUL, "shared questions", sentence))
    return failures


def _decides(person: Somebody, rule: Rule) -> Formula:
    """Whether this rule alone makes the urgency what it is."""
    [fires] = [one for one in person.fires if one.rule is rule]
    ways = []
    for fired, rank in ((fires.yes, rule.yes.rank), (fires.unknown, rule.unknown.rank)):
        if rank < person.plan.baseline:
            ways.append(z3.And(fired, z3.Not(person.found_otherwise(rank, rule))))
    return any_of(ways)


def _matters(person: Somebody, at: int) -> Formula:
    """Whether a yes to this question gives another outcome than a no, all else the same."""
    answers = person.answers
    yes, no = z3.BoolVal(True), z3.BoolVal(False)
    as_yes = [(answers.yes[at], yes), (answers.unknown[at], no), (answers.no[at], no)]
    as_no = [(answers.yes[at], no), (answers.unknown[at], no), (answers.no[at], yes)]
    return any_of(
        z3.And(z3.substitute(person.floor[level], *as_yes), z3.Not(z3.substitute(person.floor[level], *as_no)))
        for level in LEVELS
    )


def useful_vitals(protocol: Protocol) -> list[Failure]:
    """P6, of scores and limits: each can be the only one that raises so far."""
    patient = SomePatient("a")
    vitals = SomeVitals("a", protocol, patient)
    person = Somebody("a", make_plan(protocol, ()), patient=patient, vitals=vitals)
    search = Search(person)
    failures = []
    for what, step, reached, rank in vitals.steps:
        others = any_of(
            other for thing, one, other, level in vitals.steps if (thing, one) != (what, step) and level <= rank
        )
        if search.never(reached, z3.Not(others)):
            how = f", step {step.total or step.single}" if step else ""
            sentence = f"{what.id}{how} never decides: something as urgent is always reached with it."
            failures.append(Failure(Property.USEFUL, "vital signs", sentence))
    return failures


def said_once(protocol: Protocol, complaints: tuple[str, ...]) -> list[Failure]:
    """P7. Two rules that fire for the very same patients are one rule with two texts; so are two equal questions."""
    person = Somebody("a", make_plan(protocol, complaints))
    search = Search(person)
    about = " and ".join(complaints) or "without a complaint"
    failures = []
    for one, other in combinations(person.fires, 2):
        if complaints and one.rule in protocol.rules and other.rule in protocol.rules:
            continue
        if set(one.rule.of) != set(other.rule.of):
            continue
        if search.never(z3.Or(one.yes != other.yes, one.unknown != other.unknown)):
            model = search.someone(one.yes)
            sentence = (
                f"the rules {one.rule.id} ({one.rule.yes}: {one.rule.because.en}) and {other.rule.id} "
                f"({other.rule.yes}: {other.rule.because.en}) fire for the same patients."
            )
            failures.append(
                Failure(Property.SAID_ONCE, about, sentence, told(protocol, person, model) if model is not None else "")
            )
    for first, second in combinations(person.plan.questions, 2):
        own = complaints and (first in protocol.questions and second in protocol.questions)
        if not own and _same(first.ask.nl) == _same(second.ask.nl):
            sentence = f"{first.id} and {second.id} ask the same: {first.ask.en}"
            if not search.never(person.open[person.plan.place[first.id]], person.open[person.plan.place[second.id]]):
                failures.append(Failure(Property.SAID_ONCE, about, sentence))
    return failures


def _same(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
