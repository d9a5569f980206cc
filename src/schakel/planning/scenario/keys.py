"""Every key of a scenario's file: what it takes and what it means. The reader asks for these and no others.

`docs/reference/scenario.md` is written from this table, and a test compares it with what the reader asks for.
"""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """One key: in which table, what value, what it is when left out, what it means."""

    table: str
    name: str
    takes: str
    default: str
    meaning: str


#: Left out of no file.
NEEDED = "needed"

KEYS: tuple[Key, ...] = (
    Key("", "name", "a text", NEEDED, "What the report is called."),
    Key("", "question", "a text", NEEDED, "What somebody wants to know, in plain words; stands above the report."),
    Key("", "sources", "a list of texts", NEEDED, "Where the figures of this file come from."),
    Key(
        "", "region", "a name", NEEDED, "A region: its file beside this one, in `regions/` beside it, or in `regions/`."
    ),
    Key("", "reach_min", "minutes", "12", "The drive with signals within which a person counts as covered."),
    Key("period", "start", "a date", NEEDED, "The first day that is counted, by the region's wall clock."),
    Key("period", "days", "1 to 366", NEEDED, "How many days are counted."),
    Key("period", "warm_up_hours", "0 to 168", "24", "What is simulated before it and not counted: it begins empty."),
    Key("demand", "from", "rates, log", "rates", "Drawn with the rates of the region's file, or replayed from a log."),
    Key("demand", "log", "a file", "none", 'With `from = "log"`: a log as Parquet, or a timeline as text.'),
    Key(
        "demand", "factor", "0 to 10", "1", "All demand against that of the region's file. A log can only get smaller."
    ),
    Key("demand", "per_municipality", "a table", "none", "Municipalities with a factor of their own, on top of it."),
    Key("demand.redirect", "care", "a kind of care", NEEDED, "Whose requests go elsewhere."),
    Key("demand.redirect", "urgency", "urgencies", NEEDED, "Of which urgencies."),
    Key("demand.redirect", "share", "0 to 1", NEEDED, "How many of them. Who, is drawn once for all variants."),
    Key("demand.redirect", "to", "a kind of care", NEEDED, "What they get instead."),
    Key("demand.redirect", "becomes", "an urgency", "the same", "The urgency that they have from then on."),
    Key("policy", "relocation", "go_home, dmexclp, compliance_table", "go_home", "Where a unit waits that is free."),
    Key("policy", "busy", "0 to 0.99", "needed with dmexclp", "The share of time that a unit is expected to be busy."),
    Key("policy", "table", "a list of tables", "needed with compliance_table", "Per number of free units: stations."),
    Key("policy", "a0_preemption", "true, false", "false", "Whether an A0 takes a unit on its way to somebody else."),
    Key(
        "policy",
        "shift_margin_min",
        "minutes",
        "15",
        "What must be left of a shift when a unit is there; else it is not sent.",
    ),
    Key("fleet", "remove", "callsigns", "none", "Units that are not there."),
    Key("fleet", "close_seh", "places", "none", "Emergency departments that take nobody in the whole period."),
    Key("fleet.station", "id", "a name", NEEDED, "A new station: its name in this file."),
    Key("fleet.station", "name", "a text", NEEDED, "Its name for people."),
    Key("fleet.station", "organisation", "a partner", NEEDED, "Whose it is."),
    Key("fleet.station", "lat", "degrees", NEEDED, "Where it is; it stands in the nearest zone."),
    Key("fleet.station", "lon", "degrees", NEEDED, "Idem."),
    Key("fleet.add", "kind", "a kind of unit", NEEDED, "Units more: of which kind."),
    Key("fleet.add", "station", "a station", NEEDED, "Where they are at home."),
    Key("fleet.add", "number", "1 to 50", "1", "How many."),
    Key("fleet.add", "hours", "a list of hours", "or `like`", 'When they are on duty, such as "workdays 07:00-15:00".'),
    Key("fleet.add", "like", "a callsign", "or `hours`", "On duty when this unit is."),
    Key("fleet.move", "units", "callsigns", NEEDED, "Units with another home."),
    Key("fleet.move", "to", "a station", NEEDED, "Where they are at home."),
    Key("fleet.roster", "units", "callsigns", NEEDED, "Units with other hours."),
    Key("fleet.roster", "hours", "a list of hours", "or `like`", "When they are on duty."),
    Key("fleet.roster", "like", "a callsign", "or `hours`", "On duty when this unit is."),
    Key("variant", "id", "a name", NEEDED, "A short name for tables; `base` is taken."),
    Key("variant", "name", "a text", NEEDED, "Its name for people."),
    Key(
        "variant",
        "demand",
        "a table",
        "as the base",
        "`factor`, `per_municipality`, `redirect`; each replaces the base's.",
    ),
    Key("variant", "policy", "a table", "as the base", "As `policy`; what it leaves out is as in the base."),
    Key("variant", "fleet", "a table", "as the base", "As `fleet`; comes on top of that of the base."),
    Key("runs", "method", "replications, batches", "replications", "Independent runs, or one long run cut up."),
    Key("runs", "number", "2 to 10000", "20", "How many replications at first, or how many batches."),
    Key("runs", "seed", "a whole number", "1", "The same seed gives the same patients."),
    Key("runs", "confidence", "0.5 to 0.999", "0.95", "Of the intervals."),
    Key("runs.precision", "indicator", "an indicator", NEEDED, "Go on until each difference with the base is known."),
    Key("runs.precision", "group", "a class, care or kind", NEEDED, "For whom, such as A1."),
    Key("runs.precision", "half_width", "above 0", NEEDED, "This well: points of per cent, or minutes."),
    Key("runs.precision", "most", "replications", NEEDED, "And no longer than this."),
    Key("runs.best", "indicator", "an indicator", NEEDED, "Find the best variant by this figure."),
    Key("runs.best", "group", "a class, care or kind", NEEDED, "For whom."),
    Key(
        "runs.best",
        "indifference",
        "above 0",
        NEEDED,
        "A smaller gain does not matter: points of per cent, or minutes.",
    ),
    Key("runs.best", "most", "replications", NEEDED, "And no longer than this."),
)
