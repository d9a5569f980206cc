"""From a variant to what the engines play: the one place where a scenario's fleet and rules become a world.

A variant changes the region first, as if its file said so; the region then becomes a world in the usual way. A new key
of a scenario is a new change here, and whatever `world_of` learns to read from a region, every variant has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from schakel.domain.durations import DAY
from schakel.domain.region import Base, Region, Unit
from schakel.planning.policies import ComplianceTable, Dmexclp, GoHome, Policy, Relocation
from schakel.planning.region import world_of
from schakel.planning.scenario.model import Fleet, Scenario, Variant
from schakel.planning.scenario.words import Moved
from schakel.planning.world import World


def region_of(region: Region, fleet: Fleet) -> Region:
    """The region with this fleet instead of its own."""
    stations: dict[str, Base] = {one.id: one for one in (*region.bases, *fleet.stations)}
    units = [_changed(unit, fleet) for unit in region.units if unit.callsign not in fleet.removed]
    for addition in fleet.added:
        for _ in range(addition.number):
            units.append(
                Unit(
                    callsign=f"+{len(units) + 1}",
                    kind=addition.kind,
                    organisation=stations[addition.station].organisation,
                    base=addition.station,
                    roster=addition.roster,
                )
            )
    return replace(
        region,
        bases=tuple(stations.values()),
        units=tuple(units),
        places=tuple(place for place in region.places if place.id not in fleet.closed),
    )


def _changed(unit: Unit, fleet: Fleet) -> Unit:
    return replace(
        unit,
        base=fleet.moved.get(unit.callsign, unit.base),
        roster=fleet.rosters.get(unit.callsign, unit.roster),
    )


def world_for(scenario: Scenario, variant: Variant) -> World:
    """The world of a variant. Units are on duty for a day longer than is counted: who called last must be served."""
    region = region_of(scenario.region, variant.fleet)
    world = world_of(region, scenario.warms_up_from, scenario.ends + DAY)
    margin = variant.rules.margin_ms
    return world if margin is None else replace(world, margin_ms=margin)


def policy_of(scenario: Scenario, variant: Variant, world: World) -> Policy:
    """The rules of a variant in its world. DMEXCLP expects demand where people live, as the variant lets it grow."""
    rules, region = variant.rules, region_of(scenario.region, variant.fleet)
    relocation: Relocation = GoHome()
    match rules.relocation:
        case Moved.DMEXCLP:
            per_zone = np.array([zone.inhabitants for zone in region.zones]) * zone_factors(region, variant)
            relocation = Dmexclp.of(world, per_zone, rules.busy, scenario.reach_ms)
        case Moved.COMPLIANCE_TABLE:
            relocation = ComplianceTable.of(world, _table(rules.table, [base.id for base in region.bases]))
        case Moved.GO_HOME:
            pass
    return Policy(relocation, preempt=rules.preempt)


def zone_factors(region: Region, variant: Variant) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """By how much demand differs from that of the region's file, zone by zone."""
    growth = variant.growth
    return np.array([growth.factor * growth.municipality.get(zone.municipality, 1.0) for zone in region.zones])


def _table(rows: tuple[Mapping[str, int], ...], stations: list[str]) -> list[list[int]]:
    """The rows of a compliance table by station, with the one for nobody before them."""
    return [[row.get(station, 0) for station in stations] for row in ({}, *rows)]
