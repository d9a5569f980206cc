"""What a scenario is made of. Built by `reading` from a file that was found right; nothing here checks again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from schakel.domain.durations import DAY, MINUTE
from schakel.domain.region import Base, Region, Window
from schakel.domain.vocabulary import Care, UnitKind, Urgency
from schakel.indicators import EventLog
from schakel.planning.scenario.words import Method, Moved, Quantity

#: The drive within which somebody counts as covered: 15 minutes of norm less about three for handling and turning out.
REACH_MS = 12 * MINUTE


@dataclass(frozen=True, slots=True)
class Period:
    """What is counted: so many whole days by the region's wall clock. What comes before them only warms up."""

    start: date
    days: int
    warm_up_ms: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Demand against that of the base year: one factor for everything, and one for each municipality that differs."""

    factor: float = 1.0
    municipality: Mapping[str, float] = field(default_factory=dict)

    @property
    def most(self) -> float:
        """The largest factor that any request meets."""
        return self.factor * max([1.0, *self.municipality.values()])


@dataclass(frozen=True, slots=True)
class Redirect:
    """A share of the requests for one care gets another; who they are is the throw of each patient's own die."""

    care: Care
    urgencies: frozenset[Urgency]
    share: float
    to: Care
    becomes: Urgency | None  # the urgency that goes with it; None leaves it


@dataclass(frozen=True, slots=True)
class Fleet:
    """What is different from the region's file in who is on duty where, in the order of these fields."""

    stations: tuple[Base, ...] = ()
    removed: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)  # callsign to station
    rosters: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)  # callsign to hours
    added: tuple[Addition, ...] = ()
    closed: frozenset[str] = frozenset()  # SEHs that take nobody


@dataclass(frozen=True, slots=True)
class Addition:
    """So many units more, of one kind, at one station, on one roster."""

    kind: UnitKind
    station: str
    roster: tuple[Window, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What is decided in a run. busy: the share of time a unit is expected to be busy, for DMEXCLP."""

    relocation: Moved = Moved.GO_HOME
    busy: float = 0.0
    table: tuple[Mapping[str, int], ...] = ()  # stations with units, for one free unit, for two, and so on
    preempt: bool = False
    margin_ms: int | None = None  # what must be left of a shift at arrival; None for what the engine takes


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the things that are compared. The first of a scenario is the base."""

    id: str
    name: str
    growth: Growth = Growth()
    redirects: tuple[Redirect, ...] = ()
    fleet: Fleet = Fleet()
    rules: Rules = Rules()


@dataclass(frozen=True, slots=True)
class Goal:
    """The figure on which a run stops or chooses: of which indicator, for whom."""

    indicator: Quantity
    group: str


@dataclass(frozen=True, slots=True)
class Precision:
    """Go on until every difference with the base is known this well; half_width in points of per cent or minutes."""

    goal: Goal
    half_width: float
    most: int


@dataclass(frozen=True, slots=True)
class Best:
    """Find the best variant, leaving out those that cannot be it; indifference in points of per cent or minutes."""

    goal: Goal
    indifference: float
    most: int


@dataclass(frozen=True, slots=True)
class Runs:
    """How often chance is asked. number: replications, or the batches into which one long run is cut."""

    method: Method
    number: int
    seed: int
    confidence: float = 0.95
    stop: Precision | Best | None = None


@dataclass(frozen=True)
class Scenario:
    """A question about a region, whole and checked: the base and what it is compared with, and how."""

    path: Path
    name: str
    question: str
    sources: tuple[str, ...]
    region: Region
    region_path: Path
    period: Period
    reach_ms: int
    variants: tuple[Variant, ...]
    runs: Runs
    log: EventLog | None = None  # requests that came in, to be met again; None when they are drawn
    log_path: Path | None = None

    @property
    def base(self) -> Variant:
        """What the others are compared with."""
        return self.variants[0]

    @cached_property
    def variant(self) -> Mapping[str, Variant]:
        """The variants by id."""
        return {one.id: one for one in self.variants}

    @cached_property
    def begins(self) -> int:
        """The first moment that counts (ms since 1970)."""
        return self.region.calendar.instant(self.period.start, 0)

    @cached_property
    def ends(self) -> int:
        """The first moment that counts no longer; the wall clock may jump in between."""
        return self.region.calendar.instant(self.period.start, self.period.days * DAY // MINUTE)

    @property
    def warms_up_from(self) -> int:
        """When the simulation starts."""
        return self.begins - self.period.warm_up_ms
