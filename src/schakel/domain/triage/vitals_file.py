"""Reading the scores and limits of vital signs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from schakel.domain.region.sheet import Sheet
from schakel.domain.triage.protocol import Band, Limit, Part, Raise, Score, Span
from schakel.domain.triage.sheets import sources, text, value, whom
from schakel.domain.triage.words import LETTERS, RANGES, Measure
from schakel.domain.vocabulary import Urgency


def read_scores(top: Sheet, ages: Mapping[str, Span], known: Collection[str]) -> tuple[Score, ...]:
    """The scores of a file; none is possible."""
    if not top.has("score"):
        return ()
    taken: set[str] = set()
    return tuple(
        Score(
            id=sheet.identity("id", taken),
            name=sheet.text("name"),
            whom=whom(sheet, ages),
            parts=tuple(_part(one) for one in sheet.sheets("part")),
            raises=tuple(_raise(one) for one in sheet.sheets("raise")),
            sources=sources(sheet, known),
        )
        for sheet in top.sheets("score")
    )


def _part(sheet: Sheet) -> Part:
    measure = sheet.code("measure", Measure)
    bands = []
    for one in sheet.sheets("bands"):
        least, most = _from_to(one, measure)
        bands.append(Band(least, most, one.whole("points")))
    if sheet.is_clean():
        _note_gaps(sheet, measure, bands)
    return Part(
        measure=measure,
        bands=tuple(bands),
        scale_2=sheet.yes_or_no("scale_2") if sheet.has("scale_2") else None,
        oxygen=sheet.yes_or_no("oxygen") if sheet.has("oxygen") else None,
    )


def _from_to(sheet: Sheet, measure: Measure) -> tuple[int, int]:
    least, most = RANGES[measure]
    first = value(sheet, "from", measure) if sheet.has("from") else least
    last = value(sheet, "to", measure) if sheet.has("to") else most
    if sheet.is_clean() and not least <= first <= last <= most:
        sheet.note("from", f"values from {least} to {most}, the lowest first", f"{first} to {last}")
    return first, last


def _note_gaps(sheet: Sheet, measure: Measure, bands: Collection[Band]) -> None:
    """Every value that can be measured lies in exactly one band."""
    expected, most = RANGES[measure]
    letters = LETTERS.get(measure)
    for band in sorted(bands):
        if band.least != expected:
            at = letters[expected] if letters and expected < len(letters) else str(expected)
            sheet.note(
                "bands", f"bands that follow each other without gap or overlap, the next from {at}", str(band.least)
            )
            return
        expected = band.most + 1
    if expected != most + 1:
        sheet.note("bands", f"bands up to {most}", f"nothing from {expected}")


def _raise(sheet: Sheet) -> Raise:
    to = sheet.code("raises_to", Urgency)
    total = sheet.whole("total", least=1) if sheet.has("total") else None
    single = sheet.whole("single", least=1) if sheet.has("single") else None
    if (total is None) == (single is None):
        sheet.note("total", "either `total` or `single`", "both" if total else "neither")
    return Raise(to, total, single)


def read_limits(top: Sheet, ages: Mapping[str, Span], known: Collection[str]) -> tuple[Limit, ...]:
    """The limits of a file; none is possible."""
    if not top.has("limit"):
        return ()
    taken: set[str] = set()
    limits = []
    for sheet in top.sheets("limit"):
        own = sheet.identity("id", taken)
        measure = sheet.code("measure", Measure)
        least, most = _from_to(sheet, measure)
        limits.append(
            Limit(
                id=own,
                measure=measure,
                least=least,
                most=most,
                to=sheet.code("raises_to", Urgency),
                because=text(sheet, "because"),
                whom=whom(sheet, ages),
                sources=sources(sheet, known),
            )
        )
    return tuple(limits)
