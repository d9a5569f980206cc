"""`schakel capacity`: how many units, by block and shift."""

from __future__ import annotations

import csv as tables
import io
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from schakel.cli.planning_room import a_region, refusals, with_planning, write
from schakel.cli.terminal import refuse


class MinimumName(str, Enum):  # noqa: UP042 - Typer shows the values of such an enumeration
    """What the minimum of one unit for each station means."""

    LEFT = "left"
    ON_DUTY = "on-duty"


def capacity(
    region: Annotated[str, typer.Argument(help="Name or file of a region.")],
    fitted: Annotated[Path | None, typer.Option(help="Demand from `schakel fit`, instead of the region's own.")] = None,
    stations: Annotated[int | None, typer.Option(help="Stations; if left out, those of the region file.")] = None,
    cover: Annotated[float | None, typer.Option(help="Instead: as few as reach this share within the norm.")] = None,
    double: Annotated[float, typer.Option(help="With --cover: and this share twice (dubbele dekking).")] = 0.0,
    within: Annotated[float, typer.Option(help="Norm: minutes of driving with signals.")] = 12.0,
    free: Annotated[float, typer.Option(help="Asked chance that an urgent call finds a free unit.")] = 0.95,
    minimum: Annotated[
        MinimumName, typer.Option(help="One unit for each station: left while others are away, or on-duty.")
    ] = MinimumName.LEFT,
    planned_use: Annotated[float, typer.Option(help="Share of time that a unit can be planned full.")] = 0.85,
    most_per_shift: Annotated[
        float | None, typer.Option(help="Most deployments of a unit in a shift (bezettingsgraad).")
    ] = None,
    helped: Annotated[float, typer.Option(help="Share of own urgent calls that neighbours take (burenhulp).")] = 0.0,
    helping: Annotated[float, typer.Option(help="Calls taken for neighbours, as a share of the own.")] = 0.0,
    growth: Annotated[float | None, typer.Option(help="All demand times this (indexation).")] = None,
    year: Annotated[int | None, typer.Option(help="Instead: growth by people and age until this year.")] = None,
    since: Annotated[int, typer.Option(help="With --year: the year of the demand.")] = 2024,
    csv: Annotated[Path | None, typer.Option(help="Write a line for each block as CSV.")] = None,
) -> None:
    """Work out the units of a region by two-hour block and eight-hour shift."""
    with_planning()
    import numpy as np
    from rich.console import Console
    from rich.table import Table

    from schakel.planning.capacity import (
        APPROXIMATION,
        BLOCK_HOURS,
        BLOCKS,
        SHIFTS,
        DayKind,
        Minimum,
        Terms,
        rows_of,
        workload_of,
        workload_of_fitted,
    )
    from schakel.planning.capacity import capacity as work_out
    from schakel.planning.fitted_file import read_fitted
    from schakel.planning.growth import growth_of
    from schakel.planning.location import Asked, Model, locate, outcome, siting_of

    if stations is not None and cover is not None:
        refuse("Give --stations or --cover: one of the two.")
    if double and cover is None:
        refuse("--double goes with --cover.")
    if growth is not None and year is not None:
        refuse("Give --growth or --year: one of the two.")
    console = Console()
    told: list[tuple[str, str]] = []
    with refusals(), console.status("Working out ..."):
        place = a_region(region)
        grown = growth_of(place, since, year) if year is not None else None
        siting = siting_of(place, anywhere=cover is not None)
        if cover is not None:
            asked = Asked(Model.FEWEST, within=within, share=cover, double=double, seconds=120)
            answer = locate(siting, asked)
            units, told_cover = answer.placement.units, answer.outcome
            told.append(("Stations", f"{int(units.sum())} anywhere in the region, {answer.proven}"))
        else:
            units = np.ones(len(siting.sites), dtype=np.int64)
            told_cover = outcome(siting, units, within)
            told.append(("Stations", f"{len(siting.sites)} of the region file"))
        count = int(units.sum()) if stations is None else stations
        if stations is not None:
            told[-1] = ("Stations", f"{stations} as given; cover is that of the {len(siting.sites)} of the region file")
        told.append(("Cover", f"{told_cover.share(1):.1%} within {within:g} minutes, {told_cover.share(2):.1%} twice"))
        work = workload_of_fitted(read_fitted(fitted)) if fitted else workload_of(place, told_cover.minutes)
        terms = Terms(
            stations=count,
            free=free,
            planned_use=planned_use,
            minimum=Minimum(minimum.value),
            helped=helped,
            helping=helping,
            growth=grown.factor if grown else 1.0 if growth is None else growth,
            most_per_shift=most_per_shift,
        )
        needed = work_out(work, terms)
    told += [
        ("Demand", f"from {fitted.name}" if fitted else "of the region file"),
        ("A call takes", f"{work.urgent_min:.0f} minutes urgent, {work.planned_min:.0f} planned, from leaving to free"),
    ]
    if grown:
        told.append(
            (
                "Growth",
                f"{grown.factor:.3f} from {since} to {year}, between {grown.least:.3f} and {grown.most:.3f}; "
                f"with a figure of its own: {', '.join(grown.known) or 'no municipality'}",
            )
        )
    elif growth is not None:
        told.append(("Growth", f"{growth:.3f}, as given"))
    if helped or helping:
        told.append(("Neighbours", f"take {helped:.1%} of the urgent calls, and are helped with {helping:.1%}"))
    told += [
        ("Free unit", f"asked {free:.1%}; least {needed.finds_free.min():.2%} in any block"),
        ("Busy", f"{needed.busy.min():.0%} to {needed.busy.max():.0%} of the time on duty"),
        ("A week", f"{needed.shifts_a_week} shifts of eight hours; {needed.workday_by_day} units on a workday by day"),
        ("Approximation", APPROXIMATION),
    ]
    for what, line in told:
        console.print(f"{what:<16} {line}", highlight=False, markup=False)
    kinds = [kind.value for kind in DayKind]
    table = Table(title="Units needed by block", title_justify="left", show_edge=False)
    for name in ("block", *kinds):
        table.add_column(name, justify="left" if name == "block" else "right")
    for block in range(BLOCKS):
        hours = f"{block * BLOCK_HOURS:02}-{(block + 1) * BLOCK_HOURS:02} h"
        table.add_row(hours, *(str(needed.units[row, block]) for row in range(len(kinds))))
    console.print(table)
    shifts = Table(title="On duty by shift, and deployments of each unit", title_justify="left", show_edge=False)
    for name in ("shift", *kinds):
        shifts.add_column(name, justify="left" if name == "shift" else "right")
    for number, name in enumerate(SHIFTS):
        cells = (
            f"{needed.per_shift[row, number]} ({needed.deployments[row, number]:.1f})" for row in range(len(kinds))
        )
        shifts.add_row(name, *cells)
    console.print(shifts)
    written = io.StringIO()
    lines = rows_of(work, terms, needed)
    sheet = tables.DictWriter(written, list(lines[0]), lineterminator="\n")
    sheet.writeheader()
    sheet.writerows(lines)
    write(csv, written.getvalue(), console)
