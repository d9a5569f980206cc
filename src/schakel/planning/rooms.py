"""The rooms of one place during a run of the reference engine, and who waits for one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from schakel.domain.vocabulary import Urgency
from schakel.planning.places import Place, is_within


@dataclass(eq=False)
class Rooms:
    """How many rooms have staff now, how many are taken, and who waits: by urgency, and within it in order."""

    place: Place
    staffed: int = 0
    taken: int = 0
    line: dict[Urgency, deque[int]] = field(default_factory=lambda: {urgency: deque() for urgency in Urgency})

    @property
    def present(self) -> int:
        """How many patients are there."""
        return self.taken + sum(map(len, self.line.values()))

    def asks_elsewhere(self, now: int) -> bool:
        """Whether ambulances are asked to go elsewhere."""
        return is_within(self.place.stops, now) or self.present >= self.place.full_at

    def next_patient(self) -> int | None:
        """Take the first in line into a free room; None where there is no room or nobody waits."""
        if self.taken < self.staffed:
            for waiting in self.line.values():
                if waiting:
                    self.taken += 1
                    return waiting.popleft()
        return None
