"""Which care, and then who: the candidates for one request. Advice with its reasons; nobody is sent by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from schakel.accounts.gate import only_for
from schakel.desk import dispatch
from schakel.desk.verbs import CENTRE, Able, Said, new_key, request_seen, row_field, term_field, verb, words
from schakel.desk.verbs import options as choices_of
from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.candidates import Candidate, WhyNot
from schakel.domain.fitting_care import NEEDS, Giver, Option, urgency_to_act_on
from schakel.domain.reasons import Reason, Refused, Word
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.states import DeploymentStatus
from schakel.domain.vocabulary import AmbulanceUrgency, Care, ChoiceReason
from schakel.operations import clock
from schakel.operations.actions import care_request, deployment
from schakel.operations.current_region import region
from schakel.operations.fitting import options_for, ranking_for
from schakel.operations.models import CareRequest, Deployment, Done
from schakel.screens.page import live_page

#: How many units that may be taken are shown, the nearest first.
MOST_TO_TAKE = 5
#: A job that gives way: accepted, and nobody with the patient yet.
GIVES_WAY = (DeploymentStatus.ACCEPTED, DeploymentStatus.UNDER_WAY)

#: How many of those who can are shown; the rest is one press away.
SHOWN = 20

FIRST_IS = N_("{name} is first in the ranking now. Ask it, or say why another.")
NOBODY_FIRST = N_("By what is known, nobody can go now. Say why you ask this one all the same.")
NOT_IN_RULE = N_("The rule does not name {care}. Choose a care that it names, or say why this one.")


@only_for(*CENTRE)
def page(request: HttpRequest, request_key: int) -> HttpResponse:
    """Which care, and who? `?care=als` looks at another care than was chosen, `?transport=1` only at ambulances."""
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    now = clock.now_ms()
    able = Able(row, request.viewer)  # type: ignore[attr-defined]
    options = options_for(row, now)
    care = _care(request, row, options)
    transport = request.GET.get("transport") == "1"
    here = f"{reverse('desk:candidates', args=[row.pk])}?{urlencode({'care': care.value, 'transport': int(transport)})}"
    zone = region().zone.get(row.zone or "")
    context: dict[str, Any] = {
        "case": row,
        "area": zone.name if zone else None,
        "due": _due(row),
        "fitting": _said_once(one for one in options if not one.another_choice or one.care is care),
        "other_care": _said_once(one for one in options if one.another_choice and one.care is not care),
        "care": care,
        "is_chosen": row.care is care,
        "here": here,
        "taken_at": now,
        "transport": transport,
        "giver": NEEDS[care].giver,
        "by_centre": NEEDS[care].giver is Giver.CENTRE,
        "can_transport": NEEDS[care].transports,
        "why_not_choose": able.why_not(e.CareChosen),
        "classes": _classes(row, care),
        "another_care": another_care(options, care) and row.care is not care,
        "choice_reasons": choices_of(ChoiceReason),
        **_ranked(row, care, now, transport),
    }
    context["takes"] = _takes(request.viewer, context["cannot"], now)  # type: ignore[attr-defined]
    if "part" in request.GET:
        return render(request, "desk/dispatch/ranking.html", {**context, "new_key": new_key, **_offering(able)})
    return live_page(
        request,
        "desk/dispatch/candidates.html",
        title=_("Which care, and who?"),
        **{**dispatch.panel(request, row, focus=False), **context, **_offering(able)},
    )


def _offering(able: Able) -> dict[str, Any]:
    return {"why_not_offer": able.why_not(e.Offered)}


def another_care(options: tuple[Option, ...], care: Care) -> bool:
    """Whether the rule of the region does not name this care."""
    return next(one.another_choice for one in options if one.care is care)


def why_not_without_reason(row: CareRequest, care: Care, provider: int | None, now: int) -> Reason | None:
    """Say which choice was put first, when this is another; None when no reason is needed."""
    if row.care is not care and another_care(options_for(row, now), care):
        return Reason(NOT_IN_RULE, {"care": Word(care.label)})
    if provider is None:
        return None
    ranking = ranking_for(row, care, now)
    if any(one.key == provider and one.why.impossible for one in ranking.cannot):
        return None  # the action refuses it, with the sentence that helps
    first = next(iter(ranking.can), None)
    if first is not None and first.key == provider:
        return None
    return Reason(FIRST_IS, {"name": first.name}) if first is not None else Reason(NOBODY_FIRST)


def _said_once(options: Iterable[Option]) -> list[dict[str, Any]]:
    """The kinds of care with their reasons; what was said of the one above is not said again."""
    found: list[dict[str, Any]] = []
    before = None
    for one in options:
        found.append({"choice": one, "says": None if one.reason == before else one.reason})
        before = one.reason
    return found


def _care(request: HttpRequest, row: CareRequest, options: tuple[Option, ...]) -> Care:
    """The care that is looked at: what was asked for, else what was chosen, else the first that somebody can give."""
    asked = request.GET.get("care", "")
    if asked in {one.value for one in Care}:
        return Care(asked)
    if row.care is not None:
        return row.care
    return next((one.care for one in options if one.possible and not one.another_choice), options[0].care)


def _ranked(row: CareRequest, care: Care, now: int, transport: bool) -> dict[str, Any]:
    ranking = ranking_for(row, care, now, transport=transport)
    shelf_life = region().norms.position_shelf_life_ms
    can = [
        {
            "choice": one,
            "is_unit": isinstance(one.provider, Candidate),
            "key": str(place) if place < 10 else "",
            "position_at": one.provider.positioned_at if isinstance(one.provider, Candidate) else None,
            "stale_at": (one.provider.positioned_at or 0) + shelf_life if isinstance(one.provider, Candidate) else None,
            "until": one.provider.until if isinstance(one.provider, Candidate) else None,
            "held": _held(one.provider) if isinstance(one.provider, Candidate) else [],
        }
        for place, one in enumerate(ranking.can, start=1)
    ]
    of_kind = [one for one in ranking.cannot if one.why.value != "other_kind"]
    return {
        "can": can[:SHOWN],
        "more": len(can) - len(can[:SHOWN]),
        "cannot": [
            {"one": one, "is_unit": isinstance(one.provider, Candidate), "may": not one.why.impossible}
            for one in of_kind
        ],
        "others": [{"one": one, "is_unit": True} for one in ranking.cannot if one.why.value == "other_kind"],
    }


def _takes(viewer: Viewer, cannot: list[dict[str, Any]], now: int) -> list[dict[str, Any]]:
    """The units that may be taken from a less urgent patient, the nearest first; and what that patient loses."""
    found = [row["one"] for row in cannot if row["one"].why is WhyNot.TAKE][:MOST_TO_TAKE]
    jobs = Deployment.objects.filter(unit__in=[one.key for one in found], status__in=[one.value for one in GIVES_WAY])
    left: dict[int, Deployment] = {job.unit_id or 0: job for job in jobs.select_related("request").order_by("pk")}
    zones = region().zone
    shown = []
    for one in found:
        if (job := left.get(one.key)) is None:
            continue
        zone = zones.get(job.request.zone or "")
        instead = ranking_for(job.request, job.care, now).can if job.care is not None else ()
        shown.append(
            {
                "one": one,
                "job": job,
                "area": zone.name if zone else None,
                "instead": instead[0] if instead else None,
                "why_not": Able(job.request, viewer).why_not(e.Preempted, job),
            }
        )
    return shown


def _held(unit: Candidate) -> list[Any]:
    held = frozenset().union(*unit.held)
    return sorted(held, key=lambda one: list(type(one)).index(one))


def _classes(row: CareRequest, care: Care) -> list[tuple[AmbulanceUrgency, bool]]:
    """The ambulance classes, the one that the urgency becomes in this region marked; none where no ambulance goes."""
    if not NEEDS[care].ambulance:
        return []
    urgency = urgency_to_act_on(row.urgency, row.life_threat)
    usual = region().urgency_mapping.to[urgency] if urgency else None
    return [(one, one is usual) for one in AmbulanceUrgency]


def _due(row: CareRequest) -> int | None:
    return region().due(row.urgency, row.received_at) if row.urgency and row.received_at is not None else None


# ---------------------------------------------------------------- the verbs


class Choose(Said):
    """Which care."""

    care = term_field(Care, N_("Care"))
    reason = term_field(ChoiceReason, N_("Why this choice"), required=False)


class Offer(Said):
    """Which care, by whom, and with which ambulance class."""

    care = term_field(Care, N_("Care"))
    unit = row_field(N_("Unit"), required=False)
    place = row_field(N_("Place"), required=False)
    ambulance_urgency = term_field(AmbulanceUrgency, N_("Ambulance class"), required=False)
    reason = term_field(ChoiceReason, N_("Why this choice"), required=False)


class Take(Said):
    """Which unit is taken from its patient, for which care, and why."""

    unit = row_field(N_("Unit"))
    care = term_field(Care, N_("Care"))
    reason = term_field(ChoiceReason, N_("Why this choice"))


@only_for(*CENTRE)
@verb(Choose)
def choose(request: HttpRequest, said: dict, request_key: int) -> HttpResponse:
    """Decide which care fits."""
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    told = words(request, said)
    if said["reason"] is None and (refusal := why_not_without_reason(row, said["care"], None, told["at"])):
        raise Refused(refusal)
    care_request.choose_care(request=row.pk, care=said["care"], reason=said["reason"], **told)
    return HttpResponseRedirect(f"{reverse('desk:candidates', args=[request_key])}?care={said['care'].value}")


@only_for(*CENTRE)
@verb(Offer)
def offer(request: HttpRequest, said: dict, request_key: int) -> HttpResponse:
    """Ask this unit or place. Which care it is for is decided with it, when that was not done before."""
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    told = words(request, said)
    provider = said["unit"] or said["place"]
    sent_before = bool(told["key"]) and Done.objects.filter(pk=told["key"]).exists()
    if (
        said["reason"] is None
        and not sent_before
        and (refusal := why_not_without_reason(row, said["care"], provider, told["at"]))
    ):
        raise Refused(refusal)
    with transaction.atomic():
        if row.care is None and Able(row, request.viewer).why_not(e.CareChosen) is None:  # type: ignore[attr-defined]
            once = {**told, "key": f"care-{told['key']}"[:64] if told["key"] else None}
            care_request.choose_care(request=row.pk, care=said["care"], reason=said["reason"], **once)
        deployment.offer(
            request=row.pk,
            care=said["care"],
            unit=said["unit"],
            place=said["place"],
            ambulance_urgency=said["ambulance_urgency"] if NEEDS[said["care"]].ambulance else None,
            reason=said["reason"],
            **told,
        )
    return HttpResponseRedirect(f"{reverse('desk:candidates', args=[request_key])}?care={said['care'].value}")


@only_for(*CENTRE)
@verb(Take)
def take(request: HttpRequest, said: dict, request_key: int) -> HttpResponse:
    """Take this unit from somebody less urgent, for a danger to life; its crew is asked."""
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    told = words(request, said)
    deployment.take(request=row.pk, unit=said["unit"], care=said["care"], reason=said["reason"], **told)
    return HttpResponseRedirect(f"{reverse('desk:candidates', args=[request_key])}?care={said['care'].value}")
