"""How long a year of the whole country takes, on two processes: from drawing the demand to the figures.

    python benchmarks/bench_country.py
    python benchmarks/bench_country.py --whole-chain

Twenty-five times the region of Midden-Nederland, each with people of its own (1.307 million inhabitants; so 32.7
million in all, nearly twice the country). Ambulances, visiting GPs, crisis teams and advice by telephone are played;
with `--whole-chain` also consults at the GP post, district nurses, and emergency departments as queues. The time of
starting the processes and reading the region file counts; compiling, once on a machine, does not.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import perf_counter

from schakel.domain.durations import DAY, MINUTE
from schakel.domain.region import load
from schakel.domain.vocabulary import Urgency
from schakel.indicators import Count, Spread, mobile_care_consults, reached_within, response_times, utilisation
from schakel.planning import GoHome, Policy, World, chain_demand_of, chain_of, demand_of, play, world_of

REGIONS = 25
SINCE = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1000
UNTIL = SINCE + 365 * DAY
WHOLE_CHAIN = "--whole-chain" in sys.argv
FILE = Path(__file__).resolve().parents[1] / "regions" / "midden-nederland.toml"


@cache
def a_region(until: int) -> tuple[object, World]:
    region = load(FILE)
    return region, (chain_of if WHOLE_CHAIN else world_of)(region, SINCE, until)


def a_year(number: int, until: int = UNTIL) -> tuple[int, int, int, Count, Count, Count, Spread]:
    """Requests, deployments, events, and the figures of one region."""
    region, world = a_region(until)
    if WHOLE_CHAIN:
        demand = chain_demand_of(region, world, SINCE, until, seed=1, replication=number)  # type: ignore[arg-type]
    else:
        demand = demand_of(region, SINCE, until, seed=1, replication=number)  # type: ignore[arg-type]
    log = play(world, demand, Policy(GoHome(), preempt=True), until=until).between(SINCE + DAY, until)
    return (
        len(demand),
        len(log.keys("deployment")),
        len(log),
        reached_within(log, Urgency.U1, 15 * MINUTE),
        mobile_care_consults(log),
        utilisation(log),
        response_times(log, Urgency.U1),
    )


if __name__ == "__main__":
    a_year(0, SINCE + 7 * DAY)
    start = perf_counter()
    with ProcessPoolExecutor(2) as pool:
        years = list(pool.map(a_year, range(REGIONS)))
    seconds = perf_counter() - start
    requests, deployments, events, within, consults, busy, response = (
        years[0][i] if REGIONS == 1 else sum((year[i] for year in years[1:]), years[0][i]) for i in range(7)
    )
    print(f"{REGIONS} regions, a year: {requests:,} requests, {deployments:,} deployments, {events:,} events")
    print(f"{seconds:.1f} s on the clock, two processes, demand and figures included")
    print(
        f"A1 within 15 minutes {within.share:.3f}, consults {consults.share:.3f}, busy {busy.share:.3f}, "
        f"P95 {response.percentile(95) / MINUTE:.1f} min"
    )
