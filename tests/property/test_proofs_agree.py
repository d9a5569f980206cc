"""What is proved is what runs: the formulas of the proofs and the engine agree, for any protocol and patient."""

from __future__ import annotations

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
urgencies = st.sampled_from(Urgency)
ages = st.integers(0, OLDEST)


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
            for_others=None, none_of_these=draw(urgencies), advice=(T,), safety_net=(T,),
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


@st.composite
def patients(draw: st.DrawFn, protocol: Protocol) -> Facts:
    chosen = draw(st.lists(st.sampled_from(sorted(protocol.complaints)), max_size=2, unique=True))
    answer = st.sampled_from([None, *Answer])
    answers = {one: draw(answer) for one in protocol.question}
    measured = {}
    for measure in Measure:
        if draw(st.booleans()):
            value = draw(st.integers(*RANGES[measure]))
            measured[measure.value] = (
                bool(value)
                if measure is Measure.OXYGEN
                else "ACVPU"[value]
                if measure is Measure.CONSCIOUSNESS
                else value
            )
    return Facts(
        tuple(chosen),
        {one: Given(answer, at=0) for one, answer in answers.items() if answer},
        Patient(draw(st.none() | ages), draw(st.sampled_from([None, *Sex])), draw(answer)),
        Vitals(**measured, scale_2=draw(st.booleans())),
        draw(st.sampled_from(Setting)),
    )


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_formulas_and_the_engine_agree(data):
    protocol = data.draw(protocols())
    facts = data.draw(patients(protocol))
    came = evaluate(protocol, facts)
    anyone = somebody(protocol, facts.complaints)
    values = anyone.are(facts)

    def holds(formula) -> bool:
        told = z3.simplify(z3.substitute(formula, *values))
        assert z3.is_true(told) or z3.is_false(told), f"everything is known, so it is decided: {told}"
        return z3.is_true(told)

    assert all(holds(one) for one in anyone.possible())
    assert holds(anyone.complete) == came.is_complete
    if came.urgency is not None:
        assert [holds(anyone.floor[level]) for level in LEVELS] == [came.urgency.rank <= level for level in LEVELS]
    found = min((one.urgency.rank for one in came.fired), default=len(LEVELS))
    assert [holds(anyone.found[level]) for level in LEVELS] == [found <= level for level in LEVELS]
    put = {question.id for question in anyone.plan.questions}
    assert {one for one, state in zip(anyone.plan.questions, anyone.open, strict=True) if holds(state)} >= {
        protocol.question[one] for one in came.open
    }
    assert set(came.open) <= put


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_is_read_back_from_a_solution_is_that_patient(data):
    protocol = data.draw(protocols())
    facts = data.draw(patients(protocol))
    anyone = somebody(protocol, facts.complaints)
    solver = z3.Solver()
    solver.add(*anyone.possible(), *(variable == value for variable, value in anyone.are(facts)))
    assert solver.check() == z3.sat
    again = anyone.read(solver.model())
    first, second = evaluate(protocol, facts), evaluate(protocol, again)
    assert (first.urgency, first.at_least, first.open) == (second.urgency, second.at_least, second.open)
