"""The engine that defines right: plain Python, one thing after another, asking the same rules as the desk.

Who can go, who is nearest and who may be taken away is asked of `domain.candidates`, with the very candidates and the
very search that the desk would have; who drives with signals and who takes a patient along, of `domain.fitting_care`.
It is slow, and meant to be read.

**What happens.** A request is received, handled, and is then ready to be served. The first of the ranking goes. When
nobody can, it waits: by urgency, and within it by the moment at which it was ready; whoever was left for an A0 stands
first. A unit that is done, or comes on duty, takes the first in line for whom it can be there well before its shift
ends; without one it goes to the base that the policy names, and can be sent on the way. After its shift it goes home,
and goes off duty there. The next shift begins at home.

**At one moment** what happens to units goes before requests, a unit with a lower number before a higher one, and
requests in their own order. So a unit that is free at 10:00 is there for a call that is ready at 10:00.

**Not modelled**: declined and unanswered offers, breaks, hospitals that stop, several units for one patient, places
that the patient goes to. Turn-out is the same for all; the way to the hospital is driven as the way to the patient was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from schakel.domain import events as e
from schakel.domain.candidates import Candidate, Due, Job, Member, Search, Terms, why_not_send
from schakel.domain.durations import DAY
from schakel.domain.events import Event
from schakel.domain.fitting_care import CAN_TRANSPORT, NEEDS, Giver
from schakel.domain.states import DeploymentStatus, UnitStatus
from schakel.domain.vocabulary import Care, Channel, CloseReason, Urgency, UrgencyReason
from schakel.indicators.log import NEVER, EventLog
from schakel.planning.demand import Demand
from schakel.planning.policies import Free, Policy, closest_idle, taken_for_a0
from schakel.planning.world import Unit, Ways, World, at_zone, usual_crew


class Doing(Enum):
    """What a unit is doing."""

    OFF = "off"
    IDLE = "idle"
    RETURNING = "returning"
    TO_SCENE = "to_scene"
    BUSY = "busy"


class Request(NamedTuple):
    """One request of the demand, as the desk has it."""

    number: int
    received_at: int
    ready_at: int
    zone: int
    urgency: Urgency
    care: Care
    on_scene: int
    transported: bool
    handover: int
    clearing: int


@dataclass(eq=False)
class Vehicle:
    """A unit during a run."""

    number: int
    plan: Unit
    doing: Doing = Doing.OFF
    next_at: int = NEVER  # when something happens to it by itself
    start: int = 0  # the zone that it stands in, or drives from
    end: int = 0
    left_at: int = 0
    way: int = 0  # how long the whole way takes
    until: int = 0
    shift: int = 0  # the shift that it is in, or that comes next
    post: int | None = None  # the base at which it waits or will wait
    job: Request | None = None
    deployment: int = -1


@dataclass
class Run:
    """One run, while it goes on. `history` is in the order in which things became certain."""

    world: World
    demand: Demand
    policy: Policy
    history: list[Event] = field(default_factory=list)
    line: dict[Urgency, list[Request]] = field(default_factory=lambda: {urgency: [] for urgency in Urgency})
    deployments: int = 0

    def __post_init__(self) -> None:
        self.requests = sorted(self._requests(), key=lambda request: request.ready_at)
        self.fleet = [Vehicle(number, plan) for number, plan in enumerate(self.world.fleet)]
        for vehicle in self.fleet:
            if vehicle.plan.shifts:
                vehicle.next_at = vehicle.plan.shifts[0][0]
        self.terms = Terms(
            travel=Ways(self.world),
            position_shelf_life_ms=DAY,
            turn_out_ms=self.world.turn_out_ms,
            margin_ms=self.world.margin_ms,
            useful_ms=dict.fromkeys(Urgency, NEVER),  # there are no neighbours to ask
            jobs_at_once={},
        )

    def _requests(self) -> Iterable[Request]:
        d = self.demand
        for i in range(len(d)):
            yield Request(
                number=i,
                received_at=int(d.at[i]),
                ready_at=int(d.at[i] + d.handling[i]),
                zone=int(d.zone[i]),
                urgency=tuple(Urgency)[d.urgency[i]],
                care=tuple(Care)[d.care[i]],
                on_scene=int(d.on_scene[i]),
                transported=bool(d.transported[i]),
                handover=int(d.handover[i]),
                clearing=int(d.clearing[i]),
            )

    def to_the_end(self) -> None:
        """Let everything happen, in order of time."""
        upcoming = 0
        while True:
            vehicle = min(self.fleet, key=lambda one: one.next_at, default=None)  # the first of equals
            soonest = NEVER if vehicle is None else vehicle.next_at
            if upcoming < len(self.requests) and self.requests[upcoming].ready_at < soonest:
                self.is_ready(self.requests[upcoming])
                upcoming += 1
            elif vehicle is None or soonest == NEVER:
                return
            else:
                self.happens_to(vehicle, soonest)

    # ------------------------------------------------------------ requests

    def is_ready(self, request: Request) -> None:
        """A request was handled, and somebody can be sent."""
        number, came, now = request.number, request.received_at, request.ready_at
        self.history += [
            e.Received(at=came, request=number, channel=Channel.PHONE, owner=0, handler=0, lead=0),
            e.Located(at=came, request=number, zone=self.world.zones[request.zone]),
            e.Triaged(at=now, request=number, urgency=request.urgency, reason=UrgencyReason.COMPLAINT),
            e.CareChosen(at=now, request=number, care=request.care),
        ]
        if NEEDS[request.care].giver is Giver.CENTRE:
            self.history.append(e.Closed(at=now, request=number, reason=CloseReason.ADVICE_GIVEN))
        elif not self.send_nearest(request, now, self.policy.preempt):
            self.line[request.urgency].append(request)

    def send_nearest(self, request: Request, now: int, may_preempt: bool) -> bool:
        """Send whom the ranking puts first, or take a unit away for an A0. Whether somebody goes."""
        candidates = [self.as_candidate(vehicle, now) for vehicle in self.fleet]
        search = self.search(request, now)
        free = closest_idle(candidates, request.care, search)
        if may_preempt and (taken := taken_for_a0(candidates, request.care, search, free)):
            vehicle = self.fleet[taken.provider.key]
            left = vehicle.job
            assert left is not None, "a unit that may be taken is on its way to somebody"
            if now >= vehicle.left_at:
                self.report(e.Departed, vehicle.left_at, vehicle)
            self.report(e.Preempted, now, vehicle)
            self.send(vehicle, request, self.zone_now(vehicle, now), now)
            if not self.send_nearest(left, now, False):
                self.line[left.urgency].insert(0, left)
            return True
        if free is None:
            return False
        vehicle = self.fleet[free.provider.key]
        self.send(vehicle, request, self.zone_now(vehicle, now), now)
        return True

    def search(self, request: Request, now: int) -> Search:
        """For whom somebody is sought, as the desk would ask."""
        norm = self.world.norm_ms[request.urgency]
        due = Due(request.received_at + norm, norm)
        return Search(
            terms=self.terms,
            now=now,
            point=at_zone(request.zone),
            request=request.number,
            urgency=request.urgency,
            ambulance_urgency=self.world.class_of[request.urgency],
            response=due,
            waiting=due,
        )

    def as_candidate(self, vehicle: Vehicle, now: int) -> Candidate:
        """The unit as the desk sees it at this moment."""
        jobs: tuple[Job, ...] = ()
        if vehicle.job is not None:
            going = vehicle.doing is Doing.TO_SCENE
            status = DeploymentStatus.UNDER_WAY if going else DeploymentStatus.ON_SCENE
            job = vehicle.job
            jobs = (Job(job.number, job.care, self.world.class_of[job.urgency], status, None),)
        base = at_zone(int(self.world.bases[vehicle.plan.home]))
        return Candidate(
            key=vehicle.number,
            callsign=f"{vehicle.number:05}",
            kind=vehicle.plan.kind,
            organisation=0,
            status=UnitStatus.OFF_DUTY if vehicle.doing is Doing.OFF else UnitStatus.ON_DUTY,
            base=base,
            until=vehicle.until,
            position=at_zone(self.zone_now(vehicle, now)),
            positioned_at=now,
            jobs_open=len(jobs),
            jobs=jobs,
            crew=tuple(Member(i, held) for i, held in enumerate(usual_crew(vehicle.plan.kind))),
            takes_requests=True,
        )

    def zone_now(self, vehicle: Vehicle, now: int) -> int:
        """The zone that a unit is in."""
        if vehicle.doing in (Doing.RETURNING, Doing.TO_SCENE):
            return self.world.underway(vehicle.start, vehicle.end, now - vehicle.left_at, vehicle.way)
        return vehicle.start

    # ------------------------------------------------------------ units

    def send(self, vehicle: Vehicle, request: Request, zone: int, now: int) -> None:
        """A unit goes to a request, from the zone that it is in."""
        search = self.search(request, now)
        self.history.append(
            e.Offered(
                at=now,
                deployment=self.deployments,
                request=request.number,
                unit=vehicle.number,
                place=None,
                care=request.care,
                partner=0,
                reply_by=now,
                ambulance_urgency=search.ambulance_urgency if NEEDS[request.care].ambulance else None,
            )
        )
        vehicle.deployment = self.deployments
        self.deployments += 1
        vehicle.job = request
        self.report(e.Accepted, now, vehicle)
        vehicle.doing = Doing.TO_SCENE
        vehicle.post = None
        vehicle.left_at = now + self.world.turn_out_ms
        self.drive(vehicle, zone, request.zone, search.with_signals(request.care))

    def happens_to(self, vehicle: Vehicle, now: int) -> None:
        """What happens to a unit by itself, at the moment at which it does."""
        match vehicle.doing:
            case Doing.OFF:
                _, vehicle.until = vehicle.plan.shifts[vehicle.shift]
                self.history.append(e.ShiftStarted(at=now, unit=vehicle.number, until=vehicle.until))
                vehicle.start = int(self.world.bases[vehicle.plan.home])
                vehicle.post = vehicle.plan.home
                self.wait_at_base(vehicle, now)
                self.serve_line(vehicle, now)
            case Doing.IDLE:
                self.end_shift(vehicle, now)
            case Doing.RETURNING:
                vehicle.start = vehicle.end
                self.wait_at_base(vehicle, now)
            case Doing.TO_SCENE:
                self.arrive(vehicle, now)
            case Doing.BUSY:
                self.become_free(vehicle, now)

    def wait_at_base(self, vehicle: Vehicle, now: int) -> None:
        """A unit is at a base, until its shift ends."""
        vehicle.doing = Doing.IDLE
        vehicle.next_at = vehicle.until
        if vehicle.until <= now:
            self.end_shift(vehicle, now)

    def arrive(self, vehicle: Vehicle, now: int) -> None:
        """A unit is with the patient. From here everything is certain, up to the moment at which it is free."""
        request = vehicle.job
        assert request is not None, "who arrives was sent"
        self.report(e.Departed, vehicle.left_at, vehicle)
        self.report(e.Arrived, now, vehicle)
        vehicle.start = vehicle.end
        done = now + request.on_scene
        reason = CloseReason.CARE_GIVEN
        hospital = int(self.world.hospital_of[request.zone])
        if request.transported and vehicle.plan.kind in CAN_TRANSPORT and hospital >= 0:
            self.report(e.TransportStarted, done, vehicle)
            signals = self.search(request, now).with_signals(request.care)
            done += self.terms.travel.between(at_zone(request.zone), at_zone(hospital), signals)
            self.report(e.ReachedDestination, done, vehicle)
            done += request.handover
            self.report(e.HandedOver, done, vehicle)
            vehicle.start = hospital
            reason = CloseReason.HANDED_OVER
        done += request.clearing
        self.report(e.Cleared, done, vehicle)
        self.history.append(e.Closed(at=done, request=request.number, reason=reason))
        vehicle.doing = Doing.BUSY
        vehicle.next_at = done

    def become_free(self, vehicle: Vehicle, now: int) -> None:
        """A unit is done: the first in line, else the base that the policy names, else home after the shift."""
        vehicle.job = None
        base = vehicle.plan.home
        if vehicle.until > now:
            if self.serve_line(vehicle, now):
                return
            if self.is_moved(vehicle):
                base = self.policy.relocation.base_for(Free(vehicle.start, base), self.waiting())
            vehicle.post = base
        vehicle.doing = Doing.RETURNING
        vehicle.left_at = now
        self.drive(vehicle, vehicle.start, int(self.world.bases[base]), False)

    def serve_line(self, vehicle: Vehicle, now: int) -> bool:
        """Send a unit to the first in line for whom it can go; whether there was one."""
        # As who has nothing in hand: a unit that is done is a candidate again.
        candidate = self.as_candidate(vehicle, now)
        for urgency in Urgency:
            for request in self.line[urgency]:
                if why_not_send(candidate, request.care, self.search(request, now)) is None:
                    self.line[urgency].remove(request)
                    self.send(vehicle, request, vehicle.start, now)
                    return True
        return False

    def end_shift(self, vehicle: Vehicle, now: int) -> None:
        """The crew goes home, and the next shift is looked up: one that is over already is skipped."""
        self.history.append(e.ShiftEnded(at=now, unit=vehicle.number))
        vehicle.doing = Doing.OFF
        vehicle.post = None
        shifts = vehicle.plan.shifts
        coming = [i for i in range(vehicle.shift + 1, len(shifts)) if shifts[i][1] > now]
        vehicle.shift = coming[0] if coming else len(shifts)
        vehicle.next_at = max(shifts[coming[0]][0], now) if coming else NEVER

    def is_moved(self, vehicle: Vehicle) -> bool:
        """Whether the policy of relocation is about this unit: whether it can give ALS care."""
        return bool(self.world.cost[vehicle.number, tuple(Care).index(Care.ALS)] >= 0)

    def waiting(self) -> list[int]:
        """How many free units are at each base, or on their way to it."""
        posts = [vehicle.post for vehicle in self.fleet if self.is_moved(vehicle)]
        return [posts.count(base) for base in range(len(self.world.bases))]

    def drive(self, vehicle: Vehicle, start: int, end: int, signals: bool) -> None:
        """Set a unit on its way; it leaves at `left_at`."""
        vehicle.start, vehicle.end = start, end
        vehicle.way = self.terms.travel.between(at_zone(start), at_zone(end), signals)
        vehicle.next_at = vehicle.left_at + vehicle.way

    def report(self, kind: type[e.DeploymentEvent], at: int, vehicle: Vehicle) -> None:
        """A report of a crew about its job."""
        assert vehicle.job is not None, "who reports has a job"
        self.history.append(
            kind(at=at, deployment=vehicle.deployment, request=vehicle.job.number, unit=vehicle.number, place=None)
        )


def play(world: World, demand: Demand, policy: Policy, *, until: int | None = None) -> EventLog:
    """Let the fleet meet the demand under this policy. The log's period ends at `until`, or where everything does."""
    run = Run(world, demand, policy)
    run.to_the_end()
    return EventLog.of(run.history, since=0, until=until, zones=world.zones)
