"""How long the ranked choice of care takes: 2,000 units and the places of 25 regions, on one core.

    python benchmarks/bench_ranking.py

The promise is 20 ms at p99 for what a dispatcher asks with one key: which kinds of care can be had (all of them),
and everybody ranked for the one that is chosen, with the sentences of forty rows. Prints each part and both together:
by the clock on the wall, and in processor time, which a busy machine disturbs less. The worlds are drawn with fixed
seeds, so two runs measure the same work.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from time import perf_counter_ns, process_time_ns

from schakel.domain.candidates import Candidate, Due, Job, Member, PlaceCandidate, Search, Terms, rank, reach
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.fitting_care import NEEDS, options
from schakel.domain.region.model import RoutingRule
from schakel.domain.states import DeploymentStatus, UnitStatus
from schakel.domain.travel import Estimate, Point
from schakel.domain.vocabulary import AmbulanceUrgency, Care, Complaint, PlaceKind, UnitKind, Urgency

UNITS = 2_000
REGIONS = 25
PLACES_PER_REGION = 40
RUNS = 500
NOW = 1_800_000_000_000

#: About how a fleet is made up, and the care whose crew each kind carries.
FLEET: dict[UnitKind, tuple[int, Care]] = {
    UnitKind.ALS: (40, Care.ALS),
    UnitKind.MCA: (10, Care.MCA),
    UnitKind.CARE_AMBULANCE: (10, Care.CARE_AMBULANCE),
    UnitKind.RAPID: (8, Care.RAPID),
    UnitKind.RAPID_HAG: (4, Care.RAPID_HAG),
    UnitKind.GP_CAR: (12, Care.GP_VISIT),
    UnitKind.PRACTITIONER_CAR: (4, Care.NURSE_PRACTITIONER),
    UnitKind.NURSE: (8, Care.DISTRICT_NURSE),
    UnitKind.CRISIS_TEAM: (4, Care.CRISIS_TEAM),
}


def a_point(dice: random.Random, around: Point, spread: float) -> Point:
    return Point(around.lat + dice.uniform(-spread, spread), around.lon + dice.uniform(-spread, spread))


def a_unit(dice: random.Random, key: int, base: Point) -> Candidate:
    [kind] = dice.choices(list(FLEET), [share for share, _ in FLEET.values()])
    crew = NEEDS[FLEET[kind][1]].crew
    free = dice.random() < 0.6
    return Candidate(
        key=key,
        callsign=f"{key:05}",
        kind=kind,
        organisation=key % REGIONS,
        status=dice.choices((UnitStatus.ON_DUTY, UnitStatus.OFF_DUTY, UnitStatus.ABSENT), (75, 20, 5))[0],
        base=base,
        until=NOW + dice.randrange(10 * MINUTE, 8 * HOUR),
        position=base if free else a_point(dice, base, 0.1),
        positioned_at=NOW - dice.randrange(10 * MINUTE),
        jobs_open=0 if free else 1,
        jobs=() if free else (Job(key, Care.ALS, AmbulanceUrgency.A2, DeploymentStatus.UNDER_WAY, NOW - 10 * MINUTE),),
        crew=tuple(Member(10 * key + i, dice.choice(slot)) for i, slot in enumerate(crew)),
        takes_requests=True,
    )


def a_world(seed: int) -> tuple[list[Candidate | PlaceCandidate], Search]:
    dice = random.Random(seed)
    middles = [Point(dice.uniform(51.3, 53.2), dice.uniform(4.2, 6.8)) for _ in range(REGIONS)]
    units = [a_unit(dice, key, a_point(dice, dice.choice(middles), 0.25)) for key in range(UNITS)]
    places = [
        PlaceCandidate(
            key=key,
            name=f"place {key}",
            kind=dice.choice(list(PlaceKind)),
            organisation=key % REGIONS,
            point=a_point(dice, middles[key % REGIONS], 0.25),
            shelf_life=30 * MINUTE,
            open_now=True,
            free=dice.randrange(4),
            measured_at=NOW - dice.randrange(HOUR),
        )
        for key in range(REGIONS * PLACES_PER_REGION)
    ]
    terms = Terms(travel=Estimate(), position_shelf_life_ms=5 * MINUTE, visit_ms={UnitKind.GP_CAR: 25 * MINUTE})
    search = Search(
        terms=terms,
        now=NOW,
        point=a_point(dice, dice.choice(middles), 0.2),
        request=-1,
        urgency=Urgency.U1,
        ambulance_urgency=AmbulanceUrgency.A1,
        response=Due(NOW + 13 * MINUTE, 15 * MINUTE),
        waiting=Due(NOW + 55 * MINUTE, HOUR),
    )
    return [*units, *places], search


RULE = RoutingRule("r1", frozenset({Urgency.U1}), frozenset[Complaint](), (Care.RAPID_HAG, Care.ALS), "as agreed")


def which(everybody: list[Candidate | PlaceCandidate], search: Search) -> None:
    options(RULE, urgency=search.urgency, life_threat=True, reach=reach(everybody, search))


def who(everybody: list[Candidate | PlaceCandidate], search: Search) -> None:
    shown = rank(everybody, Care.ALS, search)
    for row in (*shown.can[:20], *shown.cannot[:20]):
        str(row.reason)


def both(everybody: list[Candidate | PlaceCandidate], search: Search) -> None:
    which(everybody, search)
    who(everybody, search)


def measured(work: Callable[[list[Candidate | PlaceCandidate], Search], None]) -> str:
    """Median and p99, by the clock on the wall and in processor time, over runs that each meet one of ten worlds."""
    worlds = [a_world(seed) for seed in range(10)]
    gc.collect()
    wall, own = [], []
    for run in range(RUNS):
        everybody, search = worlds[run % len(worlds)]
        wall_start, own_start = perf_counter_ns(), process_time_ns()
        work(everybody, search)
        own.append((process_time_ns() - own_start) / 1e6)
        wall.append((perf_counter_ns() - wall_start) / 1e6)
    return "   ".join(
        f"{name} median {sorted(times)[RUNS // 2]:6.2f} ms, p99 {sorted(times)[int(RUNS * 0.99)]:6.2f} ms"
        for name, times in (("wall", wall), ("processor", own))
    )


if __name__ == "__main__":
    print(f"{UNITS} units, {REGIONS * PLACES_PER_REGION} places, {RUNS} runs each")
    for name, work in (("which care", which), ("who", who), ("both", both)):
        print(f"{name:10}   {measured(work)}", flush=True)
