"""How long a reported figure counts."""

from __future__ import annotations

from schakel.domain.capacity import FULL, SILENT, STALE, known_free, stale_at, why_not_count_on
from schakel.domain.durations import MINUTE
from schakel.domain.states import PlaceState, PlaceStatus
from schakel.domain.vocabulary import Source

NOON = 1_770_000_000_000
SHELF_LIFE = 10 * MINUTE


def a_place(free: int | None = 3, measured_at: int | None = NOON) -> PlaceState:
    return PlaceState(status=PlaceStatus.REPORTED, free=free, source=Source.PERSON, measured_at=measured_at)


def test_a_place_that_never_reported_is_unknown_and_not_full():
    silent = PlaceState()
    assert known_free(silent, SHELF_LIFE, NOON) is None
    assert stale_at(silent, SHELF_LIFE) is None
    assert why_not_count_on(silent, SHELF_LIFE, NOON).text == SILENT


def test_zero_is_known():
    assert known_free(a_place(free=0), SHELF_LIFE, NOON) == 0
    assert why_not_count_on(a_place(free=0), SHELF_LIFE, NOON).text == FULL


def test_a_figure_counts_until_the_last_millisecond_of_its_shelf_life():
    assert known_free(a_place(), SHELF_LIFE, NOON + SHELF_LIFE - 1) == 3
    assert why_not_count_on(a_place(), SHELF_LIFE, NOON + SHELF_LIFE - 1) is None


def test_a_figure_is_unknown_from_exactly_the_end_of_its_shelf_life():
    assert known_free(a_place(), SHELF_LIFE, NOON + SHELF_LIFE) is None
    assert why_not_count_on(a_place(), SHELF_LIFE, NOON + SHELF_LIFE).text == STALE
    assert stale_at(a_place(), SHELF_LIFE) == NOON + SHELF_LIFE


def test_an_old_zero_is_unknown_and_no_longer_full():
    reason = why_not_count_on(a_place(free=0), SHELF_LIFE, NOON + 2 * SHELF_LIFE)
    assert reason.text == STALE
    assert reason.values["minutes"] == 20


def test_a_figure_without_a_moment_is_unknown():
    assert known_free(a_place(measured_at=None), SHELF_LIFE, NOON) is None


def test_a_figure_measured_a_moment_ahead_of_the_clock_counts():
    assert known_free(a_place(), SHELF_LIFE, NOON - 1) == 3
    assert "0 minutes" in str(why_not_count_on(a_place(free=0), SHELF_LIFE, NOON - 1))
