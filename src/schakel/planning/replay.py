"""A published simulator's own test run, patient by patient.

The rules are those of ELASPY (an open simulator of the ambulances of the province of Utrecht), written anew: time runs
in minutes and is not rounded, so that every response time can be compared to the ninth decimal. That is why this is
an engine by itself; `reference` counts whole milliseconds and asks the desk's rules.

* An ambulance can be sent when it is idle at its base or on its way back. The one with the least siren time from where
  it is goes; the first of equals.
* On its way back it is at the driven share of the straight line to its base, in the postcode area whose point is
  nearest. Without siren the way takes 1/0.95 as long.
* Nobody free: the patient waits, first come first served, and gets the first ambulance that is done, from where that
  is.
* The response time is the wait and the siren time. Then care on site; if need be siren time to the hospital that is
  nearest by siren time, and the drop-off; then the queue, or the way back.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Driving without siren is so much slower.
SLOWER = 0.95

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Inputs:
    """Minutes, metres, and zones by number. arrivals: the moments at which patients call."""

    minutes: Floats  # siren time from zone to zone
    x: Floats
    y: Floats
    bases: Sequence[int]  # the zone of the base of each ambulance
    hospitals: Sequence[int]
    arrivals: Floats
    zone: Whole
    on_site: Floats
    to_hospital: NDArray[np.bool_]
    drop_off: Floats


@dataclass
class Ambulance:
    """Where an ambulance is. back_at: when it is at its base; None while it is with a patient."""

    base: int
    zone: int  # where it is, or where its way back began
    left_at: float = 0.0
    back_at: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Patient:
    """What happened to one patient. hospital: -1 for none."""

    ambulance: int
    waited: float
    driving: float
    hospital: int
    to_hospital: float
    finish: float

    @property
    def response(self) -> float:
        """From the call to the arrival of the ambulance."""
        return self.waited + self.driving


def replay(inputs: Inputs) -> list[Patient]:
    """Every patient of the run, in order of arrival."""
    minutes = inputs.minutes
    fleet = [Ambulance(base, base) for base in inputs.bases]
    busy: list[tuple[float, int]] = []  # when which ambulance is done
    line: deque[int] = deque()
    found: dict[int, Patient] = {}

    def zone_now(one: Ambulance, now: float) -> int:
        if one.back_at is None or now >= one.back_at:
            return one.base
        driven = (now - one.left_at) / (minutes[one.zone, one.base] / SLOWER)
        x = inputs.x[one.zone] + driven * (inputs.x[one.base] - inputs.x[one.zone])
        y = inputs.y[one.zone] + driven * (inputs.y[one.base] - inputs.y[one.zone])
        return int(np.argmin(np.hypot(inputs.x - x, inputs.y - y)))

    def send(number: int, start: int, patient: int, now: float) -> None:
        at = int(inputs.zone[patient])
        driving = float(minutes[start, at])
        finish = now + driving + float(inputs.on_site[patient])
        hospital, way = -1, 0.0
        if inputs.to_hospital[patient]:
            hospital = min(inputs.hospitals, key=lambda one: minutes[at, one])
            way = float(minutes[at, hospital])
            finish += way + float(inputs.drop_off[patient])
        fleet[number].zone = at if hospital < 0 else hospital
        fleet[number].back_at = None
        heapq.heappush(busy, (finish, number))
        found[patient] = Patient(number, now - float(inputs.arrivals[patient]), driving, hospital, way, finish)

    def free_until(now: float) -> None:
        """Let every ambulance that is done by now serve the line, or drive back."""
        while busy and busy[0][0] <= now:
            done, number = heapq.heappop(busy)
            one = fleet[number]
            if line:
                send(number, one.zone, line.popleft(), done)
            else:
                one.left_at = done
                one.back_at = done + float(minutes[one.zone, one.base]) / SLOWER

    for patient, now in enumerate(inputs.arrivals.tolist()):
        free_until(now)
        at = int(inputs.zone[patient])
        starts = {i: zone_now(one, now) for i, one in enumerate(fleet) if one.back_at is not None}
        if starts:
            nearest = min(starts, key=lambda i: minutes[starts[i], at])
            send(nearest, starts[nearest], patient, now)
        else:
            line.append(patient)
    free_until(float("inf"))
    return [found[patient] for patient in range(len(inputs.arrivals))]
