"""Where a hundred stations should be for fifteen million addresses: merged in chunks, solved to a proven optimum.

    python benchmarks/bench_location.py [points]

Addresses are drawn around four hundred invented towns on a map as large as the Netherlands, in chunks, so that at no
time all of them with their sites are in memory. Told are the seconds on the clock from the coordinates to an answer
that was counted again from every address, and the most memory that the process has had.
"""

from __future__ import annotations

import resource
import sys
from time import perf_counter, process_time

import numpy as np
from result import tell

from schakel.domain.travel import Point
from schakel.planning.location import Asked, Model, Site, Siting, locate

POINTS = 15_000_000
SITES = 100
TOWNS = 400
STATIONS = 40

#: The whole of it on two cores, the counting again included.
PROMISED_S = 60.0


def a_country(points: int, seed: int = 1) -> Siting:
    """Addresses around towns whose sizes fall with their rank, and sites spread by chance."""
    dice = np.random.default_rng(seed)
    corner, span = np.array([51.0, 4.0]), np.array([2.2, 2.6])
    towns = corner + dice.random((TOWNS, 2)) * span
    sizes = 1 / np.arange(1, TOWNS + 1)
    town = dice.choice(TOWNS, points, p=sizes / sizes.sum())
    lat = towns[town, 0] + 0.03 * dice.standard_normal(points)
    lon = towns[town, 1] + 0.05 * dice.standard_normal(points)
    sites = corner + dice.random((SITES, 2)) * span
    return Siting(
        name="invented addresses",
        ids=(),
        lat=lat,
        lon=lon,
        weight=np.ones(points),
        area=np.empty(0, dtype="<U1"),
        sites=tuple(Site(f"s{number}", f"s{number}", Point(*at)) for number, at in enumerate(sites.tolist())),
    )


def main(points: int) -> None:
    place = a_country(points)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = perf_counter()
    sets = place.merged(12.0)
    merged, begun = perf_counter(), process_time()
    answer = locate(place, Asked(Model.MCLP, number=STATIONS))
    seconds = perf_counter() - merged
    work = process_time() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert answer.placement.gap == 0, "proven"
    print(f"{points:,} points x {SITES} sites: {len(sets):,} classes; merging alone {merged - start:.1f} s")
    print(f"{answer.outcome.share(1):.2%} within 12 minutes of {STATIONS} stations, {answer.proven}, counted again")
    print(f"{work:.1f} s of processor time from coordinates to answer, which other work disturbs less than the clock")
    print(f"coordinates and weights take {held:.0f} MiB; {most - held:.0f} MiB more at most")
    tell(
        f"{points / 1e6:.0f} million points x {SITES} sites, proven optimal",
        f"{PROMISED_S:.0f} s",
        f"{seconds:.1f} s",
        n=1,
        kept=seconds <= PROMISED_S * points / POINTS or points < POINTS,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else POINTS)
