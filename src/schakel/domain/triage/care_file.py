"""Reading which care fits an urgency, and what urgencies are called in other systems."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import TypeVar

from schakel.domain.region.sheet import Sheet
from schakel.domain.triage.protocol import CareRow, Equivalents
from schakel.domain.triage.sheets import flag
from schakel.domain.triage.words import AmbulanceClass, GgzClass, MtsColour
from schakel.domain.vocabulary import Care, Term, Urgency

Class = TypeVar("Class", bound=Term)


def read_care(top: Sheet, complaints: Collection[str]) -> tuple[CareRow, ...]:
    """The rows of care: one without complaints for each urgency, and one at most for each urgency and complaint."""
    rows: list[CareRow] = []
    taken: set[tuple[Urgency, str | None]] = set()
    for sheet in top.sheets("care"):
        named = sheet.references("complaints", complaints, "a complaint") if sheet.has("complaints") else ()
        row = CareRow(
            urgency=sheet.code("urgency", Urgency),
            complaints=frozenset(named),
            care=sheet.codes("kinds", Care),
            within_min=sheet.whole("within_min"),
            self_care=flag(sheet, "self_care"),
        )
        if not row.care and sheet.is_clean():
            sheet.note("kinds", "at least one kind of care", "none")
        for about in row.complaints or {None}:
            if (row.urgency, about) in taken and sheet.is_clean():
                told = f"{row.urgency} with {about}" if about else f"{row.urgency} without complaints"
                sheet.note("urgency", "one row for each urgency and complaint", f"a second row for {told}")
            taken.add((row.urgency, about))
        rows.append(row)
    for urgency in Urgency:
        if rows and (urgency, None) not in taken:
            top.note("care", f"a row without complaints for {urgency}", "none")
    return tuple(rows)


def read_equivalents(top: Sheet) -> tuple[Equivalents, ...]:
    """What urgencies are called elsewhere, each table from its own day on."""
    found: list[Equivalents] = []
    for sheet in top.sheets("mapping"):
        made = Equivalents(
            owner=sheet.text("owner"),
            valid_from=sheet.day("valid_from"),
            ambulance=_to(sheet, "ambulance", AmbulanceClass),
            mts=_to(sheet, "mts", MtsColour),
            ggz=_to(sheet, "ggz", GgzClass),
            from_ambulance=_from(sheet, "from_ambulance", AmbulanceClass),
            from_mts=_from(sheet, "from_mts", MtsColour),
            from_ggz=_from(sheet, "from_ggz", GgzClass),
        )
        if any(one.valid_from == made.valid_from for one in found):
            sheet.note("valid_from", "a day of its own", str(made.valid_from))
        found.append(made)
    return tuple(found)


def _to(sheet: Sheet, name: str, kind: type[Class]) -> dict[Urgency, Class]:
    """A class for each urgency; a less urgent one never becomes a more urgent class."""
    table, urgencies = sheet.per(name, Urgency)
    made = {urgency: table.code(str(urgency), kind) for urgency in urgencies}
    order = list(kind)
    for above, below in pairwise(urgencies if table.is_clean() else []):
        if order.index(made[above]) > order.index(made[below]):
            table.note(str(below), f"nothing more urgent than {made[above]}, which {above} becomes", str(made[below]))
    return made


def _from(sheet: Sheet, name: str, kind: type[Class]) -> dict[Class, Urgency]:
    """An urgency for each class; a less urgent class never becomes a more urgent one."""
    table, classes = sheet.per(name, kind)
    made = {one: table.code(str(one), Urgency) for one in classes}
    for above, below in pairwise(classes if table.is_clean() else []):
        if made[below].is_above(made[above]):
            table.note(str(below), f"nothing more urgent than {made[above]}, which {above} becomes", str(made[below]))
    return made
