"""The report as one page of HTML that needs nothing else: no network, no script, no file beside it.

It begins with the question and the answer in sentences; then every chart with its table; then what each figure counts,
what was not simulated, and how to play the same again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np

from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import AmbulanceUrgency, Care, PlaceKind, UnitKind
from schakel.planning.experiment import Compared, Results, planned_cover
from schakel.planning.report.charts import CLASSES, Row, Station, curves, intervals, region_map
from schakel.planning.report.words import MEANING, NOT_SIMULATED, Language
from schakel.planning.scenario import Best, Method, Precision, Quantity, Variant, region_of, world_for
from schakel.planning.statistics import Estimate

LOOK = Path(__file__).with_name("look.css")

#: The shares at which the map begins a next class.
BOUNDS = (0.85, 0.90, 0.93, 0.95)

#: Minutes that stand in the table beside the curves.
MINUTES = (5, 8, 10, 12, 15, 20, 30)

BASE = _("As it is")
NOTHING = _("No figure differs from the base by more than chance explains.")
NOT_THERE = _("What is not simulated")
SOURCES = _("Sources")


def page(results: Results, about: Mapping[str, str], language: Language) -> str:
    """The whole page. about: what is needed to play it again, by name."""
    return _Page(results, about, language).html()


class _Page:
    def __init__(self, results: Results, about: Mapping[str, str], language: Language) -> None:
        self.results = results
        self.scenario = results.scenario
        self.about = about
        self.say = language
        self.variants = self.scenario.variants
        self.name = {one.id: one.name or language(BASE) for one in self.variants}

    def html(self) -> str:
        title = escape(self.scenario.name)
        body = "\n".join(
            part
            for part in (
                self.top(),
                self.answer(),
                self.differences(),
                self.levels(),
                self.curve(),
                self.on_the_map(),
                self.by_area(),
                self.units(),
                self.meaning(),
                self.again(),
            )
            if part
        )
        return (
            f'<!doctype html>\n<html lang="{self.say.code}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            f"<title>{title}</title>\n<style>\n{LOOK.read_text(encoding='utf-8')}</style>\n</head>\n"
            f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
        )

    # ------------------------------------------------------------ the question and the answer

    def top(self) -> str:
        scenario, say = self.scenario, self.say
        what = say(
            _("{region}, {days} days from {start}; {runs}."),
            region=scenario.region.name,
            days=scenario.period.days,
            start=scenario.period.start.isoformat(),
            runs=self.how_often(),
        )
        warning = say(
            _(
                "A simulation: what would happen under these rules with these patients, not what happened. Not "
                "clinically validated. Where a figure of the region's file is an estimate, so is everything that "
                "follows from it."
            )
        )
        return (
            f"<h1>{escape(scenario.name)}</h1>\n<p class=question>{escape(scenario.question)}</p>\n"
            f"<p>{escape(what)}</p>\n<p class=mark>{escape(warning)}</p>"
        )

    def how_often(self) -> str:
        runs = self.scenario.runs
        blocks = max(len(one) for one in self.results.blocks.values())
        if runs.method is Method.BATCHES:
            return self.say(_("one run, in {n} batches"), n=blocks)
        return self.say(_("{n} replications, in each the very same patients for every variant"), n=blocks)

    def answer(self) -> str:
        say = self.say
        if len(self.variants) == 1:
            return ""
        lines = []
        for variant in self.variants[1:]:
            found = [one for one in self.results.comparisons if one.variant == variant.id]
            shown = [one for one in found if one.is_shown]
            sentences = [self.sentence(one) for one in shown]
            told = "".join(f"<li>{escape(one)}</li>" for one in sentences or [say(NOTHING)])
            lines.append(f"<h3>{escape(self.name[variant.id])}</h3>\n<ul>{told}</ul>")
        note = say(
            _(
                "A difference is named when chance alone would show one as large in fewer than 5 of 100 reports like "
                "this one (Holm, over {n} comparisons). What is not named may still differ; the intervals say how much."
            ),
            n=len(self.results.comparisons),
        )
        return self.section(
            _("What was found"), f"{self.chosen()}{''.join(lines)}<p class=quiet>{escape(note)}</p>{self.stopped()}"
        )

    def sentence(self, one: Compared) -> str:
        low, high = one.difference.interval
        return self.say(
            _("{figure}: from {base} to {value}, a difference of {difference} ({low} to {high}).{verdict}"),
            figure=self.say.headline(one.indicator, one.group),
            base=self.level(one.indicator, one.base),
            value=self.level(one.indicator, one.value),
            difference=self.width(one.indicator, one.difference.value, sign=True),
            low=self.apart(one.indicator, low),
            high=self.apart(one.indicator, high),
            verdict=f" {self.say(verdict)}." if (verdict := self.verdict(one)) else "",
        )

    def verdict(self, one: Compared) -> str:
        better = one.indicator.more_is_better
        if not one.is_shown or better is None or not one.difference.value:
            return ""
        return _("Better") if (one.difference.value > 0) is better else _("Worse")

    def chosen(self) -> str:
        choice, stop = self.results.choice, self.scenario.runs.stop
        if choice is None or not isinstance(stop, Best):
            return ""
        say = self.say
        names = [self.name[self.variants[i].id] for i in choice.left]
        about = say.headline(stop.goal.indicator, stop.goal.group)
        confidence = self.confidence()
        if choice.best is not None:
            told = say(
                _("Best by {figure}: {name}, with {confidence} % confidence, if a gain below {gain} does not matter."),
                figure=about,
                name=names[0],
                confidence=confidence,
                gain=self.width(stop.goal.indicator, stop.indifference),
            )
        else:
            told = say(
                _("After {n} replications it is not known which is best by {figure}. Still possible: {names}."),
                n=choice.runs,
                figure=about,
                names=", ".join(names),
            )
        return f"<p><strong>{escape(told)}</strong></p>"

    def stopped(self) -> str:
        """Whether the asked precision was reached, and which batches look too much alike."""
        say, notes = self.say, []
        stop = self.scenario.runs.stop
        if isinstance(stop, Precision):
            goal = stop.goal
            between = [self.results.difference(v.id, goal.indicator, goal.group) for v in self.variants[1:]]
            widest = max((one.scaled.half_width for one in between if one is not None), default=None)
            if widest is None:
                notes.append(say(_("Nothing was counted for {figure}."), figure=say.headline(*self.goal(stop))))
            else:
                text = (
                    _("The asked precision was reached: {figure} is known to {width} on either side.")
                    if widest <= stop.half_width
                    else _("The asked precision was not reached: {figure} is known to {width} on either side.")
                )
                told = self.width(goal.indicator, widest)
                notes.append(say(text, figure=say.headline(*self.goal(stop)), width=told))
        for variant, indicator, group in self.results.doubts:
            text = _(
                "The batches of {name} look too much alike for {figure}; its interval is too narrow. Take longer ones."
            )
            figure = say.headline(_quantity(indicator), group)
            notes.append(say(text, name=self.name[variant], figure=figure))
        return "".join(f"<p>{escape(one)}</p>" for one in notes)

    @staticmethod
    def goal(stop: Precision) -> tuple[Quantity, str]:
        return stop.goal.indicator, stop.goal.group

    # ------------------------------------------------------------ charts with their tables

    def differences(self) -> str:
        say, results = self.say, self.results
        if not results.comparisons:
            return ""
        charts = []
        for indicator, group in results.headlines:
            here = [one for one in results.comparisons if (one.indicator, one.group) == (indicator, group)]
            if not here:
                continue
            times = 1 if indicator.is_time else 100
            rows = [self.apart_row(one, times) for one in here]
            unit = say(_("minutes")) if indicator.is_time else say(_("points of per cent"))
            svg = intervals(rows, unit, say.decimal, zero=True)
            charts.append(f"<figure><h3>{escape(say.headline(indicator, group))}</h3>{svg}</figure>")
        rows_of_table = [
            (
                self.name[one.variant],
                say.headline(one.indicator, one.group),
                self.level(one.indicator, one.base),
                self.level(one.indicator, one.value),
                self.apart(one.indicator, one.difference.value),
                say(_("{low} to {high}")).format(
                    low=self.apart(one.indicator, one.difference.interval[0]),
                    high=self.apart(one.indicator, one.difference.interval[1]),
                ),
                say.number(one.p_holm, 3),
                say(self.verdict(one) or (_("Differs") if one.is_shown else _("Not shown"))),
            )
            for one in results.comparisons
        ]
        table = self.table(
            _("Differences with the base, on the same patients"),
            (
                _("Variant"), _("Figure"), _("Base"), _("Variant's figure"), _("Difference"), _("Interval"),
                _("p (Holm)"), _("Verdict"),
            ),
            rows_of_table,
            numbers=(2, 3, 4, 5, 6),
        )  # fmt: skip
        text = say(
            _(
                "Each dot is a difference with the base, each line its interval at {confidence} %. A line that stays "
                "off the dashed one at nought is a difference by itself; the last columns correct for the number of "
                "figures."
            ),
            confidence=self.confidence(),
        )
        return self.section(
            _("Differences with the base"), f"<p>{escape(text)}</p><div class=small>{''.join(charts)}</div>{table}"
        )

    def apart_row(self, one: Compared, times: float) -> Row:
        low, high = one.difference.interval
        return Row(self.name[one.variant], times * one.difference.value, times * low, times * high)

    def levels(self) -> str:
        """Within the norm, for every class and variant."""
        say, results = self.say, self.results
        indicator = Quantity.WITHIN_NORM
        rows: list[tuple[str, ...]] = []
        charts = []
        for group in results.groups[indicator]:
            lines = []
            for variant in self.variants:
                found = results.estimate(variant.id, indicator, group)
                total = results.total(variant.id, indicator, group)
                p50 = results.estimate(variant.id, Quantity.RESPONSE_P50, group)
                p95 = results.estimate(variant.id, Quantity.RESPONSE_P95, group)
                rows.append(
                    (
                        say.group(group),
                        self.name[variant.id],
                        self.whole(total.hits),
                        self.whole(total.of),
                        self.interval(found, 100, "%"),
                        self.interval(p50, 1, ""),
                        self.interval(p95, 1, ""),
                    )
                )
                if found is not None and found.half_width < 1:
                    low, high = found.interval
                    name = self.name[variant.id]
                    lines.append(Row(name, 100 * found.value, 100 * low, 100 * high, variant is self.variants[0]))
            if lines and group in set(map(str, AmbulanceUrgency)):
                svg = intervals(lines, "%", say.decimal, zero=False)
                charts.append(f"<figure><h3>{escape(say.headline(indicator, group))}</h3>{svg}</figure>")
        table = self.table(
            _("Within the norm, as two counts, and response times in minutes"),
            (
                _("For whom"), _("Variant"), _("Within the norm"), _("Of"), _("Share"), _("Median"),
                _("95th percentile"),
            ),
            rows,
            numbers=(2, 3, 4, 5, 6),
        )  # fmt: skip
        return self.section(_("Within the norm"), f"<div class=small>{''.join(charts)}</div>{table}")

    def curve(self) -> str:
        """How many A1 patients somebody had reached after how long."""
        say, results = self.say, self.results
        group = str(AmbulanceUrgency.A1)
        lines, rows = {}, []
        for variant in self.variants:
            spread = results.spread(variant.id, "response", group)
            if not spread.count:
                return ""
            at = np.arange(0, 30.01, 0.5)
            lines[self.name[variant.id]] = [
                (float(minute), 100 * (spread.within(round(minute * MINUTE)).share or 0.0)) for minute in at.tolist()
            ]
            within = [spread.within(minute * MINUTE) for minute in MINUTES]
            rows.append((self.name[variant.id], *(self.share(one.share) for one in within)))
        norm = self.scenario.region.norms.response_ms[AmbulanceUrgency.A1] / MINUTE
        svg = curves(lines, say(_("minutes since the call")), "%", norm, say.decimal)
        table = self.table(
            _("A1 patients that somebody had reached after so many minutes"),
            (_("Variant"), *map(str, MINUTES)),
            rows,
            numbers=tuple(range(1, len(MINUTES) + 1)),
        )
        return self.section(_("How soon A1 was reached"), f"<div class=pair><figure>{svg}</figure>{table}</div>")

    def on_the_map(self) -> str:
        """The region with its stations, and per municipality how often A1 was reached in time in the base."""
        say, results, region = self.say, self.results, self.scenario.region
        towns = sorted({zone.municipality for zone in region.zones})
        group, base = str(AmbulanceUrgency.A1), self.scenario.base.id
        totals = {town: results.total(base, Quantity.WITHIN_NORM, group, town) for town in towns}
        used = {
            unit.base
            for variant in self.variants
            for unit in region_of(region, variant.fleet).units
            if _drives(unit.kind)
        }
        own = {one.id for one in region.bases}
        bases = {one.id: one for variant in self.variants for one in region_of(region, variant.fleet).bases}
        stations = [
            Station(one.name, one.point.lat, one.point.lon, "station" if one.id in own else "new")
            for one in bases.values()
            if one.id in used or one.id not in own
        ]
        stations += [
            Station(place.name, place.point.lat, place.point.lon, "seh")
            for place in region.places
            if place.kind is PlaceKind.SEH
        ]
        names = {
            "station": say(_("Station of ambulances")),
            "new": say(_("New station")),
            "seh": say(_("Emergency department")),
        }
        shares = {town: total.share for town, total in totals.items()}
        svg = region_map(region.outlines, shares, BOUNDS, stations, names, say.decimal)
        rows = []
        for town in towns:
            others = [results.total(variant.id, Quantity.WITHIN_NORM, group, town) for variant in self.variants[1:]]
            rows.append(
                (
                    town,
                    self.whole(totals[town].of),
                    self.share(totals[town].share),
                    *(self.share(one.share) for one in others),
                )
            )
        table = self.table(
            _("A1 within the norm by municipality; few requests say little"),
            (_("Municipality"), _("Requests"), *(_Told(self.name[one.id]) for one in self.variants)),
            rows,
            numbers=tuple(range(1, len(self.variants) + 2)),
        )
        ends = [None, *BOUNDS, None]
        legend = "".join(
            f'<li><i style="background:var(--class-{i})"></i>{escape(self.bounds(ends[i], ends[i + 1]))}</li>'
            for i in range(len(CLASSES))
        )
        note = say(_("A1 within the norm in the base, by municipality. Outlines are a sketch."))
        return self.section(
            _("On the map"),
            f"<div class=pair><figure>{svg}<ul class=legend>{legend}</ul><figcaption class=quiet>{escape(note)}"
            f"</figcaption></figure><div>{table}{self.stations(bases)}</div></div>",
        )

    def stations(self, bases: Mapping[str, object]) -> str:
        """Where the units are at home, for the stations at which the variants differ."""
        region = self.scenario.region
        counted = {
            variant.id: [unit.base for unit in region_of(region, variant.fleet).units if _drives(unit.kind)]
            for variant in self.variants
        }
        rows = []
        for station, base in bases.items():
            units = [counted[variant.id].count(station) for variant in self.variants]
            if len(set(units)) > 1:
                rows.append((getattr(base, "name", station), *map(str, units)))
        if not rows:
            return ""
        return self.table(
            _("Ambulances at home, where the variants differ"),
            (_("Station"), *(_Told(self.name[one.id]) for one in self.variants)),
            rows,
            numbers=tuple(range(1, len(self.variants) + 1)),
        )

    def by_area(self) -> str:
        """Within the norm and the 95th percentile, sub-region by sub-region."""
        say, results = self.say, self.results
        rows = []
        for part in self.scenario.region.subregions:
            for group in ("A1", "A2", str(Care.GP_VISIT)):
                if group not in results.groups[Quantity.WITHIN_NORM]:
                    continue
                for variant in self.variants:
                    share = results.estimate(variant.id, Quantity.WITHIN_NORM, group, part.id)
                    p50 = results.estimate(variant.id, Quantity.RESPONSE_P50, group, part.id)
                    p95 = results.estimate(variant.id, Quantity.RESPONSE_P95, group, part.id)
                    total = results.total(variant.id, Quantity.WITHIN_NORM, group, part.id)
                    rows.append(
                        (
                            part.name,
                            say.group(group),
                            self.name[variant.id],
                            self.whole(total.hits),
                            self.whole(total.of),
                            self.interval(share, 100, "%"),
                            self.interval(p50, 1, ""),
                            self.interval(p95, 1, ""),
                        )
                    )
        table = self.table(
            _("Within the norm and response times in minutes, by sub-region"),
            (
                _("Sub-region"), _("For whom"), _("Variant"), _("Within the norm"), _("Of"), _("Share"), _("Median"),
                _("95th percentile"),
            ),
            rows,
            numbers=(3, 4, 5, 6, 7),
        )  # fmt: skip
        return self.section(_("By sub-region"), self.folded(_("Show the table"), table))

    def units(self) -> str:
        """Utilisation and cover, of which the second follows from the rosters alone."""
        say, results = self.say, self.results
        rows = []
        charts = []
        for kind in results.groups[Quantity.UTILISATION]:
            lines = []
            for variant in self.variants:
                total = results.total(variant.id, Quantity.UTILISATION, kind)
                found = results.estimate(variant.id, Quantity.UTILISATION, kind)
                rows.append(
                    (
                        say.group(kind),
                        self.name[variant.id],
                        self.whole(total.hits // HOUR),
                        self.whole(total.of // HOUR),
                        self.interval(found, 100, "%"),
                    )
                )
                if found is not None and total.hits and found.half_width < 1:
                    low, high = found.interval
                    name = self.name[variant.id]
                    lines.append(Row(name, 100 * found.value, 100 * low, 100 * high, variant is self.variants[0]))
            if lines:
                svg = intervals(lines, "%", say.decimal, zero=False)
                charts.append(f"<figure><h3>{escape(say.group(kind))}</h3>{svg}</figure>")
        utilisation = self.table(
            _("Hours with a patient in hand, of hours on duty, all replications together"),
            (_("Unit"), _("Variant"), _("Busy"), _("On duty"), _("Share")),
            rows,
            numbers=(2, 3, 4),
        )
        people = np.array([zone.inhabitants for zone in self.scenario.region.zones], dtype=np.int64)
        covers = []
        for variant in self.variants:
            world = world_for(self.scenario, variant)
            once, twice = planned_cover(world, people, self.scenario.reach_ms, self.scenario.begins, self.scenario.ends)
            met = results.total(variant.id, Quantity.COVERED, "urgent")
            waited = results.total(variant.id, Quantity.NOT_AT_ONCE, str(AmbulanceUrgency.A1))
            covers.append(
                (
                    self.name[variant.id],
                    self.share(once.share),
                    self.share(twice.share),
                    f"{self.whole(met.hits)} / {self.whole(met.of)}",
                    self.share(met.share),
                    f"{self.whole(waited.hits)} / {self.whole(waited.of)}",
                    self.share(waited.share),
                )
            )
        cover = self.table(
            _("Cover: by the rosters in inhabitants and hours, and as requests met it"),
            (
                _("Variant"), _("One unit in reach"), _("Two in reach"), _("Found one nearby at once"), _("Share"),
                _("A1 had to wait for a unit"), _("Share"),
            ),
            covers,
            numbers=(1, 2, 3, 4, 5, 6),
        )  # fmt: skip
        return self.section(
            _("Units: utilisation, cover and waiting"), f"<div class=small>{''.join(charts)}</div>{utilisation}{cover}"
        )

    # ------------------------------------------------------------ what it means, and again

    def meaning(self) -> str:
        say = self.say
        reach = say.number(self.scenario.reach_ms / MINUTE, 0)
        terms = "".join(
            f"<dt>{escape(say(indicator.label))}</dt><dd>{escape(say(MEANING[indicator], reach=reach))}</dd>"
            for indicator in MEANING
        )
        missing = "".join(f"<li>{escape(say(text))}</li>" for text in NOT_SIMULATED)
        interval = say(
            _(
                "An interval says how far chance may have moved a figure: of 100 such intervals, each from other "
                "patients drawn with the same rates, {confidence} hold the true one. It says nothing about rates, "
                "drives or durations that are wrong."
            ),
            confidence=self.confidence(),
        )
        return self.section(
            _("What was counted"),
            f"<dl>{terms}</dl><p>{escape(interval)}</p><h3>{escape(say(NOT_THERE))}</h3><ul>{missing}</ul>",
        )

    def again(self) -> str:
        say, scenario = self.say, self.scenario
        variants = "".join(
            f"<dt>{escape(self.name[one.id])} ({escape(one.id)})</dt><dd>{escape(self.told(one))}</dd>"
            for one in self.variants
        )
        sources = "".join(f"<li>{escape(one)}</li>" for one in (*scenario.sources, *scenario.region.sources))
        facts = "".join(
            f"<dt>{escape(name)}</dt><dd class=wrap>{escape(value)}</dd>" for name, value in self.about.items()
        )
        how = say(
            _(
                "Play the same again with the files in the folder `inputs` beside this page: "
                "schakel simulate inputs/{file}"
            ),
            file=scenario.path.name,
        )
        return self.section(
            _("Where it comes from"),
            f"<dl>{variants}</dl><p class=wrap>{escape(how)}</p>"
            f"<h3>{escape(say(SOURCES))}</h3><ul>{sources}</ul>"
            + self.folded(_("Seeds and versions"), f"<dl>{facts}</dl>"),
        )

    def told(self, variant: Variant) -> str:
        """What makes a variant, in a line."""
        say, base = self.say, self.scenario.base
        rules, fleet = variant.rules, variant.fleet
        told = [say(_("free units: {rule}"), rule=say(rules.relocation.label))]
        told.append(say(_("A0 takes units away")) if rules.preempt else say(_("A0 takes no units away")))
        told.append(say(_("demand × {factor}"), factor=say.number(variant.growth.factor, 3)))
        if variant.growth.municipality:
            told.append(say(_("{n} municipalities with a factor of their own"), n=len(variant.growth.municipality)))
        for one in variant.redirects:
            about = {"share": say.number(100 * one.share, 0), "care": say(one.care.label), "to": say(one.to.label)}
            told.append(say(_("{share} % of {care} becomes {to}"), **about))
        if fleet != base.fleet or variant is base:
            more, fewer = sum(one.number for one in fleet.added), len(fleet.removed)
            if more or fewer or fleet.moved or fleet.rosters:
                text = _("{more} units more, {fewer} fewer, {moved} moved, {hours} with other hours")
                moved, hours = len(fleet.moved), len(fleet.rosters)
                told.append(say(text, more=more, fewer=fewer, moved=moved, hours=hours))
            if fleet.closed:
                names = ", ".join(self.scenario.region.place[one].name for one in sorted(fleet.closed))
                told.append(say(_("closed: {names}"), names=names))
        return "; ".join(told) + "."

    # ------------------------------------------------------------ figures as people write them

    def confidence(self) -> str:
        per_cent = 100 * self.scenario.runs.confidence
        return self.say.number(per_cent, 0 if abs(per_cent - round(per_cent)) < 1e-9 else 1)

    def level(self, indicator: Quantity, value: float) -> str:
        if indicator.is_time:
            return self.say(_("{n} min"), n=self.say.number(value, 1))
        return f"{self.say.number(100 * value, 1)} %"

    def apart(self, indicator: Quantity, value: float) -> str:
        digits = 2
        if indicator.is_time:
            return self.say(_("{n} min"), n=self.say.number(value, digits, sign=True))
        return self.say.number(100 * value, digits, sign=True)

    def width(self, indicator: Quantity, value: float, sign: bool = False) -> str:
        text = _("{n} min") if indicator.is_time else _("{n} points")
        times = 100 if sign and not indicator.is_time else 1
        return self.say(text, n=self.say.number(times * value, 2, sign=sign))

    def interval(self, found: Estimate | None, times: float, unit: str) -> str:
        if found is None:
            return self.say(_("not known"))
        value = self.say.number(times * found.value, 1)
        if found.half_width == float("inf"):
            return f"{value} {unit}".strip()
        return f"{value} {unit} ± {self.say.number(times * found.half_width, 1)}".replace("  ", " ")

    def share(self, share: float | None) -> str:
        return self.say(_("not known")) if share is None else f"{self.say.number(100 * share, 1)} %"

    def whole(self, number: int) -> str:
        return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")

    def bounds(self, low: float | None, high: float | None) -> str:
        if low is None:
            return self.say(_("below {high} %"), high=self.say.number(100 * (high or 0), 0))
        if high is None:
            return self.say(_("{low} % and above"), low=self.say.number(100 * low, 0))
        return self.say(_("{low} to {high} %"), low=self.say.number(100 * low, 0), high=self.say.number(100 * high, 0))

    # ------------------------------------------------------------ pieces of a page

    def section(self, title: str, inside: str) -> str:
        return f"<section>\n<h2>{escape(self.say(title))}</h2>\n{inside}\n</section>"

    def folded(self, title: str, inside: str) -> str:
        return f"<details><summary>{escape(self.say(title))}</summary>{inside}</details>"

    def table(
        self, caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = ()
    ) -> str:
        def kind(column: int) -> str:
            return ' class="n"' if column in numbers else ""

        told = [head if isinstance(head, _Told) else self.say(head) for head in heads]
        head = "".join(f'<th scope="col"{kind(i)}>{escape(text)}</th>' for i, text in enumerate(told))
        body = "".join(
            "<tr>"
            + "".join(
                f'<th scope="row">{escape(cell)}</th>' if i == 0 else f"<td{kind(i)}>{escape(cell)}</td>"
                for i, cell in enumerate(row)
            )
            + "</tr>"
            for row in rows
        )
        name = escape(self.say(caption))
        return (
            f'<div class=scroll tabindex="0" role="region" aria-label="{name}"><table><caption>{name}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


class _Told(str):
    """A text that is in the language of the report already."""

    __slots__ = ()


def _quantity(code: str) -> Quantity:
    [found] = (one for one in Quantity if one.value == code)
    return found


def _drives(kind: UnitKind) -> bool:
    """Whether a unit is an ambulance that waits at a station."""
    return kind in (UnitKind.ALS, UnitKind.MCA, UnitKind.CARE_AMBULANCE)
