"""The partners' own desks: appointments, follow-ups, ownership, and what is free."""

from __future__ import annotations

from collections.abc import Callable

from schakel.demo.world import World
from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.durations import HOUR, MINUTE, SECOND
from schakel.domain.reasons import Refused
from schakel.domain.states import DeploymentStatus, FollowUpStatus
from schakel.domain.vocabulary import DeclineReason, EscalationLevel, FollowUpKind, PlaceKind, Source
from schakel.operations import dossier, journal
from schakel.operations.actions import care_request, deployment, follow_up, place
from schakel.operations.models import CareRequest, Deployment, FollowUp, Place

#: What partners do when a follow-up is offered, by weight.
ANSWERS = {"accept": 68, "decline": 12, "silent": 20}
DECLINES = {DeclineReason.NO_CAPACITY: 6, DeclineReason.MORE_INFORMATION: 2, DeclineReason.NOT_INDICATED: 1}
#: What was left to a person is looked at again after this.
LOOK_AGAIN = 5 * MINUTE
#: How often each kind of place says what is free; the emergency departments by a feed.
EVERY = {
    PlaceKind.SEH: 5 * MINUTE,
    PlaceKind.HAP: 15 * MINUTE,
    PlaceKind.GGZ_CRISIS: 4 * HOUR,
    PlaceKind.ELV: 6 * HOUR,
    PlaceKind.GRZ: 8 * HOUR,
}
#: Around what share each kind of place is full.
FULL = {PlaceKind.HAP: 0.3}
USUALLY_FULL = 0.75
#: These have never said anything, or not for long: what is not known must look so.
SILENT, LONG_AGO = "grz-zeist", "elv-woerden"


class Partners:
    """Everybody at a partner's desk."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.capacity = {one.id: one.capacity for one in world.region.places}
        self.level: dict[int, float] = {}  # how full each place is
        world.when(self._asked, e.Offered)
        world.when(self._expected, e.Accepted)
        world.when(self._follow_up_asked, e.FollowUpOffered)
        world.when(self._called_upon, e.FollowUpEscalated)
        world.when(self._taken, e.FollowUpAccepted)
        world.when(self._ownership_asked, e.OwnershipOffered)

    def begin(self) -> None:
        """Take up what was offered, and say what is free."""
        world, chance = self.world, self.world.chance
        for row in Place.objects.filter(retired=False).order_by("pk"):
            self.level[row.pk] = FULL.get(row.kind, USUALLY_FULL) + chance.random.uniform(-0.2, 0.2)
            if row.code == SILENT:
                continue
            if row.measured_at is None:
                long_ago = 14 * HOUR if row.code == LONG_AGO else int(EVERY[row.kind] * chance.random.random())
                self._say(row.pk, world.now - long_ago)
            if row.code != LONG_AGO:
                world.later(int(EVERY[row.kind] * chance.random.random()), self._report, row.pk)
        for job in Deployment.objects.filter(place__isnull=False).order_by("pk"):
            self._look_at(job)
        for task in FollowUp.objects.order_by("pk"):
            if task.status is FollowUpStatus.OFFERED:
                world.later(chance.about(300), self._answer, task.pk)
            elif task.status is FollowUpStatus.ACCEPTED:
                world.later(chance.about(1800), self._finish, task.pk)

    # ---------------------------------------------------------------- appointments at a place

    def _asked(self, told: journal.Recorded) -> None:
        event = told.event
        if event.place is not None:
            self.world.later(self.world.chance.about(40), self._accept, event.deployment)

    def _expected(self, told: journal.Recorded) -> None:
        if told.event.place is not None:
            self._look_at(Deployment.objects.get(pk=told.event.deployment))

    def _look_at(self, job: Deployment) -> None:
        chance = self.world.chance
        match job.status:
            case DeploymentStatus.OFFERED:
                self.world.later(chance.about(40), self._accept, job.pk)
            case DeploymentStatus.ACCEPTED:
                self.world.later(chance.about(2_000, 0.5), self._see, job.pk)
            case DeploymentStatus.ON_SCENE:
                self.world.later(chance.lasting(self.world.region.durations.hap_consult), self._done, job.pk)

    def _accept(self, job: int) -> None:
        row, by = self._job(job, DeploymentStatus.OFFERED, self._accept)
        if row and by:
            if self.world.chance.happens(0.03):
                self.world.act(deployment.decline, by=by, deployment=job, reason=DeclineReason.NO_CAPACITY)
            else:
                self.world.act(deployment.accept, by=by, deployment=job)

    def _see(self, job: int) -> None:
        row, by = self._job(job, DeploymentStatus.ACCEPTED, self._see)
        if row and by and self.world.act(deployment.report, by=by, deployment=job, report=e.Arrived.__name__):
            self._open(row.request, by)
            self.world.later(self.world.chance.lasting(self.world.region.durations.hap_consult), self._done, job)

    def _done(self, job: int) -> None:
        row, by = self._job(job, DeploymentStatus.ON_SCENE, self._done)
        if row and by:
            self.world.act(deployment.report, by=by, deployment=job, report=e.Cleared.__name__)

    def _job(
        self, job: int, status: DeploymentStatus, again: Callable[[int], None]
    ) -> tuple[Deployment | None, Viewer | None]:
        """The job and who speaks for the place; when a real person sits there, it is looked at again later."""
        row = Deployment.objects.select_related("request").get(pk=job)
        if row.status is not status:
            return None, None
        if row.partner_id in self.world.seats.desks:
            self.world.later(LOOK_AGAIN, again, job)
            return None, None
        return row, self.world.people.desks.get(row.partner_id or 0)

    # ---------------------------------------------------------------- follow-ups

    def _follow_up_asked(self, told: journal.Recorded) -> None:
        event, chance = told.event, self.world.chance
        task = FollowUp.objects.get(pk=event.follow_up)
        quick = task.need is FollowUpKind.ADMISSION
        answer = chance.weighed(ANSWERS)
        if answer != "silent":
            self.world.later(chance.about(90 if quick else 420), self._answer, event.follow_up, answer)

    def _answer(self, key: int, answer: str = "accept", by_coordinator: bool = False) -> None:
        world = self.world
        task = FollowUp.objects.select_related("request").get(pk=key)
        if task.status is not FollowUpStatus.OFFERED or task.partner_id in world.seats.desks:
            return
        who = world.people.coordinators if by_coordinator else world.people.desks
        by = who.get(task.partner_id or 0)
        if by is None:
            return
        self._open(task.request, by)
        if answer == "decline":
            world.act(follow_up.decline, by=by, follow_up=key, reason=world.chance.weighed(DECLINES))
        else:
            world.act(follow_up.accept, by=by, follow_up=key)

    def _called_upon(self, told: journal.Recorded) -> None:
        """The partner's coordinator looks into it, mostly."""
        event, chance = told.event, self.world.chance
        if event.level is EscalationLevel.PARTNER_COORDINATOR and chance.happens(0.65):
            self.world.later(chance.about(500), self._answer, event.follow_up, "accept", True)

    def _taken(self, told: journal.Recorded) -> None:
        chance = self.world.chance
        self.world.later(chance.about(2_400), self._finish, told.event.follow_up)

    def _finish(self, key: int) -> None:
        world = self.world
        task = FollowUp.objects.select_related("request").get(pk=key)
        if task.status is not FollowUpStatus.ACCEPTED:
            return
        if task.request.deployments_open or task.partner_id in world.seats.desks:
            world.later(LOOK_AGAIN, self._finish, key)  # the crew still has the patient, or a person sits there
            return
        if by := world.people.desks.get(task.partner_id or 0):
            world.act(follow_up.finish, by=by, follow_up=key)

    def _ownership_asked(self, told: journal.Recorded) -> None:
        self.world.later(self.world.chance.about(300), self._own, told.event.request)

    def _own(self, request: int) -> None:
        world = self.world
        row = CareRequest.objects.get(pk=request)
        by = world.people.desks.get(row.owner_offered_id or 0)
        if row.owner_offered_id in world.seats.desks:
            world.later(LOOK_AGAIN, self._own, request)
            return
        if by is None or row.closed_at is not None:
            return
        if world.chance.happens(0.85):
            world.act(care_request.accept_ownership, by=by, request=request)
        else:
            world.act(care_request.decline_ownership, by=by, request=request, reason=DeclineReason.NO_CAPACITY)

    def _open(self, row: CareRequest, by: Viewer) -> None:
        try:
            dossier.read(row, by)
        except Refused as refused:
            self.world.refusals[f"read: {refused.reason.text}"] += 1

    # ---------------------------------------------------------------- what is free

    def _report(self, key: int) -> None:
        row = Place.objects.get(pk=key)
        self.world.later(int(EVERY[row.kind] * self.world.chance.random.uniform(0.9, 1.1)), self._report, key)
        if row.organisation_id not in self.world.seats.desks or row.kind is PlaceKind.SEH:
            self._say(key, self.world.now - 2 * SECOND)

    def _say(self, key: int, at: int) -> None:
        """What is free now: a walk around what is usual."""
        row = Place.objects.get(pk=key)
        by = self.world.people.desks.get(row.organisation_id)
        if by is None:
            return
        back = 0.1 * (FULL.get(row.kind, USUALLY_FULL) - self.level[key])
        self.level[key] = min(1.0, max(0.0, self.level[key] + back + self.world.chance.random.gauss(0, 0.05)))
        free = round(self.capacity[row.code] * (1 - self.level[key]))
        source = Source.FEED if row.kind is PlaceKind.SEH else Source.PERSON
        self.world.act(place.report_capacity, by=by, at=at, place=key, free=free, source=source)
