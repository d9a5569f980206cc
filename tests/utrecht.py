"""The province of Utrecht as published with a simulator: 231 postcode areas, siren driving times of 2022, 21 bases.

Source of the files: the ELASPY repository. They are not part of this repository.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Utrecht(NamedTuple):
    """ids: four-digit postcodes; x, y: metres (RD); people: share of inhabitants; minutes: driving with siren.

    bases, hospitals, homes: places in `ids`; homes: of each of 23 ambulances.
    """

    ids: list[str]
    x: np.ndarray
    y: np.ndarray
    people: np.ndarray
    minutes: np.ndarray
    bases: np.ndarray
    hospitals: np.ndarray
    homes: np.ndarray


def column(path: Path, name: str) -> list[str]:
    """One column of a file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def utrecht(shared: Path) -> Utrecht:
    """Read the files."""
    folder = shared / "data" / "utrecht"
    nodes = folder / "nodes_Utrecht_2021.csv"
    ids = column(nodes, "postal code")
    with (folder / "siren_driving_matrix_2022.csv").open(encoding="utf-8-sig", newline="") as file:
        [_, *across], *rows = csv.reader(file)
    assert across == ids == [row[0] for row in rows]

    def places(name: str, heading: str) -> np.ndarray:
        return np.array([ids.index(one) for one in column(folder / name, heading)])

    return Utrecht(
        ids,
        *(np.array(column(nodes, name), dtype=float) for name in ("x", "y", "inhabitants")),
        np.array([row[1:] for row in rows], dtype=float),
        places("RAVU_base_locations_Utrecht_2021.csv", "Base Locations"),
        places("Hospital_Postal_Codes_Utrecht_2021.csv", "Hospital"),
        places("Base_Locations_Ambulances_MEXCLP_21_22_23.csv", "Base"),
    )
