"""One request: what is known, who has it, how urgent it is, what happened, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schakel.accounts.gate import only_for
from schakel.accounts.models import Membership
from schakel.desk import glass, presence
from schakel.desk.dossier_form import QUESTIONS, Chosen, groups_of
from schakel.desk.timeline import OF_URGENCY, Names, lines_of
from schakel.desk.verbs import (
    CENTRE,
    Able,
    Said,
    named,
    new_key,
    options,
    request_seen,
    row_field,
    seen_with_ties,
    term_field,
    then,
    verb,
    words,
)
from schakel.domain import events as e
from schakel.domain.access import Category, Ties, Viewer
from schakel.domain.durations import MINUTE
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.states import DeploymentStatus, FollowUpStatus, RequestStatus
from schakel.domain.vocabulary import (
    Channel,
    CloseReason,
    DeclineReason,
    FollowUpKind,
    ReopenReason,
    Role,
    Urgency,
    UrgencyReason,
)
from schakel.domain.waiting import waits_for
from schakel.operations import journal
from schakel.operations.actions import care_request, incident, overflow
from schakel.operations.actions.care_request import last_signs
from schakel.operations.current_region import region
from schakel.operations.dossier import read, same_elsewhere
from schakel.operations.models import CareRequest
from schakel.screens.page import live_page
from schakel.screens.refusal import refusal

NO_REQUEST = N_("There is no request with number {number} that you can see. Check the number.")
NOT_A_NUMBER = N_("A request has a whole number, such as 12; came {came}.")

#: Who can be asked to take the clinical lead, the regiearts first.
LEADERS = (Role.REGIEARTS, Role.TRIAGIST, Role.CENTRE_LEAD, Role.COORDINATOR)

OPEN = (RequestStatus.RECEIVED, RequestStatus.TRIAGED)

#: The shape beside each status.
MARKS = {
    RequestStatus.NEW: "new",
    RequestStatus.RINGING: "new",
    RequestStatus.MISSED: "alarm",
    RequestStatus.RECEIVED: "waiting",
    RequestStatus.TRIAGED: "waiting",
    RequestStatus.CLOSED: "done",
    RequestStatus.MERGED: "stopped",
}


# ---------------------------------------------------------------- the page


@only_for(*CENTRE)
@require_safe
def page(request: HttpRequest, request_key: int) -> HttpResponse:
    """What does this patient need?"""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = CareRequest.objects.filter(pk=request_key).first()
    if row is None:
        return unknown_number(request, str(request_key))
    named([row])
    try:
        dossier = read(row, viewer)
    except Refused as refused:
        return glass.closed(request, row, refused.reason)
    told = journal.of_request(row.pk)
    names = Names(told)
    groups = groups_of(row, dossier, {name: one for name in QUESTIONS if (one := _chosen(name, told, names))})
    asking = row.status is RequestStatus.RECEIVED and row.handler_id == viewer.person
    return live_page(
        request,
        "desk/case.html",
        title=_("Request {number}: what does this patient need?").format(number=row.pk),
        dossier=dossier,
        groups=groups,
        first=_first(row, groups) if asking else "",
        writes=row.status in (*OPEN, RequestStatus.CLOSED),
        medical=Category.MEDICAL in dossier.categories,
        newest=max([0, *(entry.pk for entry in dossier.values.values()), *(entry.pk for entry in dossier.notes)]),
        glass=glass.broken(row, viewer, dossier.ties),
        professional={"needs": options(FollowUpKind)} if row.channel is not Channel.PHONE else None,
        panels=[(name, address) for name in PANELS if (address := _address(name, row.pk))],
        keys={name: new_key() for name in ("note", "unknown", "professional")},
        **state_of(row, viewer, dossier.ties, told, names),
    )


#: The panels that follow on this page, each loaded by itself.
PANELS = ("case_deployments", "case_follow_ups")


def _address(name: str, key: int) -> str:
    try:
        return reverse(f"desk:{name}", args=[key])
    except NoReverseMatch:
        return ""


def _first(row: CareRequest, groups: list[Any]) -> str:
    """The first question that has no answer yet: where the hands go."""
    for group in groups:
        if group.name == "matter" and row.life_threat is None:
            return "life-threat"
        for asked in group.fields:
            if not asked.answered and asked.name != "access":
                return asked.id
    return ""


def _chosen(name: str, told: list[journal.Recorded], names: Names) -> Chosen | None:
    """Who chose the zone or the entry complaint last."""
    kind = QUESTIONS[name][3]
    last = next((one for one in reversed(told) if type(one.event).__name__ == kind), None)
    return Chosen(names.person(last.by) if last.by is not None else "", last.event.at) if last else None


def unknown_number(request: HttpRequest, came: str) -> HttpResponse:
    """A number that leads nowhere: a sentence, and the same for one that is not theirs to know of."""
    text = NO_REQUEST if came.isdecimal() else NOT_A_NUMBER
    sentence = _(text).format(number=came[:12], came=came[:40])
    return refusal(request, sentence, status=404)


@only_for(*CENTRE)
@require_safe
def goto(request: HttpRequest) -> HttpResponse:
    """To the request with this number."""
    typed = request.GET.get("q", "").strip().removeprefix("#").strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 12):
        return unknown_number(request, typed if not typed.isdecimal() else "#" + typed)
    if not CareRequest.objects.filter(pk=int(typed)).exists():
        return unknown_number(request, typed)
    return HttpResponseRedirect(reverse("desk:case", args=[int(typed)]))


# ---------------------------------------------------------------- the state of the request, beside its dossier


class Choice(NamedTuple):
    """An urgency that can be chosen, with the digit that does it."""

    urgency: Urgency
    key: str


def state_of(
    row: CareRequest, viewer: Viewer, ties: Ties, told: list[journal.Recorded], names: Names
) -> dict[str, Any]:
    """Everything on the page that follows from the journal: no word of the dossier is in it.

    `ties`: who has to do with the request. `told`: its journal. `names`: of everybody in it.
    """
    able = Able(row, viewer, ties)
    lines = lines_of(told, names)
    jobs = list(row.deployments.values_list("status", "arrived_at"))
    helped = row.follow_ups.filter(status=FollowUpStatus.DONE.value).exists()
    helped |= any(status is DeploymentStatus.CLEARED for status, _arrived in jobs)
    others = [one for one in names.organisations() if one[0] != row.owner_id]
    up = [Choice(one, one.value[1]) for one in Urgency if row.urgency is None or one.is_above(row.urgency)]
    down = [Choice(one, one.value[1]) for one in Urgency if row.urgency is not None and row.urgency.is_above(one)]
    norms = region().norms
    reassess_by = None
    if row.urgency and care_request.nobody_came(row.status, jobs):
        reassess_by = (row.assessed_at or row.triaged_at) + norms.reassess_ms[row.urgency]
    may = {name: able.why_not(kind) for name, kind in VERBS.items()}
    may["take_over"] = may["take_over"] or _why_not_take(row, viewer, able.now)
    may["lead_incident"] = may["lead_incident"] or incident.why_not_lead(row, viewer)
    may["flow_over"] = may["flow_over"] or overflow.why_not_flow(row, able.now)
    may["close"] = may["close"] or care_request.why_not_close(row)
    zones = region().zone
    return {
        "row": row,
        "may": may,
        "is_open": row.status in OPEN,
        "mark": MARKS[row.status],
        "zone_name": zones[row.zone].name if row.zone in zones else "",
        "waits": waits_for(row.state, helped=helped),
        "care_due": region().due(row.urgency, row.triaged_at) if row.urgency and row.triaged_at else None,
        "reassess_by": reassess_by,
        "stale_at": last_signs([row.pk]).get(row.pk, able.now) + norms.stale_claim_ms
        if row.status is RequestStatus.RECEIVED
        else None,
        "near": 5 * MINUTE,
        "up": up,
        "down": down,
        "reasons": options(UrgencyReason),
        "usual_reason": UrgencyReason.COMPLAINT.value,
        "urgency_lines": [one for one in lines if one.kind in OF_URGENCY],
        "timeline": lines,
        "leaders": _leaders(row, able.now),
        "asked_me": row.lead_offered_id == viewer.person,
        "asked_us": row.owner_offered_id in viewer.organisations(*CENTRE),
        "flows_to": overflow.taker_of(row),
        "mine": row.handler_id == viewer.person,
        "owners": others,
        "declines": options(DeclineReason),
        "closes": options(CloseReason),
        "reopens": options(ReopenReason),
        "incident": _incident(row, viewer, able.now),
        "act_key": new_key,
    }


#: The verbs of this page, each with the event it records.
VERBS: dict[str, type[e.Event]] = {
    "answer": e.Answered,
    "miss": e.Missed,
    "take_over": e.TakenOver,
    "drop": e.Dropped,
    "resume": e.Resumed,
    "life_threat": e.LifeThreatAssessed,
    "triage": e.Triaged,
    "raise": e.UrgencyRaised,
    "lower": e.UrgencyLowered,
    "reassess": e.Reassessed,
    "offer_lead": e.LeadOffered,
    "accept_lead": e.LeadAccepted,
    "offer_owner": e.OwnershipOffered,
    "accept_owner": e.OwnershipAccepted,
    "flow_over": e.FlowedOver,
    "flow_back": e.FlowedBack,
    "link": e.Linked,
    "unlink": e.Unlinked,
    "lead_incident": e.IncidentLed,
    "merge": e.Merged,
    "close": e.Closed,
    "reopen": e.Reopened,
}


def _why_not_take(row: CareRequest, viewer: Viewer, now: int) -> Reason | None:
    if row.handler_id == viewer.person:
        return Reason(care_request.OWN_CALL)
    return care_request.why_not_take_over(row, now)


def _leaders(row: CareRequest, now: int) -> list[tuple[int, str]]:
    """Who can be asked to lead, with their role."""
    held = Membership.objects.valid(now).filter(organisation=row.owner_id, role__in=[role.value for role in LEADERS])
    found: dict[int, tuple[int, str]] = {}
    told = held.exclude(person=row.lead_id).values_list(
        "person", "role", "person__first_name", "person__last_name", "person__username"
    )
    for person, role, first, last, username in told:
        place = LEADERS.index(role)
        if person not in found or place < found[person][0]:
            name = f"{first} {last}".strip() or username
            found[person] = (place, f"{name}, {_(role.label).lower()}")
    ranked = sorted(found.items(), key=lambda item: item[1])
    return [(person, name) for person, (_place, name) in ranked]


def _incident(row: CareRequest, viewer: Viewer, now: int) -> list[CareRequest]:
    """The other requests of the same incident, as far as this viewer may know of them."""
    if row.incident is None:
        return []
    seen = CareRequest.objects.visible_to(viewer, Category.LOGISTICS, now)
    seen = seen.filter(incident=row.incident).exclude(pk=row.pk).exclude(status=RequestStatus.MERGED.value)
    found = list(seen.order_by("pk"))
    zones = region().zone
    for one in found:
        one.zone_name = zones[one.zone].name if one.zone in zones else ""
    return found


@only_for(*CENTRE)
@require_safe
def state(request: HttpRequest, request_key: int) -> HttpResponse:
    """The state of the request again, after something happened to it."""
    return _state(request, request_key)


def _state(request: HttpRequest, key: int) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row, ties = seen_with_ties(viewer, key)
    told = journal.of_request(row.pk)
    return render(request, "desk/state.html", state_of(row, viewer, ties, told, Names(told)))


@only_for(*CENTRE)
@require_safe
def timeline(request: HttpRequest, request_key: int) -> HttpResponse:
    """What happened, after something more did."""
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    told = journal.of_request(row.pk)
    return render(request, "desk/timeline.html", {"row": row, "timeline": lines_of(told, Names(told))})


@only_for(*CENTRE)
@require_safe
def threat(request: HttpRequest, request_key: int) -> HttpResponse:
    """The first question again, after somebody answered it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return render(request, "desk/life_threat.html", _threat(*seen_with_ties(viewer, request_key), viewer))


def _threat(row: CareRequest, ties: Ties, viewer: Viewer) -> dict[str, Any]:
    able = Able(row, viewer, ties)
    return {
        "row": row,
        "act_key": new_key,
        "may": {name: able.why_not(VERBS[name]) for name in ("life_threat", "triage", "raise")},
    }


@only_for(*CENTRE)
@require_safe
def second(request: HttpRequest, request_key: int) -> HttpResponse:
    """Other requests with the same number, address or patient. A search in dossiers, so logged."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row, ties = seen_with_ties(viewer, request_key)
    if not presence.sees_any(ties, viewer):
        return HttpResponse(status=204)
    found = same_elsewhere(row, viewer)
    zones = region().zone
    for contact in found:
        one = contact.request
        one.zone_name = zones[one.zone].name if one.zone in zones else ""
        one.mark = MARKS[one.status]
        one.joined = one.incident is not None and one.incident == row.incident
    able = Able(row, viewer, ties)
    context = {
        "row": row,
        "is_open": row.status in OPEN,
        "found": found,
        "words": {
            "callback": _("same number"),
            "address": _("same address"),
            "bsn": _("same patient"),
            "scene": _("same kind of accident, same area"),
        },
        "may": {name: able.why_not(VERBS[name]) for name in ("link", "merge")},
        "act_key": new_key,
    }
    return render(request, "desk/second.html", context)


@only_for(*CENTRE)
@require_safe
def present(request: HttpRequest, request_key: int) -> HttpResponse:
    """Who else is in this case, and what they changed since this page was made."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row, ties = seen_with_ties(viewer, request_key)
    if not presence.sees_any(ties, viewer):
        return HttpResponse(status=204)
    presence.stay(row, viewer)
    since = request.GET.get("since", "")
    context = {
        "row": row,
        "others": presence.others(row, viewer),
        "changed": presence.changed(row, ties, viewer, int(since)) if since.isdecimal() and len(since) < 18 else [],
        "since": since,
    }
    return render(request, "desk/presence.html", context)


# ---------------------------------------------------------------- verbs


class Threat(Said):
    """The answer to the first question."""

    life_threat = forms.ChoiceField(label=N_("Is life in danger now?"), choices=[("yes", N_("yes")), ("no", N_("no"))])


class Level(Said):
    """An urgency, and why."""

    urgency = term_field(Urgency, N_("Urgency"))
    reason = term_field(UrgencyReason, N_("Reason"))


class To(Said):
    """Somebody, an organisation or another request, by the key of its row."""

    to = row_field(N_("To"))


class Over(Said):
    """Who led the incident, as far as the page showed."""

    over = row_field(N_("Lead of the incident"), required=False)


class Declined(Said):
    """Why not."""

    reason = term_field(DeclineReason, N_("Reason"))


class Closing(Said):
    """How it ended."""

    reason = term_field(CloseReason, N_("Reason"))


class Reopening(Said):
    """Why it is opened again."""

    reason = term_field(ReopenReason, N_("Reason"))


def _verb(form: type[forms.Form], act: Callable[..., object], *names: str) -> Callable[..., HttpResponse]:
    """A verb of this page: one action with these words of the form, and the state afterwards."""

    @only_for(*CENTRE)
    @verb(form)
    def view(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
        act(request=request_key, **{name: said[name] for name in names}, **words(request, said))
        return _after(request, said, request_key)

    view.__doc__ = act.__doc__
    return view


def _after(request: HttpRequest, said: dict[str, Any], key: int) -> HttpResponse:
    return then(request, said, lambda: _state(request, key), reverse("desk:case", args=[key]))


triage = _verb(Level, care_request.triage, "urgency", "reason")
raise_urgency = _verb(Level, care_request.raise_urgency, "urgency", "reason")
lower_urgency = _verb(Level, care_request.lower_urgency, "urgency", "reason")
reassess = _verb(Said, care_request.reassess)
offer_lead = _verb(To, care_request.offer_lead, "to")
accept_lead = _verb(Said, care_request.accept_lead)
decline_lead = _verb(Said, care_request.decline_lead)
offer_ownership = _verb(To, care_request.offer_ownership, "to")
accept_ownership = _verb(Said, care_request.accept_ownership)
decline_ownership = _verb(Declined, care_request.decline_ownership, "reason")
flow_over = _verb(Said, overflow.flow_over)
flow_back = _verb(Said, overflow.flow_back)
link = _verb(To, incident.join, "to")
unlink = _verb(Said, incident.leave)
lead_incident = _verb(Over, incident.lead, "over")
close = _verb(Closing, care_request.close, "reason")
reopen = _verb(Reopening, care_request.reopen, "reason")


@only_for(*CENTRE)
@verb(Threat)
def life_threat(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """Answer the first question. With a yes, the way to 112 stands there at once."""
    care_request.assess_life_threat(
        request=request_key, life_threat=said["life_threat"] == "yes", **words(request, said)
    )
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("desk:case", args=[request_key]))
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    response = render(request, "desk/life_threat.html", _threat(*seen_with_ties(viewer, request_key), viewer))
    response["HX-Trigger"] = "acted"
    return response


@only_for(*CENTRE)
@verb(To)
def merge(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """It is the same patient: this request ends in the other, which opens."""
    care_request.merge(request=request_key, into=said["to"], **words(request, said))
    return _over_to(request, said["to"])


@only_for(*CENTRE)
@verb(To)
def call_again(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """The caller whose line was lost is back, by a new call: it ends in that request, which opens."""
    care_request.call_again(request=request_key, into=said["to"], **words(request, said))
    return _over_to(request, said["to"])


@only_for(*CENTRE)
@verb(Said)
def another(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """One more patient of the same caller: a new request of the same incident, which opens."""
    key = incident.another(request=request_key, **words(request, said))
    assert key is not None, "a request that begins has a key"
    return _over_to(request, key)


def _over_to(request: HttpRequest, key: int) -> HttpResponse:
    """The page of another request."""
    address = reverse("desk:case", args=[key])
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response
