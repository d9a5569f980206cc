"""Ask the centre: one form for a professional, one case number back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from schakel.accounts.gate import only_for
from schakel.accounts.models import Organisation
from schakel.domain import events as e
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as N_
from schakel.operations.actions import professional
from schakel.operations.current_region import region
from schakel.operations.models import JournalEntry
from schakel.partner import forms
from schakel.partner.lists import PARTNER, RANG
from schakel.screens import reading
from schakel.screens.page import live_page
from schakel.screens.wording import say

NOT_ASKED_BY_YOU = N_("Your organisation did not ask this of the centre.")


@only_for(*PARTNER)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form. What cannot be read is told at its field, and nothing that was typed is lost."""
    own = request.viewer.organisations(*PARTNER)  # type: ignore[attr-defined]
    organisations = list(Organisation.objects.filter(pk__in=own).values_list("pk", "name"))
    if request.method == "GET":
        form = forms.Ask(organisations=organisations, initial={"key": reading.new_key()})
        return _page(request, form)
    form = forms.Ask(request.POST, organisations=organisations)
    if not form.is_valid():
        return _page(request, form, status=422)
    said = form.cleaned_data
    wanted = _(forms.WANTED[said["wanted"]])
    zone = region().zone.get(said["area"])
    fields = {
        "callback": said["callback"],
        "town": zone.name if zone else "",
        "words": _("Asked for: {wanted}. {words}").format(wanted=wanted, words=said["words"]),
    }
    try:
        number = professional.ask(organisation=said["organisation"], fields=fields, **reading.words(request, said))
    except Refused as refused:
        form.add_error("callback", say(refused.reason))
        return _page(request, form, status=422)
    return redirect("partner:asked", key=number)


@only_for(*PARTNER)
@require_GET
def asked(request: HttpRequest, key: int) -> HttpResponse:
    """The case number of what this organisation asked. How far it is stays in the list of what was asked."""
    own = request.viewer.organisations(*PARTNER)  # type: ignore[attr-defined]
    rang = JournalEntry.objects.filter(kind=e.Rang.__name__, request=key, organisation__in=own)
    if not rang.exists():
        raise Refused(Reason(NOT_ASKED_BY_YOU))
    return live_page(request, "partner/asked.html", title=_("The centre has it"), lists=(RANG.name,), number=key)


def _page(request: HttpRequest, form: forms.Ask, status: int = 200) -> HttpResponse:
    answer = live_page(request, "partner/ask.html", title=_("What do you ask of us?"), lists=(RANG.name,), form=form)
    answer.status_code = status
    return answer
