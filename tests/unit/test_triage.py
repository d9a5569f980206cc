"""The engine: what an answer does, what no answer does, when it is certain, and what is asked next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from schakel.domain.triage import (
    Answer,
    Fact,
    Facts,
    Given,
    Patient,
    Protocol,
    Section,
    Setting,
    Sex,
    Vitals,
    Wanted,
    evaluate,
    load,
)
from schakel.domain.triage.cases import facts_of, try_all, untried
from schakel.domain.triage.engine import Evaluation
from schakel.domain.triage.plan import plan
from schakel.domain.vocabulary import Complaint, Urgency

ROOT = Path(__file__).resolve().parents[2]
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
MAN = Patient(50 * 12, Sex.MALE)


@cache
def basis() -> Protocol:
    return load(ROOT / "protocols" / "basis")


def given(answers: Mapping[str, Answer]) -> dict[str, Given]:
    return {one: Given(answer, at=0) for one, answer in answers.items()}


def triaged(
    *complaints: str, patient: Patient = MAN, setting: Setting = Setting.PHONE, **answers: Answer
) -> Evaluation:
    """By keyword: chest_pain__tearing=YES is the question chest-pain.tearing."""
    told = {name.replace("__", ".").replace("_", "-"): answer for name, answer in answers.items()}
    assert told.keys() <= basis().question.keys()
    return evaluate(basis(), Facts(complaints, given(told), patient, Vitals(), setting))


def all_no(complaint: str, **but: Answer) -> Evaluation:
    """Every question answered no, except for some."""
    told = {name.replace("__", ".").replace("_", "-"): answer for name, answer in but.items()}
    answers = {one.id: NO for one in plan(basis(), (complaint,)).questions} | told
    return evaluate(basis(), Facts((complaint,), given(answers), MAN))


# ---------------------------------------------------------------- answers


def test_a_question_that_was_not_asked_is_not_a_no():
    came = triaged("chest-pain")
    assert came.urgency is None
    assert came.at_least is None
    assert came.fired == ()
    assert came.next_question is not None
    assert came.care is None


def test_when_everything_is_no_the_complaint_says_how_urgent_it_is():
    came = all_no("chest-pain")
    assert came.urgency is Urgency.U4
    assert came.fired == ()
    assert came.open == ()


def test_unknown_has_an_urgency_of_its_own_and_is_named():
    came = all_no("chest-pain", chest_pain__tearing=UNKNOWN)
    assert came.urgency is Urgency.U3
    assert came.unknown == ("chest-pain.tearing",)
    [fired] = came.fired
    assert (fired.what.id, fired.by) == ("chest-pain.tearing", UNKNOWN)


def test_the_most_urgent_of_all_findings_wins_and_all_are_told():
    came = all_no("chest-pain", chest_pain__breathing_pain=YES, chest_pain__tearing=YES, severe_pain=YES)
    assert came.urgency is Urgency.U1
    assert [(one.what.id, one.urgency) for one in came.fired] == [
        ("chest-pain.tearing", Urgency.U1),
        ("severe-pain", Urgency.U3),
        ("chest-pain.breathing-pain", Urgency.U3),
    ]


def test_a_rule_over_two_questions_counts_what_is_not_known_as_not_known():
    both = all_no("chest-pain", chest_pain__pain_now=YES, chest_pain__pressing=YES)
    half = all_no("chest-pain", chest_pain__pain_now=YES, chest_pain__pressing=UNKNOWN)
    assert both.urgency is Urgency.U1
    assert half.urgency is Urgency.U2
    assert ("chest-pain.infarction", UNKNOWN) in [(one.what.id, one.by) for one in half.fired]
    [infarction] = [one for one in both.fired if one.what.id == "chest-pain.infarction"]
    assert infarction.answers == ("chest-pain.pain-now", "chest-pain.pressing")


def test_a_feeling_that_something_is_wrong_counts_without_a_reason():
    assert all_no("limb-trauma").urgency is Urgency.U5
    assert all_no("limb-trauma", unease=YES).urgency is Urgency.U3


# ---------------------------------------------------------------- certain, or not


def test_it_is_certain_as_soon_as_nothing_open_can_raise_it():
    came = triaged("chest-pain", not_breathing=YES)
    assert came.urgency is Urgency.U0
    assert came.open == ()


def test_danger_to_life_is_certain_before_any_complaint_is_chosen():
    assert triaged(not_breathing=YES).urgency is Urgency.U0
    waiting = triaged(shock=YES)
    assert waiting.urgency is None
    assert waiting.at_least is Urgency.U1
    assert waiting.wanted is Wanted.COMPLAINT


def test_only_what_can_still_change_the_outcome_is_asked():
    abcde = {one.id: NO for one in basis().questions if one.section is not Section.SHARED}
    facts = Facts(("chest-pain",), given(abcde | {"chest-pain.tearing": YES}), MAN)
    came = evaluate(basis(), facts)
    assert came.urgency is Urgency.U1  # nothing of this complaint is more urgent, so nothing more is asked
    facts = Facts(("chest-pain",), given(abcde | {"chest-pain.pain-now": NO}), MAN)
    asked = evaluate(basis(), facts).open
    assert "risk-heart-vessel" not in asked  # it only counts with pain that is there now
    assert "chest-pain.pressing" in asked


def test_the_most_urgent_question_comes_first_and_airway_before_breathing():
    came = triaged("chest-pain")
    assert came.open[:4] == ("airway-blocked", "not-breathing", "unresponsive", "airway-threatened")
    ranks = [_best(one) for one in came.open]
    assert ranks == sorted(ranks)


def _best(question: str) -> int:
    return min(rule.yes.rank for rule in plan(basis(), ("chest-pain",)).rules if question in rule.of)


def test_asking_in_that_order_always_ends_and_never_asks_twice():
    answers: dict[str, Given] = {}
    while one := evaluate(basis(), Facts(("chest-pain",), answers, MAN)).next_question:
        assert one not in answers
        answers[one] = Given(NO, at=len(answers))
    assert evaluate(basis(), Facts(("chest-pain",), answers, MAN)).urgency is Urgency.U4
    assert len(answers) < len(plan(basis(), ("chest-pain",)).questions)


# ---------------------------------------------------------------- for whom, and how it is asked


def test_a_known_fact_excludes_and_an_unknown_one_does_not():
    child = triaged("fever-child", patient=Patient(24)).open
    adult = triaged("chest-pain", patient=MAN).open
    assert "child-limp" in child
    assert "child-limp" not in adult
    assert "child-limp" in triaged("chest-pain", patient=Patient()).open


def test_an_answer_that_no_longer_fits_the_patient_is_set_aside_and_named():
    came = triaged("chest-pain", child_limp=YES)
    assert came.set_aside == ("child-limp",)
    assert came.at_least is None
    assert triaged("chest-pain", patient=Patient(24), child_limp=YES).at_least is Urgency.U1


def test_a_complaint_that_is_not_for_this_patient_never_gives_an_urgency():
    came = triaged("fever-child", fever=YES)
    assert came.urgency is None
    assert came.wanted is Wanted.OTHER_COMPLAINT
    assert triaged("fever-child", fever=YES, not_breathing=YES).urgency is Urgency.U0


def test_pregnancy_not_known_excludes_nobody_but_a_man():
    from schakel.domain.triage import Whom

    whom = Whom(pregnant=True)
    assert [whom.excludes(Patient(None, sex, pregnant)) for sex, pregnant in (
        (Sex.FEMALE, YES), (Sex.FEMALE, UNKNOWN), (Sex.FEMALE, None), (None, None), (Sex.MALE, YES),
        (Sex.FEMALE, NO), (Sex.MALE, None), (Sex.MALE, UNKNOWN), (None, NO),
    )] == [False] * 5 + [True] * 4  # fmt: skip


def test_it_says_which_facts_of_the_patient_would_save_questions():
    assert triaged("chest-pain", patient=Patient()).unknown_facts == (Fact.AGE,)
    assert triaged("chest-pain", patient=MAN).unknown_facts == ()
    woman = Facts(("chest-pain",), {}, Patient(30 * 12, Sex.FEMALE), setting=Setting.PHYSICAL)
    assert evaluate(basis(), woman).unknown_facts == (Fact.PREGNANCY,)  # the limits of pregnant women may count
    older = Facts(("chest-pain",), {}, Patient(70 * 12, Sex.FEMALE), setting=Setting.PHYSICAL)
    assert evaluate(basis(), older).unknown_facts == ()


# ---------------------------------------------------------------- a second complaint


def test_a_second_complaint_adds_its_questions_and_never_lowers():
    answers = {one.id: NO for one in plan(basis(), ("limb-trauma", "chest-pain")).questions}
    answers["chest-pain.tearing"] = YES
    alone = evaluate(basis(), Facts(("limb-trauma",), given(answers), MAN))
    both = evaluate(basis(), Facts(("limb-trauma", "chest-pain"), given(answers), MAN))
    assert alone.urgency is Urgency.U5
    assert both.urgency is Urgency.U1
    nothing = {one: NO for one in answers}
    both = evaluate(basis(), Facts(("limb-trauma", "chest-pain"), given(nothing), MAN))
    assert both.urgency is Urgency.U4  # the more urgent of the two when nothing was found
    assert both.care is not None
    assert not both.care.self_care


def test_a_shared_question_is_there_once_for_two_complaints():
    ids = [one.id for one in plan(basis(), ("limb-trauma", "chest-pain")).questions]
    assert len(ids) == len(set(ids))


# ---------------------------------------------------------------- what goes with an outcome


def test_an_evaluation_carries_the_fingerprint_and_the_care():
    came = all_no("limb-trauma")
    assert came.fingerprint == basis().fingerprint
    assert came.urgency is Urgency.U5
    assert came.care is not None
    assert came.care.self_care


def test_two_complaints_get_self_care_only_when_both_allow_it():
    rows = [basis().care_for(Urgency.U5, one) for one in ("limb-trauma", "fever-adult")]
    assert all(row and row.self_care for row in rows)


def test_a_complaint_that_the_protocol_does_not_have_is_an_error():
    with pytest.raises(KeyError):
        evaluate(basis(), Facts(("no-such",)))


def test_what_urgencies_are_called_elsewhere_holds_from_a_day_on():
    assert basis().equivalents_on(date(2020, 1, 1)) is None
    table = basis().equivalents_on(date(2026, 6, 1))
    assert table is not None
    assert (str(table.ambulance[Urgency.U1]), str(table.mts[Urgency.U2])) == ("A1", "orange")
    assert table.owner


# ---------------------------------------------------------------- the protocol that is shipped


@pytest.mark.parametrize("complaint", sorted(basis().complaints))
def test_the_written_patients_come_out_as_expected(complaint):
    wrong = [
        (one.case.id, one.case.expect, one.came.urgency, [fired.what.id for fired in one.came.fired])
        for one in try_all(basis())
        if one.complaint == complaint and not one.holds
    ]
    assert wrong == []


@pytest.mark.parametrize("complaint", sorted(basis().complaints))
def test_every_rule_decides_some_written_patient(complaint):
    assert untried(basis(), basis().complaints[complaint]) == ()


@pytest.mark.parametrize("complaint", sorted(basis().complaints))
def test_every_complaint_can_be_told_to_a_patient(complaint):
    """Texts in two languages, no dash where a sentence is meant, and 112 in the safety net of what may be urgent."""
    it = basis().complaints[complaint]
    assert it.code in Complaint
    assert it.cases
    assert it.safety_net
    for question in it.questions:
        assert question.ask.nl.endswith("?"), question.id
        assert question.ask.en.endswith("?"), question.id
        assert question.help.nl != question.ask.nl


def test_the_protocol_says_that_it_is_not_validated():
    assert "Niet klinisch gevalideerd" in basis().warning.nl
    assert "Not a certified medical device" in basis().warning.en
    assert str(basis().status) == "draft"


def test_red_flags_stand_where_life_is_at_stake():
    for rule in (*basis().rules, *(rule for one in basis().complaints.values() for rule in one.rules)):
        if rule.yes.rank <= 1:
            assert rule.red_flag, rule.id


def test_a_written_patient_answers_every_question_that_is_put():
    case = basis().complaints["chest-pain"].cases[0]
    facts = facts_of(basis(), case)
    asked = {one.id for one in plan(basis(), ("chest-pain",)).questions if not one.whom.excludes(case.patient)}
    assert set(facts.answers) == asked
