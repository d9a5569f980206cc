"""How much of their time units are busy (bezettingsgraad in time; deployments per shift is another figure)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schakel.domain import events as e
from schakel.indicators.count import Count
from schakel.indicators.log import NONE, EventLog

_JOB = {e.Accepted: 1, e.Cleared: -1, e.Cancelled: -1, e.Preempted: -1}
_DUTY = {e.ShiftStarted: 1, e.ShiftEnded: -1}


def utilisation(log: EventLog) -> Count:
    """Milliseconds with a patient in hand, of all milliseconds on duty, over all units.

    From acceptance to clearing; being asked is not yet being busy, and the way back is free time. A job that goes on
    after the shift is work, and counts as both: a region cannot lower the figure by letting crews work late. A unit
    with several patients in hand is busy once. What began before the log began counts from the start of the period.
    """
    _, busy, on = time_of_units(log)
    return Count(int(busy.sum()), int(on.sum()))


def time_of_units(log: EventLog) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The units that occur, and of each the milliseconds with a patient in hand and those on duty."""
    rows = np.concatenate([log.rows(kind) for kind in (*_JOB, *_DUTY)])
    unit = log.column("unit")[rows]
    at = np.concatenate([log.when(kind) for kind in (*_JOB, *_DUTY)])
    job = np.concatenate(
        [np.full(len(log.rows(kind)), step) for kind, step in (*_JOB.items(), *dict.fromkeys(_DUTY, 0).items())]
    )
    duty = np.concatenate(
        [np.full(len(log.rows(kind)), step) for kind, step in (*dict.fromkeys(_JOB, 0).items(), *_DUTY.items())]
    )
    known = (unit >= 0) & (at < log.until)
    unit, at, job, duty = unit[known], at[known], job[known], duty[known]
    if not unit.size:
        none = np.empty(0, dtype=np.int64)
        return none, none, none
    order = np.lexsort([at, unit])
    unit, at = unit[order], np.clip(at[order], log.since, log.until)
    starts = np.flatnonzero(np.diff(unit, prepend=-1))
    lasts = np.append(starts[1:], len(unit)) - 1
    following = np.append(at[1:], 0)
    following[lasts] = log.until
    levels = []
    for steps in (job[order], duty[order]):
        running = np.cumsum(steps)
        before = np.repeat(running[starts] - steps[starts], lasts - starts + 1)
        running -= before
        # An end without a start: it began before the log.
        lowest = np.minimum(np.minimum.reduceat(running, starts), 0)
        levels.append((running - np.repeat(lowest, lasts - starts + 1), -lowest))
    (jobs, jobs_at_start), (duties, duties_at_start) = levels
    busy = jobs > 0
    on = busy | (duties > 0)
    lengths = following - at
    first = at[starts] - log.since
    busy_ms = np.add.reduceat(np.where(busy, lengths, 0), starts) + np.where(jobs_at_start > 0, first, 0)
    early = (jobs_at_start > 0) | (duties_at_start > 0)
    on_ms = np.add.reduceat(np.where(on, lengths, 0), starts) + np.where(early, first, 0)
    return unit[starts], busy_ms, on_ms


def overtime(log: EventLog) -> Count:
    """Milliseconds on duty after the shift was to end, of all milliseconds on duty, over all units.

    A shift goes on until the crew has gone home. One of which the planned end is not known, because it began before
    the log, has no overtime that anybody could tell; its hours count.
    """
    started, ended = log.rows(e.ShiftStarted), log.rows(e.ShiftEnded)
    unit = np.concatenate([log.column("unit")[started], log.column("unit")[ended]])
    at = np.concatenate([log.when(e.ShiftStarted), log.when(e.ShiftEnded)])
    planned = np.concatenate([log.column("until")[started], np.full(len(ended), NONE)])
    begins = np.concatenate([np.ones(len(started), dtype=bool), np.zeros(len(ended), dtype=bool)])
    order = np.lexsort([begins, at, unit])
    unit, at, planned, begins = unit[order], at[order], planned[order], begins[order]
    is_followed = np.append(unit[1:] == unit[:-1], False)
    stops = np.where(is_followed, np.append(at[1:], 0), log.until)
    counts = begins & (planned != NONE)
    late = np.minimum(stops, log.until) - np.maximum(planned, log.since)
    return Count(int(np.maximum(late[counts], 0).sum()), int(time_of_units(log)[2].sum()))
