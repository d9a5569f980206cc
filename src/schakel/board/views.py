"""The board: how the region stands."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.accounts.gate import only_for
from schakel.board.lists import NAMES, WATCHERS
from schakel.domain.vocabulary import UnitKind, Urgency
from schakel.operations.current_region import region
from schakel.screens.page import live_page

A_DAY = 24 * 60 * 60


@only_for(*WATCHERS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who waits, who is free, what is full or not known: the map and the lists. `?wall=1`: for a screen on the wall."""
    kinds = {unit.kind for unit in region().units}
    return live_page(
        request,
        "board/home.html",
        title=_("How does the region stand?"),
        lists=NAMES,
        wall=request.GET.get("wall") == "1",
        urgencies=tuple(Urgency),
        kinds=[kind for kind in UnitKind if kind in kinds],
        has_outlines=region().outlines is not None,
    )


@only_for(*WATCHERS)
@require_safe
def outlines(request: HttpRequest) -> HttpResponse:
    """The areas of the region, as GeoJSON with a name and a place for the name."""
    drawn = _outlines()
    if drawn is None:
        raise Http404
    body, tag = drawn
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    patch_cache_control(response, private=True, max_age=A_DAY)
    return response


@lru_cache(maxsize=1)
def _outlines() -> tuple[str, str] | None:
    """The file of the region with what the map needs: read once. The name stands where most people live."""
    here = region()
    if here.outlines is None:
        return None
    drawing = json.loads(here.outlines.read_text(encoding="utf-8"))
    for area in drawing["features"]:
        told = area["properties"]
        told["name"] = told.get("name") or told.get("municipality", "")
        zones = [zone for zone in here.zones if zone.municipality == told["name"]]
        if zones:
            middle = max(zones, key=lambda zone: zone.inhabitants).point
            told["label_lat"], told["label_lon"] = middle.lat, middle.lon
    body = json.dumps(drawing, ensure_ascii=False, separators=(",", ":"))
    return body, f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
