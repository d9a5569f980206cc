"""Who is sent, and where a free unit waits: one policy per file, asked alike by a simulation and by the live centre.

A policy of dispatch gets what the desk has, candidates and a search, and says whom it would send. A policy of
relocation gets how many free units wait at each base, and says to which base one more should go. Policies advise; they
send nobody.
"""

from schakel.planning.policies.a0_preemption import taken_for_a0
from schakel.planning.policies.choice_of_care import first_possible
from schakel.planning.policies.closest_idle import closest_idle
from schakel.planning.policies.compliance_table import ComplianceTable
from schakel.planning.policies.cover_now import (
    Cover,
    Move,
    advised_moves,
    cover_of,
    cover_without,
    may_leave,
    reach_from,
)
from schakel.planning.policies.destination import Department, destination
from schakel.planning.policies.dmexclp import Dmexclp
from schakel.planning.policies.go_home import GoHome
from schakel.planning.policies.neighbour_help import neighbour_asked
from schakel.planning.policies.policy import Free, Policy, Relocation

__all__ = [
    "ComplianceTable",
    "Cover",
    "Department",
    "Dmexclp",
    "Free",
    "GoHome",
    "Move",
    "Policy",
    "Relocation",
    "advised_moves",
    "closest_idle",
    "cover_of",
    "cover_without",
    "destination",
    "first_possible",
    "may_leave",
    "neighbour_asked",
    "reach_from",
    "taken_for_a0",
]
