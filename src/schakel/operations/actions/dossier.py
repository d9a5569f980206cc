"""What people write about a patient or caller. Nothing is overwritten: each value is a new entry with its author."""

from __future__ import annotations

from schakel.accounts import access_log
from schakel.accounts.models import Deed
from schakel.domain import events as e
from schakel.domain.access import Category, Viewer, sees, why_not_see
from schakel.domain.dossier import FIELDS, IDENTIFYING, WrongValue, match_form
from schakel.domain.events import Subject
from schakel.domain.life_cycles import why_not
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.operations import clock, journal, room
from schakel.operations.action import action, ask_of_request, check_time, locked
from schakel.operations.models import CareRequest, DossierEntry
from schakel.operations.visibility import ties_of

CHANGED = _("{who} changed this meanwhile. Both values are shown: choose one.")
IS_KNOWN = _("It is known who the patient is. Empty the name and the BSN first, if that was a mistake.")
NO_FIELD = _("There is no field {field} in a dossier.")


class Conflict(Refused):
    """Somebody else changed the field since it was shown: mine, theirs and what was before, for a person to choose."""

    def __init__(self, reason: Reason, *, field: str, mine: str, theirs: DossierEntry, before: str) -> None:
        super().__init__(reason)
        self.field, self.mine, self.theirs, self.before = field, mine, theirs, before


@action
def write(*, request: int, field: str, value: str, at: int, by: Viewer, seen: int | None = None) -> int | None:
    """Write one field. `seen`: the key of the entry that the writer had before its eyes (0: none).

    Gives the key of the new entry, or of the one that already said the same. Raises `Conflict` when
    somebody wrote something else since; a note never conflicts, it is added.
    """
    if field not in FIELDS:
        raise Refused(Reason(NO_FIELD, {"field": field[:32]}))
    known = FIELDS[field]
    try:
        kept = known.standard(value)
    except WrongValue as wrong:
        raise Refused(Reason(wrong.text, wrong.values)) from None
    check_time(at)
    row = locked(CareRequest, request)
    now = clock.now_ms()
    ties = ties_of([row], now)[row.pk]
    if not sees(by, ties, known.category, now):
        refusal = why_not_see(by, ties, known.category, now)
        assert refusal is not None, "who does not see a field is told why"
        raise Refused(room.or_closed(refusal, by, ties, now))
    if refusal := why_not(row.state, Subject.REQUEST, e.Identified):
        raise Refused(refusal)
    if known.adds_up:
        if not kept:
            return None
        entry = _add(row, field, kept, at=at, by=by)
        _log(row, field, by)
        return entry
    entries = list(DossierEntry.objects.filter(request=row, field=field).select_related("author"))
    last = entries[-1] if entries else None
    if (last.value if last else "") == kept:
        return last.pk if last else 0
    if seen is not None and last is not None and last.pk != seen:
        before = next((entry.value for entry in entries if entry.pk == seen), "")
        reason = Reason(CHANGED, {"who": str(last.author) if last.author else "Schakel"})
        raise Conflict(reason, field=field, mine=kept, theirs=last, before=before)
    entry = _add(row, field, kept, at=at, by=by)
    if field in IDENTIFYING:
        identified = any(
            found.value
            for name in IDENTIFYING
            if (found := DossierEntry.objects.filter(request=row, field=name).order_by("pk").last())
        )
        if row.identified is not identified:
            journal.record(e.Identified(at=at, request=row.pk, identified=identified), by=by, rows=[row])
    _log(row, field, by)
    return entry


@action
def say_unknown(*, request: int, words: str, at: int, by: Viewer) -> int:
    """Nobody knows who the patient is: that is recorded, with a note, so that nobody has to ask again.

    Gives the key of the note. When a name is written later, the patient is identified after all.
    """
    row = locked(CareRequest, request)
    ask_of_request(row, e.Identified, by=by, at=at)
    if row.identified:
        raise Refused(Reason(IS_KNOWN))
    if row.identified is None:
        journal.record(e.Identified(at=at, request=row.pk, identified=False), by=by, rows=[row])
    try:
        note = FIELDS["note"].standard(words)
    except WrongValue as wrong:
        raise Refused(Reason(wrong.text, wrong.values)) from None
    entry = _add(row, "note", note, at=at, by=by)
    _log(row, "note", by)
    return entry


def _add(row: CareRequest, field: str, value: str, *, at: int, by: Viewer) -> int:
    organisation = journal.organisation_of(by)
    assert organisation is not None, "who may write has an organisation"
    entry = DossierEntry.objects.create(
        request=row,
        field=field,
        value=value,
        match=match_form(field, value) if FIELDS[field].findable or field in ("postcode", "house_number") else "",
        author_id=by.person,
        organisation_id=organisation,
        at=at,
    )
    return entry.pk


def _log(row: CareRequest, field: str, by: Viewer) -> None:
    """Say in the access log who wrote; after the journal, in every action, so that no two wait for each other."""
    categories: list[Category] = [FIELDS[field].category]
    access_log.add(Deed.UPDATE, viewer=by, at=clock.now_ms(), request=row.pk, categories=categories)
