"""The very same patients for every variant: drawn once, and each variant takes those that are its own.

Where demand grows, the patients are drawn for the largest growth that any variant asks, rounded up to a whole number,
and every patient throws a die. A variant keeps whose throw is below its own share. What remains is a Poisson process
with exactly the rate that was asked (thinning), and whoever is in a smaller variant is in a larger one too, at the same
minute, with the same complaint.

Who gets other care throws another die, so that a share of 0.2 is a part of a share of 0.4.

Lewis, P.A.W. and Shedler, G.S. (1979), Naval Research Logistics Quarterly 26, 403-413.
"""

from __future__ import annotations

from dataclasses import fields, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from schakel.domain.region import Duration, Durations, Region
from schakel.domain.vocabulary import Care, Urgency
from schakel.planning.demand import Demand, spread
from schakel.planning.from_log import demand_from
from schakel.planning.region import demand_of
from schakel.planning.scenario.model import Scenario, Variant
from schakel.planning.scenario.worlds import zone_factors

#: How long whoever comes instead of an ambulance stays. What is not here keeps the time that was drawn for it.
STAY: dict[Care, str] = {
    Care.GP_VISIT: "gp_visit",
    Care.NURSE_PRACTITIONER: "practitioner_visit",
    Care.DISTRICT_NURSE: "nurse_visit",
    Care.CRISIS_TEAM: "crisis_visit",
    Care.RAPID_HAG: "on_scene_no_transport",
    Care.RAPID: "on_scene_no_transport",
}

#: The stream of the dice that patients throw; the profiles of a region's demand have the first numbers.
DICE = 1_000


class Patients:
    """Everybody who calls in one replication, and what each of them threw."""

    def __init__(self, scenario: Scenario, replication: int) -> None:
        self.scenario = scenario
        self.times = 1
        if scenario.log is None:
            self.times = max(1, ceil(max(one.growth.most for one in scenario.variants) - 1e-9))
            region = _times(scenario.region, self.times)
            seed = scenario.runs.seed
            self.everybody = demand_of(region, scenario.warms_up_from, scenario.ends, seed, replication)
        else:
            zones = [zone.id for zone in scenario.region.zones]
            self.everybody = demand_from(scenario.log.between(scenario.warms_up_from, scenario.ends), zones).demand
        dice = np.random.default_rng(np.random.SeedSequence([scenario.runs.seed, replication, DICE]))
        size = len(self.everybody)
        self.stays, self.chooses, self.lasts = dice.random(size), dice.random(size), dice.standard_normal(size)

    def of(self, variant: Variant) -> Demand:
        """The requests of a variant."""
        factors = zone_factors(self.scenario.region, variant)
        kept = self.stays * self.times < factors[self.everybody.zone]
        demand = Demand(**{field.name: getattr(self.everybody, field.name)[kept] for field in fields(Demand)})
        return self._redirected(demand, variant, self.chooses[kept], self.lasts[kept])

    def _redirected(
        self, demand: Demand, variant: Variant, chooses: NDArray[np.float64], lasts: NDArray[np.float64]
    ) -> Demand:
        columns = {name: getattr(demand, name).copy() for name in ("urgency", "care", "on_scene", "transported")}
        columns |= {name: getattr(demand, name).copy() for name in ("handover", "clearing")}
        begun = np.zeros((len(Care), len(Urgency)))
        for one in variant.redirects:
            for urgency in one.urgencies:
                here = (demand.care == tuple(Care).index(one.care)) & (demand.urgency == urgency.rank)
                start = begun[tuple(Care).index(one.care), urgency.rank]
                end = start + one.share
                begun[tuple(Care).index(one.care), urgency.rank] = end
                self._send(columns, here & (chooses >= start) & (chooses < end), one.to, lasts)
                if one.becomes is not None:
                    columns["urgency"][here & (chooses >= start) & (chooses < end)] = one.becomes.rank
        return replace(demand, **columns)

    def _send(
        self, columns: dict[str, NDArray[np.int64]], who: NDArray[np.bool_], to: Care, lasts: NDArray[np.float64]
    ) -> None:
        """Give these patients another care: who comes instead of an ambulance stays as long as it does, and is done."""
        columns["care"][who] = tuple(Care).index(to)
        if to in STAY:
            durations: Durations = self.scenario.region.durations
            stay: Duration = getattr(durations, STAY[to])
            columns["on_scene"][who] = spread(stay, lasts[who])
        if to in STAY or to is Care.ADVICE:
            for name in ("transported", "handover", "clearing"):
                columns[name][who] = 0


def _times(region: Region, times: int) -> Region:
    """The region with so many times its demand. Times one is the region itself."""
    if times == 1:
        return region
    told = region.demand
    ambulance = {code: number * times for code, number in told.ambulance_per_year.items()}
    larger = replace(
        told,
        ambulance_per_year=ambulance,
        hap_per_year=told.hap_per_year * times,
        crisis_per_year=told.crisis_per_year * times,
        district_nurse_per_year=told.district_nurse_per_year * times,
    )
    return replace(region, demand=larger)
