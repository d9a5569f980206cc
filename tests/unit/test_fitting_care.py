"""Which care: what each kind takes, and the order in which the kinds are offered."""

from __future__ import annotations

import pytest

from schakel.domain.candidates import WhyNot
from schakel.domain.fitting_care import (
    CAN_TRANSPORT,
    LIFE_FIRST,
    NEEDS,
    Giver,
    Reach,
    options,
    unfilled,
    urgency_to_act_on,
)
from schakel.domain.reasons import RegionText
from schakel.domain.region import RoutingRule
from schakel.domain.vocabulary import Care, Complaint, PlaceKind, UnitKind, Urgency
from schakel.domain.vocabulary import Competence as C

OFTEN = RegionText("Past vaak.", english="Often fits.")
RULE = RoutingRule(
    "falls", frozenset({Urgency.U3}), frozenset({Complaint.FALL_ELDERLY}), (Care.GP_VISIT, Care.ADVICE), OFTEN
)


def crew(*people: set[C]) -> tuple[frozenset[C], ...]:
    return tuple(frozenset(held) for held in people)


def test_every_kind_of_care_says_what_it_takes():
    assert NEEDS.keys() == set(Care)


def test_every_kind_of_unit_is_meant_for_some_care():
    assert {kind for need in NEEDS.values() for kind, cost in need.units.items() if cost == 0} == set(UnitKind)


@pytest.mark.parametrize("care", Care)
def test_a_giver_has_what_it_gives_with(care):
    need = NEEDS[care]
    assert bool(need.units) is bool(need.crew) is (need.giver is Giver.UNIT)
    assert bool(need.places) is (need.giver is Giver.PLACE)


def test_only_ambulances_take_a_patient_along():
    assert {UnitKind.ALS, UnitKind.MCA, UnitKind.CARE_AMBULANCE} == CAN_TRANSPORT
    assert {care for care, need in NEEDS.items() if need.transports} == {Care.ALS, Care.MCA, Care.CARE_AMBULANCE}


@pytest.mark.parametrize(
    ("care", "people"),
    [
        (Care.ALS, crew({C.AMBULANCE_NURSE}, {C.AMBULANCE_DRIVER})),
        (Care.ALS, crew({C.AMBULANCE_DRIVER}, {C.NURSE_PRACTITIONER})),
        (Care.ALS, crew({C.AMBULANCE_NURSE, C.AMBULANCE_DRIVER}, {C.AMBULANCE_NURSE})),
        (Care.MCA, crew({C.MCA_NURSE}, {C.AMBULANCE_DRIVER})),
        (Care.MCA, crew({C.AMBULANCE_NURSE}, {C.AMBULANCE_DRIVER})),
        (Care.CARE_AMBULANCE, crew({C.CARE_ATTENDANT}, {C.AMBULANCE_DRIVER})),
        (Care.CARE_AMBULANCE, crew({C.MCA_NURSE}, {C.AMBULANCE_DRIVER})),
        (Care.RAPID, crew({C.AMBULANCE_NURSE})),
        (Care.RAPID_HAG, crew({C.AMBULANCE_NURSE, C.GP_ACUTE})),
        (Care.RAPID_HAG, crew({C.GP, C.GP_ACUTE})),
        (Care.NURSE_PRACTITIONER, crew({C.NURSE_PRACTITIONER})),
        (Care.GP_VISIT, crew({C.AMBULANCE_DRIVER}, {C.GP})),
        (Care.DISTRICT_NURSE, crew({C.DISTRICT_NURSE})),
        (Care.CRISIS_TEAM, crew({C.PSYCHIATRIST})),
        (Care.HAP_APPOINTMENT, ()),
    ],
)
def test_this_crew_will_do(care, people):
    assert unfilled(care, people) == ()


@pytest.mark.parametrize(
    ("care", "people"),
    [
        (Care.ALS, crew({C.MCA_NURSE}, {C.AMBULANCE_DRIVER})),
        (Care.ALS, crew({C.AMBULANCE_NURSE, C.AMBULANCE_DRIVER})),
        (Care.ALS, crew({C.AMBULANCE_NURSE}, {C.AMBULANCE_NURSE})),
        (Care.MCA, crew({C.CARE_ATTENDANT}, {C.AMBULANCE_DRIVER})),
        (Care.RAPID, crew({C.GP})),
        (Care.RAPID_HAG, crew({C.AMBULANCE_NURSE})),
        (Care.RAPID_HAG, crew({C.AMBULANCE_NURSE}, {C.GP_ACUTE})),
        (Care.GP_VISIT, crew({C.GP_ACUTE})),
        (Care.CRISIS_TEAM, crew({C.DISTRICT_NURSE})),
        (Care.DISTRICT_NURSE, ()),
    ],
)
def test_this_crew_leaves_one_place_open(care, people):
    assert len(unfilled(care, people)) == 1


def test_the_rule_gives_the_order_and_what_it_does_not_name_comes_after_it():
    found = options(RULE, urgency=Urgency.U3, life_threat=False, reach={})
    assert [one.care for one in found[:2]] == [Care.GP_VISIT, Care.ADVICE]
    assert {one.care for one in found} == set(Care) and len(found) == len(Care)
    assert [one.another_choice for one in found] == [False, False] + [True] * (len(Care) - 2)
    assert str(found[0].reason) == "Past vaak." and found[0].rule == "falls"
    assert "falls" in str(found[2].reason)


def test_a_reason_with_braces_in_the_region_file_is_shown_as_it_stands():
    rule = RoutingRule(
        "r",
        frozenset({Urgency.U3}),
        frozenset(),
        (Care.ADVICE,),
        RegionText("zie {agreement}", english="see {agreement}"),
    )
    assert str(options(rule, urgency=Urgency.U3, life_threat=None, reach={})[0].reason) == "zie {agreement}"


@pytest.mark.parametrize(
    ("urgency", "life_threat"),
    [(Urgency.U0, None), (Urgency.U1, False), (Urgency.U3, True), (None, True)],
)
def test_danger_to_life_puts_an_als_ambulance_first_whatever_the_rule_says(urgency, life_threat):
    first, second, *_rest = options(RULE, urgency=urgency, life_threat=life_threat, reach={})
    assert first.care is Care.ALS and first.rule == LIFE_FIRST and not first.another_choice
    assert second.care is Care.GP_VISIT and not second.another_choice


@pytest.mark.parametrize("urgency", [Urgency.U2, Urgency.U3, Urgency.U4, Urgency.U5])
def test_without_danger_to_life_the_rule_is_followed(urgency):
    assert options(RULE, urgency=urgency, life_threat=False, reach={})[0].care is Care.GP_VISIT


def test_a_fitting_care_that_nobody_can_give_keeps_its_place_and_says_so():
    first, second, *_rest = options(
        RULE, urgency=Urgency.U3, life_threat=False, reach={Care.GP_VISIT: Reach(0, None), Care.ALS: Reach(3, 5)}
    )
    assert (first.able, first.possible) == (0, False)
    assert (second.care, second.able, second.possible) == (Care.ADVICE, None, True)
    als = next(one for one in _rest if one.care is Care.ALS)
    assert (als.able, als.best_ms) == (3, 5)


def test_without_an_urgency_nothing_is_advised():
    found = options(None, urgency=None, life_threat=None, reach={})
    assert all(one.another_choice and one.rule is None for one in found)


@pytest.mark.parametrize(
    ("urgency", "life_threat", "expect"),
    [
        (None, None, None),
        (None, False, None),
        (None, True, Urgency.U1),
        (Urgency.U0, True, Urgency.U0),
        (Urgency.U3, True, Urgency.U1),
        (Urgency.U3, False, Urgency.U3),
    ],
)
def test_the_more_urgent_of_two_judgements_is_acted_on(urgency, life_threat, expect):
    assert urgency_to_act_on(urgency, life_threat) is expect


def test_what_is_impossible_is_asked_before_what_is_advised_against():
    order = [why.impossible for why in WhyNot]
    assert order == sorted(order, reverse=True)


def test_an_appointment_is_made_at_a_gp_post():
    assert NEEDS[Care.HAP_APPOINTMENT].places == {PlaceKind.HAP}
