"""The only tables of care: rows of state, the journal, the dossier beside it, timers.

Moments are whole milliseconds since 1970 UTC (`..._at`, `reply_by`, `until`). A column that is also
a field of a state in `domain.states` belongs to the journal: only `journal.record` changes it, and
the fold of the journal is the row.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from schakel.accounts.fields import TermField
from schakel.accounts.models import Organisation, Person
from schakel.domain import states
from schakel.domain import vocabulary as v
from schakel.domain.events import FACTS, SUBJECTS, Subject
from schakel.domain.privacy import Privacy
from schakel.operations.rows import StateRow
from schakel.operations.visibility import FollowUpQuerySet, JobQuerySet, RequestQuerySet


def _key(to: type[models.Model] | str, **kwargs: object) -> models.ForeignKey:
    kwargs.setdefault("related_name", "+")
    return models.ForeignKey(to, on_delete=models.PROTECT, null=True, blank=True, **kwargs)


def _moment(**kwargs: object) -> models.BigIntegerField:
    return models.BigIntegerField(null=True, blank=True, **kwargs)


def _none(*names: str) -> dict[str, Privacy]:
    return dict.fromkeys(names, Privacy.NONE)


def _pseudonym(*names: str) -> dict[str, Privacy]:
    return dict.fromkeys(names, Privacy.PSEUDONYM)


class CareRequest(StateRow):
    """One patient's need for acute care (zorgvraag), with an owner at all times."""

    subject = Subject.REQUEST

    status = TermField(states.RequestStatus, default=states.RequestStatus.NEW)
    channel = TermField(v.Channel, null=True)
    owner = _key(Organisation, help_text="The organisation that keeps hold of the patient (regiehouder).")
    owner_offered = _key(Organisation)
    overflow = TermField(v.OverflowReason, null=True, help_text="Why it flowed over to whom was asked.")
    overflow_until = _moment(help_text="When that organisation is asked no longer.")
    handler = _key(Person, help_text="Who has the call.")
    lead = _key(Person, help_text="The one person who has the clinical lead.")
    lead_offered = _key(Person)
    line_lost = models.BooleanField(default=False)
    zone = models.SlugField(max_length=40, null=True, db_index=False)
    life_threat = models.BooleanField(null=True)
    identified = models.BooleanField(null=True)
    complaint = TermField(v.Complaint, null=True)
    urgency = TermField(v.Urgency, null=True)
    care = TermField(v.Care, null=True)
    incident = models.BigIntegerField(null=True, db_index=True)
    incident_lead = _key(Person, help_text="Who keeps the requests of the incident together.")
    merged_into = _key("self")
    close_reason = TermField(v.CloseReason, null=True)
    reassess_overdue = models.BooleanField(default=False)
    received_at = _moment(db_index=True)
    overflowed_at = _moment()
    answered_at = _moment()
    triaged_at = _moment()
    assessed_at = _moment()
    closed_at = _moment()
    offers_open = models.IntegerField(default=0)
    deployments_open = models.IntegerField(default=0)
    follow_ups_open = models.IntegerField(default=0)

    objects = RequestQuerySet.as_manager()
    privacy: ClassVar = _none(
        "status",
        "channel",
        "owner",
        "owner_offered",
        "overflow",
        "overflow_until",
        "line_lost",
        "identified",
        "merged_into",
        "close_reason",
        "reassess_overdue",
        "offers_open",
        "deployments_open",
        "follow_ups_open",
    ) | _pseudonym(
        "id",
        "handler",
        "lead",
        "lead_offered",
        "zone",
        "life_threat",
        "complaint",
        "urgency",
        "care",
        "incident",
        "incident_lead",
        "received_at",
        "overflowed_at",
        "answered_at",
        "triaged_at",
        "assessed_at",
        "closed_at",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="no_open_request_without_owner",
                condition=Q(status=states.RequestStatus.NEW.value) | Q(owner__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=("status", "received_at")), models.Index(fields=("owner", "status"))]

    def __str__(self) -> str:
        return f"zorgvraag {self.pk}"


class Unit(StateRow):
    """A vehicle or team that goes out (eenheid). The roster is in the region file, the people in `Duty`."""

    subject = Subject.UNIT

    callsign = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="units")
    kind = TermField(v.UnitKind)
    base_name = models.CharField(max_length=80)
    base_lat = models.FloatField()
    base_lon = models.FloatField()
    retired = models.BooleanField(default=False, help_text="No longer in the region file.")

    status = TermField(states.UnitStatus, default=states.UnitStatus.OFF_DUTY)
    until = _moment()
    absence_reason = TermField(v.AbsenceReason, null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    positioned_at = _moment()
    offers_open = models.IntegerField(default=0)
    jobs_open = models.IntegerField(default=0)

    objects = models.Manager()
    privacy: ClassVar = _none(
        "id",
        "callsign",
        "organisation",
        "kind",
        "base_name",
        "base_lat",
        "base_lon",
        "retired",
        "status",
        "until",
        "offers_open",
        "jobs_open",
    ) | _pseudonym("absence_reason", "lat", "lon", "positioned_at")

    class Meta:
        ordering = ("callsign",)

    def __str__(self) -> str:
        return self.callsign


class Duty(models.Model):
    """Who is on which unit, from when to when. What the unit may do follows from these people."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duties")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duties")
    starts_at = models.BigIntegerField()
    ends_at = models.BigIntegerField()

    privacy: ClassVar = dict.fromkeys(("id", "unit", "person", "starts_at", "ends_at"), Privacy.STAFF)

    class Meta:
        indexes = [models.Index(fields=("unit", "ends_at")), models.Index(fields=("person", "ends_at"))]


class Place(StateRow):
    """A department or facility that can take a patient in (afdeling, voorziening)."""

    subject = Subject.PLACE

    code = models.SlugField(unique=True, help_text="The key in the region file.")
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="places")
    kind = TermField(v.PlaceKind)
    base_lat = models.FloatField()
    base_lon = models.FloatField()
    shelf_life = models.BigIntegerField(help_text="ms after which a reported figure counts as unknown.")
    retired = models.BooleanField(default=False, help_text="No longer in the region file.")

    status = TermField(states.PlaceStatus, default=states.PlaceStatus.SILENT)
    free = models.IntegerField(null=True, help_text="Staffed and available, not beds in the building.")
    source = TermField(v.Source, null=True)
    measured_at = _moment()

    objects = models.Manager()
    privacy: ClassVar = _none(
        "id",
        "code",
        "name",
        "organisation",
        "kind",
        "base_lat",
        "base_lon",
        "shelf_life",
        "retired",
        "status",
        "free",
        "source",
        "measured_at",
    )

    class Meta:
        ordering = ("kind", "name")

    def __str__(self) -> str:
        return self.name


class Deployment(StateRow):
    """One provider's job for a care request (zorginzet)."""

    subject = Subject.DEPLOYMENT

    request = models.ForeignKey(CareRequest, on_delete=models.PROTECT, related_name="deployments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="deployments")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="deployments")

    status = TermField(states.DeploymentStatus, default=states.DeploymentStatus.NEW)
    care = TermField(v.Care, null=True)
    partner = _key(Organisation, help_text="The organisation that gives the care.")
    ambulance_urgency = TermField(v.AmbulanceUrgency, null=True)
    reply_by = _moment()
    decline_reason = TermField(v.DeclineReason, null=True)
    offered_at = _moment()
    accepted_at = _moment()
    departed_at = _moment()
    arrived_at = _moment()
    transport_started_at = _moment()
    reached_destination_at = _moment()
    handed_over_at = _moment()
    ended_at = _moment()

    objects = JobQuerySet.as_manager()
    privacy: ClassVar = _none("partner", "decline_reason", "status") | _pseudonym(
        "id",
        "request",
        "unit",
        "place",
        "care",
        "ambulance_urgency",
        "reply_by",
        "offered_at",
        "accepted_at",
        "departed_at",
        "arrived_at",
        "transport_started_at",
        "reached_destination_at",
        "handed_over_at",
        "ended_at",
    )

    class Meta:
        indexes = [models.Index(fields=("unit", "status")), models.Index(fields=("partner", "status"))]


class FollowUp(StateRow):
    """Care that somebody has to take over (vervolgzorg)."""

    subject = Subject.FOLLOW_UP

    request = models.ForeignKey(CareRequest, on_delete=models.PROTECT, related_name="follow_ups")

    status = TermField(states.FollowUpStatus, default=states.FollowUpStatus.NEW)
    need = TermField(v.FollowUpKind, null=True)
    takes_over = models.BooleanField(default=False)
    partner = _key(Organisation)
    level = TermField(v.EscalationLevel, null=True)
    reply_by = _moment()
    decline_reason = TermField(v.DeclineReason, null=True)
    asked_at = _moment()
    offered_at = _moment()
    accepted_at = _moment()
    ended_at = _moment()
    refusals = models.IntegerField(default=0)

    objects = FollowUpQuerySet.as_manager()
    privacy: ClassVar = _none(
        "status", "takes_over", "partner", "level", "decline_reason", "refusals", "reply_by"
    ) | _pseudonym("id", "request", "need", "asked_at", "offered_at", "accepted_at", "ended_at")

    class Meta:
        indexes = [models.Index(fields=("status",)), models.Index(fields=("partner", "status"))]


#: The table of each subject.
ROWS: dict[Subject, type[StateRow]] = {
    Subject.REQUEST: CareRequest,
    Subject.DEPLOYMENT: Deployment,
    Subject.FOLLOW_UP: FollowUp,
    Subject.UNIT: Unit,
    Subject.PLACE: Place,
}


class JournalHead(models.Model):
    """The last `seq` of the journal: one row, locked last by every writer, so that `seq` is commit order."""

    seq = models.BigIntegerField(default=0)

    privacy: ClassVar = _none("id", "seq")


class JournalEntry(models.Model):
    """One event. Only added to; a correction is another event.

    `at`: when it happened. `recorded_at`: when we knew. `by` is empty where the clock of the centre
    recorded it. `cause`: the seq of the event that led to this one. The other columns are the
    subjects and facts of `domain.events`.
    """

    seq = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    at = models.BigIntegerField()
    recorded_at = models.BigIntegerField()
    by = models.BigIntegerField(null=True)
    organisation = models.BigIntegerField(null=True)
    cause = models.BigIntegerField(null=True)

    request = models.BigIntegerField(null=True, db_index=True)
    deployment = models.BigIntegerField(null=True, db_index=True)
    follow_up = models.BigIntegerField(null=True, db_index=True)
    unit = models.BigIntegerField(null=True, db_index=True)
    place = models.BigIntegerField(null=True, db_index=True)

    channel = models.CharField(max_length=32, null=True)
    owner = models.BigIntegerField(null=True)
    handler = models.BigIntegerField(null=True)
    lead = models.BigIntegerField(null=True)
    zone = models.SlugField(max_length=40, null=True, db_index=False)
    life_threat = models.BooleanField(null=True)
    identified = models.BooleanField(null=True)
    complaint = models.CharField(max_length=32, null=True)
    urgency = models.CharField(max_length=32, null=True)
    reason = models.CharField(max_length=32, null=True)
    care = models.CharField(max_length=32, null=True)
    lead_offered = models.BigIntegerField(null=True)
    owner_offered = models.BigIntegerField(null=True)
    overflow = models.CharField(max_length=32, null=True)
    incident = models.BigIntegerField(null=True)
    incident_lead = models.BigIntegerField(null=True)
    merged_into = models.BigIntegerField(null=True)
    partner = models.BigIntegerField(null=True)
    reply_by = models.BigIntegerField(null=True)
    ambulance_urgency = models.CharField(max_length=32, null=True)
    report = models.CharField(max_length=40, null=True)
    need = models.CharField(max_length=32, null=True)
    takes_over = models.BooleanField(null=True)
    level = models.CharField(max_length=32, null=True)
    on_behalf = models.BooleanField(null=True)
    until = models.BigIntegerField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    free = models.IntegerField(null=True)
    source = models.CharField(max_length=32, null=True)

    privacy: ClassVar = _none("seq", "kind", "cause", "organisation") | _pseudonym(
        "at", "recorded_at", "by", *SUBJECTS, *FACTS
    )

    class Meta:
        ordering = ("seq",)
        indexes = [models.Index(fields=("kind", "at"))]


class DossierEntry(models.Model):
    """One value that somebody wrote about a patient or caller: the only table with identity and free text.

    The newest entry of a field is its value; the older ones are its history. Notes add up.
    """

    request = models.ForeignKey(CareRequest, on_delete=models.PROTECT, related_name="dossier")
    field = models.CharField(max_length=32)
    value = models.TextField()
    match = models.CharField(max_length=80, blank=True, db_index=True, help_text="Standard form, to find it again.")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    at = models.BigIntegerField()

    privacy: ClassVar = {
        "id": Privacy.NONE,
        "request": Privacy.PSEUDONYM,
        "field": Privacy.NONE,
        "value": Privacy.PATIENT,
        "match": Privacy.PATIENT,
        "author": Privacy.STAFF,
        "organisation": Privacy.NONE,
        "at": Privacy.PSEUDONYM,
    }

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=("request", "field")), models.Index(fields=("field", "match"))]


class Timer(models.Model):
    """Something that is due at a moment. Done by the worker; doing it twice changes nothing."""

    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=16)
    key = models.BigIntegerField()
    due_at = models.BigIntegerField()
    done_at = models.BigIntegerField(null=True)
    failures = models.IntegerField(default=0, help_text="How often it was tried and could not be done.")
    again_at = models.BigIntegerField(default=0, help_text="After a failure: not before this time of the wall (ms).")

    privacy: ClassVar = _none("id", "kind", "subject", "due_at", "done_at", "failures", "again_at") | _pseudonym("key")

    class Meta:
        indexes = [models.Index(fields=("due_at",), name="timer_open", condition=Q(done_at=None))]


class Done(models.Model):
    """An action that was done under a key, and its outcome: the second time it comes, nothing happens again."""

    key = models.CharField(max_length=64, primary_key=True)
    action = models.CharField(max_length=40)
    by = models.BigIntegerField(null=True)
    outcome = models.BigIntegerField(null=True)
    at = models.BigIntegerField()

    privacy: ClassVar = _none("key", "action", "outcome", "at") | _pseudonym("by")


class Handover(models.Model):
    """A shift handed over: who gave, who took, and the moment the first of them signed for what was on the list."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = TermField(v.Role)
    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    seq = models.BigIntegerField(help_text="The journal stood here when the giver signed.")
    requests = models.JSONField(help_text="Keys of the requests on the list that was signed for.")
    remark = models.TextField(blank=True)
    given_at = models.BigIntegerField()
    taken_at = models.BigIntegerField(null=True)

    privacy: ClassVar = (
        _none("id", "organisation", "role", "seq")
        | _pseudonym("requests", "given_at", "taken_at")
        | {"giver": Privacy.STAFF, "taker": Privacy.STAFF, "remark": Privacy.PATIENT}
    )


class Clock(models.Model):
    """The pace of the centre's clock in a demonstration; no row: the clock of the machine."""

    wall = models.BigIntegerField()
    centre = models.BigIntegerField()
    speed = models.FloatField()

    privacy: ClassVar = _none("id", "wall", "centre", "speed")
