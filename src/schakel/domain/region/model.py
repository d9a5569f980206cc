"""What a region is made of. Built by `reading` from a file that was found right; nothing here checks again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from schakel.domain.reasons import RegionText
from schakel.domain.region.hours import Calendar, Span, Window
from schakel.domain.region.words import Direction, Function
from schakel.domain.travel import Point, TravelTimes
from schakel.domain.vocabulary import (
    AmbulanceUrgency,
    Care,
    Complaint,
    EscalationLevel,
    OrganisationKind,
    PlaceKind,
    UnitKind,
    Urgency,
)


class NextWorkingDay(Enum):
    """A waiting time that is no number of minutes: before the end of the next working day."""

    NEXT_WORKING_DAY = "next_working_day"


#: The end of a window that never closes.
NEVER: Final = 2**53

NEXT_WORKING_DAY: Final = NextWorkingDay.NEXT_WORKING_DAY


@dataclass(frozen=True, slots=True)
class Box:
    """The corners between which every coordinate of the region lies, in degrees."""

    south: float
    north: float
    west: float
    east: float


@dataclass(frozen=True, slots=True)
class SubRegion:
    """A part of the region with working agreements of its own."""

    id: str
    name: str
    municipalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality, known by its name, and the sub-region it belongs to."""

    name: str
    subregion: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A point that stands for the people around it."""

    id: str
    name: str
    municipality: str
    subregion: str
    point: Point
    inhabitants: int


@dataclass(frozen=True, slots=True)
class Organisation:
    """A partner. It owns its people, units and places, and everything it writes down."""

    id: str
    name: str
    kind: OrganisationKind
    functions: frozenset[Function]  # what it takes part in
    subregions: tuple[str, ...]  # where it works; never empty
    hours: tuple[Window, ...]  # when it takes requests
    virtual_desk: tuple[Window, ...]  # when its triagists share one desk with the centre
    overflow: str | None  # who answers when it does not
    telephone: str | None = None  # where its duty desk can be called, as in +31301234567
    virtual_desk_complaints: frozenset[Complaint] | None = None  # what of the queue is shared; None: all of it
    virtual_desk_finish_ms: int = 0  # how long a call in hand may be finished after the window
    overflow_after_ms: int | None = None  # nobody answered for so long: it flows over; None: waiting never does


class Sitting(NamedTuple):
    """How long a partner shares the room of the centre, and what of its queue."""

    closes: int
    finishes: int
    complaints: frozenset[Complaint] | None


@dataclass(frozen=True, slots=True)
class Place:
    """A department or facility that takes patients in."""

    id: str
    name: str
    kind: PlaceKind
    owner: str
    point: Point
    capacity: int  # treatment rooms, consult rooms or beds
    shelf_life_ms: int  # after this long a reported figure is unknown, never free
    hours: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """Where units wait: a station, a GP post, a nurses' point."""

    id: str
    name: str
    organisation: str
    pc4: str
    point: Point


@dataclass(frozen=True, slots=True)
class Unit:
    """A vehicle or team that goes out, on duty according to its roster."""

    callsign: str
    kind: UnitKind
    organisation: str
    base: str
    roster: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Norms:
    """What the region has agreed on. Times in milliseconds."""

    response_ms: Mapping[AmbulanceUrgency, int]
    response_share: float
    waiting_ms: Mapping[Urgency, int | NextWorkingDay]  # the longest wait for care
    working_day_ends: int  # minutes since midnight
    reassess_ms: Mapping[Urgency, int]  # while waiting, look again this often
    reply_ms: Mapping[Care, int]  # an offer without an answer expires
    escalation_ms: Mapping[EscalationLevel, int]  # a follow-up without a taker stays this long with each
    takeover_grace_ms: int  # the person who is losing a claim may still object
    stale_claim_ms: int  # a claim without a sign of life may be taken over
    position_shelf_life_ms: int  # after this long a position is unknown


@dataclass(frozen=True, slots=True)
class UrgencyMapping:
    """Which ambulance class an urgency becomes: decided by an owner, from a date."""

    owner: str
    valid_from: date
    to: Mapping[Urgency, AmbulanceUrgency]


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Which kinds of care fit, best first, and why. Without complaints it is the fallback of its urgencies."""

    id: str
    urgencies: frozenset[Urgency]
    complaints: frozenset[Complaint]
    care: tuple[Care, ...]
    reason: RegionText


@dataclass(frozen=True, slots=True)
class Routing:
    """The first ranking of care, as data."""

    owner: str
    version: str
    valid_from: date
    validated: bool  # whether clinicians have signed it off
    rules: tuple[RoutingRule, ...]

    def rule(self, urgency: Urgency, complaint: Complaint | None) -> RoutingRule:
        """The rule that answers which care fits: one for the complaint, else the fallback of the urgency."""
        fallback = None
        for rule in self.rules:
            if urgency in rule.urgencies:
                if complaint in rule.complaints:
                    return rule
                if not rule.complaints:
                    fallback = rule
        assert fallback is not None, f"{urgency} has a routing rule without complaints"
        return fallback


@dataclass(frozen=True, slots=True)
class Goal:
    """What the region wants to reach, and which way the figure should go."""

    id: str
    name: str
    direction: Direction
    target: float
    unit: str
    owner: str


@dataclass(frozen=True, slots=True)
class HourlyWeights:
    """How demand spreads over the hours of a working day and of a day in the weekend. Only ratios matter."""

    weekday: tuple[float, ...]
    weekend: tuple[float, ...]

    def share(self, weekday: int, hour: int) -> float:
        """The share of a week's demand in one hour of one day; 0 for Monday."""
        day = self.weekday if weekday < 5 else self.weekend
        return day[hour] / (5 * sum(self.weekday) + 2 * sum(self.weekend))


@dataclass(frozen=True, slots=True)
class Demand:
    """How much care is asked for, in a year and over the hours of a week."""

    ambulance_per_year: Mapping[AmbulanceUrgency, int]
    no_transport_share: float  # of A0-A2: care on the spot, nobody taken along
    hap_per_year: int
    hap_consult_share: float
    hap_advice_share: float
    hap_visit_share: float
    hap_urgency_share: Mapping[Urgency, float]
    crisis_per_year: int
    crisis_urgency_share: Mapping[Urgency, float]
    district_nurse_per_year: int
    urgent_hours: HourlyWeights
    planned_hours: HourlyWeights
    hap_hours: HourlyWeights
    crisis_hours: HourlyWeights


@dataclass(frozen=True, slots=True)
class Duration:
    """A log-normal length of time."""

    median_ms: int
    sigma: float  # of the logarithm; 0 is always the median


@dataclass(frozen=True, slots=True)
class Durations:
    """How long each step takes."""

    call_handling: Duration
    turn_out: Duration
    on_scene: Duration
    on_scene_no_transport: Duration
    transport: Duration
    handover: Duration
    clearing: Duration
    telephone_triage: Duration
    hap_consult: Duration
    gp_visit: Duration
    practitioner_visit: Duration
    nurse_visit: Duration
    crisis_visit: Duration


@dataclass(frozen=True)
class Region:
    """One region, whole and checked."""

    code: str
    name: str
    inhabitants: int
    sources: tuple[str, ...]
    box: Box
    calendar: Calendar
    subregions: tuple[SubRegion, ...]
    zones: tuple[Zone, ...]
    organisations: tuple[Organisation, ...]
    places: tuple[Place, ...]
    bases: tuple[Base, ...]
    units: tuple[Unit, ...]
    norms: Norms
    urgency_mapping: UrgencyMapping
    routing: Routing
    goals: tuple[Goal, ...]
    demand: Demand
    durations: Durations
    outlines: Path | None
    travel: TravelTimes

    @property
    def time_zone(self) -> str:
        """The name of the time zone, as in the IANA database."""
        return self.calendar.zone.key

    @property
    def municipalities(self) -> tuple[Municipality, ...]:
        """All municipalities, by sub-region."""
        return tuple(Municipality(name, part.id) for part in self.subregions for name in part.municipalities)

    @property
    def centre(self) -> Organisation:
        """The care coordination centre itself."""
        [centre] = (one for one in self.organisations if one.kind is OrganisationKind.CENTRE)
        return centre

    @cached_property
    def organisation(self) -> Mapping[str, Organisation]:
        """The partners by id."""
        return {one.id: one for one in self.organisations}

    @cached_property
    def base(self) -> Mapping[str, Base]:
        """The bases by id."""
        return {one.id: one for one in self.bases}

    @cached_property
    def place(self) -> Mapping[str, Place]:
        """The places by id."""
        return {one.id: one for one in self.places}

    @cached_property
    def unit(self) -> Mapping[str, Unit]:
        """The units by callsign."""
        return {one.callsign: one for one in self.units}

    @cached_property
    def zone(self) -> Mapping[str, Zone]:
        """The zones by id."""
        return {one.id: one for one in self.zones}

    def is_open(self, organisation: str, at: int) -> bool:
        """Whether a partner takes requests at this instant."""
        return self.calendar.is_in(self.organisation[organisation].hours, at)

    def opens_at(self, organisation: str, at: int) -> int | None:
        """When a partner next starts to take requests, after this instant."""
        return self.calendar.next_start(self.organisation[organisation].hours, at)

    def shares_desk(self, organisation: str, at: int) -> bool:
        """Whether a partner's triagists share one desk with the centre at this instant."""
        return self.calendar.is_in(self.organisation[organisation].virtual_desk, at)

    def sits_in(self, organisation: str, at: int) -> Sitting | None:
        """The window in which a partner shares the room of the centre, or has just done so.

        None outside it: when the window has closed and the time to finish a call in hand is over too.
        """
        desk = self.organisation.get(organisation)
        if desk is None or not desk.virtual_desk:
            return None
        if self.calendar.is_in(desk.virtual_desk, at):
            closes = self.calendar.open_until(desk.virtual_desk, at)
            if closes is None:
                closes = NEVER
        else:
            ended = self.calendar.last_end(desk.virtual_desk, at)
            if ended is None:
                return None
            closes = ended
        finishes = closes + desk.virtual_desk_finish_ms
        return Sitting(closes, finishes, desk.virtual_desk_complaints) if at < finishes else None

    def takes_overflow(self, taker: str, at: int) -> bool:
        """Whether a desk takes requests over at this instant: the centre when it is open, a partner inside its window.

        A partner without a window in the room takes over during its opening hours.
        """
        return self.calendar.is_in(self._takes_over(taker), at)

    def takes_overflow_from(self, taker: str, at: int) -> int | None:
        """When a desk next starts to take requests over, after this instant."""
        return self.calendar.next_start(self._takes_over(taker), at)

    def _takes_over(self, taker: str) -> tuple[Window, ...]:
        desk = self.organisation[taker]
        return desk.virtual_desk or desk.hours

    def shift(self, unit: Unit, at: int) -> Span | None:
        """The shift that a unit is in, with its start and end; None when it is off duty."""
        return self.calendar.current(unit.roster, at)

    def on_duty(self, unit: Unit, at: int) -> bool:
        """Whether a unit is on duty at this instant."""
        return self.shift(unit, at) is not None

    def due(self, urgency: Urgency, since: int) -> int:
        """When somebody who asked for care at `since` should have it at the latest."""
        wait = self.norms.waiting_ms[urgency]
        if isinstance(wait, NextWorkingDay):
            return self.calendar.instant(self.calendar.next_working_day(since), self.norms.working_day_ends)
        return since + wait

    def per_hour(self, weights: HourlyWeights, per_year: float, at: int) -> float:
        """How many are expected in the hour around this instant; a bank holiday is a Sunday."""
        weekday = self.calendar.weekday(self.calendar.day(at))
        return per_year / WEEKS_PER_YEAR * weights.share(weekday, self.calendar.hour(at))


WEEKS_PER_YEAR = 365.25 / 7
