"""An event log as a file: what happened, to be kept beside a figure or to be met again.

As Parquet, with the words of the vocabulary and the names of zones, so that a file outlives the order of our lists. Or
as a timeline, written by hand (`schakel.indicators.timeline`), whose day 0 is the first day that is counted.
"""

from __future__ import annotations

import typing
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from schakel.domain.events import EVENTS, FACTS, SUBJECTS
from schakel.domain.vocabulary import Term
from schakel.indicators import NONE, EventLog, read_timeline
from schakel.indicators.log import dtype, hints

#: What makes a Parquet file one of ours.
FORMAT = "schakel-log-1"


class WrongLog(ValueError):
    """A file that is no log: what was expected, and what came."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(f"expected {expected}, but came {came}")
        self.expected = expected
        self.came = came


def write_log(log: EventLog, path: Path) -> None:
    """Write a log as Parquet, in order of time. Columns about which nothing is known are left out."""
    order = np.argsort(log.column("at"), kind="stable")
    columns: dict[str, Any] = {}
    for name in ("kind", "at", *SUBJECTS, *FACTS):
        values = log.column(name)[order]
        if name == "kind":
            columns[name] = _named(values, [kind.__name__ for kind in EVENTS])
        elif dtype(name) is np.float64:
            columns[name] = pl.Series(values).fill_nan(None)
        elif (words := _words(name, log)) is not None:
            if name == "reason":  # which list it is of depends on the event
                columns[name] = _reasons(log, order)
            else:
                columns[name] = _named(values, words)
        else:
            whole = pl.Series(values)
            columns[name] = whole.set(whole == NONE, None)
    frame = pl.DataFrame({name: values for name, values in columns.items() if name in ("kind", "at") or _known(values)})
    frame.write_parquet(path, metadata={"schakel": FORMAT, "since": str(log.since), "until": str(log.until)})


def read_log(path: Path, *, begins: int = 0) -> EventLog:
    """A log from a file. begins: the moment (ms since 1970) at which day 0 of a timeline starts.

    Refused with `WrongLog` when it cannot be read, is no log, or holds a word that we do not have.
    """
    if path.suffix == ".parquet":
        return _parquet(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongLog("a log that can be read", f'"{path.name}" ({_why(error)})') from None
    try:
        log = read_timeline(text)
    except ValueError as error:
        raise WrongLog("a timeline, or Parquet with a name that ends in .parquet", f'"{path.name}": {error}') from None
    names = {name: log.column(name) for name in ("kind", "at", *SUBJECTS, *FACTS)}
    for name in ("at", "until", "reply_by"):
        if name in names:
            names[name] = np.where(names[name] == NONE, NONE, names[name] + begins)
    return EventLog(names, since=log.since + begins, until=log.until + begins, zones=log.zones)


def _parquet(path: Path) -> EventLog:
    try:
        told = pl.read_parquet_metadata(path)
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise WrongLog("a log as Parquet that can be read", f'"{path.name}" ({_why(error)})') from None
    if told.get("schakel") != FORMAT or not {"kind", "at"} <= set(frame.columns):
        raise WrongLog("a log as Schakel writes it (Parquet)", f'"{path.name}", which is something else')
    strange = set(frame.columns) - {"kind", "at", *SUBJECTS, *FACTS}
    if strange:
        raise WrongLog("columns that a log has", f"{sorted(strange)[0]!r}")
    zones = sorted(frame["zone"].drop_nulls().unique()) if "zone" in frame.columns else []
    kinds = _codes(frame["kind"], [kind.__name__ for kind in EVENTS], "kind").astype(np.int16)
    columns: dict[str, Any] = {"kind": kinds}
    for name in frame.columns:
        if name == "kind":
            continue
        if name == "zone":
            columns[name] = _codes(frame[name], zones, name)
        elif name == "reason":
            columns[name] = _reason_codes(frame, kinds)
        elif dtype(name) is np.float64:
            columns[name] = frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        elif (words := _words(name, None)) is not None:
            columns[name] = _codes(frame[name], words, name)
        else:
            columns[name] = frame[name].cast(pl.Int64).fill_null(NONE).to_numpy()
    return EventLog(columns, since=int(told["since"]), until=int(told["until"]), zones=tuple(zones))


def _words(name: str, log: EventLog | None) -> list[str] | None:
    """The words that stand for the codes of a column; None for a column of numbers."""
    if name == "zone":
        return list(log.zones) if log is not None else []
    if name == "report":
        return [kind.__name__ for kind in EVENTS]
    terms = _terms(name)
    return [str(term) for term in terms[0]] if terms else None


def _terms(name: str, of: int | None = None) -> list[type[Term]]:
    """The vocabularies that a fact is written in, of one event or of all."""
    found: dict[type[Term], None] = {}
    for kind in EVENTS if of is None else (EVENTS[of],):
        hint = hints(kind).get(name)
        for one in typing.get_args(hint) or (hint,):
            if isinstance(one, type) and issubclass(one, Term):
                found[one] = None
    return list(found)


def _named(values: Any, words: list[str]) -> pl.Series:
    lookup = np.array([*words, None], dtype=object)
    return pl.Series(lookup[np.where(values == NONE, len(words), values)].tolist(), dtype=pl.String)


def _reasons(log: EventLog, order: Any) -> pl.Series:
    kinds, values = log.column("kind")[order], log.column("reason")[order]
    told = np.full(len(values), None, dtype=object)
    for kind in np.unique(kinds).tolist():
        if terms := _terms("reason", kind):
            words = np.array([*map(str, terms[0]), None], dtype=object)
            here = kinds == kind
            told[here] = words[np.where(values[here] == NONE, len(words) - 1, values[here])]
    return pl.Series(told.tolist(), dtype=pl.String)


def _reason_codes(frame: pl.DataFrame, kinds: Any) -> Any:
    told = np.array(frame["reason"].to_list(), dtype=object)
    found = np.full(len(told), NONE, dtype=np.int64)
    for kind in np.unique(kinds).tolist():
        here = kinds == kind
        if terms := _terms("reason", kind):
            found[here] = _codes(pl.Series(told[here].tolist(), dtype=pl.String), list(map(str, terms[0])), "reason")
    return found


def _codes(series: pl.Series, words: list[str], name: str) -> Any:
    place = {word: code for code, word in enumerate(words)}
    values = series.cast(pl.String).to_list()
    strange = next((value for value in values if value is not None and value not in place), None)
    if strange is not None or (name == "kind" and None in values):
        raise WrongLog(f"a word that `{name}` has", repr(strange))
    return np.array([NONE if value is None else place[value] for value in values], dtype=np.int64)


def _known(values: pl.Series) -> bool:
    return values.null_count() < len(values)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).splitlines()[0][:80] or type(error).__name__
