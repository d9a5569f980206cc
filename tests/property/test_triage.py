"""What holds for any answers to the shipped protocol, tried on the engine itself: a second way beside the proofs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schakel.domain.triage import Answer, Facts, Given, Measure, Patient, Protocol, Setting, Sex, Vitals, evaluate, load
from schakel.domain.triage.patient import OLDEST
from schakel.domain.triage.plan import make_plan, plan
from schakel.domain.triage.words import RANGES

ROOT = Path(__file__).resolve().parents[2]
WORSE = {
    None: [None, *Answer],
    Answer.NO: [*Answer],
    Answer.UNKNOWN: [Answer.UNKNOWN, Answer.YES],
    Answer.YES: [Answer.YES],
}
tried = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def basis() -> Protocol:
    return load(ROOT / "protocols" / "basis")


@st.composite
def anybody(draw: st.DrawFn) -> Facts:
    chosen = tuple(draw(st.lists(st.sampled_from(sorted(basis().complaints)), max_size=2, unique=True)))
    answer = st.sampled_from([None, Answer.NO, Answer.NO, Answer.UNKNOWN, Answer.YES])
    answers = {one.id: draw(answer) for one in plan(basis(), chosen).questions}
    return Facts(
        chosen,
        {one: Given(answer, at=0) for one, answer in answers.items() if answer},
        Patient(draw(st.none() | st.integers(0, OLDEST)), draw(st.sampled_from([None, *Sex])), draw(answer)),
        Vitals(),
        draw(st.sampled_from(Setting)),
    )


@tried
@given(st.data())
def test_a_worse_answer_never_makes_it_less_urgent(data):
    facts = data.draw(anybody())
    worse = dict(facts.answers)
    for question in plan(basis(), facts.complaints).questions:
        before = facts.answers.get(question.id)
        answer = data.draw(st.sampled_from(WORSE[before.answer if before else None]))
        if answer:
            worse[question.id] = Given(answer, at=1)
    first, then = evaluate(basis(), facts), evaluate(basis(), replace(facts, answers=worse))
    if first.at_least:
        assert then.at_least
        assert not first.at_least.is_above(then.at_least)
    if first.urgency and then.urgency:
        assert not first.urgency.is_above(then.urgency)


@tried
@given(st.data())
def test_what_is_certain_stays_whatever_is_answered_next(data):
    facts = data.draw(anybody())
    first = evaluate(basis(), facts)
    more = dict(facts.answers)
    for question in plan(basis(), facts.complaints).questions:
        if question.id not in more and facts.setting in question.settings and data.draw(st.booleans()):
            more[question.id] = Given(data.draw(st.sampled_from(Answer)), at=1)
    then = evaluate(basis(), replace(facts, answers=more))
    if first.urgency:
        assert then.urgency is first.urgency
    elif first.open:
        yes = {**facts.answers, **{one: Given(Answer.YES, at=1) for one in first.open}}
        raised = evaluate(basis(), replace(facts, answers=yes)).at_least
        assert raised
        assert first.at_least is None or not first.at_least.is_above(raised)


@tried
@given(st.data())
def test_a_measurement_never_makes_it_less_urgent(data):
    facts = data.draw(anybody())
    one, two = {}, {}
    for measure in Measure:
        value = data.draw(st.integers(*RANGES[measure]))
        told = (
            bool(value) if measure is Measure.OXYGEN else "ACVPU"[value] if measure is Measure.CONSCIOUSNESS else value
        )
        how = data.draw(st.sampled_from(["never", "later", "both"]))
        if how == "both":
            one[measure.value] = told
        if how != "never":
            two[measure.value] = told
    scale_2 = data.draw(st.booleans())
    less = evaluate(basis(), replace(facts, vitals=Vitals(**one, scale_2=scale_2)))
    more = evaluate(basis(), replace(facts, vitals=Vitals(**two, scale_2=scale_2)))
    if less.at_least:
        assert more.at_least
        assert not less.at_least.is_above(more.at_least)
    if less.urgency:
        assert more.urgency
    assert set(more.open) <= set(less.open)


@tried
@given(anybody(), st.sampled_from(sorted(basis().complaints)))
def test_a_second_complaint_never_makes_it_less_urgent(facts, second):
    alone = evaluate(basis(), facts)
    both = evaluate(basis(), replace(facts, complaints=(*facts.complaints, second)))
    if alone.at_least and alone.fired:
        assert both.at_least
        assert not alone.fired[0].urgency.is_above(both.at_least)
    if alone.urgency and both.urgency:
        assert not alone.urgency.is_above(both.urgency)


@tried
@given(anybody())
def test_the_same_facts_give_the_same_outcome_whatever_order_they_stand_in(facts):
    backwards = replace(facts, answers=dict(reversed(facts.answers.items())), complaints=facts.complaints[::-1])
    one, other = evaluate(basis(), facts), evaluate(basis(), backwards)
    assert (one.urgency, one.at_least, one.could_be, set(one.open)) == (
        other.urgency, other.at_least, other.could_be, set(other.open),
    )  # fmt: skip


@tried
@given(anybody())
def test_a_remembered_plan_is_the_plan(facts):
    assert plan(basis(), facts.complaints) == make_plan(basis(), facts.complaints)
