"""The hazard log adds up, and every control that is said to be in place has a test that exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFETY = ROOT / "docs" / "safety"


def table(page: str, header: str) -> list[list[str]]:
    """The rows of the table under a header that begins so."""
    lines = (SAFETY / page).read_text(encoding="utf-8").splitlines()
    [start] = [at for at, line in enumerate(lines) if line.startswith(f"| {header} |")]
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@cache
def names_of_tests(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions)


HAZARDS = table("hazard-log.md", "hazard")
CONTROLS = table("traceability.md", "hazard")


def test_the_hazards_are_numbered_and_there_are_more_than_the_fifteen_to_begin_with():
    assert [row[0] for row in HAZARDS] == [f"H{n}" for n in range(1, len(HAZARDS) + 1)]
    assert len(HAZARDS) > 15


@pytest.mark.parametrize("row", HAZARDS, ids=lambda row: row[0])
def test_the_risk_is_that_of_the_matrix_and_no_control_makes_it_larger(row):
    severities = ["minor", "significant", "considerable", "major", "catastrophic"]
    matrix = {name: list(map(int, cells)) for name, *cells in table("hazard-log.md", "likelihood")}
    *_, severity, before, risk_before, now, risk_now = row
    at = severities.index(severity)
    assert (int(risk_before), int(risk_now)) == (matrix[before][at], matrix[now][at])
    assert list(matrix).index(now) >= list(matrix).index(before)


def test_what_is_unacceptable_is_named():
    text = (SAFETY / "hazard-log.md").read_text(encoding="utf-8")
    [named] = re.findall(r"the risk of \*\*(.*?)\*\* is unacceptable", text)
    assert named.split(", ") == [row[0] for row in HAZARDS if int(row[-1]) >= 4]


def test_every_hazard_has_a_control_and_every_control_a_hazard():
    assert list(dict.fromkeys(row[0] for row in CONTROLS)) == [row[0] for row in HAZARDS]


@pytest.mark.parametrize("row", CONTROLS, ids=lambda row: f"{row[0]} {row[1][:40]}")
def test_a_control_that_is_in_place_names_a_test_that_exists(row):
    _, control, state, proof = row
    assert control
    assert state in ("in place", "partly", "not yet")
    if state != "in place":
        assert proof == "-"
        return
    file, _, name = proof.strip("`").partition("::")
    assert name in names_of_tests(ROOT / file), proof


def test_a_hazard_whose_likelihood_fell_has_a_control_in_place():
    in_place = {row[0] for row in CONTROLS if row[2] == "in place"}
    fell = {row[0] for row in HAZARDS if row[5] != row[7]}
    assert fell <= in_place


@pytest.mark.parametrize("page", sorted(SAFETY.glob("*.md")), ids=lambda page: page.name)
def test_every_page_says_that_it_is_not_validated_and_not_certified(page):
    text = " ".join(page.read_text(encoding="utf-8").lower().split())
    assert "not clinically validated" in text
    assert "not a certified medical device" in text
