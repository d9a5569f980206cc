"""The worker: does what is due, as long as it is told to.

It looks again each second of the wall, or sooner where the next timer is due sooner by the clock of
the centre. Being killed loses nothing: a timer is done in one transaction or not at all.
"""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, close_old_connections

from schakel.operations import clock, timers
from schakel.operations.models import Timer

log = logging.getLogger(__name__)

#: The longest sleep, in seconds of the wall.
LONGEST_S = 1.0
#: The shortest, so that a timer which cannot be done does not keep the processor busy.
SHORTEST_S = 0.02


class Worker:
    """One worker. Set `stop` to end it between two timers."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.done = 0

    def run(self) -> None:
        """Work until told to stop."""
        # The actions name what is done for each kind of timer.
        from schakel.operations.actions import care_request, deployment, follow_up, overflow  # noqa: F401

        log.info("worker-started")
        while not self.stop.is_set():
            try:
                self.do_what_is_due()
                self.stop.wait(self.sleep_s())
            except DatabaseError:
                log.exception("worker-lost-database")
                close_old_connections()
                self.stop.wait(LONGEST_S)
            except Exception:
                # A timer that fails stays open and is tried again; the trace names code, never values of a record.
                log.exception("worker-timer-failed")
                self.stop.wait(LONGEST_S)
        log.info("worker-stopped")

    def do_what_is_due(self) -> None:
        """Do the timers that are due, one after the other, until told to stop."""
        while not self.stop.is_set() and timers.do_due(limit=1):
            self.done += 1

    def sleep_s(self) -> float:
        """How long nothing is due, in seconds of the wall."""
        waiting = Timer.objects.filter(done_at=None, again_at__lte=clock.wall_ms())
        next_due = waiting.order_by("due_at").values_list("due_at", flat=True).first()
        if next_due is None or clock.speed() <= 0:
            return LONGEST_S
        return min(LONGEST_S, max(SHORTEST_S, (next_due - clock.now_ms()) / clock.speed() / 1000))
