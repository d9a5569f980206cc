"""A country that nobody lives in, statistically like the Netherlands: 25 regions, towns by rank and size.

17.5 million people on 34,000 square kilometres. Each region is a square with a few dozen places, whose sizes fall with
their rank (Zipf), so that one or two hold a third of the people; regions differ in size by a factor of four or so.
Nothing in it is a real place.
"""

from __future__ import annotations

from math import cos, radians

import numpy as np

from schakel.domain.travel import KM_PER_DEGREE, Point
from schakel.planning.location.siting import Site, Siting

PEOPLE = 17_500_000
SIDE_KM = 37.0  # of a region: 25 times 37 x 37 km is 34,225 square kilometres
ACROSS = 5
SOUTH, WEST = 51.0, 4.0


def country(seed: int = 1, places: int = 36) -> Siting:
    """The country as points and sites: every place may hold a station. The area is the region."""
    dice = np.random.default_rng(seed)
    sizes = dice.lognormal(0, 0.45, ACROSS**2)
    sizes *= PEOPLE / sizes.sum()
    x, y, people, area = [], [], [], []
    for region in range(ACROSS**2):
        left, low = (region % ACROSS) * SIDE_KM, (region // ACROSS) * SIDE_KM
        spots: list[np.ndarray] = []
        while len(spots) < places:
            spot = dice.random(2) * SIDE_KM
            if all(np.hypot(*(spot - other)) > 2.5 for other in spots):
                spots.append(spot)
        weights = 1 / np.arange(1, places + 1) ** 1.0
        x += [left + spot[0] for spot in spots]
        y += [low + spot[1] for spot in spots]
        people += np.rint(sizes[region] * weights / weights.sum()).tolist()
        area += [f"r{region:02}"] * places
    lat = SOUTH + np.array(y) / KM_PER_DEGREE
    lon = WEST + np.array(x) / (KM_PER_DEGREE * cos(radians(52.0)))
    ids = [f"p{number:04}" for number in range(len(x))]
    return Siting(
        name="a generated country",
        ids=ids,
        lat=lat,
        lon=lon,
        weight=np.array(people, dtype=float),
        area=np.array(area),
        sites=tuple(Site(own, own, Point(lat[i], lon[i]), False, area[i]) for i, own in enumerate(ids)),
    )
