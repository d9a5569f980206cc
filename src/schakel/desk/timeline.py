"""What happened to one request, in words: a sentence for every kind of event that a request can have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from schakel.accounts.models import Organisation, Person
from schakel.domain.events import SUBJECTS, facts
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Term
from schakel.operations import journal
from schakel.operations.current_region import region
from schakel.operations.models import Place, Unit
from schakel.screens.wording import name_of, say

#: A sentence for each kind of event. {by} stands beside it; the other places are what the event established.
SENTENCES: dict[str, str] = {
    "Rang": _("The call came in: {channel}"),
    "Received": _("Began the request: {channel}"),
    "Answered": _("Answered the call"),
    "TakenOver": _("Took the call over"),
    "Missed": _("The caller was gone before anybody answered"),
    "Dropped": _("The line was lost"),
    "Resumed": _("The caller is on the line again"),
    "Located": _("The patient is in {zone}"),
    "LifeThreatAssessed": _("Life in danger: {life_threat}"),
    "Identified": _("Patient known: {identified}"),
    "ComplaintChosen": _("Entry complaint: {complaint}"),
    "Triaged": _("Urgency {urgency}: {reason}"),
    "UrgencyRaised": _("Urgency raised to {urgency}: {reason}"),
    "UrgencyLowered": _("Urgency lowered to {urgency}: {reason}"),
    "ReassessmentOverdue": _("The re-assessment is overdue"),
    "Reassessed": _("Asked again; the urgency stands"),
    "CareChosen": _("Care chosen: {care}"),
    "LeadOffered": _("Clinical lead offered to {lead_offered}"),
    "LeadAccepted": _("Clinical lead taken by {lead}"),
    "LeadDeclined": _("Clinical lead declined"),
    "OwnershipOffered": _("{owner_offered} was asked to own the request"),
    "OwnershipAccepted": _("{owner} owns the request now"),
    "OwnershipDeclined": _("Ownership declined: {reason}"),
    "FlowedOver": _("Flowed over to {owner_offered}: {overflow}"),
    "FlowedBack": _("Taken back; it no longer flows over"),
    "Linked": _("Belongs to incident {incident}"),
    "Unlinked": _("Does not belong to an incident any more"),
    "IncidentLed": _("Lead of the incident taken by {incident_lead}"),
    "Merged": _("Merged into request {merged_into}"),
    "Closed": _("Closed: {reason}"),
    "Reopened": _("Opened again: {reason}"),
    "Offered": _("{care} offered to {provider}"),
    "OfferTimedOut": _("{provider} did not answer in time"),
    "OfferWithdrawn": _("Offer to {provider} taken back: {reason}"),
    "Accepted": _("{provider} accepted"),
    "Declined": _("{provider} declined: {reason}"),
    "Departed": _("{provider} is under way"),
    "Arrived": _("{provider} is on scene"),
    "TransportStarted": _("{provider} left with the patient"),
    "ReachedDestination": _("{provider} is at the destination"),
    "HandedOver": _("{provider} handed the patient over"),
    "Cleared": _("{provider} is free again"),
    "Cancelled": _("{provider} stopped: {reason}"),
    "Preempted": _("{provider} was taken for something more urgent"),
    "ReportCorrected": _("Time of a report of {provider} corrected"),
    "FollowUpAsked": _("Follow-up asked: {need}"),
    "FollowUpOffered": _("Follow-up offered to {partner}"),
    "FollowUpWithdrawn": _("Follow-up taken back"),
    "FollowUpAccepted": _("Follow-up accepted"),
    "FollowUpDeclined": _("Follow-up declined: {reason}"),
    "FollowUpEscalated": _("Nobody took the follow-up: {level} is called upon"),
    "FollowUpDone": _("Follow-up done"),
    "FollowUpCancelled": _("Follow-up cancelled: {reason}"),
}

#: Changes of the urgency, which stand beside it with author and reason.
OF_URGENCY = ("Triaged", "UrgencyRaised", "UrgencyLowered", "Reassessed", "ReassessmentOverdue")


class Line(NamedTuple):
    """One thing that happened. `at`: when; `late`: recorded that much later (ms), 0 when at once."""

    seq: int
    kind: str
    at: int
    late: int
    by: str
    sentence: str
    urgency: Term | None


#: From how much later on the time of recording is shown too (ms).
LATE = 60_000


def lines_of(told: Sequence[journal.Recorded], names: Names) -> list[Line]:
    """What happened in words, newest first: for the journal of a request, its jobs and follow-ups among it."""
    return [_line(one, names) for one in reversed(told)]


def _line(one: journal.Recorded, names: Names) -> Line:
    kind = type(one.event).__name__
    late = one.recorded_at - one.event.at
    return Line(
        seq=one.seq,
        kind=kind,
        at=one.event.at,
        late=one.recorded_at if late >= LATE else 0,
        by=names.person(one.by),
        sentence=say(SENTENCES[kind]).format(**names.filled(one.event)),
        urgency=getattr(one.event, "urgency", None),
    )


class Names:
    """The names behind the keys of these events, in one query per kind of row."""

    def __init__(self, told: Iterable[journal.Recorded]) -> None:
        said: list[dict[str, Any]] = [
            facts(one.event) | {name: getattr(one.event, name, None) for name in SUBJECTS} for one in told
        ]

        def keys(*names: str) -> set[int]:
            return {one[name] for one in said for name in names if one.get(name) is not None}

        people = keys("handler", "lead", "lead_offered", "incident_lead")
        people |= {one.by for one in told if one.by is not None}
        units, places = keys("unit"), keys("place")
        self._people = {one.pk: str(one) for one in Person.objects.filter(pk__in=people)}
        self._partners = dict(Organisation.objects.values_list("pk", "name"))
        self._units = dict(Unit.objects.filter(pk__in=units).values_list("pk", "callsign")) if units else {}
        self._places = dict(Place.objects.filter(pk__in=places).values_list("pk", "name")) if places else {}

    def organisations(self) -> list[tuple[int, str]]:
        """All organisations of the region, by name."""
        return list(self._partners.items())

    def person(self, key: int | None) -> str:
        """Who; the centre's own clock where nobody did it."""
        return say(_("The clock of the centre")) if key is None else self._people.get(key, str(key))

    def filled(self, event: Any) -> dict[str, object]:
        """What the event established, as words."""
        words: dict[str, object] = {}
        for name, value in facts(event).items():
            if isinstance(value, Term):
                words[name] = str(value) if name in ("urgency", "ambulance_urgency") else name_of(value)
            elif isinstance(value, bool):
                words[name] = say(_("yes")) if value else say(_("no"))
            elif name in ("handler", "lead", "lead_offered", "incident_lead"):
                words[name] = self._people.get(value, value)
            elif name in ("owner", "owner_offered", "partner"):
                words[name] = self._partners.get(value, value)
            elif name == "zone":
                words[name] = region().zone[value].name if value in region().zone else value
            else:
                words[name] = value
        unit, place = getattr(event, "unit", None), getattr(event, "place", None)
        words["provider"] = self._units.get(unit) or self._places.get(place) or say(_("The provider"))
        return words
