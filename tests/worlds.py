"""Small worlds in which anything may happen: for a generator that looks for two engines that differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import strategies as st

from schakel.domain.durations import DAY, HOUR, MINUTE, SECOND
from schakel.domain.fitting_care import NEEDS, Giver
from schakel.domain.region.model import Routing, RoutingRule
from schakel.domain.vocabulary import Care, Complaint, PlaceKind, UnitKind, Urgency
from schakel.indicators.log import NEVER
from schakel.planning.demand import ChainDemand, Demand, WalkIns
from schakel.planning.places import UNLIMITED, Place, StopRule
from schakel.planning.policies import ComplianceTable, Dmexclp, GoHome, Policy
from schakel.planning.world import ALWAYS, Answer, Unit, World

#: What is asked for, by units of every kind and by telephone. Few of each, so that they meet.
CARES = (Care.ALS, Care.MCA, Care.CARE_AMBULANCE, Care.RAPID, Care.RAPID_HAG, Care.GP_VISIT, Care.ADVICE)
KINDS = (UnitKind.ALS, UnitKind.ALS, UnitKind.MCA, UnitKind.CARE_AMBULANCE, UnitKind.RAPID, UnitKind.GP_CAR)


@st.composite
def shifts(draw):
    """Always on duty, or some shifts of up to an hour and a half in a few hours."""
    if draw(st.booleans()):
        return ALWAYS
    cuts = draw(st.lists(st.integers(0, 300), max_size=6, unique=True).map(sorted))
    return tuple((a * MINUTE, b * MINUTE) for a, b in zip(cuts[::2], cuts[1::2], strict=False))


@st.composite
def worlds(draw):
    """A world of a few zones and units: anything at all, or a plain region in which much driving back goes on."""
    plain = draw(st.booleans())
    zones = draw(st.integers(8, 14) if plain else st.integers(1, 6))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    # Some whole minutes and many equal ways: ties must fall alike.
    step = draw(st.sampled_from([1, SECOND, 5 * MINUTE]))
    ways = dice.integers(0, 1 + 25 * MINUTE // step, (zones, zones)) * step
    np.fill_diagonal(ways, 0)
    bases = dice.integers(0, zones, draw(st.integers(3, 5) if plain else st.integers(1, 4)))
    if plain:
        kinds = dice.choice([UnitKind.ALS, UnitKind.ALS, UnitKind.MCA], draw(st.integers(4, 9)))
        fleet = tuple(Unit(kind, int(dice.integers(len(bases)))) for kind in kinds)
    else:
        fleet = tuple(
            Unit(draw(st.sampled_from(KINDS)), int(dice.integers(len(bases))), draw(shifts()))
            for _ in range(draw(st.sampled_from([3, 2, 1, 4, 5, 6, 0])))
        )
    return World(
        x=dice.integers(0, 30_000, zones),
        y=dice.integers(0, 30_000, zones),
        signals_ms=ways,
        bases=bases,
        fleet=fleet,
        hospitals=dice.integers(0, zones, draw(st.integers(0, 2))),
        turn_out_ms=draw(st.sampled_from([0, MINUTE])),
        margin_ms=draw(st.sampled_from([0, 15 * MINUTE])),
    )


cares = st.sampled_from(CARES)


@st.composite
def demands(draw, world):
    """Some requests, often more than the fleet can bear; for a plain region as many as keep it half busy."""
    plain = len(world.x) > 6
    size = draw(st.sampled_from([40, 60, 20] if plain else [15, 5, 1, 10, 20, 30, 0]))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    step = draw(st.sampled_from([1, SECOND, 5 * MINUTE]))

    asked = (Care.ALS, Care.ALS, Care.MCA) if plain else (Care.ALS, *draw(st.tuples(cares, cares)))

    def some(most):
        return dice.integers(0, 1 + most // step, size) * step

    return Demand(
        at=np.sort(some(draw(st.sampled_from([600 * MINUTE] if plain else [10 * MINUTE, 300 * MINUTE])))),
        handling=some(draw(st.sampled_from([0, 5 * MINUTE]))),
        zone=dice.integers(0, len(world.x), size),
        urgency=dice.choice(len(Urgency), size, p=[0.25, 0.2, 0.2, 0.15, 0.1, 0.1]),
        care=dice.choice([tuple(Care).index(one) for one in asked], size),
        on_scene=some(30 * MINUTE),
        transported=dice.random(size) < 0.6,
        handover=some(20 * MINUTE),
        clearing=some(draw(st.sampled_from([0, 10 * MINUTE]))),
    )


@st.composite
def policies(draw, world):
    """Any policy, with any table."""
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    match draw(st.sampled_from(["home", "cover", "table"])):
        case "home":
            relocation = GoHome()
        case "cover":
            relocation = Dmexclp.of(
                world, dice.random(len(world.x)) + 0.01, draw(st.sampled_from([0.0, 0.3, 0.9])), 12 * MINUTE
            )
        case "table":
            rows = [np.bincount(dice.integers(0, len(world.bases), n), minlength=len(world.bases)) for n in range(4)]
            relocation = ComplianceTable.of(world, rows)
    return Policy(relocation, preempt=draw(st.booleans()))


@st.composite
def runs(draw):
    """A world, a demand and a policy."""
    world = draw(worlds())
    return world, draw(demands(world)), draw(policies(world))


# ---------------------------------------------------------------- the whole chain

POSTS = (PlaceKind.HAP, PlaceKind.SEH, PlaceKind.SEH)
CHAIN_CARES = (*CARES, Care.HAP_APPOINTMENT, Care.HAP_APPOINTMENT, Care.DISTRICT_NURSE, Care.CRISIS_TEAM)
CHAIN_KINDS = (*KINDS, UnitKind.GP_CAR, UnitKind.NURSE, UnitKind.CRISIS_TEAM)


@st.composite
def places(draw, zones):
    """Up to four places, with few rooms and many changes."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        moments = draw(st.lists(st.integers(0, 200), min_size=1, max_size=3, unique=True).map(sorted))
        found.append(
            Place(
                kind=draw(st.sampled_from(POSTS)),
                zone=draw(st.integers(0, zones - 1)),
                rooms=draw(
                    st.sampled_from(
                        [UNLIMITED, ((0, 1),), tuple((at * MINUTE, draw(st.integers(0, 3))) for at in moments)]
                    )
                ),
                hours=draw(shifts()),
                stops=draw(shifts().map(lambda spans: () if spans == ALWAYS else spans)),
                full_at=draw(st.sampled_from([NEVER, 1, 2])),
            )
        )
    return tuple(found)


@st.composite
def routings(draw):
    """A rule for each urgency, and here and there one for a complaint."""
    rules = []
    for urgency in Urgency:
        for complaints in (frozenset({Complaint.WOUND}), frozenset()):
            care = draw(st.lists(st.sampled_from(CHAIN_CARES), min_size=1, max_size=4, unique=True))
            rules.append(
                RoutingRule(f"{urgency}-{len(complaints)}", frozenset({urgency}), complaints, tuple(care), None)
            )
    return Routing("centre", "1", date(2026, 1, 1), False, tuple(rules))


@st.composite
def chain_worlds(draw):
    """Any world, with some of everything that the whole chain knows."""
    world = draw(worlds())
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    fleet = [
        Unit(draw(st.sampled_from(CHAIN_KINDS)), int(dice.integers(len(world.bases))), draw(shifts()))
        for _ in range(draw(st.integers(0, 4)))
    ]
    lent = [
        Unit(
            UnitKind.ALS, int(dice.integers(len(world.bases))), draw(shifts()), True, draw(st.sampled_from([0, MINUTE]))
        )
        for _ in range(draw(st.sampled_from([0, 0, 1, 2])))
    ]
    asked = draw(st.sampled_from([(), (UnitKind.GP_CAR,), (UnitKind.ALS, UnitKind.RAPID), tuple(UnitKind)]))
    pace = draw(st.sampled_from([(), (1000,), (500, 2000, 1337)]))
    return replace(
        world,
        fleet=(*world.fleet, *fleet, *lent),
        places=draw(places(len(world.x))),
        stop_rule=StopRule(detour_ms=draw(st.sampled_from([0, 10 * MINUTE]))),
        routing=draw(st.none() | routings()),
        answers={
            kind: Answer(int(dice.choice([0, 300_000, 1_000_000])), int(dice.choice([0, 1, 2, 30]) * MINUTE))
            for kind in asked
        },
        pace=pace,
        pace_from=draw(st.sampled_from([0, 7, 90 * MINUTE])),
    )


@st.composite
def chain_demands(draw, world):
    """A demand with any of the columns that may be absent."""
    plain = draw(demands(world))
    size = len(plain)
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    step = draw(st.sampled_from([1, SECOND, 5 * MINUTE]))
    codes = [tuple(Care).index(one) for one in CHAIN_CARES]
    columns = {"care": np.where(dice.random(size) < 0.5, plain.care, dice.choice(codes, size))}
    if draw(st.booleans()):
        columns["complaint"] = np.where(dice.random(size) < 0.7, dice.integers(0, 3, size), -1)
    if draw(st.booleans()):
        columns["on_scene_of"] = dice.integers(0, 1 + 30 * MINUTE // step, (size, len(Care))) * step
    if draw(st.booleans()):
        columns["stay"] = dice.integers(0, 1 + 60 * MINUTE // step, size) * step
    if draw(st.booleans()):
        columns["throws"] = dice.integers(0, 1_000_000, (size, draw(st.integers(0, 3))))
    if draw(st.booleans()):
        by_unit = [code for code in codes if NEEDS[tuple(Care)[code]].giver is Giver.UNIT]
        columns["second"] = np.where(dice.random(size) < 0.5, dice.choice(by_unit, size), -1)
    if world.places and draw(st.booleans()):
        many = draw(st.integers(0, 15))
        columns["walk_ins"] = WalkIns(
            at=np.sort(dice.integers(0, 1 + 200 * MINUTE // step, many) * step),
            place=dice.integers(0, len(world.places), many),
            urgency=dice.integers(0, len(Urgency), many),
            stay=dice.integers(0, 1 + 60 * MINUTE // step, many) * step,
        )
    return ChainDemand.of(plain, **columns) if len(columns) > 1 else replace(plain, **columns)


@st.composite
def chain_runs(draw):
    """A world with places and everybody else, a demand and a policy."""
    world = draw(chain_worlds())
    return world, draw(chain_demands(world)), draw(policies(world))


def a_busy_day(seed):
    """A day in which everything that the whole chain knows happens, and much of it."""
    dice = np.random.default_rng(seed)
    zones, size = 20, 400
    x, y = dice.integers(0, 30_000, (2, zones))
    ways = np.rint(np.hypot(x[:, None] - x, y[:, None] - y) * 60).astype(int)
    kinds = (*[UnitKind.ALS] * 7, UnitKind.RAPID, UnitKind.RAPID, *[UnitKind.GP_CAR] * 4, UnitKind.NURSE, UnitKind.MCA)
    fleet = [Unit(kind, int(home)) for kind, home in zip(kinds, dice.integers(0, 5, len(kinds)), strict=True)]
    fleet += [Unit(UnitKind.ALS, int(home), ALWAYS, True, 5 * MINUTE) for home in dice.integers(0, 5, 3)]
    places = (
        Place(PlaceKind.HAP, 3, ((0, 1), (12 * HOUR, 3)), hours=((6 * HOUR, 20 * HOUR),)),
        Place(PlaceKind.HAP, 8, ((0, 2),)),
        Place(PlaceKind.SEH, 5, ((0, 4),), stops=((9 * HOUR, 11 * HOUR), (15 * HOUR, 17 * HOUR))),
        Place(PlaceKind.SEH, 11, ((0, 3), (8 * HOUR, 5)), full_at=6),
    )
    plain = RoutingRule(
        "all", frozenset(Urgency), frozenset(), (Care.GP_VISIT, Care.HAP_APPOINTMENT, Care.ADVICE), None
    )
    world = World(
        x=x,
        y=y,
        signals_ms=ways,
        bases=dice.choice(zones, 5, replace=False),
        fleet=tuple(fleet),
        places=places,
        routing=Routing("centre", "1", date(2026, 1, 1), False, (plain,)),
        answers={
            UnitKind.GP_CAR: Answer(400_000, 2 * MINUTE),
            UnitKind.NURSE: Answer(200_000, 10 * MINUTE),
            UnitKind.RAPID: Answer(100_000, 0),
        },
        pace=(900, 1000, 1250, 1100),
    )
    cares = (
        Care.ALS,
        Care.ALS,
        Care.ALS,
        Care.RAPID,
        Care.MCA,
        Care.GP_VISIT,
        Care.DISTRICT_NURSE,
        Care.HAP_APPOINTMENT,
    )
    care = dice.choice([tuple(Care).index(one) for one in cares], size)
    rapid = care == tuple(Care).index(Care.RAPID)
    demand = ChainDemand(
        at=np.sort(dice.integers(0, DAY, size)),
        handling=dice.integers(0, 3 * MINUTE, size),
        zone=dice.integers(0, zones, size),
        urgency=dice.choice(4, size, p=[0.2, 0.3, 0.3, 0.2]),
        care=care,
        on_scene=dice.integers(5 * MINUTE, 30 * MINUTE, size),
        transported=dice.random(size) < 0.6,
        handover=dice.integers(5 * MINUTE, 20 * MINUTE, size),
        clearing=dice.integers(0, 5 * MINUTE, size),
        complaint=np.where((dice.random(size) < 0.3) & ~rapid, 1, -1),
        on_scene_of=dice.integers(5 * MINUTE, 30 * MINUTE, (size, len(Care))),
        stay=dice.integers(HOUR // 2, 3 * HOUR, size),
        throws=dice.integers(0, 1_000_000, (size, 3)),
        second=np.where(rapid, tuple(Care).index(Care.ALS), -1),
        walk_ins=WalkIns(
            at=np.sort(dice.integers(0, DAY, 60)),
            place=dice.integers(0, 4, 60),
            urgency=dice.integers(0, 6, 60),
            stay=dice.integers(HOUR // 4, HOUR, 60),
        ),
    )
    return world, demand, Policy(Dmexclp.of(world, np.ones(zones), 0.4, 12 * MINUTE), preempt=True)
