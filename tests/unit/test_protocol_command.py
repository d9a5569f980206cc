"""`schakel protocol`: what it says, what it refuses, and with which code it ends."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from schakel.cli import app

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chest-pain", "fever-adult", "fever-child", "limb-trauma")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the basic protocol with four complaints."""
    basis = ROOT / "protocols" / "basis"
    copy = Path(shutil.copytree(basis, tmp_path / "copy", ignore=shutil.ignore_patterns("complaints")))
    (copy / "complaints").mkdir()
    for name in NAMES:
        shutil.copy(basis / "complaints" / f"{name}.toml", copy / "complaints")
    shared = (copy / "shared.toml").read_text().split("\n[[")
    used = "".join(file.read_text() for file in (copy / "complaints").iterdir()) + "".join(
        part for part in shared if part.startswith("rule")
    )
    kept = []
    for part in shared:
        name = re.search(r'id = "([^"]+)"', part)
        needed = not part.startswith("question") or "\nyes = " in part or (name and f'"{name[1]}"' in used)
        kept += [part] if needed else []
    (copy / "shared.toml").write_text("\n[[".join(kept))
    care = (copy / "care.toml").read_text().split("\n[[")
    (copy / "care.toml").write_text("\n[[".join(part for part in care if "\ncomplaints = " not in part))
    return copy


def said(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["protocol", *map(str, words)])


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def test_check_says_that_a_protocol_is_right(folder):
    done = said("check", "basis", folder)
    assert done.exit_code == 0, done.output
    assert done.output == f"basis: right.\n{folder}: right.\n"


def test_check_says_everything_that_is_wrong(folder):
    change(folder, "care.toml", "within_min = 60", "within_min = -1")
    change(folder, "complaints/chest-pain.toml", 'yes = "U2"', 'yes = "U7"')
    done = said("check", folder)
    assert done.exit_code == 1
    assert "care.toml: care[3].within_min: expected a whole number of at least 0, but came -1." in done.output
    assert "question[pain-now].yes: expected one of U0" in done.output


def test_a_name_that_is_not_there_is_refused_with_what_looks_like_it():
    done = said("check", "bais")
    assert done.exit_code == 1
    assert "There is no protocol bais. Did you mean basis?" in done.output


def test_test_names_a_patient_who_comes_out_otherwise(folder):
    assert said("test", folder).exit_code == 0
    change(folder, "complaints/fever-adult.toml", 'expect = "U5"', 'expect = "U3"')
    done = said("test", folder)
    assert done.exit_code == 1
    assert "fever-adult, flu (Man of 30, two days of fever, otherwise well): expected U3, but came U5." in done.output
    assert "1 otherwise than expected." in done.output
    change(folder, "complaints/fever-adult.toml", 'yes = ["fever", "tropics"]', 'yes = ["fever"]')
    assert "fever-adult: no patient is decided by fever-adult.tropics." in said("test", folder).output


def test_prove_shows_the_patient_for_whom_it_does_not_hold(folder):
    done = said("prove", folder, "--complaint", "limb-trauma")
    assert done.exit_code == 0, done.output
    assert "limb-trauma: P1 P2 P3 P4 P5 P6 P7 P9 hold" in done.output
    assert "all hold. Not clinically validated. Not a certified medical device." in done.output
    change(folder, "complaints/limb-trauma.toml", 'yes = "U1"\nunknown = "U2"', 'yes = "U3"\nunknown = "U3"')
    done = said("prove", folder, "--complaint", "limb-trauma")
    assert done.exit_code == 1
    assert "P2 limb-trauma: the red flag limb-trauma.amputated" in done.output
    assert "by telephone: Injury of arm or leg. Yes: Part of arm or leg (nearly) cut off." in done.output


def test_prove_refuses_a_complaint_that_is_not_there(folder):
    done = said("prove", folder, "--complaint", "limb-truama")
    assert done.exit_code == 1
    assert "basis has no complaint limb-truama. Did you mean limb-trauma?" in done.output


def test_diff_lists_who_gets_lower_and_says_when_nobody_does(folder, tmp_path):
    new = Path(shutil.copytree(folder, tmp_path / "new"))
    assert "the same protocol." in said("diff", folder, new).output
    change(new, "complaints/limb-trauma.toml", 'none_of_these = "U5"', 'none_of_these = "U4"')
    done = said("diff", folder, new)
    assert done.exit_code == 0
    assert "nobody is less urgent or helped later." in done.output
    done = said("diff", new, folder)
    assert done.exit_code == 1
    assert "P10 limb-trauma: U4 becomes U5 for everybody with no to everything." in done.output
    assert re.search(r": 1 difference for a clinician to agree with\.", done.output)


def test_a_protocol_that_cannot_be_used_is_refused_by_every_command(folder):
    (folder / "mapping.toml").unlink()
    for words in (("test", folder), ("prove", folder), ("diff", folder, folder)):
        done = said(*words)
        assert done.exit_code == 1
        assert "mapping.toml: the file: expected a file that can be read" in done.output


@pytest.mark.parametrize("words", [("prove", "basis"), ("diff", "basis", "basis")])
def test_without_the_solver_proofs_are_refused_with_a_sentence(words):
    program = "import sys; sys.modules['z3'] = None; from schakel.cli import app; app()"
    done = subprocess.run([sys.executable, "-c", program, "protocol", *words], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Proofs need the solver z3, which is not installed. Install Schakel with its extra `protocol`."
    )
