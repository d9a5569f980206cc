"""A dossier that stays closed, and the way in when a patient would come to harm without it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from schakel.accounts.gate import only_for
from schakel.accounts.models import BrokenGlass, GlassReason
from schakel.desk.verbs import CENTRE, Said, new_key, options, term_field, verb, words
from schakel.domain.access import Category, Ties, Viewer, sees
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.vocabulary import Role
from schakel.operations import clock
from schakel.operations.actions import glass
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest
from schakel.operations.visibility import ties_of
from schakel.screens.wording import say

#: Who can break the glass: those who give care at the centre.
BREAKERS = (Role.TRIAGIST, Role.REGIEARTS, Role.CENTRE_LEAD, Role.COORDINATOR)


class Emergency(Said):
    """Why the glass has to be broken."""

    reason = term_field(GlassReason, N_("Reason"))
    words = forms.CharField(label=N_("In your words"), required=False, max_length=500)


def closed(
    request: HttpRequest, row: CareRequest, reason: Reason, *, typed: dict[str, str] | None = None, wrong: str = ""
) -> HttpResponse:
    """The page of a dossier that this viewer does not see: what may be known, why, and the way in."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = clock.now_ms()
    ties = ties_of([row], now)[row.pk]
    zones = region().zone
    context = {
        "title": _("Request {number}: why is this dossier closed?").format(number=row.pk),
        "row": row if sees(viewer, ties, Category.LOGISTICS, now) else None,
        "number": row.pk,
        "zone_name": zones[row.zone].name if row.zone in zones else "",
        "sentence": say(reason),
        "breaks": viewer.has(*BREAKERS),
        "reasons": [(code, _(word)) for code, word in options(GlassReason)],
        "least": glass.LEAST,
        "minutes": glass.OPEN_FOR // 60_000,
        "typed": typed or {},
        "wrong": wrong,
        "key": new_key(),
    }
    return render(request, "desk/closed.html", context, status=422 if wrong else 403)


@only_for(*CENTRE)
@verb(Emergency)
def break_glass(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """Open one dossier in an emergency. The privacy officer reviews every time."""
    try:
        glass.break_glass(request=request_key, reason=said["reason"], words=said["words"], **words(request, said))
    except Refused as refused:
        row = CareRequest.objects.filter(pk=request_key).first()
        if row is None or refused.reason.text != glass.SAY_WHY:
            raise
        typed = {"reason": said["reason"].value, "words": said["words"]}
        return closed(request, row, refused.reason, typed=typed, wrong=say(refused.reason))
    return HttpResponseRedirect(reverse("desk:case", args=[request_key]))


def broken(row: CareRequest, viewer: Viewer, ties: Ties) -> BrokenGlass | None:
    """The broken glass without which this viewer would not see the dossier now, if that is so."""
    now = clock.now_ms()
    if viewer.person not in ties.glass or sees(viewer, replace(ties, glass=frozenset()), Category.MEDICAL, now):
        return None
    return BrokenGlass.objects.filter(person=viewer.person, request=row.pk, until__gt=now).last()
