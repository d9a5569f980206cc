"""What is proved is what runs: the formulas of the proofs and the engine agree, for any protocol and patient."""

from __future__ import annotations

import random
from typing import Any

import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schakel.domain.triage import (
    AgeBand,
    Answer,
    Band,
    CareRow,
    EntryComplaint,
    Facts,
    Given,
    Limit,
    Measure,
    Part,
    Patient,
    Protocol,
    Question,
    Raise,
    Rule,
    Score,
    Section,
    Setting,
    Sex,
    Span,
    Status,
    Text,
    Vitals,
    Whom,
    evaluate,
)
from schakel.domain.triage.patient import OLDEST
from schakel.domain.triage.words import RANGES
from schakel.domain.vocabulary import Care, Complaint, Urgency
from schakel.proving.encoding import LEVELS, somebody

T = Text("x", "x")
#: So many patients are drawn for each protocol: they cost less than the formulas.
PATIENTS = 15
urgencies = st.sampled_from(Urgency)
mild = st.sampled_from([Urgency.U2, Urgency.U4, Urgency.U5])


@st.composite
def whoms(draw: st.DrawFn) -> Whom:
    first = draw(st.sampled_from([0, 3, 192]))
    end = draw(st.sampled_from([12, 600, OLDEST + 1]).filter(lambda end: end > first))
    return Whom(
        ages=(Span(first, end),),
        sex=draw(st.sampled_from([None, *Sex])),
        pregnant=draw(st.sampled_from([None, True, False])),
    )


anybody = st.one_of(st.just(Whom()), whoms())


@st.composite
def rules(draw: st.DrawFn, name: str, ids: list[str]) -> Rule:
    of = tuple(draw(st.lists(st.sampled_from(ids), min_size=1, max_size=4, unique=True)))
    return Rule(
        id=name,
        of=of,
        at_least=draw(st.integers(1, len(of))),
        yes=draw(urgencies),
        unknown=draw(urgencies),  # also more urgent than a yes, which no file may say
        because=T,
        red_flag=draw(st.booleans()),
        whom=draw(anybody),
    )


@st.composite
def parts(draw: st.DrawFn) -> Part:
    measure = draw(st.sampled_from(Measure))
    least, most = RANGES[measure]
    edges = sorted(draw(st.sets(st.integers(least, most - 1), max_size=3)))
    starts, ends = [least, *(edge + 1 for edge in edges)], [*edges, most]
    bands = tuple(Band(a, b, draw(st.integers(0, 3))) for a, b in zip(starts, ends, strict=True))
    special = measure is Measure.SATURATION
    return Part(
        measure,
        bands,
        scale_2=draw(st.sampled_from([None, True, False])) if special else None,
        oxygen=draw(st.sampled_from([None, True, False])) if special else None,
    )


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    measure = draw(st.sampled_from(Measure))
    least, most = sorted((draw(st.integers(*RANGES[measure])), draw(st.integers(*RANGES[measure]))))
    return Limit("limit", measure, least, most, draw(urgencies), T, draw(anybody), ())


@st.composite
def scores(draw: st.DrawFn) -> Score:
    raises = st.one_of(
        st.builds(Raise, urgencies, st.integers(1, 6), st.none()),
        st.builds(Raise, urgencies, st.none(), st.integers(1, 3)),
    )
    return Score(
        "score", "score", draw(anybody), tuple(draw(st.lists(parts(), min_size=1, max_size=4))),
        tuple(draw(st.lists(raises, min_size=1, max_size=2))), (),
    )  # fmt: skip


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    def questions(names: list[str], section: Section) -> tuple[Question, ...]:
        some = st.sets(st.sampled_from(Setting), min_size=1).map(frozenset)
        return tuple(Question(name, section, T, T, T, draw(anybody), draw(some)) for name in names)

    shared = [f"s{n}" for n in range(draw(st.integers(1, 3)))]
    complaints = {}
    for letter in "ab"[: draw(st.integers(1, 2))]:
        own = [f"{letter}.{n}" for n in range(draw(st.integers(1, 4)))]
        count = draw(st.integers(1, 5))
        complaints[letter] = EntryComplaint(
            id=letter, code=Complaint.COUGH, name=T, synonyms=(), synonyms_en=(), icpc=(), whom=draw(anybody),
            for_others=None, none_of_these=draw(mild), advice=(T,), safety_net=(T,),
            questions=questions(own, Section.COMPLAINT),
            rules=tuple(draw(rules(f"{letter}.r{n}", [*own, *shared])) for n in range(count)), sources=(),
        )  # fmt: skip
    return Protocol(
        id="drawn", version="0.0.0", title=T, status=Status.DRAFT, licence="", population=T, warning=T, reviewers=(),
        sources={}, ages=(AgeBand("all", T, Span(0, OLDEST + 1)),), windows_min=dict.fromkeys(Urgency, 60),
        floor_if_yes=Urgency.U2, floor_if_unknown=Urgency.U3, questions=questions(shared, Section.SHARED),
        rules=tuple(draw(rules(f"r{n}", shared)) for n in range(draw(st.integers(0, 2)))),
        scores=tuple(draw(st.lists(scores(), max_size=1))), limits=tuple(draw(st.lists(limits(), max_size=2))),
        care=tuple(CareRow(one, frozenset(), (Care.ADVICE,), 60, False) for one in Urgency), equivalents=(),
        complaints=complaints,
    )  # fmt: skip


def a_patient(dice: random.Random, protocol: Protocol, chosen: tuple[str, ...]) -> Facts:
    """Somebody with these complaints; how much was asked, answered and measured differs from one to the next."""
    asked, unknown, yes, measure_some = (dice.choice([0.2, 0.5, 0.9, 1.0]) for _ in range(4))
    answers = {}
    for one in protocol.question:
        if dice.random() < asked:
            weights = [1.0, unknown, yes * 0.7]
            answers[one] = Given(dice.choices([Answer.NO, Answer.UNKNOWN, Answer.YES], weights)[0], at=0)
    measured: dict[str, Any] = {}
    for measure in Measure:
        if dice.random() < measure_some - 0.3:
            value = dice.randint(*RANGES[measure])
            told = {Measure.OXYGEN: bool(value), Measure.CONSCIOUSNESS: "ACVPU"[value % 5]}
            measured[measure.value] = told.get(measure, value)
    return Facts(
        chosen,
        answers,
        Patient(dice.choice([None, dice.randint(0, OLDEST)]), dice.choice([None, *Sex]), dice.choice([None, *Answer])),
        Vitals(**measured, scale_2=dice.random() < 0.3),
        dice.choice(list(Setting)),
    )


def some_of(data: st.DataObject, protocol: Protocol) -> tuple[tuple[str, ...], random.Random]:
    chosen = data.draw(st.lists(st.sampled_from(sorted(protocol.complaints)), max_size=2, unique=True))
    return tuple(chosen), random.Random(data.draw(st.integers(0, 2**32)))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_formulas_and_the_engine_agree(data):
    protocol = data.draw(protocols())
    chosen, dice = some_of(data, protocol)
    anyone = somebody(protocol, chosen)
    possible = anyone.possible()
    told = [anyone.complete, anyone.waits, *anyone.floor, *anyone.found, *anyone.open]
    for _ in range(PATIENTS):
        facts = a_patient(dice, protocol, chosen)
        came = evaluate(protocol, facts)
        values = anyone.are(facts)

        solver = z3.Solver()
        solver.add(*(variable == value for variable, value in anyone.are(facts)))
        assert solver.check() == z3.sat
        model = solver.model()
        assert all(z3.is_true(model.eval(one, model_completion=True)) for one in possible)
        values = [model.eval(one, model_completion=True) for one in told]
        assert all(z3.is_true(one) or z3.is_false(one) for one in values), "everything is known, so it is decided"
        complete, waits, *levels = map(z3.is_true, values)
        floor, levels = levels[: len(LEVELS)], levels[len(LEVELS) :]
        found, is_open = levels[: len(LEVELS)], levels[len(LEVELS) :]
        assert complete == came.is_complete
        assert waits == bool(came.open)
        if came.urgency is not None:
            assert floor == [came.urgency.rank <= level for level in LEVELS]
        rank = min((one.urgency.rank for one in came.fired), default=len(LEVELS))
        assert found == [rank <= level for level in LEVELS]
        assert set(came.open) <= {
            question.id for question, state in zip(anyone.plan.questions, is_open, strict=True) if state
        }


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_is_read_back_from_a_solution_is_that_patient(data):
    protocol = data.draw(protocols())
    chosen, dice = some_of(data, protocol)
    facts = a_patient(dice, protocol, chosen)
    anyone = somebody(protocol, chosen)
    solver = z3.Solver()
    solver.add(*anyone.possible(), *(variable == value for variable, value in anyone.are(facts)))
    assert solver.check() == z3.sat
    again = anyone.read(solver.model())
    first, second = evaluate(protocol, facts), evaluate(protocol, again)
    assert (first.urgency, first.at_least, first.open) == (second.urgency, second.at_least, second.open)
