"""The choice of theme, and the pages for what went wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from schakel.accounts.gate import open_to_all
from schakel.screens.context import THEME_COOKIE, THEMES
from schakel.screens.refusal import notice, way_back

A_YEAR = 365 * 24 * 60 * 60


@open_to_all
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme on this computer, for whoever sits there."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return HttpResponseBadRequest(
            _("Theme: expected light, dark or auto."), content_type="text/plain; charset=utf-8"
        )
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(to if safe else "/")
    response.set_cookie(THEME_COOKIE, chosen, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without its proof of origin: an old page, or another site."""
    if getattr(request, "htmx", False):
        sentence = _("This page is too old to send from. What you typed is kept: load the page again, then send it.")
        return notice(request, sentence, status=403)
    return render(request, "403_csrf.html", {"back": way_back(request)}, status=403)
