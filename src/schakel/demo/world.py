"""The event loop of the demonstration: who does what next, in order of time.

Nobody in it knows what the others do but by the journal: after each act the world reads what was recorded, and whoever
has to do with that plans something. What a person records is read in the same way, so that people and simulated
people work in one world.
"""

from __future__ import annotations

import heapq
import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, Protocol

from django.db import DatabaseError, close_old_connections, connection, transaction

from schakel.demo import pace
from schakel.demo.chance import Chance
from schakel.demo.patients import Patient, Patients
from schakel.demo.people import People
from schakel.demo.seats import Seats
from schakel.domain.access import Viewer
from schakel.domain.durations import MINUTE, SECOND
from schakel.domain.events import Event
from schakel.domain.reasons import Refused
from schakel.domain.region import Region
from schakel.operations import clock, journal, timers
from schakel.operations.models import JournalEntry

log = logging.getLogger(__name__)

#: How often the timers are looked at while time is played, and how much is played in one transaction.
TIMERS_EVERY = 10 * SECOND
BATCH = 15 * MINUTE
#: How often, in seconds of the wall, the running world looks at the journal.
LOOK_S = 0.25

Reactor = Callable[[journal.Recorded], None]


class Act(Protocol):
    """An action of `operations.actions`."""

    def __call__(self, *, at: int, by: Viewer | None, **told: Any) -> int | None: ...


class World:
    """The heap of what comes, the chance, the people and patients, and what everybody reacts to."""

    def __init__(self, region: Region, people: People, *, seed: int, now: int, come_in: int) -> None:
        self.region = region
        self.people = people
        self.chance = Chance(seed)
        self.patients = Patients(region, self.chance)
        self.patient_of: dict[int, Patient] = {}  # by request, for as long as the world runs
        self.seats = Seats()
        self.now = now
        self.come_in = come_in  # when a person may come in: positions are kept fresh from then on
        self.seq = journal.head()
        self.acts = 0
        self.refusals: Counter[str] = Counter()
        self._heap: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._ties = count()
        self._reading: str | None = None
        self._reactors: dict[type[Event], list[Reactor]] = defaultdict(list)

    # ---------------------------------------------------------------- what everybody uses

    def later(self, ms: int, call: Callable[..., None], *args: Any) -> None:
        """Do this after so many milliseconds of the centre."""
        self.at(self.now + ms, call, *args)

    def at(self, when: int, call: Callable[..., None], *args: Any) -> None:
        """Do this at that moment; at once when it is over."""
        heapq.heappush(self._heap, (max(when, self.now), next(self._ties), call, args))

    def when(self, react: Reactor, *kinds: type[Event]) -> None:
        """Let this be called for every event of these kinds that is recorded."""
        for kind in kinds:
            self._reactors[kind].append(react)

    def act(self, action: Act, *, by: Viewer | None, at: int | None = None, **told: Any) -> int | bool:
        """Do an action as somebody. Gives its outcome, True where it has none, False when it was refused.

        A refusal is normal: somebody else was first. It is counted by what it says.
        """
        self.acts += 1
        try:
            outcome = action(at=self.now if at is None else at, by=by, **told)
        except Refused as refused:
            self.refusals[f"{getattr(action, '__name__', action)}: {refused.reason.text}"] += 1
            return False
        return True if outcome is None else outcome

    # ---------------------------------------------------------------- time

    def play_until(self, until: int, progress: Callable[[int], None] = lambda now: None) -> None:
        """Play as fast as this machine can. The clock of the centre stands at each moment that is played."""
        due = self.now
        while self.now < until:
            end = min(until, self.now + BATCH)
            with transaction.atomic():
                while True:
                    when = self._heap[0][0] if self._heap else end
                    if when >= due and due < end:
                        self.now = max(self.now, due)
                        pace.stand_at(self.now)
                        if timers.do_due():
                            self._read()
                        due += TIMERS_EVERY
                        continue
                    if when >= end:
                        break
                    self.now, _tie, call, args = heapq.heappop(self._heap)
                    pace.stand_at(self.now)
                    call(*args)
                    self._read()
                self.now = end
            progress(self.now)
        pace.stand_at(self.now)

    def run(self, stop: threading.Event) -> None:
        """Go on with the clock of the centre until told to stop. Timers are the worker's."""
        while not stop.is_set():
            try:
                self.now = max(self.now, clock.now_ms())
                self._read()
                while self._heap and self._heap[0][0] <= clock.now_ms() and not stop.is_set():
                    _when, _tie, call, args = heapq.heappop(self._heap)
                    self.now = max(self.now, clock.now_ms())
                    call(*args)
                    self._read()
                self.seats.look(self.now)
            except DatabaseError:
                log.exception("demo-lost-database")
                close_old_connections()
            except Exception:
                log.exception("demo-act-failed")  # the others go on
            stop.wait(LOOK_S)

    def catch_up(self) -> None:
        """Let everybody react to what was recorded so far."""
        self._read()

    def _read(self) -> None:
        """Read what was recorded since the last time, and let everybody react."""
        for line in self._lines():
            recorded = journal.read(line)
            for react in self._reactors.get(type(recorded.event), ()):
                react(recorded)

    def _lines(self) -> list[tuple[Any, ...]]:
        """The lines of the journal after the last that was read, in plain SQL: this is asked after every act."""
        table, quote = JournalEntry._meta.db_table, connection.ops.quote_name
        with connection.cursor() as cursor:
            if self._reading is None:
                names = ", ".join(map(quote, journal.COLUMNS))
                self._reading = f"SELECT {names} FROM {table} WHERE seq > %s ORDER BY seq"
            cursor.execute(self._reading, [self.seq])
            lines = cursor.fetchall()
        if lines:
            self.seq = lines[-1][0]
        return lines


class Actors(Protocol):
    """A group of people of the demonstration."""

    def begin(self) -> None:
        """Look at what there is, and plan the first acts."""


def begin(groups: Iterable[Actors]) -> None:
    """Let everybody look at what there is."""
    for group in groups:
        group.begin()
