"""Opening hours and rosters: wall-clock windows, asked about an instant.

A window belongs to the day on which it starts: ``workdays 17:00-08:00`` is open on Monday from five o'clock until
Tuesday eight, whatever Tuesday is. A bank holiday counts as a Sunday.

Clocks jump twice a year. A wall-clock time that does not exist (29 March 2026, 02:30) or exists twice (25 October
2026, 02:30) is read with the offset from before the jump, for starts and ends alike. So windows that join on paper
join in time: nothing falls between them and nothing is open twice, and a night shift lasts seven or nine hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schakel.domain.durations import SECOND
from schakel.domain.region.words import Days

SUNDAY = 6
DAY_MIN = 24 * 60


class Span(NamedTuple):
    """A stretch of time, with the name of the shift if it is one. The end itself lies outside."""

    start: int  # ms
    end: int  # ms
    name: str


class Hours(NamedTuple):
    """From a time of the day to a time of the same or the next day, in minutes since midnight."""

    start: int
    end: int  # above 24 * 60 where it lies on the next day
    name: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Hours that come back on certain days of the week."""

    days: tuple[int, ...]  # 0 is Monday
    hours: Hours


class WrongHours(ValueError):
    """A text that says no hours: what was expected, and what came."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(f"expected {expected}, but came {came}")
        self.expected = expected
        self.came = came


@dataclass(frozen=True, slots=True)
class Calendar:
    """The region's wall clock and bank holidays."""

    zone: ZoneInfo
    holidays: frozenset[date]

    def is_in(self, windows: Iterable[Window], at: int) -> bool:
        """Whether one of the windows is open at this instant."""
        return self.current(windows, at) is not None

    def current(self, windows: Iterable[Window], at: int) -> Span | None:
        """The window that is open at this instant, as a stretch of time; None when all are closed."""
        today = self.day(at)
        for span in self._spans(windows, (today - timedelta(days=1), today)):
            if span.start <= at < span.end:
                return span
        return None

    def next_start(self, windows: Iterable[Window], at: int) -> int | None:
        """When a window next starts after this instant; None when none does within sixteen days."""
        today = self.day(at)
        starts = self._spans(tuple(windows), (today + timedelta(days=n) for n in range(17)))
        return min((span.start for span in starts if span.start > at), default=None)

    def open_until(self, windows: Iterable[Window], at: int) -> int | None:
        """Until when it stays open without a break: windows that join are one. None when it is closed at this instant,
        or does not close within sixteen days.
        """
        kept = tuple(windows)
        today = self.day(at)
        spans = sorted(self._spans(kept, (today + timedelta(days=n) for n in range(-1, 17))))
        end = None
        for span in spans:
            if span.start <= (at if end is None else end) < span.end:
                end = span.end
        last = self.instant(today + timedelta(days=16), 0)
        return None if end is None or end >= last else end

    def last_end(self, windows: Iterable[Window], at: int) -> int | None:
        """When it last closed, at this instant or in the two days before; None when it is open, or closed longer."""
        kept = tuple(windows)
        if self.is_in(kept, at):
            return None
        today = self.day(at)
        ends = [span.end for span in self._spans(kept, (today + timedelta(days=n) for n in range(-2, 1)))]
        return max((end for end in ends if end <= at), default=None)

    def next_working_day(self, at: int) -> date:
        """The first working day after the day of this instant."""
        day = self.day(at) + timedelta(days=1)
        while self.weekday(day) >= 5:
            day += timedelta(days=1)
        return day

    def instant(self, day: date, minute: int) -> int:
        """The instant of a wall-clock time, in minutes since midnight of the day; may lie on the day after."""
        return _instant(self.zone, day, minute)

    def day(self, at: int) -> date:
        """The date on the wall at this instant."""
        return datetime.fromtimestamp(at / SECOND, self.zone).date()

    def hour(self, at: int) -> int:
        """The hour on the wall at this instant, 0 to 23."""
        return datetime.fromtimestamp(at / SECOND, self.zone).hour

    def weekday(self, day: date) -> int:
        """0 for Monday to 6 for Sunday; a bank holiday is a Sunday."""
        return SUNDAY if day in self.holidays else day.weekday()

    def _spans(self, windows: Iterable[Window], days: Iterable[date]) -> Iterator[Span]:
        kept = tuple(windows)
        for day in days:
            weekday = self.weekday(day)
            for window in kept:
                if weekday in window.days:
                    start, end, name = window.hours
                    yield Span(self.instant(day, start), self.instant(day, end), name)


def read_windows(text: str, shifts: Mapping[str, Hours]) -> list[Window]:
    """The windows in a text such as ``workdays 17:00-08:00`` or ``weekend day evening``."""
    first, *rest = text.split() or [""]
    named = {str(days): days for days in Days}
    if first not in named:
        raise WrongHours(f"first the days ({', '.join(named)})", f'"{text}"')
    days = named[first].weekdays
    if not rest:
        raise WrongHours("hours or the name of a shift after the days", f'"{text}"')
    windows = []
    for part in rest:
        if "-" in part:
            windows.append(Window(days, read_hours(part)))
        elif part in shifts:
            windows.append(Window(days, shifts[part]))
        else:
            raise WrongHours(
                f"hours such as 17:00-08:00 or a shift ({', '.join(shifts) or 'none is named'})", f'"{part}"'
            )
    return windows


def read_hours(text: str, name: str = "") -> Hours:
    """Hours such as ``17:00-08:00``; an end that is not after the start lies on the next day."""
    start_text, _, end_text = text.partition("-")
    start, end = read_minute(start_text), read_minute(end_text, last=DAY_MIN)
    return Hours(start, end if end > start else end + DAY_MIN, name)


def read_minute(text: str, last: int = DAY_MIN - 1) -> int:
    """A time of the day such as ``17:00``, in minutes since midnight."""
    found = re.fullmatch(r"(\d\d):([0-5]\d)", text)
    minute = int(found[1]) * 60 + int(found[2]) if found else last + 1
    if minute > last:
        raise WrongHours(f"a time from 00:00 to {last // 60:02}:{last % 60:02}", f'"{text}"')
    return minute


def overlap(windows: Iterable[Window]) -> str | None:
    """Say on which days two windows overlap, or None when they never do.

    A day is compared with the day after it. Either may be a bank holiday, so any day is compared with a Sunday, and a
    Sunday with any.
    """
    kept = [window for window in windows if window.hours.start < window.hours.end]
    names = list(Days)[3:]
    for weekday in range(7):
        own = [w.hours[:2] for w in kept if weekday in w.days]
        for after in range(7) if weekday == SUNDAY else ((weekday + 1) % 7, SUNDAY):
            following = [(w.hours.start + DAY_MIN, w.hours.end + DAY_MIN) for w in kept if after in w.days]
            stretches = sorted([*own, *following])
            for (_, earlier_end), (later_start, _) in pairwise(stretches):
                if later_start < earlier_end:
                    day = weekday if later_start < DAY_MIN else after
                    clock = f"{later_start // 60 % 24:02}:{later_start % 60:02}"
                    return f"two that are both open on {names[day]} at {clock}"
    return None


@lru_cache(maxsize=65_536)
def _instant(zone: ZoneInfo, day: date, minute: int) -> int:
    day += timedelta(days=minute // DAY_MIN)
    local = datetime.combine(day, time(minute // 60 % 24, minute % 60), zone)
    return round((local.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
