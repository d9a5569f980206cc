"""What was asked for, and how long things took, out of an event log: what a simulator needs to draw more of the same.

Requests that came in during the log's period are counted by kind of care, apart for urgent (U0-U2) and other
urgencies, because rides that can be planned have hours of their own. For each such profile: how many are expected in
each hour of the week, how they spread over areas and urgencies, how many are taken along, and how long each step took.

* The urgency is that of the first triage; the care is what was first chosen; the area is where the request was first
  placed. A request of which the care is not known belongs to no profile and is counted as unknown; one of which the
  area or urgency is not known counts for the rate, and not for the shares.
* Hours are those of the wall clock; a bank holiday is a Sunday. A rate is a count by the number of such hours.
* Within a profile, area, urgency and hour are drawn as if they had nothing to do with each other. How far that is from
  the truth is measured: Cramer's V between each two of them, from 0 (nothing to do with each other) to 1, with the
  chance of so much if they had (chi-square); it is not told where there are fewer than five requests to a cell.
* Counts are drawn from Poisson. `dispersion` says how much more the hours vary than that: 1 is Poisson.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from schakel.domain import events as e
from schakel.domain.durations import DAY, HOUR
from schakel.domain.region import Calendar
from schakel.domain.region.problem import Problem
from schakel.domain.vocabulary import Care, Urgency
from schakel.indicators.log import NEVER, NONE, EventLog
from schakel.planning.from_log import demand_from
from schakel.planning.goodness import Fit, fit_lengths
from schakel.planning.hours import WEEK, Hours, counted, hours_between, weeks
from schakel.planning.table import WrongInput

Floats = NDArray[np.float64]

#: Urgencies that cannot be planned.
URGENT = (Urgency.U0, Urgency.U1, Urgency.U2)

#: The steps whose lengths a simulator draws, and those that are told besides.
DRAWN = ("handling", "on_scene", "on_scene_no_transport", "handover", "clearing")
BESIDE = ("turn_out", "drive", "busy")


@dataclass(frozen=True)
class Association:
    """How much two things have to do with each other: Cramer's V, and the chance of so much if they had nothing."""

    v: float
    p: float


@dataclass(frozen=True)
class FittedProfile:
    """One kind of care, urgent or not.

    hourly[h]: requests expected in hour h of the week; zone, urgency: shares that add up to 1; transported: the share
    of each urgency that was taken along, of those that were served; lengths: by name, None where too few are known;
    dispersion: the variance of the hourly counts over what Poisson would have.
    """

    care: Care
    urgent: bool
    requests: int
    hourly: Floats
    zone: Mapping[str, float]
    urgency: Mapping[Urgency, float]
    transported: Mapping[Urgency, float]
    lengths: Mapping[str, Fit | None]
    dispersion: float
    associations: Mapping[str, Association | None]

    @property
    def name(self) -> str:
        """Such as *als, urgent*."""
        return f"{self.care.value}, {'urgent' if self.urgent else 'other'}"

    def interval(self, hours: float) -> tuple[float, float]:
        """Between which the mean requests an hour lie, at 95 %, from the count in so many hours (Poisson, exact)."""
        low = chi2.ppf(0.025, 2 * self.requests) / 2 if self.requests else 0.0
        return float(low / hours), float(chi2.ppf(0.975, 2 * self.requests + 2) / 2 / hours)


@dataclass(frozen=True)
class Fitted:
    """All profiles of a log. source: the name of the file; unknown: requests that belong to no profile."""

    source: str
    since: int
    until: int
    time_zone: str
    requests: int
    unknown: int
    profiles: tuple[FittedProfile, ...]

    @property
    def zones(self) -> tuple[str, ...]:
        """All areas that were seen."""
        return tuple(sorted({zone for profile in self.profiles for zone in profile.zone}))


def fit(log: EventLog, calendar: Calendar, *, source: str = "a log", seed: int = 1) -> Fitted:
    """Fit all that is known. Raises `WrongInput` where the log has nothing to fit."""
    start = np.minimum(log.first(e.Received), log.first(e.Answered))
    inside = (start >= log.since) & (start < log.until)
    if not inside.any():
        raise WrongInput([Problem(source, "the log", "requests that were received in its period", "none")])
    care = log.first_fact(e.CareChosen, "care")
    urgency = log.first_fact(e.Triaged, "urgency")
    zone = log.first_fact(e.Located, "zone")
    hours = hours_between(calendar, log.since, log.until)
    exposure: Floats = np.bincount(hours.of_week, hours.length, WEEK).astype(np.float64)
    if log.until - log.since < 7 * DAY or (exposure == 0).any():
        asked = f"{weeks(log.since, log.until):.2f} weeks"
        raise WrongInput([Problem(source, "the log", "at least one whole week", asked)])
    urgent_codes = [one.rank for one in URGENT]
    is_urgent = np.isin(urgency, urgent_codes)
    lengths = _lengths(log)
    profiles = []
    for code, kind in enumerate(Care):
        for urgent in (True, False):
            of = inside & (care == code) & (is_urgent == urgent)
            if of.any():
                profiles.append(
                    _profile(kind, urgent, log, hours, exposure, start[of], urgency[of], zone[of], of, lengths, seed)
                )
    return Fitted(
        source=source,
        since=log.since,
        until=log.until,
        time_zone=calendar.zone.key,
        requests=int(inside.sum()),
        unknown=int((inside & (care < 0)).sum()),
        profiles=tuple(profiles),
    )


@dataclass(frozen=True)
class _Lengths:
    """By request (place in the log's keys): the care it got, and lengths in ms, -1 where they are not known."""

    transported: NDArray[np.int64]  # 1, 0, or -1 where nobody came
    of: Mapping[str, NDArray[np.int64]]


def _lengths(log: EventLog) -> _Lengths:
    """How long each step of each request took, as the simulator understands the steps."""
    count = len(log.keys())
    place = {int(key): number for number, key in enumerate(log.keys().tolist())}
    found = demand_from(log, log.zones)
    rows = np.array([place[key] for key in found.requests], dtype=np.int64)
    demand = found.demand
    of = {name: np.full(count, NONE, dtype=np.int64) for name in (*DRAWN, *BESIDE)}
    transported = np.full(count, NONE, dtype=np.int64)
    along = demand.transported
    ready, came = log.first(e.CareChosen), np.minimum(log.first(e.Received), log.first(e.Answered))
    known = (ready < NEVER) & (came < NEVER) & (ready >= came)
    of["handling"][known] = (ready - came)[known]
    # A request that the centre helped by itself was served, and nobody was on the scene.
    seen = (demand.on_scene > 0) | along
    transported[rows[seen]] = along[seen]
    of["on_scene"][rows[along]] = demand.on_scene[along]
    stayed = seen & ~along
    of["on_scene_no_transport"][rows[stayed]] = demand.on_scene[stayed]
    for name in ("handover", "clearing"):
        of[name][rows[along]] = getattr(demand, name)[along]
    # By deployment: the first that was cleared of each request.
    deployments = len(log.keys("deployment"))
    if deployments:
        when = {kind: log.first(kind, "deployment") for kind in (e.Accepted, e.Departed, e.Arrived, e.Cleared)}
        request = np.full(deployments, NONE, dtype=np.int64)
        cleared = log.rows(e.Cleared)
        request[log.of_subject("deployment", cleared)] = log.of_subject("request", cleared)
        for name, first, last in (
            ("turn_out", e.Accepted, e.Departed),
            ("drive", e.Departed, e.Arrived),
            ("busy", e.Accepted, e.Cleared),
        ):
            told = (request >= 0) & (when[first] < NEVER) & (when[last] < NEVER) & (when[last] >= when[first])
            order = np.flatnonzero(told)[np.argsort(-when[e.Cleared][told], kind="stable")]
            of[name][request[order]] = (when[last] - when[first])[order]
    return _Lengths(transported, of)


def _profile(
    care: Care,
    urgent: bool,
    log: EventLog,
    hours: Hours,
    exposure: Floats,
    at: NDArray[np.int64],
    urgency: NDArray[np.int64],
    zone: NDArray[np.int64],
    of: NDArray[np.bool_],
    lengths: _Lengths,
    seed: int,
) -> FittedProfile:
    counts = counted(hours, at)
    by_hour = np.bincount(hours.of_week, counts, WEEK)
    hourly = by_hour / exposure
    expected = hourly[hours.of_week] * hours.length
    some = expected > 0
    free = max(1, int(some.sum()) - int((by_hour > 0).sum()))
    dispersion = float((((counts - expected) ** 2)[some] / expected[some]).sum() / free)
    zones = np.bincount(zone[zone >= 0], minlength=len(log.zones)).astype(float)
    urgencies = np.bincount(urgency[urgency >= 0], minlength=len(Urgency)).astype(float)
    along = lengths.transported[of]
    hour = hours.of_week[(at - hours.starts[0]) // HOUR]
    when = hour % 24 // 6 * 2 + (hour >= 5 * 24)  # quarters of a day, in the weekend or not
    return FittedProfile(
        care=care,
        urgent=urgent,
        requests=int(of.sum()),
        hourly=hourly,
        zone={log.zones[i]: float(zones[i] / zones.sum()) for i in np.flatnonzero(zones).tolist()},
        urgency={one: float(urgencies[one.rank] / urgencies.sum()) for one in Urgency if urgencies[one.rank]},
        transported={
            one: float(along[(urgency == one.rank) & (along >= 0)].mean())
            for one in Urgency
            if ((urgency == one.rank) & (along >= 0)).any()
        },
        lengths={
            name: fit_lengths(values[of][values[of] >= 0], seed=seed + number)
            for number, (name, values) in enumerate(lengths.of.items())
        },
        dispersion=dispersion,
        associations={
            "area and hour": _association(zone, when),
            "urgency and hour": _association(urgency, when),
            "area and urgency": _association(zone, urgency),
        },
    )


def _association(one: NDArray[np.int64], other: NDArray[np.int64]) -> Association | None:
    """Cramer's V of two columns of codes; rows in which either is not known are left out. None: too few to say."""
    known = (one >= 0) & (other >= 0)
    rows, columns = (np.unique(part[known], return_inverse=True)[1] for part in (one, other))
    if not known.any() or not rows.max() or not columns.max():
        return None
    table = np.bincount(rows * (columns.max() + 1) + columns, minlength=(rows.max() + 1) * (columns.max() + 1))
    table = table.reshape(rows.max() + 1, columns.max() + 1).astype(float)
    total = float(table.sum())
    if total < 5 * table.size:
        return None
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / total
    square = float(((table - expected) ** 2 / expected).sum())
    free = (table.shape[0] - 1) * (table.shape[1] - 1)
    return Association(float(np.sqrt(square / (total * (min(table.shape) - 1)))), float(chi2.sf(square, free)))
