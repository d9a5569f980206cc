"""The tables beside a region's file: its zones and, where it has one, its driving times."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from schakel.domain.durations import MINUTE
from schakel.domain.region.model import Box, Zone
from schakel.domain.region.problem import Problem, shown
from schakel.domain.region.sheet import IDENTIFIER, hint, why_not_in
from schakel.domain.travel import Matrix, Point

COLUMNS = ["id", "name", "municipality", "subregion", "lat", "lon", "inhabitants"]


def read_rows(path: Path, shown_as: str, key: str, named_in: str, problems: list[Problem]) -> list[list[str]]:
    """The rows of a table in a file; a file that cannot be read is a problem of the key that names it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [row for row in csv.reader(file) if row]
    except OSError:
        problems.append(Problem(named_in, key, "a file that can be read", f'"{path.name}", which cannot'))
    except (UnicodeDecodeError, csv.Error) as error:
        problems.append(Problem(shown_as, "the file", "a table in UTF-8", str(error)))
    return []


def read_zones(
    rows: Sequence[Sequence[str]], file: str, box: Box, subregion_of: Mapping[str, str], problems: list[Problem]
) -> list[Zone]:
    """The zones in a table, in its own order. Lines are counted from 1, the line of the column names."""
    if list(rows[0]) != COLUMNS:
        problems.append(Problem(file, "line 1", f"the columns {','.join(COLUMNS)}", ",".join(rows[0])))
        return []
    zones: list[Zone] = []
    taken: set[str] = set()
    for line, row in enumerate(rows[1:], 2):

        def note(column: str, expected: str, came: str, line: int = line) -> None:
            problems.append(Problem(file, f"line {line}.{column}", expected, came))

        if len(row) != len(COLUMNS):
            problems.append(Problem(file, f"line {line}", f"{len(COLUMNS)} values", str(len(row))))
            continue
        own, name, municipality, subregion, lat, lon, inhabitants = row
        if not IDENTIFIER.fullmatch(own):
            note("id", "a name of small letters, digits and hyphens", shown(own))
        if own in taken:
            note("id", "a name that is used once", f"{shown(own)} for the second time")
        taken.add(own)
        if municipality not in subregion_of:
            near = hint(municipality, subregion_of)
            note("municipality", f"a municipality of a sub-region{near}", shown(municipality))
        elif subregion != subregion_of[municipality]:
            note("subregion", f'"{subregion_of[municipality]}", where {municipality} belongs', shown(subregion))
        try:
            point = Point(float(lat), float(lon))
            if wrong := why_not_in(box, point):
                note(*wrong)
        except ValueError:
            note("lat", "two numbers in `lat` and `lon`", f"{shown(lat)} and {shown(lon)}")
            continue
        if not inhabitants.isascii() or not inhabitants.isdigit():
            note("inhabitants", "a whole number of at least 0", shown(inhabitants))
            continue
        zones.append(Zone(own, name, municipality, subregion, point, int(inhabitants)))
    return zones


def read_matrix(
    rows: Sequence[Sequence[str]], file: str, zones: Sequence[Zone], problems: list[Problem]
) -> Matrix | None:
    """Driving times in minutes with signals, from the zone of the row to the zone of the column."""
    ids = [zone.id for zone in zones]
    before = len(problems)
    across, down = list(rows[0][1:]), [row[0] for row in rows[1:]]
    for what, found in (("line 1", across), ("the first column", down)):
        if sorted(found) != sorted(ids):
            odd = sorted(set(found) - set(ids)) or sorted(set(ids) - set(found))
            came = f'{len(found)}, and "{odd[0]}" on one side alone' if odd else f"{len(found)}"
            problems.append(Problem(file, what, f"each of the {len(ids)} zones once", came))
    times: dict[tuple[str, str], int] = {}
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(across) + 1:
            problems.append(Problem(file, f"line {line}", f"{len(across) + 1} values", str(len(row))))
            continue
        for to, cell in zip(across, row[1:], strict=True):
            try:
                minutes = float(cell)
            except ValueError:
                minutes = -1.0
            if not 0 <= minutes <= 24 * 60:
                problems.append(Problem(file, f"line {line}.{to}", "minutes from 0 to 1440", shown(cell)))
                break
            times[row[0], to] = round(minutes * MINUTE)
    if len(problems) > before:
        return None
    return Matrix(tuple(zone.point for zone in zones), tuple(tuple(times[a, b] for b in ids) for a in ids))
