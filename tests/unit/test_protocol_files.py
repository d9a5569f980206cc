"""A protocol is read whole or refused with everything that is wrong: file, key, what was expected, what came."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schakel.domain.triage import WrongProtocol, check, load

ROOT = Path(__file__).resolve().parents[2]
BASIS = ROOT / "protocols" / "basis"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the whole protocol: its complaints lean on the shared questions, and the other way round."""
    return Path(shutil.copytree(BASIS, tmp_path / "basis"))


@pytest.fixture
def said(folder: Path) -> Callable[[str, str, str], str]:
    """What is said when one text of one file is replaced by another."""

    def said(file: str, old: str, new: str) -> str:
        path = folder / file
        before = path.read_text()
        assert old in before
        path.write_text(before.replace(old, new, 1))
        return "\n".join(map(str, check(folder)))

    return said


def test_the_basic_protocol_can_be_read():
    assert check(BASIS) == []


def test_the_same_protocol_has_the_same_fingerprint_whatever_its_layout(folder):
    path = folder / "care.toml"
    before = load(folder).fingerprint
    path.write_text("# another remark\n\n" + path.read_text())
    assert load(folder).fingerprint == before
    path.write_text(path.read_text().replace("within_min = 60", "within_min = 59", 1))
    assert load(folder).fingerprint != before


WRONG = [
    (
        "complaints/chest-pain.toml",
        'yes = "U1"',
        'yes = "U9"',
        'complaints/chest-pain.toml: question[tearing].yes: expected one of U0, U1, U2, U3, U4, U5, but came "U9".',
    ),
    ("complaints/chest-pain.toml", 'unknown = "U3"', "", "question[pressing].unknown: expected one of U0"),
    (
        "complaints/chest-pain.toml",
        'yes = "U2"',
        'yes = "U3"',
        "nothing more urgent than U3, which a yes gives, but came U2",
    ),
    (
        "complaints/chest-pain.toml",
        'help = "Ook pijn',
        'hlep = "Ook pijn',
        "question[pain-now].hlep: expected a key that is known",
    ),
    (
        "complaints/chest-pain.toml",
        'of = ["pain-now"',
        'of = ["pain-know"',
        '(did you mean "pain-now"?), but came "pain-know"',
    ),
    (
        "complaints/chest-pain.toml",
        'id = "chest-pain"',
        'id = "chest"',
        'id: expected "chest-pain", the name of the file',
    ),
    ("complaints/chest-pain.toml", 'none_of_these = "U4"', "", "none_of_these: expected one of U0"),
    (
        "complaints/chest-pain.toml",
        'source = ["esc-aorta"]',
        "source = []",
        "question[tearing].source: expected at least one source",
    ),
    ("complaints/chest-pain.toml", 'source = ["esc-aorta"]', 'source = ["nts"]', "a source in sources.toml"),
    ("complaints/chest-pain.toml", 'id = "fainted"', 'id = "tearing"', '"tearing" for the second time'),
    ("complaints/chest-pain.toml", 'id = "fainted"', 'id = "fever"', "a name that no shared question has"),
    (
        "complaints/chest-pain.toml",
        'age = "61y"',
        'age = "61"',
        "case[classic-infarction].age: expected an age in months or years",
    ),
    (
        "complaints/chest-pain.toml",
        'expect = "U1"',
        'expect = "ambulance"',
        "case[classic-infarction].expect: expected one of",
    ),
    (
        "complaints/fever-adult.toml",
        "temperature = 384",
        "temperature = 38",
        "case[news2-of-five].vitals: expected values that can be measured",
    ),
    ("complaints/fever-child.toml", 'for_others = "fever-adult"', 'for_others = "fever"', "the id of a complaint"),
    ("shared.toml", 'of = ["fever"]', 'of = ["fever"]\nat_least = 2', "at most the 1 questions in `of`, but came 2"),
    ("abcde.toml", 'section = "A"', 'section = "complaint"', "one of A, B, C, D, E"),
    (
        "vitals.toml",
        "from = 9, to = 11",
        "from = 10, to = 11",
        "bands that follow each other without gap or overlap, the next from 9, but came 10",
    ),
    ("vitals.toml", "from = 9, to = 11", "from = 8, to = 11", "the next from 9, but came 8"),
    (
        "vitals.toml",
        "{ from = 25, points = 3 }",
        "{ from = 25, to = 60, points = 3 }",
        "bands up to 150, but came nothing from 61",
    ),
    ("vitals.toml", "total = 7", "total = 7\nsingle = 3", "either `total` or `single`, but came both"),
    ("vitals.toml", 'from = "C", to = "U"', 'from = "D", to = "U"', "one of the letters A, C, V, P, U"),
    ("care.toml", 'urgency = "U3"', 'urgency = "U2"', "a second row for U2 without complaints"),
    ("mapping.toml", 'U1 = "A1"', 'U1 = "C1"', "nothing more urgent than C1, which U1 becomes, but came A2"),
    (
        "protocol.toml",
        'until = "12m"',
        'until = "11m"',
        "age[toddler].from: expected 11 months, where the band before it ends, but came 12",
    ),
    (
        "protocol.toml",
        'status = "draft"',
        'status = "released"',
        "at least one reviewer of a protocol that is released",
    ),
    ("protocol.toml", 'version = "0.1.0"', 'version = "1"', "three numbers"),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), WRONG)
def test_a_wrong_file_is_refused_with_file_key_expected_and_came(said, file, old, new, expected):
    told = said(file, old, new)
    assert any(line.startswith(f"{file}: ") and expected in line for line in told.splitlines()), told


def test_what_cannot_be_read_is_refused_as_a_sentence(folder):
    (folder / "care.toml").write_text("[[care\n")
    (folder / "mapping.toml").unlink()
    told = [str(problem) for problem in check(folder)]
    assert any(one.startswith("care.toml: line 1") for one in told)
    assert any(one.startswith("mapping.toml: the file: expected a file that can be read") for one in told)
    with pytest.raises(WrongProtocol):
        load(folder)


def test_a_file_of_no_meaning_is_named(folder):
    (folder / "complaint.toml").write_text("")
    assert "a file of no meaning here" in str(check(folder)[0])


def test_texts_in_english_are_as_many_as_in_dutch(said):
    told = said("complaints/chest-pain.toml", '    "Do not drive yourself.",\n', "")
    assert "advice_en: expected 3 texts, as in `advice`, but came 2" in told


def test_a_question_that_no_rule_uses_is_named(said):
    unused = '[[question]]\nid = "unused"\n' + "".join(
        f'{key} = "{key}"\n{key}_en = "{key}"\n' for key in ("ask", "help", "finding")
    )
    told = said("shared.toml", "[[rule]]", f'{unused}source = ["own"]\n\n[[rule]]')
    assert told == "shared.toml: question[unused]: expected `yes` and `unknown`, or a rule that uses it, but came none."


def test_every_key_of_the_format_is_explained():
    page = (ROOT / "docs/reference/protocol-format.md").read_text()
    explained = set(re.findall(r"[a-zA-Z0-9_]+", page))
    used: set[str] = set()
    for file in sorted(BASIS.rglob("*.toml")):
        used |= _keys(tomllib.loads(file.read_text()))
    assert used - explained == set()


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for one in value.values() for key in _keys(one)}
    if isinstance(value, list):
        return {key for one in value for key in _keys(one)}
    return set()
