"""Who and what takes part in a run of the reference engine: requests, what units are wanted for, and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple

from schakel.domain.fitting_care import CAN_TRANSPORT
from schakel.domain.vocabulary import Care, CloseReason, Complaint, DeclineReason, Urgency
from schakel.indicators.log import NEVER
from schakel.planning.world import Unit


class Doing(Enum):
    """What a unit is doing."""

    OFF = "off"
    IDLE = "idle"
    RETURNING = "returning"
    TO_SCENE = "to_scene"
    ON_SCENE = "on_scene"
    TRANSPORTING = "transporting"
    WAITING_FOR_ROOM = "waiting_for_room"
    BUSY = "busy"


class Turn(IntEnum):
    """What comes first of that which happens at one moment, besides what happens to units."""

    ROOM_FREE = 0
    ROOMS_CHANGE = 1
    COMES = 2
    ANSWER = 3


class Request(NamedTuple):
    """One request of the demand, as the desk has it."""

    number: int
    received_at: int
    ready_at: int
    zone: int
    urgency: Urgency
    care: Care
    on_scene: Mapping[Care, int]
    transported: bool
    handover: int
    clearing: int
    complaint: Complaint | None
    stay: int
    throws: tuple[int, ...]
    second: Care | None


@dataclass(eq=False)
class Mission:
    """What one unit is wanted for: a kind of care for a patient. vehicle: who goes or is asked."""

    case: Case
    care: Care
    vehicle: Vehicle | None = None
    refused: dict[int, DeclineReason | None] = field(default_factory=dict)
    is_over: bool = False


@dataclass(eq=False)
class Case:
    """A request during a run. done_at: when the patient can leave or needs nobody more, once somebody has come."""

    request: Request
    missions: list[Mission] = field(default_factory=list)
    asked: int = 0
    done_at: int | None = None
    ended_at: int = 0
    reason: CloseReason = CloseReason.CARE_GIVEN


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
    job: Mission | None = None
    deployment: int = -1
    place: int | None = None
    asked: Mission | None = None
    answers_at: int = 0
    says_no: bool = False

    @property
    def can_transport(self) -> bool:
        """Whether it can take a patient along."""
        return self.plan.kind in CAN_TRANSPORT
