"""Vital signs: what a score amounts to, which limits are passed, and what was not measured.

Measurements can only raise an urgency. A part that was not measured gives no points and is named, so that the total
is a lower bound and is shown as one: *at least 3, temperature not measured*.
"""

from __future__ import annotations

from dataclasses import dataclass

from schakel.domain.triage.patient import Patient, Vitals
from schakel.domain.triage.protocol import Limit, Part, Protocol, Raise, Score
from schakel.domain.triage.words import Measure
from schakel.domain.vocabulary import Urgency


@dataclass(frozen=True, slots=True)
class Scored:
    """A score for one patient. `points` holds each measured part; the total is exact when nothing is missing."""

    score: Score
    points: tuple[tuple[Measure, int], ...]
    not_measured: tuple[Measure, ...]
    raised: Raise | None

    @property
    def total(self) -> int:
        """The points together: at least this many when something was not measured."""
        return sum(points for _, points in self.points)


@dataclass(frozen=True, slots=True)
class Passed:
    """A limit that was passed, with the value that passed it."""

    limit: Limit
    value: int


def scored(protocol: Protocol, patient: Patient, vitals: Vitals) -> tuple[Scored, ...]:
    """Every score that may count for this patient, as far as it was measured."""
    return tuple(_scored(score, vitals) for score in protocol.scores if not score.whom.excludes(patient))


def passed(protocol: Protocol, patient: Patient, vitals: Vitals) -> tuple[Passed, ...]:
    """Every limit that was passed and may count for this patient."""
    found = []
    for limit in protocol.limits:
        value = vitals.value(limit.measure)
        if value is not None and limit.least <= value <= limit.most and not limit.whom.excludes(patient):
            found.append(Passed(limit, value))
    return tuple(found)


def points_of(part: Part, value: int) -> int:
    """The points of one value. The bands cover everything that can be measured, so there is always one."""
    for least, most, points in part.bands:
        if least <= value <= most:
            return points
    raise AssertionError(f"the bands of {part.measure} cover {value}")


def _scored(score: Score, vitals: Vitals) -> Scored:
    points: list[tuple[Measure, int]] = []
    missing: list[Measure] = []
    for part in score.parts:
        if not meant_for(part, vitals):
            continue
        value = vitals.value(part.measure)
        if value is None:
            missing.append(part.measure)
        else:
            points.append((part.measure, points_of(part, value)))
    return Scored(score, tuple(points), tuple(missing), _raised(score, points))


def meant_for(part: Part, vitals: Vitals) -> bool:
    """Whether a row of the score is the one for this scale and this way of breathing.

    On scale 2 without knowing whether oxygen is given, the row for air counts: its points are never more, so the
    total stays a lower bound, and the oxygen is named as not measured.
    """
    if part.scale_2 is not None and part.scale_2 is not vitals.scale_2:
        return False
    return part.oxygen is None or part.oxygen is bool(vitals.oxygen)


def _raised(score: Score, points: list[tuple[Measure, int]]) -> Raise | None:
    total = sum(one for _, one in points)
    single = max((one for _, one in points), default=0)
    met = [
        step
        for step in score.raises
        if (step.total is not None and total >= step.total) or (step.single is not None and single >= step.single)
    ]
    return min(met, key=lambda step: step.to.rank, default=None)


def rank_of_vitals(protocol: Protocol, patient: Patient, vitals: Vitals) -> list[Urgency]:
    """Every urgency that the measurements raise to."""
    raised = [one.raised.to for one in scored(protocol, patient, vitals) if one.raised is not None]
    return raised + [one.limit.to for one in passed(protocol, patient, vitals)]
