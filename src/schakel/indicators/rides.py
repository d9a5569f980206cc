"""What became of the rides: who was helped on the spot, and who was taken along."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schakel.domain import events as e
from schakel.domain.fitting_care import NEEDS
from schakel.domain.vocabulary import AmbulanceUrgency, CancelReason, Care
from schakel.indicators.count import Count
from schakel.indicators.log import NEVER, EventLog

#: Planned transport (B) is ordered as transport, and is no occasion for a consult.
URGENT = (AmbulanceUrgency.A0, AmbulanceUrgency.A1, AmbulanceUrgency.A2)


def mobile_care_consults(log: EventLog) -> Count:
    """Requests of class A0 to A2 that an ambulance service reached, and that ended without transport (EHGV, MZC).

    Counted by patient, not by vehicle: when a rapid responder treats and an ambulance drives, the patient was
    transported. Counted when the last of its units is done, in the period in which that is; before, nobody knows. A
    unit that found no patient, or was cancelled or taken away, has reached nobody.
    """
    offered = log.first_row(e.Offered, "deployment")
    ambulance = np.zeros(len(offered), dtype=bool)
    known = offered >= 0
    cares = [code for code, care in enumerate(Care) if NEEDS[care].ambulance]
    classes = [tuple(AmbulanceUrgency).index(one) for one in URGENT]
    ambulance[known] = np.isin(log.column("care")[offered[known]], cares) & np.isin(
        log.column("ambulance_urgency")[offered[known]], classes
    )
    accepted = log.first(e.Accepted, "deployment")
    cleared = log.first(e.Cleared, "deployment")
    cancelled = log.first(e.Cancelled, "deployment")
    ended = np.minimum(np.minimum(cleared, cancelled), log.first(e.Preempted, "deployment"))
    arrived = log.first(e.Arrived, "deployment")
    nobody = log.first_fact(e.Cancelled, "reason", "deployment") == tuple(CancelReason).index(CancelReason.NO_PATIENT)
    away = np.minimum(log.first(e.TransportStarted, "deployment"), log.first(e.ReachedDestination, "deployment"))
    was_there = ambulance & (arrived < log.until) & (cleared < log.until) & ~nobody
    busy = (accepted < log.until) & (ended >= log.until)
    last = np.full(len(log.keys()), -1, dtype=np.int64)
    request = _request_of_deployment(log)
    has = request >= 0
    np.maximum.at(last, request[has & (ended < NEVER)], ended[has & (ended < NEVER)])

    def some(which: NDArray[np.bool_]) -> NDArray[np.bool_]:
        found = np.zeros(len(last), dtype=bool)
        found[request[has & which]] = True
        return found

    counted = some(was_there) & ~some(busy) & (last >= log.since) & (last < log.until)
    return Count(int((counted & ~some(away < log.until)).sum()), int(counted.sum()))


def _request_of_deployment(log: EventLog) -> NDArray[np.int64]:
    """The place in `keys()` of the request of each deployment; -1 where that is not known."""
    found = np.full(len(log.keys("deployment")), -1, dtype=np.int64)
    for kind in (e.Arrived, e.Accepted, e.Offered):
        rows = log.rows(kind)
        found[log.of_subject("deployment", rows)] = log.of_subject("request", rows)
    return found
