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

from schakel.domain.durations import MINUTE, SECOND
from schakel.domain.events import Subject
from schakel.operations import clock
from schakel.operations.models import Timer
from schakel.operations.statement import run

log = logging.getLogger(__name__)

#: How long a timer that failed waits before it is tried again, and the most it waits (ms of the wall).
FIRST_WAIT = SECOND
LONGEST_WAIT = 5 * MINUTE


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
    told = {"kind": kind, "subject": subject.value, "key": key, "due_at": due_at, "failures": 0, "again_at": 0}
    columns = ", ".join(map(connection.ops.quote_name, told))
    run(f"INSERT INTO {Timer._meta.db_table} ({columns}) VALUES (%s, %s, %s, %s, %s, %s)", list(told.values()))


def do_due(limit: int = 100) -> int:
    """Do the timers that are due now, each in its own transaction. Gives how many were done.

    One that cannot be done is taken back whole, and tried again after a wait that grows: it never holds
    up those behind it, and keeps nobody busy. It is never given up, for somebody may be waiting behind it.
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
            _put_off(trying[0], type(wrong).__name__)
    return done


def waits_ms(failures: int) -> int:
    """How long a timer that failed this often waits before it is tried again (ms of the wall)."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - 1, 20))


def failing() -> int:
    """How many timers were due and could not be done at the last try."""
    return Timer.objects.filter(done_at=None, failures__gt=0).count()


def _put_off(timer: Timer, wrong: str) -> None:
    """Note the failure, in a transaction of its own. Says which kind and row, never a value of a record."""
    failures = timer.failures + 1
    wait = waits_ms(failures)
    log.error("timer-failed %s %s %s times=%s again-in=%ss", timer.kind, timer.pk, wrong, failures, wait // 1000)
    with transaction.atomic():
        Timer.objects.filter(pk=timer.pk, done_at=None).update(failures=failures, again_at=clock.wall_ms() + wait)


@transaction.atomic
def _do_one(failed: list[int], trying: list[Timer]) -> bool:
    now = clock.now_ms()
    waiting = Timer.objects.filter(done_at=None, due_at__lte=now, again_at__lte=clock.wall_ms())
    waiting = waiting.exclude(pk__in=failed).order_by("due_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    timer = waiting.first()
    if timer is None:
        return False
    trying.append(timer)
    KINDS[timer.kind](key=timer.key, due_at=timer.due_at, at=now)
    if timer.failures:
        log.warning("timer-recovered %s %s times=%s", timer.kind, timer.pk, timer.failures)
    timer.done_at, timer.failures, timer.again_at = now, 0, 0
    timer.save(update_fields=["done_at", "failures", "again_at"])
    return True
