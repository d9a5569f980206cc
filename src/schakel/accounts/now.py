"""The time by the clock of the centre, for what people do to accounts.

The clock stands in `operations`, a floor above this one; it is found by its name, as Django finds a backend.
"""

from django.utils.module_loading import import_string

CLOCK = "schakel.operations.clock.now_ms"


def now_ms() -> int:
    """Whole milliseconds since 1970 UTC, by the clock of the centre."""
    return import_string(CLOCK)()
