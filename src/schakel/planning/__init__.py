"""What if: another station, shift, rule or demand. Simulation and optimisation, without a server.

    from schakel.domain.region import find, load
    from schakel.planning import GoHome, Policy, demand_of, play, world_of

    region = load(find("midden-nederland"))
    log = play(world_of(region, since, until), demand_of(region, since, until, seed=1), Policy(GoHome()))

GP posts, emergency departments and whoever comes there by themselves are in `chain_of` and `chain_demand_of`, in place
of `world_of` and `demand_of`. The log that comes out is that of the live centre, and `schakel.indicators` reads both.
The location models stand in `schakel.planning.location`, queueing theory in `schakel.planning.queueing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schakel.planning.chain_region import chain_demand_of, chain_of
from schakel.planning.complaints import with_complaints
from schakel.planning.demand import ChainDemand, Demand, Profile, WalkIns, draw, together
from schakel.planning.from_log import demand_from
from schakel.planning.places import Place, StopRule
from schakel.planning.policies import ComplianceTable, Dmexclp, GoHome, Policy
from schakel.planning.region import demand_of, world_of
from schakel.planning.stops import with_stops
from schakel.planning.world import Answer, Unit, World

if TYPE_CHECKING:
    from schakel.planning.kernel import play

__all__ = [
    "Answer",
    "ChainDemand",
    "ComplianceTable",
    "Demand",
    "Dmexclp",
    "GoHome",
    "Place",
    "Policy",
    "Profile",
    "StopRule",
    "Unit",
    "WalkIns",
    "World",
    "chain_demand_of",
    "chain_of",
    "demand_from",
    "demand_of",
    "draw",
    "play",
    "together",
    "with_complaints",
    "with_stops",
    "world_of",
]


def __getattr__(name: str) -> Any:
    """The kernel brings a compiler with it; whoever asks for a policy alone, as the desk does, need not load that."""
    if name == "play":
        from schakel.planning.kernel import play

        return play
    raise AttributeError(f"schakel.planning has no {name}")
