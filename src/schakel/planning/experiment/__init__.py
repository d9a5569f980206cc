"""Playing a scenario and comparing its variants on the very same patients.

from schakel.planning.scenario import load
from schakel.planning.experiment import run

results = run(load("scenarios/station-vleuten.toml"))
results.comparisons
"""

from schakel.planning.experiment.blocks import Player
from schakel.planning.experiment.counting import About, Counted, count, planned_cover
from schakel.planning.experiment.results import Between, Compared, Results
from schakel.planning.experiment.running import processors, run

__all__ = [
    "About",
    "Between",
    "Compared",
    "Counted",
    "Player",
    "Results",
    "count",
    "planned_cover",
    "processors",
    "run",
]
