"""The command line: `schakel --help` names everything it does.

Nothing of Django is imported before a command needs it, so that help and completion are instant.
"""

from __future__ import annotations

import typer

from schakel.cli import (
    access,
    capacity,
    centre,
    demo,
    fit,
    forecast,
    journal,
    locate,
    person,
    protocol,
    region,
    simulate,
)

app = typer.Typer(
    name="schakel",
    help="The working system of a regional care coordination centre.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("migrate")(centre.migrate)
app.command("serve")(centre.serve)
app.command("worker")(centre.worker)
app.command("demo")(demo.demo)
app.command("locate")(locate.locate)
app.command("capacity")(capacity.capacity)
app.command("fit")(fit.fit)
app.command("forecast")(forecast.forecast)
app.command("simulate")(simulate.simulate)
app.add_typer(region.app, name="region")
app.add_typer(person.app, name="person")
app.add_typer(access.app, name="access")
app.add_typer(journal.app, name="journal")
app.add_typer(protocol.app, name="protocol")
