"""A time of day that somebody taps or types, as the moment that is meant: across midnight and when the clock jumps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schakel.domain.durations import MINUTE

#: A watch may be this far ahead of the clock of the centre.
AHEAD = MINUTE


def latest(wall: time, now: int, zone: ZoneInfo) -> int:
    """The last moment (ms) with this time of day that is not after now."""
    return max(at for at in _moments(wall, now, zone) if at <= now + AHEAD)


def next_after(wall: time, now: int, zone: ZoneInfo) -> int:
    """The first moment (ms) with this time of day that is after now."""
    return min(at for at in _moments(wall, now, zone) if at > now)


def _moments(wall: time, now: int, zone: ZoneInfo) -> Iterator[int]:
    """The moments with this time of day around now. A time that the clock jumps over is not one of them."""
    today = datetime.fromtimestamp(now / 1000, tz=zone).date()
    for days in range(-2, 3):
        for fold in (0, 1):
            local = datetime.combine(today + timedelta(days=days), wall.replace(fold=fold), tzinfo=zone)
            moment = local.astimezone(UTC)
            if moment.astimezone(zone).time() == wall:
                yield int(moment.timestamp() * 1000)
