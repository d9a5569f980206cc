"""Identifiers of the field that check themselves once; afterwards nobody needs to ask.

Each class takes what a person types, keeps the standard form, and raises `ValueError` with a
sentence that says what was expected. Identifying digits stay out of `repr`, so that no traceback
or log line can leak them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from schakel.domain.reasons import gettext_noop as _

BSN_EXPECTED = _("A BSN has nine digits and passes the eleven-test. Check the digits, or leave it empty.")
PHONE_EXPECTED = _("A telephone number has ten digits, as in 030 123 45 67, or begins with + and a country code.")
POSTCODE_EXPECTED = _("A postcode has four digits and two letters, as in 3701 AB.")
AGB_EXPECTED = _("An AGB code has eight digits.")


@dataclass(frozen=True, slots=True)
class Bsn:
    """A citizen service number: nine digits that pass the eleven-test.

    Source: Wet algemene bepalingen burgerservicenummer; the weights are 9, 8 ... 2 and -1.
    """

    digits: str = field(repr=False)

    def __post_init__(self) -> None:
        digits = re.sub(r"[\s.-]", "", self.digits)
        if not (re.fullmatch(r"[0-9]{9}", digits) and passes_eleven_test(digits)):
            raise ValueError(BSN_EXPECTED)
        object.__setattr__(self, "digits", digits)


def passes_eleven_test(digits: str) -> bool:
    """Whether nine digits, weighed 9 to 2 and -1, add up to a multiple of eleven, and are not all zero."""
    weighed = zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits, strict=True)
    return sum(weight * int(digit) for weight, digit in weighed) % 11 == 0 and int(digits) > 0


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that can be called back, with its country code: ``+31301234567``. Also 112-style short ones fail."""

    digits: str = field(repr=False)

    def __post_init__(self) -> None:
        bare = re.sub(r"[\s().-]", "", self.digits)
        if re.fullmatch(r"0[1-9][0-9]{8}", bare):
            bare = "+31" + bare[1:]
        elif re.fullmatch(r"00[1-9][0-9]{6,13}", bare):
            bare = "+" + bare[2:]
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", bare):
            raise ValueError(PHONE_EXPECTED)
        object.__setattr__(self, "digits", bare)

    @property
    def as_dialled(self) -> str:
        """The way it is read aloud in the Netherlands: a Dutch number starts with 0."""
        return "0" + self.digits[3:] if self.digits.startswith("+31") else self.digits


@dataclass(frozen=True, slots=True)
class Postcode:
    """A Dutch postcode in its standard form, ``3701 AB``. The first digit is never 0."""

    text: str = field(repr=False)

    def __post_init__(self) -> None:
        bare = self.text.replace(" ", "").upper()
        if not re.fullmatch(r"[1-9][0-9]{3}[A-Z]{2}", bare):
            raise ValueError(POSTCODE_EXPECTED)
        object.__setattr__(self, "text", f"{bare[:4]} {bare[4:]}")


@dataclass(frozen=True, slots=True)
class Agb:
    """The code by which a Dutch care provider is known to insurers: eight digits. Not secret."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{8}", self.digits):
            raise ValueError(AGB_EXPECTED)
