"""Reading a table of a region's file, key by key, noting everything that is wrong.

Every method answers with a value of the right type. Where the file is wrong it notes the problem and answers with a
harmless stand-in, so that reading goes on and finds the rest; what was built from a sheet with problems is thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import TypeVar

from schakel.domain.codes import PhoneNumber
from schakel.domain.durations import MINUTE, SECOND
from schakel.domain.region.hours import Hours, Window, WrongHours, overlap, read_windows
from schakel.domain.region.model import Box
from schakel.domain.region.problem import Problem, shown
from schakel.domain.travel import Point
from schakel.domain.vocabulary import Term

T = TypeVar("T", bound=Term)

IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Sheet:
    """One table of the file, and the place where its problems are noted."""

    def __init__(self, table: Mapping[str, object], file: str, problems: list[Problem], key: str = "") -> None:
        self.table = table
        self.file = file
        self.problems = problems
        self.key = key
        self.asked: set[str] = set()

    # What is in it

    def has(self, name: str) -> bool:
        """Whether the table has this key; asking makes it a known key."""
        self.asked.add(name)
        return name in self.table

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self._take(name)
        if isinstance(value, str) and value.strip():
            return value
        self.wrong(name, "a text", value)
        return ""

    def telephone(self, name: str) -> str:
        """A telephone number, in its standard form: with its country code and no spaces."""
        value = self._take(name)
        try:
            return PhoneNumber(value if isinstance(value, str) else "").digits
        except ValueError:
            self.wrong(name, 'a telephone number, as in "030 123 45 67" or "+31 30 123 45 67"', value)
            return ""

    def identity(self, name: str, taken: set[str]) -> str:
        """A name that nothing else has: small letters, digits and hyphens."""
        value = self._take(name)
        if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
            self.wrong(name, "a name of small letters, digits and hyphens", value)
            return ""
        if value in taken:
            self.note(name, "a name that is used once", f'"{value}" for the second time')
        taken.add(value)
        return value

    def reference(self, name: str, known: Collection[str], what: str) -> str:
        """The id of something that stands elsewhere in the file."""
        value = self._take(name)
        if isinstance(value, str) and value in known:
            return value
        self.wrong(name, f"the id of {what}{hint(value, known)}", value)
        return ""

    def references(self, name: str, known: Collection[str], what: str) -> tuple[str, ...]:
        """A list of ids of things that stand elsewhere in the file, each once."""
        found = self._list(name, f"a list of ids of {what}")
        return tuple(str(value) for value in found if self._known(name, value, known, what))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, each once."""
        found: list[str] = []
        for value in self._list(name, "a list of texts"):
            if not isinstance(value, str) or not value.strip():
                self.wrong(name, "a list of texts", value)
            elif value in found:
                self.note(name, "each text once", f'"{value}" for the second time')
            else:
                found.append(value)
        return tuple(found)

    def code(self, name: str, kind: type[T]) -> T:
        """A code of the vocabulary."""
        return self._code(name, self._take(name), kind)

    def codes(self, name: str, kind: type[T]) -> tuple[T, ...]:
        """A list of codes of the vocabulary, each once."""
        found: list[T] = []
        for value in self._list(name, "a list of codes"):
            code = self._code(name, value, kind)
            if value != code.value:
                continue
            if code in found:
                self.note(name, "each code once", f'"{code}" for the second time')
            found.append(code)
        return tuple(found)

    def whole(self, name: str, least: int = 0) -> int:
        """A whole number."""
        value = self._take(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self.wrong(name, f"a whole number of at least {least}", value)
        return least

    def number(self, name: str, least: float | None = 0, most: float | None = None) -> float:
        """A number, between bounds where they are given."""
        value = self._take(name)
        if _is_number(value, least, most):
            return float(str(value))
        bounds = "" if least is None else f" of at least {least:g}" if most is None else f" from {least:g} to {most:g}"
        self.wrong(name, f"a number{bounds}", value)
        return least or 0.0

    def minutes(self, name: str) -> int:
        """A number of minutes, as whole milliseconds."""
        return self._time(name, "minutes", MINUTE)

    def seconds(self, name: str) -> int:
        """A number of seconds, as whole milliseconds."""
        return self._time(name, "seconds", SECOND)

    def yes_or_no(self, name: str) -> bool:
        """True or false."""
        value = self._take(name)
        if isinstance(value, bool):
            return value
        self.wrong(name, "true or false", value)
        return False

    def day(self, name: str) -> date:
        """A date, without quotes."""
        value = self._take(name)
        if type(value) is date:
            return value
        self.wrong(name, "a date such as 2026-01-01, without quotes", value)
        return date.min

    def days(self, name: str) -> frozenset[date]:
        """A list of dates, without quotes."""
        found = self._list(name, "a list of dates")
        for value in found:
            if type(value) is not date:
                self.wrong(name, "dates such as 2026-01-01, without quotes", value)
        return frozenset(value for value in found if type(value) is date)

    def windows(self, name: str, shifts: Mapping[str, Hours]) -> tuple[Window, ...]:
        """Opening hours or a roster: a list of texts such as ``workdays 17:00-08:00``."""
        found: list[Window] = []
        for value in self._list(name, "a list of hours"):
            try:
                found += read_windows(value if isinstance(value, str) else "", shifts)
            except WrongHours as wrong:
                self.note(name, wrong.expected, wrong.came)
                return ()
        if not found:
            self.note(name, "at least one window of hours", "none")
        elif clash := overlap(found):
            self.note(name, "hours that do not overlap", clash)
        return tuple(found)

    def weights(self, name: str) -> tuple[float, ...]:
        """Twenty-four numbers, one for each hour."""
        found = self._list(name, "24 numbers, one for each hour")
        if len(found) != 24 or not all(_is_number(value, 0, None) for value in found):
            odd = next((value for value in found if not _is_number(value, 0, None)), None)
            self.note(name, "24 numbers of at least 0, one for each hour", shown(found if odd is None else odd))
            return (1.0,) * 24
        if not any(found):
            self.note(name, "at least one hour with a weight above 0", "24 times 0")
            return (1.0,) * 24
        return tuple(float(str(value)) for value in found)

    def point(self, box: Box) -> Point:
        """`lat` and `lon`, inside the region."""
        lat, lon = self.number("lat", -90, 90), self.number("lon", -180, 180)
        seen = {"lat", "lon"} <= self.table.keys() and _is_number(self.table["lat"], -90, 90)
        if seen and _is_number(self.table["lon"], -180, 180) and (wrong := why_not_in(box, Point(lat, lon))):
            self.problems.append(Problem(self.file, self._at(wrong[0]), *wrong[1:]))
        return Point(lat, lon)

    # Tables within it

    def sheet(self, name: str) -> Sheet:
        """A table within this one."""
        value = self._take(name)
        if not isinstance(value, dict):
            self.wrong(name, f"a table [{self._at(name)}]", value)
        return Sheet(value if isinstance(value, dict) else Missing(), self.file, self._quiet(value), self._at(name))

    def sheets(self, name: str) -> Iterator[Sheet]:
        """The tables of a repeated table. Each is called by its id or, without one, by its number from 1."""
        value = self._take(name)
        if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
            self.wrong(name, f"one or more tables [[{self._at(name)}]]", value)
            return
        for number, table in enumerate(value, 1):
            called = table.get("id", number)
            if not isinstance(called, str) or sum(one.get("id") == called for one in value) > 1:
                called = number
            sheet = Sheet(table, self.file, self.problems, f"{self._at(name)}[{called}]")
            yield sheet
            sheet.done()

    def per(self, name: str, kind: type[T], needed: Collection[T] | None = None) -> tuple[Sheet, list[T]]:
        """A table with a key for each code of the vocabulary (or for those needed)."""
        sheet = self.sheet(name)
        wanted = list(kind) if needed is None else [code for code in kind if code in needed]
        sheet.asked.update(map(str, wanted))
        sheet.done()
        return sheet, wanted

    def done(self) -> None:
        """Note every key that nobody asked for."""
        for name in self.table:
            if name not in self.asked:
                self.note(name, f"a key that is known here{hint(name, self.asked)}", f'"{name}"')

    # Noting what is wrong

    def is_clean(self, part: str = "") -> bool:
        """Whether nothing is wrong here so far, so that values may be compared with each other."""
        start = f"{self.key}{part}"
        return not any(problem.file == self.file and problem.key.startswith(start) for problem in self.problems)

    def wrong(self, name: str, expected: str, value: object) -> None:
        """Note that a key has a wrong value."""
        self.note(name, expected, shown(value))

    def note(self, name: str, expected: str, came: str) -> None:
        """Note a problem at a key of this table."""
        self.problems.append(Problem(self.file, self._at(name), expected, came))

    def _at(self, name: str) -> str:
        return f"{self.key}.{name}" if self.key else name

    def _quiet(self, value: object) -> list[Problem]:
        # The keys of a table that is missing altogether are not missed one by one.
        return self.problems if isinstance(value, dict) else []

    def _take(self, name: str) -> object:
        self.asked.add(name)
        return self.table.get(name)

    def _list(self, name: str, expected: str) -> list[object]:
        value = self._take(name)
        if isinstance(value, list):
            return value
        self.wrong(name, expected, value)
        return []

    def _known(self, name: str, value: object, known: Collection[str], what: str) -> bool:
        if isinstance(value, str) and value in known:
            return True
        self.wrong(name, f"ids of {what}{hint(value, known)}", value)
        return False

    def _code(self, name: str, value: object, kind: type[T]) -> T:
        codes = {str(code): code for code in kind}
        if isinstance(value, str) and value in codes:
            return codes[value]
        self.wrong(name, f"one of {', '.join(codes)}{hint(value, codes)}", value)
        return next(iter(kind))

    def _time(self, name: str, unit: str, ms: int) -> int:
        value = self._take(name)
        if _is_number(value, 0, None):
            return round(float(str(value)) * ms)
        self.wrong(name, f"a number of {unit} of at least 0", value)
        return 0


class Missing(dict[str, object]):
    """Stands in for a table that is not there."""


def hint(value: object, known: Collection[str]) -> str:
    """The nearest thing that would have been right, if one is near."""
    near = get_close_matches(value, sorted(known), n=1, cutoff=0.6) if isinstance(value, str) else []
    return f' (did you mean "{near[0]}"?)' if near else ""


def why_not_in(box: Box, point: Point) -> tuple[str, str, str] | None:
    """Say which coordinate lies outside the region, what was expected and what came, or None."""
    lat, lon = point
    fits = box.south <= lat <= box.north, box.west <= lon <= box.east
    if all(fits):
        return None
    if box.south <= lon <= box.north and box.west <= lat <= box.east:
        return "lat", "the latitude in `lat` and the longitude in `lon`", f"{lat} and {lon}, which look swapped"
    if not fits[0]:
        return "lat", f"a latitude inside the region, from {box.south} to {box.north}", str(lat)
    return "lon", f"a longitude inside the region, from {box.west} to {box.east}", str(lon)


def _is_number(value: object, least: float | None, most: float | None) -> bool:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    # A comparison with "not a number" is false, so that NaN is refused here as well.
    return (float("-inf") if least is None else least) <= value <= (1e12 if most is None else most)
