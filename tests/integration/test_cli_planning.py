"""The commands of the planning room, as a person would type them."""

from __future__ import annotations

import csv
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from schakel.cli import app, planning_room
from schakel.domain.durations import DAY, HOUR
from schakel.domain.region import find, load
from schakel.operations.models import JournalEntry
from schakel.planning import GoHome, Policy, demand_of, play, world_of
from schakel.planning.log_file import write_log
from schakel.planning.log_table import log_from

ROOT = Path(__file__).resolve().parents[2]
MONDAY = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp()) * 1000 - HOUR
WEEKS = 7


def run(*words: str):
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160"})


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    """Seven weeks of ambulance rides, visits and advice in the region."""
    region = load(find("midden-nederland"))
    until = MONDAY + WEEKS * 7 * DAY
    world = world_of(region, MONDAY, until)
    told = play(world, demand_of(region, MONDAY, until, seed=2), Policy(GoHome()), until=until).between(MONDAY, until)
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    write_log(told, path)
    return path


def test_stations_are_located_in_a_region_with_table_and_page(tmp_path):
    result = run(
        *("locate", "mclp", "--region", "midden-nederland", "--number", "6", "--anywhere"),
        *("--csv", tmp_path / "sites.csv", "--html", tmp_path / "map.html"),
    )
    assert result.exit_code == 0, result.output
    assert "proven optimal" in result.output
    assert "counted again" in result.output
    with (tmp_path / "sites.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 6
    assert "<svg" in (tmp_path / "map.html").read_text()


@pytest.mark.parametrize(
    "words",
    [
        ("lscp", "--anywhere"),
        ("fewest", "--share", "0.97", "--double", "0.7", "--anywhere"),
        ("mclp", "--number", "20", "--most-per-shift", "3.5"),
        ("dsm", "--number", "14", "--far", "15", "--share", "0.9", "--anywhere"),
        ("mexclp", "--number", "23", "--busy", "0.4", "--keep", "existing"),
        ("malp", "--number", "20", "--busy", "0.4", "--reliability", "0.9"),
        ("p-median", "--number", "8", "--borders", "closed"),
        ("p-centre", "--number", "8"),
    ],
    ids=lambda words: words[0],
)
def test_every_model_answers(words):
    result = run("locate", *words, "--region", "midden-nederland")
    assert result.exit_code == 0, result.output
    assert "proven optimal" in result.output


def test_points_and_sites_come_as_tables(tmp_path):
    (tmp_path / "points.csv").write_text("id,weight\na,5\nb,3\n")
    (tmp_path / "sites.csv").write_text("id\ns\nt\n")
    (tmp_path / "matrix.csv").write_text("point,s,t\na,5,30\nb,30,5\n")
    words = (
        "--points",
        tmp_path / "points.csv",
        "--sites",
        tmp_path / "sites.csv",
        "--matrix",
        tmp_path / "matrix.csv",
    )
    result = run("locate", "mclp", *words, "--number", "1", "--html", tmp_path / "map.html")
    assert result.exit_code == 0, result.output
    assert "5 of 8 (62.50%)" in result.output
    assert "No map" in (tmp_path / "map.html").read_text()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("locate", "mclp"), "Give a region with --region, or tables"),
        (("locate", "mclp", "--points", "a.csv"), "Tables come in twos"),
        (("locate", "mclp", "--region", "midden-nederland"), "mclp: number: expected a whole number"),
        (("locate", "mclp", "--region", "midden-nederlant", "--number", "1"), "Did you mean midden-nederland?"),
        (("locate", "mclp", "--region", "none.toml", "--number", "1"), "none.toml: there is no such file."),
        (("locate", "lscp", "--region", "midden-nederland", "--within", "3"), "is within reach of no site"),
        (("capacity", "midden-nederland", "--double", "0.7"), "--double goes with --cover."),
        (("capacity", "midden-nederland", "--growth", "1.1", "--year", "2040"), "one of the two"),
        (("capacity", "midden-nederland", "--free", "1.5"), "capacity: free: expected a number from 0.5"),
        (("capacity", "midden-nederland", "--fitted", "none.toml"), "none.toml: the file: expected"),
        (("fit", "none.parquet"), "there is no such file"),
        (("forecast",), "Give a log"),
        (("forecast", "--year", "2500"), "growth: until: expected a year from 2024"),
        (("forecast", "x.parquet", "--care", "alls"), "Did you mean als"),
        (("forecast", "x.parquet", "--urgency", "A1"), "--urgency: expected U0"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(words, sentence):
    result = run(*words)
    assert result.exit_code == 1
    assert sentence in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_capacity_is_told_by_block_and_shift(tmp_path):
    result = run("capacity", "midden-nederland", "--csv", tmp_path / "blocks.csv")
    assert result.exit_code == 0, result.output
    assert "Ours, not RIVM's formula" in result.output
    with (tmp_path / "blocks.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 36
    assert all(int(line["units_on_duty"]) >= int(line["units_needed"]) for line in lines)


def test_double_cover_and_growth_go_into_capacity_and_neighbours_too():
    plain = run("capacity", "midden-nederland", "--cover", "0.97")
    double = run("capacity", "midden-nederland", "--cover", "0.97", "--double", "0.9")
    grown = run("capacity", "midden-nederland", "--year", "2040")
    helped = run("capacity", "midden-nederland", "--helped", "0.2", "--stations", "21")
    for result in (plain, double, grown, helped):
        assert result.exit_code == 0, result.output

    def units(result) -> int:
        return int(result.output.split("; ")[-1].split(" units on a workday")[0].split()[-1])

    assert units(double) > units(plain)
    assert units(grown) > 50 > units(helped)
    assert "Utrecht, Amersfoort" in grown.output


def test_a_log_is_fitted_foretold_and_goes_into_capacity(log, tmp_path):
    demand = tmp_path / "demand.toml"
    fitted = run("fit", log, "--out", demand)
    assert fitted.exit_code == 0, fitted.output
    assert "parametric bootstrap" in fitted.output
    assert "als, urgent" in fitted.output
    needed = run("capacity", "midden-nederland", "--fitted", demand)
    assert needed.exit_code == 0, needed.output
    assert "from demand.toml" in needed.output
    hours, areas = tmp_path / "hours.csv", tmp_path / "areas.csv"
    told = run("forecast", log, "--weeks", "2", "--care", "als", "--csv", hours, "--areas", areas)
    assert told.exit_code == 0, told.output
    assert "Back-test: foretold 2 times" in told.output
    with hours.open() as file:
        assert len(list(csv.DictReader(file))) == 2 * 168
    with areas.open() as file:
        assert {"zeist", "de-meern"} <= {line["area"] for line in csv.DictReader(file)}


def python_of(page: str) -> str:
    """The Python that a page of the manual shows."""
    [block] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "how-to" / page).read_text(), re.DOTALL)
    return block


def test_the_python_of_the_manual_runs(log, tmp_path, monkeypatch, capsys):
    exec(compile(python_of("locate-stations.md"), "locate-stations.md", "exec"), {})
    assert "proven optimal" in capsys.readouterr().out
    monkeypatch.chdir(tmp_path)
    assert run("fit", log, "--out", "var/demand.toml").exit_code == 0
    known: dict[str, Any] = {}
    exec(compile(python_of("fit-and-forecast.md"), "fit-and-forecast.md", "exec"), known)
    assert 4_000 < len(known["demand"]) < 7_000


def test_growth_names_its_sources():
    result = run("forecast", "--year", "2040")
    assert result.exit_code == 0, result.output
    assert "CBS, Kernprognose" in result.output
    assert "own, low" in result.output
    assert "not added" in result.output


def test_without_the_planning_room_it_is_said(monkeypatch):
    monkeypatch.setattr(planning_room, "find_spec", lambda name: None if name == "highspy" else sys)
    for words in (("locate", "lscp", "--region", "x"), ("capacity", "x"), ("fit", "x"), ("forecast", "x")):
        result = run(*words)
        assert result.exit_code == 1
        assert "The planning room is not installed here (highspy)" in result.output


@pytest.mark.django_db
def test_the_journal_of_the_centre_becomes_a_log_that_the_planning_room_reads(centre, tmp_path):
    request = centre.request()
    file = tmp_path / "made" / "log.parquet"
    result = run("journal", "export", file)
    assert result.exit_code == 0, result.output
    log = log_from(file)
    assert len(log) == JournalEntry.objects.count()
    assert log.keys().tolist()[-1] == request.pk
    assert log.zones == (request.zone,)
    assert "expected a name that ends in .parquet" in run("journal", "export", tmp_path / "log.csv").output


@pytest.mark.django_db
def test_an_empty_journal_is_not_written(tmp_path):
    result = run("journal", "export", tmp_path / "log.parquet")
    assert result.exit_code == 1
    assert "The journal is empty" in result.output
