"""Who works in the demonstration: colleagues who are simulated, and a seat for whoever wants to try one.

Names are plainly made up. Simulated people have no password; the seats share one, which is printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import cycle

from django.contrib.auth.hashers import make_password
from django.db import transaction

from schakel.accounts.models import Certificate, Membership, Organisation, Person
from schakel.domain.access import Seat, Viewer
from schakel.domain.durations import DAY
from schakel.domain.region import Region
from schakel.domain.vocabulary import Competence, OrganisationKind, Role, UnitKind
from schakel.operations.models import Unit

PASSWORD = "schakel-demo-2026"

FIRST = ("Ada", "Bram", "Chaya", "Daan", "Emre", "Fenna", "Guus", "Hanna", "Ilias", "Juul", "Kees", "Lotte",
         "Mounir", "Noor", "Okke", "Pippa", "Quinten", "Rik", "Sofie", "Tijn", "Ummi", "Veerle", "Wout", "Yara",
         "Zeno")  # fmt: skip
LAST = ("Demohof", "van Oefening", "Simulo", "Proefkamp", "van der Loop", "Rolspel", "Scenario", "Draaiboek",
        "Nagebootst", "Kunstveld", "van Spel", "Decorstra", "Figurant", "Regieboom", "Poppenkast",
        "Naspel")  # fmt: skip

#: What a crew of each kind of unit is certified for, per person.
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

#: Two crews take turns on a unit.
TURNS = 2

#: How many simulated colleagues the centre has; who of them is on duty follows the calls.
COLLEAGUES = {
    Role.TRIAGIST: 28,
    Role.REGIEARTS: 2,
    Role.DISPATCHER: 4,
    Role.COORDINATOR: 3,
    Role.CENTRE_LEAD: 1,
    Role.PRIVACY_OFFICER: 1,
}

#: How many triagists a partner has that shares the whole queue while its window is open.
GUESTS = 2

#: The competence that goes with a role at the centre.
OF_ROLE = {
    Role.TRIAGIST: Competence.TRIAGIST,
    Role.REGIEARTS: Competence.REGIEARTS,
    Role.DISPATCHER: Competence.CENTRALIST,
}

#: A nurse's certificate on this unit is over: the ranking says so.
EXPIRED_ON = "09-103"


@dataclass(frozen=True, slots=True)
class Login:
    """A seat for a real person: what to type, what it is, and for crews the unit."""

    username: str
    first: str
    last: str
    role: Role
    organisation: str
    unit: str = ""
    competence: Competence | None = None


#: One seat per role. The units of the crews are kept on duty round the clock.
LOGINS = (
    Login("triagist", "Tess", "Zetel-Triage", Role.TRIAGIST, "zcc", competence=Competence.TRIAGIST),
    Login("regiearts", "Remi", "Zetel-Regie", Role.REGIEARTS, "zcc", competence=Competence.REGIEARTS),
    Login("uitgifte", "Uma", "Zetel-Uitgifte", Role.DISPATCHER, "zcc", competence=Competence.CENTRALIST),
    Login("regisseur", "Koen", "Zetel-Vervolg", Role.COORDINATOR, "zcc"),
    Login("leiding", "Lena", "Zetel-Leiding", Role.CENTRE_LEAD, "zcc"),
    Login("hap-triage", "Hella", "Zetel-HAP", Role.TRIAGIST, "hap-eemland", competence=Competence.TRIAGIST),
    Login("ggz-triage", "Gijs", "Zetel-GGZ", Role.TRIAGIST, "altrecht", competence=Competence.TRIAGIST),
    Login("ambulance", "Amir", "Zetel-Ambulance", Role.CREW, "ravu", "09-109", Competence.AMBULANCE_NURSE),
    Login("huisarts", "Hugo", "Zetel-Huisarts", Role.CREW, "hap-utrecht", "HAP-21", Competence.GP),
    Login("wijkverpleging", "Willy", "Zetel-Wijk", Role.CREW, "careyn", "WV-109", Competence.DISTRICT_NURSE),
    Login("crisisdienst", "Carla", "Zetel-Crisis", Role.CREW, "altrecht", "CD-1", Competence.PSYCHIATRIC_NURSE),
    Login("seh", "Sven", "Zetel-SEH", Role.PARTNER, "umcu"),
    Login("vvt", "Vera", "Zetel-VVT", Role.PARTNER, "careyn"),
    Login("vvt-coordinator", "Coby", "Zetel-VVT", Role.PARTNER_COORDINATOR, "careyn"),
    Login("ggz", "Gina", "Zetel-GGZ", Role.PARTNER, "altrecht"),
    Login("hap", "Hans", "Zetel-HAP", Role.PARTNER, "hap-eemland"),
    Login("privacy", "Paula", "Zetel-Privacy", Role.PRIVACY_OFFICER, "zcc"),
    Login("beheer", "Bob", "Zetel-Beheer", Role.ADMINISTRATOR, "zcc"),
)

#: Kinds of partner that have a desk of their own.
WITH_DESK = (
    OrganisationKind.HAP,
    OrganisationKind.GGZ,
    OrganisationKind.VVT,
    OrganisationKind.HOSPITAL,
    OrganisationKind.SOCIAL,
)


@dataclass
class People:
    """Everybody by what they do, as viewers: the roles of simulated people never change."""

    colleagues: dict[Role, list[Viewer]] = field(default_factory=dict)
    desks: dict[int, Viewer] = field(default_factory=dict)  # by organisation
    guests: dict[int, list[int]] = field(default_factory=dict)  # triagists of partners, by organisation
    coordinators: dict[int, Viewer] = field(default_factory=dict)
    crews: dict[int, list[list[int]]] = field(default_factory=dict)  # by unit, the two crews
    seats: dict[int, int] = field(default_factory=dict)  # by unit, the real person's seat on it
    viewers: dict[int, Viewer] = field(default_factory=dict)  # simulated people by key

    @property
    def scribe(self) -> Viewer:
        """Who writes down what a caller says to a person at the desk: the last of the triagists, kept free for it."""
        return self.colleagues[Role.TRIAGIST][-1]


@transaction.atomic
def settle(region: Region, now: int) -> None:
    """Make everybody, once. Organisations and units are there already."""
    organisations = {one.code: one for one in Organisation.objects.all()}
    centre = organisations[region.centre.id]
    new = _Newcomers(now)
    for role, count in COLLEAGUES.items():
        for _ in range(count):
            new.colleague(centre, role, *filter(None, [OF_ROLE.get(role)]))
    for organisation in organisations.values():
        if organisation.kind in WITH_DESK:
            new.colleague(organisation, Role.PARTNER)
            new.colleague(organisation, Role.PARTNER_COORDINATOR)
    for unit in Unit.objects.filter(retired=False).select_related("organisation").order_by("callsign"):
        for turn in range(TURNS):
            for held in CREWS[unit.kind]:
                over = unit.callsign == EXPIRED_ON and Competence.AMBULANCE_NURSE in held
                new.colleague(
                    unit.organisation, Role.CREW, *held, until=now - 20 * DAY if over else None, key=(unit.pk, turn)
                )
    for desk in region.organisations:
        if desk.virtual_desk and desk.virtual_desk_complaints is None:
            for _ in range(GUESTS):
                new.colleague(organisations[desk.id], Role.TRIAGIST, Competence.TRIAGIST)
    new.write()
    password = make_password(PASSWORD)
    for login in LOGINS:
        person = Person.objects.create(
            username=login.username,
            first_name=login.first,
            last_name=login.last,
            password=password,
            is_staff=login.role is Role.ADMINISTRATOR,
        )
        Membership.objects.create(person=person, organisation=organisations[login.organisation], role=login.role)
        if login.competence:
            Certificate.objects.create(person=person, competence=login.competence)


class _Newcomers:
    """Simulated people, written at once."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.names = zip(cycle(FIRST), cycle(LAST), strict=False)  # 25 and 16 have no common factor: 400 pairs
        self.found: list[tuple[Person, Organisation, Role, tuple[Competence, ...], int | None]] = []

    def colleague(
        self,
        organisation: Organisation,
        role: Role,
        *held: Competence,
        until: int | None = None,
        key: tuple[int, int] | None = None,
    ) -> None:
        first, last = next(self.names)
        number = len(self.found) + 1
        # The user name tells which unit and turn somebody belongs to, so that a restart finds the crews again.
        belongs = f"-eenheid{key[0]}-{key[1]}" if key else ""
        person = Person(
            username=f"sim{number}{belongs}", first_name=first, last_name=last, password="!", simulated=True
        )
        self.found.append((person, organisation, role, held, until))

    def write(self) -> None:
        for person, *_ in self.found:
            person.set_unusable_password()
        Person.objects.bulk_create([person for person, *_ in self.found])
        Membership.objects.bulk_create(
            [
                Membership(person=person, organisation=organisation, role=role)
                for person, organisation, role, *_ in self.found
            ]
        )
        Certificate.objects.bulk_create(
            [
                Certificate(person=person, competence=competence, valid_until=until, basis="Demonstratie")
                for person, _organisation, _role, held, until in self.found
                for competence in held
            ]
        )


def gather() -> People:
    """Everybody who was settled, found again in the tables."""
    people = People()
    centre = Organisation.objects.values_list("pk", flat=True).get(kind=OrganisationKind.CENTRE.value)
    rows = (
        Membership.objects.filter(person__simulated=True)
        .order_by("person")
        .values_list("person", "person__username", "organisation", "role")
    )
    for person, username, organisation, role in rows:
        if role is Role.TRIAGIST and organisation != centre:
            people.guests.setdefault(organisation, []).append(person)  # what they may follows the clock
            continue
        viewer = Viewer(person=person, seats=frozenset({Seat(organisation, role)}))
        people.viewers[person] = viewer
        if role is Role.CREW:
            unit, turn = username.rsplit("-eenheid", 1)[1].split("-")
            crews = people.crews.setdefault(int(unit), [[] for _ in range(TURNS)])
            crews[int(turn)].append(person)
        elif role is Role.PARTNER:
            people.desks[organisation] = viewer
        elif role is Role.PARTNER_COORDINATOR:
            people.coordinators[organisation] = viewer
        else:
            people.colleagues.setdefault(role, []).append(viewer)
    units = dict(Unit.objects.values_list("callsign", "pk"))
    accounts = dict(Person.objects.filter(username__in=usernames(LOGINS)).values_list("username", "pk"))
    people.seats = {units[one.unit]: accounts[one.username] for one in LOGINS if one.unit in units}
    return people


def usernames(logins: Iterable[Login]) -> list[str]:
    """What is typed to take each of these seats."""
    return [login.username for login in logins]
