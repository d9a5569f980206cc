"""How many requests to expect in the coming weeks, hour by hour, and how wrong such a forecast has been.

    expected(hour) = level * shape(hour of the week)

shape: the mean of each hour of the week over the past, as a share of the week; a bank holiday is a Sunday. level: the
requests in a week, smoothed with one weight for the newest week, which is chosen anew at each origin by how well it
would have foretold the weeks before (Holt-Winters without a trend, with the season as a fixed shape: a few months tell
no trend from chance). An interval is that of a negative binomial with the dispersion that the back-test had.

**Back-test.** From a rolling origin: at the end of each past week the forecast is made with what was known then, for
as many weeks as are asked, and compared with what came. Beside it stand the *naive* forecast, the same hour of the
week before, and the *floor*: the error that a forecast with the true rates would still make, for requests come by
chance. The dispersion of the intervals is that of this back-test, so how often they held is told of the same weeks.

Hyndman, R.J. and Athanasopoulos, G. (2021), Forecasting: principles and practice, 3rd edition. Hyndman, R.J. and
Koehler, A.B. (2006), International Journal of Forecasting 22, 679-688 (MASE).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from schakel.domain import events as e
from schakel.domain.durations import DAY, HOUR
from schakel.domain.region import Calendar
from schakel.domain.region.problem import Problem
from schakel.domain.vocabulary import Care, Urgency
from schakel.indicators.log import EventLog
from schakel.planning.hours import WEEK, Hours, counted, hours_between
from schakel.planning.table import WrongInput

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

#: Weights of the newest week that are tried; 0 is the mean of all weeks.
WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8)

#: Weeks that a forecast must know before it is made, and that a back-test needs after them.
KNOWN_WEEKS = 4
FEWEST_WEEKS = 6


@dataclass(frozen=True)
class Score:
    """How wrong forecasts have been, over all hours, days or weeks that were foretold.

    mean: requests that came; mae: the mean absolute error; wape: the sum of those over the sum of what came; bias: what
    was foretold too much, as a share; naive_mae, floor_mae: of the naive forecast, and of the true rates; mase: mae
    over naive_mae, below 1 is better than naive; within_80, within_95: how often what came lay in the interval.
    """

    unit: str
    n: int
    mean: float
    mae: float
    wape: float
    bias: float
    naive_mae: float
    floor_mae: float
    within_80: float | None
    within_95: float | None

    @property
    def mase(self) -> float | None:
        """The error over that of the naive forecast; None where the naive one was never wrong."""
        return self.mae / self.naive_mae if self.naive_mae else None


@dataclass(frozen=True)
class Forecast:
    """Expected requests in each coming hour, with intervals, and the back-test.

    weight: of the newest week in the level; level: requests a week; dispersion: variance over mean; by_area: the share
    of each area; back_test: by hour, day and week; origins: how many times it was foretold.
    """

    hours: Hours
    expected: Floats
    low_80: Whole
    high_80: Whole
    low_95: Whole
    high_95: Whole
    level: float
    weight: float
    dispersion: float
    by_area: dict[str, float]
    back_test: tuple[Score, ...]
    origins: int
    known_weeks: int


def forecast(
    log: EventLog,
    calendar: Calendar,
    *,
    weeks: int = 4,
    care: Care | None = None,
    urgencies: Sequence[Urgency] = (),
    source: str = "the log",
) -> Forecast:
    """Foretell the weeks after the log, from the whole weeks in it. care, urgencies: of which requests; all if empty.

    Raises `WrongInput` where the log is too short, or has no such request.
    """
    at, zone = _requests(log, care, urgencies)
    known = (log.until - log.since) // (7 * DAY)
    if known < FEWEST_WEEKS + weeks - 1 or weeks < 1:
        needed = FEWEST_WEEKS + max(weeks, 1) - 1
        raise WrongInput(
            [Problem(source, "the log", f"at least {needed} whole weeks for a forecast of {weeks}", f"{known} weeks")]
        )
    since = log.until - known * 7 * DAY
    inside = (at >= since) & (at < log.until)
    if not inside.any():
        raise WrongInput([Problem(source, "the log", "requests of this kind in its whole weeks", "none")])
    past = hours_between(calendar, since, log.until)
    past_counts = counted(past, at[inside])
    scores, dispersion, origins = _back_test(past, past_counts, known, weeks)
    ahead = hours_between(calendar, log.until, log.until + weeks * 7 * DAY)
    expected, level, weight = _foretell(past, past_counts, ahead)
    seen = zone[inside]
    shares = np.bincount(seen[seen >= 0], minlength=len(log.zones)).astype(float)
    return Forecast(
        hours=ahead,
        expected=expected,
        low_80=_quantile(0.10, expected, dispersion),
        high_80=_quantile(0.90, expected, dispersion),
        low_95=_quantile(0.025, expected, dispersion),
        high_95=_quantile(0.975, expected, dispersion),
        level=level,
        weight=weight,
        dispersion=dispersion,
        by_area={log.zones[i]: float(shares[i] / shares.sum()) for i in np.flatnonzero(shares).tolist()},
        back_test=scores,
        origins=origins,
        known_weeks=known,
    )


def _requests(log: EventLog, care: Care | None, urgencies: Sequence[Urgency]) -> tuple[Whole, Whole]:
    start = np.minimum(log.first(e.Received), log.first(e.Answered))
    of = (start >= log.since) & (start < log.until)
    if care is not None:
        of &= log.first_fact(e.CareChosen, "care") == tuple(Care).index(care)
    if urgencies:
        of &= np.isin(log.first_fact(e.Triaged, "urgency"), [one.rank for one in urgencies])
    return start[of], log.first_fact(e.Located, "zone")[of]


def _foretell(past: Hours, counts: Whole, ahead: Hours) -> tuple[Floats, float, float]:
    """The expected requests of each hour ahead, the level a week, and the weight of its newest week."""
    exposure = np.bincount(past.of_week, past.length, WEEK)
    shape = np.divide(np.bincount(past.of_week, counts, WEEK), exposure, out=np.zeros(WEEK), where=exposure > 0)
    shape = shape / max(float(shape.sum()), 1e-12)
    # What each past week would have had to be for its hours: holidays and clock changes are no change of level.
    weeks = len(counts) // WEEK
    usual = (shape[past.of_week] * past.length)[-weeks * WEEK :].reshape(weeks, WEEK).sum(axis=1)
    totals = counts[-weeks * WEEK :].reshape(weeks, WEEK).sum(axis=1) / np.maximum(usual, 1e-12)
    weight = min(WEIGHTS, key=lambda one: _errors(totals, one))
    level = _levels(totals, weight)[-1]
    return level * shape[ahead.of_week] * ahead.length, float(level), weight


def _levels(totals: Floats, weight: float) -> Floats:
    """The level after each week: the mean so far, or smoothed."""
    if weight == 0:
        means: Floats = np.cumsum(totals) / np.arange(1, len(totals) + 1)
        return means
    levels = np.empty(len(totals))
    level = totals[0]
    for week, total in enumerate(totals.tolist()):
        level += max(weight, 1 / (week + 1)) * (total - level)
        levels[week] = level
    return levels


def _errors(totals: Floats, weight: float) -> float:
    """How wrong this weight would have foretold each week by the ones before it."""
    return float(((totals[1:] - _levels(totals, weight)[:-1]) ** 2).sum()) if len(totals) > 1 else 0.0


def _back_test(past: Hours, counts: Whole, known: int, weeks: int) -> tuple[tuple[Score, ...], float, int]:
    offset = len(counts) - known * WEEK  # an hour more at the start where the period begins within one
    told, naive, came, lengths = [], [], [], []
    origins = range(KNOWN_WEEKS, known - weeks + 1)
    for origin in origins:
        cut = offset + origin * WEEK
        end = cut + weeks * WEEK
        before, after = (
            Hours(past.starts[a:b], past.of_week[a:b], past.length[a:b]) for a, b in ((0, cut), (cut, end))
        )
        told.append(_foretell(before, counts[:cut], after)[0])
        naive.append(np.tile(counts[cut - WEEK : cut], weeks).astype(float))
        came.append(counts[cut:end].astype(float))
        lengths.append(after.length)
    expected, real, simple = np.concatenate(told), np.concatenate(came), np.concatenate(naive)
    some = expected > 0
    squares = (real - expected)[some] ** 2 / expected[some]
    dispersion = max(1.0, float(squares.mean()))
    scores = []
    for unit, width in (("hour", 1), ("day", 24), ("week", WEEK)):
        a, b, c = (column.reshape(-1, width).sum(axis=1) for column in (expected, real, simple))
        # Sums of hours share the error of the level: their intervals are wider than those of hours by themselves.
        wide = max(1.0, float(((b - a)[a > 0] ** 2 / a[a > 0]).mean()))
        error = float(np.abs(b - a).mean())
        inside = [
            float(((b >= _quantile(q, a, wide)) & (b <= _quantile(1 - q, a, wide))).mean()) for q in (0.10, 0.025)
        ]
        scores.append(
            Score(
                unit=unit,
                n=len(a),
                mean=float(b.mean()),
                mae=error,
                wape=error / max(float(b.mean()), 1e-12),
                bias=float(a.sum() / max(b.sum(), 1e-12) - 1),
                naive_mae=float(np.abs(b - c).mean()),
                floor_mae=float(_floor(a).mean()),
                within_80=inside[0],
                within_95=inside[1],
            )
        )
    return tuple(scores), dispersion, len(origins)


def _floor(rate: Floats) -> Floats:
    """The mean absolute difference of a Poisson count from its own rate: 2 e^-r r^(k+1) / k! with k the whole of r."""
    whole = np.floor(rate)
    least: Floats = 2 * rate * poisson.pmf(whole, rate)
    return least


def _quantile(share: float, mean: Floats, dispersion: float) -> Whole:
    """Quantiles of counts with this mean, and a variance of so many times it."""
    if dispersion <= 1 + 1e-9:
        return np.asarray(poisson.ppf(share, mean)).astype(np.int64)
    size = np.maximum(mean, 1e-12) / (dispersion - 1)
    return np.maximum(nbinom.ppf(share, size, 1 / dispersion), 0).astype(np.int64)


def starts_at(hours: Hours) -> list[str]:
    """The hours as moments in UTC, for a file."""
    return [str(np.datetime64(int(at), "ms")) + "Z" for at in (hours.starts // HOUR * HOUR).tolist()]


def area_rows(told: Forecast) -> list[tuple[str, float, int, int]]:
    """For each area what is expected over all weeks that were foretold, and between which it lies at 95 %."""
    total = float(told.expected.sum())
    names = sorted(told.by_area, key=lambda name: -told.by_area[name])
    means = np.array([total * told.by_area[name] for name in names])
    low, high = (_quantile(share, means, told.dispersion).tolist() for share in (0.025, 0.975))
    return [(name, round(float(means[i]), 3), low[i], high[i]) for i, name in enumerate(names)]
