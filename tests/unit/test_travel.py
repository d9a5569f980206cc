"""Travel times: whole milliseconds, from an estimate or from a matrix."""

from __future__ import annotations

from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.domain.durations import MINUTE, SECOND
from schakel.domain.travel import Estimate, Matrix, Point, distance_km

UTRECHT = Point(52.0908, 5.1222)
AMERSFOORT = Point(52.155, 5.3875)
LEERDAM = Point(51.8933, 5.0917)

points = st.builds(Point, st.floats(51.75, 52.40), st.floats(4.70, 5.75))


def great_circle_km(a: Point, b: Point) -> float:
    half = (
        sin(radians(a.lat - b.lat) / 2) ** 2
        + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(radians(a.lon - b.lon) / 2) ** 2
    )
    return 2 * 6371.0088 * asin(sqrt(half))


@given(points, points)
def test_the_flat_map_differs_less_than_a_thousandth_from_the_great_circle(a, b):
    assert distance_km(a, b) == pytest.approx(great_circle_km(a, b), rel=1e-3, abs=1e-6)


@given(points, points)
def test_the_estimate_is_its_own_formula_of_the_great_circle(a, b):
    km = great_circle_km(a, b)
    expected = (0.546 + 2.129 * km**0.75) * MINUTE if km > 0.001 else 0
    if km > 0.001:
        assert Estimate().between(a, b, signals=True) == pytest.approx(expected, rel=2e-3, abs=2)


def test_utrecht_to_amersfoort_takes_about_twenty_minutes_with_signals():
    assert 18 * MINUTE < Estimate().between(UTRECHT, AMERSFOORT, signals=True) < 23 * MINUTE


@given(points, points)
def test_without_signals_the_way_takes_a_twentieth_longer(a, b):
    fast, slow = (Estimate().between(a, b, signals=signals) for signals in (True, False))
    assert isinstance(fast, int) and isinstance(slow, int)
    assert slow == pytest.approx(fast / 0.95, abs=1)


@given(points)
def test_from_a_point_to_itself_takes_no_time(point):
    assert Estimate().between(point, point, signals=False) == 0


def test_farther_in_one_direction_never_takes_less():
    times = [Estimate().between(UTRECHT, Point(52.0908 + step / 1000, 5.1222), signals=True) for step in range(300)]
    assert all(near < far for near, far in pairwise(times))


@given(st.lists(points, max_size=20), points, st.booleans())
def test_many_at_once_are_answered_as_one_by_one(starts, end, signals):
    travel = Estimate()
    assert travel.from_many(starts, end, signals) == [travel.between(start, end, signals) for start in starts]


def test_there_and_back_differ_by_less_than_a_second():
    assert (
        abs(
            Estimate().between(LEERDAM, AMERSFOORT, signals=True)
            - Estimate().between(AMERSFOORT, LEERDAM, signals=True)
        )
        < SECOND
    )


MATRIX = Matrix(
    zones=(UTRECHT, AMERSFOORT, LEERDAM),
    ms=((0, 19 * MINUTE, 30 * MINUTE), (21 * MINUTE, 0, 38 * MINUTE), (31 * MINUTE, 39 * MINUTE, 0)),
)


def test_a_matrix_answers_for_the_nearest_zones_in_the_asked_direction():
    near_utrecht, near_amersfoort = Point(52.10, 5.13), Point(52.16, 5.40)
    assert MATRIX.between(near_utrecht, near_amersfoort, signals=True) == 19 * MINUTE
    assert MATRIX.between(near_amersfoort, near_utrecht, signals=True) == 21 * MINUTE
    assert MATRIX.between(near_utrecht, near_amersfoort, signals=False) == 20 * MINUTE


def test_within_a_zone_a_matrix_gives_the_estimate_not_zero():
    near_utrecht = Point(52.10, 5.13)
    assert MATRIX.between(near_utrecht, UTRECHT, signals=True) == Estimate().between(
        near_utrecht, UTRECHT, signals=True
    )
    assert MATRIX.between(UTRECHT, UTRECHT, signals=True) == 0


@given(st.lists(points, max_size=10), points, st.booleans())
def test_a_matrix_answers_many_as_one_by_one(starts, end, signals):
    assert MATRIX.from_many(starts, end, signals) == [MATRIX.between(start, end, signals) for start in starts]


@given(points)
def test_the_remembered_zone_is_the_nearest_one_to_a_hundred_metres(point):
    zone = MATRIX.zones[MATRIX.zone_of(point)]
    nearest = min(distance_km(point, other) for other in MATRIX.zones)
    assert distance_km(point, zone) <= nearest + 0.2


def test_a_matrix_does_not_remember_without_end():
    matrix = Matrix(MATRIX.zones, MATRIX.ms)
    matrix._nearest.update({(n, 0.0): 0 for n in range(100_000)})
    matrix.zone_of(UTRECHT)
    assert len(matrix._nearest) == 1
