"""The engine that defines right: plain Python, one thing after another, asking the same rules as the desk.

Who can go, who is nearest and who may be taken away is asked of `domain.candidates`, with the very candidates and the
very search that the desk would have; which care fits, who drives with signals and who takes a patient along, of
`domain.fitting_care`. It is slow, and meant to be read.

**What happens.** A request is received, handled, and is then ready to be served; if the demand names a complaint, the
first kind of care that fits and that somebody can give is chosen then. The first of the ranking goes. When nobody can,
it waits: by urgency, and within it by the moment at which it was ready; whoever was left for an A0, or was told no,
stands first. A unit that is done, or comes on duty, takes the first in line for whom it can be there well before its
shift ends; without one it goes to the base that the policy names, and can be sent on the way. After its shift it goes
home, and goes off duty there. The next shift begins at home.

**Saying no.** A kind of unit that may decline is asked, and answers some time later; until then it is reserved. After a
no the next of the ranking is asked; when everybody who can go has said no, the first of them is sent all the same. Who
has gone off duty before answering says no. In the line a no is forgotten: it was about another moment.

**Two units for one patient.** The time with the patient runs from the first arrival. The patient leaves with the first
unit that can take a patient along, and the other is done then; who is still on the way to a patient who needs nobody
any more is called off. The request is closed when the last of them is done.

**Places.** A patient for a GP post goes to the nearest that is open, else to the one that opens first, and waits there
for a room. A patient who is taken along goes to the emergency department that the policy names at the moment of
leaving; the crew waits with the patient until there is a room, and hands over in it.

**Neighbours** are looked at when none of our own can be there in time. In the log they are partner 1, and we are 0.

**At one moment** what happens to units goes before what happens at places (rooms that become free, changes of staff,
arrivals), then answers, then requests; a lower number goes before a higher one.

**Not modelled**: breaks, lists of visits planned ahead, beds behind the emergency department, patients who give up.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schakel.domain import events as e
from schakel.domain.candidates import (
    Candidate,
    Choice,
    Due,
    Job,
    Member,
    PlaceCandidate,
    Search,
    Terms,
    rank,
    reach,
    why_not_send,
)
from schakel.domain.durations import DAY
from schakel.domain.events import Event
from schakel.domain.fitting_care import NEEDS, Giver, options
from schakel.domain.states import DeploymentStatus, UnitStatus
from schakel.domain.vocabulary import (
    CancelReason,
    Care,
    Channel,
    CloseReason,
    Complaint,
    DeclineReason,
    Urgency,
    UrgencyReason,
)
from schakel.indicators.log import NEVER, EventLog
from schakel.planning.actors import Case, Doing, Mission, Request, Turn, Vehicle
from schakel.planning.demand import Demand
from schakel.planning.policies import (
    Department,
    Free,
    Policy,
    closest_idle,
    destination,
    first_possible,
    taken_for_a0,
)
from schakel.planning.rooms import Rooms
from schakel.planning.world import Ways, World, at_zone, usual_crew


@dataclass
class Run:
    """One run, while it goes on. `history` is in the order in which things became certain."""

    world: World
    demand: Demand
    policy: Policy
    history: list[Event] = field(default_factory=list)
    line: dict[Urgency, list[Mission]] = field(default_factory=lambda: {urgency: [] for urgency in Urgency})
    agenda: list[tuple[int, Turn, int]] = field(default_factory=list)
    place_of: dict[int, int] = field(default_factory=dict)  # by patient: a request, or after those who comes by itself
    case_of: dict[int, Case] = field(default_factory=dict)  # by request, of those for whom a unit goes
    visits: dict[int, tuple[int, int]] = field(default_factory=dict)  # who goes to a post: the deployment, and how long
    carrier: dict[int, Vehicle] = field(default_factory=dict)  # who brought a patient to a department
    deployments: int = 0
    known_terms: dict[tuple[int, int], Terms] = field(default_factory=dict)  # by pace and extra time

    def __post_init__(self) -> None:
        self.requests = sorted(self._requests(), key=lambda request: request.ready_at)
        self.fleet = [Vehicle(number, plan) for number, plan in enumerate(self.world.fleet)]
        for vehicle in self.fleet:
            if vehicle.plan.shifts:
                vehicle.next_at = vehicle.plan.shifts[0][0]
        self.rooms = [Rooms(place) for place in self.world.places]
        for number, place in enumerate(self.world.places):
            for since, _ in place.rooms:
                heapq.heappush(self.agenda, (since, Turn.ROOMS_CHANGE, number))
        coming = self.demand.beside
        for i in range(len(coming)):
            patient = len(self.demand) + i
            self.place_of[patient] = int(coming.place[i])
            heapq.heappush(self.agenda, (int(coming.at[i]), Turn.COMES, patient))

    def _requests(self) -> Iterable[Request]:
        d = self.demand
        on_scene, complaint, second = d.whole("on_scene_of"), d.whole("complaint"), d.whole("second")
        stay, throws = d.whole("stay"), d.whole("throws")
        for i in range(len(d)):
            yield Request(
                number=i,
                received_at=int(d.at[i]),
                ready_at=int(d.at[i] + d.handling[i]),
                zone=int(d.zone[i]),
                urgency=tuple(Urgency)[d.urgency[i]],
                care=tuple(Care)[d.care[i]],
                on_scene=dict(zip(Care, on_scene[i].tolist(), strict=True)),
                transported=bool(d.transported[i]),
                handover=int(d.handover[i]),
                clearing=int(d.clearing[i]),
                complaint=tuple(Complaint)[complaint[i]] if complaint[i] >= 0 else None,
                stay=int(stay[i]),
                throws=tuple(throws[i].tolist()),
                second=tuple(Care)[second[i]] if second[i] >= 0 else None,
            )

    def to_the_end(self) -> None:
        """Let everything happen, in order of time."""
        upcoming = 0
        while True:
            vehicle = min(self.fleet, key=lambda one: one.next_at, default=None)  # the first of equals
            soonest = NEVER if vehicle is None else vehicle.next_at
            entry = self.agenda[0][0] if self.agenda else NEVER
            if upcoming < len(self.requests) and self.requests[upcoming].ready_at < min(soonest, entry):
                self.is_ready(self.requests[upcoming])
                upcoming += 1
            elif entry < soonest:
                self.takes_turn(*heapq.heappop(self.agenda))
            elif vehicle is None or soonest == NEVER:
                return
            else:
                self.happens_to(vehicle, soonest)

    def takes_turn(self, now: int, turn: Turn, number: int) -> None:
        """What happens at a place, or an answer."""
        match turn:
            case Turn.ROOM_FREE:
                place = self.place_of[number]
                self.rooms[place].taken -= 1
                self.fill_rooms(place, now)
            case Turn.ROOMS_CHANGE:
                self.rooms[number].staffed = dict(self.world.places[number].rooms)[now]
                self.fill_rooms(number, now)
            case Turn.COMES:
                self.come_to_place(number, now)
            case Turn.ANSWER:
                vehicle = self.fleet[number]
                if vehicle.asked is not None and vehicle.answers_at == now:
                    self.answer(vehicle, vehicle.asked, now)

    # ------------------------------------------------------------ requests

    def is_ready(self, request: Request) -> None:
        """A request was handled, and somebody can be sent."""
        number, came, now = request.number, request.received_at, request.ready_at
        care = self.chosen_care(request, now)
        self.history += [
            e.Received(at=came, request=number, channel=Channel.PHONE, owner=0, handler=0, lead=0),
            e.Located(at=came, request=number, zone=self.world.zones[request.zone]),
            e.Triaged(at=now, request=number, urgency=request.urgency, reason=UrgencyReason.COMPLAINT),
            e.CareChosen(at=now, request=number, care=care),
        ]
        match NEEDS[care].giver:
            case Giver.CENTRE:
                self.history.append(e.Closed(at=now, request=number, reason=CloseReason.ADVICE_GIVEN))
            case Giver.PLACE:
                self.send_to_post(request, care, now)
            case Giver.UNIT:
                case = self.case_of[number] = Case(request)
                case.missions.append(Mission(case, care))
                if request.second is not None and care is request.care:
                    case.missions.append(Mission(case, request.second))
                for mission in case.missions:
                    if not self.seek(mission, now, self.policy.preempt):
                        self.line[request.urgency].append(mission)

    def chosen_care(self, request: Request, now: int) -> Care:
        """The care that the demand asks for, or the one that the region's rule and who is free give."""
        routing = self.world.routing
        if routing is None or request.complaint is None:
            return request.care
        everybody = [self.as_candidate(one, now) for one in self.fleet if not one.plan.neighbour]
        found = options(
            routing.rule(request.urgency, request.complaint),
            urgency=request.urgency,
            life_threat=None,
            reach=reach([*everybody, *self.posts(now)], self.search(request, now)),
        )
        return first_possible(found)

    def seek(self, mission: Mission, now: int, may_preempt: bool) -> bool:
        """Ask or send whom the ranking puts first, or take a unit away for an A0. Whether there was one."""
        free, ordered = self.nearest(mission, now)
        if may_preempt:
            candidates = [self.as_candidate(vehicle, now) for vehicle in self.fleet if not vehicle.plan.neighbour]
            search = self.search(mission.case.request, now)
            if taken := taken_for_a0(candidates, mission.care, search, free):
                vehicle = self.fleet[taken.provider.key]
                left = vehicle.job
                assert left is not None, "a unit that may be taken is on its way to somebody"
                self.departs_before(vehicle, now)
                self.report(e.Preempted, now, vehicle)
                left.vehicle = None
                zone = self.zone_now(vehicle, now)
                vehicle.job = None
                self.ask(vehicle, mission, zone, now, ordered=True)
                if not self.seek(left, now, False):
                    self.stand_first(left)
                return True
        if free is None:
            return False
        vehicle = self.fleet[free.provider.key]
        self.ask(vehicle, mission, self.zone_now(vehicle, now), now, ordered)
        return True

    def nearest(self, mission: Mission, now: int) -> tuple[Choice | None, bool]:
        """The first of the ranking, and whether it goes without being asked, everybody having said no."""
        request = mission.case.request
        everybody = [self.as_candidate(vehicle, now) for vehicle in self.fleet]
        own = [one for one in everybody if not self.fleet[one.key].plan.neighbour]
        for refused in (mission.refused, {}) if mission.refused else ({},):
            found = closest_idle(own, mission.care, self.search(request, now, refused))
            if found is None or found.late:
                lent = [self.first_of_lent(one, mission.care, request, now, refused) for one in everybody]
                found = min((one for one in (found, *lent) if one is not None), default=None)
            if found is not None:
                return found, bool(mission.refused) and not refused
        return None, False

    def first_of_lent(
        self, one: Candidate, care: Care, request: Request, now: int, refused: Mapping[int, DeclineReason | None]
    ) -> Choice | None:
        """The neighbours' unit as a choice, with the time that asking the neighbours takes; None for our own."""
        plan = self.fleet[one.key].plan
        if not plan.neighbour:
            return None
        return closest_idle([one], care, self.search(request, now, refused, plan.extra_ms))

    def stand_first(self, mission: Mission) -> None:
        """Wait before everybody else of this urgency."""
        mission.refused.clear()
        self.line[mission.case.request.urgency].insert(0, mission)

    def search(
        self,
        request: Request,
        now: int,
        refused: Mapping[int, DeclineReason | None] | None = None,
        extra_ms: int = 0,
    ) -> Search:
        """For whom somebody is sought, as the desk would ask."""
        norm = self.world.norm_ms[request.urgency]
        due = Due(request.received_at + norm, norm)
        return Search(
            terms=self.terms(now, extra_ms),
            now=now,
            point=at_zone(request.zone),
            request=request.number,
            urgency=request.urgency,
            ambulance_urgency=self.world.class_of[request.urgency],
            response=due,
            waiting=due,
            unit_refusals=refused or {},
        )

    def terms(self, now: int, extra_ms: int = 0) -> Terms:
        """What the region has agreed on, and the ways at this hour."""
        pace = self.world.pace_at(now)
        if (pace, extra_ms) not in self.known_terms:
            self.known_terms[pace, extra_ms] = Terms(
                travel=Ways(self.world, pace),
                position_shelf_life_ms=DAY,
                turn_out_ms=self.world.turn_out_ms + extra_ms,
                margin_ms=self.world.margin_ms,
                useful_ms=dict.fromkeys(Urgency, NEVER),  # whoever comes late comes all the same
                jobs_at_once={},
            )
        return self.known_terms[pace, extra_ms]

    def as_candidate(self, vehicle: Vehicle, now: int) -> Candidate:
        """The unit as the desk sees it at this moment."""
        jobs: tuple[Job, ...] = ()
        mission = vehicle.asked or vehicle.job
        if mission is not None:
            status = DeploymentStatus.ON_SCENE
            if vehicle.asked is not None:
                status = DeploymentStatus.OFFERED
            elif vehicle.doing is Doing.TO_SCENE:
                status = DeploymentStatus.UNDER_WAY
            request = mission.case.request
            jobs = (Job(request.number, mission.care, self.world.class_of[request.urgency], status, None),)
        base = at_zone(int(self.world.bases[vehicle.plan.home]))
        return Candidate(
            key=vehicle.number,
            callsign=f"{vehicle.number:05}",
            kind=vehicle.plan.kind,
            organisation=int(vehicle.plan.neighbour),
            status=UnitStatus.OFF_DUTY if vehicle.doing is Doing.OFF else UnitStatus.ON_DUTY,
            base=base,
            until=vehicle.until,
            position=at_zone(self.zone_now(vehicle, now)),
            positioned_at=now,
            offers_open=int(vehicle.asked is not None),
            jobs_open=len(jobs) - int(vehicle.asked is not None),
            jobs=jobs,
            crew=tuple(Member(i, held) for i, held in enumerate(usual_crew(vehicle.plan.kind))),
            takes_requests=True,
        )

    def zone_now(self, vehicle: Vehicle, now: int) -> int:
        """The zone that a unit is in."""
        if vehicle.doing in (Doing.RETURNING, Doing.TO_SCENE):
            return self.world.underway(vehicle.start, vehicle.end, now - vehicle.left_at, vehicle.way)
        return vehicle.start

    # ------------------------------------------------------------ places

    def posts(self, now: int) -> list[PlaceCandidate]:
        """The places as the desk sees them: open or not, and nothing known of who waits there."""
        return [
            PlaceCandidate(
                key=number,
                name=f"{number:05}",
                kind=place.kind,
                organisation=0,
                point=at_zone(place.zone),
                shelf_life=0,
                open_now=place.is_open(now),
            )
            for number, place in enumerate(self.world.places)
        ]

    def send_to_post(self, request: Request, care: Care, now: int) -> None:
        """The patient goes to a place by itself: the first of the ranking, else the one that opens first."""
        search, here = self.search(request, now), at_zone(request.zone)
        can = rank(self.posts(now), care, search).can
        comes = now
        if can:
            place = can[0].provider.key
        else:
            closed = [
                (one.opens_at(now), search.terms.travel.between(at_zone(one.zone), here, False), number)
                for number, one in enumerate(self.world.places)
                if one.kind in NEEDS[care].places and one.opens_at(now) < NEVER
            ]
            if not closed:
                return
            comes, _, place = min(closed)
        way = search.terms.travel.between(here, at_zone(self.world.places[place].zone), False)
        arrives = max(now + way, comes)
        deployment = self.deployments
        self.deployments += 1
        self.history.append(
            e.Offered(
                at=now,
                deployment=deployment,
                request=request.number,
                unit=None,
                place=place,
                care=care,
                partner=0,
                reply_by=now,
            )
        )
        for kind, at in ((e.Accepted, now), (e.Departed, arrives - way), (e.ReachedDestination, arrives)):
            self.history.append(kind(at=at, deployment=deployment, request=request.number, unit=None, place=place))
        self.visits[request.number] = deployment, request.on_scene[care]
        self.place_of[request.number] = place
        heapq.heappush(self.agenda, (arrives, Turn.COMES, request.number))

    def come_to_place(self, patient: int, now: int) -> None:
        """A patient is there, and waits for a room."""
        place = self.place_of[patient]
        if patient < len(self.demand):
            urgency = tuple(Urgency)[self.demand.urgency[patient]]
        else:
            urgency = tuple(Urgency)[self.demand.beside.urgency[patient - len(self.demand)]]
        self.rooms[place].line[urgency].append(patient)
        self.fill_rooms(place, now)

    def fill_rooms(self, place: int, now: int) -> None:
        """Let whoever waits into the rooms that are free."""
        while (patient := self.rooms[place].next_patient()) is not None:
            stay = self.in_room(patient, now)
            heapq.heappush(self.agenda, (now + stay, Turn.ROOM_FREE, patient))

    def in_room(self, patient: int, now: int) -> int:
        """A patient has a room; how long for."""
        if patient >= len(self.demand):
            return int(self.demand.beside.stay[patient - len(self.demand)])
        if patient in self.visits:
            deployment, stay = self.visits[patient]
            place = self.place_of[patient]
            for kind, at in ((e.Arrived, now), (e.Cleared, now + stay)):
                self.history.append(kind(at=at, deployment=deployment, request=patient, unit=None, place=place))
            self.history.append(e.Closed(at=now + stay, request=patient, reason=CloseReason.CARE_GIVEN))
            return stay
        self.hand_over(self.carrier[patient], now)
        return self.case_of[patient].request.stay

    # ------------------------------------------------------------ units

    def ask(self, vehicle: Vehicle, mission: Mission, zone: int, now: int, ordered: bool) -> None:
        """Ask a unit, in the zone that it is in, or send it where it cannot say no."""
        request = mission.case.request
        answer = None if ordered else self.world.answers.get(vehicle.plan.kind)
        reply_by = now + (answer.reply_ms if answer else 0)
        need = NEEDS[mission.care]
        self.history.append(
            e.Offered(
                at=now,
                deployment=self.deployments,
                request=request.number,
                unit=vehicle.number,
                place=None,
                care=mission.care,
                partner=int(vehicle.plan.neighbour),
                reply_by=reply_by,
                ambulance_urgency=self.world.class_of[request.urgency] if need.ambulance else None,
            )
        )
        vehicle.deployment = self.deployments
        self.deployments += 1
        mission.vehicle = vehicle
        if answer is None:
            self.go(vehicle, mission, zone, now)
            return
        case = mission.case
        vehicle.says_no = case.asked < len(request.throws) and request.throws[case.asked] < answer.declines
        case.asked += 1
        vehicle.asked, vehicle.answers_at = mission, reply_by
        heapq.heappush(self.agenda, (reply_by, Turn.ANSWER, vehicle.number))

    def answer(self, vehicle: Vehicle, mission: Mission, now: int) -> None:
        """A unit that was asked says yes or no."""
        vehicle.asked = None
        gone_home = vehicle.doing is Doing.OFF
        if not vehicle.says_no and not gone_home:
            self.go(vehicle, mission, self.zone_now(vehicle, now), now)
            return
        mission.vehicle = None
        self.report(e.Declined, now, vehicle, mission, reason=DeclineReason.NO_CAPACITY)
        if not gone_home:
            mission.refused[vehicle.number] = DeclineReason.NO_CAPACITY
        if not self.seek(mission, now, self.policy.preempt):
            self.stand_first(mission)
        self.is_free_again(vehicle, now)

    def is_free_again(self, vehicle: Vehicle, now: int) -> None:
        """A unit that was reserved and is not wanted looks whether somebody came to the line meanwhile."""
        if vehicle.doing in (Doing.IDLE, Doing.RETURNING) and vehicle.asked is None:
            self.serve_line(vehicle, now)

    def go(self, vehicle: Vehicle, mission: Mission, zone: int, now: int) -> None:
        """A unit goes to a patient, from the zone that it is in."""
        vehicle.job = mission
        self.report(e.Accepted, now, vehicle)
        vehicle.doing = Doing.TO_SCENE
        vehicle.post = None
        vehicle.left_at = now + self.world.turn_out_ms + vehicle.plan.extra_ms
        request = mission.case.request
        self.drive(vehicle, zone, request.zone, self.search(request, now).with_signals(mission.care), now)

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
            case Doing.ON_SCENE:
                self.leave_scene(vehicle, now)
            case Doing.TRANSPORTING:
                self.reach_department(vehicle, now)
            case Doing.BUSY:
                self.become_free(vehicle, now)

    def wait_at_base(self, vehicle: Vehicle, now: int) -> None:
        """A unit is at a base, until its shift ends."""
        vehicle.doing = Doing.IDLE
        vehicle.next_at = vehicle.until
        if vehicle.until <= now:
            self.end_shift(vehicle, now)

    def arrive(self, vehicle: Vehicle, now: int) -> None:
        """A unit is with the patient; the first to come begins."""
        assert vehicle.job is not None, "who arrives was sent"
        case = vehicle.job.case
        self.report(e.Departed, vehicle.left_at, vehicle)
        self.report(e.Arrived, now, vehicle)
        vehicle.start = vehicle.end
        vehicle.doing = Doing.ON_SCENE
        if case.done_at is None:
            case.done_at = now + case.request.on_scene[case.missions[0].care]
        vehicle.next_at = max(now, case.done_at)

    def leave_scene(self, vehicle: Vehicle, now: int) -> None:
        """The patient can leave: with this unit, with another one, or needs nobody any more."""
        mission = vehicle.job
        assert mission is not None, "who is on scene was sent"
        case = mission.case
        if not self.is_taken_along(case):
            self.is_done(vehicle, now)
            self.release_others(mission, now, along=False)
        elif not vehicle.can_transport:
            vehicle.next_at = NEVER  # until the other takes the patient along
        else:
            request = case.request
            case.reason = CloseReason.HANDED_OVER
            vehicle.place, zone = self.department_for(request, now)
            self.report(e.TransportStarted, now, vehicle)
            vehicle.doing = Doing.TRANSPORTING
            vehicle.left_at = now
            self.drive(vehicle, request.zone, zone, self.search(request, now).with_signals(mission.care), now)
            self.release_others(mission, now, along=True)

    def is_taken_along(self, case: Case) -> bool:
        """Whether the patient goes to a department: if that was drawn, there is one, and one of the units can."""
        request = case.request
        somewhere = self.world.departments or self.world.hospital_of[request.zone] >= 0
        return bool(somewhere) and request.transported and any(NEEDS[one.care].transports for one in case.missions)

    def department_for(self, request: Request, now: int) -> tuple[int | None, int]:
        """The department that the patient is taken to, and its zone. None: a hospital without rooms to wait for."""
        if not self.world.departments:
            return None, int(self.world.hospital_of[request.zone])
        found = [
            Department(
                int(self.world.signals_ms[request.zone, self.world.places[number].zone]),
                number,
                self.world.places[number].is_open(now),
                self.rooms[number].asks_elsewhere(now),
            )
            for number in self.world.departments
        ]
        place = destination(found, self.world.class_of[request.urgency], self.world.stop_rule)
        return place, self.world.places[place].zone

    def release_others(self, mission: Mission, now: int, along: bool) -> None:
        """Nobody else is needed: the line, an offer and a unit on its way are called off."""
        for other in mission.case.missions:
            if other is mission or other.is_over:
                continue
            vehicle = other.vehicle
            if vehicle is None:
                self.line[mission.case.request.urgency].remove(other)
                self.ends(other, now)
            elif vehicle.asked is other:
                vehicle.asked = None
                self.report(e.OfferWithdrawn, now, vehicle, other, reason=CancelReason.NO_LONGER_NEEDED)
                self.ends(other, now)
                self.is_free_again(vehicle, now)
            elif vehicle.doing is Doing.TO_SCENE:
                self.departs_before(vehicle, now)
                self.report(e.Cancelled, now, vehicle, reason=CancelReason.NO_LONGER_NEEDED)
                self.ends(other, now)
                vehicle.start = self.zone_now(vehicle, now)
                self.become_free(vehicle, now)
            elif along:
                self.is_done(vehicle, now)

    def is_done(self, vehicle: Vehicle, now: int) -> None:
        """A unit leaves the scene without the patient."""
        mission = vehicle.job
        assert mission is not None, "who is on scene was sent"
        done = now + mission.case.request.clearing
        self.report(e.Cleared, done, vehicle)
        self.ends(mission, done)
        vehicle.doing = Doing.BUSY
        vehicle.next_at = done

    def reach_department(self, vehicle: Vehicle, now: int) -> None:
        """A unit is at the department with the patient, and waits for a room where there is a queue."""
        mission = vehicle.job
        assert mission is not None, "who brings a patient was sent"
        self.report(e.ReachedDestination, now, vehicle)
        vehicle.start = vehicle.end
        if vehicle.place is None:
            self.hand_over(vehicle, now)
            return
        patient = mission.case.request.number
        vehicle.doing = Doing.WAITING_FOR_ROOM
        vehicle.next_at = NEVER
        self.carrier[patient] = vehicle
        self.place_of[patient] = vehicle.place
        self.come_to_place(patient, now)

    def hand_over(self, vehicle: Vehicle, now: int) -> None:
        """The patient is handed over, and the unit cleared."""
        mission = vehicle.job
        assert mission is not None, "who brings a patient was sent"
        done = now + mission.case.request.handover
        self.report(e.HandedOver, done, vehicle)
        done += mission.case.request.clearing
        self.report(e.Cleared, done, vehicle)
        self.ends(mission, done)
        vehicle.doing = Doing.BUSY
        vehicle.next_at = done

    def ends(self, mission: Mission, at: int) -> None:
        """One unit's part is over, and with the last of them the request."""
        case = mission.case
        mission.is_over = True
        case.ended_at = max(case.ended_at, at)
        if all(one.is_over for one in case.missions):
            self.history.append(e.Closed(at=case.ended_at, request=case.request.number, reason=case.reason))

    def become_free(self, vehicle: Vehicle, now: int) -> None:
        """A unit is done: the first in line, else the base that the policy names, else home after the shift."""
        vehicle.job = vehicle.place = None
        vehicle.doing = Doing.BUSY
        base = vehicle.plan.home
        if vehicle.until > now:
            self.serve_line(vehicle, now)
            if vehicle.doing is Doing.TO_SCENE:
                return
            if self.is_moved(vehicle):
                base = self.policy.relocation.base_for(Free(vehicle.start, base), self.waiting())
            vehicle.post = base
        vehicle.doing = Doing.RETURNING
        vehicle.left_at = now
        self.drive(vehicle, vehicle.start, int(self.world.bases[base]), False, now)

    def serve_line(self, vehicle: Vehicle, now: int) -> None:
        """Ask or send a unit for the first in line for whom it can go."""
        # As who has nothing in hand: a unit that is done is a candidate again.
        candidate = self.as_candidate(vehicle, now)
        for urgency in Urgency:
            for mission in self.line[urgency]:
                search = self.search(mission.case.request, now, mission.refused, vehicle.plan.extra_ms)
                if why_not_send(candidate, mission.care, search) is None:
                    self.line[urgency].remove(mission)
                    self.ask(vehicle, mission, self.zone_now(vehicle, now), now, ordered=False)
                    return

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
        """Whether the policy of relocation is about this unit: our own, that can give ALS care."""
        als = bool(self.world.cost[vehicle.number, tuple(Care).index(Care.ALS)] >= 0)
        return als and not vehicle.plan.neighbour

    def waiting(self) -> list[int]:
        """How many free units are at each base, or on their way to it."""
        posts = [vehicle.post for vehicle in self.fleet if self.is_moved(vehicle)]
        return [posts.count(base) for base in range(len(self.world.bases))]

    def drive(self, vehicle: Vehicle, start: int, end: int, signals: bool, now: int) -> None:
        """Set a unit on its way at the pace of this hour; it leaves at `left_at`."""
        vehicle.start, vehicle.end = start, end
        vehicle.way = self.terms(now).travel.between(at_zone(start), at_zone(end), signals)
        vehicle.next_at = vehicle.left_at + vehicle.way

    def departs_before(self, vehicle: Vehicle, now: int) -> None:
        """A unit that is called off or taken away has left, if its turn-out was over."""
        if now >= vehicle.left_at:
            self.report(e.Departed, vehicle.left_at, vehicle)

    def report(
        self,
        kind: type[e.DeploymentEvent],
        at: int,
        vehicle: Vehicle,
        mission: Mission | None = None,
        **facts: DeclineReason | CancelReason,
    ) -> None:
        """A report of a crew about its job, or about what it was asked."""
        mission = mission or vehicle.job
        assert mission is not None, "who reports has a job"
        self.history.append(
            kind(
                at=at,
                deployment=vehicle.deployment,
                request=mission.case.request.number,
                unit=vehicle.number,
                place=vehicle.place,
                **facts,
            )
        )


def play(world: World, demand: Demand, policy: Policy, *, until: int | None = None) -> EventLog:
    """Let the fleet meet the demand under this policy. The log's period ends at `until`, or where everything does."""
    run = Run(world, demand, policy)
    run.to_the_end()
    return EventLog.of(run.history, since=0, until=until, zones=world.zones)
