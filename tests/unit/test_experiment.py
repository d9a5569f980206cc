"""Playing a scenario: figures that follow from the blocks, and runs that stop when they should."""

from __future__ import annotations

import numpy as np
import pytest

from schakel.indicators import Count, Spread
from schakel.planning.experiment import About, Results, run
from schakel.planning.scenario import Quantity
from schakel.planning.statistics import paired, paired_share
from small_scenario import SMALL, a_scenario, with_table


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run(a_scenario(tmp_path_factory.mktemp("scenario")))


def test_every_variant_has_a_block_for_every_replication(results):
    assert {name: len(blocks) for name, blocks in results.blocks.items()} == {"base": 3, "cover": 3, "grown": 3}


def test_a_share_is_all_hits_of_all_cases_and_its_difference_that_of_the_shares(results):
    counts = {name: results.counted(name, About("within_norm", "A1")) for name in results.blocks}
    hits, of = ([[getattr(one, part) for one in counts[name]] for name in ("base", "grown")] for part in ("hits", "of"))
    estimate = results.estimate("base", Quantity.WITHIN_NORM, "A1")
    assert estimate.value == sum(hits[0]) / sum(of[0])
    between = results.difference("grown", Quantity.WITHIN_NORM, "A1")
    assert between.difference == paired_share((hits[0], of[0]), (hits[1], of[1]), 0.95)
    assert between.difference.value == pytest.approx(between.value - between.base)
    assert results.total("base", Quantity.WITHIN_NORM, "A1") == Count(sum(hits[0]), sum(of[0]))


def test_a_percentile_is_the_mean_of_those_of_the_replications(results):
    values = [results.value("base", i, Quantity.RESPONSE_P95, "A1") for i in range(3)]
    assert results.estimate("base", Quantity.RESPONSE_P95, "A1").value == pytest.approx(np.mean(values))
    other = [results.value("cover", i, Quantity.RESPONSE_P95, "A1") for i in range(3)]
    found = results.difference("cover", Quantity.RESPONSE_P95, "A1")
    assert found.difference == paired(values, other, 0.95)


def test_the_same_patients_make_a_difference_known_better_than_either_figure(results):
    between = results.difference("grown", Quantity.UTILISATION, "als")
    assert between.difference.half_width < results.estimate("base", Quantity.UTILISATION, "als").half_width


def test_what_was_not_counted_is_not_known(results):
    assert results.estimate("base", Quantity.WITHIN_NORM, "nurse_practitioner") is None
    assert results.difference("grown", Quantity.RESPONSE_P50, "nurse_practitioner") is None


def test_a_percentile_that_is_not_known_in_one_replication_is_not_known(results):
    blocks = {name: list(some) for name, some in results.blocks.items()}
    blocks["base"][1] = {**blocks["base"][1], About("response", "A1"): Spread([1_000], [2_000] * 9)}
    changed = Results(results.scenario, blocks, None, 0.0)
    assert changed.estimate("base", Quantity.RESPONSE_P95, "A1") is None
    assert changed.estimate("base", Quantity.WITHIN_NORM, "A1") is not None


def test_p_values_are_corrected_over_everything_that_is_compared(results):
    plain = [one.difference.p for one in results.comparisons]
    assert len(plain) == 2 * len(results.headlines)
    assert all(one.p_holm >= one.difference.p for one in results.comparisons)
    assert min(one.p_holm for one in results.comparisons) == min(1.0, len(plain) * min(plain))


def test_the_tables_hold_every_figure_as_two_counts(results):
    figures = results.figures()
    shares = figures.filter(figures["indicator"] == "within_norm")
    assert (shares["hits"] <= shares["of"]).all()
    whole = shares.filter((shares["area"] == "") & (shares["variant"] == "base") & (shares["group"] == "A1"))
    assert whole["of"].sum() == results.total("base", Quantity.WITHIN_NORM, "A1").of
    assert len(results.compared()) == len(results.comparisons)


def test_the_same_seed_gives_the_same_figures_and_progress_is_told(tmp_path, results):
    told = []
    again = run(a_scenario(tmp_path), told=lambda done, planned: told.append((done, planned)))
    assert again.figures().equals(results.figures())
    assert told[0] == (0, 9) and told[-1] == (9, 9)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_two_processes_find_what_one_finds(tmp_path, results):
    assert run(a_scenario(tmp_path), processes=2).figures().equals(results.figures())


STOP = 'seed = 7\n[runs.precision]\nindicator = "utilisation"\ngroup = "als"\nhalf_width = {}\nmost = 9\n'


def test_a_run_goes_on_until_its_differences_are_known_as_well_as_was_asked(tmp_path):
    easy = run(a_scenario(tmp_path, SMALL.replace("seed = 7\n", STOP.format(50))))
    assert len(easy.blocks["base"]) == 3
    hard = run(a_scenario(tmp_path, SMALL.replace("seed = 7\n", STOP.format(0.0001))))
    assert len(hard.blocks["base"]) == len(hard.blocks["grown"]) == 9


def test_more_replications_leave_the_first_ones_as_they_were(tmp_path):
    few = run(a_scenario(tmp_path))
    more = run(a_scenario(tmp_path, SMALL.replace("number = 3", "number = 5")))
    assert all(few.blocks[name] == more.blocks[name][:3] for name in few.blocks)


BEST = """seed = 7
[runs.best]
indicator = "response_p95"
group = "A1"
indifference = 0.05
most = 25
"""

WORSE = """
[[variant]]
id = "far"
name = "Nobody in the city"
[variant.fleet]
remove = ["09-109..09-112", "09-125", "09-127..09-128", "09-137..09-140"]
[[variant]]
id = "same"
name = "Nearly the same"
demand = { factor = 0.98 }
"""


def test_a_hopeless_variant_is_run_no_longer_than_it_takes_to_see_that(tmp_path):
    text = SMALL.replace("seed = 7\n", BEST).replace("number = 3", "number = 5")
    found = run(a_scenario(tmp_path, with_table(text, WORSE)))
    assert len(found.blocks["far"]) < len(found.blocks["base"])
    assert found.choice is not None and 1 in found.choice.out
    between = found.difference("far", Quantity.RESPONSE_P95, "A1")
    assert between.difference.n == len(found.blocks["far"]) and between.difference.value > 0


def test_one_long_run_is_cut_into_batches_that_are_compared_batch_by_batch(tmp_path):
    text = SMALL.replace("days = 2", "days = 6").replace("number = 3", 'number = 6\nmethod = "batches"')
    found = run(a_scenario(tmp_path, text))
    assert len(found.blocks["base"]) == 6
    whole = run(a_scenario(tmp_path, SMALL.replace("days = 2", "days = 6").replace("number = 3", "number = 2")))
    first = whole.counted("base", About("taken_away", "all"))[0]
    assert found.total("base", Quantity.TAKEN_AWAY, "all") == first
