"""Who else is in this case: everybody who opened its dossier lately, as the access log knows.

The screens of several processes share nothing but the database, and every open dossier is a line there
already. A case that stays open on a screen says so again now and then, so that a colleague sees it.
"""

from __future__ import annotations

from typing import NamedTuple

from schakel.accounts import access_log
from schakel.accounts.models import AccessEntry, Deed, Person
from schakel.domain.access import Category, Ties, Viewer, sees
from schakel.domain.dossier import FIELDS
from schakel.domain.durations import MINUTE, SECOND
from schakel.operations import clock
from schakel.operations.models import CareRequest, DossierEntry

#: How long after its last line somebody is still taken to be in the case, on the wall.
HERE = 2 * MINUTE
#: How long after its last line a screen that is still open says so again, on the wall.
AGAIN = 100 * SECOND

_DEEDS = (Deed.READ.value, Deed.UPDATE.value)


class Present(NamedTuple):
    """A colleague in this case, and since when nothing was heard of it."""

    name: str
    at: int


class Changed(NamedTuple):
    """A field that a colleague wrote since this page was made: its label, who and when; never its value."""

    label: str
    by: str
    at: int


def others(row: CareRequest, viewer: Viewer) -> list[Present]:
    """The colleagues who are in this case now."""
    since = clock.now_ms() - int(HERE * clock.speed())
    found: dict[int, int] = {}
    lines = AccessEntry.objects.filter(request=row.pk, at__gte=since, deed__in=_DEEDS, person__isnull=False)
    lines = lines.exclude(ground=access_log.RINGS)  # saw who called, and did not come in
    for person, at in lines.exclude(person=viewer.person).order_by("number").values_list("person", "at"):
        found[person] = at
    names = {one.pk: str(one) for one in Person.objects.filter(pk__in=found)}
    return sorted(Present(names[person], at) for person, at in found.items())


def stay(row: CareRequest, viewer: Viewer) -> None:
    """Say in the access log that the dossier is still open on this screen, when the last word is getting old."""
    now = clock.now_ms()
    since = now - int(AGAIN * clock.speed())
    mine = AccessEntry.objects.filter(request=row.pk, person=viewer.person, at__gte=since, deed__in=_DEEDS)
    mine = mine.exclude(ground=access_log.RINGS)
    if not mine.exists():
        access_log.add(Deed.READ, viewer=viewer, at=now, request=row.pk, ground="open")


def changed(row: CareRequest, ties: Ties, viewer: Viewer, since: int) -> list[Changed]:
    """The fields that others wrote after the entry `since`, as far as this viewer sees them."""
    now = clock.now_ms()
    seen = {name for name, one in FIELDS.items() if sees(viewer, ties, one.category, now)}
    entries = DossierEntry.objects.filter(request=row, pk__gt=since, field__in=seen).exclude(author=viewer.person)
    newest = {entry.field: entry for entry in entries.select_related("author").order_by("pk")}
    return [Changed(FIELDS[name].label, str(entry.author or ""), entry.at) for name, entry in newest.items()]


def sees_any(ties: Ties, viewer: Viewer) -> bool:
    """Whether the viewer sees anything of the dossier itself."""
    now = clock.now_ms()
    return any(sees(viewer, ties, category, now) for category in Category if category is not Category.LOGISTICS)
