"""`schakel access`: the access log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schakel.cli.terminal import ready, refuse, with_tables

if TYPE_CHECKING:
    from schakel.accounts.access_log import Anchor

app = typer.Typer(help="Who looked at what: the access log.", no_args_is_help=True)


@app.callback()
def access() -> None:
    """Who looked at what: the access log."""


@app.command()
def anchor() -> None:
    """Print how far the log is now, in one line to keep outside the database: its last number and hash."""
    with_tables()
    from schakel.accounts import access_log

    typer.echo(access_log.anchor().line)


@app.command()
def verify(
    anchor: Annotated[
        Path | None,
        typer.Option(help="A file with lines of `schakel access anchor`; the log must still hold all of them."),
    ] = None,
) -> None:
    """Walk the chain of the access log, and name every place where it does not hold."""
    anchors = _read(anchor) if anchor else []
    with_tables()
    from schakel.accounts import access_log
    from schakel.accounts.models import AccessEntry

    broken = [*access_log.breaks(), *filter(None, map(access_log.against, anchors))]
    for one in broken:
        typer.echo(f"Line {one.number}: {one.what}.", err=True)
    if broken:
        raise typer.Exit(1)
    held = f" It holds against {len(anchors)} anchors." if anchors else ""
    typer.echo(f"{AccessEntry.objects.count()} lines, one whole chain.{held}")


def _read(file: Path) -> list[Anchor]:
    """The anchors in a file, one a line. A file that holds none, or something else, is refused with a sentence."""
    ready()
    from schakel.accounts.access_log import Anchor

    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        refuse(f"{file} cannot be read as anchors: {getattr(wrong, 'strerror', None) or 'it is not plain text'}.")
    found = []
    for number, text in enumerate(lines, 1):
        if text.strip():
            try:
                found.append(Anchor.read(text))
            except ValueError as wrong:
                refuse(f"{file}, line {number}: {wrong}.")
    if not found:
        refuse(f"{file}: expected at least one line of `schakel access anchor`, came an empty file.")
    return found
