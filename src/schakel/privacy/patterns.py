"""What stands out in the access log: plain counts, for a person to look at. No score and no accusation."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q

from schakel.accounts import access_log
from schakel.accounts.models import AccessEntry, Deed, Organisation, Person
from schakel.domain.durations import DAY, HOUR

#: The deeds by which somebody comes to know something of a patient.
LOOKING = tuple(deed.value for deed in (Deed.READ, Deed.SEARCH, Deed.PRINT))
PERIOD = 30 * DAY
MOST = 15


class Hour(NamedTuple):
    """One person in one hour: how often, and of how many requests."""

    person: Person
    at: int
    reads: int
    requests: int


class Share(NamedTuple):
    """How much of what was looked at was outside any relation: by broken glass."""

    who: Person | Organisation
    emergencies: int
    reads: int

    @property
    def percent(self) -> int:
        """Of a hundred, rounded."""
        return round(100 * self.emergencies / self.reads)


def busiest_hours(now: int) -> list[Hour]:
    """The hours of the last month in which one person looked at the most requests."""
    hour = ExpressionWrapper(F("at") - F("at") % HOUR, output_field=BigIntegerField())
    found = (
        _looked(now)
        .order_by()
        .annotate(hour=hour)
        .values("person", "hour")
        .annotate(reads=Count("pk"), requests=Count("request", distinct=True))
        .order_by("-requests", "-reads", "-hour")[:MOST]
    )
    lines = list(found)
    people = Person.objects.in_bulk({line["person"] for line in lines})
    return [Hour(people[line["person"]], line["hour"], line["reads"], line["requests"]) for line in lines]


def outside_by_person(now: int) -> list[Share]:
    """Who looked by broken glass, the most first, against everything the same person looked at."""
    return _shares(now, "person", Person)


def outside_by_organisation(now: int) -> list[Share]:
    """The same for the organisations for which people looked."""
    return _shares(now, "organisation", Organisation)


def _looked(now: int):
    """What people looked at of their own accord: a number that the screen showed because it rang is not that."""
    lines = AccessEntry.objects.filter(deed__in=LOOKING, at__gt=now - PERIOD, person__isnull=False)
    return lines.exclude(ground=access_log.RINGS)


def _shares(now: int, of: str, table: type[Person] | type[Organisation]) -> list[Share]:
    found = (
        _looked(now)
        .filter(**{f"{of}__isnull": False})
        .order_by()
        .values(of)
        .annotate(reads=Count("pk"), emergencies=Count("pk", filter=Q(emergency=True)))
        .filter(emergencies__gt=0)
        .order_by("-emergencies", "-reads")[:MOST]
    )
    lines = list(found)
    whose = table.objects.in_bulk({line[of] for line in lines})
    return [Share(whose[line[of]], line["emergencies"], line["reads"]) for line in lines]
