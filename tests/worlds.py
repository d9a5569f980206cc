"""Small worlds in which anything may happen: for a generator that looks for two engines that differ."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from schakel.domain.durations import MINUTE, SECOND
from schakel.domain.vocabulary import Care, UnitKind, Urgency
from schakel.planning.demand import Demand
from schakel.planning.policies import ComplianceTable, Dmexclp, GoHome, Policy
from schakel.planning.world import ALWAYS, Unit, World

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
