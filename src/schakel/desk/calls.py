"""The telephone: enter a call that waits, claim, take over, call back, lose the line and find it again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from schakel.accounts.gate import only_for
from schakel.accounts.models import Organisation
from schakel.desk.verbs import CENTRE, Said, request_seen, term_field, verb, words
from schakel.domain.access import Category, Viewer
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.states import RequestStatus
from schakel.domain.vocabulary import Channel, OrganisationKind
from schakel.operations import clock
from schakel.operations.actions import care_request
from schakel.operations.dossier import who_calls
from schakel.operations.models import CareRequest, Done

NOBODY_RINGS = N_("No call is ringing now: a colleague was first, or the caller hung up.")


class WayIn(Said):
    """By which channel somebody came."""

    channel = term_field(Channel, _("Channel"), required=False)


class OnTheLine(WayIn):
    """A call that waits, with the number that the telephone shows."""

    callback = forms.CharField(label=_("Number on the line"), required=False, max_length=40)


@only_for(*CENTRE)
@verb(WayIn)
def new(request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
    """Begin a request with the caller on the line."""
    key = care_request.begin(channel=said["channel"] or Channel.PHONE, **words(request, said))
    return _to_case(key)


@only_for(*CENTRE)
@verb(OnTheLine)
def ring(request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
    """Enter a call that waits on the line, with its number where there is one, so that whoever is free can claim it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    care_request.ring(
        channel=said["channel"] or Channel.PHONE,
        callback=said["callback"].strip(),
        line=_own_line(viewer),
        **words(request, said),
    )
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("desk:queue")
        return response
    return HttpResponseRedirect(reverse("desk:queue"))


@only_for(*CENTRE)
@require_safe
def line(request: HttpRequest, request_key: int) -> HttpResponse:
    """Who calls: the number of a call that nobody has answered, and earlier contacts. A read, so logged."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = request_seen(viewer, request_key)
    unanswered = row.status in (RequestStatus.RINGING, RequestStatus.MISSED)
    caller = who_calls(row, viewer) if unanswered else None
    if caller is None:
        return HttpResponse(status=204)
    return render(request, "desk/line.html", {"caller": caller})


@only_for(*CENTRE)
@verb(Said)
def claim_oldest(request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
    """Claim the call that rings longest. When a colleague is just ahead, the next one."""
    viewer = request.viewer  # type: ignore[attr-defined]
    seen = CareRequest.objects.visible_to(viewer, Category.LOGISTICS, clock.now_ms())
    if said["key"] and Done.objects.filter(pk=said["key"], by=viewer.person).exists():
        mine = seen.filter(handler=viewer.person, answered_at__isnull=False).order_by("-answered_at").first()
        return _to_case(mine.pk) if mine else HttpResponseRedirect(reverse("desk:queue"))
    refused: Refused | None = None
    for key in seen.filter(status=RequestStatus.RINGING.value).order_by("received_at").values_list("pk", flat=True):
        try:
            care_request.answer(request=key, **words(request, said))
        except Refused as said_no:
            refused = said_no
        else:
            return _to_case(key)
    raise refused or Refused(Reason(NOBODY_RINGS))


@only_for(*CENTRE)
@verb(Said)
def claim(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """Answer this call, or call back the caller who was missed."""
    care_request.answer(request=request_key, **words(request, said))
    return _to_case(request_key)


@only_for(*CENTRE)
@verb(Said)
def take_over(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """Take the call over from a colleague."""
    care_request.take_over(request=request_key, **words(request, said))
    return _to_case(request_key)


@only_for(*CENTRE)
@verb(Said)
def miss(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """The caller hung up before anybody answered."""
    care_request.miss(request=request_key, **words(request, said))
    return HttpResponseRedirect(reverse("desk:queue"))


@only_for(*CENTRE)
@verb(Said)
def drop(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """The line was lost."""
    care_request.drop(request=request_key, **words(request, said))
    return _to_case(request_key)


@only_for(*CENTRE)
@verb(Said)
def resume(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """The caller is on the line again."""
    care_request.resume(request=request_key, **words(request, said))
    return _to_case(request_key)


def _own_line(viewer: Viewer) -> int | None:
    """The line that rings at the desk of somebody who does not sit at the centre: that of its own organisation."""
    seats = viewer.organisations(*CENTRE)
    at_centre = Organisation.objects.filter(pk__in=seats, kind=OrganisationKind.CENTRE.value).exists()
    return None if at_centre or not seats else min(seats)


def _to_case(key: int | None) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk:case", args=[key]))
