"""Demand: when somebody calls for care, through which channel, where, how urgent and what for.

A Poisson stream per kind of care with the rates of the region's file, constant within each hour. Simple on purpose:
the planning room brings better demand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schakel.accounts.models import Organisation
from schakel.demo.complaints import BY_URGENCY
from schakel.demo.patients import Patient
from schakel.demo.world import World
from schakel.domain import events as e
from schakel.domain.durations import HOUR
from schakel.domain.region import HourlyWeights, Region
from schakel.domain.states import RequestStatus
from schakel.domain.vocabulary import AmbulanceUrgency, Channel, Complaint, OrganisationKind, Urgency
from schakel.operations import journal
from schakel.operations.actions import care_request
from schakel.operations.models import CareRequest

_C = Channel


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of demand."""

    name: str
    per_year: float
    hours: HourlyWeights
    urgency: Mapping[Urgency, float]
    channel: Mapping[Channel, float]
    complaint: Complaint | None = None


#: How long a caller by telephone waits before hanging up: log-normal, the median in seconds.
PATIENCE_S = 240
#: Share of the callers who call again about the same patient before anybody is there.
SECOND_CALLS = 0.04
#: Share of the accidents that somebody else reports as well.
TWICE_REPORTED = 0.15
#: Share of those who need a GP that call a post of their own region while it is open and not in the room of the centre.
OWN_LINE = 0.15
#: Share of the calls that are lost half-way.
LOST_LINES = 0.015


class Callers:
    """Everybody who calls."""

    def __init__(self, world: World, share: float = 1.0) -> None:
        self.world = world
        self.share = share
        self.streams = streams(world.region)
        posts = Organisation.objects.filter(kind=OrganisationKind.HAP.value).order_by("pk").values_list("code", "pk")
        self.posts = {code: pk for code, pk in posts if code in world.region.organisation}
        self.again: dict[int, int] = {}  # a second call by the request it is about
        world.when(self._answered, e.Answered)
        world.when(self._triaged, e.Triaged)

    def begin(self) -> None:
        for stream in self.streams:
            self._plan(stream)
        for pk in (
            CareRequest.objects.filter(status=RequestStatus.RINGING.value).order_by("pk").values_list("pk", flat=True)
        ):
            self.world.later(self.world.chance.about(PATIENCE_S), self._hang_up, pk)

    def per_hour(self, at: int) -> float:
        """How many are expected in the hour around this moment."""
        return self.share * expected(self.world.region, at)

    def _plan(self, stream: Stream) -> None:
        """Draw the next of a stream. Beyond the hour its rate is another, so it is drawn again there."""
        world = self.world
        next_hour = (world.now // HOUR + 1) * HOUR
        rate = self.share * world.region.per_hour(stream.hours, stream.per_year, world.now)
        when = world.now + world.chance.gap(rate) if rate > 0 else next_hour
        if when >= next_hour:
            world.at(next_hour, self._plan, stream)
        else:
            world.at(when, self._arrive, stream)

    def _arrive(self, stream: Stream) -> None:
        world, chance = self.world, self.world.chance
        self._plan(stream)
        urgency = chance.weighed(stream.urgency)
        complaint = stream.complaint or chance.weighed(BY_URGENCY[urgency])
        channel = chance.weighed(stream.channel)
        today = world.region.calendar.day(world.now)
        patient = world.patients.one(urgency, complaint, today, professional=channel is not Channel.PHONE)
        request = self._ring(channel, patient, self._line(stream, patient))
        if request and complaint is Complaint.GENERAL_TRAUMA and chance.happens(TWICE_REPORTED):
            world.later(chance.between(60, 600), self._call_again, int(request))

    def _line(self, stream: Stream, patient: Patient) -> int | None:
        """Whose line rings: some who need a GP call the post of their own part of the region instead of the centre."""
        region, now = self.world.region, self.world.now
        if stream.name != "hap":
            return None
        for code, post in self.posts.items():
            if patient.zone.subregion in region.organisation[code].subregions:
                alone = region.is_open(code, now) and region.sits_in(code, now) is None
                return post if not alone or self.world.chance.happens(OWN_LINE) else None
        return None

    def _ring(self, channel: Channel, patient: Patient, line: int | None = None) -> int | bool:
        world = self.world
        callback = patient.telephone if channel is Channel.PHONE else ""
        request = world.act(care_request.ring, by=None, channel=channel, callback=callback, line=line)
        if request:
            world.patient_of[int(request)] = patient
            if channel is Channel.PHONE:
                world.later(world.chance.about(PATIENCE_S), self._hang_up, request)
        return request

    def _hang_up(self, request: int) -> None:
        if _status(request) is RequestStatus.RINGING:
            self.world.act(care_request.miss, by=None, request=request)

    def _answered(self, told: journal.Recorded) -> None:
        assert isinstance(told.event, e.Answered)
        chance = self.world.chance
        if chance.happens(LOST_LINES):
            self.world.later(chance.between(20, 80), self._lose, told.event.request)

    def _lose(self, request: int) -> None:
        if _status(request) is RequestStatus.RECEIVED:
            self.world.act(care_request.drop, by=None, request=request)

    def _triaged(self, told: journal.Recorded) -> None:
        """Some call again while they wait."""
        assert isinstance(told.event, e.Triaged)
        chance, request = self.world.chance, told.event.request
        if request in self.world.patient_of and told.event.urgency.rank <= 3 and chance.happens(SECOND_CALLS):
            self.world.later(chance.between(300, 1500), self._call_again, request)

    def _call_again(self, request: int) -> None:
        if _status(request) in (RequestStatus.RECEIVED, RequestStatus.TRIAGED):
            again = self._ring(Channel.PHONE, self.world.patient_of[request])
            if again:
                self.again[int(again)] = request


def _status(request: int) -> RequestStatus:
    return CareRequest.objects.values_list("status", flat=True).get(pk=request)


def expected(region: Region, at: int) -> float:
    """How many call in the hour around this moment."""
    return sum(region.per_hour(stream.hours, stream.per_year, at) for stream in streams(region))


def streams(region: Region) -> list[Stream]:
    """All demand of a region."""
    demand = region.demand
    ambulance = demand.ambulance_per_year
    by_112 = {_C.MKA: 70, _C.PROFESSIONAL: 15, _C.PHONE: 15}
    planned = {_C.PROFESSIONAL: 90, _C.HAP: 10}
    classes = [
        Stream(
            urgency.value,
            ambulance[urgency],
            demand.urgent_hours if urgency.value[0] == "A" else demand.planned_hours,
            {Urgency[f"U{number}"]: 1},
            by_112 if urgency.value[0] == "A" else planned,
        )
        for number, urgency in enumerate(AmbulanceUrgency)
    ]
    return [
        *classes,
        Stream("hap", demand.hap_per_year, demand.hap_hours, demand.hap_urgency_share, {_C.PHONE: 85, _C.HAP: 15}),
        Stream(
            "crisis",
            demand.crisis_per_year,
            demand.crisis_hours,
            demand.crisis_urgency_share,
            {_C.PHONE: 45, _C.PROFESSIONAL: 40, _C.MKA: 15},
            Complaint.PSYCHIATRIC,
        ),
        Stream(
            "nurse",
            demand.district_nurse_per_year,
            demand.urgent_hours,
            {Urgency.U3: 60, Urgency.U4: 40},
            {_C.PHONE: 40, _C.PROFESSIONAL: 60},
            Complaint.CARE_AT_HOME,
        ),
    ]
