"""`schakel demo`: a centre at work on this machine, with invented callers, crews, colleagues and partners."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from schakel.cli.terminal import ready, refuse

#: What the embedded database leaves in the folder of a demonstration.
FILES = ("schakel.sqlite3", "schakel.sqlite3-wal", "schakel.sqlite3-shm")


def demo(
    speed: Annotated[float, typer.Option(min=0.1, max=120, help="How many times as fast as the wall's clock.")] = 10.0,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same callers.")] = 1,
    hours_before: Annotated[float, typer.Option(min=0, max=24, help="Hours played before you come in, at most.")] = 3.0,
    at: Annotated[str, typer.Option(help="Time of the day at which you come in, such as 19:30; else now.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh/--keep", help="Begin anew, or go on where it stopped.")] = True,
    data: Annotated[Path, typer.Option(help="Folder of its data, apart from any real data.")] = Path("var/demo"),
) -> None:
    """Run a demonstration: a region at work, and a seat for you."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    os.environ["SCHAKEL_DEMO"] = "yes"
    os.environ["SCHAKEL_DATA"] = str(data)
    if fresh and not os.environ.get("SCHAKEL_DATABASE"):
        _clear(data)
    from schakel.cli.translations import compile_stale

    compile_stale()
    ready()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import OperationalError

    from schakel.cli.region import read
    from schakel.demo import start
    from schakel.operations import clock

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError:
        refuse("The database cannot be reached. Start it, or check the address in SCHAKEL_DATABASE.")
    if reason := start.why_not_demo():
        refuse(reason)
    region = read(settings.REGION)
    console = Console()
    going_on = start.is_settled()
    if going_on and fresh:
        refuse("This database holds a demonstration already. Go on with it (--keep), or name an empty database.")
    if going_on:
        world = start.new_world(region, seed=seed, now=start.last_moment())
    else:
        come_in = _moment(region, at, clock.wall_ms())
        begin = start.begins_at(region, come_in, hours_before)
        with Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True
        ) as progress:
            task = progress.add_task(f"{region.name} at work ...", total=max(1, come_in - begin))
            world = start.new_world(region, seed=seed, now=begin, come_in=come_in)
            world.play_until(come_in, lambda now: progress.update(task, completed=now - begin))
    run, stop = start.go_on(world, speed)
    _serve(host, port, run, lambda: _welcome(console, host, port, speed))
    stop.set()


def _serve(host, port, run, welcome) -> None:
    import threading

    from schakel.cli.centre import run_server
    from schakel.operations.worker import Worker

    worker = Worker()

    def beside() -> None:
        threading.Thread(target=worker.run, name="worker", daemon=True).start()
        run()

    run_server(host, port, beside=beside, started=welcome)
    worker.stop.set()


def _clear(data: Path) -> None:
    """Remove an earlier demonstration. Only a folder that holds one is touched."""
    import sqlite3

    kept = data / FILES[0]
    if not kept.exists():
        return
    try:
        with sqlite3.connect(f"file:{kept}?mode=ro", uri=True) as database:
            [paced] = database.execute("SELECT count(*) FROM operations_clock").fetchone()
            [requests] = database.execute("SELECT count(*) FROM operations_carerequest").fetchone()
    except sqlite3.Error:
        paced, requests = 0, 0
    finally:
        if "database" in locals():
            database.close()
    if requests and not paced:
        refuse(f"{kept} belongs to a real centre. Choose another folder with --data.")
    for name in FILES:
        (data / name).unlink(missing_ok=True)


def _moment(region, at: str, now: int) -> int:
    """Today at this time of the day by the region's clock; now when none is given."""
    if not at:
        return now
    hours, _, minutes = at.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        refuse(f"--at: expected a time of the day such as 19:30, came {at}.")
    return region.calendar.instant(region.calendar.day(now), int(hours) * 60 + int(minutes))


def _welcome(console, host: str, port: int, speed: float) -> None:
    from rich.table import Table

    from schakel.demo.people import LOGINS, PASSWORD

    table = Table(title="Seats", title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("user name", style="bold")
    table.add_column("seat")
    table.add_column("organisation")
    for login in LOGINS:
        unit = f", {login.unit}" if login.unit else ""
        table.add_row(login.username, f"{login.role.label}{unit}", login.organisation)
    console.print(table)
    console.print(f"\nPassword of all seats: [bold]{PASSWORD}[/bold]")
    console.print(f"Everybody and everything in it is invented. The clock runs {speed:g} times as fast.")
    console.print(f"Open [bold]http://{host}:{port}/[/bold]   (Ctrl+C ends it)", highlight=False)
