"""Stops of emergency departments, drawn before the clock starts: a world has them, and two policies meet the same.

Midden-Nederland had about 600 stops a year (nu.nl; skipr.nl id38752), and a stop lasts about two hours (nu.nl
5932317, 2019). They come at any moment with equal chance here; in fact busy hours have more of them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schakel.domain.durations import DAY, HOUR
from schakel.planning.world import World

STOPS_A_YEAR = 600
STOP_MS = 2 * HOUR
YEAR = 365.25 * DAY


def with_stops(
    world: World, since: int, until: int, *, seed: int, replication: int = 0, a_year: float = STOPS_A_YEAR
) -> World:
    """The world with stops drawn between two moments (ms), so many a year over all its departments together.

    Each lasts two hours; one that would begin before the one before it is over goes on from there.
    """
    assert world.departments, "there is a department that can have stops"
    dice = np.random.default_rng(np.random.SeedSequence([seed, replication, *b"stops"]))
    size = int(dice.poisson(a_year * (until - since) / YEAR))
    begins = np.sort(dice.integers(since, until, size))
    which = dice.choice(np.array(world.departments), size)
    places = list(world.places)
    for number in world.departments:
        spans: list[tuple[int, int]] = []
        for begin in begins[which == number].tolist():
            start = max(begin, spans[-1][1]) if spans else begin
            spans.append((start, start + STOP_MS))
        places[number] = replace(places[number], stops=tuple(spans))
    return replace(world, places=tuple(places))
