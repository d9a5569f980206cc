"""To which emergency department a patient is taken: the nearest that is open, past a stop by the region's rule.

A stop asks ambulances to go elsewhere. Whoever is so ill that the rule does not let them (A0 and A1) goes to the
nearest all the same, and so does everybody when all others are on stop too or too far: nobody is turned away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from schakel.domain.vocabulary import AmbulanceUrgency
from schakel.planning.places import StopRule


class Department(NamedTuple):
    """An emergency department as it is when the patient leaves the scene. way_ms: the drive with signals."""

    way_ms: int
    key: int
    is_open: bool
    on_stop: bool


def destination(departments: Sequence[Department], urgency: AmbulanceUrgency, rule: StopRule) -> int:
    """The key of the department to go to: nearest first, the lowest key of equals.

    Where none is open, the nearest takes the patient.
    """
    open_now = [one for one in departments if one.is_open] or departments
    nearest = min(open_now)
    if urgency not in rule.obeyed:
        return nearest.key
    welcome = [one for one in open_now if not one.on_stop and one.way_ms <= nearest.way_ms + rule.detour_ms]
    return min(welcome, default=nearest).key
