"""Looking for a patient: a solver with what always holds, and the plainest solution of a question."""

from __future__ import annotations

from collections.abc import Iterable

import z3

from schakel.domain.triage.patient import Facts
from schakel.domain.triage.protocol import Protocol
from schakel.domain.triage.words import Setting
from schakel.domain.vocabulary import Urgency
from schakel.proving.encoding import Formula, Levels, Somebody, SomeVitals
from schakel.proving.failure import in_words, with_outcome

URGENCIES = tuple(Urgency)


class Search:
    """A solver that holds what is true of some people, asked one question after another."""

    def __init__(self, *people: Somebody) -> None:
        self.people = people
        self.solver = z3.Solver()
        for one in people:
            self.solver.add(*one.possible())

    def never(self, *formulas: Formula) -> bool:
        """Whether nobody is like this: then it is proved."""
        self.solver.push()
        self.solver.add(*formulas)
        found = self.solver.check()
        self.solver.pop()
        assert found != z3.unknown, "the formulas are of a kind that the solver decides"
        return bool(found == z3.unsat)

    def someone(self, *formulas: Formula, fixed: Iterable[Formula] = ()) -> Formula | None:
        """Somebody like this, as plain as can be, or None when nobody is.

        Plain: an adult of known age on the telephone, nothing measured, and as few answers other than no as will do.
        """
        self.solver.push()
        try:
            self.solver.add(*formulas, *fixed)
            found = self.solver.check()
            assert found != z3.unknown, "the formulas are of a kind that the solver decides"
            if found == z3.unsat:
                return None
            for wish in self._wishes():
                self.solver.push()
                self.solver.add(wish)
                if self.solver.check() == z3.sat:
                    self.solver.pop()
                    self.solver.add(wish)
                else:
                    self.solver.pop()
            self.solver.check()
            return self.solver.model()
        finally:
            self.solver.pop()

    def _wishes(self) -> Iterable[Formula]:
        """What makes somebody plainer, one wish after the other, each kept if it can be."""
        for one in self.people:
            patient, vitals = one.patient, one.vitals
            if isinstance(vitals, Levels):
                yield from (z3.Not(raised) for raised in vitals.raised)
            if isinstance(vitals, SomeVitals):
                yield from (z3.Not(known) for known in vitals.known.values())
                yield z3.Not(vitals.scale_2)
            yield patient.setting[Setting.PHONE]
            yield patient.age_known
            yield z3.And(patient.age >= 16 * 12, patient.age < 65 * 12)
            yield z3.Or(patient.female, patient.male)
            yield z3.Or(patient.not_pregnant, patient.male)
            answers = one.answers
            yield from answers.no
            yield from (answers.given(at) for at in range(len(answers.questions)))


def told(protocol: Protocol, person: Somebody, model: Formula) -> str:
    """Somebody in a solution, in words; with what the engine itself makes of them, where every fact is known."""
    facts, raised = _read(person, model)
    return with_outcome(protocol, facts) if raised is None else in_words(protocol, facts, raised)


def _read(person: Somebody, model: Formula) -> tuple[Facts, Urgency | None]:
    """The facts of somebody in a solution; and what measurements raise to where only their effect is known."""
    raised = None
    if isinstance(person.vitals, Levels):
        reached = [at for at, one in enumerate(person.vitals.raised) if z3.is_true(model.eval(one))]
        raised = URGENCIES[min(reached)] if reached else None
    return person.read(model), raised
