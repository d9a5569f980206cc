"""Small scenarios in which a test says only what it is about."""

from __future__ import annotations

from pathlib import Path

from schakel.planning.scenario import Scenario, load

ROOT = Path(__file__).resolve().parents[1]

#: A right file: two days, two variants, and nothing that takes long.
SMALL = """
name = "A small one"
question = "Does it hold?"
sources = ["own"]
region = "midden-nederland"

[period]
start = 2026-03-03
days = 2
warm_up_hours = 6

[runs]
number = 3
seed = 7

[[variant]]
id = "cover"
name = "Where it helps"
[variant.policy]
relocation = "dmexclp"
busy = 0.3

[[variant]]
id = "grown"
name = "More people"
[variant.demand]
factor = 1.2
"""


def a_file(folder: Path, text: str = SMALL, **replaced: str) -> Path:
    """A scenario's file in a folder."""
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


def a_scenario(folder: Path, text: str = SMALL) -> Scenario:
    """A scenario that was read."""
    return load(a_file(folder, text))


def with_table(text: str, more: str) -> str:
    """The small scenario without its variants, and with these tables instead."""
    return text[: text.index("[[variant]]")] + more
