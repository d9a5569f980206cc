"""Where stations and units should be: one model per file, solved to a proven gap by HiGHS.

Every model takes who is within reach of which site (or how far), and how much demand there is; merges the points that
are the same to every site, which is exact; and gives a `Placement`, whose figure was worked out again from the points
themselves, not taken from the solver. `siting` holds points and sites, `study` asks a model and counts what its answer
means, `report` writes it down.
"""

from schakel.planning.location.cmclp import served_cover
from schakel.planning.location.dsm import double_cover
from schakel.planning.location.fewest import fewest
from schakel.planning.location.lscp import set_cover
from schakel.planning.location.malp import reliable_cover
from schakel.planning.location.mclp import maximal_cover
from schakel.planning.location.mexclp import expected_cover
from schakel.planning.location.outcome import Outcome, outcome
from schakel.planning.location.p_centre import p_centre
from schakel.planning.location.p_median import p_median
from schakel.planning.location.placement import NoPlacement, Placement
from schakel.planning.location.siting import Site, Siting, read_siting, siting_of
from schakel.planning.location.study import Answer, Asked, Model, locate

__all__ = [
    "Answer",
    "Asked",
    "Model",
    "NoPlacement",
    "Outcome",
    "Placement",
    "Site",
    "Siting",
    "double_cover",
    "expected_cover",
    "fewest",
    "locate",
    "maximal_cover",
    "outcome",
    "p_centre",
    "p_median",
    "read_siting",
    "reliable_cover",
    "served_cover",
    "set_cover",
    "siting_of",
]
