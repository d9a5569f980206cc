"""What people do with an incident: join requests to it, take one out of it, lead it, begin one more beside it.

Whoever may join two requests moves the others of both incidents along: they follow, and nobody is asked
again. What each of them is, who owns it and who may read it does not change by that.
"""

from __future__ import annotations

from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.events import Subject
from schakel.domain.life_cycles import why_not
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import RequestStatus
from schakel.operations import incidents, journal
from schakel.operations.action import action, ask_of_request
from schakel.operations.actions import care_request
from schakel.operations.actions import dossier as writing
from schakel.operations.dossier import read
from schakel.operations.models import CareRequest

NO_INCIDENT = _("This request belongs to no incident. Join it with another request first.")
LEADS = _("You lead this incident already.")
LED_MEANWHILE = _("Meanwhile {name} took the lead of this incident. Look again before you take it over.")

#: What the next patient of a caller has in common with the first: the caller, and no more.
OF_THE_CALLER = ("callback", "caller")


@action
def join(*, request: int, to: int, at: int, by: Viewer) -> None:
    """Two requests belong to one incident, with everybody who is in the incident of either."""
    rows = incidents.whole(request, to)
    row, other = incidents.pair(rows, request, to, e.Linked, at=at, by=by)
    if reason := why_not(other.state, Subject.REQUEST, e.Linked):
        raise Refused(reason)
    if told := incidents.as_one(rows, row, other, at=at, by=by):
        journal.record(*told, by=by, rows=rows.values())


@action
def leave(*, request: int, at: int, by: Viewer) -> None:
    """This request is not of that incident after all. What was merged into it goes along.

    The others stay together. Where it gave the incident its number they get that of the oldest who stays, and
    where only one stays there is no incident any more.
    """
    rows = incidents.whole(request)
    ask_of_request(rows[request], e.Unlinked, by=by, at=at)
    number, lead = rows[request].incident, rows[request].incident_lead_id
    if number is None:
        raise Refused(Reason(NO_INCIDENT))
    gone = _merged_into(request, rows)
    told: list[e.Event] = [e.Unlinked(at=at, request=key) for key in (request, *sorted(gone - {request}))]
    stay = sorted(rows.keys() - gone)
    if sum(rows[key].status is not RequestStatus.MERGED for key in stay) < 2:
        told += [e.Unlinked(at=at, request=key) for key in stay]
    elif number not in stay:
        told += [e.Linked(at=at, request=key, incident=stay[0], incident_lead=lead) for key in stay]
    journal.record(*told, by=by, rows=rows.values())


@action
def lead(*, request: int, over: int | None, at: int, by: Viewer) -> None:
    """Take the lead of the incident: one person keeps its requests together.

    `over`: who led it as far as the taker saw, so that of two who take it at once one is told.
    """
    rows = incidents.whole(request)
    row = rows[request]
    ask_of_request(row, e.IncidentLed, by=by, at=at)
    if reason := why_not_lead(row, by):
        raise Refused(reason)
    if row.incident_lead_id != over:
        raise Refused(Reason(LED_MEANWHILE, {"name": str(row.incident_lead or "?")}))
    told = [e.IncidentLed(at=at, request=key, incident_lead=by.person) for key in rows]
    journal.record(*told, by=by, rows=rows.values())


def why_not_lead(row: CareRequest, by: Viewer) -> Reason | None:
    """Say why this person cannot take the lead of the request's incident, or None."""
    if row.incident is None:
        return Reason(NO_INCIDENT)
    return Reason(LEADS) if row.incident_lead_id == by.person else None


@action
def another(*, request: int, at: int, by: Viewer) -> int:
    """The caller has one more patient: a new request of the same incident, with the same number to call back.

    Where that patient is and what is the matter is asked anew. Reading the number is a read of the first dossier.
    """
    row = incidents.whole(request)[request]
    ask_of_request(row, e.Linked, by=by, at=at)
    assert row.channel is not None, "a request that is open came by some channel"
    key = care_request.begin(channel=row.channel, at=at, by=by)
    assert key is not None, "a request that begins has a key"
    join(request=key, to=request, at=at, by=by)
    known = read(row, by)
    for field in OF_THE_CALLER:
        if value := known.value(field):
            writing.write(request=key, field=field, value=value, at=at, by=by)
    return key


def _merged_into(request: int, rows: dict[int, CareRequest]) -> set[int]:
    """The request with everything that ended in it, of these rows."""
    found = {request}
    while more := {key for key, one in rows.items() if one.merged_into_id in found} - found:
        found |= more
    return found
