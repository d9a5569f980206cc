"""Every address of the project, whoever comes and whatever is sent: never a trace, and every refusal holds a sentence.

Driven by the addresses themselves: a new door is tried from its first day. The names of what is sent
are those that the code of the doors reads.
"""

from __future__ import annotations

import re
import traceback
import uuid
from html import unescape
from pathlib import Path
from random import Random

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

import schakel
from doings import Busy, standing
from examples import check_references
from schakel.accounts.models import Person
from schakel.domain import vocabulary
from schakel.domain.dossier import FIELDS
from schakel.domain.vocabulary import Term

pytestmark = pytest.mark.django_db

#: The stream has its own tests (test_tide.py); the administration and the rest of allauth are Django's own pages.
ELSEWHERE = ("live/", "admin/")

WRONG = (
    "", " ", "\x00", "a\x00b", "x" * 10_000, "é𝔷😀", "-1", "0", "1.5", "NaN", "²", "9" * 40, "null", "true", "{0}",
    "%s", "<script>", "'; --", "../..", "2026-13-45", "1e400", "on", "\u202e", "\ud7ff", "//evil.example/",
)  # fmt: skip
CODES = [term.value for terms in vars(vocabulary).values() if isinstance(terms, type) and issubclass(terms, Term)
         and terms is not Term for term in terms]  # fmt: skip
METHODS = ("GET", "GET", "POST", "POST", "POST", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
HEADERS = (
    {},
    {},
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Current-URL": "http://testserver/\x7f"},
    {"Sec-Fetch-Mode": "cors"},
    {"Accept-Language": "en"},
    {"Referer": "http://evil.example/"},
    {"X-Schakel-Resync": "1"},
)


def _names_that_doors_read() -> list[str]:
    """The names of everything that the code of the doors takes from a request."""
    found = {"key", "next", "lists", "since", "q", *FIELDS}
    for file in Path(schakel.__file__).parent.rglob("*.py"):
        text = file.read_text()
        found |= set(re.findall(r"""(?:POST|GET|data)(?:\.get|\.getlist)?[\(\[]["'](\w+)""", text))
        found |= set(
            re.findall(r"""^    (\w+) = (?:forms\.|_?\w*(?:field|Field|choice|one_of)\w*\()""", text, re.MULTILINE)
        )
    return sorted(found)


NAMES = _names_that_doors_read()


def _doors(patterns: list, before: str = "") -> list[str]:
    """All addresses of the project, with `<kind:name>` where something has to be filled in."""
    found = []
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += _doors(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            found.append(route)
    return found


DOORS = [route for route in _doors(get_resolver().url_patterns) if not route.startswith(ELSEWHERE) and "^" not in route]


def _address(route: str, choose: Random) -> str:
    def filled(place: re.Match) -> str:
        kind = place.group(1) or "str"
        if kind == "int":
            return choose.choice(("1", "1", "1", "2", "3", "0", "999999", str(2**63), "9" * 40))
        if kind == "uuid":
            return str(uuid.UUID(int=choose.getrandbits(128), version=4))
        return choose.choice([*FIELDS, *CODES, "x", "x" * 300, "-1"])

    return "/" + re.sub(r"<(?:(\w+):)?\w+>", filled, route)


def _sent(choose: Random, busy: Busy) -> dict[str, str | list[str]]:
    values: list = [
        *WRONG,
        *(choose.choice(CODES) for _ in range(20)),
        *map(str, (1, 1, 2, 3, *busy.units, *busy.places, *busy.organisations, choose.choice(busy.people).person)),
        "yes",
        uuid.uuid4().hex,
        "111222333",
        "0301234567",
        "2026-11-21T12:00",
    ]
    names = [name for name in NAMES if choose.random() < 0.7]
    sent: dict[str, str | list[str]] = {name: choose.choice(values) for name in names}
    for name in sent:
        if choose.random() < 0.05:
            sent[name] = [choose.choice(values), choose.choice(values)]
    return sent


def _sentence(body: str) -> bool:
    """Whether somebody who reads this page reads a sentence."""
    text = re.sub(r"<(script|style|svg|nav|header)\b.*?</\1>|<[^>]+>", " ", body, flags=re.DOTALL)
    return re.search(r"\w[^.!?]{8,}[.!?]", unescape(text)) is not None


def _where(wrong: Exception) -> str:
    """The last places of a trace that are ours."""
    ours = [frame for frame in traceback.extract_tb(wrong.__traceback__) if "/schakel/" in frame.filename]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in ours[-3:])


@pytest.fixture
def busy(db):
    with standing():
        busy = Busy()
        for seed in range(60):
            busy.step(seed, passing=False)
        yield busy


CENTRE = ("triagist", "regiearts", "dispatcher", "coordinator", "lead")
WHO = ("stranger", "nobody", *CENTRE, "privacy_officer", "vvt", "crew")


@pytest.mark.parametrize("who", WHO)
def test_no_address_answers_with_a_trace_and_every_refusal_is_a_sentence(busy, who):
    assert len(DOORS) > 10
    client = Client()
    if who != "stranger":
        viewer = busy.crews[0] if who == "crew" else getattr(busy, who)
        person = Person.objects.get(pk=viewer.person)
    broken: dict[str, str] = {}
    for place, route in enumerate(DOORS):
        for turn in range(2):
            choose = Random(f"{who} {place} {turn}")
            method, address = choose.choice(METHODS), _address(route, choose)
            headers, sent = choose.choice(HEADERS), _sent(choose, busy)
            client.cookies.clear()
            if who != "stranger":
                client.force_login(person, "django.contrib.auth.backends.ModelBackend")
            try:
                with transaction.atomic():
                    if method in ("PUT", "PATCH", "DELETE"):
                        answer = client.generic(method, address, b"\x00\xff", headers=headers)
                    else:
                        answer = getattr(client, method.lower())(address, sent, headers=headers)
                    check_references()
                    answer.cookies.output().encode("ascii")  # as a server sends it
                    transaction.set_rollback(True)
            except Exception as wrong:  # whatever it is, it is what this test looks for
                if isinstance(wrong, DatabaseError) and transaction.get_connection().needs_rollback:
                    transaction.set_rollback(False)
                last = " < ".join(
                    line.strip().replace("\n", " ") for line in reversed(traceback.format_tb(wrong.__traceback__)[-3:])
                )
                broken.setdefault(f"{method} {route} {type(wrong).__name__}: {str(wrong)[:200]}", last[:600])
                continue
            body = "" if answer.streaming else answer.content.decode(errors="replace")
            if answer.status_code >= 500:
                broken.setdefault(f"{method} {route}: {answer.status_code}", body[:200])
            elif answer.status_code >= 400 and method != "HEAD" and not _sentence(body):
                if answer.status_code == 401 and answer.get("HX-Refresh"):
                    continue  # the page fetches itself again, and that leads to the login
                kind = f"{method if answer.status_code == 405 else ''} {route}: {answer.status_code} without a sentence"
                broken.setdefault(kind, body[:300])
    assert not broken, "\n\n".join(f"{what}\n    {where}" for what, where in broken.items())


@pytest.mark.parametrize("address", ["/nothing/here/", "/desk/request/x/", "/%00/", "/" + "x" * 5000, "/desk/%ff/"])
def test_an_address_that_is_not_there_says_so(db, client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert _sentence(answer.content.decode())
