"""From a region's file to a `Region`, or to the list of everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.region.agreements import (
    read_demand,
    read_durations,
    read_goals,
    read_norms,
    read_routing,
    read_urgency_mapping,
)
from schakel.domain.region.hours import Calendar, Hours, Window, WrongHours, read_hours
from schakel.domain.region.model import (
    Base,
    Box,
    Organisation,
    Place,
    Region,
    SubRegion,
    Unit,
    Zone,
)
from schakel.domain.region.problem import Problem, WrongRegion, shown
from schakel.domain.region.sheet import Sheet, hint
from schakel.domain.region.tables import read_matrix, read_rows, read_zones
from schakel.domain.region.words import Function
from schakel.domain.travel import Estimate, TravelTimes
from schakel.domain.vocabulary import (
    Complaint,
    OrganisationKind,
    PlaceKind,
    UnitKind,
)

#: Stands in for a box that is wrong, so that not every place is blamed for it.
WORLD = Box(-90, 90, -180, 180)

#: What `hours = "always"` stands for.
ROUND_THE_CLOCK = (Window(tuple(range(7)), Hours(0, 24 * 60)),)

#: A call that takes longer than this after the window has closed is not finished but handed over.
LONGEST_FINISH = 2 * HOUR


def load(path: Path | str) -> Region:
    """Read a region. A file with anything wrong in it is refused, with everything that is wrong: `WrongRegion`."""
    region, problems = _read(Path(path))
    if problems:
        raise WrongRegion(problems)
    assert region is not None, "a file without problems gives a region"
    return region


def check(path: Path | str) -> list[Problem]:
    """Everything that is wrong with a region's file and the tables it names; empty when it can be used."""
    return _read(Path(path))[1]


def find(name: str) -> Path:
    """Where the file of a region is: in `regions/` here, else in the repository that this code stands in.

    A name is the file's name without `.toml`. Raises FileNotFoundError with the places that were looked at.
    """
    looked = [Path.cwd() / "regions", Path(__file__).resolve().parents[4] / "regions"]
    for folder in looked:
        path = folder / f"{name}.toml"
        if re.fullmatch(r"[\w-]+", name) and path.is_file():
            return path
    raise FileNotFoundError(f"No region {name!r} in {' or '.join(map(str, dict.fromkeys(looked)))}.")


def _read(path: Path) -> tuple[Region | None, list[Problem]]:
    """The region if nothing is wrong, and everything that is wrong."""
    problems: list[Problem] = []
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return None, [Problem(path.name, "the file", "a file that can be read", f'"{path}" ({error.strerror})')]
    except UnicodeDecodeError as error:
        return None, [Problem(path.name, "the file", "a text in UTF-8", f"byte {error.start}, which is none")]
    except tomllib.TOMLDecodeError as error:
        return None, [_broken_syntax(path.name, str(error))]
    region = _Reading(path, Sheet(table, path.name, problems)).region()
    return (None if problems else region), problems


def _broken_syntax(file: str, message: str) -> Problem:
    what, _, where = message.rpartition(" (at ")
    key = where.rstrip(")").replace(", column", " column") if what else "the file"
    return Problem(file, key, "TOML that can be read", f"a mistake: {what or message}")


class _Reading:
    """One reading of one file, in the order in which its tables lean on each other."""

    def __init__(self, path: Path, top: Sheet) -> None:
        self.path = path
        self.top = top
        self.box = WORLD
        self.subregion_of: dict[str, str] = {}
        self.shifts: dict[str, Hours] = {}
        self.rosters: dict[str, tuple[Window, ...]] = {}
        self.organisations: dict[str, Organisation] = {}
        self.bases: dict[str, Base] = {}

    def region(self) -> Region:
        top = self.top
        name, code = top.text("name"), top.text("code")
        inhabitants = top.whole("inhabitants", least=1)
        sources = top.texts("sources")
        calendar = Calendar(self._time_zone(), top.days("bank_holidays"))
        self.box = self._box()
        subregions = self._subregions()
        zones = self._zones(inhabitants)
        self._named_hours()
        organisations = self._organisations(subregions)
        places = self._places()
        self.bases = {base.id: base for base in self._bases()}
        region = Region(
            code=code,
            name=name,
            inhabitants=inhabitants,
            sources=sources,
            box=self.box,
            calendar=calendar,
            subregions=subregions,
            zones=zones,
            organisations=organisations,
            places=places,
            bases=tuple(self.bases.values()),
            units=self._units(),
            norms=read_norms(top),
            urgency_mapping=read_urgency_mapping(top, self.organisations),
            routing=read_routing(top, self.organisations),
            goals=read_goals(top, self.organisations),
            demand=read_demand(top),
            durations=read_durations(top),
            outlines=self._outlines(),
            travel=self._travel(zones),
        )
        top.done()
        return region

    # Where

    def _time_zone(self) -> ZoneInfo:
        name = self.top.text("time_zone")
        try:
            return ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.top.wrong("time_zone", "a time zone such as Europe/Amsterdam", name)
            return ZoneInfo("UTC")

    def _box(self) -> Box:
        sheet = self.top.sheet("box")
        south, north = sheet.number("south", -90, 90), sheet.number("north", -90, 90)
        west, east = sheet.number("west", -180, 180), sheet.number("east", -180, 180)
        if south > north:
            sheet.note("south", "a latitude below that of `north`", str(south))
        if west > east:
            sheet.note("west", "a longitude below that of `east`", str(west))
        sheet.done()
        return Box(south, north, west, east) if sheet.is_clean() else WORLD

    def _subregions(self) -> tuple[SubRegion, ...]:
        taken: set[str] = set()
        found = []
        for sheet in self.top.sheets("subregion"):
            part = SubRegion(sheet.identity("id", taken), sheet.text("name"), sheet.texts("municipalities"))
            if not part.municipalities:
                sheet.note("municipalities", "at least one municipality", "none")
            for town in part.municipalities:
                if town in self.subregion_of:
                    sheet.note("municipalities", "each municipality in one sub-region", f'"{town}" in two')
                self.subregion_of[town] = part.id
            found.append(part)
        return tuple(found)

    def _zones(self, inhabitants: int) -> tuple[Zone, ...]:
        problems = self.top.problems
        name = self.top.text("zones")
        rows = read_rows(self.path.parent / name, name, "zones", self.top.file, problems) if name else []
        if not rows:
            if name and not any(one.key == "zones" or one.file == name for one in problems):
                problems.append(Problem(name, "the file", "a table with zones", "nothing"))
            return ()
        before = len(problems)
        zones = read_zones(rows, name, self.box, self.subregion_of, problems)
        if len(problems) > before:
            return tuple(zones)
        total = sum(zone.inhabitants for zone in zones)
        if total != inhabitants:
            problems.append(
                Problem(name, "inhabitants", f"a sum of {inhabitants}, the inhabitants of the region", str(total))
            )
        for town in self.subregion_of.keys() - {zone.municipality for zone in zones}:
            problems.append(Problem(name, "municipality", f"at least one zone in {town}", "none"))
        return tuple(zones)

    def _travel(self, zones: Sequence[Zone]) -> TravelTimes:
        if not self.top.has("travel_matrix"):
            return Estimate()
        name = self.top.text("travel_matrix")
        rows = (
            read_rows(self.path.parent / name, name, "travel_matrix", self.top.file, self.top.problems) if name else []
        )
        matrix = read_matrix(rows, name, zones, self.top.problems) if rows else None
        return matrix or Estimate()

    def _outlines(self) -> Path | None:
        if not self.top.has("outlines"):
            return None
        name = self.top.text("outlines")
        path = self.path.parent / name
        if name and not path.is_file():
            self.top.wrong("outlines", "a file that can be read", name)
        return path

    # Who

    def _named_hours(self) -> None:
        """Shifts and rosters get a name once, and are used by it."""
        sheet = self.top.sheet("shifts")
        for name in sheet.table:
            text = sheet.text(name)
            try:
                self.shifts[name] = read_hours(text, name)
            except WrongHours as wrong:
                sheet.note(name, wrong.expected, wrong.came)
                self.shifts[name] = Hours(0, 0, name)  # so that its rosters are not blamed as well
        sheet = self.top.sheet("rosters")
        for name in sheet.table:
            self.rosters[name] = sheet.windows(name, self.shifts)

    def _hours(self, sheet: Sheet) -> tuple[Window, ...]:
        if sheet.table.get("hours") == "always":
            sheet.has("hours")
            return ROUND_THE_CLOCK
        return sheet.windows("hours", self.shifts)

    def _organisations(self, subregions: Sequence[SubRegion]) -> tuple[Organisation, ...]:
        taken: set[str] = set()
        overflows: list[tuple[Sheet, str]] = []
        all_parts = tuple(part.id for part in subregions)
        for sheet in self.top.sheets("organisation"):
            own = sheet.identity("id", taken)
            self.organisations[own] = Organisation(
                id=own,
                name=sheet.text("name"),
                kind=sheet.code("kind", OrganisationKind),
                functions=frozenset(sheet.codes("functions", Function)),
                subregions=sheet.references("subregions", all_parts, "a sub-region")
                if sheet.has("subregions")
                else all_parts,
                hours=self._hours(sheet),
                virtual_desk=sheet.windows("virtual_desk", self.shifts) if sheet.has("virtual_desk") else (),
                overflow=sheet.text("overflow") if sheet.has("overflow") else None,
                virtual_desk_complaints=self._shared(sheet),
                virtual_desk_finish_ms=self._finish(sheet),
                overflow_after_ms=self._overflow_after(sheet),
                telephone=sheet.telephone("telephone") if sheet.has("telephone") else None,
            )
            self._room(sheet, self.organisations[own])
            overflows.append((sheet, own))
        for sheet, own in overflows:
            if self.organisations[own].overflow is not None:
                taker = sheet.reference("overflow", self.organisations.keys() - {own}, "another organisation")
                centre = self.organisations[own].kind is OrganisationKind.CENTRE
                known = self.top.is_clean(f"organisation[{taker}].virtual_desk")
                if centre and taker and known and not self.organisations[taker].virtual_desk:
                    expected = "a partner with a `virtual_desk`: inside that window it takes over from the centre"
                    sheet.wrong("overflow", expected, taker)
        centres = [one.id for one in self.organisations.values() if one.kind is OrganisationKind.CENTRE]
        if len(centres) != 1 and self.organisations and self.top.is_clean("organisation["):
            came = " and ".join(map(shown, centres)) or "none"
            self.top.note("organisation", 'exactly one organisation with kind = "centre"', came)
        return tuple(self.organisations.values())

    def _shared(self, sheet: Sheet) -> frozenset[Complaint] | None:
        if not sheet.has("virtual_desk_complaints"):
            return None
        found = sheet.codes("virtual_desk_complaints", Complaint)
        if not found and sheet.table["virtual_desk_complaints"] == []:
            sheet.note(
                "virtual_desk_complaints", "at least one entry complaint, or no such key for all of them", "none"
            )
        return frozenset(found)

    def _finish(self, sheet: Sheet) -> int:
        name = "virtual_desk_finish_min"
        if not sheet.has(name):
            return 0
        finish = sheet.minutes(name)
        if finish > LONGEST_FINISH:
            sheet.wrong(name, f"at most {LONGEST_FINISH // MINUTE} minutes", sheet.table[name])
            return 0
        return finish

    def _overflow_after(self, sheet: Sheet) -> int | None:
        name = "overflow_after_min"
        if not sheet.has(name):
            return None
        after = sheet.minutes(name)
        if after == 0 and sheet.table[name] == 0:
            sheet.wrong(name, "a number of minutes above 0", 0)
        return after

    def _room(self, sheet: Sheet, one: Organisation) -> None:
        """What can only stand together."""
        for name in ("virtual_desk_complaints", "virtual_desk_finish_min"):
            if sheet.has(name) and not sheet.has("virtual_desk"):
                sheet.note(name, "`virtual_desk` as well: the hours in which the desk is in the room", "none")
        if sheet.has("overflow_after_min") and not sheet.has("overflow"):
            sheet.note("overflow_after_min", "`overflow` as well: the desk to which requests flow over", "none")
        if one.virtual_desk and one.kind is OrganisationKind.CENTRE:
            sheet.note("virtual_desk", "no window at the centre, whose room it is", "one")
        elif one.virtual_desk and Function.TRIAGE not in one.functions:
            came = ", ".join(sorted(map(str, one.functions))) or "none"
            sheet.note("virtual_desk", 'a partner with "triage" among its functions', came)

    def _places(self) -> tuple[Place, ...]:
        taken: set[str] = set()
        return tuple(
            Place(
                id=sheet.identity("id", taken),
                name=sheet.text("name"),
                kind=sheet.code("kind", PlaceKind),
                owner=sheet.reference("owner", self.organisations, "an organisation"),
                point=sheet.point(self.box),
                capacity=sheet.whole("capacity", least=1),
                shelf_life_ms=sheet.minutes("shelf_life_min"),
                hours=self._hours(sheet),
            )
            for sheet in self.top.sheets("place")
        )

    def _bases(self) -> list[Base]:
        taken: set[str] = set()
        found = []
        for sheet in self.top.sheets("base"):
            base = Base(
                id=sheet.identity("id", taken),
                name=sheet.text("name"),
                organisation=sheet.reference("organisation", self.organisations, "an organisation"),
                pc4=sheet.text("pc4"),
                point=sheet.point(self.box),
            )
            if base.pc4 and not re.fullmatch(r"[1-9][0-9]{3}", base.pc4):
                sheet.wrong("pc4", "the four digits of a postcode, between quotes", base.pc4)
            found.append(base)
        return found

    def _units(self) -> tuple[Unit, ...]:
        """Units stand in the file as fleets: for one kind and roster, the callsigns at each base."""
        units: dict[str, Unit] = {}
        for sheet in self.top.sheets("fleet"):
            kind = sheet.code("kind", UnitKind)
            organisation = sheet.reference("organisation", self.organisations, "an organisation")
            roster_name = sheet.reference("roster", self.rosters, "a roster")
            per_base = sheet.sheet("units")
            if not per_base.table:
                sheet.note("units", "at least one base with callsigns", "none")
            for base in per_base.table:
                if base not in self.bases:
                    per_base.note(base, f"the id of a base{hint(base, self.bases)}", shown(base))
                for text in per_base.texts(base):
                    callsigns = _callsigns(text)
                    if not callsigns:
                        per_base.wrong(base, "a callsign, or a first and last such as 09-101..09-104", text)
                    for callsign in callsigns:
                        if callsign in units:
                            per_base.note(base, "a callsign that is used once", f'"{callsign}" for the second time')
                        roster = self.rosters.get(roster_name, ())
                        units[callsign] = Unit(callsign, kind, organisation, base, roster)
        return tuple(units.values())


def _callsigns(text: str) -> list[str]:
    """One callsign, or all from the first to the last: ``09-101..09-104``. Empty when the text is neither."""
    callsign = r"[A-Z0-9]+(?:-[A-Z0-9]+)*"
    if re.fullmatch(callsign, text):
        return [text]
    found = re.fullmatch(rf"({callsign})\.\.({callsign})", text)
    if not found:
        return []
    first, last = (re.fullmatch(r"(.*?)(\d+)", end) for end in found.groups())
    if not first or not last or first[1] != last[1] or len(first[2]) != len(last[2]) or len(first[2]) > 3:
        return []
    return [f"{first[1]}{n:0{len(first[2])}}" for n in range(int(first[2]), int(last[2]) + 1)]
