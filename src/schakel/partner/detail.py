"""One request as far as it is ours: what is asked, what we may see of it, and our answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from schakel.accounts.gate import only_for
from schakel.domain import events as e
from schakel.domain.access import DEPLOYMENT_PHASE, LIVING, Category, Phase, sees
from schakel.domain.dossier import SEXES
from schakel.domain.durations import MINUTE
from schakel.domain.events import Subject
from schakel.domain.life_cycles import why_not
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.states import FollowUpStatus
from schakel.domain.vocabulary import CloseReason, DeclineReason
from schakel.operations import clock, dossier
from schakel.operations.actions import care_request, deployment, follow_up
from schakel.operations.models import CareRequest, Deployment, Done, FollowUp
from schakel.operations.visibility import ties_of
from schakel.partner import forms
from schakel.partner.lists import ASKED, IN_HAND, PARTNER, dress, dress_follow_up, dress_job
from schakel.screens import reading
from schakel.screens.page import live_page

NOT_ASKED = N_("This was not asked of your organisation, or it was taken back. Look at your own page.")

#: From here on the countdown stands out.
NEAR = 5 * MINUTE

REPORTS = {"Arrived": N_("The patient is here"), "Cleared": N_("Done")}

_READ = (Category.LOCATION, Category.IDENTITY, Category.MEDICAL)


@only_for(*PARTNER)
@require_GET
def page(request: HttpRequest, key: int) -> HttpResponse:
    """The request: before acceptance what is needed to judge, afterwards everything, then closed. Reads are logged."""
    row = _seen(request, key)
    more = _shown(request, row)
    if more["seen"] and "X-Schakel-Resync" not in request.headers:
        read = dossier.read(row, request.viewer)  # type: ignore[attr-defined]
        said = {name: entry.value for name, entry in read.values.items()}
        said["sex"] = _(SEXES[said["sex"]]) if said.get("sex") else ""
        more |= {"opened": True, "dossier": said, "notes": read.notes}
    names = tuple(live.name for live in (*ASKED, *IN_HAND))
    title = _("Request {number}").format(number=row.pk)
    return live_page(request, "partner/request.html", title=title, lists=names, names=names, **more)


@only_for(*PARTNER)
@require_GET
def state(request: HttpRequest, key: int) -> HttpResponse:
    """What is asked and how far it is, to refresh the page with. When what may be seen changed: the page anew."""
    row = CareRequest.objects.visible_to(request.viewer, Category.LOGISTICS, clock.now_ms()).filter(pk=key).first()  # type: ignore[attr-defined]
    more = _shown(request, row) if row else {"seen": ""}
    if row is None or more["seen"] != request.GET.get("seen", ""):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "partner/parts/state_of.html", more)


@only_for(*PARTNER)
@reading.verb(reading.Said)
def accept_follow_up(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """We take it."""
    task = _own(request, FollowUp, key, said)
    follow_up.accept(follow_up=task.pk, **reading.words(request, said))
    return redirect("partner:request", key=task.request_id)


@only_for(*PARTNER)
@reading.verb(forms.Decline)
def decline_follow_up(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """We do not take it, and say why."""
    task = _own(request, FollowUp, key, said)
    follow_up.decline(follow_up=task.pk, reason=said["reason"], **reading.words(request, said))
    return redirect("partner:home")


@only_for(*PARTNER)
@reading.verb(reading.Said)
def finish_follow_up(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """We have the patient; the task is finished."""
    task = _own(request, FollowUp, key, said)
    follow_up.finish(follow_up=task.pk, **reading.words(request, said))
    return redirect("partner:home")


@only_for(*PARTNER)
@reading.verb(reading.Said)
def accept_job(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """We give this care: at our place, or with our unit."""
    job = _own(request, Deployment, key, said)
    deployment.accept(deployment=job.pk, **reading.words(request, said))
    return redirect("partner:request", key=job.request_id)


@only_for(*PARTNER)
@reading.verb(forms.Decline)
def decline_job(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """We do not, and say why."""
    job = _own(request, Deployment, key, said)
    deployment.decline(deployment=job.pk, reason=said["reason"], **reading.words(request, said))
    return redirect("partner:home")


@only_for(*PARTNER)
@reading.verb(forms.Report)
def report(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """The patient is at our place, or done there."""
    job = _own(request, Deployment, key, said)
    deployment.report(deployment=job.pk, report=said["report"], **reading.words(request, said))
    return redirect("partner:request", key=job.request_id)


@only_for(*PARTNER)
@reading.verb(reading.Said)
def accept_ownership(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """From now on we keep hold of this patient."""
    care_request.accept_ownership(request=key, **reading.words(request, said))
    return redirect("partner:request", key=key)


@only_for(*PARTNER)
@reading.verb(forms.Decline)
def decline_ownership(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """The owner stays who it is."""
    care_request.decline_ownership(request=key, reason=said["reason"], **reading.words(request, said))
    return redirect("partner:home")


@only_for(*PARTNER)
@reading.verb(forms.Close)
def close(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """We own it, and nothing is left to do."""
    care_request.close(request=key, reason=said["reason"], **reading.words(request, said))
    return redirect("partner:home")


def _seen(request: HttpRequest, key: int) -> CareRequest:
    rows = CareRequest.objects.visible_to(request.viewer, Category.LOGISTICS, clock.now_ms())  # type: ignore[attr-defined]
    return _found(rows.filter(pk=key).first())


def _own(request: HttpRequest, table: Any, key: int, said: dict[str, Any]) -> Any:
    """The row when it is asked of an organisation of this person; a refusal else, and also when it does not exist.

    What this person did before under the same key may come again: the action sees that it was done.
    """
    viewer = request.viewer  # type: ignore[attr-defined]
    rows = table.objects.filter(pk=key)
    if not Done.objects.filter(pk=said["key"], by=viewer.person).exists():
        rows = rows.filter(partner__in=viewer.organisations(*PARTNER))
    return _found(rows.first())


def _found(row: Any) -> Any:
    if row is None:
        raise Refused(Reason(NOT_ASKED))
    return row


def _shown(request: HttpRequest, row: CareRequest) -> dict[str, Any]:
    """What is ours of the request, what may be seen of it (`seen`), what can be answered. Nothing of the dossier."""
    viewer, now = request.viewer, clock.now_ms()  # type: ignore[attr-defined]
    own = viewer.organisations(*PARTNER)
    ties = ties_of([row], now)[row.pk]
    seen = [category.value for category in _READ if sees(viewer, ties, category, now)]
    tasks = row.follow_ups.filter(partner__in=own).order_by("pk")
    jobs = row.deployments.filter(partner__in=own).select_related("unit", "place").order_by("pk")
    jobs = [job for job in jobs if job.status in DEPLOYMENT_PHASE]
    for job in jobs:
        job.request = row
        at_place = job.place_id is not None and DEPLOYMENT_PHASE[job.status] is Phase.ACTIVE
        job.reports = [  # type: ignore[attr-defined]
            (name, label)
            for name, label in REPORTS.items()
            if at_place and why_not(job.state, Subject.DEPLOYMENT, e.BY_KIND[name]) is None and _not_yet(job, name)
        ]
    tasks = [dress_follow_up(task) for task in tasks]
    for task in tasks:
        task.can_finish = task.status is FollowUpStatus.ACCEPTED
    owned = row.owner_id in own
    return {
        "row": dress(row, row, what=row.complaint, of=None),
        "seen": "-".join(seen),
        "medical": Category.MEDICAL.value in seen,
        "located": Category.LOCATION.value in seen,
        "tasks": tasks,
        "jobs": [dress_job(job) for job in jobs],
        "asked_to_own": row.owner_offered_id in own and row.status in LIVING,
        "owned": owned,
        "why_not_close": (why_not(row.state, Subject.REQUEST, e.Closed) or care_request.why_not_close(row)),
        "declines": list(DeclineReason),
        "closes": [CloseReason.CARE_GIVEN, CloseReason.HANDED_OVER, CloseReason.NOT_REACHED, CloseReason.WITHDRAWN],
        "near": NEAR,
        "new_key": reading.new_key,
    }


def _not_yet(job: Deployment, name: str) -> bool:
    return name != "Arrived" or job.arrived_at is None
