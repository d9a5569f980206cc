"""The requests of one replication, every throw of the dice already made.

Chance is spent here and nowhere else: two policies meet the very same patients, and last month's real requests are a
demand like any other. Each question to chance has a stream of its own, so that longer treatments do not move a single
call to another minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schakel.domain.durations import HOUR
from schakel.domain.region import Duration
from schakel.domain.vocabulary import Care, Urgency

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Demand:
    """Who calls when, from where, for what, and how long it will take. Times in whole milliseconds.

    zone: a place in the world's list; urgency and care: places in their enumerations. What a request would take is
    drawn even where the unit that comes will not need it, such as the hand-over of a patient who is not taken along.
    """

    at: Whole  # the call is taken in; ascending
    handling: Whole  # from then until the triage is done and somebody can be sent
    zone: Whole
    urgency: Whole
    care: Whole
    on_scene: Whole
    transported: NDArray[np.bool_]
    handover: Whole
    clearing: Whole

    def __post_init__(self) -> None:
        for field in fields(self):
            wanted: Any = np.bool_ if field.name == "transported" else np.int64
            object.__setattr__(self, field.name, np.ascontiguousarray(getattr(self, field.name), dtype=wanted))
            assert getattr(self, field.name).shape == self.at.shape, f"`{field.name}` has one value for each request"
        assert (np.diff(self.at) >= 0).all(), "requests stand in the order in which they come in"
        for name in ("handling", "on_scene", "handover", "clearing"):
            assert (getattr(self, name) >= 0).all(), f"`{name}` is a length of time"

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class Profile:
    """What chance is asked for: how much demand there is, of what kind, and how long things take.

    hourly: expected requests in each hour of the period, such as a week; zone: the weight of each zone; mix: the weight
    of each pair of urgency and care; transported: the share of each urgency that is taken along.
    """

    hourly: NDArray[np.float64]
    zone: NDArray[np.float64]
    mix: Mapping[tuple[Urgency, Care], float]
    transported: Mapping[Urgency, float]
    handling: Duration
    on_scene: Duration
    on_scene_no_transport: Duration
    handover: Duration
    clearing: Duration

    def __post_init__(self) -> None:
        assert self.hourly.ndim == 1 and (self.hourly >= 0).all(), "a rate for each hour, and none below nothing"


def draw(profile: Profile, repeats: int, seed: int, replication: int = 0, *, start: int = 0, stream: int = 0) -> Demand:
    """The requests of so many times the period of the profile, from `start` (ms).

    The same seed, replication and stream give the same people, whoever comes for them. Profiles that make up one
    demand together each need a stream of their own.
    """
    when, where, what, along, *long = (
        np.random.default_rng(part) for part in np.random.SeedSequence([seed, replication, stream]).spawn(8)
    )
    counts = when.poisson(np.tile(profile.hourly, repeats))
    at = start + np.repeat(np.arange(len(counts)) * HOUR, counts) + when.integers(0, HOUR, int(counts.sum()))
    at.sort()
    size = len(at)
    zone = where.choice(len(profile.zone), size, p=profile.zone / profile.zone.sum())
    pairs = list(profile.mix)
    weights = np.array([profile.mix[pair] for pair in pairs])
    kind = what.choice(len(pairs), size, p=weights / weights.sum())
    urgency = np.array([pair[0].rank for pair in pairs])[kind]
    care = np.array([tuple(Care).index(pair[1]) for pair in pairs])[kind]
    share = np.array([profile.transported.get(one, 0.0) for one in Urgency])
    transported = along.random(size) < share[urgency]
    # One throw, read under either distribution: a patient who stays is no other patient.
    throw = long[1].standard_normal(size)
    on_scene = np.where(transported, spread(profile.on_scene, throw), spread(profile.on_scene_no_transport, throw))
    return Demand(
        at=at,
        handling=spread(profile.handling, long[0].standard_normal(size)),
        zone=zone,
        urgency=urgency,
        care=care,
        on_scene=on_scene,
        transported=transported,
        handover=spread(profile.handover, long[2].standard_normal(size)),
        clearing=spread(profile.clearing, long[3].standard_normal(size)),
    )


def together(*parts: Demand) -> Demand:
    """One demand of several, in the order in which the requests come in."""
    columns = {field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Demand)}
    order = np.argsort(columns["at"], kind="stable")
    return Demand(**{name: column[order] for name, column in columns.items()})


def spread(duration: Duration, throw: NDArray[np.float64]) -> Whole:
    """Log-normal lengths of time in whole milliseconds, from throws of the normal distribution."""
    whole: Whole = np.rint(duration.median_ms * np.exp(duration.sigma * throw)).astype(np.int64)
    return whole
