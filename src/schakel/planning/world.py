"""Where demand meets care: zones and the ways between them, bases, hospitals, places, and a fleet with its shifts.

A world holds no chance and no policy. What a unit may do is asked of `domain.fitting_care`, not said again here.
A world that says nothing of places, answers, rules of care, neighbours or the pace of traffic is *plain*, and the
kernel plays it on a shorter road.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from schakel.domain.candidates import Search, Terms
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.fitting_care import CAN_TRANSPORT, NEEDS, is_danger_to_life, unfilled
from schakel.domain.region.model import Routing
from schakel.domain.travel import WITHOUT_SIGNALS, Point
from schakel.domain.vocabulary import AmbulanceUrgency, Care, Competence, Complaint, PlaceKind, UnitKind, Urgency
from schakel.indicators.log import NEVER
from schakel.planning.places import Place, StopRule

Whole = NDArray[np.int64]

#: The ambulance class that each urgency becomes where a region has not said otherwise.
CLASS_OF: dict[Urgency, AmbulanceUrgency] = {
    Urgency.U0: AmbulanceUrgency.A0,
    Urgency.U1: AmbulanceUrgency.A1,
    Urgency.U2: AmbulanceUrgency.A2,
    Urgency.U3: AmbulanceUrgency.B1,
    Urgency.U4: AmbulanceUrgency.B2,
    Urgency.U5: AmbulanceUrgency.B2,
}

#: How long a response may take. A0 and A1: 15 minutes, A2: 30 (Dutch norms); the others as an agreement would have it.
NORM_MS: dict[Urgency, int] = {
    Urgency.U0: 15 * MINUTE,
    Urgency.U1: 15 * MINUTE,
    Urgency.U2: 30 * MINUTE,
    Urgency.U3: 3 * HOUR,
    Urgency.U4: 24 * HOUR,
    Urgency.U5: 24 * HOUR,
}

#: On duty all the time.
ALWAYS: tuple[tuple[int, int], ...] = ((0, NEVER),)


def usual_crew(kind: UnitKind) -> tuple[frozenset[Competence], ...]:
    """Who is on a unit of this kind: the usual people of the care that it is meant for."""
    [meant] = [need for need in NEEDS.values() if need.units.get(kind) == 0]
    return tuple(slot[0] for slot in meant.crew)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the fleet: what it is, the base that is its home, and when it is on duty (ms, from and until).

    neighbour: it is lent by the next region (burenhulp): asked only when none of our own can be there in time, and
    never relocated. extra_ms: what asking the neighbours takes, on top of the turn-out.
    """

    kind: UnitKind
    home: int
    shifts: tuple[tuple[int, int], ...] = ALWAYS
    neighbour: bool = False
    extra_ms: int = 0

    def __post_init__(self) -> None:
        assert self.extra_ms >= 0 and (self.neighbour or not self.extra_ms), "only a neighbour takes extra time"
        ends = [-1]
        for start, end in self.shifts:
            assert ends[-1] <= start < end, f"shifts follow each other and end after they start: {self.shifts}"
            ends.append(end)


class Answer(NamedTuple):
    """How a kind of unit answers when it is asked: the share of offers (millionths) it declines, and after how long.

    A kind of which this is not said is not asked but sent, and goes at once.
    """

    declines: int
    reply_ms: int


#: Shares and throws of chance are whole millionths, so that nothing is rounded.
MILLION = 1_000_000

#: The pace of traffic is in thousandths of the driving time.
THOUSAND = 1_000


class Raster(NamedTuple):
    """Which zone is nearest, by cells of a map: a moving unit is where the middle of its cell says."""

    zone: NDArray[np.int32]  # by column and row
    west: int
    south: int
    cell: int  # metres


@dataclass(frozen=True)
class World:
    """A region as a simulation needs it. Times in whole milliseconds, places in whole metres on a flat map.

    signals_ms[a, b]: the way from zone a to zone b with optical and sound signals; without them it takes 1/0.95 as
    long. bases and hospitals are zones. A patient who is taken along goes to the hospital nearest by that time.
    turn_out_ms: from the alarm to the wheels turning. margin_ms: what must be left of a shift at arrival.

    places: GP posts, and emergency departments with rooms and stops; where there are departments, patients go there and
    `hospitals` do not count. routing: which care fits a complaint that the demand names. answers: how kinds of units
    that may say no answer. pace: the driving time of each hour in thousandths, repeated, the first from `pace_from`.
    """

    x: Whole
    y: Whole
    signals_ms: Whole
    bases: Whole
    fleet: tuple[Unit, ...]
    hospitals: Whole = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    zones: tuple[str, ...] = ()
    turn_out_ms: int = MINUTE
    margin_ms: int = 15 * MINUTE
    norm_ms: Mapping[Urgency, int] = field(default_factory=lambda: NORM_MS)
    class_of: Mapping[Urgency, AmbulanceUrgency] = field(default_factory=lambda: CLASS_OF)
    cell: int = 250
    places: tuple[Place, ...] = ()
    stop_rule: StopRule = field(default_factory=StopRule)
    routing: Routing | None = None
    answers: Mapping[UnitKind, Answer] = field(default_factory=dict)
    pace: tuple[int, ...] = ()
    pace_from: int = 0

    def __post_init__(self) -> None:
        for name in ("x", "y", "signals_ms", "bases", "hospitals"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.int64))
        if not self.zones:
            object.__setattr__(self, "zones", tuple(str(i) for i in range(len(self.x))))
        zones = len(self.x)
        assert len(self.y) == len(self.zones) == zones, "each zone has a name and a place"
        assert self.signals_ms.shape == (zones, zones), "a way from each zone to each zone"
        assert (self.signals_ms >= 0).all(), "no way takes less than nothing"
        assert not self.signals_ms.diagonal().any(), "from a zone to itself is no way"
        for name in ("bases", "hospitals"):
            assert ((getattr(self, name) >= 0) & (getattr(self, name) < zones)).all(), f"{name} are zones"
        assert all(0 <= unit.home < len(self.bases) for unit in self.fleet), "the home of a unit is a base"
        assert all(0 <= place.zone < zones for place in self.places), "a place lies in a zone"
        assert all(0 <= one.declines <= MILLION and one.reply_ms >= 0 for one in self.answers.values()), "shares"
        assert all(factor > 0 for factor in self.pace), "traffic does not stand still for an hour"

    @property
    def is_plain(self) -> bool:
        """Whether nothing is said here that only the whole chain knows."""
        return not (self.places or self.answers or self.pace or any(unit.neighbour for unit in self.fleet))

    @cached_property
    def departments(self) -> tuple[int, ...]:
        """The places that are emergency departments."""
        return tuple(number for number, place in enumerate(self.places) if place.kind is PlaceKind.SEH)

    def pace_at(self, at: int) -> int:
        """How long a drive that begins now takes, in thousandths of the usual."""
        return self.pace[(at - self.pace_from) // HOUR % len(self.pace)] if self.pace else THOUSAND

    @cached_property
    def fitting(self) -> Whole:
        """By urgency and complaint the kinds of care that the rule names, best first, and -1 after the last.

        The order is that of `fitting_care.options`: an ALS ambulance first where life is in danger.
        """
        table = np.full((len(Urgency), len(Complaint), len(Care) + 1), -1, dtype=np.int64)
        if self.routing is not None:
            for urgency in Urgency:
                first = (Care.ALS,) if is_danger_to_life(urgency, None) else ()
                for row, complaint in zip(table[urgency.rank], Complaint, strict=True):
                    named = dict.fromkeys((*first, *self.routing.rule(urgency, complaint).care))
                    row[: len(named)] = [tuple(Care).index(care) for care in named]
        return table

    @cached_property
    def ways_ms(self) -> Whole:
        """The ways without (0) and with (1) signals."""
        return np.stack([np.rint(self.signals_ms * WITHOUT_SIGNALS).astype(np.int64), self.signals_ms])

    @cached_property
    def hospital_of(self) -> Whole:
        """The zone of the hospital nearest to each zone; -1 where there is none."""
        if not len(self.hospitals):
            return np.full(len(self.x), -1, dtype=np.int64)
        return np.ascontiguousarray(self.hospitals[self.signals_ms[:, self.hospitals].argmin(axis=1)])

    @cached_property
    def cost(self) -> Whole:
        """What each unit costs the cover when it gives each care, as the domain has it; -1 where it cannot."""
        return np.array(
            [
                [
                    need.units[unit.kind]
                    if unit.kind in need.units and not unfilled(care, usual_crew(unit.kind))
                    else -1
                    for care, need in ((care, NEEDS[care]) for care in Care)
                ]
                for unit in self.fleet
            ],
            dtype=np.int64,
        ).reshape(len(self.fleet), len(Care))

    @cached_property
    def takes_along(self) -> NDArray[np.bool_]:
        """Which units can take a patient along."""
        return np.array([unit.kind in CAN_TRANSPORT for unit in self.fleet], dtype=np.bool_)

    @cached_property
    def with_signals(self) -> Whole:
        """By urgency and care, 1 where the domain lets a unit drive with signals."""
        terms = Terms(travel=Ways(self), position_shelf_life_ms=NEVER)
        return np.array(
            [
                [
                    int(
                        Search(terms=terms, now=0, point=None, ambulance_urgency=self.class_of[urgency]).with_signals(
                            care
                        )
                    )
                    for care in Care
                ]
                for urgency in Urgency
            ],
            dtype=np.int64,
        )

    @cached_property
    def raster(self) -> Raster:
        """The map in cells. Every point between two zones lies on it."""
        west, south = int(self.x.min()), int(self.y.min())
        columns = (int(self.x.max()) - west) // self.cell + 1
        rows = (int(self.y.max()) - south) // self.cell + 1
        middles = np.stack(
            np.meshgrid(
                west + (np.arange(columns) + 0.5) * self.cell,
                south + (np.arange(rows) + 0.5) * self.cell,
                indexing="ij",
            ),
            axis=-1,
        )
        _, nearest = cKDTree(np.column_stack([self.x, self.y])).query(middles.reshape(-1, 2))
        return Raster(nearest.reshape(columns, rows).astype(np.int32), west, south, self.cell)

    def underway(self, start: int, end: int, driven_ms: int, whole_ms: int) -> int:
        """The zone that a unit is in when it has driven this much of a whole way, taken as a straight line."""
        if driven_ms <= 0 or whole_ms <= 0:
            return start
        if driven_ms >= whole_ms:
            return end
        raster = self.raster
        x = int(self.x[start]) + (int(self.x[end]) - int(self.x[start])) * driven_ms // whole_ms
        y = int(self.y[start]) + (int(self.y[end]) - int(self.y[start])) * driven_ms // whole_ms
        return int(raster.zone[(x - raster.west) // raster.cell, (y - raster.south) // raster.cell])


class Ways:
    """The ways of a world as the domain asks for them. A zone is a point whose latitude is its number."""

    def __init__(self, world: World, pace: int = THOUSAND) -> None:
        self._world = world
        self._pace = pace

    def between(self, start: Point, end: Point, signals: bool) -> int:
        """Milliseconds from the one zone to the other, at this pace."""
        return int(self._world.ways_ms[int(signals), int(start.lat), int(end.lat)]) * self._pace // THOUSAND

    def from_many(self, starts: Iterable[Point], end: Point, signals: bool) -> list[int]:
        """Milliseconds from each of many zones to one."""
        return [self.between(start, end, signals) for start in starts]


def at_zone(zone: int) -> Point:
    """The point that stands for a zone in `Ways`."""
    return Point(float(zone), 0.0)
