"""The report: whole or not at all, alone on its page, and with all that is needed to play the same again."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from schakel.planning.experiment import Player, run
from schakel.planning.log_file import read_log
from schakel.planning.report import Language, NotOurs, files, write
from schakel.planning.report.charts import Row, intervals
from schakel.planning.scenario import Quantity, load
from small_scenario import SMALL, a_scenario

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)

#: A name that would be a script, if anybody forgot to escape it.
HOSTILE = SMALL.replace('"More people"', "'<script>alert(1)</script> & \"more\"'")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A report in a folder, with the results it was made of."""
    folder = tmp_path_factory.mktemp("report")
    scenario = a_scenario(folder, HOSTILE)
    results = run(scenario)
    logs = {"base": Player(scenario).log(scenario.base, 0)}
    page = write(results, folder / "out", at=AT, logs=logs)
    return results, page


class Page(HTMLParser):
    """The tags of a page, what they carry, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_the_page_is_alone_and_asks_nothing_of_the_network(made):
    text = made[1].read_text(encoding="utf-8")
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "use", "image"} & {tag for tag, _ in page.tags}
    for _tag, attributes in page.tags:
        for name in ("src", "href", "xlink:href", "action", "data"):
            assert name not in attributes
    assert "url(" not in text and "@import" not in text
    [policy] = [a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_what_a_file_says_is_text_and_never_markup(made):
    text = made[1].read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in text


def test_every_section_with_a_chart_has_a_table_beside_it(made):
    text = made[1].read_text(encoding="utf-8")
    sections = re.findall(r"<section>(.*?)</section>", text, re.DOTALL)
    charts = [one for one in sections if "<svg" in one]
    assert len(charts) == 5
    assert all("<table" in one for one in charts)


def test_charts_are_drawn_in_the_colours_of_the_page(made):
    text = made[1].read_text(encoding="utf-8")
    drawn = "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    assert set(re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]+)"', drawn)) == set()
    used = set(re.findall(r"var\((--[\w-]+)\)", drawn))
    assert used <= set(re.findall(r"(--[\w-]+):", text))


def test_the_question_every_variant_every_figure_and_what_is_missing_are_said(made):
    results, page = made
    text = Page(page.read_text(encoding="utf-8")).text
    for told in ("Does it hold?", "Where it helps", "What is not simulated", "Not clinically validated", "Sources"):
        assert told in text
    for indicator in Quantity:
        assert indicator.label in text
    total = results.total("base", Quantity.WITHIN_NORM, "A1")
    assert str(total.hits) in text and str(total.of) in text


def test_the_figures_are_there_as_csv_and_parquet_and_are_the_same(made):
    results, page = made
    for name, table in (("figures", results.figures()), ("comparisons", results.compared())):
        assert pl.read_parquet(page.parent / f"{name}.parquet").equals(table)
        again = pl.read_csv(page.parent / f"{name}.csv", schema=table.schema)
        text = pl.col(pl.String)
        assert again.with_columns(text.fill_null("")).equals(table.with_columns(text.fill_null("")))


def test_seeds_versions_and_check_sums_are_written(made):
    told = json.loads((made[1].parent / "run.json").read_text(encoding="utf-8"))
    assert told["seed"] == "7" and told["played at"] == "2026-11-01T12:00:00+00:00"
    assert {"numpy", "numba", "polars", "python", "sha256 of scenario.toml"} <= set(told)
    assert any("midden-nederland.zones.csv" in name for name in told)


def test_the_same_is_played_again_from_the_inputs_of_the_report(made):
    results, page = made
    again = load(page.parent / "inputs" / "scenario.toml")
    assert again.region_path.parent == page.parent / "inputs" / "regions"
    assert run(again).figures().equals(results.figures())


def test_a_log_that_was_kept_is_the_log(made):
    results, page = made
    kept = read_log(page.parent / "logs" / "base.parquet")
    assert len(kept) == len(Player(results.scenario).log(results.scenario.base, 0))


def test_a_later_report_takes_the_place_of_the_earlier_one(made, tmp_path):
    results, _ = made
    page = write(results, tmp_path / "out", at=AT)
    (tmp_path / "out" / "old.txt").write_text("old")
    assert write(results, tmp_path / "out", at=AT) == page
    assert not (tmp_path / "out" / "old.txt").exists()
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_who_stops_halfway_has_what_was_there_before(made, tmp_path, monkeypatch):
    results, _ = made
    page = write(results, tmp_path / "out", at=AT)
    before = page.read_bytes()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "_inputs", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(results, tmp_path / "out", at=AT)
    assert page.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["out"]
    with pytest.raises(KeyboardInterrupt):
        write(results, tmp_path / "new", at=AT)
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(made, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(NotOurs, match="holds something that is no report"):
        write(made[0], tmp_path)
    with pytest.raises(NotOurs, match="is a file"):
        write(made[0], tmp_path / "thesis.txt")
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_scenario_without_variants_has_a_report_without_comparisons(tmp_path):
    scenario = a_scenario(tmp_path, SMALL[: SMALL.index("[[variant]]")])
    text = write(run(scenario), tmp_path / "out", at=AT).read_text(encoding="utf-8")
    assert "Differences with the base" not in text
    assert "As it is" in text


def test_numbers_are_written_as_people_of_the_country_do():
    dutch = Language("nl", lambda text: {"{n} min": "{n} minuten"}.get(text, text), ",")
    assert dutch.number(-1.25, 2) == "−1,25"
    assert dutch.number(0.04, 1, sign=True) == "0,0"
    assert dutch.number(3.14159, 2, sign=True) == "+3,14"
    assert dutch("{n} min", n="3,1") == "3,1 minuten"


def test_a_chart_names_its_rows_and_uses_the_decimal_sign(tmp_path):
    svg = intervals([Row("De basis", 0.5, 0.25, 0.75)], "punten", ",", zero=True)
    assert "De basis" in svg and "punten" in svg
    assert re.search(r">0,\d", svg)
    assert 'aria-hidden="true"' in svg


def test_what_was_read_is_named_by_its_place_among_the_inputs(made):
    names = [name for name, _ in files._files(made[0].scenario)]
    assert names[0] == "scenario.toml"
    assert all(not Path(name).is_absolute() for name in names)
