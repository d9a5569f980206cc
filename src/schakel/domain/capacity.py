"""How long a reported figure counts: after its shelf life it is unknown, never free and never zero.

A figure is known from the moment it was measured until its shelf life has passed. At that very moment it is
unknown: the browser turns the figure grey at `stale_at`, and both must say the same in the same millisecond.
"""

from __future__ import annotations

from schakel.domain.durations import MINUTE
from schakel.domain.reasons import Reason
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import PlaceState

SILENT = _("It has never said how many it can take. Call before you count on it.")
STALE = _("Its last figure is {minutes} minutes old and no longer counts. Call before you count on it.")
FULL = _("It reported {minutes} minutes ago that it can take nobody. Call, or choose another place.")


def stale_at(state: PlaceState, shelf_life: int) -> int | None:
    """The moment from which the last figure is unknown; None when there is no figure."""
    if state.free is None or state.measured_at is None:
        return None
    return state.measured_at + shelf_life


def known_free(state: PlaceState, shelf_life: int, now: int) -> int | None:
    """How many can be taken in, as far as that is known now. None is not known, and is not zero."""
    until = stale_at(state, shelf_life)
    return state.free if until is not None and now < until else None


def why_not_count_on(state: PlaceState, shelf_life: int, now: int) -> Reason | None:
    """Say why nobody can be sent on the strength of the last figure alone, or None when that can be done."""
    if state.free is None or state.measured_at is None:
        return Reason(SILENT)
    minutes = max(0, now - state.measured_at) // MINUTE
    free = known_free(state, shelf_life, now)
    if free is None:
        return Reason(STALE, {"minutes": minutes})
    return Reason(FULL, {"minutes": minutes}) if free <= 0 else None
