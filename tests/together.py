"""Several people at once: each in a thread of its own, with its own connection to the database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections


def together(*doings: Callable[[], Any], patience: float = 120) -> list[Any]:
    """Do all of these at the same moment. Gives what each returned, or the exception that it raised."""
    outcomes: list[Any] = [TimeoutError("this one never came back")] * len(doings)
    start = threading.Barrier(len(doings))

    def one(place: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(patience)
            outcomes[place] = doings[place]()
        except Exception as wrong:
            outcomes[place] = wrong
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(place,), daemon=True) for place in range(len(doings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    return outcomes
