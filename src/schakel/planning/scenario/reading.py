"""From a scenario's file to a `Scenario`, or to the list of everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from schakel.domain.durations import HOUR
from schakel.domain.fitting_care import NEEDS, Giver
from schakel.domain.region import Base, Problem, Region, Window, WrongRegion
from schakel.domain.region import find as find_region
from schakel.domain.region import load as load_region
from schakel.domain.region.problem import shown
from schakel.domain.region.sheet import Sheet, hint
from schakel.domain.vocabulary import AmbulanceUrgency, Care, PlaceKind, UnitKind, Urgency
from schakel.indicators import EventLog
from schakel.planning.log_file import WrongLog, read_log
from schakel.planning.scenario.model import (
    REACH_MS,
    Addition,
    Best,
    Fleet,
    Goal,
    Growth,
    Period,
    Precision,
    Redirect,
    Rules,
    Runs,
    Scenario,
    Variant,
)
from schakel.planning.scenario.words import Method, Moved, Quantity, Source

#: The id and name of what the variants are compared with.
BASE = "base"


class WrongScenario(ValueError):
    """The file is refused; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def load(path: Path | str) -> Scenario:
    """Read a scenario with its region and its log. A file with anything wrong in it is refused: `WrongScenario`."""
    scenario, problems = _read(Path(path))
    if problems:
        raise WrongScenario(problems)
    assert scenario is not None, "a file without problems gives a scenario"
    return scenario


def check(path: Path | str) -> list[Problem]:
    """Everything that is wrong with a scenario's file, its region and its log; empty when it can be played."""
    return _read(Path(path))[1]


def _read(path: Path) -> tuple[Scenario | None, list[Problem]]:
    problems: list[Problem] = []
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return None, [Problem(path.name, "the file", "a file that can be read", f'"{path}" ({error.strerror})')]
    except UnicodeDecodeError as error:
        return None, [Problem(path.name, "the file", "a text in UTF-8", f"byte {error.start}, which is none")]
    except tomllib.TOMLDecodeError as error:
        return None, [Problem(path.name, "the file", "TOML that can be read", f"a mistake: {error}")]
    top = Sheet(table, path.name, problems)
    found = _region(path, top)
    if found is None:
        return None, problems
    scenario = _Reading(path, top, *found).scenario()
    return (None if problems else scenario), problems


def _region(path: Path, top: Sheet) -> tuple[Region, Path] | None:
    """The region that the file names, and where its file is: beside the scenario's before the ones we bring."""
    name = top.text("region")
    beside = [path.parent / f"{name}.toml", path.parent / "regions" / f"{name}.toml"]
    own = [one for one in beside if re.fullmatch(r"[\w-]+", name) and one.is_file() and one.name != path.name]
    try:
        where = own[0] if own else find_region(name)
        return load_region(where), where
    except FileNotFoundError:
        if name:
            top.wrong("region", "the name of a region, such as midden-nederland", name)
    except WrongRegion as wrong:
        top.problems.extend(wrong.problems)
    return None


class _Reading:
    """One reading of one file, in the order in which its tables lean on each other."""

    def __init__(self, path: Path, top: Sheet, region: Region, region_path: Path) -> None:
        self.path = path
        self.top = top
        self.region = region
        self.region_path = region_path

    def scenario(self) -> Scenario:
        top = self.top
        name, question, sources = top.text("name"), top.text("question"), top.texts("sources")
        if not sources and top.is_clean("sources"):
            top.note("sources", "at least one text", "none")
        reach = top.minutes("reach_min") if top.has("reach_min") else REACH_MS
        if top.has("reach_min") and not reach:
            top.wrong("reach_min", "minutes above 0", top.table["reach_min"])
        period = self._period()
        log, log_path = self._log(period)
        base = self._base(log is not None)
        variants = (base, *self._variants(base, log is not None))
        runs = self._runs(variants, log is not None)
        top.done()
        scenario = Scenario(
            path=self.path,
            name=name,
            question=question,
            sources=sources,
            region=self.region,
            region_path=self.region_path,
            period=period,
            reach_ms=reach,
            variants=variants,
            runs=runs,
            log=log,
            log_path=log_path,
        )
        if log is not None and not top.problems:
            self._has_requests(scenario, log)
        return scenario

    # When, and who asks

    def _period(self) -> Period:
        sheet = self.top.sheet("period")
        hours = _whole(sheet, "warm_up_hours", 0, 168) if sheet.has("warm_up_hours") else 24
        period = Period(sheet.day("start"), _whole(sheet, "days", 1, 366), hours * HOUR)
        if sheet.is_clean() and not 1971 <= period.start.year <= 2200:
            sheet.note("start", "a date from 1971 to 2200", str(period.start))
        sheet.done()
        return period

    def _log(self, period: Period) -> tuple[EventLog | None, Path | None]:
        """The log to replay, if the file names one. What else stands in `demand` is read with the base."""
        table = self.top.table.get("demand")
        sheet = Sheet(table if isinstance(table, dict) else {}, self.top.file, self.top.problems, "demand")
        source = sheet.code("from", Source) if sheet.has("from") else Source.RATES
        if source is Source.RATES:
            if sheet.has("log"):
                sheet.note("log", 'no log, or from = "log"', shown(sheet.table["log"]))
            return None, None
        name = sheet.text("log")
        if not name:
            return None, None
        path = self.path.parent / name
        if Path(name).is_absolute() or ".." in Path(name).parts:
            sheet.wrong("log", "a file beside the scenario or in a folder below it, so that both stay together", name)
            return None, None
        try:
            begins = self.region.calendar.instant(period.start, 0) if self.top.is_clean("period") else 0
            return read_log(path, begins=begins), path
        except WrongLog as wrong:
            sheet.note("log", wrong.expected, wrong.came)
            return None, None

    def _has_requests(self, scenario: Scenario, log: EventLog) -> None:
        from schakel.planning.from_log import demand_from

        asked = log.between(scenario.warms_up_from, scenario.ends)
        if not len(demand_from(asked, [zone.id for zone in self.region.zones]).demand):
            self.top.note(
                "demand.log", "requests in the period whose place, urgency and care are known", "none, out of its rows"
            )

    def _base(self, replayed: bool) -> Variant:
        base = Variant(BASE, "")
        if self.top.has("demand"):
            sheet = self.top.sheet("demand")
            sheet.asked |= {"from", "log"}
            base = self._demand(sheet, base, replayed)
        if self.top.has("fleet"):
            base = replace(base, fleet=self._fleet(self.top.sheet("fleet"), base.fleet))
        if self.top.has("policy"):
            base = replace(base, rules=self._rules(self.top.sheet("policy"), base))
        return base

    def _variants(self, base: Variant, replayed: bool) -> list[Variant]:
        if not self.top.has("variant"):
            return []
        taken = {BASE}
        found: list[Variant] = []
        for sheet in self.top.sheets("variant"):
            variant = replace(base, id=sheet.identity("id", taken), name=sheet.text("name"))
            if sheet.has("demand"):
                variant = self._demand(sheet.sheet("demand"), variant, replayed)
            if sheet.has("fleet"):
                variant = replace(variant, fleet=self._fleet(sheet.sheet("fleet"), base.fleet))
            if sheet.has("policy"):
                variant = replace(variant, rules=self._rules(sheet.sheet("policy"), variant))
            if variant.name and variant.name in {one.name for one in found}:
                sheet.wrong("name", "a name that is used once", variant.name)
            same = replace(variant, id=base.id, name=base.name) == base
            if same and sheet.is_clean():
                sheet.note("id", "a variant that differs from the base", "one that does not")
            found.append(variant)
        return found

    def _demand(self, sheet: Sheet, before: Variant, replayed: bool) -> Variant:
        factor, towns, redirects = before.growth.factor, before.growth.municipality, before.redirects
        if sheet.has("factor"):
            factor = sheet.number("factor", 0, 10)
        if sheet.has("per_municipality"):
            part = sheet.sheet("per_municipality")
            known = [town.name for town in self.region.municipalities]
            for town in part.table:
                if town not in known:
                    part.note(town, f"a municipality of the region{hint(town, known)}", shown(town))
            towns = {town: part.number(town, 0, 10) for town in part.table}
        growth = Growth(factor, towns)
        if replayed and sheet.is_clean() and growth.most > 1:
            sheet.note("factor", "at most 1 with a log: nobody can be added to what happened", f"{growth.most:g}")
        if sheet.has("redirect"):
            redirects = self._redirects(sheet)
        sheet.done()
        return replace(before, growth=growth, redirects=redirects)

    def _redirects(self, demand: Sheet) -> tuple[Redirect, ...]:
        found: list[Redirect] = []
        for sheet in demand.sheets("redirect"):
            one = Redirect(
                care=sheet.code("care", Care),
                urgencies=frozenset(sheet.codes("urgency", Urgency)),
                share=sheet.number("share", 0, 1),
                to=sheet.code("to", Care),
                becomes=sheet.code("becomes", Urgency) if sheet.has("becomes") else None,
            )
            if not one.urgencies:
                sheet.note("urgency", "at least one urgency", "none")
            if NEEDS[one.to].giver is Giver.PLACE:
                sheet.wrong("to", "care by a unit or by telephone: places are not simulated", str(one.to))
            for urgency in sorted(one.urgencies, key=lambda u: u.rank):
                total = sum(r.share for r in [*found, one] if r.care is one.care and urgency in r.urgencies)
                if total > 1.000001 and sheet.is_clean():
                    sheet.note("share", f"shares of {one.care} {urgency} that add up to at most 1", f"{total:g}")
            found.append(one)
        return tuple(found)

    # Who goes

    def _fleet(self, sheet: Sheet, before: Fleet) -> Fleet:
        region = self.region
        stations = list(before.stations)
        taken = set(region.base) | {one.id for one in stations}
        if sheet.has("station"):
            for part in sheet.sheets("station"):
                stations.append(
                    Base(
                        id=part.identity("id", taken),
                        name=part.text("name"),
                        organisation=part.reference("organisation", region.organisation, "an organisation"),
                        pc4="",
                        point=part.point(region.box),
                    )
                )
        known = {*region.base, *(one.id for one in stations)}
        removed = before.removed | frozenset(self._callsigns(sheet, "remove") if sheet.has("remove") else ())
        moved = dict(before.moved)
        if sheet.has("move"):
            for part in sheet.sheets("move"):
                units = self._callsigns(part, "units")
                moved |= dict.fromkeys(units, part.reference("to", known, "a station"))
                self._not_gone(part, units, removed)
        rosters = dict(before.rosters)
        if sheet.has("roster"):
            for part in sheet.sheets("roster"):
                units = self._callsigns(part, "units")
                rosters |= dict.fromkeys(units, self._hours(part))
                self._not_gone(part, units, removed)
        added = list(before.added)
        if sheet.has("add"):
            for part in sheet.sheets("add"):
                added.append(
                    Addition(
                        kind=part.code("kind", UnitKind),
                        station=part.reference("station", known, "a station"),
                        roster=self._hours(part),
                        number=_whole(part, "number", 1, 50) if part.has("number") else 1,
                    )
                )
        sehs = {place.id for place in region.places if place.kind is PlaceKind.SEH}
        closed = before.closed
        if sheet.has("close_seh"):
            closed |= frozenset(sheet.references("close_seh", sehs, "emergency departments (SEH)"))
            if sehs and not sehs - closed:
                sheet.note("close_seh", "at least one SEH that stays open", "all of them")
        sheet.done()
        return Fleet(tuple(stations), removed, moved, rosters, tuple(added), closed)

    def _callsigns(self, sheet: Sheet, name: str) -> list[str]:
        """Callsigns of the region: single ones, or from the first to the last, as in the region's file."""
        from schakel.domain.region.reading import _callsigns

        found: list[str] = []
        for text in sheet.texts(name):
            callsigns = _callsigns(text)
            if not callsigns:
                sheet.wrong(name, "a callsign, or a first and last such as 09-101..09-104", text)
            for callsign in callsigns:
                if callsign not in self.region.unit:
                    sheet.wrong(name, f"callsigns of the region{hint(callsign, self.region.unit)}", callsign)
                found.append(callsign)
        if not found and sheet.is_clean(f".{name}"):
            sheet.note(name, "at least one callsign", "none")
        return found

    def _not_gone(self, sheet: Sheet, units: Collection[str], removed: Collection[str]) -> None:
        for callsign in units:
            if callsign in removed:
                sheet.wrong("units", "units that are not removed", callsign)

    def _hours(self, sheet: Sheet) -> tuple[Window, ...]:
        """Hours of duty: said here, or those of a unit that is named."""
        hours, like = sheet.has("hours"), sheet.has("like")
        if hours == like:
            sheet.note("hours", "either `hours` or `like`", "both" if hours else "neither")
            return ()
        if hours:
            return sheet.windows("hours", {})
        callsign = sheet.reference("like", self.region.unit, "a unit (its callsign)")
        return self.region.unit[callsign].roster if callsign else ()

    # What is decided

    def _rules(self, sheet: Sheet, variant: Variant) -> Rules:
        rules = variant.rules
        if sheet.has("a0_preemption"):
            rules = replace(rules, preempt=sheet.yes_or_no("a0_preemption"))
        if sheet.has("shift_margin_min"):
            rules = replace(rules, margin_ms=sheet.minutes("shift_margin_min"))
        if sheet.has("relocation"):
            rules = replace(rules, relocation=sheet.code("relocation", Moved), busy=0.0, table=())
        if rules.relocation is Moved.DMEXCLP:
            if sheet.has("busy") or not rules.busy:
                rules = replace(rules, busy=sheet.number("busy", 0, 0.99))
        elif sheet.has("busy"):
            sheet.wrong("busy", 'relocation = "dmexclp" beside it', sheet.table["busy"])
        if rules.relocation is Moved.COMPLIANCE_TABLE:
            if sheet.has("table") or not rules.table:
                rules = replace(rules, table=self._table(sheet, variant.fleet))
        elif sheet.has("table"):
            sheet.note("table", 'relocation = "compliance_table" beside it', shown(sheet.table["table"]))
        sheet.done()
        return rules

    def _table(self, policy: Sheet, fleet: Fleet) -> tuple[Mapping[str, int], ...]:
        known = {*self.region.base, *(one.id for one in fleet.stations)}
        rows: list[Mapping[str, int]] = []
        for number, sheet in enumerate(policy.sheets("table"), 1):
            for station in sheet.table:
                if station not in known:
                    sheet.note(station, f"the id of a station{hint(station, known)}", shown(station))
            row = {station: sheet.whole(station) for station in sheet.table}
            if sum(row.values()) > number and sheet.is_clean():
                policy.note(
                    "table", f"at most {number} units in row {number}, for {number} free", str(sum(row.values()))
                )
            rows.append(row)
        return tuple(rows)

    # How often

    def _runs(self, variants: Sequence[Variant], replayed: bool) -> Runs:
        sheet = self.top.sheet("runs") if self.top.has("runs") else Sheet({}, self.top.file, self.top.problems, "runs")
        method = sheet.code("method", Method) if sheet.has("method") else Method.REPLICATIONS
        runs = Runs(
            method=method,
            number=_whole(sheet, "number", 2, 10_000) if sheet.has("number") else 20,
            seed=sheet.whole("seed") if sheet.has("seed") else 1,
            confidence=sheet.number("confidence", 0.5, 0.999) if sheet.has("confidence") else 0.95,
        )
        days = self.top.table.get("period", {})
        days = days.get("days") if isinstance(days, dict) else None
        if method is Method.BATCHES and isinstance(days, int) and runs.number > days:
            sheet.note("number", "batches of at least one day", f"{runs.number} batches of {days} days")
        if replayed and method is Method.REPLICATIONS:
            sheet.note("method", '"batches" with a log: the same patients come every time', str(method))
        asked = [name for name in ("precision", "best") if sheet.has(name)]
        if len(asked) == 2:
            sheet.note("best", "either `precision` or `best`", "both")
        for name in asked:
            part = sheet.sheet(name)
            stop = self._stop(part, name, runs.number)
            part.done()
            if method is Method.BATCHES:
                sheet.note(name, 'method = "replications": a run that is cut up cannot go on', "batches")
            if len(variants) < 2:
                sheet.note(name, "at least one variant to compare with the base", "none")
            runs = replace(runs, stop=stop)
        sheet.done()
        return runs

    def _stop(self, sheet: Sheet, name: str, number: int) -> Precision | Best:
        indicator = sheet.code("indicator", Quantity)
        goal = Goal(indicator, sheet.reference("group", groups(indicator), f"who is counted in {indicator}"))
        most = _whole(sheet, "most", 2, 10_000)
        if sheet.is_clean() and most < number:
            sheet.note("most", f"at least the {number} replications of runs.number", str(most))
        width = "half_width" if name == "precision" else "indifference"
        value = sheet.number(width, 0, 100)
        if not value and sheet.is_clean(f".{width}"):
            sheet.wrong(width, "a number above 0", sheet.table.get(width))
        if name == "precision":
            return Precision(goal, value, most)
        if indicator.more_is_better is None and sheet.is_clean(".indicator"):
            sheet.wrong("indicator", "one of which it is known what is better, such as within_norm", str(indicator))
        return Best(goal, value, most)


def groups(indicator: Quantity) -> list[str]:
    """For whom an indicator is counted: classes of ambulance, other kinds of care, kinds of unit, or `all`."""
    classes = [str(one) for one in AmbulanceUrgency]
    if indicator is Quantity.UTILISATION:
        return [str(kind) for kind in UnitKind]
    if indicator in (Quantity.ON_THE_SPOT, Quantity.TAKEN_AWAY):
        return ["all"]
    if indicator is Quantity.COVERED:
        return ["urgent"]
    others = [str(care) for care, need in NEEDS.items() if need.giver is Giver.UNIT and not need.ambulance]
    return [*classes, *others]


def _whole(sheet: Sheet, name: str, least: int, most: int) -> int:
    """A whole number between bounds."""
    value = sheet.table.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return sheet.whole(name, least)
    sheet.asked.add(name)
    sheet.wrong(name, f"a whole number from {least} to {most}", value)
    return least
