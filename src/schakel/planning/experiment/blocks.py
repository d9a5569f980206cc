"""One piece of work: some variants on the patients of one replication, counted.

What is counted is a list of blocks: one for a replication, or the batches of a long run. Everything that follows from
the scenario alone is made once per process and kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from schakel.domain.durations import DAY
from schakel.indicators import EventLog
from schakel.planning.experiment.counting import Counted, count
from schakel.planning.policies import Policy
from schakel.planning.scenario import Method, Patients, Scenario, Variant, policy_of, world_for
from schakel.planning.world import World


class Player:
    """A scenario ready to be played: its worlds and policies, each made when it is first needed."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._made: dict[str, tuple[World, Policy]] = {}
        self._patients: tuple[int, Patients] | None = None

    def blocks(self, variants: Sequence[str], replication: int) -> dict[str, list[Counted]]:
        """What each of these variants amounts to on the patients of a replication."""
        found = {}
        for name in variants:
            variant = self.scenario.variant[name]
            world, _ = self.made(variant)
            log = self.log(variant, replication)
            found[name] = [
                count(log.between(since, until), world, self.scenario.region, self.scenario.reach_ms)
                for since, until in pairwise(self.cuts())
            ]
        return found

    def log(self, variant: Variant, replication: int) -> EventLog:
        """Everything that happens to a variant in a replication; its period is what is counted."""
        from schakel.planning.kernel import play

        scenario = self.scenario
        if self._patients is None or self._patients[0] != replication:
            self._patients = replication, Patients(scenario, replication)
        world, policy = self.made(variant)
        log = play(world, self._patients[1].of(variant), policy, until=scenario.ends)
        return log.between(scenario.begins, scenario.ends)

    def made(self, variant: Variant) -> tuple[World, Policy]:
        """The world and the policy of a variant."""
        if variant.id not in self._made:
            world = world_for(self.scenario, variant)
            self._made[variant.id] = world, policy_of(self.scenario, variant, world)
        return self._made[variant.id]

    def cuts(self) -> list[int]:
        """Where blocks begin and end: whole days by the wall clock, the first batches a day longer if need be."""
        scenario = self.scenario
        if scenario.runs.method is Method.REPLICATIONS:
            return [scenario.begins, scenario.ends]
        days, batches = scenario.period.days, scenario.runs.number
        first = [i * (days // batches) + min(i, days % batches) for i in range(batches + 1)]
        return [scenario.region.calendar.instant(scenario.period.start, day * (DAY // 60_000)) for day in first]
