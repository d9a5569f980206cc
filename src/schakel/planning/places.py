"""Places that patients come to: the consult rooms of a GP post, the treatment rooms of an emergency department.

A place is a queue with as many servers as it has rooms with staff. The most urgent goes first, and within an urgency
whoever came first; nobody is sent out of a room again. Who still waits when the staff goes home is seen all the same:
the rooms of the last moment stay until nobody is left.
"""

from __future__ import annotations

from dataclasses import dataclass

from schakel.domain.durations import HOUR
from schakel.domain.vocabulary import AmbulanceUrgency, PlaceKind
from schakel.indicators.log import NEVER

#: Open all the time.
ALWAYS_OPEN: tuple[tuple[int, int], ...] = ((0, NEVER),)

#: So many rooms that nobody ever waits.
UNLIMITED: tuple[tuple[int, int], ...] = ((0, NEVER),)


@dataclass(frozen=True, slots=True)
class Place:
    """A place: where it is (a zone), when new patients are sent to it, and how many rooms have staff from when on.

    rooms: pairs of a moment (ms) and a number, the moments ascending; before the first there are none. stops: when an
    emergency department asks ambulances to go elsewhere (from and until, ms). full_at: it asks so too while as many
    patients are there, waiting or in a room.
    """

    kind: PlaceKind
    zone: int
    rooms: tuple[tuple[int, int], ...] = UNLIMITED
    hours: tuple[tuple[int, int], ...] = ALWAYS_OPEN
    stops: tuple[tuple[int, int], ...] = ()
    full_at: int = NEVER

    def __post_init__(self) -> None:
        for name in ("hours", "stops"):
            last = -1
            for start, end in getattr(self, name):
                assert last <= start < end, f"{name} follow each other and end after they start: {getattr(self, name)}"
                last = end
        moments = [since for since, _ in self.rooms]
        assert moments == sorted(set(moments)), f"the number of rooms changes at ascending moments: {self.rooms}"
        assert all(number >= 0 for _, number in self.rooms), f"rooms are not negative: {self.rooms}"
        assert self.full_at > 0, "nobody is full with nobody there"

    def is_open(self, at: int) -> bool:
        """Whether new patients are sent here at this moment."""
        return is_within(self.hours, at)

    def opens_at(self, at: int) -> int:
        """When it is open, from this moment on; NEVER where it opens no more."""
        return next((max(start, at) for start, end in self.hours if at < end), NEVER)


@dataclass(frozen=True, slots=True)
class StopRule:
    """What a region has agreed on about a stop: a wish of the department, never a refusal of whoever cannot wait.

    obeyed: the ambulance classes that go elsewhere; A0 and A1 go to the nearest all the same (lnaz.nl, "SEH-stops in
    kwartaal 3 van 2023"). detour_ms: how much longer the drive may become; a region whose next department is too far
    has no stops at all (skipr.nl, Zeeland and Twente). The figure is our own, to be agreed on.
    """

    obeyed: frozenset[AmbulanceUrgency] = frozenset({AmbulanceUrgency.A2, AmbulanceUrgency.B1, AmbulanceUrgency.B2})
    detour_ms: int = HOUR // 2


def is_within(spans: tuple[tuple[int, int], ...], at: int) -> bool:
    """Whether a moment lies in one of these spans of time, which end just before their end."""
    return any(start <= at < end for start, end in spans)
