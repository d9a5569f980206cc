"""Who may record what: the same shape of table as access, for doing instead of seeing.

`MAY` names for every event the roles and the relation to the request through which a person may
record it. Events of units and places, which belong to no request, are in `MAY_OF_ITS_OWN`: a crew of
its own unit, a partner of its own place, a dispatcher of the centre of any. Events that only the
clock records are in neither table.
"""

from __future__ import annotations

from typing import NamedTuple

from schakel.domain import events as e
from schakel.domain.access import GUESTS, Phase, Relation, Ties, Viewer, relations
from schakel.domain.events import Event
from schakel.domain.reasons import Reason, Word
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Role

NOT_YOURS = _("This is not yours to do: it is for {roles}. Ask one of them.")
NO_PART = _("You have no part in this request, so you cannot change it.")
ONLY_CLOCK = _("Only the clock of the centre records this.")


class Through(NamedTuple):
    """These roles may, while they have this relation to the request."""

    roles: frozenset[Role]
    relation: Relation
    phases: frozenset[Phase] = frozenset({Phase.ACTIVE})


_NOW = frozenset({Phase.ACTIVE})
_BOTH = frozenset({Phase.OFFERED, Phase.ACTIVE})
_OVER = frozenset({Phase.ACTIVE, Phase.ENDED})
_CENTRE_CARE = frozenset({Role.TRIAGIST, Role.REGIEARTS, Role.COORDINATOR, Role.CENTRE_LEAD})
_CENTRE = _CENTRE_CARE | {Role.DISPATCHER}
_PARTNER = frozenset({Role.PARTNER, Role.PARTNER_COORDINATOR})
_CREW = frozenset({Role.CREW})

_desk = Through(_CENTRE, Relation.OWNER)
_care = Through(_CENTRE_CARE, Relation.OWNER)
#: A desk in the room works on the call as the owner's own triagists do; after the window, on the call in hand.
_guest = Through(GUESTS, Relation.GUEST, frozenset({Phase.ACTIVE, Phase.FINISHING}))
#: What begins a new piece of work: only while the window is open.
_guest_now = Through(GUESTS, Relation.GUEST)
#: The desk to which a request flowed over takes it by answering the call.
_asked_desk = (
    Through(_CENTRE_CARE, Relation.ASKED, frozenset({Phase.OFFERED})),
    Through(GUESTS, Relation.GUEST, frozenset({Phase.OFFERED})),
)
_owning_partner = Through(_PARTNER, Relation.OWNER)
_dispatch = Through(frozenset({Role.DISPATCHER, Role.REGIEARTS, Role.CENTRE_LEAD}), Relation.OWNER)
_follow_up = Through(frozenset({Role.COORDINATOR, Role.REGIEARTS, Role.CENTRE_LEAD}), Relation.OWNER)
_everyone_in_it = (
    _desk,
    _owning_partner,
    Through(_CREW, Relation.CREW),
    Through(_PARTNER, Relation.PROVIDER),
    Through(_PARTNER, Relation.TAKER),
    _guest,
)
_provider = (Through(_CREW, Relation.CREW, _OVER), Through(_PARTNER, Relation.PROVIDER, _OVER), _dispatch)
_asked_provider = (Through(_CREW, Relation.CREW, _BOTH), Through(_PARTNER, Relation.PROVIDER, _BOTH), _dispatch)
_asked_taker = (Through(_PARTNER, Relation.TAKER, _BOTH), _follow_up)
_asked_owner = (Through(_PARTNER | _CENTRE, Relation.ASKED, frozenset({Phase.OFFERED})),)

MAY: dict[type[Event], tuple[Through, ...]] = {
    e.Rang: (),
    e.Received: (),
    e.Answered: (_care, _guest_now, *_asked_desk),
    e.TakenOver: (_care, _guest_now),
    e.Missed: (_care, _guest_now, *_asked_desk),
    e.Dropped: (_care, _guest),
    e.Resumed: (_care, _guest),
    e.Located: (_desk, _guest),
    e.LifeThreatAssessed: (_care, _guest),
    e.Identified: (_care, _guest, _owning_partner),
    e.ComplaintChosen: (_care, _guest),
    e.Triaged: (_care, _guest),
    e.UrgencyRaised: _everyone_in_it,
    e.UrgencyLowered: (Through(frozenset({Role.REGIEARTS}), Relation.OWNER),),
    e.Reassessed: (_care, _guest_now),
    e.CareChosen: (_desk, _guest_now),
    e.LeadOffered: (_care, _guest),
    e.LeadAccepted: _everyone_in_it,
    e.LeadDeclined: _everyone_in_it,
    e.OwnershipOffered: (_care, _owning_partner),
    e.OwnershipAccepted: _asked_owner,
    e.OwnershipDeclined: _asked_owner,
    e.FlowedOver: (_care, _owning_partner),
    e.FlowedBack: (_care, _owning_partner),
    e.Linked: (_desk, _guest_now),
    e.Unlinked: (_desk, _guest_now),
    e.IncidentLed: (_desk, _guest_now),
    e.Merged: (_care, _guest_now),
    e.Closed: (_desk, _owning_partner, _guest_now),
    e.Reopened: (Through(_CENTRE_CARE, Relation.OWNER, frozenset({Phase.AFTERCARE, Phase.ENDED})),),
    e.Offered: (_dispatch,),
    e.OfferWithdrawn: (_dispatch,),
    e.Accepted: _asked_provider,
    e.Declined: _asked_provider,
    e.Departed: _provider,
    e.Arrived: _provider,
    e.TransportStarted: _provider,
    e.ReachedDestination: _provider,
    e.HandedOver: _provider,
    e.Cleared: _provider,
    e.Cancelled: _provider,
    e.Preempted: (_dispatch,),
    e.ReportCorrected: _provider,
    e.FollowUpAsked: (_desk, _owning_partner, _guest_now, Through(_CREW, Relation.CREW)),
    e.FollowUpOffered: (_follow_up,),
    e.FollowUpWithdrawn: (_follow_up,),
    e.FollowUpAccepted: _asked_taker,
    e.FollowUpDeclined: _asked_taker,
    e.FollowUpDone: (Through(_PARTNER, Relation.TAKER), _follow_up),
    e.FollowUpCancelled: (_follow_up,),
}

#: Events of units and places: the roles that may record them of what is their own, and of anything.
MAY_OF_ITS_OWN: dict[type[Event], tuple[frozenset[Role], frozenset[Role]]] = {
    e.ShiftStarted: (_CREW, frozenset({Role.DISPATCHER})),
    e.ShiftEnded: (_CREW, frozenset({Role.DISPATCHER})),
    e.WentAbsent: (_CREW, frozenset({Role.DISPATCHER})),
    e.CameBack: (_CREW, frozenset({Role.DISPATCHER})),
    e.Positioned: (_CREW, frozenset({Role.DISPATCHER})),
    e.CapacityReported: (_PARTNER, frozenset({Role.COORDINATOR, Role.CENTRE_LEAD})),
}

#: Who may begin a request: a centre's desk for itself, and a partner's professional through the professional line.
MAY_BEGIN: frozenset[Role] = _CENTRE

#: Recorded by the centre's clock alone, when a deadline passes.
BY_CLOCK: frozenset[type[Event]] = frozenset({e.OfferTimedOut, e.ReassessmentOverdue, e.FollowUpEscalated})


def why_not_do(viewer: Viewer, kind: type[Event], ties: Ties, now: int) -> Reason | None:
    """Say why the viewer may not record this event of the request, or None when it may."""
    if kind in BY_CLOCK:
        return Reason(ONLY_CLOCK)
    held = relations(viewer, ties, now)
    ways = MAY[kind]
    for way in ways:
        for seat in viewer.seats:
            if seat.role in way.roles and any(
                relation is way.relation and phase in way.phases and organisation in (None, seat.organisation)
                for relation, phase, organisation in held
            ):
                return None
    if not held:
        return Reason(NO_PART)
    return _not_yours({role for way in ways for role in way.roles})


def why_not_do_own(viewer: Viewer, kind: type[Event], *, own: bool) -> Reason | None:
    """Say why the viewer may not record this of a unit or place. `own`: it is the viewer's own."""
    of_own, of_any = MAY_OF_ITS_OWN[kind]
    if viewer.has(*of_any) or (own and viewer.has(*of_own)):
        return None
    return _not_yours(of_own | of_any)


def why_not_begin(viewer: Viewer, centre: int, now: int) -> Reason | None:
    """Say why the viewer may not begin a request at this centre, or None when it may.

    A desk that shares the whole queue may while it is in the room; one that shares some complaints may not, as
    nothing is known of the complaint yet.
    """
    if centre in viewer.organisations(*MAY_BEGIN):
        return None
    if any(one.host == centre and one.is_in(now) and one.complaints is None for one in viewer.guests):
        return None
    return _not_yours(set(MAY_BEGIN))


def _not_yours(roles: frozenset[Role] | set[Role]) -> Reason:
    names = tuple(Word(role.label) for role in Role if role in roles)
    return Reason(NOT_YOURS, {"roles": names})
