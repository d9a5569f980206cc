"""`schakel access`: the access log."""

from __future__ import annotations

import typer

from schakel.cli.terminal import with_tables

app = typer.Typer(help="Who looked at what: the access log.", no_args_is_help=True)


@app.callback()
def access() -> None:
    """Who looked at what: the access log."""


@app.command()
def verify() -> None:
    """Walk the chain of the access log, and name every place where it does not hold."""
    with_tables()
    from schakel.accounts import access_log
    from schakel.accounts.models import AccessEntry

    broken = list(access_log.breaks())
    for one in broken:
        typer.echo(f"Line {one.number}: {one.what}.", err=True)
    if broken:
        raise typer.Exit(1)
    typer.echo(f"{AccessEntry.objects.count()} lines, one whole chain.")
