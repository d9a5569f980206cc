"""Static deployment: whoever is free goes back to its own base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schakel.planning.policies.policy import Free


@dataclass(frozen=True)
class GoHome:
    """The benchmark that every relocation policy has to beat."""

    def base_for(self, unit: Free, waiting: Sequence[int]) -> int:
        """Its own base."""
        return unit.home
