"""Who may come in through a door: every view says so, and what says nothing lets nobody in.

`tests/integration/test_gates.py` walks over all addresses and fails for one without a gate.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from schakel.domain.vocabulary import Role

View = Callable[..., HttpResponseBase]

#: A longer address than this is no way back after logging in; browsers and Django refuse it.
LONGEST_WAY_BACK = 2_000

#: Everybody who is logged in and has a role that is valid now.
ANY_ROLE = tuple(Role)


def only_for(*roles: Role) -> Callable[[View], View]:
    """Let in who has one of these roles now, for any organisation. `request.viewer` says who looks.

    Not logged in: to the login page and back. Logged in without the role: forbidden, with a sentence.
    """

    def gate(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request"):
                    answer = HttpResponse(status=401)
                    answer["HX-Refresh"] = "true"
                    return answer
                back = request.get_full_path()
                return redirect_to_login(back if len(back) <= LONGEST_WAY_BACK else request.path)
            if not request.viewer.has(*roles):  # type: ignore[attr-defined]
                names = ", ".join(_(role.label) for role in roles)
                raise PermissionDenied(_("This screen is for: {roles}.").format(roles=names))
            return view(request, *args, **kwargs)

        gated.gate = roles  # type: ignore[attr-defined]
        return gated

    return gate


def open_to_all(view: View) -> View:
    """Let everybody in. For pages that show nothing of a patient, a colleague or the region's work."""
    view.gate = None  # type: ignore[attr-defined]
    return view
