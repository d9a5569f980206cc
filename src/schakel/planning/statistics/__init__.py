"""What can be said of variants that met the very same patients, and how surely.

Every function takes plain numbers, one for each replication or batch, in the same order for everything that is
compared. None of them knows what a simulation is.
"""

from schakel.planning.statistics.batch_means import Batches, batch_means, truncation, von_neumann
from schakel.planning.statistics.holm import holm
from schakel.planning.statistics.paired import Difference, Estimate, mean_of, paired, paired_share, share_of
from schakel.planning.statistics.selection import Choice, Selection
from schakel.planning.statistics.stopping import enough

__all__ = [
    "Batches",
    "Choice",
    "Difference",
    "Estimate",
    "Selection",
    "batch_means",
    "enough",
    "holm",
    "mean_of",
    "paired",
    "paired_share",
    "share_of",
    "truncation",
    "von_neumann",
]
