"""One job in the hand: what it is, the way there, and the next report under the thumb."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from schakel.accounts.gate import only_for
from schakel.domain import events as e
from schakel.domain.access import Phase
from schakel.domain.dossier import SEXES
from schakel.domain.durations import DAY, SECOND
from schakel.domain.events import Subject
from schakel.domain.life_cycles import why_not
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.vocabulary import CancelReason, DeclineReason, FollowUpKind, Role, Urgency, UrgencyReason
from schakel.field import forms
from schakel.field.crew import own_job, phase_of
from schakel.field.lists import dress
from schakel.field.reports import LABELS, missing, steps, timeline
from schakel.field.views import at_wall, shared
from schakel.operations import dossier, journal
from schakel.operations.actions import care_request, deployment, follow_up
from schakel.operations.actions import dossier as dossier_actions
from schakel.operations.actions.deployment import BY_NAME, CAN_TRANSPORT
from schakel.operations.current_region import region
from schakel.operations.models import Deployment, DossierEntry
from schakel.screens import reading
from schakel.screens.page import live_page

TOO_OLD = N_("This is more than a day ago, so it may be a mistake. Call the centre: they record it with you.")

#: An answer is asked for within this time: from here on the countdown stands out.
NEAR = 20 * SECOND

#: How long ago a report may tell of.
LONGEST_AGO = DAY


@only_for(Role.CREW)
@require_GET
def page(request: HttpRequest, key: int) -> HttpResponse:
    """The job. Before it is accepted without anything of the patient; afterwards with the dossier, logged; then closed.

    A page that only fetches itself again to stay live (`X-Schakel-Resync`) shows no dossier, and reads none.
    """
    job = dress(own_job(request.viewer, key))  # type: ignore[attr-defined]
    phase = phase_of(job)
    more: dict[str, Any] = {**_shown(job), "phase": phase.value, "newest": _newest(job)}
    if phase is Phase.ACTIVE and "X-Schakel-Resync" not in request.headers:
        more |= _opened(dossier.read(job.request, request.viewer))  # type: ignore[attr-defined]
    if zone := region().zone.get(job.request.zone or ""):
        more["geo"] = f"geo:{zone.point.lat:.5f},{zone.point.lon:.5f}"
    title = _("Job {number}").format(number=job.request_id)
    return live_page(request, "field/job.html", title=title, lists=("jobs",), **more)


@only_for(Role.CREW)
@require_GET
def state(request: HttpRequest, key: int) -> HttpResponse:
    """How far the job is, to refresh the page with: nothing of the dossier is in it, so nothing is read.

    When what may be seen has changed since (`phase`), the whole page is made anew.
    """
    job = dress(own_job(request.viewer, key))  # type: ignore[attr-defined]
    if phase_of(job).value != request.GET.get("phase"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    seen = request.GET.get("newest", "")
    newest = _newest(job)
    written = phase_of(job) is Phase.ACTIVE and seen.isdigit() and str(newest) != seen
    more = {"phase": phase_of(job).value, "newest": seen if seen.isdigit() else newest, "written": written}
    return render(request, "field/parts/state_and_next.html", {**_shown(job), **more})


@only_for(Role.CREW)
@reading.verb(reading.Said)
def accept(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """We go."""
    job = own_job(request.viewer, key)  # type: ignore[attr-defined]
    deployment.accept(deployment=job.pk, **reading.words(request, said))
    return redirect("field:job", key=job.pk)


@only_for(Role.CREW)
@reading.verb(forms.Decline)
def decline(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """We cannot go, and say why."""
    job = own_job(request.viewer, key)  # type: ignore[attr-defined]
    deployment.decline(deployment=job.pk, reason=said["reason"], **reading.words(request, said))
    return redirect("field:jobs")


@only_for(Role.CREW)
@reading.verb(forms.Report)
def report(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """A report, at the moment it was tapped or at an earlier time of day. Also one that waited for coverage."""
    job = own_job(request.viewer, key)  # type: ignore[attr-defined]
    told = reading.words(request, said)
    now = told["at"]
    at = said["at"] if said["at"] is not None else now
    if said["wall"] is not None:
        at = at_wall(said["wall"], min(at, now))
    if now - at > LONGEST_AGO:
        raise Refused(Reason(TOO_OLD))
    deployment.report(deployment=job.pk, report=said["report"], **(told | {"at": at}))
    return _after(request, job)


@only_for(Role.CREW)
@reading.verb(forms.Correct)
def correct(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """The time of an earlier report was wrong. Both stay."""
    job = own_job(request.viewer, key)  # type: ignore[attr-defined]
    told = reading.words(request, said)
    told["at"] = at_wall(said["wall"], told["at"])
    deployment.correct(deployment=job.pk, report=said["report"], **told)
    return _after(request, job)


@only_for(Role.CREW)
@reading.verb(forms.Cancel)
def cancel(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """The job stops before it is finished."""
    job = own_job(request.viewer, key)  # type: ignore[attr-defined]
    deployment.cancel(deployment=job.pk, reason=said["reason"], **reading.words(request, said))
    return redirect("field:jobs")


@only_for(Role.CREW)
@reading.verb(forms.Raise)
def raise_urgency(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """It is worse than was thought: a finding on scene."""
    job = own_job(request.viewer, key)  # type: ignore[attr-defined]
    care_request.raise_urgency(
        request=job.request_id,
        urgency=said["urgency"],
        reason=UrgencyReason.ON_SCENE,
        **reading.words(request, said),
    )
    return redirect("field:job", key=job.pk)


@only_for(Role.CREW)
@reading.verb(forms.FollowUp)
def ask_follow_up(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """Somebody has to take over what we cannot finish here. The centre looks for a taker; no new intake."""
    job = own_job(request.viewer, key)  # type: ignore[attr-defined]
    follow_up.ask(request=job.request_id, need=said["need"], takes_over=False, **reading.words(request, said))
    return redirect("field:job", key=job.pk)


@only_for(Role.CREW)
@reading.verb(forms.Note)
def note(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """Write down what was found, for whoever comes next."""
    job = own_job(request.viewer, key)  # type: ignore[attr-defined]
    dossier_actions.write(request=job.request_id, field="note", value=said["note"], **reading.words(request, said))
    return redirect("field:job", key=job.pk)


def _after(request: HttpRequest, job: Deployment) -> HttpResponse:
    """After a report: nothing for the queue of the telephone, which only waits for a word; else the job again."""
    if "X-Schakel-Outbox" in request.headers:
        return HttpResponse(status=204)
    return redirect("field:job", key=job.pk)


def _opened(read: dossier.Dossier) -> dict[str, Any]:
    """The dossier as the template shows it: the text of each field, and the notes."""
    said = {name: entry.value for name, entry in read.values.items()}
    said["sex"] = _(SEXES[said["sex"]]) if said.get("sex") else ""
    return {"opened": True, "dossier": said, "notes": read.notes}


def _newest(job: Deployment) -> int:
    """The key of the newest entry in the dossier: that there is one, not what it says."""
    return DossierEntry.objects.filter(request=job.request_id).order_by("-pk").values_list("pk", flat=True).first() or 0


def _shown(job: Deployment) -> dict[str, Any]:
    """Everything of a job but its dossier, and what can be done with it now."""
    assert job.unit is not None, "a crew's job is of a unit"
    transports = job.unit.kind in CAN_TRANSPORT
    told = timeline(journal.history(Subject.DEPLOYMENT, job.pk))
    urgency = job.request.urgency
    return {
        "job": job,
        "told": told,
        "corrigible": [one for one in told if one.name in BY_NAME],
        "steps": steps(job.state, transports=transports),
        "missing": missing(job.state, transports=transports),
        "declines": list(DeclineReason),
        "cancels": list(CancelReason),
        "why_not_cancel": why_not(job.state, Subject.DEPLOYMENT, e.Cancelled),
        "higher": [one for one in Urgency if urgency is not None and one.is_above(urgency)],
        "why_not_raise": why_not(job.request.state, Subject.REQUEST, e.UrgencyRaised),
        "needs": list(FollowUpKind),
        "asked": list(job.request.follow_ups.order_by("pk")),
        "labels": LABELS,
        "near": NEAR,
        **shared(),
    }
