"""What is fitted is what was drawn from; a goodness of fit refuses as often as it says; a forecast is as told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from schakel.domain import events as e
from schakel.domain.durations import DAY, HOUR, MINUTE
from schakel.domain.region import find, load
from schakel.domain.vocabulary import Care, Urgency
from schakel.indicators import EventLog
from schakel.indicators.log import CODE
from schakel.planning import GoHome, Policy, demand_of, play, world_of
from schakel.planning.capacity import workload_of, workload_of_fitted
from schakel.planning.fit import fit
from schakel.planning.fitted_file import as_toml, demand_of_fitted, read_fitted
from schakel.planning.forecast import area_rows, forecast
from schakel.planning.goodness import fit_lengths
from schakel.planning.growth import figures, growth_of
from schakel.planning.hours import WEEK, hours_between

MONDAY = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp()) * 1000 - HOUR  # midnight in Amsterdam
WEEKS = 8
UNTIL = MONDAY + WEEKS * 7 * DAY


@pytest.fixture(scope="module")
def region():
    return load(find("midden-nederland"))


@pytest.fixture(scope="module")
def log(region):
    world = world_of(region, MONDAY, UNTIL)
    return play(world, demand_of(region, MONDAY, UNTIL, seed=5), Policy(GoHome(), preempt=True), until=UNTIL).between(
        MONDAY, UNTIL
    )


@pytest.fixture(scope="module")
def fitted(region, log):
    return fit(log, region.calendar, source="a run")


# The hours of the week


def test_an_hour_of_the_week_is_that_of_the_wall_clock_and_a_holiday_is_a_sunday(region):
    calendar = region.calendar
    kings_day = int(datetime(2026, 4, 26, 22, tzinfo=UTC).timestamp()) * 1000  # Monday 27 April, midnight
    hours = hours_between(calendar, kings_day, kings_day + 2 * DAY)
    assert hours.of_week[:3].tolist() == [144, 145, 146]
    assert hours.of_week[24] == 24  # Tuesday
    jump = calendar.instant(date(2026, 3, 29), 0)
    spring = hours_between(calendar, jump, jump + 23 * HOUR)
    assert spring.of_week.tolist() == [144 + hour for hour in range(24) if hour != 2]


def test_a_part_of_an_hour_counts_as_a_part(region):
    hours = hours_between(region.calendar, MONDAY + HOUR // 2, MONDAY + 2 * HOUR)
    assert hours.length.tolist() == [0.5, 1.0]


# Fit


def test_rates_and_shares_are_those_that_were_drawn_from(region, fitted):
    """Within four standard errors: of the count, and of each share."""
    told = region.demand
    [als] = [one for one in fitted.profiles if one.care is Care.ALS]
    a_year = sum(number for kind, number in told.ambulance_per_year.items() if kind.value.startswith("A"))
    expected = a_year / (365.25 / 7) * WEEKS
    assert abs(als.requests - expected) < 4 * np.sqrt(expected)
    assert als.hourly.sum() * WEEKS == pytest.approx(als.requests)
    for zone in region.zones:
        share = zone.inhabitants / region.inhabitants
        assert abs(als.zone.get(zone.id, 0) - share) < 4.5 * np.sqrt(share / als.requests)
    along = 1 - told.no_transport_share
    assert als.transported[Urgency.U1] == pytest.approx(along, abs=0.03)
    assert 0.85 < als.dispersion < 1.15
    assert fitted.unknown == 0


def test_lengths_are_those_that_were_drawn_from(region, fitted):
    lasts = region.durations
    [als] = [one for one in fitted.profiles if one.care is Care.ALS]
    for name, drawn in (("handling", lasts.call_handling), ("on_scene", lasts.on_scene), ("handover", lasts.handover)):
        found = als.lengths[name]
        assert found is not None
        assert np.log(found.duration.median_ms / drawn.median_ms) == pytest.approx(
            0, abs=5 * drawn.sigma / found.n**0.5
        )
        assert found.duration.sigma == pytest.approx(drawn.sigma, rel=0.05)
        assert found.ks < 0.03
        assert found.ad_p > 0.001


def test_what_is_independent_is_found_to_be_and_what_is_not_is_not(fitted):
    [als] = [one for one in fitted.profiles if one.care is Care.ALS]
    told = als.associations["urgency and hour"]
    assert told is not None and told.v < 0.05 and told.p > 0.001


def test_a_fitted_demand_goes_through_its_file_and_draws_the_like(tmp_path, region, fitted):
    path = tmp_path / "demand.toml"
    path.write_text(as_toml(fitted))
    again = read_fitted(path)
    assert [one.name for one in again.profiles] == [one.name for one in fitted.profiles]
    for one, other in zip(again.profiles, fitted.profiles, strict=True):
        assert one.hourly == pytest.approx(other.hourly, rel=1e-4)
        assert one.zone == pytest.approx(other.zone, rel=1e-6)
    assert as_toml(again).count("[[profile]]") == len(fitted.profiles)
    drawn = demand_of_fitted(again, [zone.id for zone in region.zones], region.calendar, MONDAY, UNTIL, seed=9)
    assert abs(len(drawn) - fitted.requests) < 5 * np.sqrt(fitted.requests)
    assert ((drawn.at >= MONDAY) & (drawn.at < UNTIL)).all()
    fewer = demand_of_fitted(
        again, [zone.id for zone in region.zones], region.calendar, MONDAY, UNTIL, seed=9, growth=0.5
    )
    assert len(fewer) == pytest.approx(len(drawn) / 2, rel=0.05)


def test_capacity_of_a_fitted_demand_is_about_that_of_the_region(region, fitted):
    drawn, told = workload_of_fitted(fitted), workload_of(region, 6.6)
    assert drawn.urgent.sum() == pytest.approx(told.urgent.sum(), rel=0.05)
    assert drawn.planned.sum() == pytest.approx(told.planned.sum(), rel=0.06)
    assert drawn.urgent_min == pytest.approx(told.urgent_min, rel=0.15)


# Goodness of fit


def test_a_true_log_normal_is_refused_about_as_often_as_the_level_says():
    """200 samples at 10 %: 20 expected; between 7 and 36 is within four standard errors, for each distance."""
    dice = np.random.default_rng(0)
    p = np.array(
        [
            (one.ks_p, one.ad_p)
            for one in (
                fit_lengths(np.rint(MINUTE * 10 * np.exp(0.5 * dice.standard_normal(60))).astype(np.int64), repeats=99)
                for _ in range(200)
            )
            if one
        ]
    )
    refused = (p <= 0.10).sum(axis=0)
    assert (refused >= 7).all() and (refused <= 36).all()


def test_lengths_in_whole_minutes_are_refused_no_more_often_for_being_rounded():
    """The tables of the tests would refuse most of these: the bootstrap rounds as the log does."""
    dice = np.random.default_rng(1)
    found = [
        fit_lengths(
            (np.maximum(np.rint(15 * np.exp(0.4 * dice.standard_normal(300))), 1) * MINUTE).astype(np.int64), repeats=99
        )
        for _ in range(60)
    ]
    assert all(one is not None and one.step_ms == MINUTE for one in found)
    assert sum(one.ad_p <= 0.05 for one in found if one) <= 10


def test_what_is_not_log_normal_is_refused():
    dice = np.random.default_rng(2)
    for lengths in (dice.exponential(20 * MINUTE, 600), 10 * MINUTE + dice.random(600) * MINUTE * 20):
        found = fit_lengths(lengths.astype(np.int64))
        assert found is not None and found.ad_p < 0.01


def test_too_few_or_equal_lengths_are_not_fitted_and_nothing_is_left_out_in_silence():
    assert fit_lengths(np.array([5, 6, 7])) is None
    assert fit_lengths(np.full(50, MINUTE)) is None
    found = fit_lengths(np.concatenate([np.zeros(5, dtype=np.int64), np.arange(1, 40) * MINUTE]))
    assert found is not None and (found.n, found.zero) == (39, 5)


# Forecast


def a_log(rates, weeks: int, seed: int) -> EventLog:
    """Requests by chance, so many an hour of the week, level by week."""
    dice = np.random.default_rng(seed)
    counts = dice.poisson(rates)
    starts = MONDAY + np.arange(weeks * WEEK) * HOUR
    at = np.sort(np.repeat(starts, counts) + dice.integers(0, HOUR, int(counts.sum())))
    return EventLog(
        {"kind": np.full(len(at), CODE[e.Received], dtype=np.int16), "at": at, "request": np.arange(len(at))},
        since=MONDAY,
        until=MONDAY + weeks * 7 * DAY,
    )


SHAPE = 6 + 5 * np.sin(np.arange(WEEK) * 2 * np.pi / 24)


def test_a_steady_demand_is_foretold_nearly_as_well_as_by_the_true_rates(region):
    told = forecast(a_log(np.tile(SHAPE, 20), 20, 3), region.calendar, weeks=2)
    by = {one.unit: one for one in told.back_test}
    assert by["hour"].mase is not None and by["hour"].mase < 0.80
    assert by["hour"].mae < 1.12 * by["hour"].floor_mae
    assert abs(by["hour"].bias) < 0.03
    assert by["hour"].within_95 == pytest.approx(0.95, abs=0.03)
    assert told.expected == pytest.approx(np.tile(SHAPE, 2), abs=4 * np.sqrt(11 / 20))
    assert told.origins == 20 - 4 - 1


def test_after_a_change_the_newest_weeks_weigh_more(region):
    """Demand that doubles halfway: the mean of all weeks would be a quarter too low."""
    rates = np.concatenate([np.tile(SHAPE, 10), np.tile(SHAPE * 2, 10)])
    told = forecast(a_log(rates, 20, 4), region.calendar, weeks=1)
    assert told.weight > 0.2
    assert told.expected.sum() == pytest.approx(2 * SHAPE.sum(), rel=0.10)
    assert told.dispersion > 1.2  # and the intervals know how wrong it was when the change came


def test_the_back_test_knows_only_the_past(region):
    """What comes after an origin changes nothing of what was foretold there."""
    rates = np.tile(SHAPE, 12)
    other = rates.copy()
    other[-WEEK:] *= 3
    plain, wild = (forecast(a_log(part, 12, 5), region.calendar, weeks=1) for part in (rates, other))
    errors = [one.mae for one in plain.back_test], [one.mae for one in wild.back_test]
    assert errors[1][2] > 3 * errors[0][2]


def test_a_forecast_of_a_run_by_care_and_area(region, log):
    told = forecast(log, region.calendar, weeks=2, care=Care.ALS, urgencies=[Urgency.U1])
    hour = told.back_test[0]
    assert hour.mase is not None and hour.mase < 0.9
    assert sum(told.by_area.values()) == pytest.approx(1)
    rows = area_rows(told)
    assert sum(row[1] for row in rows) == pytest.approx(told.expected.sum(), rel=1e-3)
    assert all(low <= mean <= high for _, mean, low, high in rows)


# Growth


def test_growth_is_by_people_and_age_and_every_figure_has_its_source(region):
    told = growth_of(None, 2024, 2040)
    assert told.least < told.factor < told.most
    assert told.factor > figures().people(2024, 2040) > 1.05
    assert growth_of(None, 2030, 2030).factor == 1
    assert all(source.startswith(("found", "derived", "own")) for source in figures().sources)
    assert all(one.source.startswith(("found", "derived")) for one in figures().seen)


def test_a_growing_city_lifts_the_region_and_stands_out(region):
    told = growth_of(region, 2024, 2035)
    assert told.by_area["Utrecht"] > told.by_area["Zeist"] > told.by_area["Soest"]
    assert told.factor > growth_of(None, 2024, 2035).factor
    assert set(told.known) == {"Utrecht", "Amersfoort", "Bunschoten", "Soest", "Baarn"}
    utrecht = figures().cities["Utrecht"]
    assert utrecht.factor(2022, 2035) == pytest.approx(1.264)
