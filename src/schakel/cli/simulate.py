"""`schakel simulate`: play a scenario, compare its variants on the same patients, and write the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schakel.cli.terminal import near, refuse

if TYPE_CHECKING:
    from schakel.planning.experiment import Results
    from schakel.planning.report import Language
    from schakel.planning.scenario import Scenario

#: What the planning room stands on, beside what the desk has.
PLANNING = {"numpy", "scipy", "numba", "llvmlite", "polars", "altair", "vl_convert", "highspy"}

#: Days of one variant that are played and counted while further processes would still be starting.
DAYS_WORTH_A_PROCESS = 2_000

#: The figure that is told in the terminal whatever it is.
MAIN = ("within_norm", "A1")

#: As shells say it of a program that was stopped by Ctrl-C.
INTERRUPTED = 130


def simulate(
    scenario: Annotated[str, typer.Argument(help="A scenario's file, or its name in scenarios/.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the report; else reports/ and the scenario's name.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is wrong with the file, and play nothing.")
    ] = False,
    processes: Annotated[
        int, typer.Option(min=0, help="How many processes play; 0 chooses. The result is the same.")
    ] = 0,
    language: Annotated[str, typer.Option(help="Language of the report: nl or en.")] = "nl",
    logs: Annotated[
        bool, typer.Option("--logs", help="Keep the log of the first replication of each variant.")
    ] = False,
) -> None:
    """Play a scenario and write a report that compares its variants on the very same patients."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    try:
        from schakel.planning.experiment import Player, processors, run
        from schakel.planning.report import NotOurs, why_not, write
        from schakel.planning.scenario import WrongScenario, load
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] not in PLANNING:
            raise
        refuse(
            f"The planning room is not installed: {missing.name} is missing. Install it with "
            "`make planning`, or with `pip install 'schakel[planning]'`."
        )
    if language not in ("nl", "en"):
        refuse(f"--language: expected nl or en, came {language}.{near(language, ('nl', 'en'))}")
    path = find(scenario)
    folder = out or Path("reports") / path.stem
    try:
        found = load(path)
        if check:
            typer.echo(f"{path}: right. {_told(found)}")
            return
        why_not(folder)
    except WrongScenario as wrong:
        refuse(str(wrong))
    except NotOurs as wrong:
        refuse(str(wrong))

    console = Console()
    console.print(f"{found.name}\n{_told(found)}", highlight=False, markup=False)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    try:
        with bar:
            task = bar.add_task("Playing (the first run compiles) ...", total=None)

            def told(done: int, planned: int) -> None:
                words = "Playing ..." if done else "Playing (the first run compiles) ..."
                bar.update(task, completed=done, total=planned, description=words)

            results = run(found, processes=processes or _processes(found, processors()), told=told)
            bar.update(task, description="Writing the report ...", total=None)
            kept = {}
            if logs:
                player = Player(found)
                kept = {variant.id: player.log(variant, 0) for variant in found.variants}
            page = write(results, folder, _language(language), logs=kept)
    except KeyboardInterrupt:
        typer.echo("Stopped. Nothing was written.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    _summary(console, results)
    console.print(f"Report: {page}", highlight=False, soft_wrap=True, markup=False)


def find(name: str) -> Path:
    """The file of a scenario: a path, or a name in `scenarios/`; refused with the names that look like it."""
    path = Path(name)
    if path.is_file():
        return path
    folders = [Path.cwd() / "scenarios", Path(__file__).resolve().parents[3] / "scenarios"]
    for folder in folders:
        if (folder / f"{name}.toml").is_file():
            return folder / f"{name}.toml"
    known = sorted({file.stem for folder in folders if folder.is_dir() for file in folder.glob("*.toml")})
    refuse(f"There is no scenario {name}.{near(path.stem, known)} Known: {', '.join(known) or 'none'}.")


def _told(scenario: Scenario) -> str:
    runs = scenario.runs
    return (
        f"{scenario.region.name}, {scenario.period.days} days from {scenario.period.start}; "
        f"{len(scenario.variants)} variants with the base; {runs.number} {runs.method.value}, seed {runs.seed}."
    )


def _processes(scenario: Scenario, processors: int) -> int:
    """One for little work: starting another takes seconds."""
    days = scenario.period.days * len(scenario.variants)
    if scenario.runs.method.value == "replications":
        days *= scenario.runs.number
    return processors if days >= DAYS_WORTH_A_PROCESS else 1


def _language(code: str) -> Language:
    from schakel.planning.report import Language

    if code == "en":
        return Language()
    import gettext

    from schakel.cli.translations import compile_stale

    compile_stale()
    folder = Path(__file__).resolve().parents[1] / "locale"
    translate: Callable[[str], str] = gettext.translation("django", folder, ["nl"], fallback=True).gettext
    return Language("nl", translate, ",")


def _summary(console, results: Results) -> None:
    """What differs from the base, in the terminal: what is shown, and A1 in any case."""
    from rich.table import Table

    told = [one for one in results.comparisons if one.is_shown or (one.indicator.value, one.group) == MAIN]
    if not told:
        return
    table = Table(show_edge=False, pad_edge=False)
    for name in ("variant", "figure", "base", "variant's", "difference", "interval", "p (Holm)"):
        words = name in ("variant", "figure")
        table.add_column(name, justify="left" if words else "right", no_wrap=words)
    for one in told:
        times, unit = (1.0, "min") if one.indicator.is_time else (100.0, "%")
        low, high = one.difference.interval
        table.add_row(
            one.variant,
            f"{one.indicator} {one.group}",
            f"{times * one.base:.1f} {unit}",
            f"{times * one.value:.1f} {unit}",
            f"{times * one.difference.value:+.2f}",
            f"{times * low:+.2f} to {times * high:+.2f}",
            f"{one.p_holm:.3f}",
        )
    console.print(table)
    shown = sum(one.is_shown for one in results.comparisons)
    console.print(f"{shown} of {len(results.comparisons)} differences are more than chance explains.", highlight=False)
