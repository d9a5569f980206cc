"""What was found: every figure of every variant, the differences with the base, and as tables.

A share is all its hits over all its cases; a percentile of a length of time is the mean of those of the replications. A
figure that is not known in some replication, because too many still waited to say, is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from schakel.domain.durations import MINUTE
from schakel.domain.vocabulary import UnitKind
from schakel.indicators import Count, Spread
from schakel.planning.experiment.counting import PERCENT_OF, SPREAD_OF, WHOLE, About, Counted
from schakel.planning.scenario.model import Scenario
from schakel.planning.scenario.words import Method, Quantity
from schakel.planning.statistics import (
    Choice,
    Difference,
    Estimate,
    Selection,
    holm,
    mean_of,
    paired,
    paired_share,
    share_of,
    von_neumann,
)

#: Below this chance, batches look too much alike to be taken for independent.
ALIKE = 0.01


class Compared(NamedTuple):
    """One figure of the base and of a variant, and their difference. Shares from 0 to 1, times in minutes."""

    variant: str
    indicator: Quantity
    group: str
    base: float
    value: float
    difference: Difference
    p_holm: float

    @property
    def is_shown(self) -> bool:
        """Whether chance alone is no explanation any more, with all comparisons of the report in mind."""
        return self.p_holm < 0.05


@dataclass
class Results:
    """The blocks of every variant, in the order of replications or batches, and what follows from them."""

    scenario: Scenario
    blocks: dict[str, list[Counted]]
    selection: Selection | None
    seconds: float

    # ------------------------------------------------------------ figures

    def counted(self, variant: str, about: About) -> list[Count | Spread | None]:
        """What was counted, block by block."""
        return [block.get(about) for block in self.blocks[variant]]

    def total(self, variant: str, indicator: Quantity, group: str, area: str = WHOLE) -> Count:
        """All blocks together, as two counts."""
        total = Count(0, 0)
        for one in self.counted(variant, About(indicator.value, group, area)):
            if isinstance(one, Count):
                total += one
        return total

    def spread(self, variant: str, name: str, group: str, area: str = WHOLE) -> Spread:
        """All lengths of time of all blocks together. name: `response` or `wait`."""
        found = [one for one in self.counted(variant, About(name, group, area)) if isinstance(one, Spread)]
        over = [np.repeat(one.ms, one.over) for one in found]
        still = [np.repeat(one.ms, one.open) for one in found]
        return Spread(np.concatenate(over) if over else (), np.concatenate(still) if still else ())

    def value(self, variant: str, block: int, indicator: Quantity, group: str, area: str = WHOLE) -> float | None:
        """One figure of one block: points of per cent, or minutes; None where it is not known."""
        name = SPREAD_OF.get(indicator, indicator.value)
        one = self.blocks[variant][block].get(About(name, group, area))
        if isinstance(one, Spread):
            ms = one.percentile(PERCENT_OF[indicator])
            return None if ms is None else ms / MINUTE
        return None if one is None or one.share is None else 100 * one.share

    def estimate(self, variant: str, indicator: Quantity, group: str, area: str = WHOLE) -> Estimate | None:
        """A figure with its interval: a share from 0 to 1, or minutes; None where it is not known."""
        confidence = self.scenario.runs.confidence
        if indicator.is_time:
            times = self._times(variant, indicator, group, area)
            return None if times is None else mean_of(times, confidence)
        hits, of = self._hits(variant, indicator, group, area)
        return share_of(hits, of, confidence) if hits else None

    def difference(self, variant: str, indicator: Quantity, group: str, area: str = WHOLE) -> Between | None:
        """How much more a variant has than the base, over the blocks that both have."""
        confidence, base = self.scenario.runs.confidence, self.scenario.base.id
        n = min(len(self.blocks[base]), len(self.blocks[variant]))
        if indicator.is_time:
            first = self._times(base, indicator, group, area, n)
            second = self._times(variant, indicator, group, area, n)
            if not first or not second:
                return None
            found: Difference | None = paired(first, second, confidence)
            levels = float(np.mean(first)), float(np.mean(second))
        else:
            h1, o1 = self._hits(base, indicator, group, area, n)
            h2, o2 = self._hits(variant, indicator, group, area, n)
            if not sum(o1) or not sum(o2):
                return None
            found = paired_share((h1, o1), (h2, o2), confidence)
            levels = sum(h1) / sum(o1), sum(h2) / sum(o2)
        return None if found is None else Between(found, *levels, 1.0 if indicator.is_time else 100.0)

    def _hits(
        self, variant: str, indicator: Quantity, group: str, area: str, n: int | None = None
    ) -> tuple[list[int], list[int]]:
        counts = self.counted(variant, About(indicator.value, group, area))[:n]
        pairs = [(one.hits, one.of) if isinstance(one, Count) else (0, 0) for one in counts]
        return [hits for hits, _ in pairs], [of for _, of in pairs]

    def _times(
        self, variant: str, indicator: Quantity, group: str, area: str, n: int | None = None
    ) -> list[float] | None:
        blocks = range(len(self.blocks[variant]) if n is None else n)
        found = [self.value(variant, i, indicator, group, area) for i in blocks]
        known = [one for one in found if one is not None]
        return known if known and len(known) == len(found) else None

    # ------------------------------------------------------------ what is compared

    @cached_property
    def groups(self) -> dict[Quantity, list[str]]:
        """For whom each indicator was counted, in the order of the vocabulary."""
        from schakel.planning.scenario.reading import groups

        seen = {(about.indicator, about.group) for blocks in self.blocks.values() for one in blocks for about in one}
        return {
            indicator: [
                group for group in groups(indicator) if (SPREAD_OF.get(indicator, indicator.value), group) in seen
            ]
            for indicator in Quantity
        }

    @cached_property
    def headlines(self) -> list[tuple[Quantity, str]]:
        """The figures that variants are compared and tested on: few, so that little is lost to their number."""
        wanted = [
            *((Quantity.WITHIN_NORM, group) for group in ("A0", "A1", "A2")),
            *((Quantity.RESPONSE_P95, group) for group in ("A1", "A2")),
            (Quantity.NOT_AT_ONCE, "A1"),
            (Quantity.COVERED, "urgent"),
            (Quantity.UTILISATION, str(UnitKind.ALS)),
            (Quantity.ON_THE_SPOT, "all"),
            (Quantity.WITHIN_NORM, "gp_visit"),
        ]
        stop = self.scenario.runs.stop
        if stop is not None and (stop.goal.indicator, stop.goal.group) not in wanted:
            wanted.append((stop.goal.indicator, stop.goal.group))
        return [(indicator, group) for indicator, group in wanted if group in self.groups[indicator]]

    @cached_property
    def comparisons(self) -> list[Compared]:
        """Every headline of every variant against the base, corrected for their number (Holm)."""
        found = []
        for variant in self.scenario.variants[1:]:
            for indicator, group in self.headlines:
                between = self.difference(variant.id, indicator, group)
                if between is not None:
                    found.append((variant.id, indicator, group, between))
        corrected = holm([between.difference.p for *_, between in found])
        return [
            Compared(name, indicator, group, between.base, between.value, between.difference, p)
            for (name, indicator, group, between), p in zip(found, corrected, strict=True)
        ]

    @property
    def choice(self) -> Choice | None:
        """What a selection found, if one was asked."""
        return self.selection.choice if self.selection is not None else None

    @cached_property
    def doubts(self) -> list[tuple[str, str, str]]:
        """Headlines whose batches look too much alike to be taken for independent: variant, indicator, group."""
        if self.scenario.runs.method is not Method.BATCHES:
            return []
        found = []
        for variant in self.scenario.variants:
            for indicator, group in self.headlines:
                values = [self.value(variant.id, i, indicator, group) for i in range(len(self.blocks[variant.id]))]
                known = [one for one in values if one is not None]
                if len(known) == len(values) and von_neumann(known) < ALIKE:
                    found.append((variant.id, indicator.value, group))
        return found

    # ------------------------------------------------------------ tables

    def figures(self) -> pl.DataFrame:
        """Every figure of every block: shares as two counts, times as percentiles in minutes with their number."""
        return pl.DataFrame(
            list(self._rows()),
            schema={
                "variant": pl.String,
                "block": pl.Int64,
                "indicator": pl.String,
                "group": pl.String,
                "area": pl.String,
                "hits": pl.Int64,
                "of": pl.Int64,
                "p50_min": pl.Float64,
                "p95_min": pl.Float64,
                "open": pl.Int64,
            },
            orient="row",
        )

    def _rows(self) -> Iterator[tuple[str | int | float | None, ...]]:
        for variant, blocks in self.blocks.items():
            for number, block in enumerate(blocks):
                for about, one in sorted(block.items()):
                    if isinstance(one, Count):
                        yield variant, number, *about, one.hits, one.of, None, None, None
                    else:
                        at = [one.percentile(percent) for percent in (50, 95)]
                        p50, p95 = (None if ms is None else round(ms / MINUTE, 4) for ms in at)
                        yield variant, number, *about, None, one.count, p50, p95, int(one.open.sum())

    def compared(self) -> pl.DataFrame:
        """The comparisons of the report, as a table. Shares in per cent, times in minutes."""
        rows = []
        for one in self.comparisons:
            times = 1 if one.indicator.is_time else 100
            low, high = one.difference.interval
            rows.append(
                (
                    one.variant,
                    one.indicator.value,
                    one.group,
                    times * one.base,
                    times * one.value,
                    times * one.difference.value,
                    times * low,
                    times * high,
                    one.difference.n,
                    one.difference.p,
                    one.p_holm,
                )
            )
        names = ("variant", "indicator", "group", "base", "value", "difference", "low", "high", "n", "p", "p_holm")
        kinds: Sequence[type[pl.DataType]] = (*[pl.String] * 3, *[pl.Float64] * 5, pl.Int64, *[pl.Float64] * 2)
        return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


class Between(NamedTuple):
    """A difference with the levels it lies between. times: from the figure to points of per cent."""

    difference: Difference
    base: float
    value: float
    times: float

    @property
    def scaled(self) -> Estimate:
        """In points of per cent, or in minutes."""
        one = self.difference
        return Estimate(self.times * one.value, self.times * one.half_width, one.n)
