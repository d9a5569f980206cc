"""Reading what a region has agreed on and counts with: norms, mapping, routing, goals, demand, durations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from itertools import pairwise

from schakel.domain.reasons import RegionText
from schakel.domain.region.hours import WrongHours, read_minute
from schakel.domain.region.model import (
    NEXT_WORKING_DAY,
    Demand,
    Duration,
    Durations,
    Goal,
    HourlyWeights,
    NextWorkingDay,
    Norms,
    Routing,
    RoutingRule,
    UrgencyMapping,
)
from schakel.domain.region.sheet import Sheet
from schakel.domain.region.words import Direction
from schakel.domain.vocabulary import AmbulanceUrgency, Care, Complaint, EscalationLevel, Urgency


def read_norms(top: Sheet) -> Norms:
    """What the region has agreed on; a less urgent level never has a shorter time."""
    sheet = top.sheet("norms")
    urgent = {AmbulanceUrgency.A0, AmbulanceUrgency.A1, AmbulanceUrgency.A2}
    response, classes = sheet.per("response_min", AmbulanceUrgency, urgent)
    waiting, urgencies = sheet.per("waiting_min", Urgency)
    reassess, _ = sheet.per("reassess_min", Urgency)
    reply, cares = sheet.per("reply_s", Care, set(Care) - {Care.ADVICE})
    escalation, levels = sheet.per("escalation_min", EscalationLevel)
    norms = Norms(
        response_ms={code: response.minutes(str(code)) for code in classes},
        response_share=sheet.number("response_share", 0, 1),
        waiting_ms={code: _wait(waiting, code) for code in urgencies},
        working_day_ends=_minute(sheet, "working_day_ends"),
        reassess_ms={code: reassess.minutes(str(code)) for code in urgencies},
        reply_ms={code: reply.seconds(str(code)) for code in cares},
        escalation_ms={code: escalation.minutes(str(code)) for code in levels},
        takeover_grace_ms=sheet.seconds("takeover_grace_s"),
        stale_claim_ms=sheet.seconds("stale_claim_s"),
        position_shelf_life_ms=sheet.seconds("position_shelf_life_s"),
    )
    sheet.done()
    _never_shorter(waiting, [(code, norms.waiting_ms[code]) for code in urgencies])
    _never_shorter(reassess, [(code, norms.reassess_ms[code]) for code in urgencies])
    _never_shorter(response, [(code, norms.response_ms[code]) for code in classes])
    return norms


def _wait(sheet: Sheet, urgency: Urgency) -> int | NextWorkingDay:
    if sheet.table.get(str(urgency)) == NEXT_WORKING_DAY.value:
        return NEXT_WORKING_DAY
    return sheet.minutes(str(urgency))


def _minute(sheet: Sheet, name: str) -> int:
    try:
        return read_minute(sheet.text(name))
    except WrongHours as wrong:
        sheet.note(name, wrong.expected, wrong.came)
        return 0


def read_urgency_mapping(top: Sheet, organisations: Collection[str]) -> UrgencyMapping:
    """Which ambulance class each urgency becomes; a less urgent level never becomes a more urgent class."""
    sheet = top.sheet("urgency_mapping")
    to, urgencies = sheet.per("to", Urgency)
    mapping = UrgencyMapping(
        owner=sheet.reference("owner", organisations, "an organisation"),
        valid_from=sheet.day("valid_from"),
        to={urgency: to.code(str(urgency), AmbulanceUrgency) for urgency in urgencies},
    )
    sheet.done()
    classes = list(AmbulanceUrgency)
    for above, below in pairwise(urgencies if to.is_clean() else []):
        higher, lower = mapping.to[above], mapping.to[below]
        if classes.index(higher) > classes.index(lower):
            to.note(str(below), f"nothing more urgent than {higher}, which {above} becomes", str(lower))
    return mapping


def read_routing(top: Sheet, organisations: Collection[str]) -> Routing:
    """Which kinds of care fit; every urgency has a rule to fall back on."""
    sheet = top.sheet("routing")
    routing = Routing(
        owner=sheet.reference("owner", organisations, "an organisation"),
        version=sheet.text("version"),
        valid_from=sheet.day("valid_from"),
        validated=sheet.yes_or_no("validated"),
        rules=tuple(_rules(sheet)),
    )
    sheet.done()
    return routing


def _rules(routing: Sheet) -> list[RoutingRule]:
    taken: set[str] = set()
    answered: Counter[tuple[Urgency, Complaint | None]] = Counter()
    rules = []
    for sheet in routing.sheets("rule"):
        rule = RoutingRule(
            id=sheet.identity("id", taken),
            urgencies=frozenset(sheet.codes("urgency", Urgency)),
            complaints=frozenset(sheet.codes("complaint", Complaint) if sheet.has("complaint") else ()),
            care=sheet.codes("care", Care),
            reason=RegionText(sheet.text("reason"), english=sheet.text("reason_en")),
        )
        for name, values in (("urgency", rule.urgencies), ("care", rule.care)):
            if not values:
                sheet.note(name, "at least one code", "none")
        for urgency in sorted(rule.urgencies, key=lambda one: one.rank):
            for complaint in rule.complaints or {None}:
                answered[urgency, complaint] += 1
                if answered[urgency, complaint] == 2:
                    about = f"{urgency} with {complaint}" if complaint else f"{urgency} without a complaint"
                    sheet.note("urgency", "one rule for each urgency and complaint", f"a second rule for {about}")
        rules.append(rule)
    for urgency in Urgency:
        if rules and not answered[urgency, None]:
            routing.note("rule", f"a rule without complaints for {urgency}, to fall back on", "none")
    return rules


def read_goals(top: Sheet, organisations: Collection[str]) -> tuple[Goal, ...]:
    """What the region wants to reach."""
    taken: set[str] = set()
    return tuple(
        Goal(
            id=sheet.identity("id", taken),
            name=sheet.text("name"),
            direction=sheet.code("direction", Direction),
            target=sheet.number("target", None),
            unit=sheet.text("unit"),
            owner=sheet.reference("owner", organisations, "an organisation"),
        )
        for sheet in top.sheets("goal")
    )


def read_demand(top: Sheet) -> Demand:
    """How much care is asked for."""
    sheet = top.sheet("demand")
    ambulance, classes = sheet.per("ambulance_per_year", AmbulanceUrgency)
    demand = Demand(
        ambulance_per_year={code: ambulance.whole(str(code)) for code in classes},
        no_transport_share=sheet.number("no_transport_share", 0, 1),
        hap_per_year=sheet.whole("hap_per_year"),
        hap_consult_share=sheet.number("hap_consult_share", 0, 1),
        hap_advice_share=sheet.number("hap_advice_share", 0, 1),
        hap_visit_share=sheet.number("hap_visit_share", 0, 1),
        hap_urgency_share=_shares(sheet, "hap_urgency_share"),
        crisis_per_year=sheet.whole("crisis_per_year"),
        crisis_urgency_share=_shares(sheet, "crisis_urgency_share"),
        district_nurse_per_year=sheet.whole("district_nurse_per_year"),
        urgent_hours=_weights(sheet, "urgent_hours"),
        planned_hours=_weights(sheet, "planned_hours"),
        hap_hours=_weights(sheet, "hap_hours"),
        crisis_hours=_weights(sheet, "crisis_hours"),
    )
    sheet.done()
    by_kind = [demand.hap_consult_share, demand.hap_advice_share, demand.hap_visit_share]
    if sheet.is_clean(".hap_"):
        _adds_to_one(sheet, "hap_consult_share", "with hap_advice_share and hap_visit_share ", by_kind)
    return demand


def _shares(sheet: Sheet, name: str) -> Mapping[Urgency, float]:
    part, urgencies = sheet.per(name, Urgency)
    shares = {urgency: part.number(str(urgency), 0, 1) for urgency in urgencies}
    if part.table and part.is_clean():
        _adds_to_one(sheet, name, "", list(shares.values()))
    return shares


def _weights(sheet: Sheet, name: str) -> HourlyWeights:
    part = sheet.sheet(name)
    weights = HourlyWeights(part.weights("weekday"), part.weights("weekend"))
    part.done()
    return weights


def read_durations(top: Sheet) -> Durations:
    """How long each step takes."""
    sheet = top.sheet("durations")

    def duration(name: str) -> Duration:
        part = sheet.sheet(name)
        found = Duration(part.minutes("median_min"), part.number("sigma", 0, 3))
        part.done()
        return found

    durations = Durations(**{field.name: duration(field.name) for field in fields(Durations)})
    sheet.done()
    return durations


def _never_shorter(
    sheet: Sheet, times: Sequence[tuple[Urgency, int | NextWorkingDay]] | Sequence[tuple[AmbulanceUrgency, int]]
) -> None:
    """Note where a less urgent level has a shorter time than the one above it."""
    for (above, longer), (below, shorter) in pairwise(times if sheet.is_clean() else []):
        if isinstance(longer, int) and isinstance(shorter, int) and shorter < longer:
            sheet.wrong(str(below), f"no less than {above} has", sheet.table.get(str(below)))
        if isinstance(longer, NextWorkingDay) and isinstance(shorter, int):
            sheet.wrong(str(below), f"no less than {above} has", sheet.table.get(str(below)))


def _adds_to_one(sheet: Sheet, name: str, beside: str, shares: Sequence[float]) -> None:
    if abs(sum(shares) - 1) > 0.001:
        sheet.note(name, f"shares that {beside}add up to 1", f"{sum(shares):g}")
