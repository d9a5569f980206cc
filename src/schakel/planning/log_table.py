"""An event log as a CSV file that another system wrote, or as any file that `log_file` reads.

A line for each event: `kind` (the name of an event, such as Received), `at` (milliseconds since 1970, or a moment such
as 2026-03-02T09:05:00+01:00), and what is known besides, in the columns of the log: the numbers of request, deployment
and unit, and facts by the words of the vocabulary. An empty cell is *not known*.
"""

from __future__ import annotations

import typing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schakel.domain.events import EVENTS, FACTS, SUBJECTS
from schakel.domain.region.problem import Problem, shown
from schakel.domain.region.sheet import hint
from schakel.domain.vocabulary import Term
from schakel.indicators import NONE, EventLog
from schakel.indicators.log import dtype, hints
from schakel.planning.log_file import WrongLog, read_log
from schakel.planning.table import TOLD, Table, WrongInput, refuse_if

#: Before this a number is no moment that a centre could have known.
EARLIEST_MS = 0


def log_from(path: Path) -> EventLog:
    """The log in a file: CSV, Parquet, or a timeline. A file that is wrong: `WrongInput`."""
    if path.suffix == ".csv":
        return _csv(path)
    if not path.is_file():
        raise WrongInput(
            [Problem(path.name, "the file", "a file that can be read", f'"{path}" (there is no such file)')]
        )
    try:
        return read_log(path)
    except WrongLog as wrong:
        raise WrongInput([Problem(path.name, "the file", wrong.expected, wrong.came)]) from None


def _csv(path: Path) -> EventLog:
    problems: list[Problem] = []
    names = ("kind", "at", *SUBJECTS, *FACTS)
    table = Table(path, problems, names)
    refuse_if(problems)
    kinds = [kind.__name__ for kind in EVENTS]
    columns: dict[str, Any] = {
        "kind": _codes(table, "kind", kinds, needed=True).astype(np.int16),
        "at": _moments(table),
    }
    zones: tuple[str, ...] = ()
    for name in names[2:]:
        if not table.has(name) or name == "reason":  # nobody who counts demand asks for reasons
            continue
        if name == "zone":
            zones = tuple(sorted({one for one in table.frame["zone"].to_list() if one}))
            columns[name] = _codes(table, name, zones)
        elif name == "report":
            columns[name] = _codes(table, name, kinds)
        elif dtype(name) is np.float64:
            columns[name] = table.frame[name].cast(float, strict=False).fill_null(float("nan")).to_numpy()
        elif words := _words(name):
            columns[name] = _codes(table, name, words)
        else:
            columns[name] = table.whole(name)
    refuse_if(problems)
    at = columns["at"]
    return EventLog(columns, since=int(at.min()), until=int(at.max()) + 1, zones=zones)


def _codes(table: Table, name: str, words: typing.Sequence[str], *, needed: bool = False) -> NDArray[np.int64]:
    place = {word: code for code, word in enumerate(words)}
    if not table.has(name):
        table.note("line 1", f'a column "{name}"', ", ".join(table.frame.columns[:12]))
        return np.full(len(table), NONE)
    values = table.frame[name].to_list()
    wrong = 0
    for row, value in enumerate(values):
        if value in place or (value in (None, "") and not needed):
            continue
        wrong += 1
        if wrong <= TOLD + 1:
            expected = f"one of {', '.join(words[:8])}{', ...' if len(words) > 8 else ''}{hint(value, words)}"
            table.note(f"line {row + 2}.{name}", expected, shown(value or None))
    return np.array([place.get(value, NONE) if value else NONE for value in values], dtype=np.int64)


def _moments(table: Table) -> NDArray[np.int64]:
    if not table.has("at"):
        table.note("line 1", 'a column "at"', ", ".join(table.frame.columns[:12]))
        return np.zeros(len(table), dtype=np.int64)
    found = np.zeros(len(table), dtype=np.int64)
    for row, value in enumerate(table.frame["at"].to_list()):
        text = "" if value is None else str(value).strip()
        if text.isascii() and text.isdigit():
            found[row] = int(text)
            continue
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise ValueError
            found[row] = round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
        except ValueError:
            expected = "milliseconds since 1970, or a moment with its time zone such as 2026-03-02T09:05:00+01:00"
            table.note(f"line {row + 2}.at", expected, shown(text or None))
    if (found < EARLIEST_MS).any():
        table.note("at", "moments since 1970", str(int(found.min())))
    return found


def _words(name: str) -> list[str]:
    """The words of the vocabulary that a fact is written in; none for a column of numbers."""
    found: list[str] = []
    for kind in EVENTS:
        known = hints(kind).get(name)
        for one in typing.get_args(known) or (known,):
            if isinstance(one, type) and issubclass(one, Term):
                found = [str(term) for term in one]
    return found
