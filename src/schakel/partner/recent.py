"""What this organisation was asked and did in the last day, and is over: number and outcome, nothing of the patient."""

from __future__ import annotations

from typing import Any

from schakel.domain.access import Viewer
from schakel.domain.durations import DAY
from schakel.domain.states import DeploymentStatus, FollowUpStatus
from schakel.operations.models import Deployment, FollowUp
from schakel.partner.lists import PARTNER, dress_follow_up, dress_job

MOST = 10

_OVER = (DeploymentStatus.CLEARED, DeploymentStatus.CANCELLED, DeploymentStatus.PREEMPTED)


def recent(viewer: Viewer, now: int) -> list[Any]:
    """The newest first."""
    own = viewer.organisations(*PARTNER)
    lately = {"partner__in": own, "ended_at__gt": now - DAY}
    done = FollowUp.objects.filter(**lately, status=FollowUpStatus.DONE.value).select_related("request")
    jobs = Deployment.objects.filter(**lately, status__in=[status.value for status in _OVER])
    rows = [dress_follow_up(row) for row in done.order_by("-ended_at")[:MOST]]
    rows += [dress_job(row) for row in jobs.select_related("request", "unit", "place").order_by("-ended_at")[:MOST]]
    return sorted(rows, key=lambda row: -row.ended_at)[:MOST]
