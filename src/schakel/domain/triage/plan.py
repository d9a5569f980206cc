"""A protocol made ready for some complaints: what an evaluation of those needs, in arrays of whole numbers.

Worked out once per protocol and choice of complaints; one evaluation then takes tens of microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from schakel.domain.triage.protocol import EVERYBODY, EntryComplaint, Protocol, Question, Rule, Whom
from schakel.domain.triage.words import Section

#: The rank of no urgency at all: below every urgency.
NOTHING = 6


@dataclass(frozen=True, slots=True)
class Plan:
    """The questions in the order of the protocol, and the rules with their questions as places in that order."""

    complaints: tuple[EntryComplaint, ...]
    questions: tuple[Question, ...]
    place: dict[str, int]
    rules: tuple[Rule, ...]
    of: tuple[tuple[int, ...], ...]
    yes: tuple[int, ...]
    unknown: tuple[int, ...]
    baseline: int  # the rank when every question is answered and nothing fires; NOTHING without a complaint
    section: tuple[int, ...]
    whoms: tuple[Whom, ...]  # for whom something of it counts, as far as that is not everybody


@lru_cache(maxsize=512)
def _plan(key: _Identity, complaints: tuple[str, ...]) -> Plan:
    return make_plan(key.protocol, complaints)


class _Identity:
    """A protocol by what it is, not by what it says: so that finding its plan costs no comparison of texts."""

    __slots__ = ("protocol",)

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol

    def __hash__(self) -> int:
        return id(self.protocol)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.protocol is self.protocol


def plan(protocol: Protocol, complaints: tuple[str, ...]) -> Plan:
    """The plan of a protocol for these complaints. Raises KeyError for a complaint that the protocol does not have."""
    return _plan(_Identity(protocol), complaints)


def make_plan(protocol: Protocol, complaints: tuple[str, ...]) -> Plan:
    """The plan, worked out anew."""
    chosen = tuple(protocol.complaints[one] for one in dict.fromkeys(complaints))
    questions = (*protocol.questions, *(question for one in chosen for question in one.questions))
    rules = (*protocol.rules, *(rule for one in chosen for rule in one.rules))
    place = {question.id: at for at, question in enumerate(questions)}
    sections = tuple(Section)
    whoms = [one.whom for many in (questions, rules, chosen) for one in many]
    return Plan(
        complaints=chosen,
        questions=questions,
        place=place,
        rules=rules,
        of=tuple(tuple(place[one] for one in rule.of) for rule in rules),
        yes=tuple(rule.yes.rank for rule in rules),
        unknown=tuple(rule.unknown.rank for rule in rules),
        baseline=min((one.none_of_these.rank for one in chosen), default=NOTHING),
        section=tuple(sections.index(question.section) for question in questions),
        whoms=tuple(dict.fromkeys(whom for whom in whoms if whom != EVERYBODY)),
    )
