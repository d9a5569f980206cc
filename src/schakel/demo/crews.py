"""Crews: their shifts, their answers, their way there and back, and what they report, mostly in time."""

from __future__ import annotations

from schakel.demo.world import World
from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.durations import HOUR, MINUTE, SECOND
from schakel.domain.reasons import Refused
from schakel.domain.region import Duration, Place
from schakel.domain.states import DeploymentStatus, UnitStatus
from schakel.domain.travel import Point
from schakel.domain.vocabulary import (
    AbsenceReason,
    AmbulanceUrgency,
    CancelReason,
    Care,
    DeclineReason,
    FollowUpKind,
    Role,
    UnitKind,
)
from schakel.operations import dossier, journal
from schakel.operations.actions import deployment, follow_up
from schakel.operations.actions import unit as units
from schakel.operations.models import Deployment, Duty, FollowUp, Unit

#: A position is reported this often on the way.
POSITION_EVERY = 2 * MINUTE
#: And this often where one stands: waiting, or with one of a list of patients.
POSITION_STAYS = 4 * MINUTE
WITH_LIST = (UnitKind.GP_CAR, UnitKind.NURSE)
#: What was left to a person is looked at again after this.
LOOK_AGAIN = 5 * MINUTE
#: A seat of a real person is on duty round the clock, in shifts of this length.
SEAT_SHIFT = 8 * HOUR
#: What crews do when they are asked, by weight.
ANSWERS = {"accept": 92, "decline": 5, "silent": 3}
DECLINES = {
    DeclineReason.BREAK: 4,
    DeclineReason.DEFECT: 2,
    DeclineReason.NOT_INDICATED: 2,
    DeclineReason.OUTSIDE_AREA: 1,
    DeclineReason.NO_CAPACITY: 2,
}
#: Share of reports that come late; of departures that are reported only after the arrival; of times put right later.
LATE, OUT_OF_ORDER, CORRECTED = 0.04, 0.03, 0.01
NO_PATIENT = 0.012
AWAY_AFTER = 0.08

AMBULANCES = (UnitKind.ALS, UnitKind.MCA, UnitKind.CARE_AMBULANCE)
WITH_SIGNALS = (AmbulanceUrgency.A0, AmbulanceUrgency.A1)

OPEN = (
    DeploymentStatus.OFFERED,
    DeploymentStatus.ACCEPTED,
    DeploymentStatus.UNDER_WAY,
    DeploymentStatus.ON_SCENE,
    DeploymentStatus.TRANSPORTING,
    DeploymentStatus.AT_DESTINATION,
    DeploymentStatus.HANDED_OVER,
)

#: What may have to be taken over after a visit, by weight.
AFTER_VISIT = {
    FollowUpKind.HOME_NURSING: 5,
    FollowUpKind.GP: 3,
    FollowUpKind.SHORT_STAY: 3,
    FollowUpKind.SOCIAL: 1,
    FollowUpKind.REHABILITATION: 1,
}


class Crews:
    """Everybody who goes out."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.planned: set[tuple[int, DeploymentStatus]] = set()  # a step is planned once
        self.turn: dict[int, int] = {}
        self.home: dict[int, int] = {}  # counts the ways home of a unit: a new job ends the way home
        self.destination: dict[int, Place] = {}
        self.sehs = [place for place in world.region.places if place.kind.value == "seh"]
        world.when(
            self._look,
            e.Offered,
            e.Accepted,
            e.Departed,
            e.Arrived,
            e.TransportStarted,
            e.ReachedDestination,
            e.HandedOver,
        )
        world.when(self._after, e.Cleared, e.Cancelled, e.Preempted)

    def begin(self) -> None:
        """Come on duty by the roster, and go on with what was under way."""
        world = self.world
        seats = set(world.people.seats)
        for row in Unit.objects.filter(retired=False).order_by("pk"):
            if row.status is UnitStatus.OFF_DUTY:
                self._come(row.pk)
            else:
                world.at(row.until or world.now, self._go_off, row.pk)
                self.turn[row.pk] = 0
                if (row.lat, row.lon) != (row.base_lat, row.base_lon) and not row.jobs_open:
                    self._go_home(row)
            if row.pk not in seats:
                self._plan_shift(row)
            beats = max(world.now, world.come_in - POSITION_STAYS)
            world.at(beats + int(POSITION_STAYS * world.chance.random.random()), self._beat, row.pk)
        for job in Deployment.objects.filter(unit__isnull=False, status__in=[one.value for one in OPEN]).order_by("pk"):
            self._next(job, world.now)

    # ---------------------------------------------------------------- shifts

    def _plan_shift(self, row: Unit) -> None:
        roster = self.world.region.unit[row.callsign].roster
        start = self.world.region.calendar.next_start(roster, self.world.now)
        if start is not None:
            self.world.at(start + self.world.chance.between(0, 240), self._next_shift, row.pk)

    def _next_shift(self, unit: int) -> None:
        self._come(unit)
        self._plan_shift(Unit.objects.get(pk=unit))

    def _come(self, unit: int) -> None:
        """Come on duty, when the roster says so or a seat is to be kept."""
        world = self.world
        row = Unit.objects.get(pk=unit)
        if row.status is not UnitStatus.OFF_DUTY or row.retired:
            return
        seat = world.people.seats.get(unit)
        shift = world.region.shift(world.region.unit[row.callsign], world.now)
        until = world.now + SEAT_SHIFT if seat else shift.end if shift else None
        if until is None or until <= world.now:
            return
        self.turn[unit] = turn = (self.turn.get(unit, -1) + 1) % 2
        crew = list(world.people.crews[unit][turn])
        on_it = [seat, *crew[1:]] if seat and len(crew) > 1 else [seat, *crew] if seat else crew
        by = world.people.viewers[crew[-1] if seat else crew[0]]
        if by.person not in on_it:
            on_it.append(by.person)
        if world.act(units.start_shift, by=by, unit=unit, crew=on_it, until=until):
            world.at(until, self._go_off, unit)

    def _go_off(self, unit: int) -> None:
        """Go home when the shift is over and the last job is done; the next crew may come."""
        row = Unit.objects.get(pk=unit)
        world = self.world
        if row.status is UnitStatus.OFF_DUTY or (row.until or 0) > world.now:
            return
        if row.jobs_open or row.offers_open:
            world.later(5 * MINUTE, self._go_off, unit)
            return
        by = self._spokesman(unit)
        if by and world.act(units.end_shift, by=by, unit=unit):
            self._come(unit)

    def _spokesman(self, unit: int) -> Viewer:
        """The simulated colleague on the unit who speaks for it; after the end of the shift, a dispatcher."""
        people, now = self.world.people, self.world.now
        on_it = Duty.objects.filter(unit=unit, starts_at__lte=now, ends_at__gt=now).order_by("pk")
        for person in on_it.values_list("person", flat=True):
            if person in people.viewers:
                return people.viewers[person]
        return people.colleagues[Role.DISPATCHER][0]

    # ---------------------------------------------------------------- a job, step by step

    def _look(self, told: journal.Recorded) -> None:
        event = told.event
        if event.unit is None:
            return
        job = Deployment.objects.select_related("unit", "request").get(pk=event.deployment)
        self._next(job, event.at)

    def _next(self, job: Deployment, since: int) -> None:
        """Plan the next step of a job, once for each status."""
        if (job.pk, job.status) in self.planned or job.status not in OPEN or job.unit is None:
            return
        world, chance, durations = self.world, self.world.chance, self.world.region.durations
        if job.status is DeploymentStatus.ACCEPTED and self._is_out(job):
            return  # first the patient before
        self.planned.add((job.pk, job.status))
        match job.status:
            case DeploymentStatus.OFFERED:
                assert job.reply_by is not None and job.offered_at is not None, "an offer has an end"
                wait = min(chance.about(12, 0.5), (job.reply_by - job.offered_at) * 8 // 10)
                world.at(since + wait, self._answer, job.pk)
            case DeploymentStatus.ACCEPTED:
                self.home[job.unit_id] = self.home.get(job.unit_id, 0) + 1
                world.at(since + chance.lasting(durations.turn_out), self._depart, job.pk)
            case DeploymentStatus.UNDER_WAY:
                arrival = self._drive(job.unit, self._where(job), since, job.ambulance_urgency in WITH_SIGNALS)
                world.at(arrival, self._arrive, job.pk)
            case DeploymentStatus.ON_SCENE:
                takes = job.unit.kind in AMBULANCES and not chance.happens(self._stays(job))
                length = chance.lasting(durations.on_scene if takes else self._visit(job))
                world.at(since + length, self._transport if takes else self._clear, job.pk)
                if job.unit.kind in WITH_LIST:
                    self._stay(job.unit, since, length)
            case DeploymentStatus.TRANSPORTING:
                place = self.destination.setdefault(job.pk, self._nearest_seh(job))
                there = self._drive(job.unit, place.point, since, False)
                world.at(there, self._report, job.pk, e.ReachedDestination, there)
            case DeploymentStatus.AT_DESTINATION:
                when = since + chance.lasting(durations.handover)
                world.at(when, self._report, job.pk, e.HandedOver, when)
            case DeploymentStatus.HANDED_OVER:
                world.at(since + chance.lasting(durations.clearing), self._clear, job.pk)

    def _is_out(self, job: Deployment) -> bool:
        """Whether the unit is out for another patient; a visiting doctor has a list."""
        busy = [one.value for one in OPEN[2:]]
        earlier = Deployment.objects.filter(unit=job.unit_id, status=DeploymentStatus.ACCEPTED.value, pk__lt=job.pk)
        return Deployment.objects.filter(unit=job.unit_id, status__in=busy).exists() or earlier.exists()

    def _mine(self, job: int, *statuses: DeploymentStatus) -> Deployment | None:
        """The job, when it is still so and no real person is on the unit."""
        row = Deployment.objects.select_related("unit", "request").get(pk=job)
        if row.unit_id in self.world.seats.units:
            self.planned.discard((job, row.status))
            self.world.later(LOOK_AGAIN, self._go_on, job)
            return None
        return row if row.status in statuses else None

    def _go_on(self, job: int) -> None:
        """Go on with a job that was left to a person, once that person has left."""
        row = Deployment.objects.select_related("unit", "request").get(pk=job)
        if row.unit_id in self.world.seats.units:
            self.world.later(LOOK_AGAIN, self._go_on, job)
        else:
            self._next(row, self.world.now)

    def _answer(self, job: int) -> None:
        row = self._mine(job, DeploymentStatus.OFFERED)
        by = row and row.unit_id and self._spokesman(row.unit_id)
        if not row or not by:
            return
        world = self.world
        match world.chance.weighed(ANSWERS):
            case "accept":
                if world.act(deployment.accept, by=by, deployment=job):
                    try:
                        dossier.read(row.request, by)
                    except Refused as refused:
                        world.refusals[f"read: {refused.reason.text}"] += 1
            case "decline":
                world.act(deployment.decline, by=by, deployment=job, reason=world.chance.weighed(DECLINES))

    def _depart(self, job: int) -> None:
        row = self._mine(job, DeploymentStatus.ACCEPTED)
        if row is None or row.unit is None:
            return
        world, now = self.world, self.world.now
        if world.chance.happens(OUT_OF_ORDER):
            # The button was forgotten: the arrival is reported first, the departure after it.
            self.planned.add((job, DeploymentStatus.UNDER_WAY))
            arrival = self._drive(row.unit, self._where(row), now, row.ambulance_urgency in WITH_SIGNALS)
            world.at(arrival, self._arrive, job)
            world.at(arrival + world.chance.between(30, 90), self._report, job, e.Departed, now)
        else:
            self._report(job, e.Departed, now)

    def _arrive(self, job: int) -> None:
        row = self._mine(job, DeploymentStatus.ACCEPTED, DeploymentStatus.UNDER_WAY)
        if row is None:
            return
        if self.world.chance.happens(NO_PATIENT):
            self._report(job, e.Arrived, self.world.now)
            self.world.later(self.world.chance.about(300), self._nobody_there, job)
            self.planned.add((job, DeploymentStatus.ON_SCENE))
        else:
            self._report_maybe_late(job, e.Arrived)

    def _nobody_there(self, job: int) -> None:
        row = self._mine(job, DeploymentStatus.ON_SCENE)
        by = row and row.unit_id and self._spokesman(row.unit_id)
        if by:
            self.world.act(deployment.cancel, by=by, deployment=job, reason=CancelReason.NO_PATIENT)

    def _transport(self, job: int) -> None:
        row = self._mine(job, DeploymentStatus.ON_SCENE)
        by = row and row.unit_id and self._spokesman(row.unit_id)
        if not row or not by:
            return
        if row.care is Care.ALS and self.world.chance.happens(0.4) and not row.request.follow_ups_open:
            self.world.act(follow_up.ask, by=by, request=row.request_id, need=FollowUpKind.ADMISSION, takes_over=True)
        self._report(job, e.TransportStarted, self.world.now)

    def _clear(self, job: int) -> None:
        row = self._mine(job, DeploymentStatus.ON_SCENE, DeploymentStatus.HANDED_OVER)
        by = row and row.unit_id and self._spokesman(row.unit_id)
        if not row or not by:
            return
        stays = row.status is DeploymentStatus.ON_SCENE
        if stays and not FollowUp.objects.filter(request=row.request_id).exists() and self.world.chance.happens(0.3):
            need = self.world.chance.weighed(AFTER_VISIT)
            if row.care is Care.CRISIS_TEAM:
                need = FollowUpKind.MENTAL_HEALTH
            takes_over = self.world.chance.happens(0.4)
            self.world.act(follow_up.ask, by=by, request=row.request_id, need=need, takes_over=takes_over)
        self._report_maybe_late(job, e.Cleared)

    def _report_maybe_late(self, job: int, kind: type[e.Event]) -> None:
        """Without coverage a report comes minutes later, with the time at which it happened."""
        chance, now = self.world.chance, self.world.now
        if chance.happens(LATE):
            self.world.later(chance.between(120, 480), self._report, job, kind, now)
        else:
            self._report(job, kind, now)

    def _report(self, job: int, kind: type[e.Event], at: int) -> None:
        row = Deployment.objects.get(pk=job)
        by = self._spokesman(row.unit_id) if row.unit_id else None
        if by is None or row.unit_id in self.world.seats.units or row.status not in OPEN:
            return
        world = self.world
        done = world.act(deployment.report, by=by, at=at, deployment=job, report=kind.__name__)
        if done and kind in (e.Arrived, e.HandedOver) and world.chance.happens(CORRECTED):
            world.later(world.chance.about(180), self._correct, job, kind, at - 90 * SECOND)

    def _correct(self, job: int, kind: type[e.Event], at: int) -> None:
        row = Deployment.objects.get(pk=job)
        by = self._spokesman(row.unit_id) if row.unit_id else None
        if by is not None and row.status in OPEN:
            self.world.act(deployment.correct, by=by, at=at, deployment=job, report=kind.__name__)

    def _after(self, told: journal.Recorded) -> None:
        """A job is over: the next patient, a break, or home."""
        event, world = told.event, self.world
        if event.unit is None:
            return
        row = Unit.objects.get(pk=event.unit)
        waiting = Deployment.objects.filter(unit=row, status=DeploymentStatus.ACCEPTED.value).order_by("pk").first()
        if waiting is not None:
            self._next(waiting, world.now)
        elif not row.jobs_open:
            if row.status is UnitStatus.ON_DUTY and not row.offers_open and world.chance.happens(AWAY_AFTER):
                self._go_away(row.pk)
            self._go_home(row)

    def _go_away(self, unit: int) -> None:
        by = self._spokesman(unit)
        if by is None or unit in self.world.seats.units:
            return
        reason = self.world.chance.weighed({AbsenceReason.RESTOCK: 5, AbsenceReason.REST: 4, AbsenceReason.DEFECT: 1})
        if self.world.act(units.go_absent, by=by, unit=unit, reason=reason):
            self.world.later(self.world.chance.about(900), self._come_back, unit)

    def _come_back(self, unit: int) -> None:
        by = self._spokesman(unit)
        if by and Unit.objects.values_list("status", flat=True).get(pk=unit) is UnitStatus.ABSENT:
            self.world.act(units.come_back, by=by, unit=unit)

    # ---------------------------------------------------------------- the way

    def _where(self, job: Deployment) -> Point:
        patient = self.world.patient_of.get(job.request_id)
        if patient is not None:
            return patient.point
        zone = self.world.region.zone.get(job.request.zone or "")
        return zone.point if zone else Point(job.unit.base_lat, job.unit.base_lon)

    def _drive(self, row: Unit, to: Point, since: int, signals: bool) -> int:
        """Drive there, saying where one is now and then. Gives the moment of arrival."""
        start = Point(row.lat, row.lon) if row.lat is not None and row.lon is not None else _base(row)
        length = round(
            self.world.region.travel.between(start, to, signals) * self.world.chance.random.uniform(0.85, 1.3)
        )
        way = self.home[row.pk] = self.home.get(row.pk, 0) + 1
        for passed in range(POSITION_EVERY, length, POSITION_EVERY):
            share = passed / length
            on_it = Point(start.lat + share * (to.lat - start.lat), start.lon + share * (to.lon - start.lon))
            self.world.at(since + passed, self._say_where, row.pk, on_it, way)
        self.world.at(since + length, self._say_where, row.pk, to, way)
        return since + length

    def _say_where(self, unit: int, where: Point, way: int) -> None:
        if self.home.get(unit) != way:
            return  # on another way meanwhile
        by = self._spokesman(unit)
        if by is not None:
            self.world.act(units.position, by=by, unit=unit, lat=round(where.lat, 5), lon=round(where.lon, 5))

    def _stay(self, row: Unit, since: int, length: int) -> None:
        """Say again where one is: who can have the next patient on its list must be known to be near."""
        where = Point(row.lat, row.lon) if row.lat is not None and row.lon is not None else _base(row)
        for passed in range(POSITION_STAYS, length, POSITION_STAYS):
            self.world.at(since + passed, self._say_where, row.pk, where, self.home.get(row.pk, 0))

    def _go_home(self, row: Unit) -> None:
        """Back to base, to be asked on the way. At the base exactly: there it counts as parked."""
        base = _base(row)
        start = Point(row.lat, row.lon) if row.lat is not None and row.lon is not None else base
        length = self.world.region.travel.between(start, base, False)
        way = self.home[row.pk] = self.home.get(row.pk, 0) + 1
        for passed in range(POSITION_EVERY, length, POSITION_EVERY):
            share = passed / length
            on_it = Point(start.lat + share * (base.lat - start.lat), start.lon + share * (base.lon - start.lon))
            self.world.later(passed, self._say_where, row.pk, on_it, way)
        self.world.later(length, self._park, row.pk, base, way)

    def _beat(self, unit: int) -> None:
        """A unit that waits says now and then that it is still there."""
        world = self.world
        world.later(POSITION_STAYS, self._beat, unit)
        row = Unit.objects.get(pk=unit)
        waits = row.status is not UnitStatus.OFF_DUTY and not row.jobs_open
        if waits and row.lat is not None and world.now - (row.positioned_at or 0) >= POSITION_STAYS // 2:
            by = self._spokesman(unit)
            world.act(units.position, by=by, unit=unit, lat=row.lat, lon=row.lon)

    def _park(self, unit: int, base: Point, way: int) -> None:
        if self.home.get(unit) == way and (by := self._spokesman(unit)):
            self.world.act(units.position, by=by, unit=unit, lat=base.lat, lon=base.lon)

    # ---------------------------------------------------------------- on scene

    def _stays(self, job: Deployment) -> float:
        """The share of jobs of this class in which nobody is taken along."""
        urgent = job.ambulance_urgency in (AmbulanceUrgency.A0, AmbulanceUrgency.A1, AmbulanceUrgency.A2)
        return self.world.region.demand.no_transport_share if urgent else 0.0

    def _visit(self, job: Deployment) -> Duration:
        durations = self.world.region.durations
        return {
            UnitKind.GP_CAR: durations.gp_visit,
            UnitKind.RAPID_HAG: durations.gp_visit,
            UnitKind.PRACTITIONER_CAR: durations.practitioner_visit,
            UnitKind.NURSE: durations.nurse_visit,
            UnitKind.CRISIS_TEAM: durations.crisis_visit,
        }.get(job.unit.kind, durations.on_scene_no_transport)

    def _nearest_seh(self, job: Deployment) -> Place:
        where = self._where(job)
        near = sorted(self.sehs, key=lambda place: self.world.region.travel.between(where, place.point, False))
        return near[0] if len(near) < 2 or self.world.chance.happens(0.8) else near[1]


def _base(row: Unit) -> Point:
    return Point(row.base_lat, row.base_lon)
