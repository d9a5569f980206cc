"""The screens are Dutch: every text of the product has its Dutch, with the same places to fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

SOURCE = Path(__file__).resolve().parents[2] / "src" / "schakel"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2)}
#: Keys of a table inside the call, as in ``_(WANTED[said["wanted"]])``: the extractor takes them for texts.
NO_TEXTS = {"sex", "wanted"}
PLACE = re.compile(r"\{[a-z_0-9]*\}|%\([a-z_0-9]+\)s")

_TRANSLATE = re.compile(r"""{%\s*translate\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_BLOCK = re.compile(r"{%\s*blocktranslate\b([^%]*)%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)
_PLURAL = re.compile(r"{%\s*plural\s*%}")
_VARIABLE = re.compile(r"{{\s*([a-z_0-9]+)\s*}}")


def of_templates() -> Iterator[str]:
    for page in sorted(SOURCE.glob("**/templates/**/*.html")):
        text = page.read_text()
        for double, single in _TRANSLATE.findall(text):
            yield double or single
        for options, body in _BLOCK.findall(text):
            for part in _PLURAL.split(body):
                told = _VARIABLE.sub(r"%(\1)s", part)
                yield " ".join(told.split()) if "trimmed" in options else told


def of_code() -> Iterator[str]:
    found = extract_from_dir(str(SOURCE), [("**.py", "python")], keywords=KEYWORDS)
    for _file, _line, message, _comments, _context in found:
        yield from message if isinstance(message, tuple) else (message,)


@pytest.fixture(scope="module")
def dutch() -> dict[str, str]:
    with (SOURCE / "locale/nl/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="nl")
    told = {}
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,) * len(ids)
        told |= dict(zip(ids, strings, strict=False))
    return told


@pytest.mark.parametrize("texts", [of_code, of_templates], ids=["code", "templates"])
def test_every_text_has_its_dutch(texts, dutch):
    missing = sorted({text for text in texts() if text and text not in NO_TEXTS and not dutch.get(text)})
    assert missing == []


def test_a_translation_fills_the_same_places(dutch):
    wrong = {
        text: told for text, told in dutch.items() if text and not set(PLACE.findall(told)) <= set(PLACE.findall(text))
    }
    assert wrong == {}
