"""What is asked of us? The partner's own page: what to answer, what is in hand, and how much room there is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from schakel.accounts.gate import only_for
from schakel.accounts.models import Organisation
from schakel.domain.capacity import known_free, stale_at
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.vocabulary import Role, Source
from schakel.operations import clock
from schakel.operations.actions import place as place_actions
from schakel.operations.models import Place
from schakel.partner import forms
from schakel.partner.lists import ASKED, ESCALATED, IN_HAND, PARTNER, RANG
from schakel.partner.recent import recent
from schakel.screens import answers, reading
from schakel.screens.page import live_page

NOT_YOUR_PLACE = N_("This is no place of your organisation.")


@only_for(*PARTNER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everything that waits for an answer of this organisation, most pressing first."""
    viewer, now = request.viewer, clock.now_ms()  # type: ignore[attr-defined]
    own = viewer.organisations(*PARTNER)
    lists = [*ASKED, *IN_HAND, RANG]
    if viewer.has(Role.PARTNER_COORDINATOR):
        lists.insert(0, ESCALATED)
    names = {
        "asked": [live.name for live in ASKED],
        "in_hand": [live.name for live in IN_HAND],
    }
    return live_page(
        request,
        "partner/home.html",
        title=_("What is asked of us?"),
        lists=tuple(live.name for live in lists),
        names=names,
        organisations=list(Organisation.objects.filter(pk__in=own)),
        places=[_dressed(one, now) for one in _own_places(request)],
        recent=recent(viewer, now),
        new_key=reading.new_key,
    )


@only_for(*PARTNER)
@require_GET
def answered(request: HttpRequest) -> HttpResponse:
    """How did we answer? The counts of one's own organisation alone."""
    own = request.viewer.organisations(*PARTNER)  # type: ignore[attr-defined]
    return live_page(request, "partner/answers.html", title=_("How did we answer?"), **answers.table(request, own))


@only_for(*PARTNER)
@require_GET
def place(request: HttpRequest, key: int) -> HttpResponse:
    """One place with its last figure, to refresh the page with."""
    return _shown(request, key)


@only_for(*PARTNER)
@reading.verb(forms.Capacity)
def report_capacity(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """How many can be taken in now, counted by a person."""
    if not _own_places(request).filter(pk=key).exists():
        raise Refused(Reason(NOT_YOUR_PLACE))
    place_actions.report_capacity(place=key, free=said["free"], source=Source.PERSON, **reading.words(request, said))
    return _shown(request, key) if request.htmx else redirect("partner:home")  # type: ignore[attr-defined]


def _shown(request: HttpRequest, key: int) -> HttpResponse:
    row = _own_places(request).filter(pk=key).first()
    if row is None:
        raise Refused(Reason(NOT_YOUR_PLACE))
    more = {"place": _dressed(row, clock.now_ms()), "new_key": reading.new_key}
    return render(request, "partner/parts/place_of.html", more)


def _own_places(request: HttpRequest) -> Any:
    own = request.viewer.organisations(*PARTNER)  # type: ignore[attr-defined]
    return Place.objects.filter(organisation__in=own, retired=False)


def _dressed(row: Place, now: int) -> Place:
    """Put on the place what the page shows of it. A figure past its shelf life is no figure to count on from."""
    known = known_free(row.state, row.shelf_life, now)
    row.known = known  # type: ignore[attr-defined]
    row.stale_at = stale_at(row.state, row.shelf_life)  # type: ignore[attr-defined]
    row.fewer = known - 1 if known else None  # type: ignore[attr-defined]
    row.more = known + 1 if known is not None and known < 999 else None  # type: ignore[attr-defined]
    return row
