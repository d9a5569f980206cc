"""How many units a region needs on duty, by two-hour block and by shift of eight hours.

In the spirit of the Dutch reference framework for ambulance care (RIVM, *Referentiekader spreiding en beschikbaarheid
ambulancezorg*). Its exact formula is not public in a form that can be rebuilt; this one is ours. For each block of two
hours on a workday, a Saturday and a Sunday, with

    a = urgent calls an hour * hours that one keeps a unit busy           (offered load; all urgent calls pooled)
    p = planned rides an hour * hours that one takes / share of time that a unit can be planned full
    s = stations

the units on duty are the fewest whole number that is at least each of

    N + p       where N is the fewest with B(N, a) <= 1 - free: a call finds a free unit (Erlang's loss formula)
    s + a + p   one unit is left at each station while as many are away as are on average (minimum = left)
    s           one unit at each station is on duty (minimum = on duty, instead of the line above)
    calls and rides of eight such hours / most deployments of a unit in a shift (where such a limit is asked)

and a shift has as many as its busiest block. Of the two minima, *left* is what the published figures bear out: in the
six variants that RIVM worked out in 2020 (RIVM-2020-0009), ambulances on a workday minus stations is 419 to 422, be
there 100 stations or 197, borders open or closed.

**Approximation.** Calls within a block come by chance at an even rate, and blocks do not touch each other: what is
still going on from the block before is left out, which makes the blocks of rising demand a little too high and those
after the peak a little too low. All units can reach all calls. A call that finds none free goes elsewhere instead of
waiting. The time a call takes does not depend on how busy it is. Planned rides can be moved within their block.

Erlang, A.K. (1917), Elektroteknikeren 13, 5-13.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import ceil, exp

import numpy as np
from numpy.typing import NDArray

from schakel.domain.durations import MINUTE
from schakel.domain.fitting_care import NEEDS
from schakel.domain.region import Duration, HourlyWeights, Region
from schakel.domain.region.model import WEEKS_PER_YEAR
from schakel.domain.region.problem import Problem, shown
from schakel.domain.travel import WITHOUT_SIGNALS
from schakel.domain.vocabulary import AmbulanceUrgency, Care
from schakel.planning.fit import Fitted
from schakel.planning.hours import WEEK
from schakel.planning.queueing import erlang_b, servers_for
from schakel.planning.table import WrongInput, refuse_if

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

BLOCK_HOURS = 2
BLOCKS = 24 // BLOCK_HOURS
SHIFT_HOURS = 8

#: The shifts of a day, in order.
SHIFTS = ("night 0-8", "day 8-16", "evening 16-24")


class DayKind(Enum):
    """The kinds of days; a bank holiday is a Sunday."""

    WORKDAY = "workday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"

    @property
    def a_week(self) -> int:
        """How many there are in a week."""
        return 5 if self is DayKind.WORKDAY else 1


class Minimum(Enum):
    """What the minimum of one unit for each station means."""

    LEFT = "left"
    ON_DUTY = "on-duty"


@dataclass(frozen=True)
class Workload:
    """What has to be done. urgent, planned: calls and rides an hour, kinds of day by blocks; the minutes that one
    keeps a unit busy, on average, from leaving to free again."""

    urgent: Floats
    planned: Floats
    urgent_min: float
    planned_min: float

    def __post_init__(self) -> None:
        for name in ("urgent", "planned"):
            table = getattr(self, name)
            assert table.shape == (len(DayKind), BLOCKS) and (table >= 0).all(), f"{name}: a rate for each block"
        assert self.urgent_min > 0 and self.planned_min > 0, "a call keeps a unit busy for some time"


@dataclass(frozen=True)
class Terms:
    """On what terms. Shares lie between 0 and 1.

    stations: of the region; free: the asked probability that an urgent call finds a free unit; planned_use: the share
    of time that a unit can be planned full; helped: the share of the own urgent calls that neighbours take; helping:
    calls taken for neighbours, as a share of the own (burenhulp); growth: all demand times this (indexation);
    most_per_shift: the most deployments a unit may have in a shift of eight hours (bezettingsgraad), None for no limit.
    """

    stations: int
    free: float = 0.95
    planned_use: float = 0.85
    minimum: Minimum = Minimum.LEFT
    helped: float = 0.0
    helping: float = 0.0
    growth: float = 1.0
    most_per_shift: float | None = None


@dataclass(frozen=True)
class Capacity:
    """What is needed, and what it gives. By kind of day, and by block (units, finds_free, busy) or shift.

    finds_free: the chance that an urgent call finds a free unit, of those not on planned rides, with the units of the
    shift; busy: the share of time that a unit of the shift is with a patient (bezettingsgraad in time); deployments: of
    each unit in the shift (bezettingsgraad as deployments per shift); decided: which condition decided the block.
    """

    units: Whole
    per_shift: Whole
    finds_free: Floats
    busy: Floats
    deployments: Floats
    decided: tuple[tuple[str, ...], ...]

    @property
    def workday_by_day(self) -> int:
        """The figure that is quoted most: units on a workday by day."""
        return int(self.per_shift[0, 1])

    @property
    def shifts_a_week(self) -> int:
        """Shifts of eight hours in a week."""
        return int(sum(kind.a_week * self.per_shift[row].sum() for row, kind in enumerate(DayKind)))


def capacity(work: Workload, terms: Terms) -> Capacity:
    """The units that this work asks for on these terms. Wrong terms: `WrongInput`."""
    refuse_if(why_not(terms))
    urgent = work.urgent * terms.growth * (1 - terms.helped + terms.helping)
    planned = work.planned * terms.growth
    load = urgent * work.urgent_min / 60
    riding = planned * work.planned_min / 60
    beside = riding / terms.planned_use
    per_hour = urgent + planned
    units = np.zeros((len(DayKind), BLOCKS), dtype=np.int64)
    decided = []
    for row in range(len(DayKind)):
        said = []
        for block in range(BLOCKS):
            a, p = float(load[row, block]), float(beside[row, block])
            asked = {
                "a free unit": servers_for(a, 1 - terms.free) + p,
                "one for each station": terms.stations + (a + p if terms.minimum is Minimum.LEFT else 0),
            }
            if terms.most_per_shift is not None:
                asked["deployments a shift"] = float(per_hour[row, block]) * SHIFT_HOURS / terms.most_per_shift
            condition = max(asked, key=lambda name: asked[name])
            units[row, block] = ceil(asked[condition] - 1e-9)
            said.append(condition)
        decided.append(tuple(said))
    in_shift = units.reshape(len(DayKind), len(SHIFTS), -1)
    per_shift = in_shift.max(axis=2)
    on_duty = np.repeat(per_shift, BLOCKS // len(SHIFTS), axis=1)
    finds = [
        [1 - erlang_b(int(max(0, on_duty[r, b] - ceil(riding[r, b] - 1e-9))), float(load[r, b])) for b in range(BLOCKS)]
        for r in range(len(DayKind))
    ]
    jobs = (per_hour * BLOCK_HOURS).reshape(in_shift.shape).sum(axis=2)
    return Capacity(
        units=units,
        per_shift=per_shift,
        finds_free=np.array(finds),
        busy=np.divide(load + riding, on_duty, out=np.zeros_like(load), where=on_duty > 0),
        deployments=np.divide(jobs, per_shift, out=np.zeros_like(jobs), where=per_shift > 0),
        decided=tuple(decided),
    )


def why_not(terms: Terms) -> list[Problem]:
    """Everything that is wrong with the terms."""
    bounds = {
        "stations": (0, 10_000),
        "free": (0.5, 0.9999),
        "planned_use": (0.1, 1),
        "helped": (0, 1),
        "helping": (0, 5),
        "growth": (0.1, 10),
        "most_per_shift": (0.1, 50),
    }
    problems = []
    for key, (least, most) in bounds.items():
        value = getattr(terms, key)
        if value is not None and not least <= value <= most:
            problems.append(Problem("capacity", key, f"a number from {least:g} to {most:g}", shown(value)))
    return problems


def workload_of(region: Region, drive_min: float) -> Workload:
    """The ambulance work of a region file. drive_min: the mean way with signals from the nearest station to a patient.

    Urgent are A0, A1 and A2; planned B1 and B2. The weekend of the file has one course for both days.
    """
    told, lasts = region.demand, region.durations

    def a_year(letter: str) -> float:
        return float(sum(told.ambulance_per_year[kind] for kind in AmbulanceUrgency if kind.value.startswith(letter)))

    def blocks(weights: HourlyWeights, per_year: float) -> Floats:
        hourly = np.array([[weights.share(weekday, hour) for hour in range(24)] for weekday in (0, 5, 6)])
        rates: Floats = hourly.reshape(len(DayKind), BLOCKS, BLOCK_HOURS).mean(axis=2) * per_year / WEEKS_PER_YEAR
        return rates

    taken_along = _mean_min(lasts.on_scene) + sum(
        _mean_min(one) for one in (lasts.transport, lasts.handover, lasts.clearing)
    )
    stayed = _mean_min(lasts.on_scene_no_transport) + _mean_min(lasts.clearing)
    out = _mean_min(lasts.turn_out)
    return Workload(
        urgent=blocks(told.urgent_hours, a_year("A")),
        planned=blocks(told.planned_hours, a_year("B")),
        urgent_min=out + drive_min + (1 - told.no_transport_share) * taken_along + told.no_transport_share * stayed,
        planned_min=out + drive_min * WITHOUT_SIGNALS + taken_along,
    )


def workload_of_fitted(fitted: Fitted) -> Workload:
    """The ambulance work of a fitted demand: urgent (U0-U2) and other, by the time from accepting to being free again.

    The kinds of care are those for which an ambulance goes. A fitted demand without urgent ambulance care is refused.
    """
    rates = {True: np.zeros(WEEK), False: np.zeros(WEEK)}
    busy: dict[bool, list[tuple[int, float]]] = {True: [], False: []}
    for one in fitted.profiles:
        if NEEDS[one.care].ambulance:
            rates[one.urgent] += one.hourly
            if (found := one.lengths.get("busy")) is not None:
                busy[one.urgent].append((one.requests, found.mean_ms / MINUTE))
    if not busy[True]:
        ambulance = ", ".join(care.value for care in Care if NEEDS[care].ambulance)
        expected = f"urgent requests for an ambulance ({ambulance}) with the time that they took"
        raise WrongInput([Problem(fitted.source, "profile", expected, "none")])

    def blocks(hourly: Floats) -> Floats:
        days = hourly.reshape(7, 24)
        kinds = np.stack([days[:5].mean(axis=0), days[5], days[6]])
        mean: Floats = kinds.reshape(len(DayKind), BLOCKS, BLOCK_HOURS).mean(axis=2)
        return mean

    def mean_min(urgent: bool) -> float:
        told = busy[urgent] or busy[True]
        return sum(n * minutes for n, minutes in told) / sum(n for n, _ in told)

    return Workload(blocks(rates[True]), blocks(rates[False]), mean_min(True), mean_min(False))


def rows_of(work: Workload, terms: Terms, needed: Capacity) -> list[dict[str, object]]:
    """A line for each block: what is asked, what is needed, and what it gives."""
    found: list[dict[str, object]] = []
    for row, kind in enumerate(DayKind):
        for block in range(BLOCKS):
            shift = block * BLOCK_HOURS // SHIFT_HOURS
            found.append(
                {
                    "day": kind.value,
                    "block": f"{block * BLOCK_HOURS:02}-{block * BLOCK_HOURS + BLOCK_HOURS:02}",
                    "shift": SHIFTS[shift],
                    "urgent_an_hour": round(float(work.urgent[row, block]) * terms.growth, 4),
                    "planned_an_hour": round(float(work.planned[row, block]) * terms.growth, 4),
                    "units_needed": int(needed.units[row, block]),
                    "units_on_duty": int(needed.per_shift[row, shift]),
                    "decided_by": needed.decided[row][block],
                    "finds_free": round(float(needed.finds_free[row, block]), 6),
                    "busy": round(float(needed.busy[row, block]), 4),
                    "deployments_a_unit_a_shift": round(float(needed.deployments[row, shift]), 3),
                }
            )
    return found


#: What the figures leave out, for whoever reads them without the manual.
APPROXIMATION = (
    "Ours, not RIVM's formula: calls at an even rate within each block of two hours, blocks by themselves, every unit "
    "reaches every call, a call that finds none free is lost (Erlang), planned rides movable within their block."
)


def _mean_min(duration: Duration) -> float:
    """The mean of a log-normal length of time, in minutes."""
    return duration.median_ms * exp(duration.sigma**2 / 2) / MINUTE
