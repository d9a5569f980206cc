"""A mixed-integer program, handed to HiGHS and taken back with its bound.

HiGHS: Huangfu, Q. and Hall, J.A.J. (2018), Mathematical Programming Computation 10, 119-142.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from schakel.planning.location.placement import NoPlacement

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """values: of the columns, whole where whole was asked; bound: no answer is better than this."""

    values: Floats
    bound: float


@dataclass(frozen=True)
class Rows:
    """at_least <= matrix * x <= at_most, row by row."""

    matrix: Any
    at_least: Any
    at_most: Any


def solve(
    objective: Floats,
    rows: Sequence[Rows],
    *,
    lower: Floats,
    upper: Floats,
    whole: NDArray[np.bool_],
    maximise: bool,
    seconds: float = float("inf"),
    nobody: str = "No placement meets all conditions.",
    start: Floats | None = None,
) -> Answer:
    """The best x, to a gap of nothing unless the time is over before. Raises `NoPlacement` where there is none.

    start: an x to begin with, where one is known.
    """
    matrix = sparse.csc_matrix(sparse.vstack([row.matrix for row in rows]))
    least, most = (
        np.concatenate([np.broadcast_to(side, row.matrix.shape[0]) for row, side in sides])
        for sides in (
            [(row, np.asarray(row.at_least, dtype=float)) for row in rows],
            [(row, np.asarray(row.at_most, dtype=float)) for row in rows],
        )
    )
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(objective), matrix.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = objective, lower, upper
    lp.row_lower_, lp.row_upper_ = least, most
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    lp.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if one else kinds.kContinuous for one in whole]
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0}
    if np.isfinite(seconds):
        options["time_limit"] = seconds
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    if start is not None:
        begin = highspy.HighsSolution()
        begin.col_value = list(start)
        solver.setSolution(begin)
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        raise NoPlacement(nobody)
    values = np.array(solver.getSolution().col_value)
    if not len(values) or status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit):
        raise NoPlacement(f"The solver found no placement in {seconds} seconds: {solver.modelStatusToString(status)}.")
    # A solver's 1 may be 0.9999999 and its 0 may be 0.0000001: whoever tests `> 0` opens stations that are not there.
    values[whole] = np.rint(values[whole])
    info = solver.getInfo()
    bound = info.mip_dual_bound if whole.any() else info.objective_function_value
    return Answer(values, float(bound))
