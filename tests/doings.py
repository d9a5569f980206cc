"""Everything that people can do, done at random by people of every kind: what generated tests of the centre share.

Most steps are ones that the life cycles and the authority allow, so that a run goes somewhere; the
others are as wrong as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from string import Formatter
from typing import Any, NamedTuple

from schakel.accounts.models import BrokenGlass, GlassReason, Organisation
from schakel.domain import authority
from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.dossier import FIELDS
from schakel.domain.durations import HOUR, MINUTE, SECOND
from schakel.domain.events import Event, Subject
from schakel.domain.life_cycles import REPORTS, why_not
from schakel.domain.reasons import Refused
from schakel.domain.states import RequestStatus, UnitStatus
from schakel.domain.vocabulary import (
    AbsenceReason,
    AmbulanceUrgency,
    CancelReason,
    Care,
    Channel,
    ChoiceReason,
    CloseReason,
    Complaint,
    DeclineReason,
    FollowUpKind,
    ReopenReason,
    Role,
    Source,
    UnitKind,
    Urgency,
    UrgencyReason,
)
from schakel.operations import clock, timers
from schakel.operations import dossier as dossiers
from schakel.operations.actions import (
    care_request,
    deployment,
    dossier,
    follow_up,
    glass,
    handover,
    incident,
    overflow,
    place,
    professional,
    unit,
)
from schakel.operations.actions.unit import crew_of
from schakel.operations.models import ROWS, CareRequest, Handover, Place, Unit
from schakel.operations.visibility import ties_of
from world import Centre

#: A quiet moment at which generated runs begin.
NOON = 1_800_000_000_000

Choose = Random


class Doing(NamedTuple):
    """One action: what it is done to, the event it would record, and what else it is given."""

    act: Callable[..., Any]
    subject: Subject | None
    kind: type[Event] | None
    given: Callable[[Centre, Choose], dict[str, Any]] = lambda centre, choose: {}


def _of(terms: Any) -> Callable[[Centre, Choose], Any]:
    return lambda centre, choose: choose.choice(list(terms))


def _person(centre: Centre, choose: Choose) -> int:
    return choose.choice(centre.people).person


def _somebody_or_nobody(centre: Centre, choose: Choose) -> int | None:
    return choose.choice([None, *(viewer.person for viewer in centre.people[:4])])


def _organisation(centre: Centre, choose: Choose) -> int:
    return choose.choice(centre.organisations)


def _request(centre: Centre, choose: Choose) -> int:
    return _key(CareRequest, choose)


def _key(rows: Any, choose: Choose) -> int:
    keys = list(rows._default_manager.values_list("pk", flat=True)[:40])
    return choose.choice(keys) if keys and choose.random() < 0.97 else 999_999


def _with(**given: Callable[[Centre, Choose], Any]) -> Callable[[Centre, Choose], dict[str, Any]]:
    return lambda centre, choose: {name: draw(centre, choose) for name, draw in given.items()}


def _flag(centre: Centre, choose: Choose) -> bool:
    return choose.random() < 0.5


def _zone(centre: Centre, choose: Choose) -> str:
    return choose.choice(("zeist", "zeist", "utrecht", "nowhere"))


def _provider(centre: Centre, choose: Choose) -> dict[str, Any]:
    to_unit = choose.random() < 0.85
    asked = choose.choice(centre.units) if to_unit else choose.choice(centre.places)
    fits = Care(Unit.objects.get(pk=asked).kind.value) if to_unit else Care.HAP_APPOINTMENT
    return {
        "care": fits if choose.random() < 0.8 else choose.choice(list(Care)),
        "unit": asked if to_unit else None,
        "place": None if to_unit else asked,
        "ambulance_urgency": choose.choice([None, *AmbulanceUrgency]),
    }


def _taken(centre: Centre, choose: Choose) -> dict[str, Any]:
    unit = choose.choice(centre.units)
    return {
        "unit": unit,
        "care": Care(Unit.objects.get(pk=unit).kind.value),
        "reason": choose.choice(list(ChoiceReason)),
    }


def _crew(centre: Centre, choose: Choose) -> dict[str, Any]:
    crew = [] if choose.random() < 0.1 else choose.choice(centre.teams)
    return {"crew": list(crew), "until": clock.now_ms() + choose.choice((-HOUR, HOUR, *[8 * HOUR] * 4))}


def _urgent(centre: Centre, choose: Choose) -> dict[str, Any]:
    return {"urgency": choose.choice(list(Urgency)), "reason": choose.choice(list(UrgencyReason))}


def _free(centre: Centre, choose: Choose) -> int:
    return choose.choice((0, 1, 12, 999, 1000, -1))


def _degrees(centre: Centre, choose: Choose) -> float:
    return choose.choice((52.1, 5.2, 5.3, 0.0, -90.0, 181.0))


def _report(centre: Centre, choose: Choose) -> str:
    return choose.choice([kind.__name__ for kind in REPORTS])


def _written(centre: Centre, choose: Choose) -> dict[str, Any]:
    values = ("", "Jansen", "111222333", "030 123 45 67", "3701 AB", "1951-03-28", "f", "12", "x" * 3000)
    return {
        "field": choose.choice(list(FIELDS)),
        "value": choose.choice(values),
        "seen": choose.choice((None, None, 0, 1)),
    }


_R, _D, _F, _U, _P = Subject.REQUEST, Subject.DEPLOYMENT, Subject.FOLLOW_UP, Subject.UNIT, Subject.PLACE

DOINGS: dict[str, Doing] = {
    "begin": Doing(care_request.begin, None, None, _with(channel=_of(Channel))),
    "ring": Doing(care_request.ring, None, None, _with(channel=_of(Channel))),
    "ring a partner": Doing(care_request.ring, None, None, _with(channel=_of(Channel), line=_organisation)),
    "answer": Doing(care_request.answer, _R, e.Answered),
    "take over": Doing(care_request.take_over, _R, e.TakenOver),
    "miss": Doing(care_request.miss, _R, e.Missed),
    "drop": Doing(care_request.drop, _R, e.Dropped),
    "resume": Doing(care_request.resume, _R, e.Resumed),
    "locate": Doing(care_request.locate, _R, e.Located, _with(zone=_zone)),
    "life threat": Doing(care_request.assess_life_threat, _R, e.LifeThreatAssessed, _with(life_threat=_flag)),
    "complaint": Doing(care_request.choose_complaint, _R, e.ComplaintChosen, _with(complaint=_of(Complaint))),
    "triage": Doing(care_request.triage, _R, e.Triaged, _urgent),
    "raise": Doing(care_request.raise_urgency, _R, e.UrgencyRaised, _urgent),
    "lower": Doing(care_request.lower_urgency, _R, e.UrgencyLowered, _urgent),
    "reassess": Doing(care_request.reassess, _R, e.Reassessed),
    "choose care": Doing(care_request.choose_care, _R, e.CareChosen, _with(care=_of(Care))),
    "offer lead": Doing(care_request.offer_lead, _R, e.LeadOffered, _with(to=_person)),
    "accept lead": Doing(care_request.accept_lead, _R, e.LeadAccepted),
    "decline lead": Doing(care_request.decline_lead, _R, e.LeadDeclined),
    "offer ownership": Doing(care_request.offer_ownership, _R, e.OwnershipOffered, _with(to=_organisation)),
    "accept ownership": Doing(care_request.accept_ownership, _R, e.OwnershipAccepted),
    "decline ownership": Doing(
        care_request.decline_ownership, _R, e.OwnershipDeclined, _with(reason=_of(DeclineReason))
    ),
    "flow over": Doing(overflow.flow_over, _R, e.FlowedOver),
    "flow back": Doing(overflow.flow_back, _R, e.FlowedBack),
    "link": Doing(incident.join, _R, e.Linked, _with(to=_request)),
    "unlink": Doing(incident.leave, _R, e.Unlinked),
    "lead incident": Doing(incident.lead, _R, e.IncidentLed, _with(over=_somebody_or_nobody)),
    "another patient": Doing(incident.another, _R, e.Linked),
    "call again": Doing(care_request.call_again, _R, e.Merged, _with(into=_request)),
    "merge": Doing(care_request.merge, _R, e.Merged, _with(into=_request)),
    "close": Doing(care_request.close, _R, e.Closed, _with(reason=_of(CloseReason))),
    "reopen": Doing(care_request.reopen, _R, e.Reopened, _with(reason=_of(ReopenReason))),
    "offer": Doing(deployment.offer, _R, e.Offered, _provider),
    "take": Doing(deployment.take, _R, e.Offered, _taken),
    "withdraw": Doing(deployment.withdraw, _D, e.OfferWithdrawn, _with(reason=_of(CancelReason))),
    "accept": Doing(deployment.accept, _D, e.Accepted),
    "decline": Doing(deployment.decline, _D, e.Declined, _with(reason=_of(DeclineReason))),
    **{
        f"report {kind.__name__}": Doing(deployment.report, _D, kind, _with(report=lambda *_, kind=kind: kind.__name__))
        for kind in REPORTS
    },
    "correct": Doing(deployment.correct, _D, e.ReportCorrected, _with(report=_report)),
    "cancel": Doing(deployment.cancel, _D, e.Cancelled, _with(reason=_of(CancelReason))),
    "ask follow-up": Doing(follow_up.ask, _R, e.FollowUpAsked, _with(need=_of(FollowUpKind), takes_over=_flag)),
    "offer follow-up": Doing(follow_up.offer, _F, e.FollowUpOffered, _with(partner=_organisation)),
    "withdraw follow-up": Doing(follow_up.withdraw, _F, e.FollowUpWithdrawn),
    "accept follow-up": Doing(follow_up.accept, _F, e.FollowUpAccepted, _with(on_behalf=_flag)),
    "decline follow-up": Doing(
        follow_up.decline, _F, e.FollowUpDeclined, _with(reason=_of(DeclineReason), on_behalf=_flag)
    ),
    "finish follow-up": Doing(follow_up.finish, _F, e.FollowUpDone),
    "cancel follow-up": Doing(follow_up.cancel, _F, e.FollowUpCancelled, _with(reason=_of(CancelReason))),
    "start shift": Doing(unit.start_shift, _U, e.ShiftStarted, _crew),
    "end shift": Doing(unit.end_shift, _U, e.ShiftEnded),
    "go absent": Doing(unit.go_absent, _U, e.WentAbsent, _with(reason=_of(AbsenceReason))),
    "come back": Doing(unit.come_back, _U, e.CameBack),
    "position": Doing(unit.position, _U, e.Positioned, _with(lat=_degrees, lon=_degrees)),
    "report capacity": Doing(place.report_capacity, _P, e.CapacityReported, _with(free=_free, source=_of(Source))),
    "say unknown": Doing(dossier.say_unknown, _R, e.Identified, _with(words=lambda *_: "has no papers")),
    "write": Doing(dossier.write, _R, None, _written),
    "break glass": Doing(
        glass.break_glass,
        _R,
        None,
        _with(reason=_of(GlassReason), words=lambda _, choose: choose.choice(("", "no time to ask anybody"))),
    ),
    "review": Doing(
        glass.review,
        None,
        None,
        _with(glass=lambda _, choose: _key(BrokenGlass, choose), justified=_flag, verdict=lambda *_: "right"),
    ),
    "give shift": Doing(handover.give, None, None, _with(role=_of(Role), to=_person, remark=lambda *_: "quiet")),
    "ask as a professional": Doing(
        professional.ask,
        None,
        None,
        _with(organisation=_organisation, fields=lambda *_: {"callback": "030 123 45 67", "words": "short of breath"}),
    ),
    "take shift": Doing(handover.take, None, None, _with(handover=lambda _, choose: _key(Handover, choose))),
}


#: What a run goes on with is chosen more often, what ends it less; the rest weighs 3.
WEIGHT = dict.fromkeys(("triage", "offer", "accept", "start shift", "come back"), 20) | (
    dict.fromkeys(
        ("close", "merge", "call again", "end shift", "go absent", "withdraw", "cancel", "cancel follow-up", "unlink"),
        1,
    )
)


class Busy(Centre):
    """A centre with two crews, partners who answer, and somebody without any part in it; its clock stands still."""

    def __init__(self, kinds: tuple[UnitKind, ...] = (UnitKind.ALS, UnitKind.CARE_AMBULANCE)) -> None:
        super().__init__()
        self.second = self.person(Role.TRIAGIST)
        self.vvt = self.partner("vvt", Role.PARTNER, Role.PARTNER_COORDINATOR)
        self.hap = self.partner("hap")
        self.ggz = self.partner("ggz", Role.PARTNER_COORDINATOR)
        self.nobody = self.person()
        staffed = [self.unit(kind) for kind in kinds]
        self.units = [row.pk for row, _ in staffed]
        self.crews = [crew for _, crew in staffed]
        self.teams = [crew_of(unit, self.now) for unit in self.units]
        posts = Place.objects.order_by("pk")
        self.places = [posts.filter(kind="hap").first().pk, *posts.exclude(kind="hap").values_list("pk", flat=True)[:2]]
        partners = Organisation.objects.filter(kind__in=("vvt", "hap", "ggz")).values_list("pk", flat=True)
        self.organisations = [self.organisation.pk, *partners]
        self.people: list[Viewer] = [
            self.triagist,
            self.second,
            self.regiearts,
            self.dispatcher,
            self.coordinator,
            self.lead,
            self.privacy_officer,
            self.vvt,
            self.hap,
            self.ggz,
            self.nobody,
            *self.crews,
        ]

    def step(self, seed: int, *, passing: bool = True) -> Step:
        """Do one thing, decided by the seed and by what there is."""
        choose = Random(seed)
        if passing and choose.random() < 0.08:
            return self._pass(choose)
        name, key = self._what(choose)
        doing = DOINGS[name]
        at = clock.now_ms() - choose.choice((0, 0, 0, 0, 0, 0, 0, SECOND, SECOND, 2 * MINUTE, 2 * MINUTE, -HOUR))
        given = doing.given(self, choose)
        if doing.subject is not None:
            given[doing.subject.value] = key
        by = self._who(choose, doing, given)
        try:
            outcome = doing.act(**given, at=at, by=by)
        except Refused as refused:
            return Step(name, given, by, None, refused)
        return Step(name, given, by, outcome, None)

    def read(self, seed: int) -> None:
        """Somebody opens a dossier, or may not."""
        choose = Random(seed)
        rows = list(CareRequest.objects.order_by("pk"))
        if rows:
            row = choose.choice(rows)
            with_refusal(lambda: dossiers.read(row, choose.choice(self.people)))

    def _pass(self, choose: Choose) -> Step:
        """Time passes, and what is due is done."""
        clock.set_pace(
            centre=clock.now_ms() + choose.choice((*[SECOND] * 16, *[MINUTE] * 2, 20 * MINUTE, 3 * HOUR)),
            speed=0.0,
        )
        timers.do_due()
        return Step("time passes", {}, None, None, None)

    def _what(self, choose: Choose) -> tuple[str, int]:
        """A thing to do and the row to do it to: mostly one that may be done to it now."""
        rows = {subject: list(self._rows(subject)) for subject in (_R, _D, _F, _U, _P)}
        if not rows[_R] or choose.random() < 0.06:
            return choose.choice(("begin", "ring")), 0
        away = [row for row in rows[_U] if row.status is not UnitStatus.ON_DUTY]
        if away and choose.random() < 0.25:
            row = choose.choice(away)
            return ("start shift" if row.status is UnitStatus.OFF_DUTY else "come back"), row.pk
        triaged = [row for row in rows[_R] if row.status is RequestStatus.TRIAGED]
        if triaged and choose.random() < 0.15:
            return "offer", choose.choice(triaged).pk
        if choose.random() < 0.25:
            name = choose.choice(list(DOINGS))
            subject = DOINGS[name].subject
            return name, (_key(ROWS[subject], choose) if subject else 0)
        subject = choose.choice([subject for subject in (*[_R] * 6, *[_D] * 7, _F, _F, _U, _U, _P) if rows[subject]])
        row = choose.choice(rows[subject])
        able = [
            name
            for name, doing in DOINGS.items()
            if doing.subject is subject and (doing.kind is None or why_not(row.state, subject, doing.kind) is None)
        ]
        if not able:
            return "begin", 0
        return choose.choices(able, [WEIGHT.get(name, 3) for name in able])[0], row.pk

    def _rows(self, subject: Subject) -> list[Any]:
        rows = ROWS[subject]._default_manager.order_by("-pk")
        if subject is _U:
            rows = rows.filter(pk__in=self.units)
        if subject is _P:
            rows = rows.filter(pk__in=self.places)
        return list(rows[:5])

    def _who(self, choose: Choose, doing: Doing, given: dict[str, Any]) -> Viewer:
        """Mostly somebody who may."""
        if doing.kind is None or choose.random() < 0.2:
            return choose.choice(self.people)
        if doing.subject is _U:
            crews = [*self.crews, self.dispatcher]
            return choose.choice([one for one in crews if one.person in given.get("crew", ())] or crews)
        request = given.get("request")
        for subject in (_D, _F):
            if subject.value in given:
                found = ROWS[subject]._default_manager.filter(pk=given[subject.value]).first()
                request = found.request_id if found else None
        row = CareRequest.objects.filter(pk=request).first() if request else None
        if row is None or doing.kind not in authority.MAY:
            return choose.choice(self.people)
        now = clock.now_ms()
        ties = ties_of([row], now)[row.pk]
        able = [one for one in self.people if authority.why_not_do(one, doing.kind, ties, now) is None]
        return choose.choice(able or self.people)


class Step(NamedTuple):
    """What was tried: by whom, with what, and what came of it."""

    name: str
    given: dict[str, Any]
    by: Viewer | None
    outcome: int | None
    refused: Refused | None


def with_refusal(act: Callable[[], Any]) -> Refused | None:
    """Do it, and give the refusal where it was refused."""
    try:
        act()
    except Refused as refused:
        return refused
    return None


@contextmanager
def standing(at: int = NOON) -> Iterator[None]:
    """The clock of the centre stands still at this moment, until somebody moves it."""
    try:
        clock.set_pace(centre=at, speed=0.0)
        yield
    finally:
        clock.forget()


def says_what_to_do(refused: Refused) -> bool:
    """Whether a refusal is a sentence: filled in, and with a full stop."""
    reason, sentence = refused.reason, str(refused)
    places = {place for _, place, _, _ in Formatter().parse(reason.text) if place}
    filled = places == set(reason.values) and None not in reason.values.values()
    return filled and sentence == str(reason) and sentence.endswith(".")
