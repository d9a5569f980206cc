"""The clock of the centre in a demonstration: it stands at the moment that is played, and runs afterwards."""

from __future__ import annotations

from schakel.operations import clock
from schakel.operations.models import Clock


def stand_at(now: int) -> None:
    """Let the clock of this process stand at this moment. One short write: it is done before every act."""
    if not Clock.objects.filter(pk=1).update(centre=now, wall=clock.wall_ms(), speed=0.0):
        clock.set_pace(centre=now, speed=0.0)
    clock.forget()


def run_from(now: int, speed: float) -> None:
    """Let the clock run from this moment, this many times as fast as the wall's."""
    clock.set_pace(centre=now, speed=speed)
