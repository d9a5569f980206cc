"""The journal: the one place where an event and the rows it changes are written, in one transaction.

`seq` is commit order: every writer locks the one-row head last, adds one, and keeps the lock until
its commit, so that a reader who asks for `seq > last` never skips an event that was still on its
way. Rows are locked before, always in the order request, deployment, follow-up, unit, place.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from enum import Enum
from functools import cache, lru_cache
from typing import Any, NamedTuple, get_args, get_type_hints

from django.db import connection, transaction

from schakel.domain.access import Viewer
from schakel.domain.events import BY_KIND, FACTS, SUBJECTS, Event, Subject
from schakel.domain.life_cycles import LIFE_CYCLES, evolve, fold, subjects_of
from schakel.domain.states import State
from schakel.operations import clock
from schakel.operations.models import JournalEntry, JournalHead
from schakel.operations.rows import StateRow
from schakel.operations.statement import run

COLUMNS = ("seq", "kind", "at", "recorded_at", "by", "organisation", "cause", *SUBJECTS, *FACTS)
CHANNEL = "schakel_journal"

_TABLE = JournalEntry._meta.db_table
_HEAD = JournalHead._meta.db_table
_waking: list[Callable[[int], None]] = []


class Recorded(NamedTuple):
    """An event as it stands in the journal."""

    seq: int
    event: Event
    recorded_at: int
    by: int | None
    organisation: int | None
    cause: int | None


def record(*events: Event, by: Viewer | None, rows: Iterable[StateRow], cause: int | None = None) -> int:
    """Write what happened, and step the rows it happened to. Gives the seq of the last event.

    `rows`: the rows that the events touch, locked by the caller. `by` is None where the clock of
    the centre is the author. Events after the first name the first as their cause, unless `cause`
    is given.
    """
    assert connection.in_atomic_block, "an event and its rows are written in one transaction"
    held = {(row.subject, row.pk): row for row in rows}
    changed: dict[tuple[Subject, int], set[str]] = {}
    for event in events:
        for subject, key in subjects_of(event):
            row = held.get((subject, key))
            assert row is not None, f"{type(event).__name__} steps {subject.value} {key}, which the caller holds"
            columns = row.take(evolve(row.state, subject, event))
            changed.setdefault((subject, key), set()).update(columns)
    steps = [_Step.of(held[place], columns) for place, columns in changed.items() if columns]
    author = by.person if by else None
    organisation = organisation_of(by)
    recorded_at = clock.now_ms()
    lines = [
        (type(event).__name__, event.at, recorded_at, author, organisation, cause, *_values(event)) for event in events
    ]
    return _append(lines, steps, chain=cause is None)


def organisation_of(by: Viewer | None) -> int | None:
    """The organisation on whose behalf somebody acts: the first of its seats, None for the clock."""
    if by is None or not by.seats:
        return None
    return min(seat.organisation for seat in by.seats)


def history(subject: Subject, key: int) -> list[Recorded]:
    """Everything that stepped this row, in order."""
    kinds = [kind.__name__ for kind in _kinds_of(subject)]
    entries = JournalEntry.objects.filter(**{subject.value: key}, kind__in=kinds).order_by("seq")
    return [read(entry) for entry in entries.values_list(*COLUMNS)]


def of_request(request: int) -> list[Recorded]:
    """Everything that happened to a request, its deployments and its follow-ups, in order."""
    entries = JournalEntry.objects.filter(request=request).order_by("seq").values_list(*COLUMNS)
    return [read(entry) for entry in entries]


def last_of(request: int, kind: str) -> Recorded | None:
    """The last event of this kind of a request, if there was one."""
    entries = JournalEntry.objects.filter(request=request, kind=kind).order_by("-seq").values_list(*COLUMNS)[:1]
    return next(map(read, entries), None)


def refold(subject: Subject, key: int) -> State:
    """The state that the journal says this row has."""
    return fold(subject, (recorded.event for recorded in history(subject, key)))


def after(seq: int, limit: int = 1000) -> list[Recorded]:
    """The events after this seq, oldest first."""
    entries = JournalEntry.objects.filter(seq__gt=seq).order_by("seq").values_list(*COLUMNS)[:limit]
    return [read(entry) for entry in entries]


def head() -> int:
    """The seq of the last event; 0 while nothing has happened."""
    return JournalHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0


def read(line: Sequence[Any]) -> Recorded:
    """An event from its line in the journal, in the order of `COLUMNS`."""
    values = dict(zip(COLUMNS, line, strict=True))
    kind = BY_KIND[values["kind"]]
    told = {}
    for name, terms in _shape(kind):
        value = values[name]
        told[name] = terms(value) if terms is not None and value is not None else value
    return Recorded(
        values["seq"], kind(**told), values["recorded_at"], values["by"], values["organisation"], values["cause"]
    )


def on_event(wake: Callable[[int], None]) -> None:
    """Let this be called with the newest seq after each commit in this process. PostgreSQL also tells the others."""
    _waking.append(wake)


class _Step(NamedTuple):
    """The columns of one row that an event changed, as a statement."""

    statement: str
    values: list[Any]

    @classmethod
    def of(cls, row: StateRow, attributes: Iterable[str]) -> _Step:
        fields = [row._meta.get_field(name) for name in sorted(attributes)]
        sets = ", ".join(f"{connection.ops.quote_name(field.column)} = %s" for field in fields)
        values = [_plain(getattr(row, field.attname)) for field in fields]
        return cls(f"UPDATE {row._meta.db_table} SET {sets} WHERE id = %s", [*values, row.pk])


def _append(lines: list[tuple], steps: list[_Step], *, chain: bool) -> int:
    """Step the rows, take the head, give out numbers, add the lines. The head stays locked until the commit."""
    append = _append_postgres if connection.vendor == "postgresql" else _append_plain
    last = append(lines, steps, chain)
    if _waking:
        transaction.on_commit(lambda: [wake(last) for wake in _waking])
    return last


def _append_postgres(lines: list[tuple], steps: list[_Step], chain: bool) -> int:
    """One statement, so that the head is locked for no longer than one round trip and the commit.

    The rows were locked before, so it does not matter which part of the statement is done first.
    """
    count = len(lines)
    parts = [f"step{place} AS ({step.statement})" for place, step in enumerate(steps)]
    values: list[Any] = [value for step in steps for value in step.values]
    parts.append(f"head AS (UPDATE {_HEAD} SET seq = seq + %s WHERE id = 1 RETURNING seq)")
    values.append(count)
    typed = _typed()
    for place, line in enumerate(lines):
        cause = f"head.seq - {count - 1}" if chain and place else ""
        columns = ", ".join([f"head.seq - {count - 1 - place}", *typed[1:6], cause or typed[6], *typed[7:]])
        parts.append(f"line{place} AS (INSERT INTO {_TABLE} ({_names()}) SELECT {columns} FROM head)")
        values += line[:5] if chain and place else line[:6]
        values += line[6:]
    tell = f"SELECT seq, pg_notify('{CHANNEL}', seq::text) FROM head"
    for _ in range(2):
        found, _count = run(f"WITH {', '.join(parts)} {tell}", values)
        if found:
            return int(found[0][0])
        _make_head()  # the very first event: the rows were stepped, and are stepped to the same again
    raise AssertionError("the journal has a head")


def _append_plain(lines: list[tuple], steps: list[_Step], chain: bool) -> int:
    """The same where a statement cannot both update and insert: SQLite, whose writer is alone anyway."""
    count = len(lines)
    with connection.cursor() as cursor:
        for step in steps:
            cursor.execute(step.statement, step.values)
        for _ in range(2):
            cursor.execute(f"UPDATE {_HEAD} SET seq = seq + %s WHERE id = 1 RETURNING seq", [count])
            if (found := cursor.fetchone()) is not None:
                break
            _make_head()
        last = int(found[0])
        first = last - count + 1
        values: list[Any] = []
        for place, line in enumerate(lines):
            cause = first if chain and place else line[5]
            values += [first + place, *line[:5], cause, *line[6:]]
        row = "(" + ", ".join(["%s"] * len(COLUMNS)) + ")"
        cursor.execute(f"INSERT INTO {_TABLE} ({_names()}) VALUES " + ", ".join([row] * count), values)
    return last


def _make_head() -> None:
    run(f"INSERT INTO {_HEAD} (id, seq) VALUES (1, 0) ON CONFLICT (id) DO NOTHING", [])


@lru_cache(maxsize=1)
def _typed() -> list[str]:
    """A place for the value of each column, with its type: in a SELECT, PostgreSQL cannot know it from the column."""
    types = [JournalEntry._meta.get_field(name).db_type(connection) or "" for name in COLUMNS]
    return [f"%s::{'text' if kind.startswith('varchar') else kind}" for kind in types]


@lru_cache(maxsize=1)
def _names() -> str:
    return ", ".join(connection.ops.quote_name(name) for name in COLUMNS)


@lru_cache(maxsize=8)
def _kinds_of(subject: Subject) -> tuple[type[Event], ...]:
    return tuple(LIFE_CYCLES[subject])


def _values(event: Event) -> list[Any]:
    """The values of an event under the names of `SUBJECTS` and `FACTS`; None where it has no such field."""
    return [_plain(getattr(event, name, None)) for name in (*SUBJECTS, *FACTS)]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


@cache
def _shape(kind: type[Event]) -> tuple[tuple[str, type[Enum] | None], ...]:
    """The fields of an event, each with the enumeration it comes from, if any."""
    hints = get_type_hints(kind)
    return tuple((field.name, _terms(hints[field.name])) for field in fields(kind))


def _terms(hint: Any) -> type[Enum] | None:
    kinds = get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)), None)
