"""Reading a dossier: only what the viewer may see, and never without a line in the access log."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import Q

from schakel.accounts import access_log
from schakel.accounts.models import BrokenGlass, Deed
from schakel.domain.access import Category, Ties, Viewer, relations, sees, why_not_see
from schakel.domain.codes import PhoneNumber
from schakel.domain.contact import COUNTS, SEEN_BY_MANY, TOLD, maybe_same
from schakel.domain.dossier import FIELDS
from schakel.domain.reasons import Refused
from schakel.operations import clock, room
from schakel.operations.models import CareRequest, DossierEntry
from schakel.operations.visibility import ties_of


@dataclass(frozen=True)
class Dossier:
    """What a viewer sees of a dossier: the newest entry of each field, and the notes, oldest first.

    `ties`: who has to do with the request, as they were when it was opened.
    """

    categories: frozenset[Category]
    ties: Ties
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
    """Another request with the same number, address, patient or scene. `by`: what makes it maybe the same."""

    request: CareRequest
    by: tuple[str, ...]


@dataclass(frozen=True)
class Caller:
    """Who calls, as far as the line says: the number as it is dialled, empty where it was not shown.

    contacts: the newest requests from that number; more: how many were before those.
    """

    number: str
    contacts: list[Contact] = field(default_factory=list)
    more: int = 0


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
    names = [name for name, known in FIELDS.items() if known.category in shown]
    values: dict[str, DossierEntry] = {}
    notes = []
    with transaction.atomic(savepoint=False):
        access_log.add(
            deed,
            viewer=viewer,
            at=now,
            request=row.pk,
            categories=sorted(shown, key=lambda c: c.value),
            **_ground(row, viewer, ties, now),
        )
        entries = list(
            DossierEntry.objects.filter(request=row, field__in=names).select_related("author", "organisation")
        )
    for entry in entries:
        if FIELDS[entry.field].adds_up:
            notes.append(entry)
        else:
            values[entry.field] = entry
    return Dossier(seen, ties, values, tuple(notes))


@transaction.atomic
def same_elsewhere(row: CareRequest, viewer: Viewer, *, limit: int = 20) -> list[Contact]:
    """Other requests that may be about the same, by number, address, BSN or scene, newest first.

    To look for words of a dossier is a search, so logged. Only that they exist is shown, and only those of which
    the viewer sees the logistics; to open one is a read.
    """
    mine = _matches(row)
    now = clock.now_ms()
    if mine.get("callback") or mine.get("bsn") or (mine.get("postcode") and mine.get("house_number")):
        access_log.add(Deed.SEARCH, viewer=viewer, at=now, request=row.pk, categories=[Category.LOCATION])
    alike: dict[int, list[str]] = {}
    for by, requests in (
        ("callback", _with("callback", mine, row)),
        ("bsn", _with("bsn", mine, row)),
        ("address", _with("house_number", mine, row, among=_with("postcode", mine, row))),
        ("scene", _at_the_scene(row)),
    ):
        for request in requests:
            alike.setdefault(request, []).append(by)
    seen = CareRequest.objects.visible_to(viewer, Category.LOGISTICS, now).filter(pk__in=alike)
    found = [Contact(one, maybe_same(one.state, alike[one.pk], now)) for one in seen.order_by("-received_at", "-pk")]
    return [contact for contact in found if contact.by][:limit]


@transaction.atomic
def who_calls(row: CareRequest, viewer: Viewer, *, limit: int = 3) -> Caller | None:
    """The number on the line of a call that nobody has answered, and who called from it lately, newest first.

    None for who may not see where a caller is. To be shown a number is a read of the dossier, so logged; where the
    line shows none there is nothing to read. Of the earlier contacts only those are told of which the viewer sees
    the logistics; `by` is empty where one is too long ago to be about the same.
    """
    now = clock.now_ms()
    if not sees(viewer, ties_of([row], now)[row.pk], Category.LOCATION, now):
        return None
    newest = DossierEntry.objects.filter(request=row, field="callback").order_by("pk").last()
    if newest is None or not newest.value:
        return Caller("")
    access_log.add(
        Deed.READ, viewer=viewer, at=now, request=row.pk, categories=[Category.LOCATION], ground=access_log.RINGS
    )
    known = CareRequest.objects.visible_to(viewer, Category.LOGISTICS, now)
    known = known.filter(pk__in=_with("callback", {"callback": newest.match}, row))
    known = known.filter(Q(received_at__gt=now - TOLD) | Q(closed_at=None)).order_by("-received_at", "-pk")
    contacts = [Contact(one, maybe_same(one.state, ("callback",), now)) for one in known[:limit]]
    return Caller(PhoneNumber(newest.value).as_dialled, contacts, max(0, known.count() - limit))


def _matches(row: CareRequest) -> dict[str, str]:
    """The newest value of each field by which requests are found, in its standard form; empty where it was emptied."""
    findable = ("callback", "bsn", "postcode", "house_number")
    entries = DossierEntry.objects.filter(request=row, field__in=findable).order_by("pk")
    return dict(entries.values_list("field", "match"))


def _at_the_scene(row: CareRequest) -> set[int]:
    """The other accidents of this kind that were reported in the same area within the hour before or after."""
    if row.complaint not in SEEN_BY_MANY or row.zone is None or row.received_at is None:
        return set()
    near = (row.received_at - COUNTS["scene"], row.received_at + COUNTS["scene"])
    others = CareRequest.objects.filter(complaint=row.complaint.value, zone=row.zone, received_at__range=near)
    return set(others.exclude(pk=row.pk).values_list("pk", flat=True))


def _with(field: str, mine: dict[str, str], besides: CareRequest, *, among: set[int] | None = None) -> set[int]:
    """The other requests in which somebody once wrote the same in this field."""
    if not mine.get(field) or among == set():
        return set()
    entries = DossierEntry.objects.filter(field=field, match=mine[field]).exclude(request=besides)
    if among is not None:
        entries = entries.filter(request__in=among)
    return set(entries.values_list("request", flat=True))


def _ground(row: CareRequest, viewer: Viewer, ties: Ties, now: int) -> dict:
    """On what ground the viewer reads: its relation, and the reason where the glass was broken."""
    without = replace(ties, glass=frozenset())
    if viewer.person in ties.glass and not sees(viewer, without, Category.MEDICAL, now):
        glass = BrokenGlass.objects.filter(person=viewer.person, request=row.pk, until__gt=now).latest("pk")
        return {"ground": f"glass: {glass.reason.value}", "emergency": True}
    return {"ground": " ".join(sorted({relation.value for relation, _, _ in relations(viewer, without, now)}))}
