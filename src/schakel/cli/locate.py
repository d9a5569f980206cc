"""`schakel locate`: where stations and units should be."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from schakel.cli.planning_room import a_region, refusals, with_planning, write
from schakel.cli.terminal import refuse


class ModelName(str, Enum):  # noqa: UP042 - Typer shows the values of such an enumeration
    """The models by name, known without loading a solver."""

    LSCP = "lscp"
    FEWEST = "fewest"
    MCLP = "mclp"
    DSM = "dsm"
    MEXCLP = "mexclp"
    MALP = "malp"
    P_MEDIAN = "p-median"
    P_CENTRE = "p-centre"


class Borders(str, Enum):  # noqa: UP042
    """Whether a station serves other areas."""

    OPEN = "open"
    CLOSED = "closed"


def locate(
    model: Annotated[ModelName, typer.Argument(help="lscp, fewest, mclp, dsm, mexclp, malp, p-median or p-centre.")],
    region: Annotated[str, typer.Option(help="Name or file of a region; else give --points and --sites.")] = "",
    points: Annotated[Path | None, typer.Option(help="CSV or Parquet: id, weight, lat, lon, area.")] = None,
    sites: Annotated[Path | None, typer.Option(help="CSV: id, name, lat, lon, existing, area.")] = None,
    matrix: Annotated[Path | None, typer.Option(help="CSV: minutes, a line a point and a column a site.")] = None,
    number: Annotated[int | None, typer.Option(help="Stations or units to place.")] = None,
    within: Annotated[float, typer.Option(help="Norm: minutes of driving with signals.")] = 12.0,
    far: Annotated[float | None, typer.Option(help="dsm: the far norm, within which everybody is.")] = None,
    busy: Annotated[float | None, typer.Option(help="mexclp, malp: share of time that a unit is busy.")] = None,
    reliability: Annotated[float | None, typer.Option(help="malp: chance of finding a unit free.")] = None,
    share: Annotated[float | None, typer.Option(help="fewest, dsm: share to be reached within the norm.")] = None,
    double: Annotated[float | None, typer.Option(help="fewest: share to be reached twice.")] = None,
    at_each: Annotated[int | None, typer.Option(help="dsm, mexclp, malp: most units at one site.")] = None,
    most_per_shift: Annotated[
        float | None, typer.Option(help="mclp: deployments a unit can take on in a shift of 8 hours.")
    ] = None,
    per_year: Annotated[float | None, typer.Option(help="Requests in a year; a region file says it itself.")] = None,
    keep: Annotated[str, typer.Option(help="Sites that stay: existing, none, or ids with commas.")] = "none",
    anywhere: Annotated[bool, typer.Option(help="Region: every zone may hold a station, not only the bases.")] = False,
    borders: Annotated[Borders, typer.Option(help="open, or closed: a station serves its own area.")] = Borders.OPEN,
    seconds: Annotated[float, typer.Option(help="The solver's time; then the best so far, with its gap.")] = 300.0,
    csv: Annotated[Path | None, typer.Option(help="Write the used sites as CSV.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write one page with map and tables.")] = None,
) -> None:
    """Place stations or units by a model of location, proven and checked."""
    with_planning()
    from rich.console import Console
    from rich.table import Table

    from schakel.planning.location.report import as_csv, as_html, rows, summary
    from schakel.planning.location.siting import read_siting, siting_of
    from schakel.planning.location.study import Asked, Model
    from schakel.planning.location.study import locate as ask

    if bool(region) == bool(points or sites):
        refuse("Give a region with --region, or tables with --points and --sites: one of the two.")
    if not region and not (points and sites):
        refuse("Tables come in twos: --points and --sites.")
    if matrix and region:
        refuse("--matrix goes with --points and --sites; a region file names its own (travel_matrix).")
    if anywhere and not region:
        refuse("--anywhere goes with --region; in a table every site is named.")
    console = Console()
    with refusals(), console.status("Reading ..."):
        if region:
            siting = siting_of(a_region(region), anywhere=anywhere)
        else:
            assert points and sites, "asked above"
            siting = read_siting(points, sites, matrix, per_year=per_year)
    if keep == "existing":
        kept = tuple(siting.sites[site].id for site in siting.existing)
        if not kept:
            refuse("--keep existing: no site is marked as existing.")
    else:
        kept = () if keep in ("none", "") else tuple(part.strip() for part in keep.split(","))
    asked = Asked(
        Model(model.value),
        within=within,
        far=far,
        number=number,
        busy=busy,
        reliability=reliability,
        share=share,
        double=double,
        at_each=at_each,
        most_per_shift=most_per_shift,
        keep=kept,
        closed=borders is Borders.CLOSED,
        seconds=seconds,
    )
    with refusals(), console.status(f"{len(siting):,} points, {len(siting.sites)} sites ..."):
        answer = ask(siting, asked)
    for what, told in summary(answer):
        console.print(f"{what:<20} {told}", highlight=False, markup=False)
    table = Table(title="Sites that are used", title_justify="left", show_edge=False)
    for name in ("site", "name", "area"):
        table.add_column(name, overflow="fold")
    for name in ("units", "nearest share", "a shift"):
        table.add_column(name, justify="right")
    for row in rows(answer):
        each = "unknown" if row["per_shift"] is None else f"{row['per_shift']:.2f}"
        table.add_row(
            row["site"], row["name"], row["area"] or "-", str(row["units"]), f"{row['nearest_share']:.1%}", each
        )
    console.print(table)
    write(csv, as_csv(answer), console)
    write(html, as_html(answer), console)
