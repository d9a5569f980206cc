"""The region as data: one file says who takes part, where, when, with what, and according to which norms.

`load` gives the region or refuses the file; `check` lists everything that is wrong with it, not only the first. The
names of the file are those of the dataclasses in `model`; where the words of a table differ, `reading` says how.
"""

from schakel.domain.region.hours import Calendar, Hours, Span, Window
from schakel.domain.region.model import (
    NEXT_WORKING_DAY,
    Base,
    Box,
    Demand,
    Duration,
    Durations,
    Goal,
    HourlyWeights,
    Municipality,
    Norms,
    Organisation,
    Place,
    Region,
    Routing,
    RoutingRule,
    SubRegion,
    Unit,
    UrgencyMapping,
    Zone,
)
from schakel.domain.region.problem import Problem, WrongRegion
from schakel.domain.region.reading import check, find, load
from schakel.domain.region.words import Days, Direction, Function

__all__ = [
    "NEXT_WORKING_DAY",
    "Base",
    "Box",
    "Calendar",
    "Days",
    "Demand",
    "Direction",
    "Duration",
    "Durations",
    "Function",
    "Goal",
    "HourlyWeights",
    "Hours",
    "Municipality",
    "Norms",
    "Organisation",
    "Place",
    "Problem",
    "Region",
    "Routing",
    "RoutingRule",
    "Span",
    "SubRegion",
    "Unit",
    "UrgencyMapping",
    "Window",
    "WrongRegion",
    "Zone",
    "check",
    "find",
    "load",
]
