"""The live lists: what a screen shows as rows, and what the stream sends when one of them changes.

A door registers each of its lists once. The page takes its rows from `snapshot`, the stream takes
the changed ones from `changes`; both render the same template and ask the same `shows`, so that the
screen before plus the events is the screen after (tests/integration/test_tide.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.template.loader import render_to_string

from schakel.domain.access import Ties, Viewer
from schakel.domain.events import Event
from schakel.operations import clock, journal
from schakel.operations.models import CareRequest
from schakel.operations.visibility import ties_of


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
    events. shows: whether this viewer has the row on its list; `ties` belong to the row's request,
    None where the row has none. keys: which rows of this list an event may have changed. id: what
    the row's element is called, as in ``request-12``.
    """

    name: str
    template: str
    rows: Callable[[set[int] | None, int], Sequence[Any]]
    shows: Callable[[Viewer, Any, Ties | None, int], bool]
    sort: Callable[[Any], str]
    keys: Callable[[Event], Iterable[int | None]]
    prefix: str
    request_of: Callable[[Any], CareRequest | None] = field(default=lambda row: None)

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


def fetch(live: LiveList, keys: set[int] | None = None) -> Fetched:
    """The rows of a list, all of them or of these keys, and who has to do with each."""
    now = clock.now_ms()
    rows = {row.pk: row for row in live.rows(keys, now)}
    requests = {pk: request for pk, row in rows.items() if (request := live.request_of(row)) is not None}
    ties = ties_of(requests.values(), now)
    return Fetched(rows, {pk: ties[request.pk] for pk, request in requests.items()}, now)


def visible(live: LiveList, fetched: Fetched, viewer: Viewer) -> list[int]:
    """The keys of the rows that this viewer has on the list."""
    return [pk for pk, row in fetched.rows.items() if live.shows(viewer, row, fetched.ties.get(pk), fetched.at)]


def render(live: LiveList, row: Any, now: int) -> Shown:
    """The row in the language that is active."""
    id = live.id(row.pk)
    html = render_to_string(live.template, {"row": row, "id": id, "sort": live.sort(row), "now": now})
    return Shown(live.name, id, live.sort(row), " ".join(html.split()))


class Snapshot(NamedTuple):
    """The lists of a page for one viewer: everything up to `seq` is in it."""

    seq: int
    now: int
    lists: dict[str, list[Shown]]


def snapshot(viewer: Viewer, names: Iterable[str]) -> Snapshot:
    """The rows of these lists for this viewer. The seq is read first: what comes later is sent again, never missed."""
    seq = journal.head()
    shown: dict[str, list[Shown]] = {}
    for name in names:
        live = LISTS[name]
        fetched = fetch(live)
        rows = [render(live, fetched.rows[pk], fetched.at) for pk in visible(live, fetched, viewer)]
        shown[name] = sorted(rows, key=lambda one: (one.sort, one.id))
    return Snapshot(seq, clock.now_ms(), shown)
