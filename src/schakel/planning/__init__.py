"""What if: another station, shift, rule or demand. Simulation and optimisation, without a server.

    from schakel.domain.region import find, load
    from schakel.planning import GoHome, Policy, demand_of, play, world_of

    region = load(find("midden-nederland"))
    log = play(world_of(region, since, until), demand_of(region, since, until, seed=1), Policy(GoHome()))

The log that comes out is that of the live centre, and `schakel.indicators` reads both. The location models stand in
`schakel.planning.location`, queueing theory in `schakel.planning.queueing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schakel.planning.demand import Demand, Profile, draw, together
from schakel.planning.from_log import demand_from
from schakel.planning.policies import ComplianceTable, Dmexclp, GoHome, Policy
from schakel.planning.region import demand_of, world_of
from schakel.planning.world import Unit, World

if TYPE_CHECKING:
    from schakel.planning.kernel import play

__all__ = [
    "ComplianceTable",
    "Demand",
    "Dmexclp",
    "GoHome",
    "Policy",
    "Profile",
    "Unit",
    "World",
    "demand_from",
    "demand_of",
    "draw",
    "play",
    "together",
    "world_of",
]


def __getattr__(name: str) -> Any:
    """The kernel brings a compiler with it; whoever asks for a policy alone, as the desk does, need not load that."""
    if name == "play":
        from schakel.planning.kernel import play

        return play
    raise AttributeError(f"schakel.planning has no {name}")
