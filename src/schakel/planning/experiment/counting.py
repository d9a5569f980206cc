"""What one run amounts to: every indicator of the catalogue, for whom and where, as two counts or a spread of times.

*For whom* is a class of ambulance (A0 to B2) or, for other care, the kind of care. *Where* is the whole region, one of
its sub-regions, or for the map one municipality. The period is that of the log: what warmed up is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schakel.domain import events as e
from schakel.domain.durations import HOUR, SECOND
from schakel.domain.fitting_care import NEEDS, Giver
from schakel.domain.region import Region
from schakel.domain.vocabulary import AmbulanceUrgency, Care, UnitKind, Urgency
from schakel.indicators import (
    NEVER,
    NONE,
    Count,
    EventLog,
    Spread,
    mobile_care_consults,
    reached_within,
    response_times,
    utilisation,
    waits_for_a_unit,
)
from schakel.indicators.parts import parts
from schakel.planning.scenario.words import Quantity
from schakel.planning.world import World

#: The whole region.
WHOLE = ""

Whole = NDArray[np.int64]

URGENT = (AmbulanceUrgency.A0, AmbulanceUrgency.A1, AmbulanceUrgency.A2)


class About(NamedTuple):
    """What a figure is about: the indicator, for whom, and where."""

    indicator: str
    group: str
    area: str = WHOLE


#: What was counted in one run: shares as two counts, times as spreads.
Counted = Mapping[About, Count | Spread]

#: Of which indicators a spread is kept; the percentiles are taken of it.
RESPONSE, WAIT = "response", "wait"
SPREAD_OF = {Quantity.RESPONSE_P50: RESPONSE, Quantity.RESPONSE_P95: RESPONSE, Quantity.WAIT_P95: WAIT}
PERCENT_OF = {Quantity.RESPONSE_P50: 50.0, Quantity.RESPONSE_P95: 95.0, Quantity.WAIT_P95: 95.0}


def count(log: EventLog, world: World, region: Region, reach_ms: int) -> Counted:
    """Everything that is counted in a run. region: for its areas and its agreed waiting times."""
    found: dict[About, Count | Spread] = {}
    names = _groups()
    of_request = _group_of_request(log, world)
    area_of_zone = [zone.subregion for zone in region.zones]
    town_of_zone = [zone.municipality for zone in region.zones]
    zone = log.first_fact(e.Located, "zone")
    areas, towns = sorted(set(area_of_zone)), sorted(set(town_of_zone))
    in_area = _place(zone, area_of_zone, areas)
    in_town = _place(zone, town_of_zone, towns)

    for number, part in parts(log, "request", of_request).items():
        name = names[number]
        found |= _responses(part, world, region, name, WHOLE)
        found |= _waits(part, name)
        chosen = np.where(of_request == number, in_area, NONE)
        for place, piece in parts(log, "request", chosen).items():
            found |= _responses(piece, world, region, name, areas[place])
        if name == str(AmbulanceUrgency.A1):
            chosen = np.where(of_request == number, in_town, NONE)
            for place, piece in parts(log, "request", chosen).items():
                found |= _within(piece, world, region, name, towns[place])

    codes = [names.index(str(one)) for one in URGENT]
    found[About(Quantity.COVERED.value, "urgent")] = covered(log, np.isin(of_request, codes), reach_ms)
    found[About(Quantity.ON_THE_SPOT.value, "all")] = mobile_care_consults(log)
    found[About(Quantity.TAKEN_AWAY.value, "all")] = taken_away(log)
    kinds = tuple(UnitKind)
    of_unit = np.full(len(log.keys("unit")), NONE)
    known = log.keys("unit") < len(world.fleet)
    of_unit[known] = [kinds.index(world.fleet[unit].kind) for unit in log.keys("unit")[known].tolist()]
    for number, part in parts(log, "unit", of_unit).items():
        found[About(Quantity.UTILISATION.value, str(kinds[number]))] = utilisation(part)
    return found


def covered(log: EventLog, urgent: NDArray[np.bool_], reach_ms: int) -> Count:
    """Urgent requests for an ambulance that found one nearby: sent at once, and there within this drive.

    Cover as those met it who needed it. A request belongs to the period in which the care was chosen; the first unit
    that was sent counts, and one that was taken away before it came has not been there within the drive. A request
    whose drive began in the period and goes on after it is counted by what the drive turned out to be, if that is
    known, and is else not counted.
    """
    chosen, accepted = log.first(e.CareChosen), log.first(e.Accepted)
    departed, arrived = log.first(e.Departed), log.first(e.Arrived)
    counts = urgent & (chosen >= log.since) & (chosen < log.until)
    at_once = accepted <= chosen
    known = ~at_once | (arrived < NEVER)
    hit = at_once & (arrived < NEVER) & (arrived - departed <= reach_ms)
    return Count(int((hit & counts & known).sum()), int((counts & known).sum()))


def taken_away(log: EventLog) -> Count:
    """Jobs that were accepted in the period and taken away for an A0, of all jobs that were accepted."""
    accepted = log.first(e.Accepted, "deployment")
    counts = (accepted >= log.since) & (accepted < log.until)
    taken = log.first(e.Preempted, "deployment") < NEVER
    return Count(int((counts & taken).sum()), int(counts.sum()))


def planned_cover(world: World, people: Whole, reach_ms: int, since: int, until: int) -> tuple[Count, Count]:
    """By the rosters, before anybody calls: inhabitants within reach of one ALS unit on duty, and of two.

    Counted at every whole hour of the period and added up; both counts have the same whole. A unit is where its home
    is. people: the inhabitants of each zone.
    """
    als = [unit for unit in world.fleet if unit.kind is UnitKind.ALS]
    near = world.signals_ms[world.bases] <= reach_ms
    once = twice = whole = 0
    for at in range(since, until, HOUR):
        units = np.zeros(len(world.bases), dtype=np.int64)
        for unit in als:
            units[unit.home] += any(start <= at < end for start, end in unit.shifts)
        in_reach = units @ near
        once += int(people[in_reach >= 1].sum())
        twice += int(people[in_reach >= 2].sum())
        whole += int(people.sum())
    return Count(once, whole), Count(twice, whole)


def _responses(log: EventLog, world: World, region: Region, name: str, area: str) -> dict[About, Count | Spread]:
    times = [response_times(log, urgency) for urgency in _asked(log)]
    found: dict[About, Count | Spread] = dict(_within(log, world, region, name, area))
    found[About(RESPONSE, name, area)] = in_seconds(times)
    return found


def _within(log: EventLog, world: World, region: Region, name: str, area: str) -> dict[About, Count | Spread]:
    total = Count(0, 0)
    for urgency in _asked(log):
        total += reached_within(log, urgency, norm_ms(world, region, name, urgency))
    return {About(Quantity.WITHIN_NORM.value, name, area): total}


def norm_ms(world: World, region: Region, group: str, urgency: Urgency) -> int:
    """How soon somebody should be there: the response norm for an ambulance, else the longest wait that is agreed."""
    agreed = region.norms.waiting_ms[urgency]
    if group in set(map(str, AmbulanceUrgency)) or not isinstance(agreed, int):
        return world.norm_ms[urgency]
    return agreed


def _waits(log: EventLog, name: str) -> dict[About, Count | Spread]:
    waits = in_seconds([waits_for_a_unit(log, urgency) for urgency in _asked(log)])
    at_once = waits.within(0)
    return {
        About(WAIT, name): waits,
        About(Quantity.NOT_AT_ONCE.value, name): Count(at_once.of - at_once.hits, at_once.of),
    }


def in_seconds(spreads: Iterable[Spread]) -> Spread:
    """Several spreads as one, rounded up to whole seconds: ten thousand calls become some hundreds of lengths."""
    all_of_them = list(spreads)

    def up(ms: Whole) -> Whole:
        return -(-ms // SECOND) * SECOND

    over = [up(np.repeat(one.ms, one.over)) for one in all_of_them]
    still = [up(np.repeat(one.ms, one.open)) for one in all_of_them]
    return Spread(
        np.concatenate(over) if over else (),
        np.concatenate(still) if still else (),
    )


def _asked(log: EventLog) -> list[Urgency]:
    """The urgencies that occur in a log: each of the others would be a look at nothing."""
    codes = np.unique(log.column("urgency")[log.rows(e.Triaged)])
    return [tuple(Urgency)[code] for code in codes.tolist() if code != NONE]


def _groups() -> list[str]:
    return [*map(str, AmbulanceUrgency), *map(str, Care)]


def _group_of_request(log: EventLog, world: World) -> Whole:
    """The number of the group of each request; -1 for advice, which nobody goes to, and where it is not known."""
    names = _groups()
    care, urgency = log.first_fact(e.CareChosen, "care"), log.first_fact(e.Triaged, "urgency")
    of = np.full((len(Care) + 1, len(Urgency) + 1), NONE, dtype=np.int64)
    for c, one in enumerate(Care):
        if NEEDS[one].giver is not Giver.UNIT:
            continue
        for u, level in enumerate(Urgency):
            of[c, u] = names.index(str(world.class_of[level] if NEEDS[one].ambulance else one))
    found: Whole = of[care, urgency]
    return found


def _place(zone: Whole, names: list[str], known: list[str]) -> Whole:
    lookup = np.array([*(known.index(name) for name in names), NONE])
    found: Whole = lookup[zone]
    return found
