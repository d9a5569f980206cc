"""The words that only a scenario uses."""

from __future__ import annotations

from schakel.domain.reasons import gettext_noop as _
from schakel.domain.vocabulary import Term


class Source(Term):
    """Where the requests come from."""

    RATES = "rates", _("drawn with the rates of the region's file")
    LOG = "log", _("those of an event log, met again")


class Moved(Term):
    """Where a unit waits that has become free."""

    GO_HOME = "go_home", _("back to its own station")
    DMEXCLP = "dmexclp", _("where it adds most to the expected cover (DMEXCLP)")
    COMPLIANCE_TABLE = "compliance_table", _("by a table for the number of free units")


class Method(Term):
    """How the interval around a figure is found."""

    REPLICATIONS = "replications", _("independent replications")
    BATCHES = "batches", _("one long run, cut into batches")


class Quantity(Term):
    """The indicators that variants are compared on."""

    WITHIN_NORM = "within_norm", _("Reached within the norm")
    RESPONSE_P50 = "response_p50", _("Response time, median")
    RESPONSE_P95 = "response_p95", _("Response time, 95th percentile")
    NOT_AT_ONCE = "not_at_once", _("Had to wait for a unit")
    WAIT_P95 = "wait_p95", _("Wait for a unit, 95th percentile")
    COVERED = "covered", _("Found a unit nearby at once")
    UTILISATION = "utilisation", _("Utilisation of units")
    ON_THE_SPOT = "on_the_spot", _("Helped on the spot, not taken along")
    TAKEN_AWAY = "taken_away", _("Jobs taken away for an A0")

    @property
    def is_time(self) -> bool:
        """Whether it is a length of time; all others are shares."""
        return self in (Quantity.RESPONSE_P50, Quantity.RESPONSE_P95, Quantity.WAIT_P95)

    @property
    def more_is_better(self) -> bool | None:
        """Which way is better; None where a region has to say so itself."""
        if self in (Quantity.WITHIN_NORM, Quantity.COVERED):
            return True
        return False if self.is_time or self is Quantity.NOT_AT_ONCE else None
