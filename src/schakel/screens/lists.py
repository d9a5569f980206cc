"""The live lists: what a screen shows as rows, and what the stream sends when one of them changes.

A door registers each of its lists once. The page takes its rows from `snapshot`, the stream takes
the changed ones from `changes`; both render the same template and ask the same `shows`, so that the
screen before plus the events is the screen after (tests/integration/test_tide.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import get_language

from schakel.domain.access import Ties, Viewer
from schakel.domain.events import Event
from schakel.operations import clock, journal
from schakel.operations.models import CareRequest
from schakel.operations.visibility import ties_of
from schakel.screens.templatetags.schakel import freshened

Rows = Callable[[set[int] | None, int], Sequence[Any]]

#: Rows that are kept are fetched whole again after this time, for the names in them (seconds).
LONGEST_KEPT = 60.0
#: After more events than this, all rows are fetched again rather than those that changed.
FURTHEST = 1000


class Shown(NamedTuple):
    """A row as a screen shows it."""

    list: str
    id: str
    sort: str
    html: str


@dataclass(frozen=True)
class LiveList:
    """One list of one kind of row.

    rows: the rows that belong on the list now, of these keys or all (None), with everything the
    template needs already on them: it is called once for all viewers, and again for every batch of
    events. Lists of the same `rows` are fetched together. among: which of those rows are on this
    list. shows: whether this viewer has the row on its list; `ties` belong to the row's request,
    None where the row has none. keys: which rows of this list an event may have changed. id: what
    the row's element is called, as in ``request-12``.

    strays: where rows follow from the journal alone, they are kept from page to page, and an event
    drops those that it may have changed; of the rows that are kept, this names the ones that
    something else has changed. None: the rows are fetched anew for every page.
    """

    name: str
    template: str
    rows: Rows
    shows: Callable[[Viewer, Any, Ties | None, int], bool]
    sort: Callable[[Any], str]
    keys: Callable[[Event], Iterable[int | None]]
    prefix: str
    request_of: Callable[[Any], CareRequest | None] = field(default=lambda row: None)
    among: Callable[[Any], bool] = field(default=lambda row: True)
    strays: Callable[[Mapping[int, Any]], set[int]] | None = None

    def id(self, key: int) -> str:
        """The name of the row's element on the page."""
        return f"{self.prefix}-{key}"


LISTS: dict[str, LiveList] = {}


def register(live: LiveList) -> LiveList:
    """Make the list known to the stream. Called once, when the door's app is ready."""
    assert LISTS.get(live.name) in (None, live), f"{live.name} is registered once"
    LISTS[live.name] = live
    return live


class Fetched(NamedTuple):
    """Rows of one list with the ties of their requests, at one moment."""

    rows: dict[int, Any]
    ties: dict[int, Ties]
    at: int


def fetch(names: Iterable[str], keys: Mapping[str, set[int]] | None = None) -> dict[str, Fetched]:
    """The rows of these lists, all of them or of these keys of each, and who has to do with each."""
    now = clock.now_ms()
    asked = [LISTS[name] for name in names]
    wanted: dict[Rows, set[int] | None] = {}
    for live in asked:
        before = wanted.setdefault(live.rows, set())
        wanted[live.rows] = None if keys is None or before is None else before | keys[live.name]
    found = {rows: {row.pk: row for row in rows(of, now)} for rows, of in wanted.items()}
    if keys is None:
        return _fetched(asked, found, now)
    mine = {live.name: {pk: row for pk, row in found[live.rows].items() if pk in keys[live.name]} for live in asked}
    return _with_ties(asked, mine, now)


def _fetched(asked: Iterable[LiveList], found: Mapping[Rows, Mapping[int, Any]], now: int) -> dict[str, Fetched]:
    return _with_ties(asked, {live.name: found[live.rows] for live in asked}, now)


def _with_ties(asked: Iterable[LiveList], rows: Mapping[str, Mapping[int, Any]], now: int) -> dict[str, Fetched]:
    """The rows that are on each list, and who has to do with the request of each, at this moment."""
    on = {live.name: {pk: row for pk, row in rows[live.name].items() if live.among(row)} for live in asked}
    of: dict[str, dict[int, CareRequest]] = {}
    for live in asked:
        requests = ((pk, live.request_of(row)) for pk, row in on[live.name].items())
        of[live.name] = {pk: request for pk, request in requests if request is not None}
    ties = ties_of({one.pk: one for requests in of.values() for one in requests.values()}.values(), now)
    return {
        name: Fetched(there, {pk: ties[request.pk] for pk, request in of[name].items()}, now)
        for name, there in on.items()
    }


def visible(live: LiveList, fetched: Fetched, viewer: Viewer) -> list[int]:
    """The keys of the rows that this viewer has on the list."""
    return [pk for pk, row in fetched.rows.items() if live.shows(viewer, row, fetched.ties.get(pk), fetched.at)]


def render(live: LiveList, row: Any, now: int) -> Shown:
    """The row in the language that is active."""
    id = live.id(row.pk)
    html = render_to_string(live.template, {"row": row, "id": id, "sort": live.sort(row), "now": now})
    return Shown(live.name, id, live.sort(row), " ".join(html.split()))


class Wall:
    """The rows that this process keeps, as the journal stood at `seq`, and as they were drawn.

    A page brings them up to date: of what happened since, only the rows that it may have changed are
    fetched again. Who may see them is looked up for every page.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seq = -1
        self._renewed = 0.0
        self._rows: dict[Rows, dict[int, Any]] = {}
        self._drawn: dict[tuple[str, int, str], tuple[Any, Shown]] = {}

    def forget(self) -> None:
        """Begin anew: the database is another one."""
        with self._lock:
            self._seq = -1

    def up_to(self, seq: int, asked: Iterable[LiveList], now: int) -> dict[Rows, dict[int, Any]]:
        """The rows of these lists, as they are when the journal stands at `seq`, or somewhat later."""
        with self._lock:
            self._follow(seq, now)
            found = {}
            for live in asked:
                assert live.strays is not None, "only rows that follow from the journal are kept"
                held = self._rows.get(live.rows)
                if held is None:
                    held = self._rows[live.rows] = {row.pk: row for row in live.rows(None, now)}
                elif live.rows not in found and (again := live.strays(held)):
                    self._again(live.rows, again, now)
                found[live.rows] = dict(held)
            return found

    def _follow(self, seq: int, now: int) -> None:
        known = 0 <= self._seq <= seq and time.monotonic() - self._renewed < LONGEST_KEPT
        told = journal.after(self._seq, FURTHEST) if known and seq > self._seq else []
        if not known or len(told) == FURTHEST:
            self._rows.clear()
            self._drawn.clear()
            self._seq, self._renewed = seq, time.monotonic()
        elif told:
            events = [one.event for one in told]
            sources = {live.rows: live for live in LISTS.values() if live.rows in self._rows}
            for rows, live in sources.items():
                keys = {key for event in events for key in live.keys(event) if key is not None}
                if keys:
                    self._again(rows, keys, now)
            self._seq = told[-1].seq

    def _again(self, rows: Rows, keys: set[int], now: int) -> None:
        held = self._rows[rows]
        fresh = {row.pk: row for row in rows(keys, now)}
        for key in keys:
            held.pop(key, None)
        held.update(fresh)

    def draw(self, live: LiveList, row: Any, now: int) -> Shown:
        """The row in the language that is active, with the ages of now: drawn before, where it is the same."""
        name = (live.name, row.pk, get_language() or "")
        of, shown = self._drawn.get(name, (None, None))
        if shown is None or of is not row:
            shown = render(live, row, now)
            self._drawn[name] = (row, shown)
        return shown._replace(html=freshened(shown.html, now))


wall = Wall()


class Snapshot(NamedTuple):
    """The lists of a page for one viewer: everything up to `seq` is in it."""

    seq: int
    now: int
    lists: dict[str, list[Shown]]


def snapshot(viewer: Viewer, names: Iterable[str]) -> Snapshot:
    """The rows of these lists for this viewer. The seq is read first: what comes later is sent again, never missed."""
    seq = journal.head()
    now = clock.now_ms()
    names = list(names)
    kept = [LISTS[name] for name in names if LISTS[name].strays is not None]
    fetched = fetch(name for name in names if LISTS[name].strays is None)
    fetched |= _fetched(kept, wall.up_to(seq, kept, now), now) if kept else {}
    shown: dict[str, list[Shown]] = {}
    for name in names:
        live, here = LISTS[name], fetched[name]
        draw = render if live.strays is None else wall.draw
        rows = [draw(live, here.rows[pk], here.at) for pk in visible(live, here, viewer)]
        shown[name] = sorted(rows, key=lambda one: (one.sort, one.id))
    return Snapshot(seq, clock.now_ms(), shown)
