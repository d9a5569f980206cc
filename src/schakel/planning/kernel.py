"""The fast engine: the rules of `reference`, in arrays, compiled by Numba.

Read `reference` first; it says what is right. Here the same happens in the same order: a generator of worlds looks for
one in which the two differ by a millisecond (tests/property/test_engines.py). Every figure is a whole number, so that
no order of adding matters.

The log is written as columns while the run goes on: five of them by the kernel, and the facts (zone, urgency, class)
afterwards from the demand, when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

import schakel.planning.compiling  # noqa: F401 - before anything is compiled
from schakel.domain import events as e
from schakel.domain.fitting_care import NEEDS, Giver
from schakel.domain.vocabulary import (
    AmbulanceUrgency,
    Care,
    Channel,
    CloseReason,
    Urgency,
    UrgencyReason,
)
from schakel.indicators.log import CODE, NEVER, NONE, EventLog
from schakel.planning.demand import Demand
from schakel.planning.policies import ComplianceTable, Dmexclp, GoHome, Policy
from schakel.planning.world import World

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """How everything here is compiled.

    The kernel makes no array, it only fills those that it is given; so Numba need not count who holds which (`_nrt`).
    Counting took nine tenths of the time: 240,000 calls a second with it, 2,300,000 without. Small functions are laid
    into the loop (`forceinline`). Nothing calls itself, for what does cannot be cached.
    """
    options: dict[str, Any] = {"cache": True, "forceinline": True, "_nrt": False}
    fast: F = njit(**options)(function)
    return fast


# What a unit is doing.
OFF, IDLE, RETURNING, TO_SCENE, BUSY = range(5)

# Where a free unit goes.
HOME, BEST_COVER, TABLE = range(3)

RECEIVED, LOCATED, TRIAGED, CARE_CHOSEN, CLOSED = (
    CODE[kind] for kind in (e.Received, e.Located, e.Triaged, e.CareChosen, e.Closed)
)
OFFERED, ACCEPTED, DEPARTED, ARRIVED, TRANSPORT_STARTED, REACHED, HANDED_OVER, CLEARED, PREEMPTED = (
    CODE[kind]
    for kind in (
        e.Offered,
        e.Accepted,
        e.Departed,
        e.Arrived,
        e.TransportStarted,
        e.ReachedDestination,
        e.HandedOver,
        e.Cleared,
        e.Preempted,
    )
)
SHIFT_STARTED, SHIFT_ENDED = CODE[e.ShiftStarted], CODE[e.ShiftEnded]

#: The most rows that one request can take, and what one more deployment of it adds.
ROWS_OF_REQUEST, ROWS_OF_DEPLOYMENT = 13, 4

URGENCIES = len(Urgency)


class Given(NamedTuple):
    """What does not change during a run: demand, world and policy as arrays."""

    at: Any
    ready: Any
    line: Any  # requests in the order in which they are ready
    zone: Any
    urgency: Any
    care: Any
    on_scene: Any
    transported: Any
    handover: Any
    clearing: Any
    by_centre: Any  # by care, whether the centre gives it itself
    ways: Any  # without and with signals
    signals: Any  # by urgency and care
    hospital_of: Any
    x: Any
    y: Any
    map_zone: Any
    west: int
    south: int
    cell: int
    bases: Any
    home: Any
    cost: Any
    takes_along: Any
    moves: Any  # whether the policy of relocation is about this unit
    shifts: Any  # of unit u: rows starts[u] to starts[u+1]
    starts: Any
    turn_out: int
    margin: int
    norm: Any
    is_a0: Any
    preempt: bool
    relocation: int
    reach_starts: Any
    reach: Any
    worth: Any
    wanted: Any


class Fleet(NamedTuple):
    """What every unit is doing, and who is waiting."""

    status: Any
    next_at: Any  # when something happens to the unit by itself
    start: Any  # zone that it drives from, or stands in
    end: Any  # zone that it drives to
    left_at: Any
    whole: Any  # how long the whole way takes
    until: Any  # end of the shift
    shift: Any  # the shift that it is in, or that comes next
    post: Any  # the base for whose cover it counts, or -1
    request: Any
    deployment: Any
    waiting: Any  # by base
    in_reach: Any  # by merged zone, how many free units; kept up to date at every change of post
    gain: Any  # by merged zone, what one more is worth
    head: Any  # by urgency, the first in line
    tail: Any
    behind: Any  # by request, the next in line


class Rows(NamedTuple):
    """The log as it is written. filled[0]: how many rows; filled[1]: how many deployments."""

    kind: Any
    at: Any
    request: Any
    deployment: Any
    unit: Any
    filled: Any


@compiled
def put(rows: Any, kind: int, at: int, request: int, deployment: int, unit: int) -> None:
    n = rows.filled[0]
    rows.kind[n] = kind
    rows.at[n] = at
    rows.request[n] = request
    rows.deployment[n] = deployment
    rows.unit[n] = unit
    rows.filled[0] = n + 1


@compiled
def zone_now(g: Any, f: Any, u: int, now: int) -> Any:
    if f.status[u] != RETURNING and f.status[u] != TO_SCENE:
        return f.start[u]
    driven, whole = now - f.left_at[u], f.whole[u]
    start, end = f.start[u], f.end[u]
    if driven <= 0 or whole <= 0:
        return start
    if driven >= whole:
        return end
    x = g.x[start] + (g.x[end] - g.x[start]) * driven // whole
    y = g.y[start] + (g.y[end] - g.y[start]) * driven // whole
    return g.map_zone[(x - g.west) // g.cell, (y - g.south) // g.cell]


@compiled
def change_post(g: Any, f: Any, u: int, base: int) -> None:
    """Count a unit where it will wait, and no longer where it did; -1 is nowhere."""
    old = f.post[u]
    f.post[u] = base
    if not g.moves[u]:
        return
    for step, b in ((-1, old), (1, base)):
        if b < 0:
            continue
        f.waiting[b] += step
        if g.relocation == BEST_COVER:
            most = g.worth.shape[1] - 1
            for i in range(g.reach_starts[b], g.reach_starts[b + 1]):
                z = g.reach[i]
                f.in_reach[z] += step
                f.gain[z] = g.worth[z, min(f.in_reach[z], most)]


@compiled
def base_for(g: Any, f: Any, u: int) -> Any:
    home = g.home[u]
    if g.relocation == HOME or not g.moves[u]:
        return home
    best = -1
    if g.relocation == BEST_COVER:
        most = -1
        for b in range(len(g.bases)):
            gain = 0
            for i in range(g.reach_starts[b], g.reach_starts[b + 1]):
                gain += f.gain[g.reach[i]]
            if gain > most:
                best, most = b, gain
        return best
    free = 1
    for b in range(len(g.bases)):
        free += f.waiting[b]
    row = min(free, len(g.wanted) - 1)
    nearest = NEVER
    for b in range(len(g.bases)):
        if f.waiting[b] < g.wanted[row, b] and g.ways[0, f.start[u], g.bases[b]] < nearest:
            best, nearest = b, g.ways[0, f.start[u], g.bases[b]]
    return best if best >= 0 else home


@compiled
def send(g: Any, f: Any, rows: Any, u: int, r: int, zone: int, now: int) -> None:
    """Unit u goes to request r from this zone."""
    change_post(g, f, u, -1)
    d = rows.filled[1]
    rows.filled[1] = d + 1
    put(rows, OFFERED, now, r, d, u)
    put(rows, ACCEPTED, now, r, d, u)
    f.status[u] = TO_SCENE
    f.request[u] = r
    f.deployment[u] = d
    f.start[u] = zone
    f.end[u] = g.zone[r]
    f.left_at[u] = now + g.turn_out
    f.whole[u] = g.ways[g.signals[g.urgency[r], g.care[r]], zone, g.zone[r]]
    f.next_at[u] = f.left_at[u] + f.whole[u]


@compiled
def nearest_free(g: Any, f: Any, r: int, now: int) -> Any:
    """The first of the ranking for request r, the zone that it is in, and how soon it is there; -1 for nobody."""
    urgency, care = g.urgency[r], g.care[r]
    signals, there = g.signals[urgency, care], g.zone[r]
    due = g.at[r] + g.norm[urgency]
    best, best_zone, best_late, best_cost, best_eta = -1, -1, True, 0, NEVER
    for u in range(len(f.status)):
        status = f.status[u]
        if (status != IDLE and status != RETURNING) or g.cost[u, care] < 0:
            continue
        zone = f.start[u] if status == IDLE else zone_now(g, f, u, now)
        eta = g.ways[signals, zone, there] + g.turn_out
        if f.until[u] < now + eta + g.margin:
            continue
        late = now + eta > due
        cost = 0 if late else g.cost[u, care]
        if best >= 0:
            if late != best_late:
                better = best_late
            elif cost != best_cost:
                better = cost < best_cost
            else:
                better = eta < best_eta
            if not better:
                continue
        best, best_zone, best_late, best_cost, best_eta = u, zone, late, cost, eta
    return best, best_zone, best_eta


@compiled
def nearest_taken(g: Any, f: Any, r: int, now: int) -> Any:
    """The nearest unit that an A0 may take away, the zone that it is in, and how soon it is there; -1 for none."""
    care, there = g.care[r], g.zone[r]
    signals = g.signals[g.urgency[r], care]
    taken, taken_zone, taken_eta = -1, -1, NEVER
    for u in range(len(f.status)):
        if f.status[u] != TO_SCENE or g.cost[u, care] < 0 or g.is_a0[g.urgency[f.request[u]]]:
            continue
        zone = zone_now(g, f, u, now)
        eta = g.ways[signals, zone, there] + g.turn_out
        if eta < taken_eta:
            taken, taken_zone, taken_eta = u, zone, eta
    return taken, taken_zone, taken_eta


@compiled
def send_nearest(g: Any, f: Any, rows: Any, r: int, now: int) -> bool:
    """Send the first of the ranking to request r, or take a unit away for it; whether somebody goes."""
    best, zone, eta = nearest_free(g, f, r, now)
    if g.preempt and g.is_a0[g.urgency[r]]:
        taken, taken_zone, taken_eta = nearest_taken(g, f, r, now)
        if taken >= 0 and taken_eta < eta:
            left = f.request[taken]
            if now >= f.left_at[taken]:
                put(rows, DEPARTED, f.left_at[taken], left, f.deployment[taken], taken)
            put(rows, PREEMPTED, now, left, f.deployment[taken], taken)
            send(g, f, rows, taken, r, taken_zone, now)
            other, other_zone, _ = nearest_free(g, f, left, now)
            if other >= 0:
                send(g, f, rows, other, left, other_zone, now)
            else:
                rank = g.urgency[left]
                f.behind[left] = f.head[rank]
                f.head[rank] = left
                if f.tail[rank] < 0:
                    f.tail[rank] = left
            return True
    if best < 0:
        return False
    send(g, f, rows, best, r, zone, now)
    return True


@compiled
def serve_line(g: Any, f: Any, rows: Any, u: int, now: int) -> bool:
    """Send a unit that became free to the first in line for whom it can go; whether there was one."""
    for rank in range(URGENCIES):
        before, r = -1, f.head[rank]
        while r >= 0:
            care = g.care[r]
            if g.cost[u, care] >= 0:
                eta = g.ways[g.signals[g.urgency[r], care], f.start[u], g.zone[r]] + g.turn_out
                if f.until[u] >= now + eta + g.margin:
                    if before < 0:
                        f.head[rank] = f.behind[r]
                    else:
                        f.behind[before] = f.behind[r]
                    if f.tail[rank] == r:
                        f.tail[rank] = before
                    send(g, f, rows, u, r, f.start[u], now)
                    return True
            before, r = r, f.behind[r]
    return False


@compiled
def end_shift(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    put(rows, SHIFT_ENDED, now, -1, -1, u)
    change_post(g, f, u, -1)
    f.status[u] = OFF
    s = f.shift[u] + 1
    while s < g.starts[u + 1] and g.shifts[s, 1] <= now:
        s += 1
    f.shift[u] = s
    f.next_at[u] = max(g.shifts[s, 0], now) if s < g.starts[u + 1] else NEVER


@compiled
def happens_to_unit(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    status = f.status[u]
    if status == OFF:
        put(rows, SHIFT_STARTED, now, -1, -1, u)
        f.status[u] = IDLE
        f.start[u] = g.bases[g.home[u]]
        f.until[u] = g.shifts[f.shift[u], 1]
        f.next_at[u] = f.until[u]
        change_post(g, f, u, g.home[u])
        serve_line(g, f, rows, u, now)
    elif status == IDLE:
        end_shift(g, f, rows, u, now)
    elif status == RETURNING:
        f.start[u] = f.end[u]
        f.status[u] = IDLE
        f.next_at[u] = f.until[u]
        if f.until[u] <= now:
            end_shift(g, f, rows, u, now)
    elif status == TO_SCENE:
        r, d = f.request[u], f.deployment[u]
        put(rows, DEPARTED, f.left_at[u], r, d, u)
        put(rows, ARRIVED, now, r, d, u)
        done = now + g.on_scene[r]
        f.start[u] = f.end[u]
        hospital = g.hospital_of[g.zone[r]]
        if g.transported[r] and g.takes_along[u] and hospital >= 0:
            put(rows, TRANSPORT_STARTED, done, r, d, u)
            done += g.ways[g.signals[g.urgency[r], g.care[r]], g.zone[r], hospital]
            put(rows, REACHED, done, r, d, u)
            done += g.handover[r]
            put(rows, HANDED_OVER, done, r, d, u)
            f.start[u] = hospital
        done += g.clearing[r]
        put(rows, CLEARED, done, r, d, u)
        put(rows, CLOSED, done, r, -1, -1)
        f.status[u] = BUSY
        f.next_at[u] = done
    else:
        if f.until[u] <= now:
            base = g.home[u]
        else:
            if serve_line(g, f, rows, u, now):
                return
            base = base_for(g, f, u)
            change_post(g, f, u, base)
        f.status[u] = RETURNING
        f.end[u] = g.bases[base]
        f.left_at[u] = now
        f.whole[u] = g.ways[0, f.start[u], f.end[u]]
        f.next_at[u] = now + f.whole[u]


@compiled
def run(g: Any, f: Any, rows: Any) -> None:
    upcoming, requests = 0, len(g.line)
    units = len(f.status)
    while True:
        u, soonest = -1, NEVER
        for i in range(units):
            if f.next_at[i] < soonest:
                u, soonest = i, f.next_at[i]
        if upcoming < requests:
            r = g.line[upcoming]
            if g.ready[r] < soonest:
                now = g.ready[r]
                upcoming += 1
                put(rows, RECEIVED, g.at[r], r, -1, -1)
                put(rows, LOCATED, g.at[r], r, -1, -1)
                put(rows, TRIAGED, now, r, -1, -1)
                put(rows, CARE_CHOSEN, now, r, -1, -1)
                if g.by_centre[g.care[r]]:
                    put(rows, CLOSED, now, r, -1, -1)
                elif not send_nearest(g, f, rows, r, now):
                    rank = g.urgency[r]
                    if f.head[rank] < 0:
                        f.head[rank] = r
                    else:
                        f.behind[f.tail[rank]] = r
                    f.tail[rank] = r
                    f.behind[r] = -1
                continue
        if u < 0:
            return
        happens_to_unit(g, f, rows, u, soonest)


def play(world: World, demand: Demand, policy: Policy, *, until: int | None = None) -> EventLog:
    """Let the fleet meet the demand under this policy. The log's period ends at `until`, or where everything does."""
    if not (world.is_plain and demand.is_plain):
        from schakel.planning import chain  # it builds on what stands here, and takes a while to compile

        return chain.play(world, demand, policy, until=until)
    given = arrays_of(world, demand, policy)
    fleet = fleet_of(given)
    a0 = int(given.is_a0[demand.urgency].sum()) if policy.preempt else 0
    size = ROWS_OF_REQUEST * len(demand) + ROWS_OF_DEPLOYMENT * a0 + 2 * len(given.shifts)
    rows = Rows(
        np.empty(size, dtype=np.uint8),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int32),
        np.empty(size, dtype=np.int32),
        np.empty(size, dtype=np.int16),
        np.zeros(2, dtype=np.int64),
    )
    run(given, fleet, rows)
    return _log(world, demand, rows, until)


def arrays_of(world: World, demand: Demand, policy: Policy) -> Given:
    """Demand, world and policy as the compiled functions want them."""
    ready = demand.at + demand.handling
    raster = world.raster
    shifts = [shift for unit in world.fleet for shift in unit.shifts]
    none = np.zeros((1, 1), dtype=np.int64)
    way, reach_starts, reach, worth, wanted = HOME, none[0], none[0], none, none
    match policy.relocation:
        case Dmexclp(reach_starts, reach, worth):
            way = BEST_COVER
        case ComplianceTable(wanted, _):
            way = TABLE
        case GoHome():
            pass
        case other:
            raise TypeError(f"The kernel does not know {type(other).__name__}; the reference engine plays any policy.")
    return Given(
        at=demand.at,
        ready=ready,
        line=np.argsort(ready, kind="stable"),
        zone=demand.zone,
        urgency=demand.urgency,
        care=demand.care,
        on_scene=demand.on_scene,
        transported=demand.transported,
        handover=demand.handover,
        clearing=demand.clearing,
        by_centre=np.array([NEEDS[care].giver is Giver.CENTRE for care in Care]),
        ways=world.ways_ms,
        signals=world.with_signals,
        hospital_of=world.hospital_of,
        x=world.x,
        y=world.y,
        map_zone=raster.zone,
        west=raster.west,
        south=raster.south,
        cell=raster.cell,
        bases=world.bases,
        home=np.array([unit.home for unit in world.fleet], dtype=np.int64),
        cost=world.cost,
        takes_along=world.takes_along,
        moves=np.ascontiguousarray(world.cost[:, tuple(Care).index(Care.ALS)] >= 0),
        shifts=np.array(shifts, dtype=np.int64).reshape(-1, 2),
        starts=np.cumsum([0, *(len(unit.shifts) for unit in world.fleet)]).astype(np.int64),
        turn_out=world.turn_out_ms,
        margin=world.margin_ms,
        norm=np.array([world.norm_ms[urgency] for urgency in Urgency], dtype=np.int64),
        is_a0=np.array([world.class_of[urgency] is AmbulanceUrgency.A0 for urgency in Urgency]),
        preempt=policy.preempt,
        relocation=way,
        reach_starts=reach_starts,
        reach=reach,
        worth=worth,
        wanted=wanted,
    )


def fleet_of(g: Given) -> Fleet:
    """Everybody off duty, and nobody in line."""
    units = len(g.home)

    def each(value: int, size: int = units) -> NDArray[np.int64]:
        return np.full(size, value, dtype=np.int64)

    has_shift = g.starts[1:] > g.starts[:-1]
    next_at = each(NEVER)
    next_at[has_shift] = g.shifts[g.starts[:-1][has_shift], 0]
    return Fleet(
        status=each(OFF),
        next_at=next_at,
        start=g.bases[g.home].copy(),
        end=g.bases[g.home].copy(),
        left_at=each(0),
        whole=each(0),
        until=each(0),
        shift=g.starts[:-1].copy(),
        post=each(-1),
        request=each(-1),
        deployment=each(-1),
        waiting=each(0, len(g.bases)),
        in_reach=each(0, len(g.worth)),
        gain=g.worth[:, 0].copy(),
        head=each(-1, URGENCIES),
        tail=each(-1, URGENCIES),
        behind=each(-1, len(g.at)),
    )


def _log(world: World, demand: Demand, rows: Rows, until: int | None) -> EventLog:
    filled = int(rows.filled[0])
    kind, at, request, unit = rows.kind[:filled], rows.at[:filled], rows.request[:filled], rows.unit[:filled]

    def where(facts: dict[type[e.Event], Any]) -> NDArray[np.int64]:
        """A column that is known at some kinds of event, from a value by request or one for all."""
        column = np.full(filled, NONE, dtype=np.int64)
        for event, values in facts.items():
            at_rows = np.flatnonzero(kind == CODE[event])
            column[at_rows] = values[request[at_rows]] if isinstance(values, np.ndarray) else values
        return column

    def classes() -> NDArray[np.int64]:
        ambulance = np.array([NEEDS[care].ambulance for care in Care])
        codes = np.array([tuple(AmbulanceUrgency).index(world.class_of[urgency]) for urgency in Urgency])
        return where({e.Offered: np.where(ambulance[demand.care], codes[demand.urgency], NONE)})

    def ends() -> NDArray[np.int64]:
        column = where({})
        for row in np.flatnonzero(kind == SHIFT_STARTED).tolist():
            column[row] = next(end for _, end in world.fleet[unit[row]].shifts if end > at[row])
        return column

    def reasons() -> NDArray[np.int64]:
        advice = demand.care == tuple(Care).index(Care.ADVICE)
        handed_over = np.zeros(len(demand), dtype=bool)
        handed_over[request[kind == HANDED_OVER]] = True
        codes = tuple(CloseReason)
        closed = np.where(handed_over, codes.index(CloseReason.HANDED_OVER), codes.index(CloseReason.CARE_GIVEN))
        closed[advice] = codes.index(CloseReason.ADVICE_GIVEN)
        return where({e.Closed: closed, e.Triaged: tuple(UrgencyReason).index(UrgencyReason.COMPLAINT)})

    def reply() -> NDArray[np.int64]:
        return np.where(kind == OFFERED, at, NONE)

    columns: dict[str, Any] = {
        "kind": kind,
        "at": at,
        "request": request,
        "deployment": rows.deployment[:filled],
        "unit": unit,
        "channel": lambda: where({e.Received: tuple(Channel).index(Channel.PHONE)}),
        "owner": lambda: where({e.Received: 0}),
        "handler": lambda: where({e.Received: 0}),
        "lead": lambda: where({e.Received: 0}),
        "zone": lambda: where({e.Located: demand.zone}),
        "urgency": lambda: where({e.Triaged: demand.urgency}),
        "care": lambda: where({e.CareChosen: demand.care, e.Offered: demand.care}),
        "partner": lambda: where({e.Offered: 0}),
        "ambulance_urgency": classes,
        "reply_by": reply,
        "reason": reasons,
        "until": ends,
    }
    end = until if until is not None else int(at.max(initial=0)) + 1
    return EventLog(columns, since=0, until=end, zones=world.zones)
