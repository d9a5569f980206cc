"""The sections of a report that have a chart, each with the table that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np

from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import AmbulanceUrgency, Care, PlaceKind, UnitKind
from schakel.planning.experiment import Compared, planned_cover
from schakel.planning.report.charts import CLASSES, Row, Station, curves, intervals, region_map
from schakel.planning.report.telling import InWords, Telling
from schakel.planning.scenario import Quantity, region_of, world_for

#: The shares at which the map begins a next class.
BOUNDS = (0.85, 0.90, 0.93, 0.95)

#: Minutes that stand in the table beside the curves.
MINUTES = (5, 8, 10, 12, 15, 20, 30)


def differences(t: Telling) -> str:
    say, results = t.say, t.results
    if not results.comparisons:
        return ""
    charts = []
    for indicator, group in results.headlines:
        here = [one for one in results.comparisons if (one.indicator, one.group) == (indicator, group)]
        if not here:
            continue
        times = 1 if indicator.is_time else 100
        rows = [apart_row(t, one, times) for one in here]
        unit = say(_("minutes")) if indicator.is_time else say(_("points of per cent"))
        svg = intervals(rows, unit, say.decimal, zero=True)
        charts.append(f"<figure><h3>{escape(say.headline(indicator, group))}</h3>{svg}</figure>")
    rows_of_table = [
        (
            t.name[one.variant],
            say.headline(one.indicator, one.group),
            t.level(one.indicator, one.base),
            t.level(one.indicator, one.value),
            t.apart(one.indicator, one.difference.value),
            say(_("{low} to {high}")).format(
                low=t.apart(one.indicator, one.difference.interval[0]),
                high=t.apart(one.indicator, one.difference.interval[1]),
            ),
            say.number(one.p_holm, 3),
            say(verdict(t, one) or (_("Differs") if one.is_shown else _("Not shown"))),
        )
        for one in results.comparisons
    ]
    table = t.table(
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
        confidence=t.confidence(),
    )
    return t.section(
        _("Differences with the base"), f"<p>{escape(text)}</p><div class=small>{''.join(charts)}</div>{table}"
    )


def apart_row(t: Telling, one: Compared, times: float) -> Row:
    low, high = one.difference.interval
    return Row(t.name[one.variant], times * one.difference.value, times * low, times * high)


def levels(t: Telling) -> str:
    """Within the norm, for every class and variant."""
    say, results = t.say, t.results
    indicator = Quantity.WITHIN_NORM
    rows: list[tuple[str, ...]] = []
    charts = []
    for group in results.groups[indicator]:
        lines = []
        for variant in t.variants:
            found = results.estimate(variant.id, indicator, group)
            total = results.total(variant.id, indicator, group)
            p50 = results.estimate(variant.id, Quantity.RESPONSE_P50, group)
            p95 = results.estimate(variant.id, Quantity.RESPONSE_P95, group)
            rows.append(
                (
                    say.group(group),
                    t.name[variant.id],
                    t.whole(total.hits),
                    t.whole(total.of),
                    t.interval(found, 100, "%"),
                    t.interval(p50, 1, ""),
                    t.interval(p95, 1, ""),
                )
            )
            if found is not None and found.half_width < 1:
                low, high = found.interval
                name = t.name[variant.id]
                lines.append(Row(name, 100 * found.value, 100 * low, 100 * high, variant is t.variants[0]))
        if lines and group in set(map(str, AmbulanceUrgency)):
            svg = intervals(lines, "%", say.decimal, zero=False)
            charts.append(f"<figure><h3>{escape(say.headline(indicator, group))}</h3>{svg}</figure>")
    table = t.table(
        _("Within the norm, as two counts, and response times in minutes"),
        (
            _("For whom"), _("Variant"), _("Within the norm"), _("Of"), _("Share"), _("Median"),
            _("95th percentile"),
        ),
        rows,
        numbers=(2, 3, 4, 5, 6),
    )  # fmt: skip
    return t.section(_("Within the norm"), f"<div class=small>{''.join(charts)}</div>{table}")


def curve(t: Telling) -> str:
    """How many A1 patients somebody had reached after how long."""
    say, results = t.say, t.results
    group = str(AmbulanceUrgency.A1)
    lines, rows = {}, []
    for variant in t.variants:
        spread = results.spread(variant.id, "response", group)
        if not spread.count:
            return ""
        at = np.arange(0, 30.01, 0.5)
        lines[t.name[variant.id]] = [
            (float(minute), 100 * (spread.within(round(minute * MINUTE)).share or 0.0)) for minute in at.tolist()
        ]
        within = [spread.within(minute * MINUTE) for minute in MINUTES]
        rows.append((t.name[variant.id], *(t.share(one.share) for one in within)))
    norm = t.scenario.region.norms.response_ms[AmbulanceUrgency.A1] / MINUTE
    svg = curves(lines, say(_("minutes since the call")), "%", norm, say.decimal)
    table = t.table(
        _("A1 patients that somebody had reached after so many minutes"),
        (_("Variant"), *map(str, MINUTES)),
        rows,
        numbers=tuple(range(1, len(MINUTES) + 1)),
    )
    return t.section(_("How soon A1 was reached"), f"<div class=pair><figure>{svg}</figure>{table}</div>")


def on_the_map(t: Telling) -> str:
    """The region with its stations, and per municipality how often A1 was reached in time in the base."""
    say, results, region = t.say, t.results, t.scenario.region
    towns = sorted({zone.municipality for zone in region.zones})
    group, base = str(AmbulanceUrgency.A1), t.scenario.base.id
    totals = {town: results.total(base, Quantity.WITHIN_NORM, group, town) for town in towns}
    used = {
        unit.base for variant in t.variants for unit in region_of(region, variant.fleet).units if _drives(unit.kind)
    }
    own = {one.id for one in region.bases}
    bases = {one.id: one for variant in t.variants for one in region_of(region, variant.fleet).bases}
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
        others = [results.total(variant.id, Quantity.WITHIN_NORM, group, town) for variant in t.variants[1:]]
        rows.append(
            (
                town,
                t.whole(totals[town].of),
                t.share(totals[town].share),
                *(t.share(one.share) for one in others),
            )
        )
    table = t.table(
        _("A1 within the norm by municipality; few requests say little"),
        (_("Municipality"), _("Requests"), *(InWords(t.name[one.id]) for one in t.variants)),
        rows,
        numbers=tuple(range(1, len(t.variants) + 2)),
    )
    ends = [None, *BOUNDS, None]
    legend = "".join(
        f'<li><i style="background:var(--class-{i})"></i>{escape(t.bounds(ends[i], ends[i + 1]))}</li>'
        for i in range(len(CLASSES))
    )
    note = say(_("A1 within the norm in the base, by municipality. Outlines are a sketch."))
    return t.section(
        _("On the map"),
        f"<div class=pair><figure>{svg}<ul class=legend>{legend}</ul><figcaption class=quiet>{escape(note)}"
        f"</figcaption></figure><div>{table}{homes(t, bases)}</div></div>",
    )


def homes(t: Telling, bases: Mapping[str, object]) -> str:
    """Where the units are at home, for the stations at which the variants differ."""
    region = t.scenario.region
    counted = {
        variant.id: [unit.base for unit in region_of(region, variant.fleet).units if _drives(unit.kind)]
        for variant in t.variants
    }
    rows = []
    for station, base in bases.items():
        units = [counted[variant.id].count(station) for variant in t.variants]
        if len(set(units)) > 1:
            rows.append((getattr(base, "name", station), *map(str, units)))
    if not rows:
        return ""
    return t.table(
        _("Ambulances at home, where the variants differ"),
        (_("Station"), *(InWords(t.name[one.id]) for one in t.variants)),
        rows,
        numbers=tuple(range(1, len(t.variants) + 1)),
    )


def by_area(t: Telling) -> str:
    """Within the norm and the 95th percentile, sub-region by sub-region."""
    say, results = t.say, t.results
    rows = []
    for part in t.scenario.region.subregions:
        for group in ("A1", "A2", str(Care.GP_VISIT)):
            if group not in results.groups[Quantity.WITHIN_NORM]:
                continue
            for variant in t.variants:
                share = results.estimate(variant.id, Quantity.WITHIN_NORM, group, part.id)
                p50 = results.estimate(variant.id, Quantity.RESPONSE_P50, group, part.id)
                p95 = results.estimate(variant.id, Quantity.RESPONSE_P95, group, part.id)
                total = results.total(variant.id, Quantity.WITHIN_NORM, group, part.id)
                rows.append(
                    (
                        part.name,
                        say.group(group),
                        t.name[variant.id],
                        t.whole(total.hits),
                        t.whole(total.of),
                        t.interval(share, 100, "%"),
                        t.interval(p50, 1, ""),
                        t.interval(p95, 1, ""),
                    )
                )
    table = t.table(
        _("Within the norm and response times in minutes, by sub-region"),
        (
            _("Sub-region"), _("For whom"), _("Variant"), _("Within the norm"), _("Of"), _("Share"), _("Median"),
            _("95th percentile"),
        ),
        rows,
        numbers=(3, 4, 5, 6, 7),
    )  # fmt: skip
    return t.section(_("By sub-region"), t.folded(_("Show the table"), table))


def units(t: Telling) -> str:
    """Utilisation and cover, of which the second follows from the rosters alone."""
    say, results = t.say, t.results
    rows = []
    charts = []
    for kind in results.groups[Quantity.UTILISATION]:
        lines = []
        for variant in t.variants:
            total = results.total(variant.id, Quantity.UTILISATION, kind)
            found = results.estimate(variant.id, Quantity.UTILISATION, kind)
            rows.append(
                (
                    say.group(kind),
                    t.name[variant.id],
                    t.whole(total.hits // HOUR),
                    t.whole(total.of // HOUR),
                    t.interval(found, 100, "%"),
                )
            )
            if found is not None and total.hits and found.half_width < 1:
                low, high = found.interval
                name = t.name[variant.id]
                lines.append(Row(name, 100 * found.value, 100 * low, 100 * high, variant is t.variants[0]))
        if lines:
            svg = intervals(lines, "%", say.decimal, zero=False)
            charts.append(f"<figure><h3>{escape(say.group(kind))}</h3>{svg}</figure>")
    utilisation = t.table(
        _("Hours with a patient in hand, of hours on duty, all replications together"),
        (_("Unit"), _("Variant"), _("Busy"), _("On duty"), _("Share")),
        rows,
        numbers=(2, 3, 4),
    )
    people = np.array([zone.inhabitants for zone in t.scenario.region.zones], dtype=np.int64)
    covers = []
    for variant in t.variants:
        world = world_for(t.scenario, variant)
        once, twice = planned_cover(world, people, t.scenario.reach_ms, t.scenario.begins, t.scenario.ends)
        met = results.total(variant.id, Quantity.COVERED, "urgent")
        waited = results.total(variant.id, Quantity.NOT_AT_ONCE, str(AmbulanceUrgency.A1))
        covers.append(
            (
                t.name[variant.id],
                t.share(once.share),
                t.share(twice.share),
                f"{t.whole(met.hits)} / {t.whole(met.of)}",
                t.share(met.share),
                f"{t.whole(waited.hits)} / {t.whole(waited.of)}",
                t.share(waited.share),
            )
        )
    cover = t.table(
        _("Cover: by the rosters in inhabitants and hours, and as requests met it"),
        (
            _("Variant"), _("One unit in reach"), _("Two in reach"), _("Found one nearby at once"), _("Share"),
            _("A1 had to wait for a unit"), _("Share"),
        ),
        covers,
        numbers=(1, 2, 3, 4, 5, 6),
    )  # fmt: skip
    return t.section(
        _("Units: utilisation, cover and waiting"), f"<div class=small>{''.join(charts)}</div>{utilisation}{cover}"
    )


def verdict(t: Telling, one: Compared) -> str:
    better = one.indicator.more_is_better
    if not one.is_shown or better is None or not one.difference.value:
        return ""
    return _("Better") if (one.difference.value > 0) is better else _("Worse")


def _drives(kind: UnitKind) -> bool:
    """Whether a unit is an ambulance that waits at a station."""
    return kind in (UnitKind.ALS, UnitKind.MCA, UnitKind.CARE_AMBULANCE)
