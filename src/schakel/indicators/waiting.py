"""How long people waited: for an answer, for somebody who goes, for a room; and crews, to hand a patient over."""

from __future__ import annotations

import numpy as np

from schakel.domain import events as e
from schakel.domain.vocabulary import Urgency
from schakel.indicators.count import Count, Spread
from schakel.indicators.log import NEVER, EventLog


def answered_within(log: EventLog, norm_ms: int) -> Count:
    """Calls that rang in the period, answered within the norm.

    A call that still rings is a miss from the moment its norm has passed. A caller who gave up before that is not
    counted, for nobody can say; one who gave up after it is a miss. Calling back does not undo that.
    """
    rang = log.first(e.Rang)
    counts = (rang >= log.since) & (rang < log.until)
    rang = rang[counts]
    answered = log.first(e.Answered)[counts]
    gave_up = log.first(e.Missed)[counts]
    due = rang + norm_ms
    hit = (answered <= np.minimum(due, log.until - 1)) & (answered <= gave_up)
    passed = np.minimum(np.minimum(answered, gave_up), log.until - 1) > due
    return Count(int(hit.sum()), int((hit | passed).sum()))


def waits_for_a_unit(log: EventLog, urgency: Urgency) -> Spread:
    """How long requests of this first urgency waited from the first triage until somebody accepted to go.

    Who still waits has waited at least this long; so has whoever was closed before anybody accepted. A second wait,
    after a unit was taken for something more urgent, is not in this figure: the response time has it.
    """
    triaged = log.first(e.Triaged)
    counts = (
        (log.first_fact(e.Triaged, "urgency") == urgency.rank)
        & (triaged >= log.since)
        & (triaged < log.until)
        & (log.first(e.Merged) >= log.until)
    )
    triaged, accepted = triaged[counts], log.first(e.Accepted)[counts]
    closed = np.minimum(log.first(e.Closed)[counts], log.until)
    over = (accepted < NEVER) & (accepted < log.until)
    return Spread((accepted - triaged)[over], (closed - triaged)[~over])


def waits_for_a_room(log: EventLog, place: int | None = None) -> Spread:
    """How long patients who came to a place waited there until care began; of one place, or of all.

    Counted in the period in which they came. Who still waits has waited at least this long. Those whom a unit brought
    are not in this figure.
    """
    return _at_places(log, e.Arrived, place, by_unit=False)


def handover_times(log: EventLog, place: int | None = None) -> Spread:
    """How long crews were at their destination until somebody else had the patient (overdrachtstijd).

    From reaching the destination, so with any wait for a room. Counted in the period in which they reached it; who
    stands there still has stood there at least this long. A crew that reported being clear and no hand-over was not
    there longer than that; how long is not known, and it is left out.
    """
    return _at_places(log, e.HandedOver, place, by_unit=True)


def _at_places(log: EventLog, then: type[e.Event], place: int | None, *, by_unit: bool) -> Spread:
    rows = log.first_row(e.ReachedDestination, "deployment")
    known = rows >= 0
    counts = known.copy()
    counts[known] &= (log.column("unit")[rows[known]] >= 0) == by_unit
    if place is not None:
        counts[known] &= log.column("place")[rows[known]] == place
    reached, helped = log.first(e.ReachedDestination, "deployment"), log.first(then, "deployment")
    ended = np.minimum(log.first(e.Cleared, "deployment"), log.first(e.Cancelled, "deployment"))
    counts &= (reached >= log.since) & (reached < log.until) & ((helped < NEVER) | (ended >= log.until))
    reached, helped = reached[counts], helped[counts]
    over = helped < log.until
    return Spread((helped - reached)[over], (log.until - reached)[~over])
