"""`schakel fit`: rates and lengths of time out of an event log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from schakel.cli.planning_room import a_region, refusals, with_planning, write


def fit(
    log: Annotated[Path, typer.Argument(help="Event log: Parquet, CSV or timeline.")],
    region: Annotated[str, typer.Option(help="Region, for its wall clock and bank holidays.")] = "midden-nederland",
    out: Annotated[Path, typer.Option(help="TOML to write the demand to.")] = Path("demand.toml"),
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 1,
) -> None:
    """Fit rates by area, hour, urgency and care, and lengths of time, to a log."""
    with_planning()
    from rich.console import Console
    from rich.table import Table

    from schakel.planning.fit import fit as work_out
    from schakel.planning.fitted_file import as_toml
    from schakel.planning.hours import weeks
    from schakel.planning.log_table import log_from

    console = Console()
    with refusals(), console.status("Fitting ..."):
        found = work_out(log_from(log), a_region(region).calendar, source=log.name, seed=seed)
    span = weeks(found.since, found.until)
    console.print(
        f"{found.requests} requests in {span:.1f} weeks; {found.unknown} of a kind of care that is not known.",
        highlight=False,
    )
    rates = Table(title="Rates", title_justify="left", show_edge=False)
    columns = ("care", "requests", "a week", "95 %", "dispersion", "area-hour", "urgency-hour", "area-urgency")
    for number, name in enumerate(columns):
        rates.add_column(name, justify="right" if number else "left")
    for one in found.profiles:
        low, high = one.interval(span)
        rates.add_row(
            one.name,
            str(one.requests),
            f"{one.requests / span:.1f}",
            f"{low:.1f}-{high:.1f}",
            f"{one.dispersion:.2f}",
            *(f"{a.v:.2f} (p {a.p:.2f})" if a else "too few" for a in one.associations.values()),
        )
    console.print(rates)
    console.print(
        "Dispersion 1 is Poisson. The last three: Cramer's V, 0 where the two have nothing to do with each other, "
        "as the simulator takes it.",
        highlight=False,
    )
    lengths = Table(title="Lengths of time, log-normal", title_justify="left", show_edge=False)
    for number, name in enumerate(("care", "step", "n", "median", "sigma", "D", "p of D", "A2", "p of A2")):
        lengths.add_column(name, justify="right" if number > 1 else "left")
    for one in found.profiles:
        for step, length in one.lengths.items():
            if length is not None:
                lengths.add_row(
                    one.name,
                    step,
                    str(length.n),
                    f"{length.duration.median_ms / 60_000:.1f} min",
                    f"{length.duration.sigma:.2f}",
                    f"{length.ks:.3f}",
                    f"{length.ks_p:.3f}",
                    f"{length.ad:.2f}",
                    f"{length.ad_p:.3f}",
                )
    console.print(lengths)
    console.print(
        "D and A2: Kolmogorov-Smirnov and Anderson-Darling, p by parametric bootstrap, for the distribution was fitted "
        "to the same lengths (of more than 2,000, a random 2,000). D is the largest share that the fit is off by.",
        highlight=False,
    )
    write(out, as_toml(found), console)
