"""`schakel forecast`: what to expect, and how wrong such a forecast has been."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from schakel.cli.planning_room import a_region, refusals, with_planning, write
from schakel.cli.terminal import near, refuse


def forecast(
    log: Annotated[Path | None, typer.Argument(help="Event log: Parquet, CSV or timeline.")] = None,
    region: Annotated[str, typer.Option(help="Region, for its clock, holidays and growth.")] = "midden-nederland",
    weeks: Annotated[int, typer.Option(min=1, max=26, help="Weeks to foretell.")] = 4,
    care: Annotated[str, typer.Option(help="Of one kind of care alone, such as als.")] = "",
    urgency: Annotated[str, typer.Option(help="Of some urgencies alone, such as U0,U1.")] = "",
    year: Annotated[int | None, typer.Option(help="Growth by people and age until this year, such as 2040.")] = None,
    since: Annotated[int, typer.Option(help="With --year: the year of today's demand.")] = 2024,
    csv: Annotated[Path | None, typer.Option(help="Write every hour with its intervals as CSV.")] = None,
    areas: Annotated[Path | None, typer.Option(help="Write every area over all weeks as CSV.")] = None,
) -> None:
    """Foretell the weeks after a log with a back-test, or growth until a year with its sources."""
    if log is None and year is None:
        refuse("Give a log to foretell the weeks after it, or --year for growth until then, or both.")
    with_planning()
    from rich.console import Console

    console = Console()
    if log is not None:
        _weeks(log, region, weeks, care, urgency, csv, areas, console)
    if year is not None:
        _growth(region, since, year, console)


def _weeks(log, region, weeks, care, urgency, csv, areas, console) -> None:  # type: ignore[no-untyped-def]
    from rich.table import Table

    from schakel.domain.vocabulary import Care, Urgency
    from schakel.planning.forecast import area_rows, starts_at
    from schakel.planning.forecast import forecast as work_out
    from schakel.planning.log_table import log_from

    cares = {one.value: one for one in Care}
    if care and care not in cares:
        refuse(f"--care: there is no care {care}.{near(care, cares)} Known: {', '.join(cares)}.")
    urgencies = {one.value: one for one in Urgency}
    asked = [part.strip() for part in urgency.split(",") if part.strip()]
    if strange := [one for one in asked if one not in urgencies]:
        refuse(f"--urgency: expected {', '.join(urgencies)}, came {strange[0]}.")
    with refusals(), console.status("Foretelling ..."):
        told = work_out(
            log_from(log),
            a_region(region).calendar,
            weeks=weeks,
            care=cares.get(care),
            urgencies=[urgencies[one] for one in asked],
            source=log.name,
        )
    recent = "the mean of all weeks" if not told.weight else f"a weight of {told.weight:g} for the newest week"
    console.print(
        f"{told.known_weeks} whole weeks known. Level {told.level:.1f} a week, by {recent}; {told.expected.sum():.0f} "
        f"expected in {weeks} weeks. Variance over mean of an hour {told.dispersion:.2f}.",
        highlight=False,
    )
    scores = Table(
        title=f"Back-test: foretold {told.origins} times, {weeks} weeks ahead each",
        title_justify="left",
        show_edge=False,
    )
    for number, name in enumerate(
        ("of an", "n", "mean", "error", "of naive", "of true rates", "MASE", "WAPE", "bias", "in 80 %", "in 95 %")
    ):
        scores.add_column(name, justify="right" if number else "left")
    for one in told.back_test:
        scores.add_row(
            one.unit,
            str(one.n),
            f"{one.mean:.1f}",
            f"{one.mae:.2f}",
            f"{one.naive_mae:.2f}",
            f"{one.floor_mae:.2f}",
            "-" if one.mase is None else f"{one.mase:.2f}",
            f"{one.wape:.1%}",
            f"{one.bias:+.1%}",
            *("-" if share is None else f"{share:.0%}" for share in (one.within_80, one.within_95)),
        )
    console.print(scores)
    console.print(
        "Error: mean absolute. Naive: the same hour of the week before. True rates: what chance leaves to who knows "
        "them. MASE below 1 is better than naive. The intervals have the dispersion of this same back-test.",
        highlight=False,
    )
    lines = ["start,expected,low_80,high_80,low_95,high_95"]
    columns = (told.expected, told.low_80, told.high_80, told.low_95, told.high_95)
    for start, *values in zip(starts_at(told.hours), *(column.tolist() for column in columns), strict=True):
        lines.append(",".join([start, f"{values[0]:.4f}", *map(str, values[1:])]))
    write(csv, "\n".join(lines) + "\n", console)
    per_area = ["area,expected,low_95,high_95", *(",".join(map(str, row)) for row in area_rows(told))]
    write(areas, "\n".join(per_area) + "\n", console)


def _growth(region, since, year, console) -> None:  # type: ignore[no-untyped-def]
    from rich.table import Table

    from schakel.planning.growth import figures, growth_of

    with refusals():
        place = a_region(region)
        told = growth_of(place, since, year)
    console.print(
        f"{place.name}: demand in {year} is {told.factor:.3f} times that of {since} by people and age "
        f"({told.least:.3f} to {told.most:.3f}, as people of 80 and over ask {figures().use_least:g} to "
        f"{figures().use_most:g} times as much as others; {figures().use:g} is taken).",
        highlight=False,
    )
    table = Table(title="By municipality", title_justify="left", show_edge=False)
    for name in ("municipality", "times", "stands on"):
        table.add_column(name, justify="right" if name == "times" else "left")
    for name, factor in sorted(told.by_area.items(), key=lambda one: -one[1]):
        own = name in told.known
        table.add_row(name, f"{factor:.3f}", "its own growth, ageing of the country" if own else "the country")
    console.print(table)
    console.print("Sources:", highlight=False)
    for source in figures().sources:
        console.print(f"  {source}", highlight=False, markup=False)
    console.print("Seen before, beyond people and age, and not added:", highlight=False)
    for one in figures().seen:
        console.print(
            f"  {one.since}-{one.until}: {one.per_year:+.1%} a year of {one.what} ({one.source})",
            highlight=False,
            markup=False,
        )
