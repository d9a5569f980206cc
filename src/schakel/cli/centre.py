"""`schakel migrate`, `serve` and `worker`: the centre itself."""

from __future__ import annotations

import gc
import signal
import socket
import threading
from collections.abc import Callable
from typing import Annotated

import typer

from schakel.cli.terminal import ready, refuse, with_tables

Host = Annotated[str, typer.Option(help="Address to listen at.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")]

#: Open streams are ended after this many seconds when the server stops; their pages come back by themselves.
PARTING_S = 2


def migrate() -> None:
    """Make the tables those of this version, and compile the translations that are new."""
    from schakel.cli.translations import compile_stale

    compiled = compile_stale()
    ready()
    from django.core.management import call_command
    from django.db import OperationalError

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError:
        refuse("The database cannot be reached. Start it, or check the address in SCHAKEL_DATABASE.")
    typer.echo(f"The tables are up to date; {len(compiled)} translations compiled.")


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    worker: Annotated[bool, typer.Option(help="Also do the timers in this process.")] = True,
) -> None:
    """Serve the screens, in one process."""
    with_tables()
    run_server(host, port, beside=_worker().run if worker else None)


def worker() -> None:
    """Do what is due: expired offers, re-assessments, escalations. Several may run beside each other."""
    with_tables()
    working = _worker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: working.stop.set())
    typer.echo("The worker is at work.")
    working.run()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        listening = socket.create_server((host, port), family=found[0][0], backlog=2048)
    except OSError as wrong:
        refuse(f"Cannot listen at {host}:{port}: {wrong.strerror or wrong}. Choose another with --port.")
    # What is accepted takes this over. Without it, the end of an answer waited 40 ms for the browser to say that it had
    # the beginning: asyncio asks for it only of sockets that it made itself.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def run_server(
    host: str, port: int, *, beside: Callable[[], None] | None = None, started: Callable[[], None] | None = None
) -> None:
    """Serve until told to stop. `beside` runs in a thread of this process; `started` is called when doors are open."""
    import uvicorn
    from django.conf import settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    from schakel.config.asgi import application

    listening = listen(host, port)
    gc.collect()
    gc.freeze()  # what was loaded stays, so no key waits while all of it is looked through again
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=PARTING_S,
            server_header=False,
        )
    )
    if beside:
        threading.Thread(target=beside, name="beside", daemon=True).start()
    if started:
        started()
    server.run(sockets=[listening])


def _worker():
    from schakel.operations.worker import Worker

    return Worker()
