"""What every page knows: theme, language, demonstration or not, the centre's clock, navigation, who."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from schakel.screens import navigation
from schakel.screens.wording import name_of

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "schakel_theme"


class Who(NamedTuple):
    """The person at the screen, and as what and for which organisation: "Triagist, HAP Eemland"."""

    name: str
    seats: list[str]


class Look:
    """The look of one page for one request; the costly parts are worked out only where a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get(THEME_COOKIE, "auto")
        return chosen if chosen in THEMES else "auto"

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[tuple[str, str]]:
        return settings.LANGUAGES

    @property
    def demo(self) -> bool:
        return bool(getattr(settings, "DEMO", False))

    @cached_property
    def now_ms(self) -> int:
        from schakel.operations import clock

        return clock.now_ms()

    @cached_property
    def speed(self) -> float:
        from schakel.operations import clock

        return clock.speed()

    @cached_property
    def viewer(self) -> object | None:
        """Who looks, as the middleware put it on the request: without seats for somebody unknown."""
        return getattr(self.request, "viewer", None)

    @cached_property
    def nav(self) -> list[navigation.Place]:
        return navigation.places(self.viewer, self.request.path)

    @property
    def goto_url(self) -> str:
        return navigation.goto_url() if getattr(self.viewer, "seats", None) else ""

    @cached_property
    def who(self) -> Who | None:
        """The person who has logged in; None for somebody unknown."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        seats = sorted(getattr(self.viewer, "seats", ()), key=lambda seat: (seat.organisation, seat.role.value))
        names = organisation_names({seat.organisation for seat in seats})
        as_what = [f"{name_of(seat.role)}, {names.get(seat.organisation, '')}" for seat in seats]
        return Who(user.get_full_name() or user.get_username(), as_what)


def organisation_names(keys: set[int]) -> dict[int, str]:
    """The names of these organisations."""
    from schakel.accounts.models import Organisation

    return dict(Organisation.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def look(request: HttpRequest) -> dict[str, Look]:
    """The context processor: `look` in every template."""
    return {"look": Look(request)}
