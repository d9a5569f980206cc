"""How soon somebody was with the patient.

The clock starts when the call is answered (or taken in at the desk, where nothing rang) and stops when the first of
all units arrives. A request belongs to the period in which its clock started, under the urgency of its first triage:
whoever raises or lowers it later moves no request to another norm.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schakel.domain import events as e
from schakel.domain.vocabulary import Urgency
from schakel.indicators.count import Count, Spread
from schakel.indicators.log import NEVER, EventLog


def reached_within(log: EventLog, urgency: Urgency, norm_ms: int) -> Count:
    """Requests first triaged at this urgency, reached within the norm since the call was answered.

    A request still waiting is a miss from the moment its norm has passed, and not counted before: leaving people
    waiting must never improve the figure. One that was closed while nobody had come is a miss if its norm had passed
    by then, and is else not counted: nobody needed to come. One that turned out to be the same patient as another is
    counted there.
    """
    start, reached, ended = _clocks(log, urgency)
    due = start + norm_ms
    hit = reached <= due
    passed = np.minimum(np.minimum(reached, ended), log.until - 1) > due
    return Count(int(hit.sum()), int((hit | passed).sum()))


def response_times(log: EventLog, urgency: Urgency) -> Spread:
    """How long requests first triaged at this urgency waited for the first unit; P50 and P95 are its percentiles.

    Who still waits, or was closed without anybody having come, has waited at least that long.
    """
    start, reached, ended = _clocks(log, urgency)
    over = reached < NEVER
    return Spread((reached - start)[over], (np.minimum(ended, log.until) - start)[~over])


class _Clocks(NamedTuple):
    start: NDArray[np.int64]
    reached: NDArray[np.int64]
    ended: NDArray[np.int64]


def _clocks(log: EventLog, urgency: Urgency) -> _Clocks:
    """Of the requests that count: when the clock started, when it stopped, when all was over. NEVER: not yet."""
    answered = log.first(e.Answered)
    start = np.where(answered < NEVER, answered, log.first(e.Received))
    ended = log.first(e.Closed)
    ended[log.first(e.Reopened) < log.until] = NEVER
    counts = (
        (log.first_fact(e.Triaged, "urgency") == urgency.rank)
        & (start >= log.since)
        & (start < log.until)
        & (log.first(e.Merged) >= log.until)
    )
    start, reached, ended = start[counts], log.first(e.Arrived)[counts], ended[counts]
    return _Clocks(start, np.where(reached < log.until, reached, NEVER), np.where(ended < log.until, ended, NEVER))
