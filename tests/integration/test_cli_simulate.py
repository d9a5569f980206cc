"""`schakel simulate` as a person would type it."""

from __future__ import annotations

import builtins
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schakel.cli import app
from small_scenario import ROOT, SMALL, a_file

TINY = SMALL.replace("days = 2", "days = 1").replace("number = 3", "number = 2")


def simulate(*words: str):
    return CliRunner().invoke(app, ["simulate", *words])


def test_a_scenario_is_played_and_its_report_written(tmp_path):
    result = simulate(str(a_file(tmp_path, TINY)), "--out", str(tmp_path / "out"), "--logs")
    assert result.exit_code == 0, result.output
    assert f"Report: {tmp_path / 'out' / 'report.html'}" in result.output.replace("\n", "")
    kept = {one.name for one in (tmp_path / "out").iterdir()}
    assert {"report.html", "figures.csv", "figures.parquet", "run.json", "inputs", "logs"} <= kept
    assert "within_norm A1" in result.output
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="nl">' in page
    assert "Wat er uit kwam" in page and "What was found" not in page


def test_the_report_speaks_english_when_that_is_asked(tmp_path):
    text = TINY[: TINY.index("[[variant]]")]
    result = simulate(str(a_file(tmp_path, text)), "--out", str(tmp_path / "out"), "--language", "en")
    assert result.exit_code == 0, result.output
    assert "What was counted" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert simulate(str(a_file(tmp_path, text)), "--language", "fr").exit_code == 1


def test_check_says_what_is_wrong_and_plays_nothing(tmp_path):
    right = simulate(str(a_file(tmp_path, TINY)), "--check", "--out", str(tmp_path / "out"))
    assert right.exit_code == 0 and "right" in right.output
    wrong = simulate(str(a_file(tmp_path, TINY.replace("days = 1", "days = 0"))), "--check")
    assert wrong.exit_code == 1
    assert "scenario.toml: period.days: expected a whole number from 1 to 366, but came 0." in wrong.output
    assert not (tmp_path / "out").exists()


def test_every_ready_scenario_is_found_by_its_name():
    for path in (ROOT / "scenarios").glob("*.toml"):
        assert simulate(path.stem, "--check").exit_code == 0


def test_a_slip_of_the_pen_gets_the_names_that_look_like_it():
    result = simulate("growth-2050")
    assert result.exit_code == 1
    assert "Did you mean growth-2040?" in result.output


def test_a_folder_with_something_else_in_it_is_refused_before_anything_is_played(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    result = simulate(str(a_file(tmp_path, TINY)), "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "holds something that is no report" in result.output


def test_without_the_planning_room_one_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    plain = builtins.__import__

    def without(name, *rest, **more):
        if name.split(".")[0] == "polars":
            raise ModuleNotFoundError("No module named 'polars'", name="polars")
        return plain(name, *rest, **more)

    for module in [name for name in sys.modules if name.startswith("schakel.planning") or name == "polars"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", without)
    result = simulate(str(a_file(tmp_path, TINY)))
    assert result.exit_code == 1
    assert "polars is missing. Install it with `make planning`" in result.output
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("processes", ["1", "2"])
def test_ctrl_c_stops_it_and_leaves_nothing_half(tmp_path, processes):
    path = a_file(tmp_path, SMALL.replace("number = 3", "number = 10000"))
    command = [sys.executable, "-c", "from schakel.cli import app; app()", "simulate", str(path)]
    command += ["--out", str(tmp_path / "out"), "--processes", processes]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert "A small one" in process.stdout.readline()
    time.sleep(4)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everybody at once
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.strip() == "Stopped. Nothing was written."
    assert [one.name for one in tmp_path.iterdir()] == ["scenario.toml"]
    assert not _left_over(process.pid)


def _left_over(group: int) -> list[str]:
    """Processes of this group that are still there."""
    found = []
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = one.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[2] == str(group) and fields[0] != "Z":
            found.append(one.parent.name)
    return found
