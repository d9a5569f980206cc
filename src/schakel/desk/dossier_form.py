"""The asking order of a case: which fields, in which order, and what happens when one of them is written.

Every field saves by itself. An answer comes back as the line under the field (`desk/said.html`); the
field itself is never replaced, so that nothing typed meanwhile is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from schakel.accounts.gate import only_for
from schakel.accounts.models import Organisation, Person
from schakel.desk.verbs import CENTRE, Said, new_key, request_seen, row_field, term_field, verb
from schakel.domain.access import Category
from schakel.domain.dossier import FIELDS, SEXES
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.vocabulary import Complaint, FollowUpKind
from schakel.operations import clock, journal
from schakel.operations.action import locked
from schakel.operations.actions import care_request, follow_up
from schakel.operations.actions import dossier as dossier_actions
from schakel.operations.actions.dossier import Conflict
from schakel.operations.current_region import region
from schakel.operations.dossier import Dossier
from schakel.operations.models import CareRequest
from schakel.screens.wording import name_of, say

NO_ZONE = N_("There is no area {came} in this region. Choose one from the list: type the first letters of a place.")
NO_COMPLAINT = N_("No entry complaint fits {came}. Type a few other letters and choose one from the list.")
MANY = N_("{came} fits several: {fits}. Type a few more letters.")
CHANGED = N_("{who} changed this meanwhile. Both values are shown: choose one.")
UNKNOWN_PERSON = N_("The patient is not known: unknown person.")

#: Who a caller can be, as a help to typing.
RELATIONS = (
    N_("the patient"),
    N_("partner"),
    N_("parent"),
    N_("child"),
    N_("neighbour"),
    N_("passer-by"),
    N_("GP"),
    N_("district nurse"),
    N_("police"),
)


@dataclass
class Asked:
    """One field as the page shows it: what is known, who wrote it, and what is the matter with it."""

    name: str
    label: str
    url: str
    value: str = ""
    seen: str = "0"
    by: str = ""
    at: int | None = None
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    key: str = ""
    wrong: str = ""
    conflict: dict[str, Any] | None = None
    suggestions: tuple[str, ...] = ()
    wide: bool = False

    @property
    def id(self) -> str:
        """What the element of the field is called on the page."""
        return f"ask-{self.name}"

    @property
    def answered(self) -> bool:
        """Whether something is known."""
        return bool(self.value)


class Group(NamedTuple):
    """Fields that are asked together."""

    name: str
    title: str
    fields: list[Asked]


class _Look(NamedTuple):
    kind: str = "text"
    key: str = ""
    wide: bool = False


_LOOKS = {
    "callback": _Look("tel", key="b"),
    "street": _Look(wide=True),
    "town": _Look(wide=True),
    "access": _Look(wide=True),
    "caller": _Look(),
    "relation": _Look("list"),
    "name": _Look(wide=True),
    "birth_date": _Look("date"),
    "sex": _Look("choice"),
    "bsn": _Look("digits"),
    "gp": _Look(wide=True),
    "words": _Look("area", wide=True),
}

#: The groups in the order in which they are asked. `zone` and `complaint` are facts of the request itself.
GROUPS = (
    ("find", N_("Call back and find"), ("callback", "street", "house_number", "postcode", "town", "zone", "access")),
    ("matter", N_("What is the matter"), ("complaint", "words")),
    ("caller", N_("Who calls"), ("caller", "relation")),
    ("patient", N_("Who the patient is"), ("name", "birth_date", "sex", "bsn", "gp")),
)


def groups_of(row: CareRequest, dossier: Dossier, chosen: dict[str, Chosen]) -> list[Group]:
    """Everything that this viewer may see of the dossier, in the asking order.

    `chosen`: by whom and when the zone and the entry complaint were chosen.
    """
    found = []
    for name, title, fields in GROUPS:
        shown = []
        for field in fields:
            if field in QUESTIONS:
                if field == "zone" or Category.MEDICAL in dossier.categories:
                    shown.append(question(row, field, chosen.get(field), dossier.value("town")))
            elif FIELDS[field].category in dossier.categories:
                shown.append(of_dossier(row, field, dossier))
        if shown:
            found.append(Group(name, title, shown))
    return found


def of_dossier(row: CareRequest, name: str, dossier: Dossier) -> Asked:
    """A field of the dossier, with its newest entry."""
    entry = dossier.values.get(name)
    asked = _blank(row, name)
    if entry is not None:
        asked.value, asked.seen, asked.by, asked.at = entry.value, str(entry.pk), str(entry.author or ""), entry.at
    return asked


def _blank(row: CareRequest, name: str) -> Asked:
    look = _LOOKS.get(name, _Look())
    choices: tuple[tuple[str, str], ...] = ()
    if look.kind == "choice":
        choices = tuple((code, _(label)) for code, label in SEXES.items())
    elif look.kind == "list":
        choices = tuple((_(word), _(word)) for word in RELATIONS)
    return Asked(
        name=name,
        label=_(FIELDS[name].label),
        url=reverse("desk:write", args=[row.pk, name]),
        kind=look.kind,
        key=look.key,
        wide=look.wide,
        choices=choices,
    )


# ---------------------------------------------------------------- facts of the request that are asked like a field


def _zones() -> dict[str, str]:
    return {zone.id: zone.name for zone in sorted(region().zones, key=lambda zone: zone.name)}


def _complaints() -> dict[str, str]:
    return {one.value: name_of(one) for one in Complaint}


QUESTIONS = {
    "zone": (N_("Area"), _zones, NO_ZONE, "Located"),
    "complaint": (N_("Entry complaint"), _complaints, NO_COMPLAINT, "ComplaintChosen"),
}


class Chosen(NamedTuple):
    """Who chose something, and when."""

    by: str
    at: int


def question(row: CareRequest, name: str, chosen: Chosen | None, town: str = "") -> Asked:
    """The zone or the entry complaint as a field: its word, and who chose it."""
    label, known, _none, _kind = QUESTIONS[name]
    words = known()
    code = str(getattr(row, name) or "")
    asked = Asked(
        name=name,
        label=_(label),
        url=reverse("desk:question", args=[row.pk, name]),
        value=words.get(code, ""),
        seen=code,
        kind="list",
        choices=tuple((word, word) for word in words.values()),
        key={"complaint": "i"}.get(name, ""),
        wide=True,
    )
    if code and chosen:
        asked.by, asked.at = chosen
    if name == "zone" and not code and town:
        asked.suggestions = zones_of_town(town)
    return asked


def zones_of_town(town: str) -> tuple[str, ...]:
    """The names of the zones that a town may mean: the one of that name, else all of that municipality."""
    meant = town.strip().casefold()
    named = [zone.name for zone in region().zones if zone.name.casefold() == meant]
    return tuple(named or sorted(zone.name for zone in region().zones if zone.municipality.casefold() == meant))


def asked_again(row: CareRequest, name: str, town: str = "") -> Asked:
    """The zone or the entry complaint by itself, apart from its page."""
    last = journal.last_of(row.pk, QUESTIONS[name][3])
    author = Person.objects.filter(pk=last.by).first() if last else None
    return question(row, name, Chosen(str(author or ""), last.event.at) if last else None, town)


def fitting(words: dict[str, str], typed: str, none: str) -> str:
    """The code whose word was meant: the whole word, else the only one that begins with it or holds it."""
    wanted = typed.strip().casefold()
    for fits in (
        [code for code, word in words.items() if word.casefold() == wanted or code == typed],
        [code for code, word in words.items() if word.casefold().startswith(wanted)],
        [code for code, word in words.items() if wanted in word.casefold()],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            several = tuple(words[code] for code in fits[:6])
            raise Refused(Reason(MANY, {"came": typed[:40], "fits": several}))
    raise Refused(Reason(none, {"came": typed[:40]}))


# ---------------------------------------------------------------- writing


@only_for(*CENTRE)
@require_POST
def write(request: HttpRequest, request_key: int, field: str) -> HttpResponse:
    """Write one field of the dossier. A colleague's value is never overwritten unseen."""
    if field not in FIELDS:
        raise Http404
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    asked = _blank(row, field)
    typed = request.POST.get(field, "")
    choice = request.POST.get(f"conflict-{field}", "")
    if choice == "theirs":
        typed = request.POST.get("their_value", "")
    seen = _whole(request.POST.get("theirs" if choice else "seen", "0"))
    try:
        entry = _write(request, row, field, typed, seen)
    except Conflict as conflict:
        asked.value, asked.seen = typed, str(seen)
        asked.wrong = say(conflict.reason)
        asked.conflict = {
            "mine": conflict.mine,
            "theirs": conflict.theirs.value,
            "theirs_key": conflict.theirs.pk,
            "before": conflict.before,
            "by": str(conflict.theirs.author or ""),
            "at": conflict.theirs.at,
        }
        return _said(request, asked, status=422)
    except Refused as refused:
        asked.value, asked.seen, asked.wrong = typed, str(seen), say(refused.reason)
        return _said(request, asked, status=422)
    asked.value = FIELDS[field].standard(typed)
    asked.seen, asked.by, asked.at = str(entry or 0), str(request.user), clock.now_ms()
    response = _said(request, asked)
    if field in ("callback", "bsn", "postcode", "house_number"):
        response["HX-Trigger"] = "contact"
    if field == "town":
        response["HX-Trigger"] = "town"
    return response


def _write(request: HttpRequest, row: CareRequest, field: str, value: str, seen: int) -> int | None:
    """Write; and where the value that was not seen is this person's own, over that one."""
    told = {"request": row.pk, "field": field, "value": value, "by": request.viewer}  # type: ignore[attr-defined]
    try:
        return dossier_actions.write(**told, at=clock.now_ms(), seen=seen)
    except Conflict as conflict:
        if conflict.theirs.author_id != request.user.pk:
            raise
        return dossier_actions.write(**told, at=clock.now_ms(), seen=conflict.theirs.pk)


@only_for(*CENTRE)
def ask(request: HttpRequest, request_key: int, name: str) -> HttpResponse:
    """The zone or the entry complaint: read it, or choose it by a few letters of its word."""
    if name not in QUESTIONS:
        raise Http404
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    if request.method != "POST":
        return _said(request, asked_again(row, name))
    typed = request.POST.get(name, "")
    choice = request.POST.get(f"conflict-{name}", "")
    if choice == "theirs":
        typed = request.POST.get("their_value", "")
    seen = request.POST.get("theirs" if choice else "seen", "")
    if not typed.strip():
        return _said(request, asked_again(row, name))
    _label, known, none, _kind = QUESTIONS[name]
    words = known()
    try:
        code = fitting(words, typed, none)
        with transaction.atomic():
            row = locked(CareRequest, row.pk)
            now_known = str(getattr(row, name) or "")
            if now_known not in (seen, code):
                return _conflict(request, row, name, words, code, seen)
            told = {"request": row.pk, "at": clock.now_ms(), "by": request.viewer}  # type: ignore[attr-defined]
            if name == "zone":
                care_request.locate(zone=code, **told)
            elif now_known != code:
                care_request.choose_complaint(complaint=Complaint(code), **told)
    except Refused as refused:
        asked = asked_again(row, name)
        asked.value, asked.wrong = typed, say(refused.reason)
        return _said(request, asked, status=422)
    row.refresh_from_db()
    response = _said(request, asked_again(row, name))
    response["HX-Trigger"] = "acted, contact"
    return response


def _conflict(
    request: HttpRequest, row: CareRequest, name: str, words: dict[str, str], code: str, seen: str
) -> HttpResponse:
    theirs = asked_again(row, name)
    if theirs.by == str(request.user):  # the same person, in another window: nobody else's word is lost
        theirs.by = _("You")
    theirs.conflict = {
        "mine": words[code],
        "theirs": theirs.value,
        "theirs_key": theirs.seen,
        "before": words.get(seen, ""),
        "by": theirs.by,
        "at": theirs.at,
    }
    theirs.wrong = say(Reason(CHANGED, {"who": theirs.by}))
    theirs.value, theirs.seen = words[code], seen
    return _said(request, theirs, status=422)


def _said(request: HttpRequest, asked: Asked, status: int = 200) -> HttpResponse:
    return render(request, "desk/said.html", {"asked": asked}, status=status)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


# ---------------------------------------------------------------- notes, unknown person, professional line


@only_for(*CENTRE)
@require_POST
def note(request: HttpRequest, request_key: int) -> HttpResponse:
    """Add a note. Notes stand beside each other; none is changed."""
    value = request.POST.get("note", "")
    key = request.POST.get("key", "")[:64]
    key = key if key.isalnum() else ""
    try:
        _note(request, request_key, value, key)
    except Refused as refused:
        context = {"key": key or new_key(), "wrong": say(refused.reason)}
        return render(request, "desk/note_said.html", context, status=422)
    return _noted(request, value)


@only_for(*CENTRE)
@verb(Said)
def unknown_person(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """Nobody knows who the patient is: say so, so that nobody has to ask again."""
    words = _(UNKNOWN_PERSON)
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    dossier_actions.say_unknown(
        request=row.pk,
        words=words,
        at=clock.now_ms(),
        by=request.viewer,  # type: ignore[attr-defined]
        key=said["key"] or None,
    )
    return _noted(request, words)


def _note(request: HttpRequest, key: int, words: str, once: str) -> None:
    row = request_seen(request.viewer, key)  # type: ignore[attr-defined]
    dossier_actions.write(
        request=row.pk,
        field="note",
        value=words,
        at=clock.now_ms(),
        by=request.viewer,  # type: ignore[attr-defined]
        key=once or None,
    )


def _noted(request: HttpRequest, words: str) -> HttpResponse:
    """The note that was added, for the end of the list, and a fresh key for the next."""
    written = {"by": str(request.user), "at": clock.now_ms(), "value": words.strip()} if words.strip() else None
    return render(request, "desk/note_said.html", {"key": new_key(), "written": written})


class Professional(Said):
    """What a professional asks for, on behalf of which organisation."""

    organisation = row_field(N_("Organisation"), required=False)
    need = term_field(FollowUpKind, N_("What is asked"))


@only_for(*CENTRE)
@verb(Professional)
def professional(request: HttpRequest, said: dict[str, Any], request_key: int) -> HttpResponse:
    """A professional asks for a bed, a team or a visit: noted with who asks, and kept open until somebody takes it."""
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    partner = get_object_or_404(Organisation, pk=said["organisation"]) if said["organisation"] else None
    words = _("Asked by {organisation}: {need}.").format(
        organisation=partner or _("a professional"), need=name_of(said["need"])
    )
    key = said["key"]
    with transaction.atomic():
        _note(request, row.pk, words, f"{key[:50]}-note" if key else "")
        follow_up.ask(
            request=row.pk,
            need=said["need"],
            takes_over=False,
            at=clock.now_ms(),
            by=request.viewer,  # type: ignore[attr-defined]
            key=key or None,
        )
    response = _noted(request, words)
    response["HX-Trigger"] = "acted"
    return response


@only_for(*CENTRE)
@require_POST
def suggestion(request: HttpRequest, request_key: int) -> HttpResponse:
    """The zone again, after the town was written: with the zone of that name as a suggestion. Changes nothing."""
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    return _said(request, asked_again(row, "zone", request.POST.get("town", "")[:120]))
