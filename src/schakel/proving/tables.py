"""P8 and P9: ages, points, care and the classes of other systems."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import z3

from schakel.domain.triage.patient import OLDEST, Patient
from schakel.domain.triage.plan import make_plan
from schakel.domain.triage.protocol import Protocol, Span
from schakel.domain.triage.words import RANGES
from schakel.domain.vocabulary import Term, Urgency
from schakel.proving.encoding import Formula, Somebody, any_of
from schakel.proving.failure import Failure, Property, who
from schakel.proving.search import Search, told


def _some_number(*formulas: Formula) -> int | None:
    """A number for which these hold, or None when there is none."""
    solver = z3.Solver()
    solver.add(*formulas)
    found = solver.check()
    assert found != z3.unknown, "the formulas are of a kind that the solver decides"
    return int(solver.model()[z3.Int("n")].as_long()) if found == z3.sat else None


def every_age(protocol: Protocol) -> list[Failure]:
    """P8. Each age from birth to 120 years lies in one band; each complaint has another for whom it is not for."""
    n = z3.Int("n")
    lives = (n >= 0, n <= OLDEST)
    bands = [z3.And(n >= band.span.first, n < band.span.end) for band in protocol.ages]
    failures = []

    def note(about: str, sentence: str, age: int | None) -> None:
        if age is not None:
            failures.append(Failure(Property.EVERY_AGE, about, sentence, f"{who(Patient(age))}."))

    note("bands of age", "no band holds this patient.", _some_number(*lives, z3.Not(any_of(bands))))
    twice = [z3.And(one, other) for at, one in enumerate(bands) for other in bands[at + 1 :]]
    note("bands of age", "two bands hold this patient.", _some_number(*lives, any_of(twice)))
    for complaint in protocol.complaints.values():
        spans = [*complaint.whom.ages, *_of_others(protocol, complaint.for_others)]
        inside = any_of(z3.And(n >= first, n < end) for first, end in spans)
        sentence = "it is not for this patient, and names no other complaint that is."
        note(complaint.id, sentence, _some_number(*lives, z3.Not(inside)))
    return failures + list(_every_value(protocol))


def _of_others(protocol: Protocol, other: str | None) -> tuple[Span, ...]:
    return protocol.complaints[other].whom.ages if other else ()


def _every_value(protocol: Protocol) -> Iterator[Failure]:
    """Each value that can be measured gets points from one band of each score."""
    n = z3.Int("n")
    for score in protocol.scores:
        for part in score.parts:
            least, most = RANGES[part.measure]
            inside = [z3.And(n >= band.least, n <= band.most) for band in part.bands]
            twice = [z3.And(one, other) for at, one in enumerate(inside) for other in inside[at + 1 :]]
            for sentence, formula in (
                ("no band holds", z3.Not(any_of(inside))),
                ("two bands hold", any_of(twice)),
            ):
                value = _some_number(n >= least, n <= most, formula)
                if value is not None:
                    yield Failure(Property.EVERY_AGE, score.id, f"{sentence} {part.measure} {value}.")


def soon_enough(protocol: Protocol, complaint: str) -> list[Failure]:
    """P9, of a complaint: every urgency that somebody can get has its care, within the window of that urgency."""
    person = Somebody("a", make_plan(protocol, (complaint,)))
    search = Search(person)
    failures = []
    for urgency in Urgency:
        row = protocol.care_for(urgency, complaint)
        window = protocol.windows_min[urgency]
        if row is not None and row.within_min <= window:
            continue
        model = search.someone(person.complete, person.exactly(urgency.rank))
        if model is None:
            continue
        said = (
            "has no care" if row is None else f"gets care within {row.within_min} minutes, and {window} is its window"
        )
        sentence = f"{urgency} {said}."
        failures.append(Failure(Property.SOON_ENOUGH, complaint, sentence, told(protocol, person, model)))
    return failures


def windows_and_classes(protocol: Protocol) -> list[Failure]:
    """P9, of the protocol: a more urgent patient never waits longer, and no class of another system lowers anybody."""
    failures = []
    for above, below in pairwise(Urgency):
        if protocol.windows_min[above] > protocol.windows_min[below]:
            sentence = f"{above} waits {protocol.windows_min[above]} minutes, longer than {below}."
            failures.append(Failure(Property.SOON_ENOUGH, "windows", sentence))
    for table in protocol.equivalents:
        ways: list[tuple[str, list[tuple[Urgency, Term, Urgency]]]] = [
            ("ambulance", [(one, to, table.from_ambulance[to]) for one, to in table.ambulance.items()]),
            ("MTS", [(one, to, table.from_mts[to]) for one, to in table.mts.items()]),
            ("GGZ", [(one, to, table.from_ggz[to]) for one, to in table.ggz.items()]),
        ]
        for name, ways_of in ways:
            for urgency, to, returned in ways_of:
                if urgency.is_above(returned):
                    sentence = f"{urgency} becomes {to} and comes back as {returned}."
                    failures.append(Failure(Property.SOON_ENOUGH, f"{name} from {table.valid_from}", sentence))
    return failures
