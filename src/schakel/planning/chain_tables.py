"""What the fast engine of the whole chain works on: tables from a world, a demand and a policy; and the log.

A *mission* is one unit's part in a request: number r for the first unit of request r, n + r for the second of n
requests. A *patient* is a request, or n + i for the i-th who comes to a place by itself.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schakel.domain import events as e
from schakel.domain.fitting_care import NEEDS, Giver
from schakel.domain.vocabulary import (
    AmbulanceUrgency,
    CancelReason,
    Care,
    Channel,
    CloseReason,
    DeclineReason,
    Urgency,
    UrgencyReason,
)
from schakel.indicators.log import CODE, NONE, EventLog
from schakel.planning import kernel
from schakel.planning.demand import Demand
from schakel.planning.kernel import OFF, URGENCIES
from schakel.planning.policies import Policy
from schakel.planning.world import THOUSAND, World

# What a unit is doing, beside what the kernel knows.
BUSY, ON_SCENE, TRANSPORTING, WAITING_FOR_ROOM = 4, 5, 6, 7

# By whom a kind of care is given.
BY_UNIT, BY_PLACE, BY_CENTRE = range(3)

# What comes first of that which happens at one moment, besides what happens to units.
ROOM_FREE, ROOMS_CHANGE, COMES, ANSWER = range(4)

DECLINED, WITHDRAWN, CANCELLED = CODE[e.Declined], CODE[e.OfferWithdrawn], CODE[e.Cancelled]

ADVICE_GIVEN, CARE_GIVEN, TO_HOSPITAL = (
    tuple(CloseReason).index(one) for one in (CloseReason.ADVICE_GIVEN, CloseReason.CARE_GIVEN, CloseReason.HANDED_OVER)
)
CARES = len(Care)

#: Added to the care of an offer that awaits an answer.
WITH_REPLY = 64

#: The most rows of a request by itself, of a job, of one that is taken away, and of an offer that comes to nothing.
ROWS_OF_REQUEST, ROWS_OF_JOB, ROWS_OF_PREEMPTION, ROWS_OF_REFUSAL = 5, 8, 4, 2

#: How far the two parts of an entry of the agenda are apart.
TURN = 1 << 32


def table(size: int | tuple[int, ...], columns: str, **known: Any) -> Any:
    """Rows of whole numbers with a name for each column; what is not known is 0.

    Everything stands in few tables rather than in many arrays: what a compiled function is handed is copied word by
    word, and a hundred arrays took minutes to compile.
    """
    found = np.zeros(size, dtype=np.dtype([(name, np.int64) for name in columns.split()]))
    for name, values in known.items():
        found[name] = values
    return found


class Chain(NamedTuple):
    """What does not change during a run: demand, world and policy as tables and arrays."""

    calls: Any  # by request
    patients: Any  # by patient
    line: Any  # requests in the order in which they are ready
    throws: Any
    on_scene_of: Any  # by request and care
    levels: Any  # by urgency
    kinds: Any  # by care: by whom it is given, and whether the unit can take the patient along
    fitting: Any  # by urgency and complaint the kinds of care, -1 after the last
    units: Any
    cost: Any  # by unit and care
    signals: Any  # by urgency and care
    zones: Any
    ways: Any  # without and with signals
    map_zone: Any
    bases: Any
    posts: Any  # by place; its hours, stops and rooms are rows of `spans`
    place_fits: Any  # by care and place
    spans: Any  # from and until, or a moment and a number; also the shifts of units
    reach_starts: Any
    reach: Any
    worth: Any
    wanted: Any
    pace: Any
    pace_from: int
    west: int
    south: int
    cell: int
    turn_out: int
    margin: int
    detour: int
    requests: int
    relocation: int
    preempt: bool
    any_neighbour: bool
    any_department: bool


class State(NamedTuple):
    """What every unit is doing, what has become of every request, and who is in every place."""

    units: Any
    missions: Any
    refused: Any  # by mission, the units that said no
    cases: Any  # by request
    patients: Any  # in which place, and behind whom
    posts: Any  # by place
    queues: Any  # by place and urgency, the first and last patient who waits for a room
    line: Any  # by urgency, the first and last mission
    bases: Any
    merged: Any  # by merged zone, how many free units in reach, and what one more is worth
    agenda: Any
    size: Any  # of the agenda


class Rows(NamedTuple):
    """The log as it is written. fact: the care of an offer or choice, the reason of a closing."""

    of: Any
    filled: Any  # how many rows, and how many deployments


ROW = np.dtype(
    [
        ("at", np.int64),
        ("request", np.int32),
        ("deployment", np.int32),
        ("unit", np.int16),
        ("place", np.int16),
        ("fact", np.int16),
        ("kind", np.int16),
    ]
)


class Prepared(NamedTuple):
    """All that a run needs."""

    given: Chain
    state: State
    rows: Rows


def prepared(world: World, demand: Demand, policy: Policy) -> Prepared:
    """Tables for a run: what is given, everybody off duty, and room for as many rows as there can be."""
    plain = kernel.arrays_of(world, demand, policy)
    given = _given(plain, world, demand)
    size, seconds = len(demand), int((demand.whole("second") >= 0).sum())
    jobs, shifts = size + seconds, len(plain.shifts)
    taken_away = 2 * int(plain.is_a0[demand.urgency].sum()) if policy.preempt else 0
    refusals = given.throws.shape[1] * size + shifts + seconds if world.answers else 0
    most = ROWS_OF_REQUEST * size + ROWS_OF_JOB * jobs + ROWS_OF_PREEMPTION * taken_away
    most += ROWS_OF_REFUSAL * refusals + 2 * shifts
    state = _state(given, plain, world, demand, jobs + taken_away + refusals if world.answers else 0)
    return Prepared(given, state, Rows(np.empty(most, dtype=ROW), np.zeros(2, dtype=np.int64)))


def _given(plain: kernel.Given, world: World, demand: Demand) -> Chain:
    beside, units, size = demand.beside, len(world.fleet), len(demand)
    answers = [world.answers.get(unit.kind) for unit in world.fleet]
    spans = [[unit.shifts for unit in world.fleet]]
    spans += [[getattr(place, name) for place in world.places] for name in ("hours", "stops", "rooms")]
    pairs = [pair for each in spans for one in each for pair in one]
    ends = np.cumsum([0, *(len(one) for each in spans for one in each)])
    shifts, hours, stops, rooms = np.split(
        np.column_stack([ends[:-1], ends[1:]]), np.cumsum([len(each) for each in spans])[:-1]
    )
    givers = (Giver.UNIT, Giver.PLACE, Giver.CENTRE)
    neighbour = np.array([unit.neighbour for unit in world.fleet], dtype=np.bool_)
    return Chain(
        calls=table(
            size,
            "at ready zone care transported handover clearing complaint second",
            **{name: getattr(plain, name) for name in ("at", "ready", "zone", "care", "transported", "handover")},
            clearing=plain.clearing,
            complaint=demand.whole("complaint") if world.routing is not None else -1,
            second=demand.whole("second"),
        ),
        patients=table(
            size + len(beside),
            "urgency stay",
            urgency=np.concatenate([demand.urgency, beside.urgency]),
            stay=np.concatenate([demand.whole("stay"), beside.stay]),
        ),
        line=plain.line,
        throws=demand.whole("throws"),
        on_scene_of=demand.whole("on_scene_of"),
        levels=table(
            len(Urgency),
            "norm is_a0 obeys",
            norm=plain.norm,
            is_a0=plain.is_a0,
            obeys=[world.class_of[urgency] in world.stop_rule.obeyed for urgency in Urgency],
        ),
        kinds=table(
            len(Care),
            "giver transports",
            giver=[givers.index(NEEDS[care].giver) for care in Care],
            transports=[NEEDS[care].transports for care in Care],
        ),
        fitting=world.fitting,
        units=table(
            units,
            "home takes_along moves neighbour extra declines reply shifts_end",
            home=plain.home,
            takes_along=plain.takes_along,
            moves=plain.moves & ~neighbour,
            neighbour=neighbour,
            extra=[unit.extra_ms for unit in world.fleet],
            declines=[one.declines if one else -1 for one in answers],
            reply=[one.reply_ms if one else 0 for one in answers],
            shifts_end=shifts[:, 1],
        ),
        cost=plain.cost,
        signals=plain.signals,
        zones=table(len(world.x), "x y hospital", x=world.x, y=world.y, hospital=world.hospital_of),
        ways=plain.ways,
        map_zone=plain.map_zone,
        bases=plain.bases,
        posts=table(
            len(world.places),
            "zone full_at is_department hours hours_end stops stops_end rooms",
            zone=[place.zone for place in world.places],
            full_at=[place.full_at for place in world.places],
            is_department=[number in world.departments for number in range(len(world.places))],
            hours=hours[:, 0],
            hours_end=hours[:, 1],
            stops=stops[:, 0],
            stops_end=stops[:, 1],
            rooms=rooms[:, 0],
        ),
        place_fits=np.array(
            [[place.kind in NEEDS[care].places for place in world.places] for care in Care], dtype=np.bool_
        ).reshape(len(Care), len(world.places)),
        spans=np.array(pairs, dtype=np.int64).reshape(-1, 2),
        reach_starts=plain.reach_starts,
        reach=plain.reach,
        worth=plain.worth,
        wanted=plain.wanted,
        pace=np.array(world.pace or (THOUSAND,), dtype=np.int64),
        pace_from=world.pace_from,
        west=plain.west,
        south=plain.south,
        cell=plain.cell,
        turn_out=plain.turn_out,
        margin=plain.margin,
        detour=world.stop_rule.detour_ms,
        requests=size,
        relocation=plain.relocation,
        preempt=plain.preempt,
        any_neighbour=bool(neighbour.any()),
        any_department=bool(world.departments),
    )


def _state(g: Chain, plain: kernel.Given, world: World, demand: Demand, asked: int) -> State:
    """Everybody off duty and nobody in line; on the agenda the rooms of every place, and who comes by themselves."""
    units, size, places, beside = len(world.fleet), len(demand), len(world.places), demand.beside
    fleet = kernel.fleet_of(plain)
    changes = [(since, number) for number, place in enumerate(world.places) for since, _ in place.rooms]
    at = np.concatenate([np.array([since for since, _ in changes], dtype=np.int64), beside.at])
    what = np.concatenate(
        [
            np.array([ROOMS_CHANGE * TURN + number for _, number in changes], dtype=np.int64),
            COMES * TURN + size + np.arange(len(beside)),
        ]
    )
    order = np.lexsort([what, at])  # what stands in order is a heap
    agenda = table(len(order) + size + places + asked + 1, "at what")
    agenda["at"][: len(order)], agenda["what"][: len(order)] = at[order], what[order]
    return State(
        units=table(
            units,
            "status next_at start end left_at whole until shift post job deployment place asked answers_at says_no",
            status=OFF,
            **{name: getattr(fleet, name) for name in ("next_at", "start", "end", "shift", "post")},
            job=-1,
            place=-1,
            asked=-1,
        ),
        missions=table(2 * g.requests, "care unit over refusals behind", care=-1, unit=-1, behind=-1),
        refused=np.full((2 * g.requests, g.throws.shape[1]), -1, dtype=np.int64),
        cases=table(
            size,
            "offers done_at ended_at left reason visit carrier",
            done_at=-1,
            reason=CARE_GIVEN,
            visit=-1,
            carrier=-1,
        ),
        patients=table(
            size + len(beside), "place after", place=np.concatenate([np.full(size, -1), beside.place]), after=-1
        ),
        posts=table(
            places,
            "staffed taken in_line step hours stops",
            step=g.posts["rooms"],
            hours=g.posts["hours"],
            stops=g.posts["stops"],
        ),
        queues=table((places, URGENCIES), "first last", first=-1, last=-1),
        line=table(URGENCIES, "head tail", head=-1, tail=-1),
        bases=table(len(g.bases), "waiting"),
        merged=table(len(g.worth), "in_reach gain", gain=g.worth[:, 0]),
        agenda=agenda,
        size=np.array([len(order)], dtype=np.int64),
    )


def log_of(world: World, demand: Demand, rows: Rows, until: int | None) -> EventLog:
    """The log that was written. Its period ends at `until`, or where everything does."""
    written = rows.of[: int(rows.filled[0])]
    kind, at, request, unit, fact = (
        np.ascontiguousarray(written[name]) for name in ("kind", "at", "request", "unit", "fact")
    )

    def where(facts: dict[type[e.Event], Any]) -> NDArray[np.int64]:
        """A column that is known at some kinds of event, from the rows of that kind or one value for all."""
        column = np.full(len(written), NONE, dtype=np.int64)
        for event, value in facts.items():
            at_rows = np.flatnonzero(kind == CODE[event])
            column[at_rows] = value(at_rows) if callable(value) else value
        return column

    def care(at_rows: NDArray[np.intp]) -> NDArray[Any]:
        return fact[at_rows] % WITH_REPLY

    def classes(at_rows: NDArray[np.intp]) -> NDArray[Any]:
        ambulance = np.array([NEEDS[care].ambulance for care in Care])
        codes = np.array([tuple(AmbulanceUrgency).index(world.class_of[urgency]) for urgency in Urgency])
        return np.where(ambulance[care(at_rows)], codes[demand.urgency[request[at_rows]]], NONE)

    def reply(at_rows: NDArray[np.intp]) -> NDArray[Any]:
        waits = np.array(
            [world.answers[unit.kind].reply_ms if unit.kind in world.answers else 0 for unit in world.fleet]
        )
        asked = fact[at_rows] >= WITH_REPLY
        lasts = np.zeros(len(at_rows), dtype=np.int64)
        lasts[asked] = waits[unit[at_rows[asked]]]
        return at[at_rows] + lasts

    def partner(at_rows: NDArray[np.intp]) -> NDArray[Any]:
        lent = np.array([*(unit.neighbour for unit in world.fleet), False])  # the last stands for no unit
        by: NDArray[Any] = lent[unit[at_rows]]
        return by

    def shift_ends(at_rows: NDArray[np.intp]) -> list[int]:
        return [next(end for _, end in world.fleet[unit[row]].shifts if end > at[row]) for row in at_rows.tolist()]

    no_capacity = tuple(DeclineReason).index(DeclineReason.NO_CAPACITY)
    not_needed = tuple(CancelReason).index(CancelReason.NO_LONGER_NEEDED)
    columns: dict[str, Any] = {
        "kind": kind,
        "at": at,
        "request": request,
        "deployment": np.ascontiguousarray(written["deployment"]),
        "unit": unit,
        "place": np.ascontiguousarray(written["place"]),
        "channel": lambda: where({e.Received: tuple(Channel).index(Channel.PHONE)}),
        "owner": lambda: where({e.Received: 0}),
        "handler": lambda: where({e.Received: 0}),
        "lead": lambda: where({e.Received: 0}),
        "zone": lambda: where({e.Located: lambda at_rows: demand.zone[request[at_rows]]}),
        "urgency": lambda: where({e.Triaged: lambda at_rows: demand.urgency[request[at_rows]]}),
        "care": lambda: where({e.CareChosen: care, e.Offered: care}),
        "partner": lambda: where({e.Offered: partner}),
        "ambulance_urgency": lambda: where({e.Offered: classes}),
        "reply_by": lambda: where({e.Offered: reply}),
        "reason": lambda: where(
            {
                e.Closed: lambda at_rows: fact[at_rows],
                e.Triaged: tuple(UrgencyReason).index(UrgencyReason.COMPLAINT),
                e.Declined: no_capacity,
                e.OfferWithdrawn: not_needed,
                e.Cancelled: not_needed,
            }
        ),
        "until": lambda: where({e.ShiftStarted: shift_ends}),
    }
    end = until if until is not None else int(at.max(initial=0)) + 1
    return EventLog(columns, since=0, until=end, zones=world.zones)
