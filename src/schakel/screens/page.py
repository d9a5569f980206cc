"""What every live page gives to its template."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from schakel.screens.lists import snapshot


def live_page(
    request: HttpRequest, template: str, *, title: str, lists: tuple[str, ...] = (), **more: Any
) -> HttpResponse:
    """A page that stays live: its lists in `lists.<name>`, and the address of its stream in `live`.

    A page without lists is live too: its parts with ``data-touch`` are told when their subject changes.
    """
    taken = snapshot(request.viewer, lists)  # type: ignore[attr-defined]
    address = f"{reverse('live')}?{urlencode({'lists': ','.join(lists)})}"
    live = {"url": address, "seq": taken.seq, "now": taken.now}
    return render(request, template, {"title": title, "lists": taken.lists, "live": live, **more})
