"""The start of everybody's work, and the change of person at a desk that several share."""

from __future__ import annotations

import json
from typing import NamedTuple

from allauth.account.forms import LoginForm
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.decorators import rate_limit
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from schakel.accounts.gate import ANY_ROLE, only_for, open_to_all
from schakel.accounts.models import Person, viewers_of
from schakel.accounts.now import now_ms
from schakel.domain.access import Viewer
from schakel.domain.reasons import gettext_noop
from schakel.domain.vocabulary import Role


class Screen(NamedTuple):
    """The screen where the work of some roles begins: the question it answers, and its address by name."""

    question: str
    url_name: str
    roles: tuple[Role, ...]


#: Where each role begins. Roles with one screen share a line; the first line that fits comes first.
SCREENS = (
    Screen(gettext_noop("Who waits?"), "desk:queue", (Role.TRIAGIST, Role.REGIEARTS)),
    Screen(gettext_noop("Who can go?"), "desk:dispatch", (Role.DISPATCHER,)),
    Screen(gettext_noop("What has no taker?"), "desk:follow_ups", (Role.COORDINATOR, Role.CENTRE_LEAD)),
    Screen(gettext_noop("Where to now?"), "field:jobs", (Role.CREW,)),
    Screen(gettext_noop("What is asked of us?"), "partner:home", (Role.PARTNER, Role.PARTNER_COORDINATOR)),
    Screen(gettext_noop("Who looked at what, and why?"), "privacy:log", (Role.PRIVACY_OFFICER,)),
    Screen(gettext_noop("People, roles and partners"), "admin:index", (Role.ADMINISTRATOR,)),
)

#: Where somebody of the centre or a partner goes when their own screen is not part of this installation.
FALLBACK = "board:home"
_ON_BOARD = (
    Role.TRIAGIST,
    Role.REGIEARTS,
    Role.DISPATCHER,
    Role.COORDINATOR,
    Role.CENTRE_LEAD,
    Role.PARTNER,
    Role.PARTNER_COORDINATOR,
)

#: The keys of who worked at this workstation lately, newest first, signed. No names.
DESK_COOKIE = "schakel_desk"
DESK_SALT = "schakel.accounts.desk"
MOST_AT_DESK = 8
A_MONTH = 30 * 24 * 60 * 60


# ----------------------------------------------------------------------- the start


class Start(NamedTuple):
    """One place to begin, and as what."""

    question: str
    url: str
    roles: tuple[Role, ...]


@open_to_all
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """To the screen of one's role; a choice for who has several; a plain word for who has none."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    starts = starts_of(request.viewer, staff=request.user.is_staff)  # type: ignore[attr-defined]
    if not starts:
        return _nothing_to_see(request)
    if len(starts) == 1:
        response: HttpResponse = redirect(starts[0].url)
    else:
        response = render(request, "accounts/choose.html", {"starts": starts})
    return _remember(request, response, request.user.pk)


def starts_of(viewer: Viewer, *, staff: bool) -> list[Start]:
    """The screens where this person can begin, in the order of `SCREENS`, each address once."""
    starts: list[Start] = []
    for screen in SCREENS:
        held = tuple(role for role in screen.roles if viewer.has(role))
        if not held or (screen.url_name == "admin:index" and not staff):
            continue
        url, question = _address(screen.url_name), screen.question
        if not url and any(role in _ON_BOARD for role in held):
            url, question = _address(FALLBACK), gettext_noop("How does the region stand?")
        if url and url not in [start.url for start in starts]:
            starts.append(Start(question, url, held))
    return starts


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _nothing_to_see(request: HttpRequest) -> HttpResponse:
    """No scope sees nothing, and is told so; with a role but without a screen, what to ask for."""
    has_role = bool(request.viewer.seats)  # type: ignore[attr-defined]
    return render(request, "accounts/no_role.html", {"has_role": has_role}, status=403)


# ---------------------------------------------------------------- another person at the desk


class Switch(LoginForm):
    """Who goes on here: a colleague who worked at this desk lately, or a name that is typed; and the password.

    The rest is the login of allauth: its limits on wrong attempts and its second factor hold here too.
    """

    def __init__(self, *args, colleagues: list[Person], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(one.pk): one for one in colleagues}
        if colleagues:
            choices = [(key, str(one)) for key, one in self.colleagues.items()]
            self.fields["person"] = forms.ChoiceField(
                label=_("Who goes on here?"),
                choices=[*choices, ("", _("Somebody else"))],
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": _("Choose one of the colleagues shown, or type a user name.")},
            )
            self.fields["login"].required = False
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        self.order_fields(["person", "login", "password"])

    def clean_login(self) -> str:
        """The name of the chosen colleague, else the one that was typed."""
        chosen = self.colleagues.get(self.data.get("person", ""))
        typed = super().clean_login()
        if chosen is None and not typed:
            raise forms.ValidationError(_("Choose a colleague, or type a user name."))
        return chosen.get_username() if chosen else typed


@only_for(*ANY_ROLE)
@sensitive_post_parameters()
@never_cache
@rate_limit(action="login")
def switch(request: HttpRequest) -> HttpResponse:
    """Another person goes on at this desk, on the page that is open: the session before is ended, the page stays."""
    to = _way_on(request)
    colleagues = colleagues_at(request)
    form = Switch(request.POST or None, request=request, colleagues=colleagues, initial={"person": ""})
    leaves = request.user.pk
    if request.method == "POST" and form.is_valid():
        logout(request)
        try:
            response = form.login(request, redirect_url=to)
        except ImmediateHttpResponse as answer:
            response = answer.response
        return _remember(request, response, leaves, form.user.pk)
    status = 422 if form.is_bound else 200
    response = render(request, "accounts/switch.html", {"form": form, "next": to}, status=status)
    return _remember(request, response, leaves)


def colleagues_at(request: HttpRequest) -> list[Person]:
    """Who worked at this workstation lately and still has a role now; not the person who sits there."""
    keys = [key for key in _at_desk(request) if key != request.user.pk]
    now = now_ms()
    working = {pk for pk, viewer in viewers_of(keys, now).items() if viewer.seats}
    people = {one.pk: one for one in Person.objects.filter(pk__in=working, is_active=True, simulated=False)}
    return [people[key] for key in keys if key in people]


def _at_desk(request: HttpRequest) -> list[int]:
    try:
        kept = json.loads(request.get_signed_cookie(DESK_COOKIE, default="[]", salt=DESK_SALT, max_age=A_MONTH))
    except (signing.BadSignature, ValueError):
        return []
    return [key for key in kept if isinstance(key, int)][:MOST_AT_DESK] if isinstance(kept, list) else []


def _remember(request: HttpRequest, response: HttpResponse, *people: int) -> HttpResponse:
    """Keep on this workstation that these people worked here, the last one named the newest."""
    known = _at_desk(request)
    for person in people:
        known = [person, *(key for key in known if key != person)]
    response.set_signed_cookie(
        DESK_COOKIE,
        json.dumps(known[:MOST_AT_DESK]),
        salt=DESK_SALT,
        max_age=A_MONTH,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def _way_on(request: HttpRequest) -> str:
    """The page that stays open: the one that was asked for, else the one this person came from, else the start."""
    here = request.build_absolute_uri("/").rstrip("/")
    came = request.POST.get("next") or request.GET.get("next") or request.headers.get("Referer", "").removeprefix(here)
    safe = url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure())
    if not came or not safe or came.startswith(request.path):
        return _address("home") or "/"
    return came


# ------------------------------------------------------------------------- what is not done here


@open_to_all
def by_administrator(request: HttpRequest, *args: str) -> HttpResponse:
    """Making an account and replacing a lost password are work of the administrator."""
    return render(request, "accounts/by_administrator.html", status=404)
