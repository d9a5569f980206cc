"""What is wrong with a region's file, said so that its owner can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which file, at which key, what was expected and what came instead."""

    file: str
    key: str
    expected: str
    came: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: expected {self.expected}, but came {self.came}."


class WrongRegion(ValueError):
    """The file is refused; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def shown(value: object) -> str:
    """A value as it can be recognised in the file."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'
        case dict():
            return "a table"
        case list():
            return f"a list of {len(value)}"
        case _:
            return str(value)
