"""Every edge of every table of vital signs, from the values of its primary document; and what was not measured.

NEWS2: Royal College of Physicians 2017, chart 1 (points) and chart 2 (thresholds).
Children: NICE, suspected sepsis under 16 (tables 1 to 3), and fever under 5 (NG143).
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from schakel.domain.triage import (
    Answer,
    Facts,
    Measure,
    Patient,
    Protocol,
    Setting,
    Sex,
    Vitals,
    WrongMeasurement,
    load,
)
from schakel.domain.triage import evaluate as evaluate_facts
from schakel.domain.triage.engine import Evaluation
from schakel.domain.triage.scores import scored
from schakel.domain.vocabulary import Urgency

ROOT = Path(__file__).resolve().parents[2]
ADULT = Patient(40 * 12, Sex.MALE)


@cache
def basis() -> Protocol:
    return load(ROOT / "protocols" / "basis")


def points(patient: Patient, **measured) -> int:
    [news2] = scored(basis(), patient, Vitals(**measured))
    return news2.total


def raised(patient: Patient, **measured) -> Urgency | None:
    """What measurements alone raise to."""
    return evaluate_facts(basis(), Facts(patient=patient, vitals=Vitals(**measured))).at_least


# ---------------------------------------------------------------- NEWS2, chart 1

#: Of each row of the chart: the lowest and the highest value of each cell, and its points.
CHART_1: dict[str, list[tuple[int, int, int]]] = {
    "respiration": [(0, 8, 3), (9, 11, 1), (12, 20, 0), (21, 24, 2), (25, 150, 3)],
    "saturation": [(0, 91, 3), (92, 93, 2), (94, 95, 1), (96, 100, 0)],
    "systolic": [(0, 90, 3), (91, 100, 2), (101, 110, 1), (111, 219, 0), (220, 350, 3)],
    "pulse": [(0, 40, 3), (41, 50, 1), (51, 90, 0), (91, 110, 1), (111, 130, 2), (131, 350, 3)],
    "temperature": [(150, 350, 3), (351, 360, 1), (361, 380, 0), (381, 390, 1), (391, 460, 2)],
}
EDGES = [
    (measure, value, worth)
    for measure, cells in CHART_1.items()
    for least, most, worth in cells
    for value in sorted({least, most})
]


@pytest.mark.parametrize(("measure", "value", "worth"), EDGES)
def test_news2_gives_the_points_of_the_chart_at_every_edge(measure, value, worth):
    assert points(ADULT, **{measure: value}) == worth


def test_the_cells_of_the_chart_follow_each_other_so_that_every_edge_was_tried():
    for measure, cells in CHART_1.items():
        for (_, most, _), (least, _, _) in pairwise(cells):
            assert least == most + 1, measure


SCALE_2 = [
    *[(value, oxygen, 3) for value in (0, 83) for oxygen in (True, False)],
    *[(value, oxygen, 2) for value in (84, 85) for oxygen in (True, False)],
    *[(value, oxygen, 1) for value in (86, 87) for oxygen in (True, False)],
    *[(value, oxygen, 0) for value in (88, 92) for oxygen in (True, False)],
    *[(value, False, 0) for value in (93, 94, 95, 96, 97, 100)],
    *[(value, True, worth) for value, worth in ((93, 1), (94, 1), (95, 2), (96, 2), (97, 3), (100, 3))],
]


@pytest.mark.parametrize(("value", "oxygen", "worth"), SCALE_2)
def test_news2_scale_2_gives_the_points_of_the_chart_at_every_edge(value, oxygen, worth):
    assert points(ADULT, saturation=value, oxygen=oxygen, scale_2=True) == worth + (2 if oxygen else 0)


@pytest.mark.parametrize(("letter", "worth"), [("A", 0), ("C", 3), ("V", 3), ("P", 3), ("U", 3)])
def test_news2_consciousness(letter, worth):
    assert points(ADULT, consciousness=letter) == worth


@pytest.mark.parametrize(("oxygen", "worth"), [(False, 0), (True, 2)])
def test_news2_air_or_oxygen(oxygen, worth):
    assert points(ADULT, oxygen=oxygen) == worth


def test_the_most_that_news2_can_be_is_20():
    worst = {
        "respiration": 30, "saturation": 80, "oxygen": True, "systolic": 60, "pulse": 160, "consciousness": "U",
        "temperature": 340,
    }  # fmt: skip
    assert points(ADULT, **worst) == 20


# ---------------------------------------------------------------- NEWS2, chart 2, and only upward


@pytest.mark.parametrize(
    ("measured", "total", "urgency"),
    [
        ({"respiration": 21, "pulse": 91, "temperature": 381}, 4, None),
        ({"respiration": 21, "pulse": 111, "temperature": 381}, 5, Urgency.U2),
        ({"respiration": 21, "pulse": 111, "temperature": 391}, 6, Urgency.U2),
        ({"respiration": 21, "pulse": 111, "temperature": 391, "saturation": 95}, 7, Urgency.U1),
        ({"systolic": 90}, 3, Urgency.U2),
        ({"saturation": 92, "temperature": 381}, 3, None),
    ],
)
def test_news2_raises_at_the_thresholds_of_the_chart(measured, total, urgency):
    assert points(ADULT, **measured) == total
    assert raised(ADULT, **measured) is urgency


def test_normal_measurements_lower_nothing():
    normal = Vitals(16, 98, False, 125, 80, 70, "A", 370, 1, 55)
    answers = {"shock": _given(Answer.YES)}
    facts = Facts(("limb-trauma",), answers, ADULT, normal, Setting.PHYSICAL)
    assert evaluate_facts(basis(), facts).at_least is Urgency.U1


# ---------------------------------------------------------------- for whom


@pytest.mark.parametrize(
    ("patient", "counts"),
    [
        (Patient(16 * 12 - 1), False),
        (Patient(16 * 12), True),
        (Patient(120 * 12), True),
        (Patient(None), True),
        (Patient(30 * 12, Sex.FEMALE, Answer.YES), False),
        (Patient(30 * 12, Sex.FEMALE, Answer.UNKNOWN), True),
        (Patient(30 * 12, Sex.FEMALE, None), True),
        (Patient(30 * 12, Sex.FEMALE, Answer.NO), True),
    ],
)
def test_news2_is_for_adults_who_are_not_pregnant_and_what_is_not_known_excludes_nobody(patient, counts):
    assert bool(scored(basis(), patient, Vitals(pulse=70))) is counts


# ---------------------------------------------------------------- not measured


def test_what_was_not_measured_is_named_and_the_total_is_a_lower_bound():
    [news2] = scored(basis(), ADULT, Vitals(respiration=22, temperature=384))
    assert news2.total == 3
    assert set(news2.not_measured) == {
        Measure.SATURATION, Measure.OXYGEN, Measure.SYSTOLIC, Measure.PULSE, Measure.CONSCIOUSNESS,
    }  # fmt: skip


def test_with_the_patient_everything_that_was_not_measured_is_named():
    came = _evaluated(Patient(2), Setting.PHYSICAL)
    assert set(came.not_measured) >= {Measure.RESPIRATION, Measure.PULSE, Measure.TEMPERATURE, Measure.REFILL}
    assert Measure.SYSTOLIC not in came.not_measured  # no table asks it of a baby
    assert _evaluated(Patient(2), Setting.PHONE).not_measured == ()


def test_without_knowing_of_oxygen_scale_2_counts_as_on_air_and_oxygen_is_named():
    [news2] = scored(basis(), ADULT, Vitals(saturation=97, scale_2=True))
    assert news2.total == 0
    assert Measure.OXYGEN in news2.not_measured


# ---------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        ({"temperature": 38}, "lies between 150 and 460; came 38"),
        ({"temperature": 38.5}, "is a whole number in its unit; came 38.5"),
        ({"temperature": 3605}, "came 3605"),
        ({"saturation": 101}, "lies between 0 and 100; came 101"),
        ({"pulse": -1}, "came -1"),
        ({"pulse": True}, "came True"),
        ({"consciousness": "X"}, "came 'X'"),
        ({"consciousness": "AC"}, "came 'AC'"),
        ({"oxygen": 2}, "lies between 0 and 1"),
    ],
)
def test_a_value_of_the_wrong_kind_or_unit_is_refused_with_a_sentence(measured, said):
    with pytest.raises(WrongMeasurement, match=said.replace("(", r"\(")):
        Vitals(**measured)


@pytest.mark.parametrize("age", [-1, 1441])
def test_an_age_that_cannot_be_is_refused(age):
    with pytest.raises(WrongMeasurement):
        Patient(age)


# ---------------------------------------------------------------- children

#: First month of the age, last month, and the lowest value of moderate-to-high (U3) and of high risk (U2).
RESPIRATION = [
    (0, 11, 50, 60), (12, 35, 40, 50), (36, 59, 35, 40), (60, 71, 24, 29), (72, 95, 24, 27), (96, 143, 22, 25),
    (144, 191, 21, 25),
]  # fmt: skip
PULSE = [
    (0, 11, 150, 160), (12, 35, 140, 150), (36, 59, 130, 140), (60, 71, 120, 130), (72, 95, 110, 120),
    (96, 143, 105, 115), (144, 191, 91, 131),
]  # fmt: skip


@pytest.mark.parametrize("at", ["first", "last"])
@pytest.mark.parametrize(
    ("measure", "row"), [("respiration", row) for row in RESPIRATION] + [("pulse", row) for row in PULSE]
)
def test_a_child_is_raised_at_the_values_of_nice_for_its_age(measure, row, at):
    first, last, moderate, high = row
    child = Patient(first if at == "first" else last)
    assert raised(child, **{measure: moderate - 1}) is None
    assert raised(child, **{measure: moderate}) is Urgency.U3
    assert raised(child, **{measure: high - 1}) is Urgency.U3
    assert raised(child, **{measure: high}) is Urgency.U2


@pytest.mark.parametrize(
    ("age", "measured", "urgency"),
    [
        (0, {"pulse": 59}, Urgency.U2),
        (143, {"pulse": 59}, Urgency.U2),
        (143, {"pulse": 60}, None),
        (144, {"pulse": 59}, None),
        (2, {"temperature": 379}, None),
        (2, {"temperature": 380}, Urgency.U2),
        (3, {"temperature": 380}, None),
        (3, {"temperature": 389}, None),
        (3, {"temperature": 390}, Urgency.U3),
        (5, {"temperature": 390}, Urgency.U3),
        (6, {"temperature": 390}, None),
        (59, {"temperature": 359}, Urgency.U2),
        (59, {"temperature": 360}, None),
        (60, {"temperature": 359}, None),
        (59, {"saturation": 89}, Urgency.U1),
        (59, {"saturation": 90}, Urgency.U3),
        (59, {"saturation": 95}, Urgency.U3),
        (59, {"saturation": 96}, None),
        (60, {"saturation": 89}, Urgency.U1),
        (60, {"saturation": 91}, Urgency.U3),
        (60, {"saturation": 92}, None),
        (191, {"saturation": 91}, Urgency.U3),
        (191, {"refill": 2}, None),
        (191, {"refill": 3}, Urgency.U3),
        (143, {"systolic": 90}, None),
        (144, {"systolic": 90}, Urgency.U2),
        (144, {"systolic": 91}, Urgency.U3),
        (144, {"systolic": 100}, Urgency.U3),
        (144, {"systolic": 101}, None),
        (12, {"consciousness": "A"}, None),
        (12, {"consciousness": "C"}, Urgency.U2),
        (12, {"consciousness": "V"}, Urgency.U2),
        (12, {"consciousness": "P"}, Urgency.U1),
        (12, {"consciousness": "U"}, Urgency.U1),
    ],
)
def test_single_values_of_children_at_their_edges(age, measured, urgency):
    assert raised(Patient(age, Sex.MALE), **measured) is urgency


# ---------------------------------------------------------------- pregnant, and of every age


@pytest.mark.parametrize(
    ("measured", "urgency"),
    [
        ({"systolic": 159}, None),
        ({"systolic": 160}, Urgency.U2),
        ({"diastolic": 109}, None),
        ({"diastolic": 110}, Urgency.U2),
        ({"systolic": 90}, Urgency.U2),
        ({"systolic": 91}, None),
        ({"pulse": 130}, None),
        ({"pulse": 131}, Urgency.U2),
        ({"respiration": 24}, None),
        ({"respiration": 25}, Urgency.U2),
        ({"saturation": 93}, Urgency.U2),
        ({"saturation": 94}, None),
        ({"temperature": 379}, None),
        ({"temperature": 380}, Urgency.U3),
        ({"consciousness": "C"}, Urgency.U2),
        ({"consciousness": "P"}, Urgency.U1),
    ],
)
def test_single_values_of_a_pregnant_woman_at_their_edges(measured, urgency):
    assert raised(Patient(30 * 12, Sex.FEMALE, Answer.YES), **measured) is urgency


@pytest.mark.parametrize("patient", [Patient(5), ADULT, Patient(30 * 12, Sex.FEMALE, Answer.YES)])
@pytest.mark.parametrize(
    ("glucose", "urgency"),
    [(34, Urgency.U2), (35, None), (199, None), (200, Urgency.U3)],
)
def test_glucose_at_its_edges(patient, glucose, urgency):
    assert raised(patient, glucose=glucose) is urgency


def _given(answer: Answer):
    from schakel.domain.triage import Given

    return Given(answer, at=0)


def _evaluated(patient: Patient, setting: Setting) -> Evaluation:
    return evaluate_facts(basis(), Facts(patient=patient, setting=setting))
