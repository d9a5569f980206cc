"""Every proof holds for the basic protocol, and each can fail: one thing is made wrong, and the proof shows a patient.

Mutants are made of the read protocol, past the reader, so that nothing but the proof stands in their way.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from schakel.domain.triage import (
    AgeBand,
    Answer,
    Band,
    CareRow,
    EntryComplaint,
    Facts,
    Given,
    Measure,
    MtsColour,
    Part,
    Patient,
    Protocol,
    Rule,
    Span,
    Text,
    Whom,
    evaluate,
    load,
)
from schakel.domain.vocabulary import Care, Urgency
from schakel.proving import Failure, Property, outcome, prove, red_flags, tables, useful
from schakel.proving.difference import differences, lowered

ROOT = Path(__file__).resolve().parents[2]
ONE = ("limb-trauma",)


@cache
def basis() -> Protocol:
    return load(ROOT / "protocols" / "basis")


@cache
def small() -> Protocol:
    """The basic protocol with one complaint."""
    whole = basis()
    used = {one for rule in (*whole.rules, *whole.complaints[ONE[0]].rules) for one in rule.of}
    kept = {name: complaint for name, complaint in whole.complaints.items() if name in ONE}
    return replace(whole, complaints=kept, questions=tuple(one for one in whole.questions if one.id in used))


def with_complaint(change: Callable[[EntryComplaint], EntryComplaint]) -> Protocol:
    return replace(small(), complaints={ONE[0]: change(small().complaints[ONE[0]])})


def with_rule(name: str, **changes: Any) -> Protocol:
    """The small protocol with one rule of its complaint changed."""
    assert any(rule.id == name for rule in small().complaints[ONE[0]].rules)
    return with_complaint(
        lambda it: replace(it, rules=tuple(replace(one, **changes) if one.id == name else one for one in it.rules))
    )


def with_new_rule(**values: Any) -> Protocol:
    rule = Rule(**{"id": "new", "at_least": 1, "because": Text("nieuw", "new"), **values})
    return with_complaint(lambda it: replace(it, rules=(*it.rules, rule)))


def without_rule(protocol: Protocol, name: str) -> Protocol:
    [(complaint, it)] = protocol.complaints.items()
    kept = tuple(rule for rule in it.rules if rule.id != name)
    return replace(protocol, complaints={complaint: replace(it, rules=kept)})


def only(failures: list[Failure]) -> Failure:
    assert len(failures) == 1, failures
    return failures[0]


# ---------------------------------------------------------------- they hold


@pytest.mark.parametrize("complaint", sorted(basis().complaints))
def test_everything_is_proved_of_every_complaint(complaint):
    results = list(prove(basis(), (complaint,)))
    assert {one.property for one in results} == set(Property) - {Property.EVERY_AGE, Property.NOBODY_LOWER}
    assert [str(failure) for one in results for failure in one.failures] == []


def test_everything_is_proved_of_the_protocol_as_a_whole():
    whole = [one for one in prove(replace(basis(), complaints={})) if one.about != "shared questions"]
    assert [str(failure) for one in whole for failure in one.failures] == []
    assert tables.every_age(basis()) == []
    assert useful.shared_matters(basis()) == []


# ---------------------------------------------------------------- and each can fail


def test_p1_fails_when_an_answer_could_change_what_was_certain():
    mutant = with_new_rule(of=("limb-trauma.swollen", "limb-trauma.out-of-shape"), yes=Urgency.U3, unknown=Urgency.U1)
    found, *_ = [one for one in outcome.total(mutant, ONE) if "certain" in one.sentence]
    assert found.property is Property.TOTAL
    assert "Then:" in found.patient
    assert "The engine says: U1." in found.patient


def test_p2_fails_when_a_red_flag_is_not_urgent():
    mutant = with_rule("limb-trauma.amputated", yes=Urgency.U4, unknown=Urgency.U4)
    yes, unknown = red_flags.floor(mutant, ONE)
    assert "limb-trauma.amputated (Part of arm or leg (nearly) cut off) is yes, and it is below U2" in yes.sentence
    assert "Yes: Part of arm or leg (nearly) cut off. No to everything else. The engine says: U4." in yes.patient
    assert "is not known, and it is below U3" in unknown.sentence


def test_p2_fails_when_unknown_alone_is_below_its_floor():
    mutant = with_rule("limb-trauma.amputated", unknown=Urgency.U4)
    assert "is not known, and it is below U3" in only(red_flags.floor(mutant, ONE)).sentence


def test_p3_fails_when_yes_is_less_urgent_than_unknown():
    mutant = with_rule("limb-trauma.open-fracture", yes=Urgency.U3, unknown=Urgency.U2)
    found = only(outcome.monotone(mutant, ONE))
    assert "Not known: Open fracture" in found.patient
    assert "Then: " in found.patient
    assert "Yes: Open fracture" in found.patient


def test_p4_fails_when_an_unknown_red_flag_ends_in_self_care():
    mutant = with_rule("limb-trauma.no-blood-flow", unknown=Urgency.U5)
    found = only(red_flags.no_self_care(mutant, ONE[0]))
    assert "self-care at U5, while the red flag limb-trauma.no-blood-flow" in found.sentence
    assert "Not known: Hand or foot white, cold or without feeling" in found.patient
    assert "The engine says: U5." in found.patient


def test_p4_fails_when_self_care_is_offered_too_soon():
    rows = tuple(replace(row, self_care=row.urgency in (Urgency.U3, Urgency.U5)) for row in small().care)
    found = red_flags.no_self_care(replace(small(), care=rows), ONE[0])
    assert {one.property for one in found} == {Property.NO_SELF_CARE}
    assert all("self-care at U3" in one.sentence for one in found)


def _with_points(measure: Measure, change: Callable[[tuple[Band, ...]], tuple[Band, ...]]) -> Protocol:
    [score] = small().scores
    parts: list[Part] = []
    for part in score.parts:
        mine = part.measure is measure and part.scale_2 is not True
        parts.append(replace(part, bands=change(part.bands)) if mine else part)
    return replace(small(), scores=(replace(score, parts=tuple(parts)),))


def test_p5_fails_when_a_measurement_can_take_points_away():
    mutant = _with_points(
        Measure.TEMPERATURE, lambda bands: tuple(Band(a, b, -2 if points == 0 else points) for a, b, points in bands)
    )
    found = only(outcome.vitals_raise(mutant))
    assert "one more measurement" in found.sentence
    assert "temperature" in found.patient.partition("Then:")[2]
    assert "temperature" not in found.patient.partition("Then:")[0]


def test_p5_fails_when_oxygen_takes_points_away_on_scale_2():
    [score] = small().scores
    parts = tuple(
        replace(part, bands=((Band(0, 100, 0)),)) if part.scale_2 and part.oxygen else part for part in score.parts
    )
    found = only(outcome.vitals_raise(replace(small(), scores=(replace(score, parts=parts),))))
    assert "SpO2 scale 2" in found.patient


def test_p6_fails_for_a_rule_that_never_decides():
    mutant = with_new_rule(
        of=("limb-trauma.amputated", "limb-trauma.swollen"), at_least=2, yes=Urgency.U2, unknown=Urgency.U4
    )
    assert "the rule new (new) never decides" in only(useful.useful(mutant, ONE)).sentence


def test_p6_fails_for_a_question_that_changes_nothing():
    mutant = without_rule(with_rule("limb-trauma.swollen", yes=Urgency.U5), "limb-trauma.bleeding-into-the-limb")
    sentences = [one.sentence for one in useful.useful(mutant, ONE)]
    assert any("the rule limb-trauma.swollen" in one and "never decides" in one for one in sentences)
    assert any("the question limb-trauma.swollen" in one and "can change nobody's outcome" in one for one in sentences)


def test_p6_counts_a_patient_of_unknown_age_for_whom_a_question_still_matters():
    child = Whom(ages=(Span(0, 60),))
    mutant = with_complaint(
        lambda it: replace(
            it,
            whom=Whom(ages=(Span(60, 1441),)),
            questions=tuple(
                replace(one, whom=child) if one.id == "limb-trauma.swollen" else one for one in it.questions
            ),
            rules=tuple(replace(one, whom=child) if one.id == "limb-trauma.swollen" else one for one in it.rules),
        )
    )
    # An unknown age excludes nothing, so that the question is still asked then: it takes a known age to be useless.
    assert useful.useful(mutant, ONE) == []


def test_p6_fails_for_a_limit_that_another_limit_always_passes():
    first = small().limits[0]
    double = replace(first, id="double", to=Urgency.U3)
    found = only(useful.useful_vitals(replace(small(), limits=(*small().limits, double))))
    assert "double never decides" in found.sentence


def test_p6_fails_for_a_shared_question_that_no_complaint_needs():
    mutant = with_rule("limb-trauma.bleeding-into-the-limb", yes=Urgency.U5, unknown=Urgency.U5)
    assert "risk-blood-thinner" in only(useful.shared_matters(mutant)).sentence


def test_p7_fails_for_two_rules_that_say_the_same():
    mutant = with_new_rule(of=("limb-trauma.amputated",), yes=Urgency.U0, unknown=Urgency.U2)
    found = only(useful.said_once(mutant, ONE))
    assert "limb-trauma.amputated" in found.sentence
    assert "fire for the same patients" in found.sentence
    assert "Yes: Part of arm or leg (nearly) cut off" in found.patient


def test_p7_sees_through_two_ways_of_counting():
    one = ("limb-trauma.amputated", "limb-trauma.swollen")
    mutant = with_new_rule(of=one, at_least=2, yes=Urgency.U0, unknown=Urgency.U0)
    again = Rule("again", one[::-1], 2, Urgency.U0, Urgency.U1, Text("weer", "again"))
    complaint = mutant.complaints[ONE[0]]
    mutant = replace(mutant, complaints={ONE[0]: replace(complaint, rules=(*complaint.rules, again))})
    assert "new" in only(useful.said_once(mutant, ONE)).sentence


def test_p7_fails_for_a_question_that_is_there_twice():
    mutant = with_complaint(
        lambda it: replace(it, questions=(*it.questions, replace(it.questions[0], id="limb-trauma.once-more")))
    )
    found = only(useful.said_once(mutant, ONE))
    assert "ask the same" in found.sentence


def test_p8_fails_for_a_gap_and_for_an_overlap_in_the_bands_of_age():
    def bands(change: Callable[[Span], Span]) -> Protocol:
        ages = tuple(AgeBand(id, name, change(span) if id == "child" else span) for id, name, span in small().ages)
        return replace(small(), ages=ages)

    gap = only(tables.every_age(bands(lambda span: Span(span.first + 1, span.end))))
    assert (gap.sentence, gap.patient) == ("no band holds this patient.", "Patient of 5 years.")
    overlap = only(tables.every_age(bands(lambda span: Span(span.first, span.end + 1))))
    assert (overlap.sentence, overlap.patient) == ("two bands hold this patient.", "Patient of 12 years.")


def test_p8_fails_for_a_patient_whom_no_complaint_is_for():
    mutant = with_complaint(lambda it: replace(it, whom=Whom(ages=(Span(0, 780),))))
    found = only(tables.every_age(mutant))
    assert found.about == "limb-trauma"
    assert "names no other complaint" in found.sentence


def test_p8_fails_for_a_value_without_points():
    mutant = _with_points(Measure.PULSE, lambda bands: tuple(band for band in bands if band.least != 41))
    assert "no band holds pulse 4" in only(tables.every_age(mutant)).sentence


def test_p9_fails_when_care_comes_later_than_the_urgency_or_not_at_all():
    rows = tuple(replace(row, within_min=240) if row.urgency is Urgency.U3 else row for row in small().care)
    found = only(tables.soon_enough(replace(small(), care=rows), ONE[0]))
    assert found.sentence == "U3 gets care within 240 minutes, and 180 is its window."
    assert "The engine says: U3." in found.patient
    none = tuple(row for row in small().care if row.urgency is not Urgency.U3)
    assert only(tables.soon_enough(replace(small(), care=none), ONE[0])).sentence == "U3 has no care."


def test_p9_holds_for_a_slow_row_that_nobody_reaches():
    slow = CareRow(Urgency.U3, frozenset({"another"}), (Care.ADVICE,), 9999, False)
    assert tables.soon_enough(replace(small(), care=(*small().care, slow)), ONE[0]) == []


def test_p9_fails_when_a_class_of_another_system_lowers_on_the_way_back():
    [table] = small().equivalents
    mutant = replace(table, from_mts={**table.from_mts, MtsColour.ORANGE: Urgency.U3})
    found = only(tables.windows_and_classes(replace(small(), equivalents=(mutant,))))
    assert found.sentence == "U2 becomes orange and comes back as U3."


def test_p9_fails_when_the_more_urgent_waits_longer():
    windows = {**small().windows_min, Urgency.U2: 200}
    found = only(tables.windows_and_classes(replace(small(), windows_min=windows)))
    assert found.sentence == "U2 waits 200 minutes, longer than U3."


# ---------------------------------------------------------------- P10


def test_p10_finds_nothing_in_a_version_that_only_raises():
    assert differences(small(), small()) == []
    assert differences(small(), with_rule("limb-trauma.swollen", yes=Urgency.U3)) == []


def test_p10_names_exactly_who_is_less_urgent():
    found = lowered(small(), with_rule("limb-trauma.amputated", yes=Urgency.U3, unknown=Urgency.U3))
    off = "Part of arm or leg (nearly) cut off"
    assert [(str(one.before), str(one.after), one.yes, one.unknown, one.whom) for one in found] == [
        ("U1", "U3", (off,), (), "everybody"),
        ("U2", "U3", (), (off,), "everybody"),
    ]
    assert str(found[0]) == f"limb-trauma: U1 becomes U3 for everybody with yes to {off}."


def test_p10_finds_everybody_who_is_less_urgent():
    """Whoever is drawn and comes out lower has at least the answers of a kind that is listed from that urgency."""
    new = with_rule("limb-trauma.thigh-or-hip", yes=Urgency.U4, unknown=Urgency.U4)
    new = without_rule(new, "limb-trauma.bleeding-into-the-limb")
    kinds = lowered(small(), new)
    finding = {one.id: one.finding.en for one in small().question.values()}
    dice = random.Random(2026)
    lower = 0
    for _ in range(3_000):
        chances = [dice.choice([0.9, 0.97]), 0.02, 0.02]
        answers = {
            one: Given(dice.choices([Answer.NO, Answer.YES, Answer.UNKNOWN], chances)[0], at=0)
            for one in small().question
        }
        answers[dice.choice(["limb-trauma.thigh-or-hip", "limb-trauma.swollen"])] = Given(Answer.YES, at=0)
        facts = Facts(ONE, answers, Patient(dice.choice([None, 5, 100, 500, 900]), None, None))
        before, after = evaluate(small(), facts).urgency, evaluate(new, facts).urgency
        assert before is not None
        assert after is not None
        if before.is_above(after):
            lower += 1
            yes = {finding[one] for one, given in answers.items() if given.answer is Answer.YES}
            unknown = {finding[one] for one, given in answers.items() if given.answer is Answer.UNKNOWN}
            assert any(
                kind.before is before
                and not after.rank > kind.after.rank
                and set(kind.yes) <= yes
                and set(kind.unknown) <= unknown
                for kind in kinds
            ), (before, after, yes, unknown)
    assert lower > 100


def test_p10_says_whom_alone_it_is_about():
    whom = Whom(ages=(Span(0, 144),), sex=None)
    new = with_complaint(
        lambda it: replace(
            it,
            questions=tuple(
                replace(one, whom=whom) if one.id == "limb-trauma.high-energy" else one for one in it.questions
            ),
            rules=tuple(replace(one, whom=whom) if one.id == "limb-trauma.high-energy" else one for one in it.rules),
        )
    )
    [one] = [one for one in lowered(small(), new) if one.yes == ("Serious accident",)]
    assert (one.before, one.after) == (Urgency.U2, Urgency.U5)
    assert one.whom == ("young person of 12 to 16 years, adult under 65 years, elderly person from 65 years")


def test_p10_names_what_was_lost_beside_the_answers():
    without = replace(small(), complaints={})
    assert "is no longer there" in str(only(differences(small(), without)))
    limits = tuple(one for one in small().limits if one.id != "temperature-young-infant")
    found = only(differences(small(), replace(small(), limits=limits)))
    assert "temperature-young-infant raised to U2; now nothing is raised to." in found.sentence
    assert "temperature 3" in found.patient or "temperature 4" in found.patient
    rows = tuple(replace(row, within_min=100) if row.urgency is Urgency.U2 else row for row in small().care)
    assert "care at U2 within 100 minutes, and before within 60." in str(
        only(differences(small(), replace(small(), care=rows)))
    )
    rows = tuple(replace(row, self_care=row.urgency.rank >= 4) for row in small().care)
    assert "self-care at U4, and before not." in str(only(differences(small(), replace(small(), care=rows))))
    fewer = with_complaint(lambda it: replace(it, whom=Whom(ages=(Span(0, 780),))))
    assert "it is no longer for this patient." in [one.sentence for one in differences(small(), fewer)]
