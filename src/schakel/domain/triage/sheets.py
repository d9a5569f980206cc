"""What the files of a protocol have in common: texts in two languages, ages, for whom something counts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from schakel.domain.region.problem import shown
from schakel.domain.region.sheet import Sheet, hint
from schakel.domain.triage.patient import OLDEST
from schakel.domain.triage.protocol import ANYHOW, EVERYBODY, Span, Text, Whom
from schakel.domain.triage.words import LETTERS, Measure, Setting, Sex

AGE = re.compile(r"(\d{1,4})([my])")


def text(sheet: Sheet, name: str) -> Text:
    """A text and, in the key that ends in `_en`, the same in English."""
    return Text(sheet.text(name), sheet.text(f"{name}_en"))


def texts(sheet: Sheet, name: str) -> tuple[Text, ...]:
    """A list of texts, and as many in English in the same order."""
    dutch, english = sheet.texts(name), sheet.texts(f"{name}_en")
    if len(dutch) != len(english):
        sheet.note(f"{name}_en", f"{len(dutch)} texts, as in `{name}`", str(len(english)))
    return tuple(Text(nl, en) for nl, en in zip(dutch, english, strict=False))


def months(sheet: Sheet, name: str) -> int:
    """An age such as ``3m`` or ``16y``, in months."""
    value = sheet.text(name)
    found = AGE.fullmatch(value)
    if not found:
        if value:
            sheet.wrong(name, 'an age in months or years, such as "3m" or "16y"', value)
        return 0
    age = int(found[1]) * (12 if found[2] == "y" else 1)
    if age > OLDEST:
        sheet.wrong(name, "an age of at most 120 years", value)
    return age


def span(sheet: Sheet) -> Span:
    """Ages from `from` up to but not including `until`; left out, from birth and without end."""
    first = months(sheet, "from") if sheet.has("from") else 0
    end = months(sheet, "until") if sheet.has("until") else OLDEST + 1
    if first >= end and sheet.is_clean():
        sheet.note("until", "an age above `from`", shown(sheet.table.get("until")))
    return Span(first, end)


def whom(sheet: Sheet, ages: Mapping[str, Span]) -> Whom:
    """For whom something counts, from the key `for`; left out, for everybody."""
    if not sheet.has("for"):
        return EVERYBODY
    table = sheet.sheet("for")
    named = table.references("ages", ages, "bands of age") if table.has("ages") else ()
    spans: tuple[Span, ...] = tuple(ages[one] for one in named)
    if table.has("from") or table.has("until"):
        if named:
            table.note("ages", "either `ages` or `from` and `until`", "both")
        spans = (span(table),)
    made = Whom(
        ages=spans or EVERYBODY.ages,
        sex=table.code("sex", Sex) if table.has("sex") else None,
        pregnant=table.yes_or_no("pregnant") if table.has("pregnant") else None,
    )
    table.done()
    return made


def settings(sheet: Sheet) -> frozenset[Setting]:
    """In which settings a question is put; left out, in all."""
    if not sheet.has("settings"):
        return ANYHOW
    found = frozenset(sheet.codes("settings", Setting))
    if not found:
        sheet.note("settings", "at least one setting", "none")
    return found


def sources(sheet: Sheet, known: Collection[str]) -> tuple[str, ...]:
    """The sources of a rule: at least one."""
    found = sheet.references("source", known, "a source in sources.toml")
    if not found and sheet.is_clean():
        sheet.note("source", "at least one source", "none")
    return found


def flag(sheet: Sheet, name: str) -> bool:
    """True or false; left out, false."""
    return sheet.has(name) and sheet.yes_or_no(name)


def value(sheet: Sheet, name: str, measure: Measure) -> int:
    """A value of a measure: a whole number, or one of its letters."""
    letters = LETTERS.get(measure)
    if letters is None:
        return sheet.whole(name)
    told = sheet.text(name)
    if len(told) == 1 and told in letters:
        return letters.index(told)
    if told:
        sheet.wrong(name, f"one of the letters {', '.join(letters)}{hint(told, letters)}", told)
    return 0
