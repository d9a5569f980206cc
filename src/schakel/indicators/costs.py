"""What care costs: hours on duty and jobs, each at the price that a region gives. No price is built in.

Money is whole cents. Amounts add up over kinds, regions and weeks; the amount per inhabitant is taken last, as the two
numbers that it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from schakel.domain import events as e
from schakel.domain.durations import HOUR
from schakel.domain.vocabulary import Care, UnitKind
from schakel.indicators.log import EventLog
from schakel.indicators.utilisation import time_of_units


@dataclass(frozen=True, slots=True)
class Price:
    """Whole cents: for an hour on duty, and on top of it for each job that was accepted."""

    hour: int = 0
    job: int = 0


@dataclass(frozen=True, slots=True)
class PerInhabitant:
    """Cents, and the people among whom they are divided. What two regions spend adds up, and so do their people."""

    cents: int
    inhabitants: int

    def __add__(self, other: PerInhabitant) -> PerInhabitant:
        return PerInhabitant(self.cents + other.cents, self.inhabitants + other.inhabitants)

    @property
    def euros(self) -> float | None:
        """Euros for each inhabitant; None, and not zero, where nobody lives."""
        return self.cents / 100 / self.inhabitants if self.inhabitants else None


def costs_of_units(log: EventLog, kind_of: Sequence[UnitKind], prices: Mapping[UnitKind, Price]) -> dict[UnitKind, int]:
    """Cents by kind of unit: hours on duty, overtime and the way home included, and jobs accepted in the period.

    kind_of: the kind of each unit by its number in the log. A kind without a price is left out and not taken as free;
    its absence from the answer says so. A job that was called off or taken away was work, and is paid.
    """
    unit, _, on_ms = time_of_units(log)
    rows = log.rows(e.Accepted)
    at, by = log.when(e.Accepted), log.column("unit")[rows]
    by = by[(at >= log.since) & (at < log.until) & (by >= 0)]
    jobs = np.bincount(by, minlength=len(kind_of))
    found = {}
    for kind, price in prices.items():
        of_kind = [number for number, one in enumerate(kind_of) if one is kind]
        hours_ms = int(on_ms[np.isin(unit, of_kind)].sum())
        found[kind] = hours_ms * price.hour // HOUR + int(jobs[of_kind].sum()) * price.job
    return found


def costs_of_care(log: EventLog, prices: Mapping[Care, int]) -> dict[Care, int]:
    """Cents by kind of care that has a price each time: consults at a post, advice by telephone.

    Counted by request that was closed in the period under the care that was chosen for it first.
    """
    closed = log.first(e.Closed)
    counts = (closed >= log.since) & (closed < log.until)
    care = log.first_fact(e.CareChosen, "care")[counts]
    return {one: int((care == tuple(Care).index(one)).sum()) * price for one, price in prices.items()}
