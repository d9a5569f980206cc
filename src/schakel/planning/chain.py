"""The fast engine for the whole chain: places, answers, rules of care, two units, neighbours and the pace of traffic.

The rules of `reference` again, in tables, compiled by Numba. `kernel` plays plain worlds on a shorter road and hands
all others over to here; a generator of worlds sees to it that all three agree (tests/property/test_engines.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

import schakel.planning.compiling  # noqa: F401 - before anything is compiled
from schakel.domain.durations import HOUR
from schakel.indicators.log import NEVER, NONE, EventLog
from schakel.planning.chain_tables import (
    ADVICE_GIVEN,
    ANSWER,
    BUSY,
    BY_CENTRE,
    BY_PLACE,
    CANCELLED,
    CARE_GIVEN,
    CARES,
    COMES,
    DECLINED,
    ON_SCENE,
    ROOM_FREE,
    ROOMS_CHANGE,
    TO_HOSPITAL,
    TRANSPORTING,
    TURN,
    WAITING_FOR_ROOM,
    WITH_REPLY,
    WITHDRAWN,
    log_of,
    prepared,
)
from schakel.planning.demand import Demand
from schakel.planning.kernel import (
    ACCEPTED,
    ARRIVED,
    BEST_COVER,
    CARE_CHOSEN,
    CLEARED,
    CLOSED,
    DEPARTED,
    HANDED_OVER,
    HOME,
    IDLE,
    LOCATED,
    OFF,
    OFFERED,
    PREEMPTED,
    REACHED,
    RECEIVED,
    RETURNING,
    SHIFT_ENDED,
    SHIFT_STARTED,
    TO_SCENE,
    TRANSPORT_STARTED,
    TRIAGED,
    URGENCIES,
)
from schakel.planning.policies import Policy
from schakel.planning.world import THOUSAND, World

F = TypeVar("F", bound=Callable[..., Any])


def play(world: World, demand: Demand, policy: Policy, *, until: int | None = None) -> EventLog:
    """Let everybody who gives care meet the demand under this policy. For any world, also a plain one."""
    given, state, rows = prepared(world, demand, policy)
    run(given, state, rows)
    return log_of(world, demand, rows, until)


def compiled(function: F) -> F:
    """Compiled, and laid into every place that uses it: for what is small."""
    fast: F = njit(**OPTIONS, forceinline=True)(function)
    return fast


def compiled_apart(function: F) -> F:
    """Compiled by itself: for what is large, or used in many places."""
    fast: F = njit(**OPTIONS)(function)
    return fast


def called(function: F) -> F:
    """Compiled, and called from outside."""
    fast: F = njit(**{**OPTIONS, "no_cpython_wrapper": False})(function)
    return fast


#: As in `kernel`, nobody counts who holds which array. Only `run` is called from outside.
OPTIONS: dict[str, Any] = {"cache": True, "_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


@compiled
def put(rows: Any, kind: int, at: int, request: int, deployment: int, unit: int, place: int, fact: int) -> None:
    n = rows.filled[0]
    rows.of[n].kind = kind
    rows.of[n].at = at
    rows.of[n].request = request
    rows.of[n].deployment = deployment
    rows.of[n].unit = unit
    rows.of[n].place = place
    rows.of[n].fact = fact
    rows.filled[0] = n + 1


@compiled
def report(g: Any, f: Any, rows: Any, kind: int, at: int, u: int) -> None:
    """A report of a unit about its job."""
    put(rows, kind, at, f.units[u].job % g.requests, f.units[u].deployment, u, f.units[u].place, NONE)


@compiled
def way(g: Any, signals: int, start: int, end: int, now: int) -> Any:
    """How long the way takes that begins now."""
    return g.ways[signals, start, end] * pace_at(g, now) // THOUSAND


@compiled
def pace_at(g: Any, now: int) -> Any:
    return g.pace[(now - g.pace_from) // HOUR % len(g.pace)]


# ---------------------------------------------------------------- where units are, and where they wait


@compiled
def zone_now(g: Any, f: Any, u: int, now: int) -> Any:
    one = f.units[u]
    if one.status != RETURNING and one.status != TO_SCENE:
        return one.start
    driven, whole = now - one.left_at, one.whole
    if driven <= 0 or whole <= 0:
        return one.start
    if driven >= whole:
        return one.end
    start, end = g.zones[one.start], g.zones[one.end]
    x = start.x + (end.x - start.x) * driven // whole
    y = start.y + (end.y - start.y) * driven // whole
    return np.int64(g.map_zone[(x - g.west) // g.cell, (y - g.south) // g.cell])


@compiled_apart
def change_post(g: Any, f: Any, u: int, base: int) -> None:
    """Count a unit where it will wait, and no longer where it did; -1 is nowhere."""
    old = f.units[u].post
    f.units[u].post = base
    if not g.units[u].moves:
        return
    for i in range(2):
        b, step = (old, -1) if i == 0 else (base, 1)
        if b < 0:
            continue
        f.bases[b].waiting += step
        if g.relocation == BEST_COVER:
            most = g.worth.shape[1] - 1
            for k in range(g.reach_starts[b], g.reach_starts[b + 1]):
                z = g.reach[k]
                f.merged[z].in_reach += step
                f.merged[z].gain = g.worth[z, min(f.merged[z].in_reach, most)]


@compiled_apart
def base_for(g: Any, f: Any, u: int) -> Any:
    home = g.units[u].home
    if g.relocation == HOME or not g.units[u].moves:
        return home
    best = -1
    if g.relocation == BEST_COVER:
        most = -1
        for b in range(len(g.bases)):
            gain = 0
            for k in range(g.reach_starts[b], g.reach_starts[b + 1]):
                gain += f.merged[g.reach[k]].gain
            if gain > most:
                best, most = b, gain
        return best
    free = 1
    for b in range(len(g.bases)):
        free += f.bases[b].waiting
    row = min(free, len(g.wanted) - 1)
    nearest = NEVER
    for b in range(len(g.bases)):
        far = g.ways[0, f.units[u].start, g.bases[b]]
        if f.bases[b].waiting < g.wanted[row, b] and far < nearest:
            best, nearest = b, far
    return best if best >= 0 else home


# ---------------------------------------------------------------- the agenda: a heap


@compiled_apart
def push(f: Any, at: int, turn: int, number: int) -> None:
    what = turn * TURN + number
    i = f.size[0]
    f.size[0] = i + 1
    while i > 0:
        above = (i - 1) // 2
        if f.agenda[above].at < at or (f.agenda[above].at == at and f.agenda[above].what <= what):
            break
        f.agenda[i].at = f.agenda[above].at
        f.agenda[i].what = f.agenda[above].what
        i = above
    f.agenda[i].at = at
    f.agenda[i].what = what


@compiled_apart
def drop_first(f: Any) -> None:
    size = f.size[0] - 1
    f.size[0] = size
    at, what = f.agenda[size].at, f.agenda[size].what
    i = 0
    while True:
        below = 2 * i + 1
        if below >= size:
            break
        right = below + 1
        if right < size and (
            f.agenda[right].at < f.agenda[below].at
            or (f.agenda[right].at == f.agenda[below].at and f.agenda[right].what < f.agenda[below].what)
        ):
            below = right
        if at < f.agenda[below].at or (at == f.agenda[below].at and what <= f.agenda[below].what):
            break
        f.agenda[i].at = f.agenda[below].at
        f.agenda[i].what = f.agenda[below].what
        i = below
    f.agenda[i].at = at
    f.agenda[i].what = what


# ---------------------------------------------------------------- the line


@compiled
def stand_first(g: Any, f: Any, m: int) -> None:
    rank = g.patients[m % g.requests].urgency
    f.missions[m].refusals = 0
    f.missions[m].behind = f.line[rank].head
    f.line[rank].head = m
    if f.line[rank].tail < 0:
        f.line[rank].tail = m


@compiled
def stand_last(g: Any, f: Any, m: int) -> None:
    rank = g.patients[m % g.requests].urgency
    if f.line[rank].head < 0:
        f.line[rank].head = m
    else:
        f.missions[f.line[rank].tail].behind = m
    f.line[rank].tail = m
    f.missions[m].behind = -1


@compiled
def step_out(f: Any, rank: int, before: int, m: int) -> None:
    """Leave the line, in which one stands after `before` (-1: first)."""
    if before < 0:
        f.line[rank].head = f.missions[m].behind
    else:
        f.missions[before].behind = f.missions[m].behind
    if f.line[rank].tail == m:
        f.line[rank].tail = before


@compiled
def leave_line(g: Any, f: Any, m: int) -> None:
    rank = g.patients[m % g.requests].urgency
    before, one = -1, f.line[rank].head
    while one != m:
        before, one = one, f.missions[one].behind
    step_out(f, rank, before, m)


# ---------------------------------------------------------------- who goes


@compiled
def has_refused(f: Any, m: int, u: int) -> bool:
    for i in range(f.missions[m].refusals):  # noqa: SIM110  (compiled: a loop is what it becomes)
        if f.refused[m, i] == u:
            return True
    return False


@compiled_apart
def first_free(g: Any, f: Any, m: int, care: int, now: int, forgive: bool, everybody: bool) -> Any:
    """The first of the ranking, the zone that it is in, how soon it is there, and whether that is too late; or -1.

    forgive: also who said no. everybody: the neighbours too.
    """
    r = m % g.requests
    urgency = g.patients[r].urgency
    signals, there = g.signals[urgency, care], g.calls[r].zone
    due = g.calls[r].at + g.levels[urgency].norm
    pace = pace_at(g, now)
    best, best_zone, best_late, best_cost, best_eta = -1, -1, True, 0, NEVER
    for u in range(len(f.units)):
        status = f.units[u].status
        if (status != IDLE and status != RETURNING) or g.cost[u, care] < 0 or f.units[u].asked >= 0:
            continue
        if g.units[u].neighbour and not everybody:
            continue
        if not forgive and has_refused(f, m, u):
            continue
        zone = f.units[u].start if status == IDLE else zone_now(g, f, u, now)
        eta = g.ways[signals, zone, there] * pace // THOUSAND + g.turn_out + g.units[u].extra
        if f.units[u].until < now + eta + g.margin:
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
    return best, best_zone, best_eta, best_late


@compiled_apart
def nearest_free(g: Any, f: Any, m: int, now: int) -> Any:
    """Whom to ask or send, where it is, how soon it is there, and whether it is ordered; -1 for nobody."""
    care = f.missions[m].care
    refusals = f.missions[m].refusals
    for forgive in range(2 if refusals > 0 else 1):
        u, zone, eta, late = first_free(g, f, m, care, now, forgive == 1, False)
        if g.any_neighbour and late:
            u, zone, eta, late = first_free(g, f, m, care, now, forgive == 1, True)
        if u >= 0:
            return u, zone, eta, forgive == 1
    return -1, -1, NEVER, False


@compiled
def nearest_taken(g: Any, f: Any, m: int, now: int) -> Any:
    """The nearest unit that an A0 may take away, the zone that it is in, and how soon it is there; -1 for none."""
    r, care = m % g.requests, f.missions[m].care
    signals, there = g.signals[g.patients[r].urgency, care], g.calls[r].zone
    pace = pace_at(g, now)
    taken, taken_zone, taken_eta = -1, -1, NEVER
    for u in range(len(f.units)):
        if f.units[u].status != TO_SCENE or g.cost[u, care] < 0 or g.units[u].neighbour:
            continue
        if g.levels[g.patients[f.units[u].job % g.requests].urgency].is_a0:
            continue
        zone = zone_now(g, f, u, now)
        eta = g.ways[signals, zone, there] * pace // THOUSAND + g.turn_out
        if eta < taken_eta:
            taken, taken_zone, taken_eta = u, zone, eta
    return taken, taken_zone, taken_eta


@compiled_apart
def go(g: Any, f: Any, rows: Any, u: int, m: int, zone: int, now: int) -> None:
    """Unit u goes on mission m from this zone."""
    r = m % g.requests
    change_post(g, f, u, -1)
    f.units[u].job = m
    report(g, f, rows, ACCEPTED, now, u)
    f.units[u].status = TO_SCENE
    f.units[u].start = zone
    f.units[u].end = g.calls[r].zone
    f.units[u].left_at = now + g.turn_out + g.units[u].extra
    f.units[u].whole = way(g, g.signals[g.patients[r].urgency, f.missions[m].care], zone, g.calls[r].zone, now)
    f.units[u].next_at = f.units[u].left_at + f.units[u].whole


@compiled_apart
def ask(g: Any, f: Any, rows: Any, u: int, m: int, zone: int, now: int, ordered: bool) -> None:
    """Ask unit u for mission m, or send it where it cannot say no."""
    r = m % g.requests
    d = rows.filled[1]
    rows.filled[1] = d + 1
    f.units[u].deployment = d
    f.missions[m].unit = u
    is_asked = g.units[u].declines >= 0 and not ordered
    put(rows, OFFERED, now, r, d, u, NONE, f.missions[m].care + (WITH_REPLY if is_asked else 0))
    if not is_asked:
        go(g, f, rows, u, m, zone, now)
        return
    k = f.cases[r].offers
    f.units[u].says_no = k < g.throws.shape[1] and g.throws[r, k] < g.units[u].declines
    f.cases[r].offers = k + 1
    f.units[u].asked = m
    f.units[u].answers_at = now + g.units[u].reply
    push(f, f.units[u].answers_at, ANSWER, u)


@compiled_apart
def seek_free(g: Any, f: Any, rows: Any, m: int, now: int) -> bool:
    """Ask or send the first of the ranking; whether there was one."""
    u, zone, _, ordered = nearest_free(g, f, m, now)
    if u < 0:
        return False
    ask(g, f, rows, u, m, zone, now, ordered)
    return True


@compiled_apart
def seek(g: Any, f: Any, rows: Any, m: int, now: int) -> bool:
    """Ask or send the first of the ranking, or take a unit away for an A0; whether there was one."""
    if g.preempt and g.levels[g.patients[m % g.requests].urgency].is_a0:
        _, _, eta, _ = nearest_free(g, f, m, now)
        taken, zone, taken_eta = nearest_taken(g, f, m, now)
        if taken >= 0 and taken_eta < eta:
            left = f.units[taken].job
            if now >= f.units[taken].left_at:
                report(g, f, rows, DEPARTED, f.units[taken].left_at, taken)
            report(g, f, rows, PREEMPTED, now, taken)
            f.missions[left].unit = -1
            ask(g, f, rows, taken, m, zone, now, True)
            if not seek_free(g, f, rows, left, now):
                stand_first(g, f, left)
            return True
    return seek_free(g, f, rows, m, now)


@compiled_apart
def serve_line(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    """Ask or send unit u for the first in line for whom it can go."""
    if f.units[u].asked >= 0:
        return
    zone = zone_now(g, f, u, now)
    for rank in range(URGENCIES):
        before, m = -1, f.line[rank].head
        while m >= 0:
            r, care = m % g.requests, f.missions[m].care
            if g.cost[u, care] >= 0 and not has_refused(f, m, u):
                eta = (
                    way(g, g.signals[g.patients[r].urgency, care], zone, g.calls[r].zone, now)
                    + g.turn_out
                    + g.units[u].extra
                )
                if f.units[u].until >= now + eta + g.margin:
                    step_out(f, rank, before, m)
                    ask(g, f, rows, u, m, zone, now, False)
                    return
            before, m = m, f.missions[m].behind


@compiled_apart
def answer(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    """A unit that was asked says yes or no."""
    m = f.units[u].asked
    f.units[u].asked = -1
    gone_home = f.units[u].status == OFF
    if not f.units[u].says_no and not gone_home:
        go(g, f, rows, u, m, zone_now(g, f, u, now), now)
        return
    f.missions[m].unit = -1
    put(rows, DECLINED, now, m % g.requests, f.units[u].deployment, u, NONE, NONE)
    if not gone_home:
        f.refused[m, f.missions[m].refusals] = u
        f.missions[m].refusals += 1
    if not seek(g, f, rows, m, now):
        stand_first(g, f, m)
    is_free_again(g, f, rows, u, now)


@compiled
def is_free_again(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    if f.units[u].status == IDLE or f.units[u].status == RETURNING:
        serve_line(g, f, rows, u, now)


# ---------------------------------------------------------------- places


# Time only goes forward, so each place keeps at which of its spans of time it is.


@compiled
def is_open(g: Any, f: Any, p: int, now: int) -> Any:
    i, end = f.posts[p].hours, g.posts[p].hours_end
    while i < end and g.spans[i, 1] <= now:
        i += 1
    f.posts[p].hours = i
    return i < end and g.spans[i, 0] <= now


@compiled
def opens_at(g: Any, f: Any, p: int, now: int) -> Any:
    """When a place is open, from now on; NEVER where it opens no more."""
    if is_open(g, f, p, now):
        return now
    i = f.posts[p].hours
    return g.spans[i, 0] if i < g.posts[p].hours_end else NEVER


@compiled
def asks_elsewhere(g: Any, f: Any, p: int, now: int) -> Any:
    """Whether a department asks ambulances to go elsewhere."""
    i, end = f.posts[p].stops, g.posts[p].stops_end
    while i < end and g.spans[i, 1] <= now:
        i += 1
    f.posts[p].stops = i
    if i < end and g.spans[i, 0] <= now:
        return True
    return f.posts[p].taken + f.posts[p].in_line >= g.posts[p].full_at


@compiled_apart
def chosen_care(g: Any, f: Any, r: int, now: int) -> Any:
    """The care that the demand asks for, or the first that fits and that somebody can give."""
    if g.calls[r].complaint < 0:
        return g.calls[r].care
    for k in range(CARES):
        care = g.fitting[g.patients[r].urgency, g.calls[r].complaint, k]
        if care < 0:
            break
        if g.kinds[care].giver == BY_CENTRE:
            return care
        if g.kinds[care].giver == BY_PLACE:
            for p in range(len(g.posts)):
                if g.place_fits[care, p] and is_open(g, f, p, now):
                    return care
        else:
            u, _, _, _ = first_free(g, f, r, care, now, True, False)
            if u >= 0:
                return care
    return g.fitting[g.patients[r].urgency, g.calls[r].complaint, 0]


@compiled_apart
def send_to_post(g: Any, f: Any, rows: Any, r: int, care: int, now: int) -> None:
    """The patient goes to the nearest place that is open, else to the one that opens first."""
    best, best_opens, best_way = -1, NEVER, NEVER
    for p in range(len(g.posts)):
        if not g.place_fits[care, p]:
            continue
        opens, far = opens_at(g, f, p, now), way(g, 0, g.posts[p].zone, g.calls[r].zone, now)
        if opens < best_opens or (opens == best_opens and opens < NEVER and far < best_way):
            best, best_opens, best_way = p, opens, far
    if best < 0:
        return
    lasts = way(g, 0, g.calls[r].zone, g.posts[best].zone, now)
    arrives = max(now + lasts, best_opens)
    d = rows.filled[1]
    rows.filled[1] = d + 1
    put(rows, OFFERED, now, r, d, NONE, best, care)
    put(rows, ACCEPTED, now, r, d, NONE, best, NONE)
    put(rows, DEPARTED, arrives - lasts, r, d, NONE, best, NONE)
    put(rows, REACHED, arrives, r, d, NONE, best, NONE)
    f.cases[r].visit = d
    f.missions[r].care = care
    f.patients[r].place = best
    push(f, arrives, COMES, r)


@compiled_apart
def come_to_place(g: Any, f: Any, rows: Any, patient: int, now: int) -> None:
    p, urgency = f.patients[patient].place, g.patients[patient].urgency
    if f.queues[p, urgency].first < 0:
        f.queues[p, urgency].first = patient
    else:
        f.patients[f.queues[p, urgency].last].after = patient
    f.queues[p, urgency].last = patient
    f.patients[patient].after = -1
    f.posts[p].in_line += 1
    fill_rooms(g, f, rows, p, now)


@compiled_apart
def fill_rooms(g: Any, f: Any, rows: Any, p: int, now: int) -> None:
    """Let whoever waits into the rooms that are free."""
    while f.posts[p].taken < f.posts[p].staffed and f.posts[p].in_line > 0:
        rank = 0
        while f.queues[p, rank].first < 0:
            rank += 1
        patient = f.queues[p, rank].first
        f.queues[p, rank].first = f.patients[patient].after
        f.posts[p].in_line -= 1
        f.posts[p].taken += 1
        stay = g.patients[patient].stay
        if patient < g.requests:
            if f.cases[patient].visit >= 0:
                d = f.cases[patient].visit
                stay = g.on_scene_of[patient, f.missions[patient].care]
                put(rows, ARRIVED, now, patient, d, NONE, p, NONE)
                put(rows, CLEARED, now + stay, patient, d, NONE, p, NONE)
                put(rows, CLOSED, now + stay, patient, NONE, NONE, NONE, CARE_GIVEN)
            else:
                hand_over(g, f, rows, f.cases[patient].carrier, now)
        push(f, now + stay, ROOM_FREE, patient)


@compiled_apart
def department_for(g: Any, f: Any, r: int, now: int) -> Any:
    """The nearest department that is open, or another one where it is on stop and the rule says so."""
    here = g.calls[r].zone
    some_open = False
    for p in range(len(g.posts)):
        if g.posts[p].is_department and is_open(g, f, p, now):
            some_open = True
    nearest, nearest_way = -1, NEVER
    for p in range(len(g.posts)):
        far = g.ways[1, here, g.posts[p].zone]
        if g.posts[p].is_department and far < nearest_way and (not some_open or is_open(g, f, p, now)):
            nearest, nearest_way = p, far
    if not g.levels[g.patients[r].urgency].obeys:
        return nearest
    best, best_way = -1, NEVER
    for p in range(len(g.posts)):
        far = g.ways[1, here, g.posts[p].zone]
        if not g.posts[p].is_department or far >= best_way or far > nearest_way + g.detour:
            continue
        if some_open and not is_open(g, f, p, now):
            continue
        if asks_elsewhere(g, f, p, now):
            continue
        best, best_way = p, far
    return best if best >= 0 else nearest


# ---------------------------------------------------------------- what happens to units


@compiled
def ends(g: Any, f: Any, rows: Any, m: int, at: int) -> None:
    """One unit's part is over, and with the last of them the request."""
    r = m % g.requests
    f.missions[m].over = True
    f.cases[r].left -= 1
    f.cases[r].ended_at = max(f.cases[r].ended_at, at)
    if f.cases[r].left == 0:
        put(rows, CLOSED, f.cases[r].ended_at, r, NONE, NONE, NONE, f.cases[r].reason)


@compiled
def is_done(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    """A unit leaves the scene without the patient."""
    done = now + g.calls[f.units[u].job % g.requests].clearing
    report(g, f, rows, CLEARED, done, u)
    ends(g, f, rows, f.units[u].job, done)
    f.units[u].status = BUSY
    f.units[u].next_at = done


@compiled
def hand_over(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    r = f.units[u].job % g.requests
    done = now + g.calls[r].handover
    report(g, f, rows, HANDED_OVER, done, u)
    done += g.calls[r].clearing
    report(g, f, rows, CLEARED, done, u)
    ends(g, f, rows, f.units[u].job, done)
    f.units[u].status = BUSY
    f.units[u].next_at = done


@compiled_apart
def become_free(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    """A unit is done: the first in line, else the base that the policy names, else home after the shift."""
    f.units[u].job = f.units[u].place = -1
    f.units[u].status = BUSY
    base = g.units[u].home
    if f.units[u].until > now:
        serve_line(g, f, rows, u, now)
        if f.units[u].status == TO_SCENE:
            return
        base = base_for(g, f, u)
        change_post(g, f, u, base)
    f.units[u].status = RETURNING
    f.units[u].end = g.bases[base]
    f.units[u].left_at = now
    f.units[u].whole = way(g, 0, f.units[u].start, f.units[u].end, now)
    f.units[u].next_at = now + f.units[u].whole


@compiled_apart
def release_other(g: Any, f: Any, rows: Any, m: int, now: int, along: bool) -> None:
    """The other mission for this patient: the line, an offer and a unit on its way are called off."""
    r = m % g.requests
    if g.calls[r].second < 0 or f.missions[g.requests + r].care < 0:
        return
    other = r if m >= g.requests else g.requests + r
    if f.missions[other].over:
        return
    u = f.missions[other].unit
    if u < 0:
        leave_line(g, f, other)
        ends(g, f, rows, other, now)
    elif f.units[u].asked == other:
        f.units[u].asked = -1
        put(rows, WITHDRAWN, now, r, f.units[u].deployment, u, NONE, NONE)
        ends(g, f, rows, other, now)
        is_free_again(g, f, rows, u, now)
    elif f.units[u].status == TO_SCENE:
        if now >= f.units[u].left_at:
            report(g, f, rows, DEPARTED, f.units[u].left_at, u)
        report(g, f, rows, CANCELLED, now, u)
        ends(g, f, rows, other, now)
        f.units[u].start = zone_now(g, f, u, now)
        become_free(g, f, rows, u, now)
    elif along:
        is_done(g, f, rows, u, now)


@compiled_apart
def leave_scene(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    """The patient can leave: with this unit, with another one, or needs nobody any more."""
    m = f.units[u].job
    r = m % g.requests
    two = g.calls[r].second >= 0 and f.missions[g.requests + r].care >= 0
    able = g.kinds[f.missions[r].care].transports or (two and g.kinds[f.missions[g.requests + r].care].transports)
    hospital = g.zones[g.calls[r].zone].hospital
    if not (g.calls[r].transported and able and (g.any_department or hospital >= 0)):
        is_done(g, f, rows, u, now)
        release_other(g, f, rows, m, now, False)
    elif not g.units[u].takes_along:
        f.units[u].next_at = NEVER
    else:
        f.cases[r].reason = TO_HOSPITAL
        if g.any_department:
            f.units[u].place = department_for(g, f, r, now)
            hospital = g.posts[f.units[u].place].zone
        report(g, f, rows, TRANSPORT_STARTED, now, u)
        f.units[u].status = TRANSPORTING
        f.units[u].end = hospital
        f.units[u].next_at = now + way(
            g, g.signals[g.patients[r].urgency, f.missions[m].care], g.calls[r].zone, hospital, now
        )
        release_other(g, f, rows, m, now, True)


@compiled
def end_shift(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    put(rows, SHIFT_ENDED, now, NONE, NONE, u, NONE, NONE)
    change_post(g, f, u, -1)
    f.units[u].status = OFF
    s = f.units[u].shift + 1
    while s < g.units[u].shifts_end and g.spans[s, 1] <= now:
        s += 1
    f.units[u].shift = s
    f.units[u].next_at = max(g.spans[s, 0], now) if s < g.units[u].shifts_end else NEVER


@compiled_apart
def happens_to_unit(g: Any, f: Any, rows: Any, u: int, now: int) -> None:
    status = f.units[u].status
    if status == OFF:
        put(rows, SHIFT_STARTED, now, NONE, NONE, u, NONE, NONE)
        f.units[u].status = IDLE
        f.units[u].start = g.bases[g.units[u].home]
        f.units[u].until = g.spans[f.units[u].shift, 1]
        f.units[u].next_at = f.units[u].until
        change_post(g, f, u, g.units[u].home)
        serve_line(g, f, rows, u, now)
    elif status == IDLE:
        end_shift(g, f, rows, u, now)
    elif status == RETURNING:
        f.units[u].start = f.units[u].end
        f.units[u].status = IDLE
        f.units[u].next_at = f.units[u].until
        if f.units[u].until <= now:
            end_shift(g, f, rows, u, now)
    elif status == TO_SCENE:
        r = f.units[u].job % g.requests
        report(g, f, rows, DEPARTED, f.units[u].left_at, u)
        report(g, f, rows, ARRIVED, now, u)
        f.units[u].start = f.units[u].end
        f.units[u].status = ON_SCENE
        if f.cases[r].done_at < 0:
            f.cases[r].done_at = now + g.on_scene_of[r, f.missions[r].care]
        f.units[u].next_at = max(now, f.cases[r].done_at)
    elif status == ON_SCENE:
        leave_scene(g, f, rows, u, now)
    elif status == TRANSPORTING:
        report(g, f, rows, REACHED, now, u)
        f.units[u].start = f.units[u].end
        if f.units[u].place < 0:
            hand_over(g, f, rows, u, now)
        else:
            r = f.units[u].job % g.requests
            f.units[u].status = WAITING_FOR_ROOM
            f.units[u].next_at = NEVER
            f.cases[r].carrier = u
            f.patients[r].place = f.units[u].place
            come_to_place(g, f, rows, r, now)
    else:
        become_free(g, f, rows, u, now)


@compiled_apart
def takes_turn(g: Any, f: Any, rows: Any, turn: int, number: int, now: int) -> None:
    if turn == ROOM_FREE:
        p = f.patients[number].place
        f.posts[p].taken -= 1
        fill_rooms(g, f, rows, p, now)
    elif turn == ROOMS_CHANGE:
        f.posts[number].staffed = g.spans[f.posts[number].step, 1]
        f.posts[number].step += 1
        fill_rooms(g, f, rows, number, now)
    elif turn == COMES:
        come_to_place(g, f, rows, number, now)
    elif f.units[number].asked >= 0 and f.units[number].answers_at == now:
        answer(g, f, rows, number, now)


@compiled_apart
def is_ready(g: Any, f: Any, rows: Any, r: int) -> None:
    now = g.calls[r].ready
    care = chosen_care(g, f, r, now)
    put(rows, RECEIVED, g.calls[r].at, r, NONE, NONE, NONE, NONE)
    put(rows, LOCATED, g.calls[r].at, r, NONE, NONE, NONE, NONE)
    put(rows, TRIAGED, now, r, NONE, NONE, NONE, NONE)
    put(rows, CARE_CHOSEN, now, r, NONE, NONE, NONE, care)
    if g.kinds[care].giver == BY_CENTRE:
        put(rows, CLOSED, now, r, NONE, NONE, NONE, ADVICE_GIVEN)
        return
    if g.kinds[care].giver == BY_PLACE:
        send_to_post(g, f, rows, r, care, now)
        return
    f.missions[r].care = care
    f.cases[r].left = 1
    two = g.calls[r].second >= 0 and care == g.calls[r].care
    if two:
        f.missions[g.requests + r].care = g.calls[r].second
        f.cases[r].left = 2
    for role in range(2 if two else 1):
        m = role * g.requests + r
        if not seek(g, f, rows, m, now):
            stand_last(g, f, m)


@called
def run(g: Any, f: Any, rows: Any) -> None:
    upcoming, requests = 0, len(g.line)
    units = len(f.units)
    while True:
        u, soonest = -1, NEVER
        for i in range(units):
            if f.units[i].next_at < soonest:
                u, soonest = i, f.units[i].next_at
        entry = f.agenda[0].at if f.size[0] > 0 else NEVER
        if upcoming < requests:
            r = g.line[upcoming]
            if g.calls[r].ready < min(soonest, entry):
                upcoming += 1
                is_ready(g, f, rows, r)
                continue
        if entry < soonest:
            turn, number = f.agenda[0].what // TURN, f.agenda[0].what % TURN
            drop_first(f)
            takes_turn(g, f, rows, turn, number, entry)
        elif u < 0:
            return
        else:
            happens_to_unit(g, f, rows, u, soonest)
