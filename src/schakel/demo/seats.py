"""Which seats are taken by real people now, so that their simulated colleagues leave work to them.

Somebody is at a seat who has a live page open, or who read or recorded something in the last minutes of the wall.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from schakel.accounts.models import AccessEntry, Person, viewers_of
from schakel.demo.chance import Chance
from schakel.domain.durations import MINUTE, SECOND
from schakel.domain.vocabulary import Role
from schakel.operations import clock
from schakel.operations.models import Duty, JournalEntry

#: How long after the last thing somebody did the seat counts as taken, on the wall.
ACTIVE = 3 * MINUTE
#: How often that is looked at, on the wall.
LOOK = 2 * SECOND
#: How much longer simulated colleagues wait before they take work that a person may want, in seconds of the wall.
LEAVE_S = (4.0, 9.0)
#: The share of the work that they leave for so long.
LEAVE_SHARE = 0.75


@dataclass
class Seats:
    """The seats that real people have now."""

    people: frozenset[int] = frozenset()
    roles: frozenset[Role] = frozenset()
    desks: frozenset[int] = frozenset()  # organisations at whose own desk a person sits
    units: frozenset[int] = frozenset()
    _looked: int = field(default=0)

    def look(self, now: int) -> None:
        """Look who is there, every few seconds of the wall."""
        if clock.wall_ms() - self._looked < LOOK:
            return
        self._looked = clock.wall_ms()
        self.people = frozenset(_active(now))
        viewers = viewers_of(sorted(self.people), now).values()
        seats = [seat for viewer in viewers for seat in viewer.seats]
        self.roles = frozenset(seat.role for seat in seats)
        self.desks = frozenset(seat.organisation for seat in seats if seat.role is Role.PARTNER)
        duties = Duty.objects.filter(person__in=self.people, starts_at__lte=now, ends_at__gt=now)
        self.units = frozenset(duties.values_list("unit", flat=True))

    def patience(self, role: Role, chance: Chance) -> int:
        """How much longer simulated people in this role wait for a person to act, in milliseconds of the centre."""
        if role not in self.roles or not chance.happens(LEAVE_SHARE):
            return 0
        return int(chance.between(*LEAVE_S) * clock.speed())


def _active(now: int) -> set[int]:
    from schakel.screens.tide import tide

    people = Person.objects.filter(simulated=False, is_active=True)
    keys = set(people.values_list("pk", flat=True))
    since = now - int(ACTIVE * max(1.0, clock.speed()))
    found = tide.people()
    found |= set(AccessEntry.objects.filter(at__gt=since, person__in=keys).values_list("person", flat=True))
    found |= set(JournalEntry.objects.filter(recorded_at__gt=since, by__in=keys).values_list("by", flat=True))
    login = timezone.now() - timezone.timedelta(milliseconds=ACTIVE)
    found |= set(people.filter(last_login__gt=login).values_list("pk", flat=True))
    return found & keys
