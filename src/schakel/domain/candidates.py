"""Who: for one patient and one kind of care, everybody who can give it, ranked, and why the others cannot.

Advice, never an order: nothing here sends anybody. One question, `why_not_send`, answers for the ranking, for the
greyed-out button and for the refused offer. The reasons stand in `WhyNot` in the order in which they are asked:
first what makes it *impossible*, then what is *advised against* and may still be chosen, with a reason code.

Nothing is guessed. A unit whose position is older than its shelf life is not estimated from where it was; a place
that says nothing is neither full nor free, but called first.

Two thousand units are ranked at every look at the screen. So the loop keeps codes, and a sentence is made of a row
only when somebody reads it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from string import Formatter
from typing import NamedTuple, overload

from schakel.domain.durations import HOUR, MINUTE, SECOND
from schakel.domain.fitting_care import CAN_TRANSPORT, NEEDS, Giver, Reach, unfilled, words_of
from schakel.domain.reasons import Reason, Word
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.states import DeploymentStatus, UnitStatus
from schakel.domain.travel import Point, TravelTimes
from schakel.domain.vocabulary import (
    AbsenceReason,
    AmbulanceUrgency,
    Care,
    Competence,
    DeclineReason,
    PlaceKind,
    Term,
    UnitKind,
    Urgency,
)

# ---------------------------------------------------------------- what is looked at


class Member(NamedTuple):
    """Somebody on the unit: certified for these now, and no longer for those since that moment."""

    person: int
    valid: frozenset[Competence]
    expired: tuple[tuple[Competence, int], ...] = ()


class Job(NamedTuple):
    """What a unit is asked for or doing now. since: when it was asked, or said yes."""

    request: int
    care: Care | None
    urgency: AmbulanceUrgency | None
    status: DeploymentStatus
    since: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A unit as it is at one moment.

    went_out_at: when it last left for a job. A unit parks where it was last seen only if that was after it left.
    takes_requests: whether its organisation takes requests at this hour; None where that is not known.
    """

    key: int
    callsign: str
    kind: UnitKind
    organisation: int
    status: UnitStatus
    base: Point
    until: int | None = None
    absence_reason: AbsenceReason | None = None
    position: Point | None = None
    positioned_at: int | None = None
    went_out_at: int | None = None
    offers_open: int = 0
    jobs_open: int = 0
    jobs: tuple[Job, ...] = ()
    crew: tuple[Member, ...] = ()
    takes_requests: bool | None = None
    held: tuple[frozenset[Competence], ...] = field(init=False, repr=False, compare=False)  # valid now, per person

    def __post_init__(self) -> None:
        object.__setattr__(self, "held", tuple([member.valid for member in self.crew]))

    @property
    def load(self) -> int:
        """The patients that it is asked for or has."""
        return self.offers_open + self.jobs_open

    def is_parked(self) -> bool:
        """Whether it stands at its base, at rest, and came there after it last went out."""
        return (
            self.position == self.base
            and self.positioned_at is not None
            and not self.jobs_open
            and (self.went_out_at is None or self.positioned_at > self.went_out_at)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCandidate:
    """A place as it is at one moment. promised: patients sent there since the figure was measured."""

    key: int
    name: str
    kind: PlaceKind
    organisation: int
    point: Point
    shelf_life: int
    open_now: bool | None = None
    free: int | None = None
    measured_at: int | None = None
    promised: int = 0
    asked_for: frozenset[int] = frozenset()  # the requests that it is asked for or has

    def left(self, now: int) -> int | None:
        """How much is free and not promised; None when that is not known, or no longer."""
        if self.free is None or self.measured_at is None or now - self.measured_at >= self.shelf_life:
            return None
        return self.free - self.promised


# ---------------------------------------------------------------- what is sought, and under which terms

#: How long the way may be, by urgency, to be of use: beyond it, ask the neighbours. Our own figures, to be agreed on.
USEFUL_MS: dict[Urgency, int] = {
    Urgency.U0: 30 * MINUTE,
    Urgency.U1: 45 * MINUTE,
    Urgency.U2: 90 * MINUTE,
    Urgency.U3: 4 * HOUR,
    Urgency.U4: 24 * HOUR,
    Urgency.U5: 24 * HOUR,
}

#: How many patients a unit may have in hand; a kind that is absent has one at a time. A visiting GP keeps a list of
#: visits and a district nurse a route; the numbers are our own.
JOBS_AT_ONCE: dict[UnitKind, int] = {UnitKind.GP_CAR: 4, UnitKind.NURSE: 6}


def utc_day(at: int) -> date:
    """The date at a moment, for who has no calendar of the region at hand."""
    return datetime.fromtimestamp(at / SECOND, UTC).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the region has agreed on and measures with.

    visit_ms: how long one patient takes a unit that has several in hand; whoever comes next waits for those before.
    margin_ms: what must be left of the shift at arrival.
    """

    travel: TravelTimes
    position_shelf_life_ms: int
    turn_out_ms: int = MINUTE
    visit_ms: Mapping[UnitKind, int] = field(default_factory=dict)
    margin_ms: int = 15 * MINUTE
    useful_ms: Mapping[Urgency, int] = field(default_factory=lambda: USEFUL_MS)
    jobs_at_once: Mapping[UnitKind, int] = field(default_factory=lambda: JOBS_AT_ONCE)
    day: Callable[[int], date] = utc_day


class Due(NamedTuple):
    """When somebody must be there at the latest, and how long a time that was at the start."""

    at: int
    norm_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """For whom somebody is sought: where, how soon, at which moment.

    urgency: the more urgent of all that is known (`fitting_care.urgency_to_act_on`). response: the deadline of an
    ambulance; waiting: that of any other care. transport: the patient has to be taken along. refusals: the units and
    places that said no for this patient, with the reason; None where they did not answer.
    """

    terms: Terms
    now: int
    point: Point | None
    request: int | None = None
    urgency: Urgency | None = None
    ambulance_urgency: AmbulanceUrgency | None = None
    response: Due | None = None
    waiting: Due | None = None
    transport: bool = False
    unit_refusals: Mapping[int, DeclineReason | None] = field(default_factory=dict)
    place_refusals: Mapping[int, DeclineReason | None] = field(default_factory=dict)

    def due(self, care: Care) -> Due | None:
        """The deadline that counts for this care; None when there is no norm."""
        return self.response if NEEDS[care].ambulance else self.waiting

    def with_signals(self, care: Care) -> bool:
        """Whether whoever gives this care drives with optical and sound signals: A0 and A1 alone
        (ambulancezorglimburg.nl: A2 as a rule without signals)."""
        return NEEDS[care].signals and self.ambulance_urgency in (AmbulanceUrgency.A0, AmbulanceUrgency.A1)


# ---------------------------------------------------------------- why not


class WhyNot(Term):
    """Why somebody is not among those who can go, in the order in which it is asked."""

    OTHER_KIND = "other_kind", _("{kind}: not meant for {care}. Choose another, or choose the care that this can give.")
    OFF_DUTY = "off_duty", _("Off duty. Ask its organisation whether a crew can come.")
    ABSENT = "absent", _("On duty, but {absence}. Call the crew if nobody else can go.")
    NOBODY = "nobody", _("Nobody is entered as its crew. Ask its organisation who is on it, and enter them.")
    INCOMPLETE = (
        "incomplete",
        _("The crew is {present} of {needed}: {lacking} missing. Ask its organisation to add one."),
    )
    EXPIRED = "expired", _("The certificate of {expired} expired on {expired_on}. Choose another until it is renewed.")
    NO_COMPETENCE = (
        "no_competence",
        _("In this crew, {lacking} is lacking. Choose another, or choose the care that this crew can give."),
    )
    NO_TRANSPORT = "no_transport", _("Cannot take the patient along. Choose an ambulance, or ask for one beside it.")
    ASKED = "asked", _("Asked for this patient {since} ago. Wait for the answer, or take the offer back.")
    GOING = "going", _("This patient is already its job. Ask another only if a second one is needed.")
    RESERVED = "reserved", _("Asked for another patient. Wait for the answer, or take that offer back.")
    TAKE = (
        "take",
        _("On its way to a less urgent patient ({job}). It may be taken from there; find another for that patient."),
    )
    BUSY = "busy", _("Busy with another patient ({job}), for {since}. Call the crew if nobody else can go.")
    SHUT = "shut", _("Closed at this hour. Choose another place, or wait until it opens.")

    FULL_LIST = "full_list", _("Has {load} patients in hand, and {limit} is the most. Choose another.")
    DECLINED = "declined", _("Said no for this patient: {declined}. Ask again only when something has changed.")
    NO_ANSWER = "no_answer", _("Did not answer when asked for this patient. Call before you ask again.")
    NO_PLACE_KNOWN = "no_place_known", _("It is not known where the patient is. Ask for the place first.")
    SHIFT_ENDS = "shift_ends", _("The shift ends in {remaining}: too soon. Ask the crew whether they can stay on.")
    NO_POSITION = "no_position", _("Its position is not known. Call for the position, and enter it.")
    OLD_POSITION = "old_position", _("Its position is {age} old. Call for the position, and enter it.")
    TOO_FAR = (
        "too_far",
        _("{eta} away, and beyond {useful} it is of no use for this urgency. Ask the neighbouring region too."),
    )
    NOT_AT_THIS_HOUR = "not_at_this_hour", _("Its organisation takes no requests at this hour. Call before you ask.")
    FULL = "full", _("Reported {free} free {measured} ago, and {promised} sent since. Call, or choose another place.")

    @property
    def impossible(self) -> bool:
        """Whether an offer is refused; else it is advised against, and may be chosen with a reason code."""
        return self in IMPOSSIBLE


#: What cannot be. All of these are asked before what is only advised against, so that an offer that is refused is
#: refused for a reason that stands.
IMPOSSIBLE: frozenset[WhyNot] = frozenset(tuple(WhyNot)[: tuple(WhyNot).index(WhyNot.SHUT) + 1])


NOT_NEEDED = _("{name} need not be taken from anybody. Ask it for this patient.")


def why_not_send(candidate: Candidate, care: Care, search: Search) -> Reason | None:
    """Say why this unit is not among those who can give this care to this patient now, or None when it is."""
    asking = _Asking(care, search)
    [eta_ms] = _etas([candidate], search, search.with_signals(care))
    why = asking.why_not(candidate, eta_ms)
    return None if why is None else _Case(candidate, care, search, eta_ms).told(why.label)


def why_not_take(unit: Candidate, care: Care, search: Search) -> Reason | None:
    """Say why this unit may not be taken from its patient for this one, or None when it may.

    Only an A0 takes, only from somebody less urgent, and only while nobody is with that patient yet.
    """
    why = _Asking(care, search).why_not(unit, None)
    if why is WhyNot.TAKE:
        return None
    if why is None or not why.impossible:
        return Reason(NOT_NEEDED, {"name": unit.callsign})
    return _Case(unit, care, search, None).told(why.label)


def why_not_ask(provider: Candidate | PlaceCandidate, care: Care, search: Search) -> Reason | None:
    """Say why no offer can be made, or None when it can: only what is impossible, not what is advised against."""
    asking = _Asking(care, search)
    if isinstance(provider, Candidate):
        why = asking.why_not(provider, None)
    else:
        why = asking.why_not_place(provider)
    return _Case(provider, care, search, None).told(why.label) if why is not None and why.impossible else None


# ---------------------------------------------------------------- who


class Choice(NamedTuple):
    """Somebody who can give the care. The order of the fields down to `key` *is* the ranking."""

    late: bool  # comes after the norm
    call_first: bool  # a place of which it is not known what is free
    cost: int  # what it costs the cover; nothing where the norm is missed, for then time alone counts
    minutes: int  # what the screen shows: who is equal there is told apart by the load
    load: int
    eta_ms: int  # turn-out, way, and the patients before this one
    name: str
    key: int
    provider: Candidate | PlaceCandidate
    meets_norm: bool | None  # None: there is no norm, or the way is not known
    nearest: bool
    care: Care
    search: Search

    @property
    def position_age_ms(self) -> int | None:
        """How old the position is from which it comes; None for a place."""
        at = self.provider.positioned_at if isinstance(self.provider, Candidate) else None
        return None if at is None else self.search.now - at

    @property
    def remaining_ms(self) -> int | None:
        """How much is left of the shift; None where no end is known."""
        until = self.provider.until if isinstance(self.provider, Candidate) else None
        return None if until is None else until - self.search.now

    @property
    def reason(self) -> Reason:
        """Why it is here."""
        case = _Case(self.provider, self.care, self.search, self.eta_ms)
        if isinstance(self.provider, PlaceCandidate):
            return case.told(FREE if not self.call_first else SILENT if self.provider.free is None else OLD_FIGURE)
        return case.told(WHY_HERE[self.nearest, self.meets_norm])

    @property
    def warnings(self) -> tuple[Reason, ...]:
        """What to weigh before choosing it."""
        if isinstance(self.provider, Candidate) and NEEDS[self.care].units[self.provider.kind]:
            return (_Case(self.provider, self.care, self.search, self.eta_ms).told(DEAR),)
        return ()


#: What a row of the ranking says, by whether it is the nearest and whether it meets the norm.
WHY_HERE: dict[tuple[bool, bool | None], str] = {
    (True, True): _("Nearest with {fitting}: {eta}, within the norm of {norm}."),
    (True, False): _("Nearest with {fitting}: {eta}, after the norm of {norm}."),
    (True, None): _("Nearest with {fitting}: {eta}."),
    (False, True): _("With {fitting}: {eta}, within the norm of {norm}."),
    (False, False): _("With {fitting}: {eta}, after the norm of {norm}."),
    (False, None): _("With {fitting}: {eta}."),
}
DEAR = _("{kind}: fit for heavier work. Weigh what the cover loses.")
FREE = _("Reported {free} free {measured} ago, {promised} sent since.")
SILENT = _("What is free is not known. Call first.")
OLD_FIGURE = _("Last reported {measured} ago, so what is free is not known. Call first.")
A_JOB = _("job not known")
NO_REASON = _("no reason given")


class Barred(NamedTuple):
    """Somebody who is not among those who can, with the reason."""

    eta_ms: int | None  # by the last known position, whatever its age; None where there is none
    name: str
    key: int
    why: WhyNot
    provider: Candidate | PlaceCandidate
    care: Care
    search: Search

    @property
    def reason(self) -> Reason:
        """What is the case, and what to do about it."""
        return _Case(self.provider, self.care, self.search, self.eta_ms).told(self.why.label)


class Others(Sequence[Barred]):
    """Everybody who cannot, the nearest first and those of unknown distance last. A row is made when it is read."""

    def __init__(
        self,
        rows: list[tuple[int, str, int, int]],
        whys: Sequence[WhyNot | None],
        providers: Sequence[Candidate] | Sequence[PlaceCandidate],
        asking: _Asking,
    ) -> None:
        """rows: the way (`NO_WAY` where it is not known), the name, the key, and the number among the providers."""
        rows.sort()
        self._rows = rows
        self._whys = whys
        self._providers = providers
        self._asking = asking

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Barred: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Barred]: ...
    def __getitem__(self, index: int | slice) -> Barred | Sequence[Barred]:
        if isinstance(index, slice):
            return [self._row(*row) for row in self._rows[index]]
        return self._row(*self._rows[index])

    def _row(self, way: int, name: str, key: int, number: int) -> Barred:
        why = self._whys[number]
        assert why is not None, "whoever is here has a reason"
        eta_ms = None if way == NO_WAY else way
        return Barred(eta_ms, name, key, why, self._providers[number], self._asking.care, self._asking.search)


#: In the order of the others: farther than anything that is known.
NO_WAY = sys.maxsize


@dataclass(frozen=True, slots=True)
class Ranking:
    """Everybody, once: those who can, best first, and the others, nearest first."""

    care: Care
    can: tuple[Choice, ...]
    cannot: Sequence[Barred]


def rank(candidates: Iterable[Candidate | PlaceCandidate], care: Care, search: Search) -> Ranking:
    """Rank everybody for this care: units where a unit goes out, places where the patient comes.

    What the centre gives itself has nobody to choose from, and gives an empty ranking.
    """
    asking = _Asking(care, search)
    match NEEDS[care].giver:
        case Giver.UNIT:
            return _rank_units([one for one in candidates if isinstance(one, Candidate)], asking)
        case Giver.PLACE:
            return _rank_places([one for one in candidates if isinstance(one, PlaceCandidate)], asking)
        case _:
            return Ranking(care, (), ())


def reach(candidates: Iterable[Candidate | PlaceCandidate], search: Search) -> dict[Care, Reach]:
    """How many can give each kind of care now, and how soon: the same answers as `rank`, without the rows."""
    everybody = list(candidates)
    fleet = [one for one in everybody if isinstance(one, Candidate)]
    places = [one for one in everybody if isinstance(one, PlaceCandidate)]
    found: dict[Care, Reach] = {}
    by_units = [care for care, need in NEEDS.items() if need.giver is Giver.UNIT]
    for signals in (True, False):
        cares = [care for care in by_units if search.with_signals(care) is signals]
        if not cares:
            continue
        by_kind: dict[UnitKind, list[tuple[Candidate, int | None]]] = {kind: [] for kind in UnitKind}
        for pair in zip(fleet, _etas(fleet, search, signals), strict=True):
            by_kind[pair[0].kind].append(pair)
        for care in cares:
            found[care] = _Asking(care, search).reach(pair for kind in NEEDS[care].units for pair in by_kind[kind])
    for care, need in NEEDS.items():
        if need.giver is Giver.PLACE:
            can = _rank_places(places, _Asking(care, search)).can
            best_ms = min((row.eta_ms for row in can), default=None) if search.point else None
            found[care] = Reach(len(can), best_ms)
    return found


def _rank_units(fleet: Sequence[Candidate], asking: _Asking) -> Ranking:
    care, search, now = asking.care, asking.search, asking.search.now
    due, costs = asking.due_at, asking.costs
    etas = _etas(fleet, search, search.with_signals(care))
    whys = list(map(asking.why_not, fleet, etas))
    able: list[tuple[bool, bool, int, int, int, int, str, int, Candidate]] = []
    others: list[tuple[int, str, int, int]] = []
    for number, (one, eta_ms, why) in enumerate(zip(fleet, etas, whys, strict=True)):
        if why is not None:
            others.append((NO_WAY if eta_ms is None else eta_ms, one.callsign, one.key, number))
            continue
        assert eta_ms is not None, "whoever can go has a position"
        late = due is not None and now + eta_ms > due
        cost = 0 if late else costs[one.kind]
        able.append((late, False, cost, -(-eta_ms // MINUTE), one.load, eta_ms, one.callsign, one.key, one))
    able.sort()
    best = min((row[5] for row in able), default=0)
    can = tuple([Choice(*row, None if due is None else not row[0], row[5] == best, care, search) for row in able])
    return Ranking(care, can, Others(others, whys, fleet, asking))


def _rank_places(places: Sequence[PlaceCandidate], asking: _Asking) -> Ranking:
    """Places that can take the patient. Where the patient is unknown, a place can be asked, without a distance."""
    care, search, now, due, where = asking.care, asking.search, asking.search.now, asking.due_at, asking.search.point
    ways: Sequence[int | None] = [None] * len(places)
    if where is not None:
        # The patient comes by itself, without signals. A road is taken as equally long both ways, so that one
        # question to the travel times suffices.
        ways = search.terms.travel.from_many([one.point for one in places], where, False)
    whys = list(map(asking.why_not_place, places))
    able: list[tuple[bool, bool, int, int, int, int, str, int, PlaceCandidate]] = []
    others: list[tuple[int, str, int, int]] = []
    for number, (one, way, why) in enumerate(zip(places, ways, whys, strict=True)):
        if why is not None:
            others.append((NO_WAY if way is None else way, one.name, one.key, number))
            continue
        eta_ms = way or 0
        late = due is not None and now + eta_ms > due
        able.append((late, one.left(now) is None, 0, -(-eta_ms // MINUTE), 0, eta_ms, one.name, one.key, one))
    able.sort()
    best = min((row[5] for row in able), default=0)
    known = where is not None
    can = tuple(
        [
            Choice(*row, not row[0] if known and due is not None else None, known and row[5] == best, care, search)
            for row in able
        ]
    )
    return Ranking(care, can, Others(others, whys, places, asking))


# ---------------------------------------------------------------- the asking


def _etas(fleet: Sequence[Candidate], search: Search, signals: bool) -> list[int | None]:
    """How soon each unit can be with the patient: turn-out and way, after the patients that it has in hand.

    By its last known position; None without one, or without the place of the patient.
    """
    where, terms = search.point, search.terms
    if where is None:
        return [None] * len(fleet)
    times = iter(terms.travel.from_many([one.position for one in fleet if one.position is not None], where, signals))
    turn_out, visit = terms.turn_out_ms, terms.visit_ms
    etas: list[int | None] = []
    for one in fleet:
        if one.position is None:
            etas.append(None)
        elif one.offers_open or one.jobs_open:
            etas.append(next(times) + turn_out + one.load * visit.get(one.kind, 0))
        else:
            etas.append(next(times) + turn_out)
    return etas


class _Asking:
    """One kind of care for one search, with everything that is the same for all units looked up once."""

    def __init__(self, care: Care, search: Search) -> None:
        terms = search.terms
        need = NEEDS[care]
        self.care = care
        self.search = search
        self.costs = need.units
        self.places = need.places
        due = search.due(care)
        self.due_at = due.at if due else None
        self.fits: dict[tuple[frozenset[Competence], ...], bool] = {}
        self.useful_ms = terms.useful_ms[search.urgency] if search.urgency else max(terms.useful_ms.values())

    def reach(self, fleet: Iterable[tuple[Candidate, int | None]]) -> Reach:
        """How many of these can go, and how soon the first. With each unit comes how soon it can be there."""
        etas = [eta_ms for one, eta_ms in fleet if self.why_not(one, eta_ms) is None and eta_ms is not None]
        return Reach(len(etas), min(etas, default=None))

    def why_not(self, one: Candidate, eta_ms: int | None) -> WhyNot | None:
        """The first of the reasons that holds for a unit, or None."""
        search, terms = self.search, self.search.terms
        if one.kind not in self.costs:
            return WhyNot.OTHER_KIND
        if one.status is not UnitStatus.ON_DUTY:
            return WhyNot.ABSENT if one.status is UnitStatus.ABSENT else WhyNot.OFF_DUTY
        fits = self.fits.get(one.held)
        if fits is None:
            fits = self.fits[one.held] = not unfilled(self.care, one.held)
        if not fits:
            return self.why_not_crew(one)
        if search.transport and one.kind not in CAN_TRANSPORT:
            return WhyNot.NO_TRANSPORT
        if (one.offers_open or one.jobs_open) and (why := self.why_not_beside(one)) is not None:
            return why
        if one.key in search.unit_refusals:
            return WhyNot.NO_ANSWER if search.unit_refusals[one.key] is None else WhyNot.DECLINED
        if search.point is None:
            return WhyNot.NO_PLACE_KNOWN
        known = one.positioned_at is not None and one.position is not None
        fresh = known and (search.now - (one.positioned_at or 0) <= terms.position_shelf_life_ms or one.is_parked())
        if one.until is not None:
            # Of an old position only this is certain: it takes at least the turn-out.
            soonest = eta_ms if fresh and eta_ms is not None else terms.turn_out_ms
            if one.until < search.now + soonest + terms.margin_ms:
                return WhyNot.SHIFT_ENDS
        if not fresh:
            return WhyNot.OLD_POSITION if known else WhyNot.NO_POSITION
        if eta_ms is not None and eta_ms > self.useful_ms:
            return WhyNot.TOO_FAR
        if one.takes_requests is False:
            return WhyNot.NOT_AT_THIS_HOUR
        return None

    def why_not_crew(self, one: Candidate) -> WhyNot:
        """What is the matter with a crew that does not suffice."""
        if not one.crew:
            return WhyNot.NOBODY
        if len(one.crew) < len(NEEDS[self.care].crew):
            return WhyNot.INCOMPLETE
        return WhyNot.EXPIRED if expired_cause(self.care, one.crew) else WhyNot.NO_COMPETENCE

    def why_not_beside(self, one: Candidate) -> WhyNot | None:
        """Why a unit that is asked for or has a patient cannot take this one beside it, or None when it can."""
        search = self.search
        for job in one.jobs:
            if job.request == search.request:
                return WhyNot.ASKED if job.status is DeploymentStatus.OFFERED else WhyNot.GOING
        limit = search.terms.jobs_at_once.get(one.kind, 1)
        if limit > 1:
            return WhyNot.FULL_LIST if one.load >= limit else None
        if not one.jobs_open:
            return WhyNot.RESERVED
        if search.ambulance_urgency is AmbulanceUrgency.A0 and one.jobs and all(map(_gives_way, one.jobs)):
            return WhyNot.TAKE
        return WhyNot.BUSY

    def why_not_place(self, one: PlaceCandidate) -> WhyNot | None:
        """The first of the reasons that holds for a place, or None."""
        search = self.search
        if one.kind not in self.places:
            return WhyNot.OTHER_KIND
        if search.request is not None and search.request in one.asked_for:
            return WhyNot.GOING
        if one.open_now is False:
            return WhyNot.SHUT
        if one.key in search.place_refusals:
            return WhyNot.NO_ANSWER if search.place_refusals[one.key] is None else WhyNot.DECLINED
        left = one.left(search.now)
        if left is not None and left <= 0:
            return WhyNot.FULL
        return None


def _gives_way(job: Job) -> bool:
    """Whether an A0 goes before this job: less urgent, and nobody with the patient yet.

    Source: ambulance-rr.nl, nieuwe urgentie-indeling.
    """
    return job.urgency is not AmbulanceUrgency.A0 and job.status in (
        DeploymentStatus.OFFERED,
        DeploymentStatus.ACCEPTED,
        DeploymentStatus.UNDER_WAY,
    )


def expired_cause(care: Care, crew: tuple[Member, ...]) -> tuple[Competence, int] | None:
    """The certificate without which the crew does not suffice, and when it expired; None when that is not the cause."""
    held = [member.valid for member in crew]
    renewed = [member.valid.union(what for what, _at in member.expired) for member in crew]
    if unfilled(care, tuple(renewed)):
        return None
    for i, member in enumerate(crew):
        for what, at in member.expired:
            if not unfilled(care, (*held[:i], held[i] | {what}, *held[i + 1 :])):
                return what, at
    # More than one is needed: name the first that helps.
    wanted = {one for slot in unfilled(care, tuple(held)) for alternative in slot for one in alternative}
    return next((lost for member in crew for lost in member.expired if lost[0] in wanted), None)


# ---------------------------------------------------------------- the sentences


def span(ms: int) -> str:
    """A length of time in whole minutes, rounded up, as a person reads it: `7 min`, `3 h`, `3 h 5 min`."""
    hours, minutes = divmod(-(-ms // MINUTE), 60)
    if hours < 2:
        return f"{60 * hours + minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


@dataclass(frozen=True, slots=True)
class _Case:
    """One unit or place in one search: what the sentences tell of it. A place in a sentence is a property here."""

    provider: Candidate | PlaceCandidate
    asked_care: Care
    search: Search
    eta_ms: int | None

    def told(self, text: str) -> Reason:
        """The sentence, with the values that it names."""
        names = [name for _literal, name, _spec, _conversion in Formatter().parse(text) if name]
        return Reason(text, {name: getattr(self, name) for name in names})

    @property
    def unit(self) -> Candidate:
        assert isinstance(self.provider, Candidate), "this is told of units"
        return self.provider

    @property
    def its_place(self) -> PlaceCandidate:
        assert isinstance(self.provider, PlaceCandidate), "this is told of places"
        return self.provider

    @property
    def kind(self) -> Word:
        return Word(self.provider.kind.label)

    @property
    def care(self) -> Word:
        return Word(self.asked_care.label)

    @property
    def absence(self) -> Word:
        reason = self.unit.absence_reason
        return Word(reason.label if reason else NO_REASON)

    @property
    def present(self) -> int:
        return len(self.unit.crew)

    @property
    def needed(self) -> int:
        return len(NEEDS[self.asked_care].crew)

    @property
    def lacking(self) -> tuple[Word, ...]:
        return tuple(word for slot in unfilled(self.asked_care, self.unit.held) for word in words_of(slot))

    @property
    def fitting(self) -> tuple[Word, ...]:
        """The competence of the first slot, in the form in which this crew has it."""
        [slot, *_rest] = NEEDS[self.asked_care].crew
        mine = next(wanted for wanted in slot if any(wanted <= held for held in self.unit.held))
        return words_of((mine,))

    @property
    def expired(self) -> Word:
        return Word(self._lost[0].label)

    @property
    def expired_on(self) -> date:
        return self.search.terms.day(self._lost[1])

    @property
    def _lost(self) -> tuple[Competence, int]:
        lost = expired_cause(self.asked_care, self.unit.crew)
        assert lost is not None, "a certificate expired"
        return lost

    @property
    def _job(self) -> Job | None:
        """The job that stands in the way: the one for this patient, else the one that lasts longest."""
        jobs = self.unit.jobs
        return next((job for job in jobs if job.request == self.search.request), jobs[0] if jobs else None)

    @property
    def job(self) -> tuple[object, ...]:
        job = self._job
        if job is None or job.care is None:
            return (Word(A_JOB),)
        return (Word(job.care.label), *((job.urgency,) if job.urgency else ()), Word(job.status.label))

    @property
    def since(self) -> str:
        job = self._job
        return "?" if job is None or job.since is None else span(max(0, self.search.now - job.since))

    @property
    def load(self) -> int:
        return self.unit.load

    @property
    def limit(self) -> int:
        return self.search.terms.jobs_at_once.get(self.unit.kind, 1)

    @property
    def declined(self) -> Word:
        refusals = self.search.unit_refusals if isinstance(self.provider, Candidate) else self.search.place_refusals
        reason = refusals[self.provider.key]
        assert reason is not None, "who said no gave a reason"
        return Word(reason.label)

    @property
    def remaining(self) -> str:
        return span(max(0, (self.unit.until or 0) - self.search.now))

    @property
    def age(self) -> str:
        return span(self.search.now - (self.unit.positioned_at or 0))

    @property
    def eta(self) -> str:
        assert self.eta_ms is not None, "the way is known"
        return span(self.eta_ms)

    @property
    def useful(self) -> str:
        return span(_Asking(self.asked_care, self.search).useful_ms)

    @property
    def norm(self) -> str:
        due = self.search.due(self.asked_care)
        assert due is not None, "there is a norm"
        return span(due.norm_ms)

    @property
    def free(self) -> int:
        assert self.its_place.free is not None, "something was reported"
        return self.its_place.free

    @property
    def promised(self) -> int:
        return self.its_place.promised

    @property
    def measured(self) -> str:
        return span(self.search.now - (self.its_place.measured_at or 0))
