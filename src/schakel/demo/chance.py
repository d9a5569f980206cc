"""All chance of the demonstration: one seeded source, and the few shapes that are drawn from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log
from random import Random
from typing import TypeVar

from schakel.domain.durations import HOUR, SECOND
from schakel.domain.region import Duration

T = TypeVar("T")


class Chance:
    """Chance with a seed: the same seed and the same asking give the same answers."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def happens(self, share: float) -> bool:
        """Whether something of this share (0 to 1) happens now."""
        return self.random.random() < share

    def among(self, things: Sequence[T]) -> T:
        """One of these, each as likely."""
        return self.random.choice(things)

    def weighed(self, weights: Mapping[T, float]) -> T:
        """One of these, by weight."""
        return self.random.choices(list(weights), weights=list(weights.values()))[0]

    def between(self, least: float, most: float) -> int:
        """Milliseconds, from seconds to seconds, each as likely."""
        return int(self.random.uniform(least, most) * SECOND)

    def about(self, seconds: float, sigma: float = 0.4) -> int:
        """Milliseconds, log-normal around a median in seconds."""
        return int(exp(self.random.gauss(log(seconds), sigma)) * SECOND)

    def lasting(self, duration: Duration) -> int:
        """Milliseconds that this step of care takes."""
        return int(exp(self.random.gauss(log(duration.median_ms), duration.sigma)))

    def gap(self, per_hour: float) -> int:
        """Milliseconds until the next of a Poisson stream."""
        return int(self.random.expovariate(per_hour) * HOUR)
