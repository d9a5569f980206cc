"""The tide: one thread per process that reads the journal and brings every open screen what it may see.

It is woken by the commit of an event (PostgreSQL NOTIFY, or in the process itself on SQLite), with a
slow poll behind it. It takes the events after the last one it saw, fetches each changed row once,
looks up the rights of everybody who is watching *now*, and hands each stream its own message. A
right that was taken away works from the next event.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import close_old_connections, connection
from django.utils import timezone, translation

from schakel.domain.access import Category, Guest, Seat, Ties, Viewer, sees
from schakel.domain.events import Subject
from schakel.domain.life_cycles import subjects_of
from schakel.operations import clock, journal
from schakel.operations.models import CareRequest
from schakel.operations.room import viewers_of
from schakel.operations.visibility import ties_of
from schakel.screens.lists import LISTS, Fetched, LiveList, fetch, render, visible

log = logging.getLogger(__name__)

#: Events that come within this time of each other go out together (seconds).
BREATH = 0.05
#: How often the journal is looked at when nobody wakes the tide (seconds). SQLite wakes nobody in another process.
POLL = {"postgresql": 2.0, "sqlite": 0.2}
#: No moment.
NEVER = 2**53
#: How often a stream says that it is alive (seconds).
BEAT = 5.0
#: A stream that does not take its messages is ended; its page comes back and resyncs.
LONGEST_QUEUE = 200


class Rights(NamedTuple):
    """What opens rows to somebody besides its own part in a request: its roles, and the rooms of its desks.

    A room is there twice in turn: while its window is open, and while a call in hand may be finished.
    """

    seats: frozenset[Seat]
    rooms: frozenset[tuple[Guest, bool]]

    @classmethod
    def of(cls, viewer: Viewer, now: int) -> Rights:
        """The rights of this viewer at this moment."""
        return cls(viewer.seats, frozenset((guest, guest.is_in(now)) for guest in viewer.guests))


@dataclass(eq=False)
class Watcher:
    """One open stream: who watches which lists, in which language, and where its messages go."""

    person: int
    session: str
    lists: tuple[str, ...]
    language: str
    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[str | None]
    seq: int
    shown: dict[str, set[int]] = field(default_factory=dict)
    looked: int = 0  # the rows in `shown` were looked at when the journal stood here, or somewhat before
    rights: Rights | None = None  # the roles and rooms with which it watches
    known: set[int] = field(default_factory=set)  # the open requests of which it may know, as far as it was told

    def send(self, message: str | None) -> None:
        """Hand over a message from the tide's thread. None ends the stream."""
        self.loop.call_soon_threadsafe(self._put, message)

    def _put(self, message: str | None) -> None:
        if message is not None and self.queue.qsize() >= LONGEST_QUEUE:
            message = None
        self.queue.put_nowait(message)


class Tide:
    """Everybody who watches in this process, and the thread that serves them."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()
        self._newcomers: list[Watcher] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._seq = 0
        self._looked_at = 0  # by the clock of the centre: when the rights of everybody were last looked at

    def join(self, watcher: Watcher) -> None:
        """Begin to bring this watcher what happens."""
        with self._lock:
            self._newcomers.append(watcher)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="tide", daemon=True)
                self._thread.start()
        self._wake.set()

    def leave(self, watcher: Watcher) -> None:
        """The stream was closed."""
        with self._lock:
            self._watchers.discard(watcher)
            if watcher in self._newcomers:
                self._newcomers.remove(watcher)

    def people(self) -> set[int]:
        """Who has a live page open in this process."""
        with self._lock:
            return {watcher.person for watcher in self._watchers}

    def wake(self, seq: int = 0) -> None:
        """Something was committed."""
        self._wake.set()

    def _run(self) -> None:
        journal.on_event(self.wake)
        if connection.vendor == "postgresql":
            threading.Thread(target=self._listen, name="tide-listen", daemon=True).start()
        self._seq = journal.head()
        beaten = 0.0
        while True:
            self._wake.wait(POLL[connection.vendor])
            self._wake.clear()
            try:
                self._welcome()
                self._flow()
                if time.monotonic() - beaten >= BEAT or clock.now_ms() >= self._closes():
                    beaten = time.monotonic()
                    self._beat()
            except Exception:
                log.exception("tide-stumbled")
                self._end_all()
                close_old_connections()
                time.sleep(1)
            time.sleep(BREATH)

    def _welcome(self) -> None:
        """Let newcomers in: they first get everything after the seq their page was made at."""
        with self._lock:
            newcomers, self._newcomers = self._newcomers, []
        if not newcomers:
            return
        rights = self._rights(newcomers)
        now = clock.now_ms()
        names = {name for watcher in newcomers if rights.get(watcher) is not None for name in watcher.lists}
        whole = fetch(names)
        open_to: dict[Viewer, frozenset[int]] = {}
        for watcher in newcomers:
            viewer = rights.get(watcher)
            if viewer is None:
                self._revoke(watcher)
                continue
            for name in watcher.lists:
                watcher.shown[name] = set(visible(LISTS[name], whole[name], viewer))
            watcher.looked, watcher.rights = journal.head(), Rights.of(viewer, now)
            if viewer not in open_to:
                requests = CareRequest.objects.visible_to(viewer, Category.LOGISTICS, clock.now_ms()).living()
                open_to[viewer] = frozenset(requests.values_list("pk", flat=True))
            watcher.known = set(open_to[viewer])
            behind = self._seq - watcher.seq
            if not 0 <= behind <= 500:
                watcher.seq = self._seq  # too far behind to catch up: hello shows the gap, the page resyncs
            watcher.send(_message("hello", {"seq": watcher.seq, **_time()}))
            with self._lock:
                self._watchers.add(watcher)
        late = [watcher for watcher in newcomers if watcher.seq < self._seq and rights.get(watcher) is not None]
        if late:
            self._bring(journal.after(min(watcher.seq for watcher in late)), late, rights)

    def _flow(self) -> None:
        """Take what happened since the last time and bring it to everybody."""
        while told := journal.after(self._seq):
            with self._lock:
                watchers = list(self._watchers)
            self._bring(told, watchers, self._rights(watchers))
            self._seq = told[-1].seq

    def _bring(
        self, told: list[journal.Recorded], watchers: list[Watcher], rights: dict[Watcher, Viewer | None]
    ) -> None:
        last, now = told[-1].seq, clock.now_ms()
        changed = {
            name: turns
            for name in {name for watcher in watchers for name in watcher.lists}
            if (turns := _turns(LISTS[name], told))
        }
        fetched = fetch(changed, {name: set(turns) for name, turns in changed.items()})
        looked = journal.head()
        touched = _Touched(told)
        drawn: dict[tuple[str, str, int], dict[str, Any]] = {}
        alike: dict[tuple, tuple[dict[str, set[int]], frozenset[int]]] = {}
        personal = touched.people().union(*(_people(one.ties.values()) for one in fetched.values()))
        personal |= {person for name, one in fetched.items() for person in _named(LISTS[name], one)}
        for watcher in watchers:
            viewer = rights.get(watcher)
            if viewer is None:
                self._revoke(watcher)
                continue
            if Rights.of(viewer, now) != watcher.rights:
                self._begin_again(watcher)
                continue
            kind = (Rights.of(viewer, now), viewer.person if viewer.person in personal else 0, watcher.lists)
            if kind not in alike:
                seen = {
                    name: set(visible(LISTS[name], fetched[name], viewer)) for name in watcher.lists if name in fetched
                }
                alike[kind] = (seen, touched.seen_by(viewer))
            seen, open_now = alike[kind]
            # What was seen until now is named once more when the right to it has ended, so that its page shuts.
            ended = (watcher.known & touched.requests) - open_now
            watcher.known = (watcher.known - ended) | open_now
            names = touched.names(open_now | ended)
            rows = []
            for name, visible_now in seen.items():
                live, had = LISTS[name], watcher.shown.setdefault(name, set())
                for key, turns in changed[name].items():
                    if key in visible_now:
                        had.add(key)
                        draw = (watcher.language, name, key)
                        if draw not in drawn:
                            with translation.override(watcher.language):
                                drawn[draw] = render(live, fetched[name].rows[key], fetched[name].at)._asdict()
                        rows.append(drawn[draw])
                    elif key in had or len(turns) > 1 or turns[0] <= watcher.looked:
                        had.discard(key)
                        rows.append({"list": name, "id": live.id(key), "sort": "", "html": None})
            body = {"seq": last, "previous": watcher.seq, "rows": rows, "touched": names, **_time()}
            watcher.send(_message("tide", body, id=last))
            watcher.seq, watcher.looked = last, looked

    def _beat(self) -> None:
        self._looked_at = now = clock.now_ms()
        with self._lock:
            watchers = list(self._watchers)
        rights = self._rights(watchers)
        for watcher in watchers:
            viewer = rights.get(watcher)
            if viewer is None:
                self._revoke(watcher)
            elif Rights.of(viewer, now) != watcher.rights:
                self._begin_again(watcher)
            else:
                watcher.send(_message("beat", {"seq": watcher.seq, **_time()}))

    def _closes(self) -> int:
        """When the first window closes through which somebody watches: at that moment it is looked at again."""
        with self._lock:
            rights = {watcher.rights for watcher in self._watchers if watcher.rights is not None}
        ends = [end for one in rights for guest, _open in one.rooms for end in (guest.closes, guest.finishes)]
        return min((end for end in ends if end > self._looked_at), default=NEVER)

    def _rights(self, watchers: list[Watcher]) -> dict[Watcher, Viewer | None]:
        """What everybody may see at this moment; None where the session or every role is gone."""
        if not watchers:
            return {}
        viewers = viewers_of(list({watcher.person for watcher in watchers}), clock.now_ms())
        sessions = set(
            Session.objects.filter(
                session_key__in={watcher.session for watcher in watchers}, expire_date__gt=timezone.now()
            ).values_list("session_key", flat=True)
        )
        return {
            watcher: viewers[watcher.person] if watcher.session in sessions and viewers[watcher.person].seats else None
            for watcher in watchers
        }

    def _revoke(self, watcher: Watcher) -> None:
        with translation.override(watcher.language):
            sentence = translation.gettext("Your access has ended. Log in again to go on.")
        watcher.send(_message("revoked", {"sentence": sentence}))
        watcher.send(None)
        self.leave(watcher)

    def _begin_again(self, watcher: Watcher) -> None:
        """The roles or rooms of this watcher changed: a second hello, at which its page fetches itself again."""
        with self._lock:
            self._watchers.discard(watcher)
            self._newcomers.append(watcher)
        self._wake.set()

    def _end_all(self) -> None:
        """Something went wrong here: end every stream, so that each page comes back and resyncs."""
        with self._lock:
            watchers = [*self._watchers, *self._newcomers]
            self._watchers.clear()
            self._newcomers.clear()
        for watcher in watchers:
            watcher.send(None)

    def _listen(self) -> None:
        """Wait for PostgreSQL to say that an event was committed by any process."""
        import psycopg

        at = settings.DATABASES["default"]
        names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        address = {name: at[key] for name, key in names.items() if at.get(key)}
        while True:
            try:
                with psycopg.connect(**address, autocommit=True) as listening:
                    listening.execute(f"LISTEN {journal.CHANNEL}")
                    self.wake()
                    for _ in listening.notifies():
                        self.wake()
            except psycopg.Error:
                log.warning("tide-lost-its-ear")
                time.sleep(1)


def _turns(live: LiveList, told: list[journal.Recorded]) -> dict[int, list[int]]:
    """The rows of a list that may have changed, each with the seqs of what changed it.

    Between two turns, or after a look that was already ahead of the first, a row may have stood on a
    page that was made just then without the tide ever seeing it there. When such a row is not shown
    now, its removal is sent to be sure.
    """
    turns: dict[int, list[int]] = {}
    for recorded in told:
        for key in live.keys(recorded.event):
            if key is not None:
                turns.setdefault(key, []).append(recorded.seq)
    return turns


class _Touched:
    """The subjects that a batch of events touched, and who may know of each."""

    def __init__(self, told: list[journal.Recorded]) -> None:
        self._names: dict[str, int | None] = {}
        requests: set[int] = set()
        for recorded in told:
            event = recorded.event
            request = getattr(event, "request", None)
            for subject, key in subjects_of(event):
                of = request if subject not in (Subject.UNIT, Subject.PLACE) else None
                self._names[f"{subject.value}-{key}"] = of
            if request is not None:
                requests.add(request)
        self._now = clock.now_ms()
        self._ties: dict[int, Ties] = ties_of(CareRequest.objects.filter(pk__in=requests), self._now)

    def people(self) -> set[int]:
        """Everybody whose own relation matters to what was touched."""
        return _people(self._ties.values())

    @property
    def requests(self) -> frozenset[int]:
        """The requests that were touched, themselves or by what belongs to them."""
        return frozenset(self._ties)

    def seen_by(self, viewer: Viewer) -> frozenset[int]:
        """The requests among them of which this viewer may know."""
        return frozenset(
            request for request, ties in self._ties.items() if sees(viewer, ties, Category.LOGISTICS, self._now)
        )

    def names(self, requests: frozenset[int] | set[int]) -> list[str]:
        """The names of what was touched: units and places, and whatever belongs to these requests."""
        return [name for name, request in self._names.items() if request is None or request in requests]


def _people(of: Iterable[Ties]) -> set[int]:
    ties = list(of)
    told = [{person for person, _ in one.crews} | one.glass for one in ties]
    return set().union(*told) | {one.handler for one in ties if one.handler is not None}


def _named(live: LiveList, fetched: Fetched) -> set[int]:
    """Everybody who is named on a request itself: a list may show somebody its own."""
    requests = [request for row in fetched.rows.values() if (request := live.request_of(row)) is not None]
    return {p for one in requests for p in (one.handler_id, one.lead_id, one.lead_offered_id) if p is not None}


def _time() -> dict[str, float]:
    return {"now": clock.now_ms(), "speed": clock.speed()}


def _message(event: str, body: dict[str, Any], *, id: int | None = None) -> str:
    head = f"id: {id}\n" if id is not None else ""
    return f"{head}event: {event}\ndata: {json.dumps(body, ensure_ascii=False, separators=(',', ':'))}\n\n"


tide = Tide()
