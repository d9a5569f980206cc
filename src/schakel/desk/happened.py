"""Every event in the words of the desk: what a line of a history says. tests/integration/test_handover.py wants all."""

from __future__ import annotations

from schakel.domain import events as e
from schakel.domain.events import Event
from schakel.domain.reasons import gettext_noop as _

_WORDS: dict[type[Event], str] = {
    e.Rang: _("Call came in"),
    e.Received: _("Request began"),
    e.Answered: _("Call answered"),
    e.TakenOver: _("Call taken over"),
    e.Missed: _("Call missed"),
    e.Dropped: _("Line lost"),
    e.Resumed: _("Caller on the line again"),
    e.Located: _("Area known"),
    e.LifeThreatAssessed: _("Danger to life asked"),
    e.Identified: _("Identity recorded"),
    e.ComplaintChosen: _("Entry complaint chosen"),
    e.Triaged: _("Urgency set"),
    e.UrgencyRaised: _("Urgency raised"),
    e.UrgencyLowered: _("Urgency lowered"),
    e.ReassessmentOverdue: _("Re-assessment overdue"),
    e.Reassessed: _("Assessed again"),
    e.CareChosen: _("Care chosen"),
    e.LeadOffered: _("Clinical lead offered"),
    e.LeadAccepted: _("Clinical lead accepted"),
    e.LeadDeclined: _("Clinical lead declined"),
    e.OwnershipOffered: _("Ownership offered"),
    e.OwnershipAccepted: _("Ownership accepted"),
    e.OwnershipDeclined: _("Ownership declined"),
    e.Linked: _("Linked to another request"),
    e.Merged: _("Merged with another request"),
    e.Closed: _("Closed"),
    e.Reopened: _("Opened again"),
    e.Offered: _("Provider asked"),
    e.OfferTimedOut: _("No answer in time"),
    e.OfferWithdrawn: _("Offer taken back"),
    e.Accepted: _("Provider accepted"),
    e.Declined: _("Provider declined"),
    e.Departed: _("Under way"),
    e.Arrived: _("On scene"),
    e.TransportStarted: _("Transport began"),
    e.ReachedDestination: _("At destination"),
    e.HandedOver: _("Patient handed over"),
    e.Cleared: _("Provider free again"),
    e.Cancelled: _("Job cancelled"),
    e.Preempted: _("Taken for something more urgent"),
    e.ReportCorrected: _("Time corrected"),
    e.FollowUpAsked: _("Follow-up asked for"),
    e.FollowUpOffered: _("Partner asked"),
    e.FollowUpWithdrawn: _("Partner's offer taken back"),
    e.FollowUpAccepted: _("Partner accepted"),
    e.FollowUpDeclined: _("Partner declined"),
    e.FollowUpEscalated: _("Follow-up escalated"),
    e.FollowUpDone: _("Follow-up done"),
    e.FollowUpCancelled: _("Follow-up cancelled"),
    e.ShiftStarted: _("Shift began"),
    e.ShiftEnded: _("Shift ended"),
    e.WentAbsent: _("Cannot be sent for a while"),
    e.CameBack: _("Can be sent again"),
    e.Positioned: _("Position reported"),
    e.CapacityReported: _("Capacity reported"),
}

#: The words by the kind that the journal keeps; each is a msgid.
HAPPENED: dict[str, str] = {kind.__name__: word for kind, word in _WORDS.items()}
