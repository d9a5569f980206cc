"""What the commands share: Django made ready when it is needed, and a refusal as one sentence."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from typing import NoReturn

import typer


def ready() -> None:
    """Make Django ready. Wrong settings are refused as a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schakel.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as wrong:
        refuse(str(wrong))


def with_tables() -> None:
    """Make Django ready, and refuse when the tables of this version are not there."""
    ready()
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError:
        refuse("The database cannot be reached. Start it, or check the address in SCHAKEL_DATABASE.")
    if waiting:
        refuse("The tables in the database are not those of this version. Run `schakel migrate` first.")


def refuse(sentence: str) -> NoReturn:
    """Say what is the case and what to do about it, and end with 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def near(word: str, known: Iterable[str]) -> str:
    """The names that look like this one, as the end of a sentence; empty when none does."""
    found = difflib.get_close_matches(word, list(known), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(found)}?" if found else ""
