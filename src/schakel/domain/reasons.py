"""Why something cannot be, as a sentence that a person can act on.

One `Reason` serves the greyed-out button and the refused request alike. The text is an English
msgid with named places; the doors translate it and fill the places. A value that is itself a
word of the vocabulary is given as its label's msgid and marked with `Word`, so that it is
translated too; a tuple of words is joined with commas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self


def gettext_noop(text: str) -> str:
    """Mark a text for translation; the domain itself never translates."""
    return text


class Word(str):
    """A label of the vocabulary inside a sentence: translated before it is put in its place."""

    __slots__ = ()


class RegionText(str):
    """A text of the region's own file: in Dutch, with the same in English beside it. Not in the catalogue."""

    english: str

    def __new__(cls, text: str, *, english: str) -> Self:
        told = super().__new__(cls, text)
        told.english = english
        return told

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str]]:
        """What a copy in another process is made of."""
        return (str(self),), {"english": self.english}


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence that says what is the case and what to do about it."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.filled(lambda text: text)

    def filled(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of `translate`, its places filled."""

        def told(value: object) -> object:
            if isinstance(value, Word):
                return translate(str(value))
            if isinstance(value, tuple):
                return ", ".join(str(told(part)) for part in value)
            return value

        return translate(self.text).format(**{name: told(value) for name, value in self.values.items()})


class Refused(Exception):
    """A person asked for something that cannot be now. Shown as its sentence, never as a trace."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason
