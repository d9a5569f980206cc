"""The page of features tells every row that is wanted, and claims nothing that no test proves."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "features.md"

#: How many rows each section has, numbered from 1.
EXPECTED = {
    "A": 11, "B": 14, "C": 17, "D": 9, "E": 7, "F": 12, "G": 9, "H": 11, "I": 6, "J": 8, "K": 9, "L": 11,
}  # fmt: skip
STATES = ("works", "partly", "not yet")


class Row(NamedTuple):
    """One row of the page."""

    number: str
    name: str
    state: str
    where: str
    tests: tuple[str, ...]


def rows() -> list[Row]:
    """The rows of the page, in its order."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| [A-L]\d+ \|", line):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            assert len(cells) == 5, f"a row has a number, a name, a state, a place and its proof: {line}"
            number, name, state, where, proof = cells
            found.append(Row(number, name, state, where, tuple(re.findall(r"`(tests/[^`]+)`", proof))))
    return found


@cache
def names_of_tests(path: Path) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def test_every_row_is_there_once_and_in_order():
    assert [row.number for row in rows()] == [
        f"{part}{n}" for part, last in EXPECTED.items() for n in range(1, last + 1)
    ]


def test_every_section_stands_above_its_rows():
    text = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^## ([A-L])\. ", text, re.MULTILINE) == list(EXPECTED)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.number)
def test_a_row_says_what_it_is_and_how_far(row):
    assert row.name
    assert row.state in STATES


@pytest.mark.parametrize("row", [row for row in rows() if row.state in STATES[:2]], ids=lambda row: row.number)
def test_what_works_or_partly_works_is_somewhere_and_proved(row):
    assert row.where.strip(" -–")
    assert row.tests


@pytest.mark.parametrize("row", [row for row in rows() if row.state == "not yet"], ids=lambda row: row.number)
def test_what_is_not_there_yet_claims_no_proof(row):
    assert row.tests == ()


def test_every_test_that_is_named_exists():
    missing = []
    for row in rows():
        for named in row.tests:
            file, _, name = named.partition("::")
            path = ROOT / file
            if not path.is_file() or name not in names_of_tests(path):
                missing.append(f"{row.number}: {named}")
    assert not missing
