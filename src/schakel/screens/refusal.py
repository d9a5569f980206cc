"""Refusals as sentences: what a person asked and cannot have now, without losing what was typed."""

from __future__ import annotations

import re
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from schakel.domain.reasons import Reason, Refused
from schakel.screens.wording import say

__all__ = ["RefusalMiddleware", "say"]

CONFLICT = 409
#: Names the form whose work has arrived, so that the page may forget its draft. Holds no content.
SAVED_COOKIE = "schakel_saved"
#: What can stand in a cookie: the name of a form as this house writes it, never what a stranger sent.
_KEPT = re.compile(r"[\w:./-]+", re.ASCII)


class RefusalMiddleware:
    """Turns a refusal into its sentence: inside the page for a part of a page, else a page of its own.

    The status tells machines: 409 refused now, 403 not yours, 401 the session has ended.
    """

    # The innermost, and synchronous: so is then everything around it, and a request changes threads twice. When each of
    # twelve went to its own thread and back, that took ten milliseconds.
    async_capable = False
    sync_capable = True

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._after(request, self.get_response(request))

    def _after(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if _wants_part(request) and _leads_to_login(response):
            return _session_ended(request)
        if response.status_code == 405 and not response.content:
            return _not_that_way(request, response)
        name = request.POST.get("_draft", "") if request.method == "POST" and _is_form(request) else ""
        if _KEPT.fullmatch(name) and response.status_code in (302, 303) and not _leads_to_login(response):
            response.set_cookie(SAVED_COOKIE, name[:80], max_age=60, samesite="Lax", secure=request.is_secure())
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return refusal(request, say(exception.reason), status=CONFLICT)
        if isinstance(exception, PermissionDenied):
            return refusal(request, _sentence_of(exception), status=403)
        return None


def refusal(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    """The response that says this sentence: a notice for htmx and fetch, else a page with a way back."""
    if _wants_part(request):
        return notice(request, sentence, status=status)
    page = "403.html" if status == 403 else "screens/refused.html"
    return render(request, page, {"sentence": sentence, "back": way_back(request)}, status=status)


def notice(request: HttpRequest, sentence: str, *, status: int, link: tuple[str, str] | None = None) -> HttpResponse:
    """A refusal as a part of a page, shown among the notices wherever the request came from."""
    context = {"sentence": sentence, "kind": "refusal", "link": link}
    response = render(request, "screens/parts/notice.html", context, status=status)
    response["HX-Retarget"] = "#notices"
    response["HX-Reswap"] = "beforeend"
    response["HX-Push-Url"] = "false"
    return response


def way_back(request: HttpRequest) -> str:
    """The page this person came from, when it is one of ours; else the start."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return came_from
    return "/"


def _not_that_way(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An address that was used in a way that it does not take, such as reading where only a form is sent."""
    sentence = _("This address cannot be used this way. Go back, load the page again and repeat it.")
    told = refusal(request, sentence, status=405)
    told["Allow"] = response["Allow"]
    return told


def _sentence_of(exception: PermissionDenied) -> str:
    said = exception.args[0] if exception.args else ""
    return say(said if isinstance(said, Reason) else str(said))


def _wants_part(request: HttpRequest) -> bool:
    """Whether a script asked, and not the address bar or a plain form."""
    return bool(getattr(request, "htmx", False)) or request.headers.get("Sec-Fetch-Mode") in ("cors", "same-origin")


def _is_form(request: HttpRequest) -> bool:
    return request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")


def _leads_to_login(response: HttpResponse) -> bool:
    if response.status_code not in (301, 302, 303):
        return False
    return urlsplit(response.get("Location", "")).path == urlsplit(resolve_url(settings.LOGIN_URL)).path


def _session_ended(request: HttpRequest) -> HttpResponse:
    page = getattr(request, "htmx", None) and request.htmx.current_url_abs_path
    login = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page or '/'})}"
    sentence = _("Your session has ended. What you typed is kept.")
    return notice(request, sentence, status=401, link=(login, _("Log in")))
