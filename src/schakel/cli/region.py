"""`schakel region`: check a region's file, and bring the tables in line with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schakel.cli.terminal import near, refuse, with_tables

if TYPE_CHECKING:
    from schakel.domain.region import Region

app = typer.Typer(help="The region as data: partners, places, units, norms.", no_args_is_help=True)


@app.command()
def check(files: Annotated[list[Path], typer.Argument(help="Region files, such as regions/midden-nederland.toml.")]):
    """Say everything that is wrong with region files, each problem as a sentence."""
    from schakel.domain.region import check as problems_in

    wrong = 0
    for file in files:
        if not file.is_file():
            wrong += 1
            typer.echo(f"{file}: there is no such file.{near(file.stem, names())}", err=True)
            continue
        problems = problems_in(file)
        wrong += len(problems)
        for problem in problems:
            typer.echo(str(problem), err=True)
        if not problems:
            typer.echo(f"{file}: right.")
    if wrong:
        raise typer.Exit(1)


@app.command()
def load(
    name: Annotated[str, typer.Argument(help="Name of the region; the one in SCHAKEL_REGION if left out.")] = "",
):
    """Bring partners, places and units in line with the region's file. Twice changes nothing."""
    if name:
        read(name)
    with_tables()
    from django.conf import settings

    from schakel.operations import region_load

    counted = region_load.load(read(name or settings.REGION))
    told = ", ".join(f"{counted[what]} {what}" for what in ("made", "changed", "unchanged", "retired"))
    typer.echo(f"{name or settings.REGION}: {told}.")


def read(name: str) -> Region:
    """The region of this name; refused with the names that look like it, or with everything that is wrong."""
    from schakel.domain.region import WrongRegion, find
    from schakel.domain.region import load as read_file

    try:
        return read_file(find(name))
    except FileNotFoundError:
        known = names()
        refuse(f"There is no region {name}.{near(name, known)} Known: {', '.join(known) or 'none'}.")
    except WrongRegion as wrong:
        refuse(str(wrong))


def names() -> list[str]:
    """The names of the regions whose files are here."""
    folders = [Path.cwd() / "regions", Path(__file__).resolve().parents[3] / "regions"]
    return sorted({file.stem for folder in folders if folder.is_dir() for file in folder.glob("*.toml")})
