"""What is written down about a patient or caller: the closed list of fields, and how each checks itself.

Identity is its own thing, beside the journal: no event ever holds a value of these. Call-back number
and place come first, who the patient is comes later, and *unknown* is a normal answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from schakel.domain.access import Category
from schakel.domain.codes import Bsn, PhoneNumber, Postcode
from schakel.domain.reasons import gettext_noop as _

LONGEST = 2_000
SHORT = 120

TOO_LONG = _("This holds at most {most} characters; came {came}. Make it shorter, or write a note.")
NOT_A_DATE = _("A date of birth is a day between 1900 and today, as in 1951-03-28.")
NOT_A_SEX = _("Choose one of the given values.")
NOT_PRINTABLE = _("This holds a character that cannot be stored. Type it again.")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the dossier. `standard` gives the form that is kept, or raises ValueError with a sentence."""

    name: str
    label: str
    category: Category
    standard: Callable[[str], str]
    findable: bool = False  # whether other requests are searched for the same value
    adds_up: bool = False  # whether a new value stands beside the old ones


class WrongValue(ValueError):
    """A value that the field cannot hold, as a sentence with its places filled."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text = text
        self.values = values


def _text(most: int) -> Callable[[str], str]:
    def standard(value: str) -> str:
        kept = value.strip()
        if len(kept) > most:
            raise WrongValue(TOO_LONG, most=most, came=len(kept))
        if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in kept):
            raise WrongValue(NOT_PRINTABLE)
        return kept

    return standard


def _bsn(value: str) -> str:
    return _checked(lambda: Bsn(value).digits) if value.strip() else ""


def _telephone(value: str) -> str:
    return _checked(lambda: PhoneNumber(value).digits) if value.strip() else ""


def _postcode(value: str) -> str:
    return _checked(lambda: Postcode(value).text) if value.strip() else ""


def _checked(make: Callable[[], str]) -> str:
    try:
        return make()
    except ValueError as wrong:
        raise WrongValue(str(wrong)) from None


def _birth_date(value: str) -> str:
    if not value.strip():
        return ""
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        raise WrongValue(NOT_A_DATE) from None
    if day.year < 1900 or len(value.strip()) != 10:
        raise WrongValue(NOT_A_DATE)
    return day.isoformat()


SEXES = {"": _("not known"), "f": _("woman"), "m": _("man"), "x": _("other")}


def _sex(value: str) -> str:
    if value not in SEXES:
        raise WrongValue(NOT_A_SEX)
    return value


#: In the order in which they are asked: call back, find, then who it is.
FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("callback", _("Call-back number"), Category.LOCATION, _telephone, findable=True),
        Field("street", _("Street"), Category.LOCATION, _text(SHORT)),
        Field("house_number", _("House number"), Category.LOCATION, _text(20)),
        Field("postcode", _("Postcode"), Category.LOCATION, _postcode),
        Field("town", _("Town"), Category.LOCATION, _text(SHORT)),
        Field("access", _("How to get in"), Category.LOCATION, _text(SHORT)),
        Field("caller", _("Name of the caller"), Category.IDENTITY, _text(SHORT)),
        Field("relation", _("Caller is"), Category.IDENTITY, _text(SHORT)),
        Field("name", _("Name of the patient"), Category.IDENTITY, _text(SHORT)),
        Field("birth_date", _("Date of birth"), Category.IDENTITY, _birth_date),
        Field("sex", _("Sex"), Category.IDENTITY, _sex),
        Field("bsn", _("BSN"), Category.IDENTITY, _bsn, findable=True),
        Field("gp", _("Own GP"), Category.IDENTITY, _text(SHORT)),
        Field("words", _("In the caller's words"), Category.MEDICAL, _text(LONGEST)),
        Field("note", _("Note"), Category.MEDICAL, _text(LONGEST), adds_up=True),
    )
}

#: Who the patient is, is known when one of these is.
IDENTIFYING = ("bsn", "name")


def match_form(field: str, value: str) -> str:
    """The form in which equal values are equal, to find them again: no blanks, no capitals."""
    return "".join(value.split()).casefold()[:80]
