"""Begin a demonstration: settle the people, play the last hours, and go on with the clock."""

from __future__ import annotations

import threading
from collections.abc import Callable

from schakel.accounts.models import Person
from schakel.demo import pace
from schakel.demo.callers import Callers, expected
from schakel.demo.crews import Crews
from schakel.demo.desk_staff import DeskStaff
from schakel.demo.partners import Partners
from schakel.demo.people import LOGINS, gather, settle, usernames
from schakel.demo.world import World, begin
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.region import Region
from schakel.operations import clock, journal, region_load
from schakel.operations.models import CareRequest, Clock, JournalEntry

#: About as many calls are played before somebody comes in: about twenty seconds of one core.
MOST_CALLS = 150
STEP = 5 * MINUTE


def why_not_demo() -> str | None:
    """Say why no demonstration may run on this database, or None when one may: it never mixes with real data."""
    real = Person.objects.filter(simulated=False).exclude(username__in=usernames(LOGINS))
    if real.exists() or (CareRequest.objects.exists() and not Clock.objects.exists()):
        return (
            "This database belongs to a real centre. A demonstration never mixes with it: "
            "leave SCHAKEL_DATABASE out, or name an empty database."
        )
    return None


def is_settled() -> bool:
    """Whether there is a demonstration to go on with."""
    return Clock.objects.exists() and Person.objects.filter(simulated=True).exists()


def new_world(region: Region, *, seed: int, now: int, come_in: int | None = None, share: float = 1.0) -> World:
    """A world at this moment, on tables that are there and empty or hold an earlier demonstration."""
    pace.stand_at(now)
    region_load.load(region)
    if not Person.objects.filter(simulated=True).exists():
        settle(region, now)
    world = World(region, gather(), seed=seed, now=now, come_in=now if come_in is None else come_in)
    callers = Callers(world, share)
    begin((Partners(world), Crews(world), callers, DeskStaff(world, callers)))
    world.catch_up()
    return world


def begins_at(region: Region, come_in: int, hours: float) -> int:
    """When to begin, to play these hours before somebody comes in: fewer where so many call that it would take long."""
    begin, calls = come_in, 0.0
    while begin > come_in - hours * HOUR and calls < MOST_CALLS:
        begin -= STEP
        calls += expected(region, begin) * STEP / HOUR
    return begin


def last_moment() -> int:
    """When something was last recorded: where a demonstration that was stopped goes on."""
    last = JournalEntry.objects.filter(seq=journal.head()).values_list("recorded_at", flat=True).first()
    return last or clock.wall_ms()


def go_on(world: World, speed: float) -> tuple[Callable[[], None], threading.Event]:
    """Let the clock run from here. Gives what is to be run in a thread, and how to stop it."""
    pace.run_from(world.now, speed)
    stop = threading.Event()
    return lambda: world.run(stop), stop
