"""The charts of a report, as SVG that stands in the page itself and follows its theme.

Altair describes, vl-convert draws, without a browser and without a network. Colours are drawn as tokens that no chart
would use by itself, and are then replaced by the variables of the page's style sheet; so a chart is light in a light
page and dark in a dark one. No figure is told by colour alone: shapes, dashes and labels say the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

import altair as alt
import vl_convert

#: Tokens in the drawing, and the variable of the style sheet that each becomes.
TOKENS = {
    "#010101": "--ink",
    "#010102": "--quiet",
    "#010103": "--line",
    "#010104": "--surface",
    "#010110": "--class-0",
    "#010111": "--class-1",
    "#010112": "--class-2",
    "#010113": "--class-3",
    "#010114": "--class-4",
    "#010119": "--class-none",
    "#010120": "--series-0",
    "#010121": "--series-1",
    "#010122": "--series-2",
    "#010123": "--series-3",
    "#010124": "--series-4",
    "#010125": "--series-5",
}
INK, QUIET, LINE, SURFACE = tuple(TOKENS)[:4]
CLASSES, NO_CLASS, SERIES = tuple(TOKENS)[4:9], tuple(TOKENS)[9], tuple(TOKENS)[10:]
DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [1, 3])

#: Letters of a name in one line beside a chart; charts are as wide as a telephone, so that their words stay readable.
LETTERS = 22

FONT = "Liberation Sans, Arial, sans-serif"


class Row(NamedTuple):
    """A line of a chart with intervals: who, the value, from, to."""

    label: str
    value: float
    low: float
    high: float
    is_base: bool = False


class Station(NamedTuple):
    """A point on the map. kind: `station`, `new` or `seh`."""

    name: str
    lat: float
    lon: float
    kind: str


def intervals(rows: Sequence[Row], title: str, decimal: str, *, zero: bool, width: int = 190) -> str:
    """Points with intervals, one line for each row; with a line at zero where differences are shown."""
    told = {row.label: "\n".join(wrap(row.label, LETTERS)) for row in rows}
    data = [row._asdict() | {"label": told[row.label]} for row in rows]
    order = list(told.values())
    lines = max(label.count("\n") + 1 for label in order)
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low) * 0.08 or 1.0
    base = alt.Chart(_data(data)).encode(
        y=alt.Y(
            "label:N",
            sort=order,
            title=None,
            axis=alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=170, ticks=False, domain=False),
        )
    )
    x = alt.X(
        "low:Q",
        title=title,
        scale=alt.Scale(domain=[low - room, high + room], nice=False),
        axis=alt.Axis(tickCount=5),
    )
    bars = base.mark_rule(color=INK, strokeWidth=1.5).encode(x=x, x2="high:Q")
    points = base.mark_point(filled=True, size=70, opacity=1, stroke=INK, strokeWidth=1.5).encode(
        x="value:Q", fill=alt.condition("datum.is_base", alt.value(SURFACE), alt.value(INK))
    )
    layers: list[Any] = [bars, points]
    if zero:
        line = alt.Chart(_data([{"at": 0}])).mark_rule(color=QUIET, strokeDash=[3, 3]).encode(x="at:Q")
        layers.insert(0, line)
    chart = alt.layer(*layers).properties(width=width, height=alt.Step(12 + 14 * lines))
    return _drawn(chart, decimal)


def curves(lines: Mapping[str, Sequence[tuple[float, float]]], x: str, y: str, norm: float, decimal: str) -> str:
    """Lines that rise from 0 to 100 per cent, each with a dash of its own, and the norm as a line across."""
    names = list(lines)
    data = [{"who": name, "x": at, "y": share} for name, line in lines.items() for at, share in line]
    many = range(len(names))
    scale = alt.Scale(domain=names, range=[SERIES[i % len(SERIES)] for i in many])
    dash = alt.Scale(domain=names, range=[DASHES[i % len(DASHES)] for i in many])
    legend = alt.Legend(orient="bottom", direction="vertical", symbolSize=400, symbolStrokeWidth=2, labelLimit=400)
    chart = (
        alt.Chart(_data(data))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("x:Q", title=x, axis=alt.Axis(values=list(range(0, 35, 5)))),
            y=alt.Y("y:Q", title=y, scale=alt.Scale(domain=[0, 100])),
            color=alt.Color("who:N", scale=scale, legend=legend, title=None),
            strokeDash=alt.StrokeDash("who:N", scale=dash, legend=legend, title=None),
        )
    )
    rule = alt.Chart(_data([{"at": norm}])).mark_rule(color=QUIET, strokeDash=[3, 3]).encode(x="at:Q")
    return _drawn(alt.layer(rule, chart).properties(width=520, height=260), decimal)


def region_map(
    outlines: Path | None,
    shares: Mapping[str, float | None],
    bounds: Sequence[float],
    stations: Sequence[Station],
    names: Mapping[str, str],
    decimal: str,
    width: int = 560,
) -> str:
    """The region: municipalities in classes of a share, stations and hospitals upon it.

    bounds: the four shares at which a next class begins. names: what the kinds of points are called.
    """
    layers: list[Any] = []
    if outlines is not None:
        features = json.loads(outlines.read_text(encoding="utf-8"))["features"]
        for feature in features:
            share = shares.get(feature["properties"].get("municipality", ""))
            feature["properties"]["class"] = -1 if share is None else sum(share >= bound for bound in bounds)
        colour = alt.Color(
            "properties.class:O",
            scale=alt.Scale(domain=[-1, 0, 1, 2, 3, 4], range=[NO_CLASS, *CLASSES]),
            legend=None,
        )
        # A ring drawn the other way round would fill the whole world but the municipality.
        data = _data([_wound(feature) for feature in features])
        layers.append(alt.Chart(data).mark_geoshape(stroke=SURFACE, strokeWidth=1).encode(color=colour))
    kinds = [kind for kind in names if any(one.kind == kind for one in stations)]
    shape = {"station": "circle", "new": "triangle-up", "seh": "cross"}
    points = [{"lat": one.lat, "lon": one.lon, "what": names[one.kind]} for one in stations]
    layers.append(
        alt.Chart(_data(points))
        .mark_point(filled=True, opacity=1, color=INK, stroke=SURFACE, strokeWidth=1.2, size=110)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            shape=alt.Shape(
                "what:N",
                title=None,
                scale=alt.Scale(domain=[names[kind] for kind in kinds], range=[shape[kind] for kind in kinds]),
                legend=alt.Legend(orient="bottom", symbolFillColor=INK, symbolStrokeColor=INK, labelLimit=300),
            ),
        )
    )
    chart = (
        alt.layer(*layers)
        .resolve_scale(color="independent")
        .project(type="mercator")
        .properties(width=width, height=round(width * 0.72))
    )
    return _drawn(chart, decimal)


def _data(values: list[dict[str, Any]]) -> Any:
    """Rows that stand in the chart itself."""
    return alt.InlineData(values=values)


def _wound(feature: Mapping[str, Any]) -> dict[str, Any]:
    """A feature whose outer rings run clockwise, as drawing on a sphere wants them."""

    def clockwise(ring: list[list[float]]) -> list[list[float]]:
        area = sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))
        return ring if area > 0 else ring[::-1]

    shape = feature["geometry"]
    rings = shape["coordinates"]
    if shape["type"] == "Polygon":
        rings = [clockwise(rings[0]), *(clockwise(ring)[::-1] for ring in rings[1:])]
    elif shape["type"] == "MultiPolygon":
        rings = [[clockwise(part[0]), *(clockwise(ring)[::-1] for ring in part[1:])] for part in rings]
    return {**feature, "geometry": {**shape, "coordinates": rings}}


def _drawn(chart: Any, decimal: str) -> str:
    """The chart as SVG for a page: it fits its place, follows the theme, and says nothing to who cannot see it.

    The table beside it does that.
    """
    axis: dict[str, Any] = {
        "labelColor": INK,
        "titleColor": QUIET,
        "gridColor": LINE,
        "domainColor": QUIET,
        "tickColor": QUIET,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelFont": FONT,
        "titleFont": FONT,
    }
    configured = chart.configure(background="transparent", font=FONT).configure_axis(**axis)
    configured = configured.configure_view(stroke=None).configure_legend(
        labelColor=INK, titleColor=QUIET, labelFontSize=12, labelFont=FONT
    )
    locale = {"decimal": decimal, "thousands": " " if decimal == "," else ",", "grouping": [3], "currency": ["", ""]}
    svg = vl_convert.vegalite_to_svg(configured.to_dict(), format_locale=locale)
    for token, variable in TOKENS.items():
        svg = re.sub(re.escape(token), f"var({variable})", svg, flags=re.IGNORECASE)
    size = re.search(r'<svg[^>]*?width="([\d.]+)"', svg)
    svg = re.sub(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"', r"\1", svg, count=1)
    wide = f' style="max-width:{escape(size[1])}px"' if size else ""
    return svg.replace("<svg", f'<svg aria-hidden="true" focusable="false"{wide}', 1)
