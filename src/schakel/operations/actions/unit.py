"""What people do with a unit: go on duty and off, be away for a while, say where they are."""

from __future__ import annotations

from collections.abc import Iterable

from schakel.accounts.models import Person
from schakel.domain import authority
from schakel.domain import events as e
from schakel.domain.access import Viewer
from schakel.domain.durations import HOUR
from schakel.domain.events import Subject
from schakel.domain.life_cycles import why_not
from schakel.domain.reasons import Reason, Refused
from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import AbsenceReason, Role
from schakel.operations import clock, journal
from schakel.operations.action import action, check_time, locked
from schakel.operations.models import Duty, Unit

BUSY = _("{unit} still has a job. Finish it, or let the dispatcher cancel it.")
ENDS_FIRST = _("The shift would end before it begins. Give a later end.")
TOO_LONG = _("A shift lasts at most {hours} hours. Give an earlier end.")
NO_CREW = _("Nobody is on the unit. Choose who goes on duty.")
NOBODY_OF_US = _("There is nobody with number {number} in this region. Choose the crew from the list.")
ELSEWHERE = _("{name} is still on duty on {unit}. End that shift first.")
NOT_ON_MAP = _("A position has a latitude from -90 to 90 and a longitude from -180 to 180; came {lat}, {lon}.")
OLDER = _("A newer position is already known.")

#: How long people stay on their unit after the planned end of the shift, when a job runs late: until then they keep
#: that job, its dossier and its reports. Ending the shift, or beginning another, ends it at once.
OVERRUN = 6 * HOUR

#: The longest that people are on a unit without being asked again.
LONGEST_SHIFT = 48 * HOUR


@action
def start_shift(*, unit: int, crew: Iterable[int], until: int, at: int, by: Viewer) -> None:
    """Go on duty with these people, until that moment. The unit waits at its base."""
    people = sorted(set(crew))
    row = _asked(unit, e.ShiftStarted, at=at, by=by, starts=by.person in people)
    if not people:
        raise Refused(Reason(NO_CREW))
    if unknown := set(people) - set(Person.objects.filter(pk__in=people).values_list("pk", flat=True)):
        raise Refused(Reason(NOBODY_OF_US, {"number": min(unknown)}))
    if until <= at:
        raise Refused(Reason(ENDS_FIRST))
    if until - at > LONGEST_SHIFT:
        raise Refused(Reason(TOO_LONG, {"hours": LONGEST_SHIFT // HOUR}))
    if elsewhere := Duty.objects.filter(person__in=people, ends_at__gt=at).exclude(unit=row).first():
        values = {"name": str(elsewhere.person), "unit": elsewhere.unit.callsign}
        raise Refused(Reason(ELSEWHERE, values))
    Duty.objects.filter(unit=row, ends_at__gt=at).update(ends_at=at)
    Duty.objects.bulk_create(
        Duty(unit=row, person_id=person, starts_at=at, ends_at=until + OVERRUN) for person in people
    )
    journal.record(
        e.ShiftStarted(at=at, unit=row.pk, until=until),
        e.Positioned(at=at, unit=row.pk, lat=row.base_lat, lon=row.base_lon),
        by=by,
        rows=[row],
    )


@action
def end_shift(*, unit: int, at: int, by: Viewer) -> None:
    """Go home. Not while there is a job."""
    row = _asked(unit, e.ShiftEnded, at=at, by=by)
    if row.jobs_open or row.offers_open:
        raise Refused(Reason(BUSY, {"unit": row.callsign}))
    Duty.objects.filter(unit=row, starts_at__lte=at, ends_at__gt=at).update(ends_at=at)
    journal.record(e.ShiftEnded(at=at, unit=row.pk), by=by, rows=[row])


@action
def go_absent(*, unit: int, reason: AbsenceReason, at: int, by: Viewer) -> None:
    """Be away for a while: it cannot be sent until it is back."""
    row = _asked(unit, e.WentAbsent, at=at, by=by)
    if row.jobs_open:
        raise Refused(Reason(BUSY, {"unit": row.callsign}))
    journal.record(e.WentAbsent(at=at, unit=row.pk, reason=reason), by=by, rows=[row])


@action
def come_back(*, unit: int, at: int, by: Viewer) -> None:
    """It can be sent again."""
    row = _asked(unit, e.CameBack, at=at, by=by)
    journal.record(e.CameBack(at=at, unit=row.pk), by=by, rows=[row])


@action
def position(*, unit: int, lat: float, lon: float, at: int, by: Viewer) -> None:
    """Say where the unit is. A position older than the one that is known changes nothing."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Refused(Reason(NOT_ON_MAP, {"lat": lat, "lon": lon}))
    row = _asked(unit, e.Positioned, at=at, by=by)
    if row.positioned_at is not None and at < row.positioned_at:
        raise Refused(Reason(OLDER))
    journal.record(e.Positioned(at=at, unit=row.pk, lat=lat, lon=lon), by=by, rows=[row])


def crew_of(unit: int, at: int) -> list[int]:
    """The people who are on the unit at this moment."""
    return list(
        Duty.objects.filter(unit=unit, starts_at__lte=at, ends_at__gt=at).values_list("person", flat=True).distinct()
    )


def _asked(key: int, kind: type[e.Event], *, at: int, by: Viewer, starts: bool = False) -> Unit:
    """The unit, locked. `starts`: the author is going on it now, which takes a crew's seat at its organisation."""
    check_time(at)
    row = locked(Unit, key)
    if reason := authority.why_not_do_own(by, kind, own=False):
        seated = row.organisation_id in by.organisations(Role.CREW)
        mine = (starts and seated) or by.person in crew_of(row.pk, clock.now_ms())
        if not mine or (reason := authority.why_not_do_own(by, kind, own=True)):
            raise Refused(reason)
    if reason := why_not(row.state, Subject.UNIT, kind):
        raise Refused(reason)
    return row
