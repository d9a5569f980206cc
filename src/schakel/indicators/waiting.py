"""How long people waited before anything happened: for an answer, and for somebody who goes."""

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
