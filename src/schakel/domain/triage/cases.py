"""The patients written to test a protocol: whether each comes out as expected, and what none of them tries."""

from __future__ import annotations

from dataclasses import dataclass

from schakel.domain.triage.engine import Evaluation, evaluate
from schakel.domain.triage.patient import Facts, Given
from schakel.domain.triage.plan import plan
from schakel.domain.triage.protocol import Case, EntryComplaint, Protocol
from schakel.domain.triage.words import Answer
from schakel.domain.vocabulary import Urgency


@dataclass(frozen=True, slots=True)
class Tried:
    """One written patient and what came out. `expect` None is *incomplete*."""

    complaint: str
    case: Case
    came: Evaluation

    @property
    def holds(self) -> bool:
        """Whether the patient came out as expected."""
        return self.came.urgency is self.case.expect


def facts_of(protocol: Protocol, case: Case) -> Facts:
    """The facts of a written patient: every question that is put to this patient and is not named is answered no."""
    told = {**dict.fromkeys(case.yes, Answer.YES), **dict.fromkeys(case.unknown, Answer.UNKNOWN)}
    answers = {
        question.id: Given(told.get(question.id, Answer.NO), at=0)
        for question in plan(protocol, case.complaints).questions
        if question.id not in case.unasked
        and (question.id in told or (case.setting in question.settings and not question.whom.excludes(case.patient)))
    }
    return Facts(case.complaints, answers, case.patient, case.vitals, case.setting)


def try_all(protocol: Protocol) -> tuple[Tried, ...]:
    """Every written patient of every complaint."""
    return tuple(
        Tried(complaint.id, case, evaluate(protocol, facts_of(protocol, case)))
        for complaint in protocol.complaints.values()
        for case in complaint.cases
    )


def untried(protocol: Protocol, complaint: EntryComplaint) -> tuple[str, ...]:
    """The rules of a complaint that none of its written patients lets fire at the urgency that came out."""
    deciding: set[str] = set()
    for case in complaint.cases:
        came = evaluate(protocol, facts_of(protocol, case))
        deciding |= {one.what.id for one in came.fired if one.urgency is (came.urgency or came.at_least)}
    return tuple(rule.id for rule in complaint.rules if rule.id not in deciding)


def shown(urgency: Urgency | None) -> str:
    """An outcome in one word."""
    return str(urgency) if urgency else "incomplete"
