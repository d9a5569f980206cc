"""What is due at a moment, as rows; done by the worker, and harmless when done twice.

An action sets a timer in its own transaction. The worker takes the timers that are due with
`skip_locked`, so that several workers may run, and calls the action of that kind. Each of these
looks first whether it still has to be: a reply that came in, a patient who was asked again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from django.db import connection, transaction

from schakel.domain.events import Subject
from schakel.operations import clock
from schakel.operations.models import Timer
from schakel.operations.statement import run

log = logging.getLogger(__name__)


class Due(Protocol):
    """What happens when a timer is due. It looks itself whether anything still has to happen."""

    def __call__(self, *, key: int, due_at: int, at: int) -> None: ...


#: What is done for each kind of timer. The modules of actions add theirs.
KINDS: dict[str, Due] = {}


def when_due(kind: str) -> Callable[[Due], Due]:
    """Let this function be called when a timer of the kind is due."""

    def add(function: Due) -> Due:
        KINDS[kind] = function
        return function

    return add


def set_timer(kind: str, subject: Subject, key: int, due_at: int) -> None:
    """Have something looked at, at that moment."""
    assert kind in KINDS, f"{kind} is a kind of timer"
    columns = ", ".join(map(connection.ops.quote_name, ("kind", "subject", "key", "due_at")))
    run(f"INSERT INTO {Timer._meta.db_table} ({columns}) VALUES (%s, %s, %s, %s)", [kind, subject.value, key, due_at])


def do_due(limit: int = 100) -> int:
    """Do the timers that are due now, each in its own transaction. Gives how many were done.

    One that cannot be done is taken back whole and tried again in the next round: it never holds up
    those behind it.
    """
    done = 0
    failed: list[int] = []
    while done < limit:
        trying: list[Timer] = []
        try:
            if not _do_one(failed, trying):
                break
            done += 1
        except Exception as wrong:
            if not trying:
                raise
            failed.append(trying[0].pk)
            log.error("timer-failed %s %s %s", trying[0].kind, trying[0].pk, type(wrong).__name__)
    return done


@transaction.atomic
def _do_one(failed: list[int], trying: list[Timer]) -> bool:
    now = clock.now_ms()
    waiting = Timer.objects.filter(done_at=None, due_at__lte=now).exclude(pk__in=failed).order_by("due_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    timer = waiting.first()
    if timer is None:
        return False
    trying.append(timer)
    KINDS[timer.kind](key=timer.key, due_at=timer.due_at, at=now)
    timer.done_at = now
    timer.save(update_fields=["done_at"])
    return True
