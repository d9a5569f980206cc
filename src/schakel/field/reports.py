"""What a crew reports: which report is next, which can be made now, and what was reported with both its times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from schakel.domain import events as e
from schakel.domain.durations import MINUTE
from schakel.domain.events import Event, Subject
from schakel.domain.life_cycles import REPORTS, why_not
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import DeploymentState, DeploymentStatus
from schakel.operations.journal import Recorded

LABELS: dict[type[Event], str] = {
    e.Departed: _("Departed"),
    e.Arrived: _("Arrived"),
    e.TransportStarted: _("Transport started"),
    e.ReachedDestination: _("At destination"),
    e.HandedOver: _("Handed over"),
    e.Cleared: _("Cleared"),
}

#: What happens to a job that is no report of the crew.
OTHERS: dict[type[Event], str] = {
    e.Offered: _("Offered"),
    e.Accepted: _("Accepted"),
    e.Declined: _("Declined"),
    e.OfferTimedOut: _("No answer in time"),
    e.OfferWithdrawn: _("Offer taken back"),
    e.Cancelled: _("Cancelled"),
    e.Preempted: _("Taken for something more urgent"),
}

#: Only a unit that takes the patient along reports these.
OF_TRANSPORT = (e.TransportStarted, e.ReachedDestination)

#: A report that came in within this time of what it tells came in at once.
AT_ONCE = MINUTE

_S = DeploymentStatus

#: The report that usually comes next. A unit that takes nobody along is done on the spot.
NEXT: dict[DeploymentStatus, type[Event]] = {
    _S.ACCEPTED: e.Departed,
    _S.UNDER_WAY: e.Arrived,
    _S.ON_SCENE: e.TransportStarted,
    _S.TRANSPORTING: e.ReachedDestination,
    _S.AT_DESTINATION: e.HandedOver,
    _S.HANDED_OVER: e.Cleared,
}


@dataclass(frozen=True)
class Step:
    """A report that can be made, or will be possible after the one before it (`later`)."""

    name: str
    label: str
    later: bool


@dataclass(frozen=True)
class Told:
    """Something that happened, and when we knew. `first`: the time that was reported before it was corrected."""

    name: str
    label: str
    at: int
    received: int
    first: int | None = None

    @property
    def late(self) -> bool:
        """Whether it came in later than it happened."""
        return self.received - self.at >= AT_ONCE


def steps(state: DeploymentState, *, transports: bool) -> list[Step]:
    """The reports from here on, the likely one first, then in their usual order."""
    if state.status not in NEXT:
        return []
    likely = NEXT[state.status]
    if likely in OF_TRANSPORT and not transports:
        likely = e.Cleared
    order = list(REPORTS)
    after = order[order.index(NEXT[state.status]) :]
    rest = [kind for kind in after if kind is not likely and (transports or kind not in OF_TRANSPORT)]
    open_ = [kind for kind in (likely, *rest) if getattr(state, REPORTS[kind]) is None]
    return [
        Step(kind.__name__, LABELS[kind], later=why_not(state, Subject.DEPLOYMENT, kind) is not None) for kind in open_
    ]


def missing(state: DeploymentState, *, transports: bool) -> list[Step]:
    """The reports that can still be made with an earlier time: late and out of order is fine."""
    return [
        Step(kind.__name__, LABELS[kind], later=False)
        for kind, stamp in REPORTS.items()
        if getattr(state, stamp) is None
        and why_not(state, Subject.DEPLOYMENT, kind) is None
        and (transports or kind not in OF_TRANSPORT)
    ]


def timeline(history: Iterable[Recorded]) -> list[Told]:
    """What happened to a job, in the order in which it happened; a corrected report keeps its first time."""
    told: dict[str, Told] = {}
    for recorded in history:
        event = recorded.event
        if isinstance(event, e.ReportCorrected):
            before = told[event.report]
            first = before.at if before.first is None else before.first
            told[event.report] = replace(before, at=event.at, received=recorded.recorded_at, first=first)
        elif label := LABELS.get(type(event)) or OTHERS.get(type(event)):
            name = type(event).__name__
            told[name] = Told(name, label, event.at, recorded.recorded_at)
    return sorted(told.values(), key=lambda one: one.at)
