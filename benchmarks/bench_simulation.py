"""How many calls a second are simulated, on one core: the kernel beside a SimPy model of the same world.

    python benchmarks/bench_simulation.py [folder with the Utrecht files]

The world: 231 postcode areas of the province of Utrecht with siren driving times of 2022, 21 bases, 5 hospitals, 18 or
23 ambulances round the clock, one A1 call in eight minutes on average. Every run meets the same calls. SimPy plays the
static rule alone and keeps one response time per call; the kernel keeps the whole log of events, as columns, and is
timed from demand to log. Seconds are those of the processor, which a busy machine disturbs less. The mean response of
both is printed: it must be the same. Without the files a made-up province of the same size is used, and said so.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
import simpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from schakel.domain.durations import MINUTE
from schakel.domain.region import Duration
from schakel.domain.vocabulary import Care, UnitKind, Urgency
from schakel.indicators import EventLog, mobile_care_consults, reached_within, response_times, utilisation
from schakel.planning import kernel
from schakel.planning.demand import Demand, Profile, draw
from schakel.planning.policies import Dmexclp, GoHome, Policy
from schakel.planning.world import Unit, World
from utrecht import Utrecht, utrecht

RUNS = 5
WEEKS = 400  # about half a million calls
SIMPY_WEEKS = 40
PER_HOUR = 7.5


def a_province() -> Utrecht:
    """Of the size of Utrecht, for a machine without the files."""
    dice = np.random.default_rng(1)
    x, y = dice.uniform(0, 50_000, (2, 231))
    minutes = np.hypot(x[:, None] - x, y[:, None] - y) / 1000 * 0.95
    bases = dice.choice(231, 21, replace=False)
    return Utrecht([], x, y, dice.random(231), minutes, bases, bases[:5], bases[np.arange(23) % 21])


def a_world(u: Utrecht, units: int) -> World:
    index = {int(zone): base for base, zone in enumerate(u.bases)}
    homes = [index[int(zone)] for zone in u.homes]
    kept = np.linspace(0, len(homes) - 1, units).round().astype(int)
    return World(
        x=np.rint(u.x),
        y=np.rint(u.y),
        signals_ms=np.rint(u.minutes * MINUTE),
        bases=u.bases,
        fleet=tuple(Unit(UnitKind.ALS, homes[i]) for i in kept),
        hospitals=u.hospitals,
        turn_out_ms=MINUTE,
    )


def a_demand(u: Utrecht, weeks: int, a0: float = 0.0) -> Demand:
    return draw(
        Profile(
            hourly=np.full(168, PER_HOUR),
            zone=u.people,
            mix={(Urgency.U0, Care.ALS): a0, (Urgency.U1, Care.ALS): 1 - a0},
            transported={Urgency.U0: 0.72, Urgency.U1: 0.72},
            handling=Duration(2 * MINUTE, 0.0),
            on_scene=Duration(18 * MINUTE, 0.45),
            on_scene_no_transport=Duration(35 * MINUTE, 0.45),
            handover=Duration(17 * MINUTE, 0.4),
            clearing=Duration(5 * MINUTE, 0.5),
        ),
        weeks,
        seed=7,
    )


def with_simpy(world: World, demand: Demand) -> list[int]:
    """The same world and the same calls, as a planner would write it with SimPy. Gives the response times."""
    env = simpy.Environment()
    ways, plain = world.ways_ms[1].tolist(), world.ways_ms[0].tolist()
    bases = world.bases.tolist()
    hospital_of = world.hospital_of.tolist()
    xs, ys = world.x.tolist(), world.y.tolist()
    cells, (west, south, cell) = world.raster.zone.tolist(), world.raster[1:]
    homes = [bases[unit.home] for unit in world.fleet]
    idle = [True] * len(homes)
    where = [(home, home, 0, 0) for home in homes]  # from, to, left at, whole way
    queue: list[tuple[int, simpy.Event]] = []
    responses: list[int] = []

    def zone(u: int) -> int:
        start, end, left, whole = where[u]
        if not whole:
            return end
        driven = int(env.now) - left
        if driven >= whole:
            return end
        x = xs[start] + (xs[end] - xs[start]) * driven // whole
        y = ys[start] + (ys[end] - ys[start]) * driven // whole
        return cells[(x - west) // cell][(y - south) // cell]

    def call(received: int, at: int, on_scene: int, along: bool, handover: int, clearing: int):  # type: ignore[no-untyped-def]
        u, start, best = -1, -1, 1 << 60
        for i, free in enumerate(idle):
            if free:
                here = zone(i)
                if ways[here][at] < best:
                    u, start, best = i, here, ways[here][at]
        if u < 0:
            got = env.event()
            queue.append((at, got))
            u, start = yield got
        idle[u] = False
        yield env.timeout(world.turn_out_ms + ways[start][at])
        responses.append(int(env.now) - received)
        stay = on_scene + clearing
        end = at
        if along:
            end = hospital_of[at]
            stay += ways[at][end] + handover
        yield env.timeout(stay)
        if queue:
            _, got = queue.pop(0)
            where[u] = (end, end, 0, 0)
            got.succeed((u, end))
            return
        idle[u] = True
        where[u] = (end, homes[u], int(env.now), plain[end][homes[u]])

    def calls():  # type: ignore[no-untyped-def]
        ready = (demand.at + demand.handling).tolist()
        rows = zip(
            demand.at.tolist(), ready, demand.zone.tolist(), demand.on_scene.tolist(), demand.transported.tolist(),
            demand.handover.tolist(), demand.clearing.tolist(), strict=True,
        )  # fmt: skip
        for received, now, at, on_scene, along, handover, clearing in rows:
            yield env.timeout(now - env.now)
            env.process(call(received, at, on_scene, along, handover, clearing))

    env.process(calls())
    env.run()
    return responses


def timed(work):  # type: ignore[no-untyped-def]
    """The median, best and result over some runs."""
    times, result = [], None
    for _ in range(RUNS):
        start = process_time()
        result = work()
        times.append(process_time() - start)
    return median(times), min(times), result


def mean_minutes(log: EventLog) -> float:
    spread = response_times(log, Urgency.U1)
    return float((spread.ms * spread.over).sum() / spread.over.sum() / MINUTE)


def main() -> None:
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SCHAKEL_SHARED", "../shared"))
    real = (shared / "data" / "utrecht").is_dir()
    province = utrecht(shared) if real else a_province()
    where = "The province of Utrecht" if real else "A made-up province: the Utrecht files are not here"
    print(f"{where}; {RUNS} runs each")
    long, short = a_demand(province, WEEKS), a_demand(province, SIMPY_WEEKS)
    urgent = a_demand(province, WEEKS, a0=0.05)
    for units in (18, 23):
        world = a_world(province, units)
        static = Policy(GoHome())
        runs = {
            "static": (long, static),
            "static, 5 % A0 that take": (urgent, Policy(GoHome(), preempt=True)),
            "DMEXCLP, q=0.3": (long, Policy(Dmexclp.of(world, province.people, 0.3, 12 * MINUTE))),
        }
        middle, best, responses = timed(lambda world=world: with_simpy(world, short))
        theirs = len(short) / middle
        same = mean_minutes(kernel.play(world, short, static))
        print(f"\n{units} ambulances                      calls/s: median       best   beside SimPy")
        print(f"  {'SimPy, static':34}{theirs:11,.0f}{len(short) / best:11,.0f}")
        for name, (demand, policy) in runs.items():
            middle, best, log = timed(lambda w=world, d=demand, p=policy: kernel.play(w, d, p))
            print(
                f"  {'kernel, ' + name:34}{len(demand) / middle:11,.0f}{len(demand) / best:11,.0f}"
                f"{len(demand) / middle / theirs:13.1f} x   {len(log) / len(demand):.1f} events a call"
            )
        print(f"  mean response of the same calls: SimPy {np.mean(responses) / MINUTE:.3f} min, kernel {same:.3f} min")
    start = process_time()
    figures = [
        f"{name} {count.share:.3f}"
        for name, count in (
            ("within 15 minutes", reached_within(log, Urgency.U1, 15 * MINUTE)),
            ("consults", mobile_care_consults(log)),
            ("busy", utilisation(log)),
        )
    ]
    figures.append(f"P95 {response_times(log, Urgency.U1).percentile(95) / MINUTE:.2f} min")
    seconds = process_time() - start
    print(f"\nIndicators of {len(long):,} calls, {len(log):,} events: {seconds:.2f} s ({', '.join(figures)})")


if __name__ == "__main__":
    main()
