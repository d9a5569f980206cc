"""A region file as the whole chain: its GP posts and emergency departments, and everybody who comes there.

What the file says is kept. What it does not say is said here, each figure with its source; *own* is general knowledge
for which no source was found, and the first thing a region replaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.region import Duration, HourlyWeights, Region
from schakel.domain.region.hours import Window
from schakel.domain.travel import distance_km
from schakel.domain.vocabulary import AmbulanceUrgency, Care, PlaceKind, Urgency
from schakel.planning.demand import ChainDemand, Demand, Profile, WalkIns, draw, spread, together
from schakel.planning.places import Place
from schakel.planning.region import AT_ONCE, demand_of, world_of
from schakel.planning.world import MILLION, World

#: A year, for each inhabitant: 1.8 million treatments (volksgezondheidenzorg.info) among 17.6 million people.
DEPARTMENT_VISITS = 1_800_000 / 17_600_000

#: The share that comes by ambulance, MMT or 112 (NTvG D970, 2015). Those are the requests; the others are walk-ins.
BY_AMBULANCE = 0.16

#: How long somebody has a room of an emergency department (own, low).
STAY = Duration(130 * MINUTE, 0.6)

#: How urgent those are who come by themselves (own, low).
DEPARTMENT_MIX = {Urgency.U1: 0.05, Urgency.U2: 0.30, Urgency.U3: 0.45, Urgency.U4: 0.20}

#: How urgent requests for a district nurse are, and over the day they spread as urgent care does (own, low).
NURSE_MIX = {Urgency.U3: 0.5, Urgency.U4: 0.5}

#: The care of a second unit that goes beside the first: two ambulances for whoever may need resuscitation (own, high).
BESIDE = {AmbulanceUrgency.A0: Care.ALS}

#: How many offers of a request have a throw of chance of their own; later ones are accepted.
THROWS = 4

#: The streams of chance of `demand_of` come first.
HAP_STREAM, NURSE_STREAM, DEPARTMENT_STREAM, CARE_STREAM = range(10, 14)


def chain_of(region: Region, since: int, until: int) -> World:
    """The region between two moments (ms since 1970) with its GP posts and emergency departments.

    A place has as many rooms with staff as the file gives it capacity, at all hours.
    """
    world = world_of(region, since, until)
    points = [zone.point for zone in region.zones]
    places = [
        Place(
            kind=place.kind,
            zone=min(range(len(points)), key=lambda zone, at=place.point: distance_km(points[zone], at)),  # type: ignore[misc]
            rooms=((0, place.capacity),),
            hours=tuple(_open(region, place.hours, since, until)),
        )
        for place in region.places
        if place.kind in (PlaceKind.SEH, PlaceKind.HAP)
    ]
    return replace(world, places=tuple(places), hospitals=np.empty(0, dtype=np.int64))


def chain_demand_of(
    region: Region, world: World, since: int, until: int, seed: int, replication: int = 0
) -> ChainDemand:
    """Everybody who asks for care between two moments: `demand_of`, consults at GP posts, and the district nurse.

    Beside them those who come to an emergency department by themselves, each to the nearest from where they live.
    `world` is that of `chain_of`. Each request has the time that every other kind of care would take; an A0 gets two
    ambulances. Nobody says no unless the world has `answers`, and no rule chooses care before complaints are drawn.
    """
    told, lasts = region.demand, region.durations
    people = np.array([zone.inhabitants for zone in region.zones], dtype=np.float64)

    def hourly(weights: HourlyWeights, per_year: float) -> NDArray[np.float64]:
        return np.array([region.per_hour(weights, per_year, at) for at in range(since, until, HOUR)])

    def asked(
        weights: HourlyWeights, per_year: float, mix: dict[Urgency, float], care: Care, stay: Duration, stream: int
    ) -> Demand:
        profile = Profile(
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
        return draw(profile, 1, seed, replication, start=since, stream=stream)

    consults, nurses = told.hap_per_year * told.hap_consult_share, float(told.district_nurse_per_year)
    demand = together(
        demand_of(region, since, until, seed, replication),
        asked(
            told.hap_hours, consults, dict(told.hap_urgency_share), Care.HAP_APPOINTMENT, lasts.hap_consult, HAP_STREAM
        ),
        asked(told.urgent_hours, nurses, NURSE_MIX, Care.DISTRICT_NURSE, lasts.nurse_visit, NURSE_STREAM),
    )
    dice = np.random.default_rng(np.random.SeedSequence([seed, replication, CARE_STREAM]))
    size = len(demand)
    visits = {
        Care.GP_VISIT: lasts.gp_visit,
        Care.NURSE_PRACTITIONER: lasts.practitioner_visit,
        Care.DISTRICT_NURSE: lasts.nurse_visit,
        Care.CRISIS_TEAM: lasts.crisis_visit,
        Care.HAP_APPOINTMENT: lasts.hap_consult,
    }
    classes = [world.class_of[urgency] for urgency in Urgency]
    second_of = np.array([tuple(Care).index(BESIDE[one]) if one in BESIDE else -1 for one in classes])
    throw = dice.standard_normal(size)
    on_scene_of = np.repeat(demand.on_scene[:, None], len(Care), axis=1)
    for code, care in enumerate(Care):
        if care in visits:
            on_scene_of[:, code] = np.where(demand.care == code, demand.on_scene, spread(visits[care], throw))
    return ChainDemand.of(
        demand,
        on_scene_of=on_scene_of,
        stay=spread(STAY, dice.standard_normal(size)),
        throws=dice.integers(0, MILLION, (size, THROWS)),
        second=np.where(demand.care == tuple(Care).index(Care.ALS), second_of[demand.urgency], -1),
        walk_ins=_walk_ins(region, world, people, hourly(told.urgent_hours, 1.0), since, seed, replication),
    )


def _walk_ins(
    region: Region,
    world: World,
    people: NDArray[np.float64],
    hourly: NDArray[np.float64],
    since: int,
    seed: int,
    replication: int,
) -> WalkIns:
    """Who comes to an emergency department without an ambulance. hourly: one visit a year spread over the period."""
    a_year = region.inhabitants * DEPARTMENT_VISITS * (1 - BY_AMBULANCE)
    profile = Profile(
        hourly=hourly * a_year,
        zone=people,
        mix={(urgency, Care.ADVICE): share for urgency, share in DEPARTMENT_MIX.items()},
        transported={},
        handling=AT_ONCE,
        on_scene=STAY,
        on_scene_no_transport=STAY,
        handover=AT_ONCE,
        clearing=AT_ONCE,
    )
    came = draw(profile, 1, seed, replication, start=since, stream=DEPARTMENT_STREAM)
    departments = np.array(world.departments)
    zones = np.array([world.places[number].zone for number in world.departments])
    nearest = departments[world.signals_ms[:, zones].argmin(axis=1)]
    return WalkIns(at=came.at, place=nearest[came.zone], urgency=came.urgency, stay=came.on_scene)


def _open(region: Region, hours: tuple[Window, ...], since: int, until: int) -> Iterator[tuple[int, int]]:
    """When a place is open during the period, one span after another; spans that touch are one."""
    calendar, end = region.calendar, since
    begin = since if calendar.is_in(hours, since) else calendar.next_start(hours, since)
    while begin is not None and begin < until:
        span = calendar.current(hours, begin)
        assert span is not None, "where it opens it is open"
        end = max(span.end, begin + 1)
        while end < until and (more := calendar.current(hours, end)) is not None and more.end > end:
            end = more.end
        yield begin, end
        begin = calendar.next_start(hours, end)
