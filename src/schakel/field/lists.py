"""The live list of the page in the hand: the jobs that are offered to my unit, and those it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from schakel.domain import events as e
from schakel.domain.access import DEPLOYMENT_PHASE, Category, Phase, Ties, Viewer, sees
from schakel.domain.events import Event
from schakel.domain.states import DeploymentStatus
from schakel.operations.current_region import region
from schakel.operations.models import Deployment, Duty
from schakel.screens.lists import LiveList

#: The shape beside each status.
MARKS: dict[DeploymentStatus, str] = {
    DeploymentStatus.NEW: "new",
    DeploymentStatus.OFFERED: "offered",
    DeploymentStatus.ACCEPTED: "dispatched",
    DeploymentStatus.UNDER_WAY: "under_way",
    DeploymentStatus.ON_SCENE: "on_scene",
    DeploymentStatus.TRANSPORTING: "under_way",
    DeploymentStatus.AT_DESTINATION: "on_scene",
    DeploymentStatus.HANDED_OVER: "done",
    DeploymentStatus.CLEARED: "done",
}

#: What is said of the request on a row: the jobs of that request are drawn again.
OF_REQUEST = (e.Located, e.Triaged, e.UrgencyRaised, e.UrgencyLowered, e.Reopened)

_LAST = "9"


def dress(job: Deployment) -> Deployment:
    """Put on the job what a template shows of it."""
    zone = region().zone.get(job.request.zone or "")
    job.zone_name = zone.name if zone else None  # type: ignore[attr-defined]
    job.mark = MARKS.get(job.status, "stopped")  # type: ignore[attr-defined]
    job.offered = job.status is DeploymentStatus.OFFERED  # type: ignore[attr-defined]
    job.shown_urgency = job.ambulance_urgency or job.request.urgency  # type: ignore[attr-defined]
    return job


def _rows(keys: set[int] | None, now: int) -> Sequence[Any]:
    phases = (Phase.OFFERED, Phase.ACTIVE)
    statuses = [status.value for status, phase in DEPLOYMENT_PHASE.items() if phase in phases]
    jobs = Deployment.objects.filter(status__in=statuses, unit__isnull=False).select_related("request", "unit")
    rows = list(jobs if keys is None else jobs.filter(pk__in=keys))
    crews: dict[int, set[int]] = defaultdict(set)
    duties = Duty.objects.filter(unit__in={job.unit_id for job in rows}, starts_at__lte=now, ends_at__gt=now)
    for unit, person in duties.values_list("unit", "person"):
        crews[unit].add(person)
    for job in rows:
        job.crew = crews[job.unit_id]
        dress(job)
    return rows


def _shows(viewer: Viewer, job: Any, ties: Ties | None, now: int) -> bool:
    return viewer.person in job.crew and ties is not None and sees(viewer, ties, Category.LOGISTICS, now)


def _sort(job: Any) -> str:
    if job.offered:
        return f"0 {job.reply_by or 0:015d}"
    urgency = job.request.urgency.rank if job.request.urgency else _LAST
    return f"1 {urgency} {job.accepted_at or 0:015d}"


def _keys(event: Event) -> Iterable[int | None]:
    if isinstance(event, e.DeploymentEvent):
        return [event.deployment]
    if isinstance(event, OF_REQUEST):
        return Deployment.objects.filter(request=event.request, unit__isnull=False).values_list("pk", flat=True)
    return []


JOBS = LiveList(
    name="jobs",
    template="field/parts/job_row.html",
    rows=_rows,
    shows=_shows,
    sort=_sort,
    keys=_keys,
    prefix="job",
    request_of=lambda job: job.request,
)
