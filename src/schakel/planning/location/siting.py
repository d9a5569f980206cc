"""Where people are, where stations may stand, and how long the way is: what every location model is asked about.

Points are kept as columns, so that fifteen million addresses fit; ways come from a matrix, else from the estimate of
`schakel.domain.travel`, worked out in chunks and never all at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schakel.domain.durations import MINUTE
from schakel.domain.region import Region
from schakel.domain.region.problem import Problem
from schakel.domain.travel import KM_PER_DEGREE, Estimate, Point
from schakel.domain.vocabulary import OrganisationKind
from schakel.planning.cover import CoverSets, merged_in_chunks
from schakel.planning.table import Table, refuse_if

Floats = NDArray[np.float64]

#: So many points at a time: what is worked out for them stays near the processor.
CHUNK = 2**14

#: More points than this have no table of ways that is worth keeping; the models of distance refuse them.
MOST_WITH_WAYS = 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a station stands or could stand. area: on whose side of the border it lies."""

    id: str
    name: str
    point: Point | None
    existing: bool = False
    area: str = ""


@dataclass(frozen=True)
class Siting:
    """Points with their weight, sites, and the ways from each site to each point.

    weight: inhabitants, or requests; area[p]: on whose side of the border a point lies; minutes[p, s]: with signals,
    None where the estimate is to be used; per_year: requests of all points together in a year, where that is known.
    """

    name: str
    ids: Sequence[str]
    lat: Floats
    lon: Floats
    weight: Floats
    area: NDArray[np.str_]
    sites: tuple[Site, ...]
    minutes: Floats | None = None
    per_year: float | None = None
    outlines: Path | None = None

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def existing(self) -> list[int]:
        """The sites that stand."""
        return [number for number, site in enumerate(self.sites) if site.existing]

    @property
    def has_map(self) -> bool:
        """Whether it is known where everything lies."""
        return bool(np.isfinite(self.lat).all()) and all(site.point for site in self.sites)

    def chunks(self) -> Iterator[slice]:
        """The points, so many at a time."""
        for start in range(0, len(self), CHUNK):
            yield slice(start, min(start + CHUNK, len(self)))

    def ways(self, rows: slice = slice(None), sites: Sequence[int] | None = None) -> Floats:
        """Minutes with signals, points by sites (all, or those named)."""
        chosen = range(len(self.sites)) if sites is None else sites
        if self.minutes is not None:
            return self.minutes[rows][:, list(chosen)]
        return self.minutes_of(np.stack([self.away(rows, site) for site in chosen], axis=1))

    def away(self, rows: slice, site: int) -> Floats:
        """How far points are from a site, in a measure that grows with the minutes and is quick to have.

        Minutes from a matrix; without one the square of the distance. `minutes_of` and `limit` translate.
        """
        return self.minutes[rows, site] if self.minutes is not None else self._square_km(rows, site)

    def minutes_of(self, away: Floats) -> Floats:
        """The minutes with signals that a measure of `away` stands for."""
        if self.minutes is not None:
            return away
        estimate = Estimate()
        root = np.sqrt(np.sqrt(away))
        minutes = estimate.start_min + estimate.slope_min * root * np.sqrt(root)  # km^0.75, by roots
        return np.where(away == 0, 0.0, minutes)

    def limit(self, within: float) -> float:
        """The measure of `away` up to which a point is within so many minutes."""
        if self.minutes is not None:
            return within + 1e-9
        estimate = Estimate()
        km = float((max(0.0, within - estimate.start_min) / estimate.slope_min) ** (4 / 3))
        return km**2 * (1 + 1e-12)

    def reach(self, within: float, *, closed: bool = False, rows: slice = slice(None)) -> NDArray[np.bool_]:
        """Which points are within so many minutes of which sites; closed: of the sites on their side of the border."""
        limit = self.limit(within)
        by_site = np.empty((len(self.sites), len(self.weight[rows])), dtype=bool)
        for site, its in enumerate(self.sites):
            np.less_equal(self.away(rows, site), limit, out=by_site[site])
            if closed:
                by_site[site] &= self.area[rows] == its.area
        return by_site.T

    def merged(self, *within: float, closed: bool = False) -> CoverSets:
        """The points taken together that the same sites reach, within each of these times: sites side by side."""
        return merged_in_chunks(
            (
                (
                    np.vstack([self.reach(one, closed=closed, rows=rows).T for one in within]).T,
                    self.weight[rows],
                )
                for rows in self.chunks()
            ),
            len(within) * len(self.sites),
        )

    def _square_km(self, rows: slice, site: int) -> Floats:
        """The square of the distance as the crow flies, as `domain.travel.Estimate` has it."""
        point = self.sites[site].point
        assert point is not None, "without a table of ways each site has a place"
        bend = (cos(radians(point.lat + 0.5)) - cos(radians(point.lat - 0.5))) / 2
        up = self.lat[rows] - point.lat
        across = up * bend
        across += cos(radians(point.lat))
        across *= self.lon[rows] - point.lon
        across *= across
        up *= up
        up += across
        up *= KM_PER_DEGREE**2
        return up


def siting_of(region: Region, *, anywhere: bool = False) -> Siting:
    """A region file: its zones, and the bases of its ambulance services; anywhere: every zone besides.

    The area of a zone or base is its sub-region. Requests are those of the classes with urgency (A0, A1, A2) in a year.
    """
    zones = region.zones
    stations = {
        one.id: one for one in region.bases if region.organisation[one.organisation].kind is OrganisationKind.RAV
    }
    nearest = {one.id: min(zones, key=lambda zone: _square(zone.point, one.point)) for one in stations.values()}
    sites = [Site(one.id, one.name, one.point, True, nearest[one.id].subregion) for one in stations.values()]
    if anywhere:
        sites += [Site(f"zone:{zone.id}", zone.name, zone.point, False, zone.subregion) for zone in zones]
    starts = [site.point for site in sites if site.point]
    ways = np.array([region.travel.from_many(starts, zone.point, True) for zone in zones], dtype=np.float64) / MINUTE
    urgent = sum(number for kind, number in region.demand.ambulance_per_year.items() if kind.value.startswith("A"))
    return Siting(
        name=region.name,
        ids=[zone.id for zone in zones],
        lat=np.array([zone.point.lat for zone in zones]),
        lon=np.array([zone.point.lon for zone in zones]),
        weight=np.array([zone.inhabitants for zone in zones], dtype=np.float64),
        area=np.array([zone.subregion for zone in zones]),
        sites=tuple(sites),
        minutes=ways,
        per_year=float(urgent),
        outlines=region.outlines,
    )


POINT_COLUMNS = ("id", "lat", "lon", "weight", "area")
SITE_COLUMNS = ("id", "name", "lat", "lon", "existing", "area")


def read_siting(points: Path, sites: Path, matrix: Path | None = None, *, per_year: float | None = None) -> Siting:
    """Points and sites from tables, with ways from a matrix or by the estimate. Wrong tables: `WrongInput`.

    points: id (needed with a matrix, and read only then), weight, lat and lon (needed without one), area. sites: id,
    and name, lat, lon, existing (yes or no), area. matrix: minutes with signals, a line for each point and a column for
    each site.
    """
    problems: list[Problem] = []
    of_points = Table(points, problems, POINT_COLUMNS)
    of_sites = Table(sites, problems, SITE_COLUMNS)
    placed = matrix is None or (of_points.has("lat") and of_sites.has("lat"))
    ids = of_points.texts("id", once=True) if matrix is not None else []
    lat, lon = (
        of_points.numbers(name, -bound, bound) if placed else np.full(len(of_points), np.nan)
        for name, bound in (("lat", 90), ("lon", 180))
    )
    weight = of_points.numbers("weight")
    if len(of_points) and not weight.any() and not problems:
        of_points.note("weight", "at least one weight above 0", "0 everywhere")
    own = of_sites.texts("id", once=True)
    names = of_sites.texts("name") if of_sites.has("name") else own
    at = [of_sites.numbers(name, -bound, bound) for name, bound in (("lat", 90), ("lon", 180))] if placed else []
    existing = of_sites.yes_or_no("existing") if of_sites.has("existing") else np.zeros(len(of_sites), dtype=bool)
    areas = [
        np.array(table.texts("area")) if table.has("area") else np.full(len(table), "")
        for table in (of_points, of_sites)
    ]
    if of_points.has("area") != of_sites.has("area"):
        lacking = of_sites if of_points.has("area") else of_points
        lacking.note("line 1", 'a column "area", as the other table has', "none")
    minutes = _read_matrix(matrix, ids, own, problems) if matrix is not None else None
    refuse_if(problems)
    return Siting(
        name=points.stem,
        ids=ids,
        lat=lat,
        lon=lon,
        weight=weight,
        area=areas[0],
        sites=tuple(
            Site(own[i], names[i], Point(at[0][i], at[1][i]) if placed else None, bool(existing[i]), str(areas[1][i]))
            for i in range(len(own))
        ),
        minutes=minutes,
        per_year=per_year,
    )


def _read_matrix(path: Path, points: Sequence[str], sites: Sequence[str], problems: list[Problem]) -> Floats | None:
    before = len(problems)
    table = Table(path, problems)
    if len(problems) > before or not table.frame.columns:
        return None
    [key, *across] = table.frame.columns
    for what, found, wanted in (("line 1", across, sites), (f'column "{key}"', table.texts(key, once=True), points)):
        odd = sorted(set(found) - set(wanted)) or sorted(set(wanted) - set(found))
        if odd or len(found) != len(wanted):
            kind = "sites" if wanted is sites else "points"
            came = f'{len(found)}, and "{odd[0]}" on one side alone' if odd else str(len(found))
            table.note(what, f"each of the {len(wanted)} {kind} once", came)
    if len(problems) > before:
        return None
    minutes = np.column_stack([table.numbers(site, 0, 10_000) for site in sites])
    place = {own: row for row, own in enumerate(table.texts(key))}
    return minutes[[place[own] for own in points]]


def _square(a: Point, b: Point) -> float:
    return (a.lat - b.lat) ** 2 + ((a.lon - b.lon) * cos(radians(a.lat))) ** 2
