"""The words that only a region's file uses."""

from __future__ import annotations

from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Term


class Function(Term):
    """What a partner takes part in: the five functions of care coordination named by the national pilots."""

    ACCESS = "access", _("One way in")
    TRIAGE = "triage", _("Triage")
    FITTING_CARE = "fitting_care", _("Fitting care")
    FOLLOW_UP = "follow_up", _("Hold of the follow-up")
    SELF_MANAGEMENT = "self_management", _("Self-management")


class Direction(Term):
    """Which way a figure should go. It differs between regions, so it is always the region's own."""

    UP = "up", _("should rise")
    DOWN = "down", _("should fall")


class Days(Term):
    """The days on which a window starts. A bank holiday is a Sunday."""

    DAILY = "daily", _("every day")
    WORKDAYS = "workdays", _("Monday to Friday")
    WEEKEND = "weekend", _("Saturday and Sunday")
    MONDAY = "monday", _("Monday")
    TUESDAY = "tuesday", _("Tuesday")
    WEDNESDAY = "wednesday", _("Wednesday")
    THURSDAY = "thursday", _("Thursday")
    FRIDAY = "friday", _("Friday")
    SATURDAY = "saturday", _("Saturday")
    SUNDAY = "sunday", _("Sunday")

    @property
    def weekdays(self) -> tuple[int, ...]:
        """Which weekdays these are, 0 for Monday."""
        match self:
            case Days.DAILY:
                return tuple(range(7))
            case Days.WORKDAYS:
                return tuple(range(5))
            case Days.WEEKEND:
                return (5, 6)
            case _:
                return (list(Days).index(self) - 3,)
