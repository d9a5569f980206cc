"""An answer as rows, as a file for a spreadsheet, and as one page with a map that needs no network."""

from __future__ import annotations

import csv
import io
import json
from html import escape
from math import cos, radians
from typing import Any

import numpy as np

from schakel.planning.location.siting import Siting
from schakel.planning.location.study import Answer, Model

#: More points than this are drawn as squares of a grid, each with the weight of all points in it.
MOST_DRAWN = 4_000
GRID = 120
WIDTH = 900

COLUMNS = ("site", "name", "area", "units", "existing", "lat", "lon", "nearest_weight", "nearest_share", "per_shift")


def rows(answer: Answer) -> list[dict[str, Any]]:
    """The sites that are used, each with what falls to it; None for what is not known."""
    siting, told = answer.siting, answer.outcome
    units = answer.placement.units
    per_shift = told.per_shift(units, siting.per_year) if siting.per_year is not None else None
    found = []
    for number in answer.placement.sites:
        site = siting.sites[number]
        found.append(
            {
                "site": site.id,
                "name": site.name,
                "area": site.area,
                "units": int(units[number]),
                "existing": "yes" if site.existing else "no",
                "lat": site.point.lat if site.point else None,
                "lon": site.point.lon if site.point else None,
                "nearest_weight": round(float(told.nearest[number]), 3),
                "nearest_share": round(float(told.nearest[number]) / told.total, 6),
                "per_shift": None if per_shift is None else round(float(per_shift[number]), 3),
            }
        )
    return found


def summary(answer: Answer) -> list[tuple[str, str]]:
    """What was asked and found, line by line."""
    siting, asked, told, placement = answer.siting, answer.asked, answer.outcome, answer.placement
    figure = {
        Model.LSCP: f"{placement.figure:.0f} stations",
        Model.FEWEST: f"{placement.figure:.0f} stations",
        Model.P_MEDIAN: f"{placement.figure / told.total:.2f} minutes to the mean person",
        Model.P_CENTRE: f"{placement.figure:.2f} minutes to the farthest person",
    }.get(asked.model, f"{placement.figure:,.0f} of {told.total:,.0f} ({placement.figure / told.total:.2%})")
    lines = [
        ("Question", asked.model.question),
        ("Answer", figure),
        ("How good", f"{answer.proven} (bound {placement.bound:,.6g})"),
        ("Checked", "counted again from every point, without the solver: the same"),
        ("Norm", f"{asked.within:g} minutes with signals" + (f", far {asked.far:g}" if asked.far else "")),
        ("Borders", "closed: a station serves its own area alone" if asked.closed else "open: the nearest may come"),
        ("Sites", f"{len(placement.sites)} of {len(siting.sites)} used, {int(placement.units.sum())} units in all"),
        ("Stay", f"{len(asked.keep)} sites were kept" if asked.keep else "none: every site was free to be left out"),
        ("Within the norm", f"{told.share(1):.2%}; of a second unit {told.share(2):.2%} (double cover)"),
        ("Mean, farthest", f"{told.minutes:.2f} and {told.farthest:.2f} minutes to the nearest open site"),
    ]
    if answer.classes is not None:
        lines.append(
            ("Merged", f"{len(siting):,} points into {answer.classes:,} with the same sites in reach, exactly")
        )
    if told.helped is not None:
        lines.append(("Over the border", f"{told.helped:.2%} has its nearest site in another area (burenhulp)"))
    if siting.per_year is not None:
        per_shift = told.per_shift(placement.units, siting.per_year)
        used = per_shift[np.isfinite(per_shift)]
        asked_for = f", at most {asked.most_per_shift:g} asked" if asked.most_per_shift else ""
        lines.append(
            (
                "Deployments a shift",
                f"{used.min():.2f} to {used.max():.2f} for each unit if the nearest site always sends{asked_for} "
                f"({siting.per_year:,.0f} requests a year)",
            )
        )
    if siting.minutes is None:
        lines.append(("Ways", "an estimate from the distance as the crow flies: it knows no rivers and no bridges"))
    return lines


def as_csv(answer: Answer) -> str:
    """The sites that are used, as a table. A value that is not known is empty."""
    written = io.StringIO()
    table = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows(answer))
    return written.getvalue()


def as_html(answer: Answer) -> str:
    """One page: what was asked and found, the map, and the table. Nothing is fetched from anywhere."""
    siting = answer.siting
    told = "".join(f"<tr><th scope=row>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in summary(answer))
    shown = ("site", "name", "area", "units", "existing", "nearest_share", "per_shift")
    heads = "".join(f"<th scope=col>{escape(name.replace('_', ' '))}</th>" for name in shown)
    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(row[name]))}</td>" for name in shown) + "</tr>" for row in rows(answer)
    )
    drawn = _map(answer) if siting.has_map else "<p>No map: the tables hold no coordinates.</p>"
    title = escape(f"{siting.name}: {answer.asked.model.value}")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f'</head><body><main><h1>{title}</h1><table class="told"><tbody>{told}</tbody></table>{drawn}'
        f"<h2>Sites that are used</h2><table><thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table>"
        "<p>A share is of the weight whose nearest open site this is. Not clinically validated.</p>"
        "</main></body></html>\n"
    )


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1a1a1a;background:#fff}"
    "main{max-width:60rem;margin:0 auto;padding:1rem}table{border-collapse:collapse;margin:1rem 0}"
    "th,td{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #ccc;vertical-align:top}"
    "svg{width:100%;height:auto;border:1px solid #ccc}.area{fill:#f2f2ee;stroke:#8a8a80}"
    ".none{fill:#b3261e;stroke:#fff}.once{fill:#6b8fb5;stroke:#fff}.twice{fill:#1f4e79;stroke:#fff}"
    ".open{fill:#f5c400;stroke:#1a1a1a;stroke-width:1.5}.shut{fill:#fff;stroke:#767676}"
    "text{font:11px system-ui,sans-serif}"
)


def _cell(value: object) -> str:
    return "unknown" if value is None else str(value) if value != "" else "-"


def _map(answer: Answer) -> str:
    siting = answer.siting
    lat, lon, weight, level = _drawn_points(answer)
    site_at = np.array([site.point for site in siting.sites if site.point])
    shapes = _outlines(siting)
    every = [np.column_stack([lat, lon]), site_at, *(shape[:, ::-1] for _, shape in shapes)]
    south, west = np.vstack(every).min(axis=0)
    north, east = np.vstack(every).max(axis=0)
    shrink = cos(radians((south + north) / 2))
    scale = (WIDTH - 40) / max((east - west) * shrink, (north - south) * 0.8, 1e-6)
    height = round((north - south) * scale + 70)

    def at(a: float, b: float) -> tuple[float, float]:
        return round((b - west) * shrink * scale + 20, 1), round((north - a) * scale + 20, 1)

    parts = []
    for name, shape in shapes:
        path = " ".join(f"{x},{y}" for x, y in (at(b, a) for a, b in shape.tolist()))
        parts.append(f'<polygon class="area" points="{path}"><title>{escape(name)}</title></polygon>')
    most = max(float(weight.max()), 1e-12)
    names = ("none", "once", "twice")
    says = ("not within the norm", "within the norm of one unit", "within the norm of two units or more")
    for i in np.argsort(-weight, kind="stable").tolist():
        x, y = at(lat[i], lon[i])
        size = max(1.5, 9 * (weight[i] / most) ** 0.5)
        kind = int(level[i])
        tip = f"<title>{weight[i]:,.0f}: {says[kind]}</title>"
        if kind:
            parts.append(f'<circle class="{names[kind]}" cx="{x}" cy="{y}" r="{size:.1f}">{tip}</circle>')
        else:  # another shape besides another colour
            corners = f"{x},{y - size - 1:.1f} {x + size + 1:.1f},{y + size:.1f} {x - size - 1:.1f},{y + size:.1f}"
            parts.append(f'<polygon class="none" points="{corners}">{tip}</polygon>')
    units = answer.placement.units
    for number, site in enumerate(siting.sites):
        assert site.point is not None, "asked before"
        x, y = at(*site.point)
        if not units[number]:
            parts.append(f'<circle class="shut" cx="{x}" cy="{y}" r="2"><title>{escape(site.name)}</title></circle>')
    for number in answer.placement.sites:
        site = siting.sites[number]
        assert site.point is not None, "asked before"
        x, y = at(*site.point)
        tip = f"<title>{escape(site.name)}: {units[number]}</title>"
        parts.append(f'<rect class="open" x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12">{tip}</rect>')
        if units[number] > 1:
            parts.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}">{units[number]}</text>')
    legend = (
        f'<g transform="translate(20,{height - 22})"><rect class="open" width="12" height="12"/>'
        '<text x="18" y="10">used site</text><circle class="shut" cx="96" cy="6" r="3"/>'
        '<text x="104" y="10">site not used</text><circle class="twice" cx="206" cy="6" r="6"/>'
        '<text x="216" y="10">two units within the norm</text><circle class="once" cx="376" cy="6" r="6"/>'
        '<text x="386" y="10">one</text><polygon class="none" points="430,0 437,12 423,12"/>'
        '<text x="442" y="10">none</text></g>'
    )
    said = 'role="img" aria-label="Map of sites and points"'
    return f'<svg viewBox="0 0 {WIDTH} {height}" {said}>{"".join(parts)}{legend}</svg>'


def _drawn_points(answer: Answer) -> tuple[Any, Any, Any, Any]:
    """What is drawn: the points, or a grid of them, with weight and whether none, one or two units reach them."""
    siting, open_sites = answer.siting, answer.placement.sites
    there = answer.placement.units[open_sites]
    areas = np.array([siting.sites[site].area for site in open_sites])
    levels = []
    for rows in siting.chunks():
        minutes = siting.ways(rows, open_sites)
        if answer.asked.closed:
            minutes = np.where(siting.area[rows, None] == areas[None, :], minutes, np.inf)
        levels.append(np.minimum(np.where(minutes <= answer.asked.within + 1e-9, there, 0).sum(axis=1), 2))
    level = np.concatenate(levels)
    if len(siting) <= MOST_DRAWN:
        return siting.lat, siting.lon, siting.weight, level
    south, west = siting.lat.min(), siting.lon.min()
    step = max(siting.lat.max() - south, siting.lon.max() - west, 1e-9) / GRID
    cell = ((siting.lat - south) // step).astype(np.int64) * (GRID + 1) + ((siting.lon - west) // step).astype(np.int64)
    cell = cell * 3 + level
    kinds, of = np.unique(cell, return_inverse=True)
    weight = np.bincount(of, siting.weight)
    count = np.bincount(of)
    return np.bincount(of, siting.lat) / count, np.bincount(of, siting.lon) / count, weight, kinds % 3


def _outlines(siting: Siting) -> list[tuple[str, Any]]:
    """The outlines of the region file, as names and rings of longitude and latitude."""
    if siting.outlines is None:
        return []
    found = []
    for feature in json.loads(siting.outlines.read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        name = str(feature.get("properties", {}).get("municipality", ""))
        found += [(name, np.array(part[0], dtype=float)[:, :2]) for part in parts if len(part[0]) > 2]
    return found
