"""Last month's real requests as a demand: what happened, to be met by another fleet or another policy.

Nothing is guessed. A request that was never reached, or of which the place, urgency or care is not known, has lengths
of time that nobody knows; it is left out and counted, so that whoever compares knows what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schakel.domain import events as e
from schakel.domain.fitting_care import NEEDS, Giver
from schakel.domain.vocabulary import Care
from schakel.indicators.log import NEVER, NONE, EventLog
from schakel.planning.demand import Demand


class Found(NamedTuple):
    """A demand from a log, the keys of its requests in the log, and how many requests of the period were left out."""

    demand: Demand
    requests: list[int]
    left_out: int


def demand_from(log: EventLog, zones: Sequence[str]) -> Found:
    """The requests that came in during the period of the log. zones: the names of the world's zones, in its order.

    The urgency is that of the first triage, and the request is ready when the care was first chosen. Its times on
    scene and at the hospital are those of the deployment that took the patient along, else of the first that was
    cleared; clearing after care on the spot cannot be told from the care, and is counted with it.
    """
    start = np.minimum(log.first(e.Received), log.first(e.Answered))
    in_period = (start >= log.since) & (start < log.until)
    ready = log.first(e.CareChosen)
    urgency = log.first_fact(e.Triaged, "urgency")
    care = log.first_fact(e.CareChosen, "care")
    place = np.array([zones.index(name) if name in zones else NONE for name in (*log.zones, "")])
    zone = place[log.first_fact(e.Located, "zone")]

    deployments = len(log.keys("deployment"))
    when: dict[type[e.Event], NDArray[np.int64]] = {
        kind: log.first(kind, "deployment")
        for kind in (e.Arrived, e.TransportStarted, e.ReachedDestination, e.HandedOver, e.Cleared)
    }
    cleared_rows = log.rows(e.Cleared)
    request_of = np.full(deployments, NONE, dtype=np.int64)
    request_of[log.of_subject("deployment", cleared_rows)] = log.of_subject("request", cleared_rows)
    whole_ride = (
        np.maximum(np.maximum(when[e.TransportStarted], when[e.ReachedDestination]), when[e.HandedOver]) < NEVER
    )
    usable = (request_of >= 0) & (when[e.Arrived] < NEVER) & (when[e.Cleared] < NEVER)
    chosen = np.full(len(start), NONE, dtype=np.int64)
    # Last written stays: the first that was cleared over later ones, and whoever took the patient along over all.
    order = np.lexsort([-when[e.Cleared], whole_ride])
    order = order[usable[order]]
    chosen[request_of[order]] = order

    by_centre = np.array([NEEDS[one].giver is Giver.CENTRE for one in Care])[care]
    known = in_period & (ready < NEVER) & (ready >= start) & (urgency >= 0) & (care >= 0) & (zone >= 0)
    known &= (chosen >= 0) | by_centre
    kept = np.flatnonzero(known)
    kept = kept[np.argsort(start[kept], kind="stable")]
    of = chosen[kept]
    served = of >= 0
    along = np.zeros(len(of), dtype=bool)
    along[served] = whole_ride[of[served]]

    def between(first: type[e.Event], last: type[e.Event], where: NDArray[np.bool_]) -> NDArray[np.int64]:
        lasted = np.zeros(len(of), dtype=np.int64)
        lasted[where] = np.maximum(when[last][of[where]] - when[first][of[where]], 0)
        return lasted

    demand = Demand(
        at=start[kept],
        handling=(ready - start)[kept],
        zone=zone[kept],
        urgency=urgency[kept],
        care=care[kept],
        on_scene=between(e.Arrived, e.TransportStarted, along) + between(e.Arrived, e.Cleared, served & ~along),
        transported=along,
        handover=between(e.ReachedDestination, e.HandedOver, along),
        clearing=between(e.HandedOver, e.Cleared, along),
    )
    return Found(demand, log.keys()[kept].tolist(), int(in_period.sum()) - len(kept))
