"""People, organisations, roles and competences; the access log; broken glass.

`privacy` on each model says for every field how near it is to a person.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from schakel.accounts.fields import TermField
from schakel.domain.access import Category, Seat, Viewer
from schakel.domain.privacy import Privacy
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Competence, OrganisationKind, Role, Term


class Organisation(models.Model):
    """A party of the region: the centre itself, an ambulance service, a GP post, a hospital."""

    code = models.SlugField(unique=True, help_text="The key in the region file.")
    name = models.CharField(max_length=120)
    kind = TermField(OrganisationKind)
    telephone = models.CharField(max_length=20, blank=True, help_text="Where its duty desk can be called.")

    privacy: ClassVar = dict.fromkeys(("id", "code", "name", "kind", "telephone"), Privacy.NONE)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Person(AbstractUser):
    """Somebody who works in the region, or the system itself.

    `simulated`: an actor of the demonstration; it acts through the same actions as people do.
    """

    simulated = models.BooleanField(default=False)

    privacy: ClassVar = {
        "id": Privacy.PSEUDONYM,
        "password": Privacy.SECRET,
        "last_login": Privacy.STAFF,
        "is_superuser": Privacy.NONE,
        "username": Privacy.STAFF,
        "first_name": Privacy.STAFF,
        "last_name": Privacy.STAFF,
        "email": Privacy.STAFF,
        "is_staff": Privacy.NONE,
        "is_active": Privacy.NONE,
        "date_joined": Privacy.STAFF,
        "simulated": Privacy.NONE,
    }

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class MembershipQuerySet(models.QuerySet):
    """Roles of people."""

    def valid(self, now: int) -> MembershipQuerySet:
        """The roles that are valid at this moment (ms)."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, person__is_active=True)


class Membership(models.Model):
    """A role of a person for an organisation, between two moments. Taking it away ends it; it is never deleted."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = TermField(Role)
    starts_at = models.BigIntegerField(default=0, help_text="ms since 1970 UTC")
    ends_at = models.BigIntegerField(null=True, blank=True, help_text="ms since 1970 UTC; empty: until further notice")

    objects = MembershipQuerySet.as_manager()
    privacy: ClassVar = dict.fromkeys(("id", "person", "organisation", "role", "starts_at", "ends_at"), Privacy.STAFF)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_start", condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.role} @ {self.organisation_id}"


def viewer_of(person: Person, now: int) -> Viewer:
    """The person with the roles that are valid at this moment: without any, it sees nothing."""
    if not person.is_authenticated:
        return Viewer(person=0, seats=frozenset())
    return viewers_of([person.pk], now)[person.pk]


def viewers_of(people: list[int], now: int) -> dict[int, Viewer]:
    """The same for many people in one query. Somebody without a valid role is there, with no seats.

    These are the roles alone: who shares a room besides is in `operations.room`, which knows the region.
    """
    return {
        pk: Viewer(person=pk, seats=frozenset(seat for seat, _code in held))
        for pk, held in seats_of(people, now).items()
    }


def seats_of(people: list[int], now: int) -> dict[int, set[tuple[Seat, str]]]:
    """The roles of these people that are valid at this moment, each with the region's code of the organisation."""
    seats: dict[int, set[tuple[Seat, str]]] = {pk: set() for pk in people}
    found = Membership.objects.valid(now).filter(person__in=people)
    for person, organisation, role, code in found.values_list("person", "organisation", "role", "organisation__code"):
        seats[person].add((Seat(organisation, Role(role)), code))
    return seats


class Certificate(models.Model):
    """A competence of a person, with its end. When it is over, the person is not offered for that care."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="certificates")
    competence = TermField(Competence)
    valid_from = models.BigIntegerField(default=0, help_text="ms since 1970 UTC")
    valid_until = models.BigIntegerField(null=True, blank=True, help_text="ms since 1970 UTC; empty: no end")
    basis = models.CharField(max_length=120, blank=True, help_text="The legal basis, such as Wet BIG art. 14.")

    privacy: ClassVar = dict.fromkeys(
        ("id", "person", "competence", "valid_from", "valid_until", "basis"), Privacy.STAFF
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=("person", "competence", "valid_from"), name="one_certificate")]


class Deed(Term):
    """What was done with a record. NEN 7513 asks for each of these."""

    READ = "read", _("read")
    SEARCH = "search", _("search")
    CREATE = "create", _("create")
    UPDATE = "update", _("update")
    PRINT = "print", _("print or copy")
    MERGE = "merge", _("merge")
    BREAK_GLASS = "break_glass", _("emergency procedure")
    READ_LOG = "read_log", _("read the access log")
    GRANT = "grant", _("change of rights")


class AccessEntry(models.Model):
    """One line of the access log (NEN 7513): who did what with which record, when, in which role, and why.

    Only added to. Each line carries the hash of the line before it, so that a missing or changed
    line shows (`schakel access verify`). The data themselves are not in the log.
    """

    number = models.BigIntegerField(unique=True, help_text="Place in the chain, from 1, without gaps.")
    at = models.BigIntegerField(help_text="ms since 1970 UTC, by the clock of the centre")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    role = TermField(Role, null=True)
    deed = TermField(Deed)
    request = models.BigIntegerField(null=True, db_index=True, help_text="Key of the care request.")
    categories = models.CharField(max_length=80, blank=True, help_text="Kinds of data, separated by spaces.")
    ground = models.CharField(max_length=120, blank=True, help_text="The relation, or the reason for the glass.")
    emergency = models.BooleanField(default=False, help_text="Whether the glass was broken.")
    before = models.CharField(max_length=64, help_text="Hash of the line before.")
    hash = models.CharField(max_length=64)

    privacy: ClassVar = dict.fromkeys(
        (
            "id",
            "number",
            "at",
            "person",
            "organisation",
            "role",
            "deed",
            "categories",
            "ground",
            "emergency",
            "before",
            "hash",
        ),
        Privacy.STAFF,
    ) | {"request": Privacy.PSEUDONYM}

    class Meta:
        ordering = ("number",)
        indexes = [models.Index(fields=("person", "at")), models.Index(fields=("at",))]


class AccessHead(models.Model):
    """The last line of the access log: one row, locked by whoever adds."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    privacy: ClassVar = dict.fromkeys(("id", "number", "hash"), Privacy.NONE)


class GlassReason(Term):
    """Why the glass was broken."""

    DANGER = "danger", _("Danger to life, no time to ask")
    UNREACHABLE = "unreachable", _("The colleague in charge cannot be reached")
    SAME_PATIENT = "same_patient", _("The same patient is on the line again")


class BrokenGlass(models.Model):
    """Access in an emergency to one dossier, with a reason and an end, to be reviewed afterwards."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    request = models.BigIntegerField(db_index=True)
    reason = TermField(GlassReason)
    words = models.CharField(max_length=500, help_text="The reason in words.")
    at = models.BigIntegerField()
    until = models.BigIntegerField()
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.BigIntegerField(null=True)
    justified = models.BooleanField(null=True, help_text="The verdict; empty: not reviewed yet.")
    verdict = models.CharField(max_length=500, blank=True)

    privacy: ClassVar = dict.fromkeys(
        ("id", "person", "reason", "at", "until", "reviewed_by", "reviewed_at", "justified"), Privacy.STAFF
    ) | {"request": Privacy.PSEUDONYM, "words": Privacy.PATIENT, "verdict": Privacy.PATIENT}


#: The fields of the access log that say which kinds of data were shown.
CATEGORIES = tuple(category.value for category in Category)
