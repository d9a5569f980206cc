"""How much more will be asked by a later year: more people, older people, growing cities.

    index(year) = inhabitants(year) + (use - 1) * over_80(year), divided by the same of the year it starts from

with *use* how much more somebody of 80 or over asks than somebody younger. An area that is known to grow otherwise than
the country grows by its own figure, and ages with the country. Every figure stands with its source in `growth.toml`;
between two years a straight line is drawn, and beyond the last nothing is said. What people ask at the same age stays
as it is: growth beyond people and age was seen before and is told beside, never added by itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from schakel.domain.region import Region
from schakel.domain.region.problem import Problem
from schakel.planning.table import refuse_if


@dataclass(frozen=True, slots=True)
class City:
    """How much a municipality grows between two years."""

    since: int
    until: int
    growth: float
    source: str

    def factor(self, since: int, until: int) -> float:
        """Inhabitants in the later year over those in the earlier one, at the same pace a year throughout."""
        pace = (1 + self.growth) ** (1 / (self.until - self.since))
        return float(pace ** (until - since))


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen before: growth a year, of what, and who says so."""

    since: int
    until: int
    per_year: float
    what: str
    source: str


@dataclass(frozen=True)
class Figures:
    """The figures of `growth.toml`. use: of 80 and over against younger, with the least and most that is thought."""

    years: tuple[int, ...]
    inhabitants: tuple[float, ...]
    over_80: tuple[float, ...]
    use: float
    use_least: float
    use_most: float
    cities: Mapping[str, City]
    seen: tuple[Seen, ...]
    sources: tuple[str, ...]

    def index(self, since: int, until: int, use: float | None = None) -> float:
        """Demand of the country in the later year over that in the earlier one, by people and age."""
        return self._asked(until, use) / self._asked(since, use)

    def people(self, since: int, until: int) -> float:
        """Inhabitants of the country in the later year over those in the earlier one."""
        return self._at(until, self.inhabitants) / self._at(since, self.inhabitants)

    def _asked(self, year: int, use: float | None) -> float:
        more = (self.use if use is None else use) - 1
        return self._at(year, self.inhabitants) + more * self._at(year, self.over_80)

    def _at(self, year: int, course: tuple[float, ...]) -> float:
        return float(np.interp(year, self.years, course))


@dataclass(frozen=True)
class Growth:
    """Demand in a later year over that in an earlier one.

    factor: of the region; least, most: with the least and most use by the old; by_area: of each municipality; known:
    the municipalities with a figure of their own.
    """

    since: int
    until: int
    factor: float
    least: float
    most: float
    by_area: Mapping[str, float]
    known: tuple[str, ...]


@cache
def figures() -> Figures:
    """What is known, with its sources."""
    told = tomllib.loads((Path(__file__).parent / "growth.toml").read_text(encoding="utf-8"))
    people, use = told["population"], told["relative_use"]
    cities = {
        one["name"]: City(one["since"], one["until"], one["growth"], one["source"]) for one in told["municipality"]
    }
    seen = tuple(Seen(**one) for one in told["seen"])
    return Figures(
        years=tuple(one["year"] for one in people),
        inhabitants=tuple(float(one["inhabitants"]) for one in people),
        over_80=tuple(float(one["over_80"]) for one in people),
        use=use["over_80"],
        use_least=use["least"],
        use_most=use["most"],
        cities=cities,
        seen=seen,
        sources=tuple(
            dict.fromkeys([*(one["source"] for one in people), use["source"], *(c.source for c in cities.values())])
        ),
    )


def growth_of(region: Region | None, since: int, until: int) -> Growth:
    """How much a region grows between two years; the country where no region is given. Wrong years: `WrongInput`."""
    told = figures()
    first, last = told.years[0], told.years[-1]
    problems = [
        Problem("growth", key, f"a year from {first} to {last}", str(year))
        for key, year in (("since", since), ("until", until))
        if not first <= year <= last
    ]
    if until < since:
        problems.append(Problem("growth", "until", f"{since} or later", str(until)))
    refuse_if(problems)
    people = told.people(since, until)
    by_area: dict[str, float] = {}
    weight: dict[str, float] = {}
    if region is not None:
        for zone in region.zones:
            weight[zone.municipality] = weight.get(zone.municipality, 0.0) + zone.inhabitants
        by_area = {
            name: told.cities[name].factor(since, until) / people if name in told.cities else 1.0 for name in weight
        }
    total = sum(weight.values())
    beside = sum(by_area[name] * weight[name] for name in weight) / total if total else 1.0
    national = told.index(since, until)
    return Growth(
        since=since,
        until=until,
        factor=national * beside,
        least=told.index(since, until, told.use_least) * beside,
        most=told.index(since, until, told.use_most) * beside,
        by_area={name: national * part for name, part in by_area.items()},
        known=tuple(name for name in by_area if name in told.cities),
    )
