"""Whatever is wrong with the files of a protocol is said as a sentence; nothing makes the reader fall."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schakel.domain.triage import check, load
from schakel.domain.triage.cases import try_all

ROOT = Path(__file__).resolve().parents[2]
BASIS = ROOT / "protocols" / "basis"
VALUES = [
    "true",
    "-1",
    "0",
    "1.5",
    '""',
    '"x"',
    '"U0"',
    "[]",
    "[1]",
    '["fever"]',
    "{}",
    "{ a = 1 }",
    "2026-01-01",
    "nan",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(BASIS, tmp_path / "basis", ignore=shutil.ignore_patterns("complaints")))
    (copy / "complaints").mkdir()
    for name in ("fever-child", "fever-adult"):
        shutil.copy(BASIS / "complaints" / f"{name}.toml", copy / "complaints")
    care = (copy / "care.toml").read_text().split("\n[[")
    (copy / "care.toml").write_text("\n[[".join(part for part in care if "\ncomplaints = " not in part))
    return copy


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_file_in_which_anything_was_changed_is_read_or_refused_with_sentences(folder, data):
    path = data.draw(st.sampled_from(sorted(folder.rglob("*.toml"))))
    before = path.read_text()
    lines = before.splitlines()
    try:
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, len(lines) - 1))
            name, equals, _ = lines[at].partition(" = ")
            how = data.draw(st.sampled_from(["gone", "twice", "another value", "another line", "another key"]))
            if how == "gone":
                lines[at] = ""
            elif how == "twice":
                lines[at] = f"{lines[at]}\n{lines[at]}"
            elif how == "another value" and equals:
                lines[at] = f"{name} = {data.draw(st.sampled_from(VALUES))}"
            elif how == "another line":
                lines[at] = data.draw(st.sampled_from(lines))
            elif equals:
                lines[at] = f"{name}x{lines[at].removeprefix(name)}"
        path.write_text("\n".join(lines) + "\n")
        problems = check(folder)
        assert all(one.file and one.key and one.expected and one.came for one in problems)
        if not problems:
            try_all(load(folder))
    finally:
        path.write_text(before)
