"""A region file as a simulation needs it: its zones, bases and units with their rosters, and a year's demand.

What the file says is kept; what it does not say is said here. Requests for a visiting GP, a crisis team, planned
transport, and advice by telephone are drawn beside those for an ambulance. Consults at the GP post, the district nurse
and the emergency departments as queues are added by `chain_region`.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians

import numpy as np
from numpy.typing import NDArray

from schakel.domain.durations import DAY, HOUR
from schakel.domain.region import Duration, HourlyWeights, Region
from schakel.domain.travel import KM_PER_DEGREE, Point, distance_km
from schakel.domain.vocabulary import AmbulanceUrgency, Care, PlaceKind, Urgency
from schakel.planning.demand import Demand, Profile, draw, together
from schakel.planning.world import Unit, World

#: For whom an ambulance of each class is asked, and which: the first urgency that the file maps to the class.
CARE_OF_CLASS: dict[AmbulanceUrgency, Care] = {
    AmbulanceUrgency.A0: Care.ALS,
    AmbulanceUrgency.A1: Care.ALS,
    AmbulanceUrgency.A2: Care.ALS,
    AmbulanceUrgency.B1: Care.MCA,
    AmbulanceUrgency.B2: Care.CARE_AMBULANCE,
}
URGENT = (AmbulanceUrgency.A0, AmbulanceUrgency.A1, AmbulanceUrgency.A2)
PLANNED = (AmbulanceUrgency.B1, AmbulanceUrgency.B2)

AT_ONCE = Duration(0, 0.0)


def world_of(region: Region, since: int, until: int) -> World:
    """The region between two moments (ms since 1970), its units on duty by their rosters."""
    points = [zone.point for zone in region.zones]
    south, west = min(point.lat for point in points), min(point.lon for point in points)
    shrink = cos(radians(sum(point.lat for point in points) / len(points)))
    ways = np.array([region.travel.from_many(points, end, True) for end in points], dtype=np.int64).T
    np.fill_diagonal(ways, 0)
    at_base = {base.id: number for number, base in enumerate(region.bases)}
    norms = region.norms

    def norm(urgency: Urgency) -> int:
        wait = norms.waiting_ms[urgency]
        in_time = wait if isinstance(wait, int) else DAY  # by the end of the next working day
        return norms.response_ms.get(region.urgency_mapping.to[urgency], in_time)

    def nearest(point: Point) -> int:
        return min(range(len(points)), key=lambda zone: distance_km(points[zone], point))

    return World(
        x=np.rint([(point.lon - west) * shrink * KM_PER_DEGREE * 1000 for point in points]),
        y=np.rint([(point.lat - south) * KM_PER_DEGREE * 1000 for point in points]),
        signals_ms=ways,
        bases=np.array([nearest(base.point) for base in region.bases]),
        fleet=tuple(
            Unit(unit.kind, at_base[unit.base], tuple(_shifts(region, unit.callsign, since, until)))
            for unit in region.units
        ),
        hospitals=np.array([nearest(place.point) for place in region.places if place.kind is PlaceKind.SEH]),
        zones=tuple(zone.id for zone in region.zones),
        turn_out_ms=region.durations.turn_out.median_ms,
        norm_ms={urgency: norm(urgency) for urgency in Urgency},
        class_of=region.urgency_mapping.to,
    )


def demand_of(region: Region, since: int, until: int, seed: int, replication: int = 0) -> Demand:
    """Requests between two moments, as the region's file expects them; a bank holiday is a Sunday."""
    told, lasts = region.demand, region.durations
    people = np.array([zone.inhabitants for zone in region.zones], dtype=np.float64)
    urgency_of = {kind: urgency for urgency, kind in reversed(list(region.urgency_mapping.to.items()))}
    hap_mix = dict(told.hap_urgency_share)

    def hourly(weights: HourlyWeights, per_year: float) -> NDArray[np.float64]:
        return np.array([region.per_hour(weights, per_year, at) for at in range(since, until, HOUR)])

    def visits(
        weights: HourlyWeights, per_year: float, mix: dict[Urgency, float], care: Care, stay: Duration
    ) -> Profile:
        return Profile(
            hourly=hourly(weights, per_year),
            zone=people,
            mix={(urgency, care): share for urgency, share in mix.items()},
            transported={},
            handling=lasts.telephone_triage,
            on_scene=stay,
            on_scene_no_transport=stay,
            handover=AT_ONCE,
            clearing=AT_ONCE,
        )

    def rides(weights: HourlyWeights, classes: tuple[AmbulanceUrgency, ...], transported: float) -> Profile:
        a_year = {kind: float(told.ambulance_per_year[kind]) for kind in classes if kind in urgency_of}
        return Profile(
            hourly=hourly(weights, sum(a_year.values())),
            zone=people,
            mix={(urgency_of[kind], CARE_OF_CLASS[kind]): number for kind, number in a_year.items()},
            transported=dict.fromkeys(Urgency, transported),
            handling=lasts.call_handling,
            on_scene=lasts.on_scene,
            on_scene_no_transport=lasts.on_scene_no_transport,
            handover=lasts.handover,
            clearing=lasts.clearing,
        )

    hap = told.hap_per_year
    profiles = (
        rides(told.urgent_hours, URGENT, 1 - told.no_transport_share),
        rides(told.planned_hours, PLANNED, 1.0),
        visits(told.hap_hours, hap * told.hap_visit_share, hap_mix, Care.GP_VISIT, lasts.gp_visit),
        visits(told.hap_hours, hap * told.hap_advice_share, hap_mix, Care.ADVICE, AT_ONCE),
        visits(
            told.crisis_hours,
            told.crisis_per_year,
            dict(told.crisis_urgency_share),
            Care.CRISIS_TEAM,
            lasts.crisis_visit,
        ),
    )
    return together(
        *(draw(profile, 1, seed, replication, start=since, stream=stream) for stream, profile in enumerate(profiles))
    )


def _shifts(region: Region, callsign: str, since: int, until: int) -> Iterator[tuple[int, int]]:
    """The shifts of a unit that touch the period, one after another; what lies before it is cut off."""
    calendar, roster = region.calendar, region.unit[callsign].roster
    span = calendar.current(roster, since)
    end = since
    while True:
        if span is not None:
            yield max(span.start, end), span.end
            end = span.end
        moment = end if calendar.current(roster, end) else calendar.next_start(roster, end)
        if moment is None or moment >= until:
            return
        span = calendar.current(roster, moment)
