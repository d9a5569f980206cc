"""Who may see what of a care request: one pure rule, for lists, single pages and the live stream.

The rule is a table over *role* x *relation to the request* x *phase of that relation* x *category of
data*. What is not in the table is not seen: a person without a role, or a role without a relation,
sees nothing. The reference of roles is generated from `RULES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from schakel.domain.durations import HOUR
from schakel.domain.reasons import Reason
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import DeploymentStatus, FollowUpStatus, RequestStatus
from schakel.domain.vocabulary import Complaint, Role, Term

#: How long after the end a dossier stays open to those who had it in hand, to finish what is written there.
AFTERCARE = 24 * HOUR

NO_RELATION = _(
    "You have no part in this request, so its dossier stays closed. "
    "If a patient would come to harm without it, break the glass; that is reviewed."
)


class Category(Term):
    """What kind of data it is."""

    LOGISTICS = "logistics", _("Number, area, urgency, status and times")
    LOCATION = "location", _("Address and call-back number")
    IDENTITY = "identity", _("Name, date of birth, BSN")
    MEDICAL = "medical", _("Complaint in words, notes and answers")


class Relation(Term):
    """What an organisation or person has to do with the request."""

    OWNER = "owner", _("owns the request")
    GUEST = "guest", _("shares the room of the owner")
    ASKED = "asked", _("was asked to own the request")
    PROVIDER = "provider", _("gives care in it")
    CREW = "crew", _("is on the unit that goes")
    TAKER = "taker", _("takes care over after it")
    GLASS = "glass", _("broke the glass, with a reason")


class Phase(Term):
    """How far that relation is."""

    OFFERED = "offered", _("asked, not answered")
    ACTIVE = "active", _("now")
    FINISHING = "finishing", _("the window has closed, the call in hand is finished")
    AFTERCARE = "aftercare", _("less than a day over")
    ENDED = "ended", _("over")


class Rule(NamedTuple):
    """These roles, in this relation and these phases, see these categories."""

    roles: frozenset[Role]
    relation: Relation
    phases: frozenset[Phase]
    categories: frozenset[Category]


_CENTRE_CARE = frozenset({Role.TRIAGIST, Role.REGIEARTS, Role.COORDINATOR, Role.CENTRE_LEAD})
_CENTRE = _CENTRE_CARE | {Role.DISPATCHER}
_PARTNER = frozenset({Role.PARTNER, Role.PARTNER_COORDINATOR})
#: Whose people work on the queue of the centre while their desk shares its room.
GUESTS = frozenset({Role.TRIAGIST})
_ALL = frozenset(Category)
_LOGISTICS = frozenset({Category.LOGISTICS})
_TO_JUDGE = frozenset({Category.LOGISTICS, Category.MEDICAL})
_TO_FIND = frozenset({Category.LOGISTICS, Category.LOCATION})


def _phases(*phases: Phase) -> frozenset[Phase]:
    return frozenset(phases)


RULES: tuple[Rule, ...] = (
    Rule(_CENTRE_CARE, Relation.OWNER, _phases(Phase.ACTIVE, Phase.AFTERCARE), _ALL),
    Rule(frozenset({Role.DISPATCHER}), Relation.OWNER, _phases(Phase.ACTIVE), _TO_FIND),
    Rule(_CENTRE, Relation.OWNER, _phases(Phase.AFTERCARE, Phase.ENDED), _LOGISTICS),
    Rule(_CENTRE_CARE, Relation.ASKED, _phases(Phase.OFFERED), _TO_JUDGE),
    Rule(frozenset({Role.DISPATCHER}), Relation.ASKED, _phases(Phase.OFFERED), _LOGISTICS),
    Rule(GUESTS, Relation.GUEST, _phases(Phase.ACTIVE, Phase.FINISHING), _ALL),
    Rule(GUESTS, Relation.GUEST, _phases(Phase.OFFERED), _TO_JUDGE),
    Rule(_CENTRE_CARE, Relation.GLASS, _phases(Phase.ACTIVE), _ALL),
    Rule(frozenset({Role.CREW}), Relation.CREW, _phases(Phase.OFFERED, Phase.ENDED), _LOGISTICS),
    Rule(frozenset({Role.CREW}), Relation.CREW, _phases(Phase.ACTIVE), _ALL),
    Rule(_PARTNER, Relation.OWNER, _phases(Phase.ACTIVE, Phase.AFTERCARE), _ALL),
    Rule(_PARTNER, Relation.OWNER, _phases(Phase.ENDED), _LOGISTICS),
    Rule(_PARTNER, Relation.ASKED, _phases(Phase.OFFERED), _TO_JUDGE),
    Rule(_PARTNER, Relation.PROVIDER, _phases(Phase.OFFERED), _TO_JUDGE),
    Rule(_PARTNER, Relation.PROVIDER, _phases(Phase.ACTIVE), _ALL),
    Rule(_PARTNER, Relation.PROVIDER, _phases(Phase.ENDED), _LOGISTICS),
    Rule(_PARTNER, Relation.TAKER, _phases(Phase.OFFERED), _TO_JUDGE),
    Rule(_PARTNER, Relation.TAKER, _phases(Phase.ACTIVE), _ALL),
    Rule(_PARTNER, Relation.TAKER, _phases(Phase.ENDED), _LOGISTICS),
)

#: The phase of a provider's or crew's relation by the status of its deployment. What is absent is no relation.
DEPLOYMENT_PHASE: dict[DeploymentStatus, Phase] = {
    DeploymentStatus.OFFERED: Phase.OFFERED,
    DeploymentStatus.ACCEPTED: Phase.ACTIVE,
    DeploymentStatus.UNDER_WAY: Phase.ACTIVE,
    DeploymentStatus.ON_SCENE: Phase.ACTIVE,
    DeploymentStatus.TRANSPORTING: Phase.ACTIVE,
    DeploymentStatus.AT_DESTINATION: Phase.ACTIVE,
    DeploymentStatus.HANDED_OVER: Phase.ACTIVE,
    DeploymentStatus.CLEARED: Phase.ENDED,
    DeploymentStatus.CANCELLED: Phase.ENDED,
    DeploymentStatus.PREEMPTED: Phase.ENDED,
}

#: The phase of a taker's relation by the status of its follow-up.
FOLLOW_UP_PHASE: dict[FollowUpStatus, Phase] = {
    FollowUpStatus.OFFERED: Phase.OFFERED,
    FollowUpStatus.ACCEPTED: Phase.ACTIVE,
    FollowUpStatus.DONE: Phase.ENDED,
}

#: The statuses in which a request is still somebody's work.
LIVING: frozenset[RequestStatus] = frozenset(
    {RequestStatus.RINGING, RequestStatus.MISSED, RequestStatus.RECEIVED, RequestStatus.TRIAGED}
)


class Seat(NamedTuple):
    """One role that a person has now, for one organisation."""

    organisation: int
    role: Role


class Guest(NamedTuple):
    """A desk that shares the room of another: a window of time, and what of the host's queue is in it.

    organisation: whose desk. host: whose queue. closes: when the window closes (ms). finishes: until when
    somebody who has a call in hand at that moment may finish it. complaints: only requests with these entry
    complaints; None where the whole queue is shared. A request whose complaint is not known yet is not among them.
    """

    organisation: int
    host: int
    closes: int
    finishes: int
    complaints: frozenset[Complaint] | None = None

    def is_in(self, now: int) -> bool:
        """Whether the desk is in the room at this moment."""
        return now < self.closes

    def takes(self, complaint: Complaint | None) -> bool:
        """Whether requests with this complaint are shared."""
        return self.complaints is None or complaint in self.complaints


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: a person with the roles that are valid at this moment.

    `guests`: the rooms that its desks share about now. The rule looks at the clock again, so that a viewer
    who was looked up before the window closed has nothing after it.
    """

    person: int
    seats: frozenset[Seat]
    guests: frozenset[Guest] = frozenset()

    def has(self, *roles: Role) -> bool:
        """Whether the viewer has one of these roles for any organisation."""
        return any(seat.role in roles for seat in self.seats)

    def organisations(self, *roles: Role) -> frozenset[int]:
        """The organisations for which the viewer has one of these roles."""
        return frozenset(seat.organisation for seat in self.seats if seat.role in roles)


@dataclass(frozen=True, slots=True)
class Ties:
    """Everybody who has to do with one request, as far as the rule needs to know.

    providers, takers: organisation and phase, per deployment or follow-up. crews: person and phase.
    glass: the persons whose broken glass has not expired.
    """

    owner: int | None
    owner_offered: int | None
    status: RequestStatus
    closed_at: int | None
    providers: frozenset[tuple[int, Phase]] = frozenset()
    crews: frozenset[tuple[int, Phase]] = frozenset()
    takers: frozenset[tuple[int, Phase]] = frozenset()
    glass: frozenset[int] = frozenset()
    handler: int | None = None
    complaint: Complaint | None = None
    asked_until: int | None = None  # when the organisation that was asked to own is asked no longer

    def asks(self, organisation: int, now: int) -> bool:
        """Whether this organisation is asked to own the request at this moment."""
        in_time = self.asked_until is None or now < self.asked_until
        return self.owner_offered == organisation and self.status in LIVING and in_time


def owner_phase(status: RequestStatus, closed_at: int | None, now: int) -> Phase:
    """How far the owner's relation is."""
    if status in LIVING:
        return Phase.ACTIVE
    if closed_at is not None and now - closed_at < AFTERCARE:
        return Phase.AFTERCARE
    return Phase.ENDED


def sees(viewer: Viewer, ties: Ties, category: Category, now: int) -> bool:
    """Whether the viewer sees this category of data of the request."""
    held = relations(viewer, ties, now)
    return any(
        seat.role in rule.roles
        and relation is rule.relation
        and phase in rule.phases
        and category in rule.categories
        and (organisation is None or organisation == seat.organisation)
        for seat in viewer.seats
        for relation, phase, organisation in held
        for rule in RULES
    )


def why_not_see(viewer: Viewer, ties: Ties, category: Category, now: int) -> Reason | None:
    """Say why the viewer does not see this, or None when it does."""
    return None if sees(viewer, ties, category, now) else Reason(NO_RELATION)


def rules_for(role: Role, category: Category) -> Iterator[tuple[Relation, frozenset[Phase]]]:
    """The relations and phases in which a role sees a category: what a query of rows is made from."""
    for rule in RULES:
        if role in rule.roles and category in rule.categories:
            yield rule.relation, rule.phases


def relations(viewer: Viewer, ties: Ties, now: int) -> list[tuple[Relation, Phase, int | None]]:
    """Relation, phase and the organisation through which; None where it is the person's own."""
    found: list[tuple[Relation, Phase, int | None]] = []
    own = {seat.organisation for seat in viewer.seats}
    if ties.owner in own:
        found.append((Relation.OWNER, owner_phase(ties.status, ties.closed_at, now), ties.owner))
    if ties.owner_offered in own and ties.asks(ties.owner_offered, now):
        found.append((Relation.ASKED, Phase.OFFERED, ties.owner_offered))
    found += _guest(viewer, ties, now)
    found += _held(Relation.PROVIDER, ties.providers, own)
    found += _held(Relation.TAKER, ties.takers, own)
    found += [(Relation.CREW, phase, None) for person, phase in ties.crews if person == viewer.person]
    if viewer.person in ties.glass:
        found.append((Relation.GLASS, Phase.ACTIVE, None))
    return found


def guest_phase(guest: Guest, viewer: int, ties: Ties, now: int) -> Phase | None:
    """How a person at this desk shares the request at this moment; None where it does not.

    While the window is open: the requests of the host that the region shares, and the one that this person has in
    hand; of those that another organisation asks the host to own, enough to take them. After it: the call in hand
    alone, until it has an urgency, and no longer than agreed.
    """
    if ties.status not in LIVING:
        return None
    in_hand = ties.handler == viewer
    if ties.owner == guest.host:
        if guest.is_in(now):
            return Phase.ACTIVE if in_hand or guest.takes(ties.complaint) else None
        finishing = in_hand and ties.status is RequestStatus.RECEIVED and now < guest.finishes
        return Phase.FINISHING if finishing else None
    if ties.asks(guest.host, now) and guest.is_in(now) and guest.takes(ties.complaint):
        return Phase.OFFERED
    return None


def _guest(viewer: Viewer, ties: Ties, now: int) -> list[tuple[Relation, Phase, int | None]]:
    told = ((guest_phase(guest, viewer.person, ties, now), guest.organisation) for guest in viewer.guests)
    return [(Relation.GUEST, phase, organisation) for phase, organisation in told if phase is not None]


def _held(
    relation: Relation, held: Iterable[tuple[int, Phase]], own: set[int]
) -> list[tuple[Relation, Phase, int | None]]:
    return [(relation, phase, organisation) for organisation, phase in held if organisation in own]
