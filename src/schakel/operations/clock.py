"""The one clock of the centre, in whole milliseconds since 1970 UTC.

Without a row in `Clock` it is the clock of the machine. A demonstration sets a row, so that its
time may begin elsewhere and run faster; every process of the centre then reads the same time.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from schakel.operations.models import Clock


class Pace(NamedTuple):
    """At wall time `wall` (ms) the centre's clock stood at `centre` (ms); it runs `speed` times as fast."""

    wall: int
    centre: int
    speed: float


def now_ms() -> int:
    """The time by the clock of the centre."""
    pace = _pace()
    return pace.centre + int((wall_ms() - pace.wall) * pace.speed)


def now() -> datetime:
    """The same as an aware datetime."""
    return as_datetime(now_ms())


def speed() -> float:
    """How many seconds of the centre pass in one second on the wall."""
    return _pace().speed


def wall_ms() -> int:
    """The time by the clock of the machine."""
    return time.time_ns() // 1_000_000


def as_datetime(ms: int) -> datetime:
    """A moment at the door: an aware datetime in UTC."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC)


def as_ms(moment: datetime) -> int:
    """A moment from the door; a naive one is a mistake of ours."""
    assert moment.tzinfo is not None, "a moment at the door knows its time zone"
    return int(moment.timestamp() * 1000)


def set_pace(*, centre: int, speed: float) -> None:
    """Let the clock stand at `centre` (ms) now and run `speed` times as fast. For demonstrations only."""
    Clock.objects.update_or_create(pk=1, defaults={"wall": wall_ms(), "centre": centre, "speed": speed})
    _pace.cache_clear()


def forget() -> None:
    """Read the pace again at the next question."""
    _pace.cache_clear()


@lru_cache(maxsize=1)
def _pace() -> Pace:
    row = Clock.objects.filter(pk=1).values_list("wall", "centre", "speed").first()
    return Pace(*row) if row else Pace(0, 0, 1.0)
