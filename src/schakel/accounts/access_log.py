"""The access log: every read, search, print and emergency is a line, or does not happen.

`add` is called in the same transaction as the read. When the line cannot be written, the exception
stops the view, and the data stay unseen.

Source of the fields: NEN 7513:2018, chapters 6 and 7, as described publicly by Logius.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction

from schakel.accounts.models import AccessEntry, AccessHead, Deed
from schakel.domain.access import Category, Viewer
from schakel.domain.vocabulary import Role

#: The ground of a read that nobody chose: the screen shows who calls to whoever may answer.
RINGS = "rings"
_ANCHOR = re.compile(r"schakel-access (?P<number>[0-9]{1,18}) (?P<hash>[0-9a-f]{64}|-)")

#: The fields that the hash of a line covers, in this order.
COVERED = (
    "number",
    "at",
    "person_id",
    "organisation_id",
    "role",
    "deed",
    "request",
    "categories",
    "ground",
    "emergency",
    "before",
)


class Break(NamedTuple):
    """A place where the chain does not hold."""

    number: int
    what: str


@transaction.atomic(savepoint=False)
def add(
    deed: Deed,
    *,
    viewer: Viewer,
    at: int,
    request: int | None = None,
    categories: Iterable[Category] = (),
    ground: str = "",
    emergency: bool = False,
    seat: tuple[int, Role] | None = None,
) -> AccessEntry:
    """Add one line. `seat`: the organisation and role through which; otherwise the viewer's first one."""
    held = seat or next(iter(sorted(viewer.seats, key=lambda s: (s.organisation, s.role.value))), None)
    head = AccessHead.objects.select_for_update().filter(pk=1).first() or _first_head()
    entry = AccessEntry(
        number=head.number + 1,
        at=at,
        person_id=viewer.person or None,
        organisation_id=held[0] if held else None,
        role=held[1] if held else None,
        deed=deed,
        request=request,
        categories=" ".join(category.value for category in categories),
        ground=ground[:120],
        emergency=emergency,
        before=head.hash,
    )
    entry.hash = digest(entry)
    entry.save(force_insert=True)
    head.number, head.hash = entry.number, entry.hash
    head.save(force_update=True)
    return entry


def _first_head() -> AccessHead:
    AccessHead.objects.get_or_create(pk=1)
    return AccessHead.objects.select_for_update().get(pk=1)


def digest(entry: AccessEntry) -> str:
    """The hash of a line: SHA-256 over its covered fields, among which the hash of the line before."""
    values = [getattr(entry, name) for name in COVERED]
    plain = [getattr(value, "value", value) for value in values]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """How far the log was at a moment: its last line and that line's hash. Kept outside the database.

    The chain alone cannot tell a log that was emptied together with its head from a new one. A log that
    holds against an anchor still has everything that was in it when the anchor was taken.
    """

    number: int
    hash: str

    @classmethod
    def read(cls, text: str) -> Anchor:
        """An anchor from its line of text, as `line` writes it. Raises ValueError with what was expected and came."""
        found = _ANCHOR.fullmatch(text.strip())
        if found is None or (found["number"] == "0") != (found["hash"] == "-"):
            raise ValueError(f"expected a line as `schakel access anchor` prints it, came {text.strip()[:60]!r}")
        return cls(int(found["number"]), found["hash"].strip("-"))

    @property
    def line(self) -> str:
        """The anchor as one line of text. It holds nothing of a person."""
        return f"schakel-access {self.number} {self.hash or '-'}"


def anchor() -> Anchor:
    """How far the log is now."""
    head = AccessHead.objects.filter(pk=1).first()
    return Anchor(head.number, head.hash) if head else Anchor(0, "")


def against(kept: Anchor) -> Break | None:
    """Where the log does not hold against an anchor that was taken of it before; None when it does."""
    if kept.number == 0:
        return None
    entry = AccessEntry.objects.filter(number=kept.number).first()
    if entry is None:
        last = AccessEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
        return Break(kept.number, f"the anchor has this line, the log ends at line {last}")
    if entry.hash != kept.hash:
        return Break(kept.number, "the line is another than the one the anchor was taken of")
    return None


def breaks() -> Iterator[Break]:
    """Walk the whole chain and name every place where it does not hold; nothing when all is well."""
    before, number = "", 0
    for entry in AccessEntry.objects.order_by("number").iterator():
        number += 1
        if entry.number != number:
            yield Break(number, f"expected line {number}, came line {entry.number}")
            number = entry.number
        if entry.before != before:
            yield Break(entry.number, "the hash of the line before does not fit")
        if digest(entry) != entry.hash:
            yield Break(entry.number, "the line was changed after it was written")
        before = entry.hash
    head = AccessHead.objects.filter(pk=1).first()
    if head is None and number:
        yield Break(number, f"the log ends at line {number}, and its head is gone")
    if head and (head.number, head.hash) != (number, before):
        yield Break(head.number, f"the log ends at line {number}, its head says {head.number}")
