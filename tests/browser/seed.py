"""A centre to walk through in a browser: serves it on a free port, and does what the test asks of it.

Started by the fixture `served`. The first line on standard output says where it is. After that each
line on standard input is a request, ``{"do": "ring", "with": {...}}``, done in the process that serves,
so that the screens hear of it at once; the answer is one line of JSON.

A test may `do` any function of `DOES`, or any action by its name, as in ``care_request.locate``; there
`by` is the code of a role (see `SEATS`), and words of the vocabulary are given as their codes.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
import threading
import types
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_type_hints

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schakel.config.settings")

#: Somebody for every seat: the name to act as, the person's name, the role and the kind of partner it is for.
SEATS = (
    ("triagist", "Fatma Aydin", "triagist", "centre"),
    ("triagist2", "Bram de Wit", "triagist", "centre"),
    ("regiearts", "Noor van Dijk", "regiearts", "centre"),
    ("dispatcher", "Sem Bakker", "dispatcher", "centre"),
    ("coordinator", "Lieke Smit", "coordinator", "centre"),
    ("centre_lead", "Joost Visser", "centre_lead", "centre"),
    ("privacy_officer", "Els Mulder", "privacy_officer", "centre"),
    ("administrator", "Tom Jansen", "administrator", "centre"),
    ("vvt", "Anja Bos", "partner", "vvt"),
    ("ggz", "Youssef Amrani", "partner", "ggz"),
    ("hap", "Marit de Boer", "partner", "hap"),
    ("hap_triagist", "Hella Prins", "triagist", "hap"),
    ("ggz_triagist", "Omar Kaya", "triagist", "ggz"),
    ("hospital", "Kees Dekker", "partner", "hospital"),
)


class World:
    """The centre of `tests/world.py`, with a named person in every seat."""

    def __init__(self) -> None:
        import world
        from schakel.accounts.models import Organisation, Person
        from schakel.domain.vocabulary import Role

        self.centre = world.Centre()
        self.by: dict[str, Any] = {}
        for seat, name, role, kind in SEATS:
            viewer = self.centre.person(Role(role), at=Organisation.objects.filter(kind=kind).first())
            first, last = name.split(" ", 1)
            person = Person.objects.get(pk=viewer.person)
            person.username, person.first_name, person.last_name = seat, first, last
            person.set_password(world.PASSWORD)
            person.save()
            self.by[seat] = viewer
        self.centre.triagist = self.by["triagist"]
        self.centre.dispatcher = self.by["dispatcher"]

    def session(self, seat: str) -> str:
        """The cookie of somebody who has just logged in."""
        from django.test import Client

        from schakel.accounts.models import Person

        client = Client()
        client.force_login(
            Person.objects.get(pk=self.by[seat].person), backend="django.contrib.auth.backends.ModelBackend"
        )
        return client.cookies["sessionid"].value

    def ring(self, channel: str = "phone", ago: int = 0) -> int:
        """A call that rings, since `ago` ms."""
        from schakel.domain.vocabulary import Channel
        from schakel.operations.actions import care_request

        return care_request.ring(channel=Channel(channel), at=self.centre.now - ago, by=None)

    def request(self, urgency: str | None = "U2", zone: str | None = "zeist", **fields: str) -> int:
        """A request of the triagist, located and triaged, with these fields in its dossier."""
        from schakel.domain.vocabulary import Urgency
        from schakel.operations.actions import dossier

        row = self.centre.request(Urgency(urgency) if urgency else None, zone)
        for field, value in fields.items():
            dossier.write(request=row.pk, field=field, value=value, at=self.centre.now, by=self.by["triagist"])
        return row.pk

    def unit(self, kind: str = "als", seat: str = "crew") -> int:
        """A unit on duty; the first of its crew may be named as `seat` from now on."""
        from schakel.domain.vocabulary import UnitKind

        row, self.by[seat] = self.centre.unit(UnitKind(kind))
        return row.pk

    def job(self, request: int, care: str = "als", kind: str = "als", seat: str = "crew") -> int:
        """A unit that accepted to go to the request."""
        from schakel.domain.vocabulary import Care, UnitKind
        from schakel.operations.models import CareRequest

        row = CareRequest.objects.get(pk=request)
        job, self.by[seat] = self.centre.job(row, Care(care), UnitKind(kind))
        return job.pk

    def organisation(self, kind: str) -> int:
        """The key of the first partner of this kind."""
        from schakel.accounts.models import Organisation

        return Organisation.objects.filter(kind=kind).values_list("pk", flat=True).first()

    def pace(self, ahead: int = 0, speed: float = 1.0) -> None:
        """Let the centre's clock run ahead of what it says now (ms), this much faster."""
        from schakel.operations import clock

        clock.set_pace(centre=clock.now_ms() + ahead, speed=speed)

    def now(self) -> int:
        """The time by the clock of the centre."""
        return self.centre.now

    def do_due(self) -> int:
        """What the worker does: everything that is due now."""
        from schakel.operations.timers import do_due

        return do_due()

    def state(self, request: int) -> dict[str, Any]:
        """What the row of a request says."""
        from schakel.operations.models import CareRequest

        row = CareRequest.objects.get(pk=request)
        return {name: _plain(getattr(row, CareRequest.column(name))) for name in CareRequest.state_fields()}

    def dossier(self, request: int) -> dict[str, str]:
        """The newest value of each field that was written."""
        from schakel.operations.models import DossierEntry

        return dict(DossierEntry.objects.filter(request=request).values_list("field", "value"))

    def newest(self) -> int:
        """The key of the newest request; 0 when there is none."""
        from schakel.operations.models import CareRequest

        return CareRequest.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def act(self, name: str, /, by: str = "triagist", at: int | None = None, **values: Any) -> Any:
        """Any action by its name, as in ``care_request.locate``."""
        noun, verb = name.split(".")
        action: Callable[..., Any] = getattr(importlib.import_module(f"schakel.operations.actions.{noun}"), verb)
        hints = get_type_hints(action.__wrapped__)
        told = {key: _term(hints.get(key), value) for key, value in values.items()}
        return action(by=self.by.get(by), at=at or self.centre.now, **told)


DOES = (
    "session", "ring", "request", "unit", "job", "organisation", "pace", "now", "do_due", "state", "dossier", "newest"
)  # fmt: skip


def _term(hint: Any, value: Any) -> Any:
    kinds = get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    terms = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)), None)
    return terms(value) if terms is not None and value is not None else value


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)


def _listen(world: World) -> None:
    """Do what the lines on standard input ask, until there are no more."""
    from django.db import close_old_connections

    for line in sys.stdin:
        asked = json.loads(line)
        name, values = asked["do"], asked["with"]
        try:
            outcome = getattr(world, name)(**values) if name in DOES else world.act(name, **values)
            answer: dict[str, Any] = {"outcome": outcome}
        except Exception as wrong:  # told to the test, which says where it stands
            answer = {"wrong": f"{type(wrong).__name__}: {wrong}"}
        close_old_connections()
        print(json.dumps(answer), flush=True)
    os._exit(0)


def main() -> None:
    import django

    django.setup()
    import uvicorn
    from django.core.management import call_command

    from schakel.config.asgi import application

    call_command("migrate", verbosity=0)
    world = World()
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    print(json.dumps({"url": f"http://127.0.0.1:{listening.getsockname()[1]}"}), flush=True)
    threading.Thread(target=_listen, args=(world,), daemon=True).start()
    config = uvicorn.Config(application, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
