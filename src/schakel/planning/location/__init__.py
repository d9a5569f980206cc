"""Where stations and units should be: one model per file, solved to a proven gap by HiGHS.

Every model takes who is within reach of which site (or how far), and how much demand there is; merges the points that
are the same to every site, which is exact; and gives a `Placement`, whose figure was worked out again from the points
themselves, not taken from the solver.
"""

from schakel.planning.location.dsm import double_cover
from schakel.planning.location.lscp import set_cover
from schakel.planning.location.malp import reliable_cover
from schakel.planning.location.mclp import maximal_cover
from schakel.planning.location.mexclp import expected_cover
from schakel.planning.location.p_centre import p_centre
from schakel.planning.location.p_median import p_median
from schakel.planning.location.placement import NoPlacement, Placement

__all__ = [
    "NoPlacement",
    "Placement",
    "double_cover",
    "expected_cover",
    "maximal_cover",
    "p_centre",
    "p_median",
    "reliable_cover",
    "set_cover",
]
