"""One log in parts: by whom a request was about, where it came from, or which unit did it.

Every part is a log of its own, over the same period, and every indicator reads it as it reads the whole. So a figure of
one municipality is the figure of the region, asked of fewer people.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schakel.domain.events import FACTS, SUBJECTS
from schakel.indicators.log import EventLog


def parts(log: EventLog, subject: str, of: NDArray[Any]) -> dict[int, EventLog]:
    """The log in parts. of: for each of `log.keys(subject)` the number of its part; below zero for none.

    Rows that are about no such subject are in no part: shifts have no request, requests no unit of their own.
    """
    about = log.column(subject)
    rows = np.flatnonzero(about >= 0)
    part = np.asarray(of, dtype=np.int64)[log.of_subject(subject, rows)]
    rows, part = rows[part >= 0], part[part >= 0]
    order = np.argsort(part, kind="stable")
    rows, part = rows[order], part[order]
    numbers, starts = np.unique(part, return_index=True)
    ends = np.append(starts, len(rows))[1:]
    return {
        int(number): _some(log, rows[start:end])
        for number, start, end in zip(numbers.tolist(), starts.tolist(), ends.tolist(), strict=True)
    }


def _some(log: EventLog, rows: NDArray[np.intp]) -> EventLog:
    def column(name: str) -> Callable[[], NDArray[Any]]:
        return lambda: log.column(name)[rows]

    return EventLog(
        {name: column(name) for name in ("kind", "at", *SUBJECTS, *FACTS)},
        since=log.since,
        until=log.until,
        zones=log.zones,
    )
