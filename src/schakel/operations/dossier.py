"""Reading a dossier: only what the viewer may see, and never without a line in the access log."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import Q

from schakel.accounts import access_log
from schakel.accounts.models import BrokenGlass, Deed
from schakel.domain.access import Category, Ties, Viewer, relations, sees, why_not_see
from schakel.domain.dossier import FIELDS
from schakel.domain.reasons import Refused
from schakel.operations import clock, room
from schakel.operations.models import CareRequest, DossierEntry
from schakel.operations.visibility import ties_of


@dataclass(frozen=True)
class Dossier:
    """What a viewer sees of a dossier: the newest entry of each field, and the notes, oldest first."""

    categories: frozenset[Category]
    values: dict[str, DossierEntry] = field(default_factory=dict)
    notes: tuple[DossierEntry, ...] = ()

    def value(self, name: str) -> str:
        """The text of a field; empty where nothing is known."""
        entry = self.values.get(name)
        return entry.value if entry else ""

    def seen(self, name: str) -> int:
        """The key of the entry that was shown, 0 for none: what a writer says it saw."""
        entry = self.values.get(name)
        return entry.pk if entry else 0


@dataclass(frozen=True)
class Contact:
    """Another request with the same number, address or patient. `by` says which."""

    request: CareRequest
    by: tuple[str, ...]


@transaction.atomic
def read(row: CareRequest, viewer: Viewer, *, deed: Deed = Deed.READ) -> Dossier:
    """Open the dossier. The line in the access log is written first; without it nothing is shown."""
    now = clock.now_ms()
    ties = ties_of([row], now)[row.pk]
    seen = frozenset(category for category in Category if sees(viewer, ties, category, now))
    shown = seen - {Category.LOGISTICS}
    if not shown:
        reason = why_not_see(viewer, ties, Category.MEDICAL, now)
        assert reason is not None, "who sees no category is told why"
        raise Refused(room.or_closed(reason, viewer, ties, now))
    access_log.add(
        deed,
        viewer=viewer,
        at=now,
        request=row.pk,
        categories=sorted(shown, key=lambda c: c.value),
        **_ground(row, viewer, ties, now),
    )
    names = [name for name, known in FIELDS.items() if known.category in shown]
    values: dict[str, DossierEntry] = {}
    notes = []
    for entry in DossierEntry.objects.filter(request=row, field__in=names).select_related("author", "organisation"):
        if FIELDS[entry.field].adds_up:
            notes.append(entry)
        else:
            values[entry.field] = entry
    return Dossier(seen, values, tuple(notes))


@transaction.atomic
def same_elsewhere(row: CareRequest, viewer: Viewer, *, limit: int = 20) -> list[Contact]:
    """Other requests with the same number, address or BSN: newest first, of the last days. A search, so logged.

    Only that they exist is shown, and only those of which the viewer sees the logistics; to open one is a read.
    """
    mine = {
        entry.field: entry.match for entry in DossierEntry.objects.filter(request=row).exclude(match="").order_by("pk")
    }
    asked = Q(pk__in=[])
    for name in ("callback", "bsn"):
        if mine.get(name):
            asked |= Q(field=name, match=mine[name])
    if mine.get("postcode") and mine.get("house_number"):
        asked |= Q(field="postcode", match=mine["postcode"]) | Q(field="house_number", match=mine["house_number"])
    if not asked:
        return []
    now = clock.now_ms()
    access_log.add(Deed.SEARCH, viewer=viewer, at=now, request=row.pk, categories=[Category.LOCATION])
    found: dict[int, set[str]] = {}
    for request, name in DossierEntry.objects.filter(asked).exclude(request=row).values_list("request", "field"):
        found.setdefault(request, set()).add(name)
    alike = {request: _alike(names) for request, names in found.items()}
    keys = [request for request, by in alike.items() if by]
    rows = CareRequest.objects.visible_to(viewer, Category.LOGISTICS, now).filter(pk__in=keys)
    return [Contact(one, alike[one.pk]) for one in rows.order_by("-received_at")[:limit]]


def _alike(names: set[str]) -> tuple[str, ...]:
    same = [name for name in ("callback", "bsn") if name in names]
    if {"postcode", "house_number"} <= names:
        same.append("address")
    return tuple(same)


def _ground(row: CareRequest, viewer: Viewer, ties: Ties, now: int) -> dict:
    """On what ground the viewer reads: its relation, and the reason where the glass was broken."""
    glass = BrokenGlass.objects.filter(person=viewer.person, request=row.pk, until__gt=now).last()
    without = replace(ties, glass=frozenset())
    if glass and not sees(viewer, without, Category.MEDICAL, now):
        return {"ground": f"glass: {glass.reason.value}", "emergency": True}
    return {"ground": " ".join(sorted({relation.value for relation, _, _ in relations(viewer, without, now)}))}
