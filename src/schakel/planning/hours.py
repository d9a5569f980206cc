"""The hours of a period by the region's wall clock: which hour of the week each is, and how many requests came in it.

A week has 168 hours from Monday midnight; a bank holiday is a Sunday. On the two days on which the clock jumps an hour
comes twice or not at all, and is counted as often as it came.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schakel.domain.durations import DAY, HOUR
from schakel.domain.region import Calendar

WEEK = 168


class Hours(NamedTuple):
    """starts: the beginning of each whole or partial hour (ms); of_week: 0 to 167; length: how much of it lies in the
    period, 1 for all."""

    starts: NDArray[np.int64]
    of_week: NDArray[np.int64]
    length: NDArray[np.float64]


def hours_between(calendar: Calendar, since: int, until: int) -> Hours:
    """The hours that a period touches."""
    assert since < until, "a period ends after it starts"
    starts = np.arange(since - since % HOUR, until, HOUR, dtype=np.int64)
    of_week = np.empty(len(starts), dtype=np.int64)
    seen: dict[int, int] = {}  # by the days of the calendar: the weekday is asked once for each
    for number, at in enumerate(starts.tolist()):
        day = calendar.day(at)
        key = day.toordinal()
        if key not in seen:
            seen[key] = calendar.weekday(day)
        of_week[number] = seen[key] * 24 + calendar.hour(at)
    length = (np.minimum(starts + HOUR, until) - np.maximum(starts, since)) / HOUR
    return Hours(starts, of_week, length)


def counted(hours: Hours, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of these moments lie in each hour; all of them lie in the period."""
    place = (np.asarray(at, dtype=np.int64) - hours.starts[0]) // HOUR
    return np.bincount(place, minlength=len(hours.starts)).astype(np.int64)


def weeks(since: int, until: int) -> float:
    """How long a period is, in weeks."""
    return (until - since) / (7 * DAY)
