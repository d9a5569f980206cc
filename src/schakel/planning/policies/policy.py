"""What a policy is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Free(NamedTuple):
    """A unit that has become free: where it is, and the base that is its home."""

    zone: int
    home: int


class Relocation(Protocol):
    """Says at which base a unit that has become free should wait."""

    def base_for(self, unit: Free, waiting: Sequence[int]) -> int:
        """The base. waiting: how many other free units are at each base, or on their way to it."""
        ...


@dataclass(frozen=True)
class Policy:
    """Everything that is decided in a run.

    preempt: whether an A0 takes a unit that is on its way to somebody less urgent. Units that give no ALS care are
    not relocated; they go home, and count for nobody's cover.
    """

    relocation: Relocation
    preempt: bool = False
