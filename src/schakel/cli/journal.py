"""`schakel journal`: whether the journal is whole, and every row its fold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from schakel.cli.terminal import with_tables

if TYPE_CHECKING:
    from schakel.domain.events import Event, Subject

app = typer.Typer(help="Everything that happened, in order.", no_args_is_help=True)

#: Events read at a time, and rows compared at a time.
AT_ONCE = 5_000


class Difference(NamedTuple):
    """A row that says something else than its history, in one field."""

    subject: str
    key: int
    field: str
    row: Any
    history: Any

    def __str__(self) -> str:
        return f"{self.subject} {self.key}: {self.field} is {self.row} in the row, {self.history} by its history."


@app.callback()
def journal() -> None:
    """Everything that happened, in order."""


@app.command()
def verify() -> None:
    """Fold the journal again, and name every row that says something else, and every number that is missing."""
    with_tables()
    from schakel.operations import journal as kept

    wrong = 0
    for gap in gaps():
        wrong += 1
        typer.echo(f"The journal has no event {gap}.", err=True)
    for difference in differences():
        wrong += 1
        typer.echo(str(difference), err=True)
    if wrong:
        raise typer.Exit(1)
    typer.echo(f"{kept.head()} events, and every row is the fold of its history.")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Parquet file to write, such as var/log.parquet. It is written anew.")],
) -> None:
    """Write everything that happened as an event log, for the planning room. It holds no names and no words."""
    from schakel.cli.planning_room import with_planning
    from schakel.cli.terminal import refuse

    with_planning()
    if file.suffix != ".parquet":
        refuse(f"{file}: expected a name that ends in .parquet.")
    with_tables()
    from schakel.indicators import EventLog
    from schakel.operations import clock
    from schakel.operations import journal as kept
    from schakel.planning.log_file import write_log

    def told() -> Iterator[Event]:
        seq = 0
        while some := kept.after(seq, AT_ONCE):
            for recorded in some:
                yield recorded.event
            seq = some[-1].seq

    log = EventLog.of(told())
    if not len(log):
        refuse("The journal is empty: there is nothing to write.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_log(log, file)
    except OSError as error:
        refuse(f"{file}: cannot be written ({error.strerror}). Choose another place.")
    typer.echo(f"{len(log)} events, from {clock.as_datetime(log.since):%d %B %Y} on, written to {file}.")


def gaps() -> Iterator[int]:
    """The numbers up to the head that the journal does not have."""
    from schakel.operations import journal as kept
    from schakel.operations.models import JournalEntry

    head = kept.head()
    expected = 1
    for seq in JournalEntry.objects.filter(seq__lte=head).order_by("seq").values_list("seq", flat=True).iterator():
        yield from range(expected, seq)
        expected = seq + 1
    yield from range(expected, head + 1)


def differences() -> Iterator[Difference]:
    """Every field of every row that its history does not bear out. Rows that change meanwhile are looked at again."""
    from schakel.domain.life_cycles import evolve, subjects_of
    from schakel.domain.states import STATES
    from schakel.operations import journal as kept
    from schakel.operations.models import ROWS

    states: dict[tuple[Subject, int], Any] = {}
    seq = 0
    while told := kept.after(seq, AT_ONCE):
        for recorded in told:
            for subject, key in subjects_of(recorded.event):
                before = states.get((subject, key)) or STATES[subject]()
                states[subject, key] = evolve(before, subject, recorded.event)
        seq = told[-1].seq
    for subject, table in ROWS.items():
        for row in table._default_manager.order_by("pk").iterator(AT_ONCE):
            if row.state != (states.pop((subject, row.pk), None) or STATES[subject]()):
                yield from _still_different(subject, row.pk)
    for subject, key in states:
        yield Difference(subject.value, key, "the row", "not there", "there")


def _still_different(subject: Subject, key: int) -> Iterator[Difference]:
    """The differences of one row while nobody can change it."""
    from django.db import transaction

    from schakel.operations import journal as kept
    from schakel.operations.models import ROWS

    with transaction.atomic():
        state = ROWS[subject]._default_manager.select_for_update(of=("self",)).get(pk=key).state
        history = kept.refold(subject, key)
    for field in fields(state):
        ours, theirs = getattr(state, field.name), getattr(history, field.name)
        if ours != theirs:
            yield Difference(subject.value, key, field.name, ours, theirs)
