"""Translations, made ready for use in pure Python: a fresh machine needs no gettext."""

from __future__ import annotations

import os
from pathlib import Path

#: Where the texts of this product and their translations are.
LOCALE = Path(__file__).resolve().parents[1] / "locale"


def compile_stale(locale: Path = LOCALE) -> list[Path]:
    """Compile every catalogue whose compiled form is missing or older. Gives what was written."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parents[1].name)
        beside = target.with_name(f"{target.name}.{os.getpid()}")
        with beside.open("wb") as file:
            write_mo(file, catalogue)
        beside.replace(target)  # a process that reads meanwhile sees the old one or the new one, whole
        written.append(target)
    return written
