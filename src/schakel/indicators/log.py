"""What happened, as columns: the form in which a year of a region fits in memory and is counted in seconds.

The columns are those of the journal: the kind of event, the moment, the subjects, and the facts, each under its own
name. A code is kept as its place in its enumeration, a zone as its place in `zones`. -1 stands for *not known* in every
whole-numbered column, for none of their values is negative; NaN does so for degrees.

Rows may stand in any order. A crew reports late, and a simulation knows the end of a journey when it begins.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schakel.domain import events as e
from schakel.domain.events import BY_KIND, EVENTS, FACTS, SUBJECTS, Event
from schakel.domain.life_cycles import REPORTS
from schakel.domain.vocabulary import Term

#: Not known.
NONE = -1

#: Later than any moment: what the first moment of something is that has not happened.
NEVER = 2**62

#: The place of each event in the closed list: the code in the column `kind`.
CODE: dict[type[Event], int] = {kind: code for code, kind in enumerate(EVENTS)}

Column = NDArray[Any]


class EventLog:
    """Everything that happened between two moments, and what led to it.

    since, until: the period that is asked about (ms). Rows from before it may be there, as what was going on when it
    began; rows at or after `until` have not happened yet for whoever counts.
    """

    def __init__(
        self,
        columns: Mapping[str, Column | Callable[[], Column]],
        *,
        since: int,
        until: int,
        zones: Sequence[str] = (),
    ) -> None:
        """columns: `kind` and `at`, and what else is known; a function is called when its column is first needed."""
        unknown = set(columns) - {"kind", "at", *SUBJECTS, *FACTS}
        assert not unknown, f"{sorted(unknown)} are names of subjects or facts"
        self.since = since
        self.until = until
        self.zones = tuple(zones)
        self._columns = dict(columns)
        self._rows: dict[type[Event], NDArray[np.intp]] = {}
        self._index: dict[str, tuple[Column, Column]] = {}

    def __len__(self) -> int:
        return len(self.column("kind"))

    @classmethod
    def of(
        cls, events: Iterable[Event], *, since: int | None = None, until: int | None = None, zones: Sequence[str] = ()
    ) -> EventLog:
        """The log of these events. The period is that of the events themselves where it is not given."""
        happened = list(events)
        names = list(dict.fromkeys(zones)) + sorted({z.zone for z in happened if isinstance(z, e.Located)} - set(zones))
        place = {zone: code for code, zone in enumerate(names)}
        rows: dict[str, list[Any]] = {name: [] for name in ("kind", "at", *SUBJECTS, *FACTS)}
        for event in happened:
            rows["kind"].append(CODE[type(event)])
            known = hints(type(event))
            for name in ("at", *SUBJECTS, *FACTS):
                value = getattr(event, name) if name in known else None
                rows[name].append(encoded(name, value, place))
        columns = {name: np.array(values, dtype=dtype(name)) for name, values in rows.items()}
        at = columns["at"]
        return cls(
            columns,
            since=since if since is not None else int(at.min(initial=0) if not at.size else at.min()),
            until=until if until is not None else int(at.max()) + 1 if at.size else 0,
            zones=names,
        )

    def between(self, since: int, until: int) -> EventLog:
        """The same events, asked about another period: without a warm-up, or one week of a year."""
        other = EventLog(self._columns, since=since, until=until, zones=self.zones)
        other._rows, other._index = self._rows, self._index
        return other

    def column(self, name: str) -> Column:
        """One column. A fact that nobody ever established is a column of *not known*."""
        found = self._columns.get(name)
        if callable(found):
            found = self._columns[name] = found()
        elif found is None:
            empty = np.nan if dtype(name) is np.float64 else NONE
            found = self._columns[name] = np.full(len(self), empty, dtype=dtype(name))
        return found

    def rows(self, kind: type[Event]) -> NDArray[np.intp]:
        """Where the events of this kind stand."""
        if kind not in self._rows:
            self._rows[kind] = np.flatnonzero(self.column("kind") == CODE[kind])
        return self._rows[kind]

    def when(self, kind: type[Event]) -> NDArray[np.int64]:
        """The moments of the events of this kind, as corrected since: the last correction of a report counts."""
        rows = self.rows(kind)
        at: NDArray[np.int64] = self.column("at")[rows]
        if kind in REPORTS:
            corrections = self.rows(e.ReportCorrected)
            corrections = corrections[self.column("report")[corrections] == CODE[kind]]
            if corrections.size:
                deployment = self.column("deployment")
                right = dict(
                    zip(deployment[corrections].tolist(), self.column("at")[corrections].tolist(), strict=True)
                )
                at = np.array([right.get(d, t) for d, t in zip(deployment[rows].tolist(), at.tolist(), strict=True)])
        return at

    def keys(self, subject: str = "request") -> Column:
        """The keys of this kind of subject that occur, ascending. What is told per subject stands in this order."""
        return self._indexed(subject)[0]

    def of_subject(self, subject: str, rows: NDArray[np.intp]) -> Column:
        """The place in `keys(subject)` of what each of these rows is about."""
        return self._indexed(subject)[1][rows]

    def first(self, kind: type[Event], subject: str = "request") -> NDArray[np.int64]:
        """Per subject the first moment at which this happened; NEVER where it did not."""
        found = np.full(len(self.keys(subject)), NEVER, dtype=np.int64)
        np.minimum.at(found, self.of_subject(subject, self.rows(kind)), self.when(kind))
        return found

    def first_row(self, kind: type[Event], subject: str = "request") -> NDArray[np.intp]:
        """Per subject the row of the first event of this kind; -1 where there is none."""
        rows = self.rows(kind)
        of = self.of_subject(subject, rows)
        is_first = self.when(kind) == self.first(kind, subject)[of]
        found = np.full(len(self.keys(subject)), NONE, dtype=np.intp)
        found[of[is_first][::-1]] = rows[is_first][::-1]
        return found

    def first_fact(self, kind: type[Event], fact: str, subject: str = "request") -> Column:
        """Per subject what the first event of this kind established; -1 where that is not known."""
        rows = self.first_row(kind, subject)
        found = np.full(len(rows), NONE, dtype=dtype(fact))
        found[rows >= 0] = self.column(fact)[rows[rows >= 0]]
        return found

    def events(self) -> Iterator[Event]:
        """The events themselves, in order of time, then of subject, then of the closed list."""
        for row in self._order().tolist():
            kind = EVENTS[self.column("kind")[row]]
            told: dict[str, Any] = {"at": int(self.column("at")[row])}
            for name, hint in hints(kind).items():
                if name != "at":
                    told[name] = decoded(name, hint, self.column(name)[row], self.zones)
            for field in fields(kind):
                may_lack = type(None) in typing.get_args(hints(kind)[field.name])
                if told[field.name] is None and not may_lack and field.default is MISSING:
                    raise ValueError(f"{kind.__name__} at {told['at']}: {field.name} is not known in this log.")
            yield kind(**told)

    def _order(self) -> NDArray[np.intp]:
        return np.lexsort([self.column(name) for name in ("kind", "unit", "deployment", "request", "at")])

    def _indexed(self, subject: str) -> tuple[Column, Column]:
        if subject not in self._index:
            column = self.column(subject)
            most = int(column.max(initial=NONE))
            if most < 2 * len(column) + 1_000:  # keys that lie close together need no sorting
                self._index[subject] = np.arange(most + 1), column
            else:
                keys, where = np.unique(column, return_inverse=True)
                lacking = int(keys[0] == NONE)
                self._index[subject] = keys[lacking:], where - lacking
        return self._index[subject]


def hints(kind: type[Event]) -> dict[str, Any]:
    """The fields of an event with their types."""
    return _HINTS[kind]


_HINTS: dict[type[Event], dict[str, Any]] = {
    kind: {name: hint for name, hint in typing.get_type_hints(kind).items() if name != "home"} for kind in EVENTS
}


def dtype(name: str) -> Any:
    """What a column is made of."""
    return np.float64 if name in ("lat", "lon") else np.int16 if name == "kind" else np.int64


def encoded(name: str, value: Any, zones: Mapping[str, int]) -> int | float:
    """A value as its column keeps it."""
    if value is None:
        return float("nan") if dtype(name) is np.float64 else NONE
    if isinstance(value, Term):
        return tuple(type(value)).index(value)
    if name == "zone":
        return zones[value]
    if name == "report":
        return CODE[BY_KIND[value]]
    assert dtype(name) is np.float64 or value >= 0, f"{name}={value}: whole numbers in a log are not negative"
    return float(value) if dtype(name) is np.float64 else int(value)


def decoded(name: str, hint: Any, value: Any, zones: Sequence[str]) -> Any:
    """What a column keeps, as the event has it."""
    [kind] = [one for one in typing.get_args(hint) or (hint,) if one is not type(None)]
    if value != value or (value == NONE and kind is not float):
        return None
    if issubclass(kind, Term):
        return tuple(kind)[value]
    if name == "zone":
        return zones[value]
    if name == "report":
        return EVENTS[value].__name__
    return kind(value)
