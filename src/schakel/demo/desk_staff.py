"""The colleagues at the centre: triagists, regieartsen, dispatchers, coordinators and the lead.

They plan something for every event that is theirs, look at the row again when the moment has come, and do nothing
when somebody else was first.
"""

from __future__ import annotations

from collections import deque

from schakel.accounts.models import GlassReason, Organisation
from schakel.demo.callers import Callers
from schakel.demo.complaints import NOTES
from schakel.demo.patients import Patient
from schakel.demo.world import World
from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.durations import HOUR, MINUTE, SECOND
from schakel.domain.fitting_care import NEEDS, Giver
from schakel.domain.reasons import Refused
from schakel.domain.states import DeploymentStatus, FollowUpStatus, RequestStatus
from schakel.domain.vocabulary import (
    Care,
    Channel,
    CloseReason,
    Complaint,
    EscalationLevel,
    FollowUpKind,
    Role,
    Urgency,
    UrgencyReason,
)
from schakel.operations import dossier, fitting, journal, room
from schakel.operations.actions import care_request, deployment, follow_up, glass, handover, incident
from schakel.operations.actions import dossier as writing
from schakel.operations.models import CareRequest, Deployment, FollowUp, JournalEntry

#: Of the care that the rule names, how the choice falls: the first, the second, and so on.
PREFERENCE = (70, 20, 8, 2)
#: Callers of the GP post with U2 mostly need no ambulance.
HAP_U2 = {Care.HAP_APPOINTMENT: 50, Care.GP_VISIT: 25, Care.RAPID_HAG: 10, Care.ALS: 15}
#: How much longer colleagues wait before they finish what a person has in hand.
NOT_MINE = 10 * MINUTE
#: A request for which nobody can go is looked at again after this.
AGAIN = 3 * MINUTE
#: Shifts of the desk change at these hours.
CHANGES = (7, 15, 23)


class DeskStaff:
    """Everybody at the centre."""

    def __init__(self, world: World, callers: Callers) -> None:
        self.world = world
        self.callers = callers
        self.triagists: deque[Viewer] = deque(world.people.colleagues[Role.TRIAGIST][:-1])
        self.most = len(self.triagists)
        self.queue: deque[int] = deque()
        self.centre = Organisation.objects.values_list("pk", flat=True).get(code=world.region.centre.id)
        self.on_duty = 0
        self.busy = 0
        self.sought: set[int] = set()  # requests for which somebody will look who can go
        self.closing: set[int] = set()
        self.refused: dict[int, set[int]] = {}  # partners that declined a follow-up
        for react, *kinds in (
            (self._rang, e.Rang, e.Missed),
            (self._flowed, e.FlowedOver),
            (self._answered, e.Answered, e.Received),
            (self._chosen, e.CareChosen),
            (self._triaged, e.Triaged, e.UrgencyRaised, e.UrgencyLowered, e.Reassessed),
            (self._overdue, e.ReassessmentOverdue),
            (self._nobody_yet, e.Declined, e.OfferTimedOut, e.OfferWithdrawn, e.Cancelled, e.Preempted),
            (self._maybe_over, e.Cleared, e.FollowUpDone, e.FollowUpCancelled),
            (self._lead_offered, e.LeadOffered),
            (self._follow_up_open, e.FollowUpAsked, e.FollowUpWithdrawn, e.FollowUpDeclined),
            (self._escalated, e.FollowUpEscalated),
        ):
            world.when(react, *kinds)

    def begin(self) -> None:
        """Take up what lies there."""
        world, soon = self.world, self.world.chance.between
        for organisation in world.people.guests:
            self._window(organisation)
        for row in CareRequest.objects.living().order_by("pk"):
            if row.status in (RequestStatus.RINGING, RequestStatus.MISSED):
                self.queue.append(row.pk)
            elif row.status is RequestStatus.TRIAGED:
                self._seek(row.pk, soon(10, 120))
                self._tidy(row.pk, soon(60, 240))
            elif row.handler_id in world.people.viewers:
                world.later(soon(5, 60), self._ask_on, row.pk, world.people.viewers[row.handler_id])
        for task in FollowUp.objects.filter(status=FollowUpStatus.SEEKING.value).order_by("pk"):
            world.later(soon(30, 300), self._place_follow_up, task.pk)
        self._staff()
        world.later(40 * MINUTE, self._break_glass)
        self._plan_change()

    # ---------------------------------------------------------------- calls

    def _staff(self) -> None:
        """As many triagists as the hour asks for."""
        world = self.world
        handling_h = world.region.durations.telephone_triage.median_ms / HOUR
        wanted = round(self.callers.per_hour(world.now) * handling_h * 1.3) + 2
        self.on_duty = min(self.most, wanted)
        world.at((world.now // HOUR + 1) * HOUR, self._staff)
        self._take_calls()

    def _rang(self, told: journal.Recorded) -> None:
        """A call waits; or was missed, and somebody will call back."""
        chance, request = self.world.chance, told.event.request
        missed = isinstance(told.event, e.Missed)
        wait = chance.between(60, 300) if missed else chance.about(7)
        self.world.later(wait + self.world.seats.patience(Role.TRIAGIST, chance), self._enqueue, request, missed)

    def _flowed(self, told: journal.Recorded) -> None:
        """A call of a partner comes to the centre, or one of ours to a partner that sits in the room anyway."""
        row = CareRequest.objects.get(pk=told.event.request)
        waits = row.status in (RequestStatus.RINGING, RequestStatus.MISSED)
        if waits and told.event.owner_offered == self.centre:
            self.world.later(self.world.chance.about(7), self._enqueue, row.pk, row.status is RequestStatus.MISSED)

    def _window(self, organisation: int) -> None:
        """The triagists of a partner come into the room when its window opens, and leave when it closes."""
        world, people = self.world, self.world.people.guests[organisation]
        for viewer in [one for one in self.triagists if one.person in people]:
            self.triagists.remove(viewer)
        ends = []
        for viewer in room.viewers_of(people, world.now).values():
            inside = [guest.closes for guest in viewer.guests if guest.is_in(world.now)]
            if inside:
                ends += inside
                world.people.viewers[viewer.person] = viewer
                self.triagists.appendleft(viewer)
        desk = world.region.organisation[Organisation.objects.get(pk=organisation).code]
        turn = min(ends) if ends else world.region.calendar.next_start(desk.virtual_desk, world.now)
        if turn is not None:
            world.at(turn, self._window, organisation)

    def _enqueue(self, request: int, missed: bool) -> None:
        if missed:
            self.queue.append(request)
        else:
            self.queue.appendleft(request) if self._is_professional(request) else self.queue.append(request)
        self._take_calls()

    def _is_professional(self, request: int) -> bool:
        """Hand-offs from 112 go first."""
        return CareRequest.objects.values_list("channel", flat=True).get(pk=request) is Channel.MKA

    def _take_calls(self) -> None:
        while self.queue and self.busy < self.on_duty and self.triagists:
            request = self.queue.popleft()
            row = CareRequest.objects.get(pk=request)
            if row.status not in (RequestStatus.RINGING, RequestStatus.MISSED):
                continue
            if self.centre not in (row.owner_id, row.owner_offered_id):
                continue  # a partner's own; it comes here when it flows over
            triagist = self.triagists.popleft()
            self.busy += 1
            if not self.world.act(care_request.answer, by=triagist, request=request):
                self._hang_up(triagist)

    def _stays(self, triagist: Viewer) -> bool:
        """Whether this triagist is the centre's own, or a guest whose window is open: else the centre goes on."""
        return not triagist.guests or any(guest.is_in(self.world.now) for guest in triagist.guests)

    def _hang_up(self, triagist: Viewer) -> None:
        if self._stays(triagist):
            self.triagists.append(triagist)
        self.busy -= 1
        self._take_calls()

    def _answered(self, told: journal.Recorded) -> None:
        event, world = told.event, self.world
        triagist = world.people.viewers.get(event.handler)
        patient = world.patient_of.get(event.request)
        if triagist is None:
            # A person has the call: the simulated caller tells what is the matter.
            if patient:
                world.later(2 * SECOND, self._tell, event.request, patient)
            return
        duration = self._duration(event.request, patient)
        steps = self._questions(event.request, triagist, patient) if patient else []
        for number, (step, *told) in enumerate(steps, 1):
            world.later(duration * number // (len(steps) + 1), step, event.request, triagist, patient, *told)
        world.later(duration, self._decide, event.request, triagist)

    def _duration(self, request: int, patient: Patient | None) -> int:
        durations, chance = self.world.region.durations, self.world.chance
        urgent = patient is not None and patient.urgency.rank <= 1
        return max(20 * SECOND, chance.lasting(durations.call_handling if urgent else durations.telephone_triage))

    def _tell(self, request: int, patient: Patient) -> None:
        scribe = self.world.people.scribe
        self._write(request, scribe, callback=patient.telephone, words=patient.story)

    def _ask_on(self, request: int, triagist: Viewer) -> None:
        """Go on with a call that was begun before the world was started again."""
        if triagist in self.triagists:
            self.triagists.remove(triagist)
        self.busy += 1
        self._decide(request, triagist)

    def _talks(self, request: int, triagist: Viewer) -> CareRequest | None:
        """The request, while this triagist has the caller on the line."""
        row = CareRequest.objects.get(pk=request)
        ours = row.status is RequestStatus.RECEIVED and row.handler_id == triagist.person and not row.line_lost
        return row if ours else None

    def _questions(self, request: int, triagist: Viewer, patient: Patient) -> list[tuple]:
        """What is asked in a call, in order: call back, where, danger; then who, and what is the matter."""
        chance, write = self.world.chance, self._write_down
        steps: list[tuple] = [
            (write, {"callback": patient.telephone}),
            (self._locate,),
            (self._ask_danger,),
            (write, {"street": patient.street, "house_number": patient.house_number}),
            (write, {"postcode": patient.postcode, "town": patient.zone.municipality}),
        ]
        if chance.happens(0.9):
            steps.append((write, {"name": patient.name}))
            steps.append((write, {"birth_date": patient.birth_date, "sex": patient.sex}))
            if chance.happens(0.6):
                steps.append((write, {"bsn": patient.bsn}))
        if patient.caller:
            steps.append((write, {"caller": patient.caller, "relation": patient.relation}))
        steps.append((write, {"words": patient.words}))
        steps.append((self._choose_complaint,))
        if chance.happens(0.2):
            steps.append((write, {"note": chance.among(NOTES)}))
        return steps

    def _write_down(self, request: int, triagist: Viewer, patient: Patient, told: dict[str, str]) -> None:
        if self._talks(request, triagist):
            self._write(request, triagist, **told)

    def _locate(self, request: int, triagist: Viewer, patient: Patient) -> None:
        row = self._talks(request, triagist)
        if row and row.zone is None:
            self.world.act(care_request.locate, by=triagist, request=request, zone=patient.zone.id)

    def _choose_complaint(self, request: int, triagist: Viewer, patient: Patient) -> None:
        row = self._talks(request, triagist)
        if row and row.complaint is None:
            self.world.act(care_request.choose_complaint, by=triagist, request=request, complaint=patient.complaint)

    def _ask_danger(self, request: int, triagist: Viewer, patient: Patient) -> None:
        row = self._talks(request, triagist)
        if row is None or (self.callers.again.get(request) and self._same_patient(row, triagist)):
            return
        world, danger = self.world, patient.urgency.rank <= 1 and self.world.chance.happens(0.6)
        world.act(care_request.assess_life_threat, by=triagist, request=request, life_threat=danger)
        if danger:
            self._seek(request, world.chance.about(25))

    def _same_patient(self, row: CareRequest, triagist: Viewer) -> bool:
        """Notice that this patient was reported before, and go on there."""
        world = self.world
        if not self._stays(triagist):
            return False
        try:
            known = dossier.same_elsewhere(row, triagist)
        except Refused:
            return False
        open_now = (RequestStatus.RECEIVED, RequestStatus.TRIAGED)
        known = [one for one in known if one.by != ("scene",)]  # the simulated callers are not that precise
        first = next((one.request for one in known if one.request.status in open_now), None)
        if first is None:
            return False
        if world.patient_of[row.pk].complaint is Complaint.GENERAL_TRAUMA:
            world.act(incident.join, by=triagist, request=row.pk, to=first.pk)
            return False
        if not world.act(care_request.merge, by=triagist, request=row.pk, into=first.pk):
            return False
        if first.urgency in (Urgency.U2, Urgency.U3) and world.chance.happens(0.5):
            higher = list(Urgency)[first.urgency.rank - 1]
            world.act(
                care_request.raise_urgency,
                by=triagist,
                request=first.pk,
                urgency=higher,
                reason=UrgencyReason.SECOND_CONTACT,
            )
        elif first.status is RequestStatus.TRIAGED:
            world.act(care_request.reassess, by=triagist, request=first.pk)
        return True

    def _decide(self, request: int, triagist: Viewer) -> None:
        """End the call: the urgency and the care; sometimes the regiearts is asked."""
        world, chance = self.world, self.world.chance
        row, patient = CareRequest.objects.get(pk=request), world.patient_of.get(request)
        if row.line_lost and row.status is RequestStatus.RECEIVED and row.handler_id == triagist.person:
            world.later(chance.between(20, 90), self._call_back, request, triagist)
            return
        if self._talks(request, triagist):
            if patient:  # what was skipped while the line was lost
                self._locate(request, triagist, patient)
                self._choose_complaint(request, triagist, patient)
            urgency = patient.urgency if patient else row.urgency or Urgency.U3
            asks = urgency in (Urgency.U2, Urgency.U3) and chance.happens(0.06)
            if asks and urgency is Urgency.U3:
                urgency = Urgency.U2
            reason = chance.weighed({UrgencyReason.COMPLAINT: 8, UrgencyReason.ABCDE: 4, UrgencyReason.PAIN: 2,
                                     UrgencyReason.UNEASE: 1, UrgencyReason.RISK_GROUP: 2})  # fmt: skip
            triaged = world.act(care_request.triage, by=triagist, request=request, urgency=urgency, reason=reason)
            if triaged and self._stays(triagist):
                care = self._care(request, urgency, patient.complaint if patient else row.complaint)
                world.act(care_request.choose_care, by=triagist, request=request, care=care)
                if asks:
                    regiearts = chance.among(world.people.colleagues[Role.REGIEARTS])
                    world.act(care_request.offer_lead, by=triagist, request=request, to=regiearts.person)
        self._hang_up(triagist)

    def _call_back(self, request: int, triagist: Viewer) -> None:
        row = CareRequest.objects.get(pk=request)
        if row.line_lost and row.status is RequestStatus.RECEIVED:
            self.world.act(care_request.resume, by=triagist, request=request)
        self._decide(request, triagist)

    def _care(self, request: int, urgency: Urgency, complaint: Complaint | None) -> Care:
        """Which care: mostly what the region's rule puts first."""
        region, chance = self.world.region, self.world.chance
        channel = CareRequest.objects.values_list("channel", flat=True).get(pk=request)
        rule = region.routing.rule(urgency, complaint)
        weights: dict[Care, float]
        if urgency is Urgency.U2 and channel in (Channel.PHONE, Channel.HAP) and rule.care[0] is Care.ALS:
            weights = dict(HAP_U2)
        elif channel is Channel.PROFESSIONAL and complaint not in (Complaint.PSYCHIATRIC, Complaint.CARE_AT_HOME):
            planned = {Urgency.U3: Care.MCA, Urgency.U4: Care.CARE_AMBULANCE, Urgency.U5: Care.CARE_AMBULANCE}
            weights = {planned.get(urgency, rule.care[0]): 1}
        else:
            weights = dict(zip(rule.care, PREFERENCE, strict=False))
        if Care.HAP_APPOINTMENT in weights and not any(
            region.calendar.is_in(place.hours, self.world.now) for place in region.places if place.kind.value == "hap"
        ):
            del weights[Care.HAP_APPOINTMENT]
        return chance.weighed(weights or {Care.ADVICE: 1})

    def _write(self, request: int, by: Viewer, **told: str) -> None:
        for field, value in told.items():
            self.world.act(writing.write, by=by, request=request, field=field, value=value)

    # ---------------------------------------------------------------- while somebody waits

    def _triaged(self, told: journal.Recorded) -> None:
        """Ask again how it is before the time is over; now and then it is too late."""
        event, world = told.event, self.world
        row = CareRequest.objects.get(pk=event.request)
        if row.urgency is None:
            return
        every = world.region.norms.reassess_ms[row.urgency]
        share = world.chance.random.uniform(0.6, 0.9) if world.chance.happens(0.93) else 1.2
        world.at(event.at + int(every * share), self._ask_again, event.request, event.at)
        if isinstance(event, e.Triaged):
            self._seek(event.request, world.chance.about(30))
            self._tidy(event.request, world.chance.about(90))

    def _ask_again(self, request: int, since: int) -> None:
        row = CareRequest.objects.get(pk=request)
        if (row.assessed_at or 0) > since or not care_request.waits_for_care(row):
            return
        if row.care is Care.ADVICE and not row.offers_open and not row.deployments_open:
            return
        triagist = self._somebody(Role.TRIAGIST)
        if row.owner_id in triagist.organisations(Role.TRIAGIST):
            self.world.act(care_request.reassess, by=triagist, request=request)

    def _overdue(self, told: journal.Recorded) -> None:
        chance = self.world.chance
        wait = chance.between(40, 200) + self.world.seats.patience(Role.TRIAGIST, chance)
        self.world.later(wait, self._ask_again, told.event.request, told.event.at)

    def _lead_offered(self, told: journal.Recorded) -> None:
        viewer = self.world.people.viewers.get(told.event.lead_offered)
        if viewer:
            self.world.later(self.world.chance.about(90), self._take_lead, told.event.request, viewer)

    def _take_lead(self, request: int, viewer: Viewer) -> None:
        world, chance = self.world, self.world.chance
        row = CareRequest.objects.get(pk=request)
        if row.lead_offered_id != viewer.person or row.status not in (RequestStatus.RECEIVED, RequestStatus.TRIAGED):
            return
        if chance.happens(0.08):
            world.act(care_request.decline_lead, by=viewer, request=request)
            return
        self._open(row, viewer)
        if not world.act(care_request.accept_lead, by=viewer, request=request):
            return
        idle = not row.offers_open and not row.deployments_open
        if viewer.has(Role.REGIEARTS) and row.urgency is Urgency.U2 and idle and chance.happens(0.5):
            lowered = world.act(
                care_request.lower_urgency,
                by=viewer,
                request=request,
                urgency=Urgency.U3,
                reason=UrgencyReason.CONSULT,
            )
            if lowered:
                care = self._care(request, Urgency.U3, row.complaint)
                world.act(care_request.choose_care, by=viewer, request=request, care=care)

    def _open(self, row: CareRequest, viewer: Viewer) -> None:
        """Read the dossier, as one does before deciding: a line in the access log."""
        try:
            dossier.read(row, viewer)
        except Refused as refused:
            self.world.refusals[f"read: {refused.reason.text}"] += 1

    # ---------------------------------------------------------------- who goes

    def _chosen(self, told: journal.Recorded) -> None:
        self._seek(told.event.request, self.world.chance.about(30))
        self._tidy(told.event.request, self.world.chance.about(90))

    def _nobody_yet(self, told: journal.Recorded) -> None:
        self._seek(told.event.request, self.world.chance.about(12))

    def _seek(self, request: int, wait: int) -> None:
        """Let a dispatcher look who can go. Once at a time for each request."""
        if request in self.sought:
            return
        self.sought.add(request)
        world = self.world
        world.later(wait + world.seats.patience(Role.DISPATCHER, world.chance), self._dispatch, request)

    def _dispatch(self, request: int) -> None:
        """Offer to the best; with nobody, to other care that fits; else look again later."""
        self.sought.discard(request)
        world = self.world
        row = CareRequest.objects.get(pk=request)
        before_triage = row.status is RequestStatus.RECEIVED and row.life_threat is True
        if row.offers_open or row.deployments_open or not (row.status is RequestStatus.TRIAGED or before_triage):
            return
        if row.zone is None or row.care is Care.ADVICE or self._had_care(request):
            return
        dispatcher = self._somebody(Role.DISPATCHER)
        if row.owner_id not in dispatcher.organisations(Role.DISPATCHER):
            return
        wanted = [row.care] if row.care else []
        if row.urgency:
            named = world.region.routing.rule(row.urgency, row.complaint).care
            wanted += [care for care in named if NEEDS[care].giver is not Giver.CENTRE]
        elif before_triage:
            wanted = [Care.ALS]
        if row.status is RequestStatus.TRIAGED and row.care is None:
            if row.handler_id not in world.people.viewers and world.now - (row.triaged_at or 0) < NOT_MINE:
                self._seek(request, AGAIN)  # the person who triaged may still choose
                return
            if wanted:
                world.act(care_request.choose_care, by=dispatcher, request=request, care=wanted[0])
        self._open(row, dispatcher)
        for care in dict.fromkeys(wanted):
            can = fitting.ranking_for(row, care, world.now).can
            if can:
                self._offer(row, care, can[0], dispatcher)
                return
        self._seek(request, AGAIN)

    def _offer(self, row: CareRequest, care: Care, choice, dispatcher: Viewer) -> None:
        urgency = row.urgency or Urgency.U1
        mapped = self.world.region.urgency_mapping.to[urgency] if NEEDS[care].ambulance else None
        unit = choice.key if NEEDS[care].giver is Giver.UNIT else None
        place = choice.key if unit is None else None
        if not self.world.act(
            deployment.offer,
            by=dispatcher,
            request=row.pk,
            care=care,
            unit=unit,
            place=place,
            ambulance_urgency=mapped,
        ):
            self._seek(row.pk, AGAIN)

    def _had_care(self, request: int) -> bool:
        return Deployment.objects.filter(request=request, status=DeploymentStatus.CLEARED.value).exists()

    # ---------------------------------------------------------------- the end

    def _maybe_over(self, told: journal.Recorded) -> None:
        self._tidy(told.event.request, self.world.chance.about(120))

    def _tidy(self, request: int, wait: int) -> None:
        if request not in self.closing:
            self.closing.add(request)
            self.world.later(wait + self.world.seats.patience(Role.TRIAGIST, self.world.chance), self._close, request)

    def _close(self, request: int) -> None:
        """Close what is over: advice given, care given, or handed over."""
        self.closing.discard(request)
        world = self.world
        row = CareRequest.objects.get(pk=request)
        if row.status is not RequestStatus.TRIAGED or care_request.why_not_close(row):
            return
        if not self._had_care(request):
            if row.care is not Care.ADVICE:
                return
            if row.handler_id not in world.people.viewers and world.now - (row.assessed_at or 0) < NOT_MINE:
                self._tidy(request, NOT_MINE)
                return
        by = self._somebody(Role.TRIAGIST)
        if row.owner_id not in by.organisations(Role.TRIAGIST):
            desk = world.people.desks.get(row.owner_id or 0)
            if desk is None or row.owner_id in world.seats.desks:
                return
            by = desk
        reason = CloseReason.ADVICE_GIVEN if row.care is Care.ADVICE else CloseReason.CARE_GIVEN
        if row.deployments.filter(handed_over_at__isnull=False).exists():
            reason = CloseReason.HANDED_OVER
        world.act(care_request.close, by=by, request=request, reason=reason)

    # ---------------------------------------------------------------- follow-up care

    def _follow_up_open(self, told: journal.Recorded) -> None:
        event, chance = told.event, self.world.chance
        if isinstance(event, e.FollowUpDeclined):
            last = _last_asked(event.follow_up)
            if last is not None:
                self.refused.setdefault(event.follow_up, set()).add(last)
        self._plan_follow_up(event.follow_up, chance.about(100))

    def _plan_follow_up(self, task: int, wait: int) -> None:
        patience = self.world.seats.patience(Role.COORDINATOR, self.world.chance)
        self.world.later(wait + patience, self._place_follow_up, task)

    def _place_follow_up(self, key: int) -> None:
        """Offer it to the partner of that part of the region, or the next."""
        task = FollowUp.objects.select_related("request").get(pk=key)
        if task.status is not FollowUpStatus.SEEKING:
            return
        coordinator = self._somebody(Role.COORDINATOR)
        if task.request.owner_id not in coordinator.organisations(Role.COORDINATOR):
            return
        partner = self._taker(task)
        if partner is not None:
            self._open(task.request, coordinator)
            self.world.act(follow_up.offer, by=coordinator, follow_up=key, partner=partner)

    def _taker(self, task: FollowUp) -> int | None:
        assert task.need is not None, "a follow-up that was asked for has a need"
        region, zone = self.world.region, self.world.region.zone.get(task.request.zone or "")
        kinds = [kind.value for kind in follow_up.TAKERS[task.need]]
        rows = Organisation.objects.filter(kind__in=kinds).order_by("pk")
        known = [(row, region.organisation[row.code]) for row in rows if row.code in region.organisation]
        near = [row.pk for row, one in known if zone is None or zone.subregion in one.subregions]
        if task.need is FollowUpKind.ADMISSION and zone is not None:
            sehs = [place for place in region.places if place.kind.value == "seh"]
            sehs.sort(key=lambda place: region.travel.between(zone.point, place.point, True))
            by_code = {row.code: row.pk for row, _ in known}
            near = [by_code[place.owner] for place in sehs if place.owner in by_code]
        refused = self.refused.get(task.pk, set())
        fresh = [pk for pk in near if pk not in refused]
        if not fresh:
            self.refused.pop(task.pk, None)
        return next(iter(fresh or near), None)

    def _escalated(self, told: journal.Recorded) -> None:
        """The lead of the centre is the last to be called upon: it calls the partner, and settles it."""
        event, chance = told.event, self.world.chance
        if event.level is EscalationLevel.CENTRE_LEAD:
            wait = chance.about(400) + self.world.seats.patience(Role.CENTRE_LEAD, chance)
            self.world.later(wait, self._settle, event.follow_up)
        elif event.level is EscalationLevel.PARTNER_COORDINATOR:
            self._plan_follow_up(event.follow_up, chance.about(120))

    def _settle(self, key: int) -> None:
        task = FollowUp.objects.select_related("request").get(pk=key)
        lead = self._somebody(Role.CENTRE_LEAD)
        if task.request.owner_id not in lead.organisations(Role.CENTRE_LEAD):
            return
        if task.status is FollowUpStatus.OFFERED:
            self.world.act(follow_up.accept, by=lead, follow_up=key, on_behalf=True)
            return
        partner = self._taker(task) if task.status is FollowUpStatus.SEEKING else None
        if partner is not None and self.world.act(follow_up.offer, by=lead, follow_up=key, partner=partner):
            self.world.later(self.world.chance.about(240), self._settle, key)

    # ---------------------------------------------------------------- what happens to everybody

    def _somebody(self, role: Role) -> Viewer:
        return self.world.chance.among(self.world.people.colleagues[role])

    def _break_glass(self) -> None:
        """Now and then somebody opens a dossier in an emergency; the privacy officer will want to know."""
        world, chance = self.world, self.world.chance
        world.later(int(chance.gap(1 / 4)), self._break_glass)
        row = CareRequest.objects.filter(status=RequestStatus.CLOSED.value).order_by("-pk").first()
        if row is not None:
            by = self._somebody(Role.TRIAGIST)
            world.act(
                glass.break_glass,
                by=by,
                request=row.pk,
                reason=GlassReason.SAME_PATIENT,
                words="Zelfde beller weer aan de lijn, ik moet weten wat er is afgesproken.",
            )
            self._open(row, by)

    def _plan_change(self) -> None:
        """The coordinators hand their list over when the shift changes."""
        calendar, now = self.world.region.calendar, self.world.now
        hours = [calendar.instant(calendar.day(now), 60 * hour) for hour in (*CHANGES, 24 + CHANGES[0])]
        self.world.at(min(hour for hour in hours if hour > now), self._change)

    def _change(self) -> None:
        giver, taker, *_ = self.world.people.colleagues[Role.COORDINATOR]
        signed = self.world.act(
            handover.give, by=giver, role=Role.COORDINATOR, to=taker.person, remark="Rustige dienst; zie de lijst."
        )
        if signed:
            self.world.later(
                self.world.chance.about(300), lambda: self.world.act(handover.take, by=taker, handover=signed)
            )
        self._plan_change()


def _last_asked(task: int) -> int | None:
    """The partner that was asked last: a decline empties the row, the journal still knows."""
    offers = JournalEntry.objects.filter(kind=e.FollowUpOffered.__name__, follow_up=task)
    return offers.order_by("-seq").values_list("partner", flat=True).first()
