"""P1, P3 and P5: there is always an outcome, what is certain stays, and nothing worse makes it less urgent."""

from __future__ import annotations

import z3

from schakel.domain.triage.plan import make_plan
from schakel.domain.triage.protocol import Protocol
from schakel.domain.triage.words import Measure
from schakel.proving.encoding import LEVELS, Formula, Levels, Somebody, SomePatient, SomeVitals, any_of
from schakel.proving.failure import Failure, Property
from schakel.proving.search import Search, told


def total(protocol: Protocol, complaints: tuple[str, ...]) -> list[Failure]:
    """P1. Three parts, for every patient and every answer, given or not.

    All answered is complete. A complete outcome stays the same whatever is answered to what is still open. An
    incomplete one could still become more urgent: no question is asked for nothing.
    """
    plan = make_plan(protocol, complaints)
    first = Somebody("first", plan)
    then = Somebody("then", plan, patient=first.patient, vitals=first.vitals)
    search = Search(first, then)
    about = " and ".join(complaints) or "without a complaint"
    every_open = [one for one in first.open]
    extends = []
    for at, is_open in enumerate(every_open):
        a, b = first.answers, then.answers
        same = z3.And(a.yes[at] == b.yes[at], a.unknown[at] == b.unknown[at], a.no[at] == b.no[at])
        extends.append(z3.Or(same, is_open))
    failures = []

    def failed(sentence: str, model: Formula, *, both: bool = True) -> None:
        patient = told(protocol, first, model)
        if both:
            patient += f" Then: {told(protocol, then, model)}"
        failures.append(Failure(Property.TOTAL, about, sentence, patient))

    suited = z3.Not(first.unsuited) if complaints else z3.BoolVal(False)
    stuck = (suited, z3.Not(any_of(every_open)), z3.Not(first.complete))
    if not search.never(*stuck) and (model := search.someone(*stuck)) is not None:
        failed("every question is answered, and there is no urgency.", model, both=False)
    differs = any_of(a != b for a, b in zip(first.floor, then.floor, strict=True))
    changed = (first.complete, *extends, differs)
    if not search.never(*changed) and (model := search.someone(*changed)) is not None:
        failed("the urgency was certain, and a further answer changes it.", model)
    all_yes = [z3.Implies(is_open, then.answers.yes[at]) for at, is_open in enumerate(every_open)]
    higher = any_of(z3.And(b, z3.Not(a)) for a, b in zip(first.floor, then.floor, strict=True))
    idle = (first.waits, *extends, *all_yes, z3.Not(higher))
    if not search.never(*idle) and (model := search.someone(*idle)) is not None:
        failed("a question is still asked, and no answer can raise the urgency.", model)
    return failures


def monotone(protocol: Protocol, complaints: tuple[str, ...]) -> list[Failure]:
    """P3. From no to unknown to yes, and from not asked to any answer, the urgency never goes down."""
    plan = make_plan(protocol, complaints)
    better = Somebody("better", plan)
    worse = Somebody("worse", plan, patient=better.patient, vitals=better.vitals)
    search = Search(better, worse)
    a, b = better.answers, worse.answers
    steps = []
    for at in range(len(plan.questions)):
        steps += [
            z3.Implies(a.yes[at], b.yes[at]),
            z3.Implies(a.unknown[at], z3.Or(b.unknown[at], b.yes[at])),
            z3.Implies(a.no[at], b.given(at)),
        ]
    lower = any_of(z3.And(better.found[level], z3.Not(worse.found[level])) for level in LEVELS)
    if search.never(*steps, lower):
        return []
    model = search.someone(*steps, lower)
    assert model is not None, "somebody was found a moment ago"
    patient = f"{told(protocol, better, model)} Then: {told(protocol, worse, model)}"
    about = " and ".join(complaints) or "without a complaint"
    return [Failure(Property.MONOTONE, about, "a worse answer makes it less urgent.", patient)]


def vitals_raise(protocol: Protocol) -> list[Failure]:
    """P5, of the tables: whoever is measured more is never less urgent, for every value of everything."""
    patient = SomePatient("measured")
    less, more = SomeVitals("less", protocol, patient), SomeVitals("more", protocol, patient)
    plan = make_plan(protocol, ())
    first = Somebody("measured", plan, patient=patient, vitals=less)
    then = Somebody("measured", plan, patient=patient, answers=first.answers, vitals=more)
    search = Search(first, then)
    kept = [less.scale_2 == more.scale_2]
    for one in Measure:
        kept.append(z3.Implies(less.known[one], z3.And(more.known[one], less.value[one] == more.value[one])))
    lower = any_of(z3.And(less.reach(level), z3.Not(more.reach(level))) for level in LEVELS)
    if search.never(*kept, lower):
        return []
    model = search.someone(*kept, lower)
    assert model is not None, "somebody was found a moment ago"
    words = f"{told(protocol, first, model)} Then: {told(protocol, then, model)}"
    return [Failure(Property.VITALS_RAISE, "vital signs", "one more measurement makes it less urgent.", words)]


def vitals_only_raise(protocol: Protocol, complaints: tuple[str, ...]) -> list[Failure]:
    """P5, of a complaint: whatever measurements raise to, nobody is less urgent with them than without."""
    plan = make_plan(protocol, complaints)
    without = Somebody("a", plan, vitals=Levels("without"))
    measured = Somebody("a", plan, patient=without.patient, answers=without.answers, vitals=Levels("with"))
    assert isinstance(without.vitals, Levels), "the levels were given a line above"
    search = Search(without, measured)
    nothing = [z3.Not(one) for one in without.vitals.raised]
    lower = any_of(z3.And(a, z3.Not(b)) for a, b in zip(without.floor, measured.floor, strict=True))
    undone = z3.And(without.complete, z3.Not(measured.complete))
    if search.never(*nothing, z3.Or(lower, undone)):
        return []
    model = search.someone(*nothing, z3.Or(lower, undone))
    assert model is not None, "somebody was found a moment ago"
    about = " and ".join(complaints) or "without a complaint"
    return [Failure(Property.VITALS_RAISE, about, "measurements make it less urgent.", told(protocol, measured, model))]
