"""Where do I have to go? The unit that I am on, and its jobs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from schakel.accounts.gate import only_for
from schakel.accounts.models import Person
from schakel.domain import events as e
from schakel.domain.events import Subject
from schakel.domain.life_cycles import why_not
from schakel.domain.reasons import Reason
from schakel.domain.states import UnitStatus
from schakel.domain.vocabulary import AbsenceReason, Role
from schakel.field import forms
from schakel.field.crew import colleagues, proposed_until, units_of, units_to_take
from schakel.field.reports import LABELS
from schakel.field.wall_time import latest, next_after
from schakel.operations import clock
from schakel.operations.actions import unit as unit_actions
from schakel.operations.actions.unit import BUSY
from schakel.operations.current_region import region
from schakel.operations.models import Duty, Unit
from schakel.screens import reading
from schakel.screens.page import live_page


@only_for(Role.CREW)
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """The page that a crew has before it all shift: its unit, what is asked of it, what it has in hand."""
    viewer, now = request.viewer, clock.now_ms()  # type: ignore[attr-defined]
    units = [_dressed(unit, now) for unit in units_of(viewer, now)]
    more: dict[str, Any] = {"units": units, **shared()}
    if not units:
        free = units_to_take(viewer)
        more["free"] = free
        chosen = request.GET.get("unit", "")
        more["chosen"] = next((unit for unit in free if str(unit.pk) == chosen), None)
        if more["chosen"]:
            more |= _start_form(more["chosen"], viewer.person, now)
    return live_page(request, "field/jobs.html", title=_("Where do I have to go?"), lists=("jobs",), **more)


@only_for(Role.CREW)
@require_GET
def unit_part(request: HttpRequest, key: int) -> HttpResponse:
    """The part of the page that says how the unit is. When it is no longer mine, the page is made anew."""
    now = clock.now_ms()
    unit = units_of(request.viewer, now).filter(pk=key).first()  # type: ignore[attr-defined]
    if unit is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "field/parts/unit_of.html", {"unit": _dressed(unit, now), **shared()})


@only_for(Role.CREW)
@require_POST
def start_shift(request: HttpRequest, key: int) -> HttpResponse:
    """Go on duty on this unit, with these people of its service."""
    now = clock.now_ms()
    own = request.viewer.organisations(Role.CREW)  # type: ignore[attr-defined]
    unit = get_object_or_404(Unit, pk=key, organisation__in=own, retired=False)
    form = forms.Start(request.POST, people=[person.pk for person in colleagues(unit, now)])
    if not form.is_valid():
        return reading.wrong(request, form)
    said = form.cleaned_data
    until = next_after(said["until"], now, region().calendar.zone)
    unit_actions.start_shift(unit=unit.pk, crew=said["crew"], until=until, **reading.words(request, said))
    return redirect("field:jobs")


@only_for(Role.CREW)
@reading.verb(reading.Said)
def end_shift(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """Go home."""
    unit_actions.end_shift(unit=key, **reading.words(request, said))
    return redirect("field:jobs")


@only_for(Role.CREW)
@reading.verb(forms.Absent)
def go_absent(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """Take a break, be out of order, or restock."""
    unit_actions.go_absent(unit=key, reason=said["reason"], **reading.words(request, said))
    return redirect("field:jobs")


@only_for(Role.CREW)
@reading.verb(reading.Said)
def come_back(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """Back: it can be sent again."""
    unit_actions.come_back(unit=key, **reading.words(request, said))
    return redirect("field:jobs")


@only_for(Role.CREW)
@reading.verb(forms.Position)
def position(request: HttpRequest, key: int, said: dict[str, Any]) -> HttpResponse:
    """The telephone says where it is, because its owner wants it to."""
    told = reading.words(request, said)
    at = min(said["at"], told["at"]) if said["at"] is not None else told["at"]
    unit_actions.position(unit=key, lat=said["lat"], lon=said["lon"], **(told | {"at": at}))
    return HttpResponse(status=204)


def shared() -> dict[str, Any]:
    """What every page in the hand needs: keys for its forms, and the words of its scripts."""
    return {
        "new_key": reading.new_key,
        "absences": list(AbsenceReason),
        "script_words": {
            "one": _("1 report still to send"),
            "many": _("{n} reports still to send"),
            "login": _("Log in again: your reports are kept on this telephone and are sent after that."),
            "again": _("Tap again: {label}"),
            "refused": _("Refused: {label}, {time}. {sentence}"),
            "sharing": _("Position is shared. Stop"),
            "share": _("Share position"),
            "no_position": _("This telephone does not give its position. Allow it in the settings of the browser."),
            "reports": {kind.__name__: _(label) for kind, label in LABELS.items()},
        },
    }


def at_wall(wall: Any, now: int) -> int:
    """The last moment with this time of day in the region."""
    return latest(wall, now, region().calendar.zone)


def _dressed(unit: Unit, now: int) -> Unit:
    """Put on the unit what the page shows of it: its people, and why something cannot be done now."""
    people = Duty.objects.filter(unit=unit, starts_at__lte=now, ends_at__gt=now).values("person")
    unit.people = list(Person.objects.filter(pk__in=people).order_by("pk"))  # type: ignore[attr-defined]
    unit.absent = unit.status is UnitStatus.ABSENT  # type: ignore[attr-defined]
    unit.mark = "paused" if unit.absent else "on_scene" if unit.jobs_open else "waiting"  # type: ignore[attr-defined]
    busy = Reason(BUSY, {"unit": unit.callsign})
    unit.why_not_end = (  # type: ignore[attr-defined]
        why_not(unit.state, Subject.UNIT, e.ShiftEnded) or (busy if unit.jobs_open or unit.offers_open else None)
    )
    unit.why_not_absent = (  # type: ignore[attr-defined]
        why_not(unit.state, Subject.UNIT, e.WentAbsent) or (busy if unit.jobs_open else None)
    )
    return unit


def _start_form(unit: Unit, person: int, now: int) -> dict[str, Any]:
    until = proposed_until(unit, now)
    zone = region().calendar.zone
    return {
        "people": colleagues(unit, now),
        "me": person,
        "until": localtime(clock.as_datetime(until), zone).strftime("%H:%M") if until else "",
    }
