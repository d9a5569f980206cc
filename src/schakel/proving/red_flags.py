"""P2 and P4: a red flag sets a floor, and keeps everybody away from self-care, also when it is not known."""

from __future__ import annotations

import z3

from schakel.domain.triage.plan import make_plan
from schakel.domain.triage.protocol import Protocol
from schakel.domain.vocabulary import Urgency
from schakel.proving.encoding import Somebody, any_of
from schakel.proving.failure import Failure, Property
from schakel.proving.search import Search, told


def floor(protocol: Protocol, complaints: tuple[str, ...]) -> list[Failure]:
    """P2. With a red flag, nobody is less urgent than the floors of the protocol, whatever else is answered."""
    person = Somebody("a", make_plan(protocol, complaints))
    search = Search(person)
    about = " and ".join(complaints) or "without a complaint"
    yes, unknown = protocol.floor_if_yes, protocol.floor_if_unknown
    failures = []
    flags = [one for one in person.fires if one.rule.red_flag]
    below = [z3.And(one.yes, z3.Not(person.floor[yes.rank])) for one in flags]
    below += [z3.And(one.unknown, z3.Not(person.floor[unknown.rank])) for one in flags]
    if search.never(any_of(below)):
        return []
    for one in flags:
        for fired, least, said in ((one.yes, yes, "yes"), (one.unknown, unknown, "not known")):
            model = search.someone(fired, z3.Not(person.floor[least.rank]))
            if model is not None:
                sentence = f"the red flag {one.rule.id} ({one.rule.because.en}) is {said}, and it is below {least}."
                failures.append(Failure(Property.RED_FLAG_FLOOR, about, sentence, told(protocol, person, model)))
    return failures


def no_self_care(protocol: Protocol, complaint: str) -> list[Failure]:
    """P4. No complete outcome whose care is self-care while a red flag is yes or unknown."""
    person = Somebody("a", make_plan(protocol, (complaint,)))
    search = Search(person)
    failures = []
    for urgency in Urgency:
        row = protocol.care_for(urgency, complaint)
        if row is None or not row.self_care:
            continue
        outcome = (person.complete, person.exactly(urgency.rank))
        flags = [one for one in person.fires if one.rule.red_flag]
        if search.never(*outcome, any_of(z3.Or(one.yes, one.unknown) for one in flags)):
            continue
        for one in flags:
            model = search.someone(*outcome, z3.Or(one.yes, one.unknown))
            if model is not None:
                sentence = f"self-care at {urgency}, while the red flag {one.rule.id} ({one.rule.because.en}) stands."
                failures.append(Failure(Property.NO_SELF_CARE, complaint, sentence, told(protocol, person, model)))
    return failures
