"""What a professional of a partner asks of the centre, on the professional line: one form, one case number."""

from __future__ import annotations

from schakel.accounts import access_log
from schakel.accounts.models import Deed, Organisation, Person
from schakel.domain.access import Seat, Viewer
from schakel.domain.authority import NOT_YOURS
from schakel.domain.dossier import FIELDS, WrongValue, match_form
from schakel.domain.reasons import Reason, Refused, Word
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Channel, OrganisationKind, Role
from schakel.operations import clock
from schakel.operations.action import action
from schakel.operations.actions import care_request
from schakel.operations.models import DossierEntry

MAY_ASK = (Role.PARTNER, Role.PARTNER_COORDINATOR)

#: What a professional may write down while asking. Everything else is asked at the desk.
MAY_WRITE = ("callback", "street", "house_number", "postcode", "town", "name", "birth_date", "words")

NO_FIELD = _("There is no field {field} in a dossier.")
NO_CALLBACK = _("Give a number at which the centre can call you back.")


@action
def ask(*, organisation: int, fields: dict[str, str], at: int, by: Viewer) -> int:
    """Ask the centre for something on behalf of an organisation: it rings there, with what was written beside it.

    Gives the key of the request: the case number. The partner has no part in the request by asking, so that it
    opens no dossier with it; who asked, for whom, and where to call back is written in the dossier.
    """
    seat = next((s for s in sorted(by.seats, key=_first) if s.organisation == organisation and s.role in MAY_ASK), None)
    if seat is None:
        raise Refused(Reason(NOT_YOURS, {"roles": tuple(Word(role.label) for role in MAY_ASK)}))
    kept = _standard(fields)
    if not kept.get("callback"):
        raise Refused(Reason(NO_CALLBACK))
    partner = Organisation.objects.get(pk=organisation)
    author = Person.objects.get(pk=by.person)
    channel = Channel.HAP if partner.kind is OrganisationKind.HAP else Channel.PROFESSIONAL
    here = Viewer(person=by.person, seats=frozenset({seat}))  # the journal names this organisation
    request = care_request.ring(channel=channel, at=at, by=here)
    assert request is not None, "a call that rings is a request"
    kept |= {"caller": str(author), "relation": partner.name}
    DossierEntry.objects.bulk_create(
        DossierEntry(
            request_id=request,
            field=name,
            value=value,
            match=match_form(name, value) if FIELDS[name].findable or name in ("postcode", "house_number") else "",
            author=author,
            organisation=partner,
            at=at,
        )
        for name, value in kept.items()
    )
    categories = sorted({FIELDS[name].category for name in kept}, key=lambda category: category.value)
    access_log.add(
        Deed.CREATE,
        viewer=here,
        at=clock.now_ms(),
        request=request,
        categories=categories,
        ground="professional line",
        seat=(seat.organisation, seat.role),
    )
    return request


def _first(seat: Seat) -> tuple[int, str]:
    return seat.organisation, seat.role.value


def _standard(fields: dict[str, str]) -> dict[str, str]:
    """The fields that were filled, each in the form that is kept."""
    kept = {}
    for name, value in fields.items():
        if name not in MAY_WRITE:
            raise Refused(Reason(NO_FIELD, {"field": name[:32]}))
        try:
            standard = FIELDS[name].standard(value)
        except WrongValue as wrong:
            raise Refused(Reason(wrong.text, wrong.values)) from None
        if standard:
            kept[name] = standard
    return kept
