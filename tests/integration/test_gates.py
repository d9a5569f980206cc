"""Every address of the project says who may come in, and whoever may not is stopped with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from schakel.domain.vocabulary import Role

#: Not doors of ours: the pages of packages, which have their own tests, and what shows nothing of anybody.
ELSEWHERE = ("account/login", "account/logout", "account/", "account/2fa/", "admin/", "look/", "live/")

#: What stands in an address for a converter.
SAMPLES = {"int": 1, "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000"}


class Door(NamedTuple):
    """One address, with sample values in it, and its view."""

    address: str
    view: object


def doors(patterns: list | None = None, before: str = "") -> Iterator[Door]:
    """All addresses of the project, those of the packages too."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = str(pattern.pattern)
        for name, converter in pattern.pattern.converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
            assert kind in SAMPLES, f"a sample for the converter {kind} is missing"
            for written in (f"<{kind}:{name}>", f"<{name}>"):
                route = route.replace(written, str(SAMPLES[kind]))
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns, before + route)
        elif isinstance(pattern, URLPattern):
            yield Door(before + route, pattern.callback)


OURS = [door for door in doors() if hasattr(door.view, "gate")]
GATED = [door for door in OURS if door.view.gate is not None and "^" not in door.address]


def test_every_view_of_ours_says_who_may_come_in():
    without = [door.address for door in doors() if not hasattr(door.view, "gate")]
    assert [address for address in without if not address.startswith(ELSEWHERE)] == []


def test_no_view_of_ours_hides_among_those_of_the_packages():
    for door in doors():
        if not hasattr(door.view, "gate") and not door.address.startswith(("look/", "live/", "admin/")):
            module = getattr(door.view, "__module__", "")
            assert not module.startswith("schakel."), f"{door.address} has no gate"


def test_a_gate_names_roles():
    for door in GATED:
        assert door.view.gate, f"{door.address} lets nobody in"
        assert all(isinstance(role, Role) for role in door.view.gate)


@pytest.mark.django_db
@pytest.mark.parametrize("door", GATED, ids=lambda door: door.address)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_not_logged_in_is_sent_to_the_login(client, door, method):
    response = getattr(client, method)(f"/{door.address}")
    if response.status_code == 302:
        assert response["Location"].startswith("/account/login/?next=/")
    else:
        assert response.status_code in (401, 403, 405)


@pytest.mark.django_db
@pytest.mark.parametrize("door", GATED, ids=lambda door: door.address)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_no_role_sees_nothing_and_is_told_so(client, centre, door, method):
    client.force_login(centre.account(centre.person()), backend="allauth.account.auth_backends.AuthenticationBackend")
    response = getattr(client, method)(f"/{door.address}", headers={"Accept-Language": "en"})
    assert response.status_code == 403, f"{door.address} answered {response.status_code}"
    assert "This screen is for: " in response.content.decode()


@pytest.mark.django_db
def test_a_role_that_has_ended_opens_nothing(client, centre):
    from schakel.accounts.models import Membership

    Membership.objects.filter(person=centre.dispatcher.person).update(ends_at=centre.now - 1)
    client.force_login(centre.account(centre.dispatcher), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/board/").status_code == 403
