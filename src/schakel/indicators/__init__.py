"""What it amounts to: figures from the log, of the live centre and of a simulation alike.

A figure is never kept, only derived. Counts and spreads add up over regions, weeks and replications; percentages and
percentiles do not, and are taken at the very end. Pure: NumPy, and nothing that knows of a server.
"""

from schakel.indicators.costs import PerInhabitant, Price, costs_of_care, costs_of_units
from schakel.indicators.count import Count, Spread
from schakel.indicators.log import NEVER, NONE, EventLog
from schakel.indicators.response import reached_within, response_times
from schakel.indicators.rides import mobile_care_consults
from schakel.indicators.timeline import read_timeline, write_timeline
from schakel.indicators.utilisation import overtime, utilisation
from schakel.indicators.waiting import answered_within, handover_times, waits_for_a_room, waits_for_a_unit

__all__ = [
    "NEVER",
    "NONE",
    "Count",
    "EventLog",
    "PerInhabitant",
    "Price",
    "Spread",
    "answered_within",
    "costs_of_care",
    "costs_of_units",
    "handover_times",
    "mobile_care_consults",
    "overtime",
    "reached_within",
    "read_timeline",
    "response_times",
    "utilisation",
    "waits_for_a_room",
    "waits_for_a_unit",
    "write_timeline",
]
