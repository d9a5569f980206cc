"""What was simulated can be simulated again from its log."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from hypothesis import given, settings

from schakel.domain.events import Arrived, Cleared, Closed
from schakel.indicators import NEVER, read_timeline
from schakel.planning import kernel
from schakel.planning.from_log import demand_from
from worlds import runs


@settings(deadline=None, max_examples=150)
@given(runs())
def test_a_run_played_again_from_its_log_is_the_same_run(run):
    """As far as everybody was served: who was not left no lengths of time, and is counted instead."""
    world, demand, policy = run
    log = kernel.play(world, demand, policy)
    found = demand_from(log, world.zones)
    served = log.first(Closed) < NEVER
    assert found.left_out == len(demand) - int(served.sum())
    if found.left_out:
        return
    again = kernel.play(world, found.demand, policy)
    assert np.array_equal(found.demand.at, demand.at)
    for kind in (Arrived, Cleared, Closed):
        assert np.array_equal(again.first(kind), log.first(kind))


def test_what_is_not_known_is_left_out_and_counted():
    log = read_timeline(
        """
        09:00  received     1  zone=zeist
        09:02  triaged      1  urgency=U1
        09:02  care_chosen  1  care=als
        09:10  arrived      1
        09:40  cleared      1
        09:05  received     2
        09:06  triaged      2  urgency=U1
        09:06  care_chosen  2  care=als
        09:15  arrived      2
        09:50  cleared      2
        09:20  received     3  zone=zeist
        """
    )
    found = demand_from(log, ["bunnik", "zeist"])
    assert (found.requests, found.left_out) == ([1], 2)
    assert found.demand.zone.tolist() == [1]
    assert found.demand.on_scene.tolist() == [30 * 60_000]
    assert not found.demand.transported.any()


def test_who_asks_for_a_policy_does_not_load_a_compiler():
    code = "import sys, schakel.planning.policies; sys.exit('numba' in sys.modules or 'django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
