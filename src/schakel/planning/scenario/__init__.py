"""A scenario as data: one file says which region, whose requests, who goes, what is decided, and what is compared.

`load` gives the scenario or refuses the file; `check` lists everything that is wrong with it, not only the first.
"""

from schakel.planning.scenario.model import (
    Addition,
    Best,
    Fleet,
    Goal,
    Growth,
    Period,
    Precision,
    Redirect,
    Rules,
    Runs,
    Scenario,
    Variant,
)
from schakel.planning.scenario.patients import Patients
from schakel.planning.scenario.reading import WrongScenario, check, load
from schakel.planning.scenario.words import Method, Moved, Quantity, Source
from schakel.planning.scenario.worlds import policy_of, region_of, world_for

__all__ = [
    "Addition",
    "Best",
    "Fleet",
    "Goal",
    "Growth",
    "Method",
    "Moved",
    "Patients",
    "Period",
    "Precision",
    "Quantity",
    "Redirect",
    "Rules",
    "Runs",
    "Scenario",
    "Source",
    "Variant",
    "WrongScenario",
    "check",
    "load",
    "policy_of",
    "region_of",
    "world_for",
]
