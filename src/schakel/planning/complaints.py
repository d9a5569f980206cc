"""What the matter is, drawn for a demand, so that a region's rules choose the care.

Which complaints are told most was found as an order, without numbers (nivel.nl, GP posts 2020-2021: injury of a limb,
wound, abdominal pain, short of breath, skin). So the shares are the caller's to give, from the region's own triage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from schakel.domain.vocabulary import Care, Complaint
from schakel.planning.demand import ChainDemand, Demand


def with_complaints(
    demand: Demand, shares: Mapping[Complaint, float], of: Iterable[Care], *, seed: int, replication: int = 0
) -> ChainDemand:
    """The same requests, those for these kinds of care with a complaint; the others keep the care they asked for.

    shares: only ratios matter. Planned transport has no complaint: leave it out of `of`.
    """
    kinds = list(shares)
    weights = np.array([shares[kind] for kind in kinds], dtype=np.float64)
    assert len(kinds) and (weights >= 0).all() and weights.sum() > 0, "some complaint is told"
    dice = np.random.default_rng(np.random.SeedSequence([seed, replication, *b"complaints"]))
    codes = np.array([tuple(Complaint).index(kind) for kind in kinds])
    told = codes[dice.choice(len(kinds), len(demand), p=weights / weights.sum())]
    chosen = np.isin(demand.care, [tuple(Care).index(care) for care in of])
    return ChainDemand.of(demand, complaint=np.where(chosen, told, demand.whole("complaint")))
