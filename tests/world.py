"""A small centre to arrange tests with, in the language of the field."""

from __future__ import annotations

from itertools import count

from schakel.accounts.models import Certificate, Membership, Organisation, Person, viewer_of
from schakel.domain.access import Viewer
from schakel.domain.durations import HOUR
from schakel.domain.vocabulary import Care, Channel, Competence, Role, UnitKind, Urgency, UrgencyReason
from schakel.operations import clock, region_load
from schakel.operations.actions import care_request, deployment, unit
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, Deployment, Unit

_numbers = count(1)

#: What a crew of each kind of unit is certified for.
CREWS: dict[UnitKind, tuple[tuple[Competence, ...], ...]] = {
    UnitKind.ALS: ((Competence.AMBULANCE_NURSE,), (Competence.AMBULANCE_DRIVER,)),
    UnitKind.MCA: ((Competence.MCA_NURSE,), (Competence.AMBULANCE_DRIVER,)),
    UnitKind.CARE_AMBULANCE: ((Competence.CARE_ATTENDANT,), (Competence.AMBULANCE_DRIVER,)),
    UnitKind.RAPID: ((Competence.AMBULANCE_NURSE,),),
    UnitKind.RAPID_HAG: ((Competence.AMBULANCE_NURSE, Competence.GP_ACUTE),),
    UnitKind.GP_CAR: ((Competence.GP,),),
    UnitKind.PRACTITIONER_CAR: ((Competence.NURSE_PRACTITIONER,),),
    UnitKind.NURSE: ((Competence.DISTRICT_NURSE,),),
    UnitKind.CRISIS_TEAM: ((Competence.PSYCHIATRIC_NURSE,), (Competence.PSYCHIATRIST,)),
}

PASSWORD = "correct horse battery"


class Centre:
    """The region Midden-Nederland with one person in every seat of the centre."""

    def __init__(self) -> None:
        clock.forget()
        region_load.load(region())
        self.organisation = Organisation.objects.get(kind="centre")
        self.triagist = self.person(Role.TRIAGIST)
        self.regiearts = self.person(Role.REGIEARTS)
        self.dispatcher = self.person(Role.DISPATCHER)
        self.coordinator = self.person(Role.COORDINATOR)
        self.lead = self.person(Role.CENTRE_LEAD)
        self.privacy_officer = self.person(Role.PRIVACY_OFFICER)

    def person(self, *roles: Role, at: Organisation | None = None, competences: tuple[Competence, ...] = ()) -> Viewer:
        """Somebody with these roles for an organisation; the centre when none is given."""
        person = Person.objects.create(username=f"person{next(_numbers)}", first_name="Test", last_name="Persoon")
        for role in roles:
            Membership.objects.create(person=person, organisation=at or self.organisation, role=role)
        for competence in competences:
            Certificate.objects.create(person=person, competence=competence)
        return viewer_of(person, self.now)

    def partner(self, kind: str, *roles: Role) -> Viewer:
        """Somebody at the desk of the first partner of this kind."""
        return self.person(*(roles or (Role.PARTNER,)), at=Organisation.objects.filter(kind=kind).first())

    def account(self, viewer: Viewer) -> Person:
        """The account of somebody, with a password to log in with."""
        person = Person.objects.get(pk=viewer.person)
        person.set_password(PASSWORD)
        person.save()
        return person

    @property
    def now(self) -> int:
        """The time by the clock of the centre."""
        return clock.now_ms()

    def request(self, urgency: Urgency | None = Urgency.U2, zone: str | None = "zeist") -> CareRequest:
        """A request that the triagist began, located and triaged."""
        key = care_request.begin(channel=Channel.PHONE, at=self.now, by=self.triagist)
        if zone is not None:
            care_request.locate(request=key, zone=zone, at=self.now, by=self.triagist)
        if urgency is not None:
            care_request.triage(
                request=key, urgency=urgency, reason=UrgencyReason.COMPLAINT, at=self.now, by=self.triagist
            )
        return CareRequest.objects.get(pk=key)

    def unit(self, kind: UnitKind = UnitKind.ALS, hours: int = 8) -> tuple[Unit, Viewer]:
        """A unit of this kind on duty, and the first of its crew."""
        row = Unit.objects.filter(kind=kind.value, status="off_duty", retired=False).first()
        crew = [self.person(Role.CREW, at=row.organisation, competences=held) for held in CREWS[kind]]
        unit.start_shift(
            unit=row.pk,
            crew=[one.person for one in crew],
            until=self.now + hours * HOUR,
            at=self.now,
            by=crew[0],
        )
        row.refresh_from_db()
        return row, crew[0]

    def job(
        self, request: CareRequest, care: Care = Care.ALS, kind: UnitKind = UnitKind.ALS
    ) -> tuple[Deployment, Viewer]:
        """A unit that accepted to go to this request, and the first of its crew."""
        row, crew = self.unit(kind)
        key = deployment.offer(request=request.pk, care=care, unit=row.pk, at=self.now, by=self.dispatcher)
        deployment.accept(deployment=key, at=self.now, by=crew)
        return Deployment.objects.get(pk=key), crew
