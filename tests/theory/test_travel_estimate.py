"""The estimate of travel times against a measured matrix: siren times between the postcodes of a province, 2022.

The matrix is not part of this repository. SCHAKEL_SHARED says where it is; else it is looked for in `../shared`.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from schakel.domain.durations import MINUTE
from schakel.domain.travel import Estimate, Point

SHARED = Path(os.environ.get("SCHAKEL_SHARED") or Path(__file__).resolve().parents[2].parent / "shared")
FOLDER = SHARED / "data" / "utrecht"
MATRIX = FOLDER / "siren_driving_matrix_2022.csv"
NODES = FOLDER / "nodes_Utrecht_2021.csv"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not (MATRIX.is_file() and NODES.is_file()),
        reason="The Utrecht siren matrix is not here; set SCHAKEL_SHARED to the folder with the shared test data.",
    ),
]


def from_rd(x: float, y: float) -> Point:
    """WGS 84 from the Dutch national grid, to about a metre.

    Schreutelkamp and Strang van Hees (2001), Benaderingsformules voor de transformatie tussen RD- en WGS84.
    """
    dx, dy = (x - 155_000) * 1e-5, (y - 463_000) * 1e-5
    lat = (
        3235.65389 * dy
        - 32.58297 * dx**2
        - 0.24750 * dy**2
        - 0.84978 * dx**2 * dy
        - 0.06550 * dy**3
        - 0.01709 * dx**2 * dy**2
        - 0.00738 * dx
        + 0.00530 * dx**4
    )
    lon = (
        5260.52916 * dx
        + 105.94684 * dx * dy
        + 2.45656 * dx * dy**2
        - 0.81885 * dx**3
        + 0.05594 * dx * dy**3
        - 0.05607 * dx**3 * dy
        + 0.01199 * dy
    )
    return Point(52.15517440 + lat / 3600, 5.38720621 + lon / 3600)


@pytest.fixture(scope="module")
def errors():
    """Estimated minus measured minutes, measured minutes and inhabitants, for every ordered pair of postcodes."""
    with NODES.open(encoding="utf-8-sig", newline="") as file:
        nodes = {row["postal code"]: row for row in csv.DictReader(file)}
    with MATRIX.open(encoding="utf-8-sig", newline="") as file:
        [_, *ids], *rows = csv.reader(file)
    assert [row[0] for row in rows] == ids
    measured = np.array([row[1:] for row in rows], dtype=float)
    points = [from_rd(float(nodes[one]["x"]), float(nodes[one]["y"])) for one in ids]
    estimated = np.array([Estimate().from_many(points, end, signals=True) for end in points]).T / MINUTE
    weight = np.array([float(nodes[one]["inhabitants"]) for one in ids])
    return estimated - measured, measured, weight


def test_the_grid_conversion_puts_the_tower_of_amersfoort_where_it_stands():
    tower = from_rd(155_000, 463_000)
    assert tower.lat == pytest.approx(52.1551744)
    assert tower.lon == pytest.approx(5.3872062)


@pytest.mark.parametrize(
    ("least", "most", "median", "p90", "bias"),
    [
        # The bounds leave some room. Behind each stands what was measured: median, P90 and bias, in minutes.
        (0, 60, 1.6, 4.3, 0.1),  # 1.47, 4.02,  0.00
        (0, 8, 0.9, 2.4, 0.8),  # 0.77, 2.12, +0.65
        (8, 15, 1.3, 3.3, 0.7),  # 1.13, 2.99, +0.55
        (15, 30, 1.9, 4.5, 0.2),  # 1.68, 4.16, +0.07
        (30, 60, 2.6, 6.2, 2.2),  # 2.29, 5.68, -1.91
    ],
)
def test_the_estimate_is_near_the_measured_times(errors, least, most, median, p90, bias, capsys):
    """Short measured ways come out long and long ones short: a function of distance alone pulls to the mean."""
    error, measured, _ = errors
    kept = error[(measured > least) & (measured <= most)]
    found = np.median(abs(kept)), np.quantile(abs(kept), 0.9), kept.mean()
    with capsys.disabled():
        print(
            f"\n{least:3}-{most:2} min measured, {kept.size:6} pairs: median error {found[0]:.2f}, "
            f"P90 {found[1]:.2f}, bias {found[2]:+.2f} min"
        )
    assert found[0] < median
    assert found[1] < p90
    assert abs(found[2]) < bias


def test_within_or_beyond_twelve_minutes_is_mostly_judged_as_measured(errors, capsys):
    """Twelve minutes of driving is the threshold of the Referentiekader: where the estimate errs, cover errs."""
    error, measured, weight = errors
    other = ~np.eye(len(measured), dtype=bool)
    people = np.broadcast_to(weight, measured.shape)[other]
    within = measured[other] <= 12
    said = (measured + error)[other] <= 12
    wrong = people[within != said].sum() / people.sum()
    with capsys.disabled():
        print(
            f"\nwithin 12 minutes judged otherwise than measured: {100 * wrong:.1f} % of pairs, weighted by inhabitants"
        )
    assert wrong < 0.06


def test_no_simple_refit_of_the_formula_is_clearly_better(errors):
    """The parameters are those of least squares: fitted again, they gain nothing to speak of."""
    error, measured, _ = errors
    other = ~np.eye(len(measured), dtype=bool)
    estimated = (measured + error)[other]
    power = (estimated - Estimate().start_min) / Estimate().slope_min
    fit = np.linalg.lstsq(np.column_stack([np.ones_like(power), power]), measured[other], rcond=None)[0]
    assert fit == pytest.approx([Estimate().start_min, Estimate().slope_min], abs=0.05)
