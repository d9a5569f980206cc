"""How long the way takes, in whole milliseconds.

A region with measured driving times gives a file, and gets a `Matrix`. Any other region gets the
`Estimate`: a function of the distance as the crow flies, fitted once to a measured matrix of one
province. `tests/theory/test_travel_estimate.py` compares the two again and prints the error.

Times are those of an ambulance with optical and sound signals; without them the same way takes
1/0.95 as long (the rule of the published simulator of the province of Utrecht).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import cos, radians, sqrt
from typing import NamedTuple, Protocol

from schakel.domain.durations import MINUTE

#: Kilometres in one degree of latitude: the mean radius of the earth (6,371.0088 km) times pi/180.
KM_PER_DEGREE = 111.19508

#: Driving without signals takes this much longer.
WITHOUT_SIGNALS = 1 / 0.95


class Point(NamedTuple):
    """A place on the map, in degrees (WGS 84)."""

    lat: float
    lon: float


class TravelTimes(Protocol):
    """Answers how long the way takes. The estimate and the matrix are asked alike."""

    def between(self, start: Point, end: Point, signals: bool) -> int:
        """Milliseconds from the one point to the other."""
        ...

    def from_many(self, starts: Iterable[Point], end: Point, signals: bool) -> list[int]:
        """Milliseconds from each of many points to one, in the order given."""
        ...


def distance_km(start: Point, end: Point) -> float:
    """The distance as the crow flies.

    Degrees are taken as straight lines on a flat map at the middle latitude. Within a region that differs less than
    0.002 % from the great circle and costs half the time.
    """
    north = (end[0] - start[0]) * KM_PER_DEGREE
    east = (end[1] - start[1]) * KM_PER_DEGREE * cos(radians((start[0] + end[0]) / 2))
    return sqrt(north * north + east * east)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Minutes with signals = start + slope * km^0.75.

    Short ways go through streets and long ways over motorways, so that time grows less than distance. The exponent
    and both figures are the least-squares fit over all 53,130 ordered pairs of 231 postcode areas of the province of
    Utrecht, siren driving times of 2022; the exponent was searched in steps of 0.01. Against that matrix: median
    error 1.5 minutes, nine in ten within 4.0, no bias; below 5 km 0.7 and 2.0. It knows no rivers and no bridges: the
    largest errors lie across the Lek, up to 25 minutes too short. A region that has a matrix should use it.
    """

    start_min: float = 0.546
    slope_min: float = 2.129

    def between(self, start: Point, end: Point, signals: bool) -> int:
        """Milliseconds from the one point to the other; nothing from a point to itself."""
        return self.from_many((start,), end, signals)[0]

    def from_many(self, starts: Iterable[Point], end: Point, signals: bool) -> list[int]:
        """Milliseconds from each of many points to one: 2,000 in about half a millisecond."""
        factor = MINUTE if signals else MINUTE * WITHOUT_SIGNALS
        start_ms = self.start_min * factor
        slope_ms = self.slope_min * factor
        end_lat, end_lon = end
        # The cosine of the middle latitude, straightened around the end: one cosine per call instead of one per unit.
        shrink = cos(radians(end_lat))
        bend = cos(radians(end_lat + 0.5)) - cos(radians(end_lat - 0.5))
        times = []
        for lat, lon in starts:
            up = lat - end_lat
            across = (lon - end_lon) * (shrink + bend * up / 2)
            root = sqrt(sqrt(up * up + across * across) * KM_PER_DEGREE)
            # km^0.75 = sqrt(km) * sqrt(sqrt(km)): two roots are faster than a power.
            times.append(round(start_ms + slope_ms * root * sqrt(root)) if root else 0)
        return times


@dataclass(frozen=True, slots=True)
class Matrix:
    """Driving times between zones, read from the region's own file.

    A point stands for the zone whose point is nearest. Two points in one zone have no time in the file; there the
    estimate answers.
    """

    zones: Sequence[Point]
    ms: Sequence[Sequence[int]]  # with signals, from the row's zone to the column's
    within: TravelTimes = field(default_factory=Estimate)
    _nearest: dict[tuple[float, float], int] = field(default_factory=dict, repr=False, compare=False)

    def between(self, start: Point, end: Point, signals: bool) -> int:
        """Milliseconds from the zone of the one point to the zone of the other."""
        return self.from_many((start,), end, signals)[0]

    def from_many(self, starts: Iterable[Point], end: Point, signals: bool) -> list[int]:
        """Milliseconds from each of many points to one."""
        column = self.zone_of(end)
        times = []
        for start in starts:
            row = self.zone_of(start)
            if row == column:
                times.append(self.within.between(start, end, signals))
            elif signals:
                times.append(self.ms[row][column])
            else:
                times.append(round(self.ms[row][column] * WITHOUT_SIGNALS))
        return times

    def zone_of(self, point: Point) -> int:
        """The number of the nearest zone, remembered per cell of about a hundred metres."""
        cell = (round(point[0], 3), round(point[1], 3))
        zone = self._nearest.get(cell)
        if zone is None:
            if len(self._nearest) >= 100_000:
                self._nearest.clear()
            there = Point(*cell)
            zone = min(range(len(self.zones)), key=lambda i: distance_km(self.zones[i], there))
            self._nearest[cell] = zone
        return zone
