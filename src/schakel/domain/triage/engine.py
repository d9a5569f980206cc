"""One evaluation: from facts to an urgency, or to *incomplete* with the questions that can still change it.

Four rules, in this order of thought:

1. The urgency is the **most urgent of everything found**: rules that fire, scores and limits that are passed. There is
   no order of rows. A finding can therefore never lower what another has raised.
2. An answer that was **not given is nothing**: it fires no rule and is not a no. While an answer that is still open
   could raise the urgency, the outcome is *incomplete*: `urgency` is None, and `at_least` says what is found so far.
3. **Unknown is an answer**, with an urgency of its own, never a no.
4. When nothing that is open can raise it any more, the outcome is **certain** and the questions stop.

The order of the questions is worked out, not written down: only those that can still change the outcome, those that
could raise it most first; then airway before breathing before circulation, then what takes the fewest answers more.
"""

from __future__ import annotations

from dataclasses import dataclass

from schakel.domain.reasons import gettext_noop as _
from schakel.domain.triage.patient import NOTHING_MEASURED, Facts, Patient
from schakel.domain.triage.plan import NOTHING, Plan, plan
from schakel.domain.triage.protocol import EVERYBODY, CareRow, Limit, Protocol, Rule, Score
from schakel.domain.triage.scores import Scored, passed, scored
from schakel.domain.triage.words import Answer, Fact, Measure, Setting
from schakel.domain.vocabulary import Term, Urgency

URGENCIES = tuple(Urgency)


class Wanted(Term):
    """What else than an answer would be needed, before anything else is asked."""

    COMPLAINT = "complaint", _("an entry complaint")
    OTHER_COMPLAINT = "other_complaint", _("an entry complaint that is for this patient")


@dataclass(frozen=True, slots=True)
class Fired:
    """Something that was found, with the urgency it gives and the answers that gave it.

    by: YES when enough was answered yes, UNKNOWN when it took answers that are not known; None for measurements.
    """

    what: Rule | Score | Limit
    urgency: Urgency
    by: Answer | None
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one evaluation amounts to. `urgency` is None exactly when the outcome is incomplete.

    at_least: the most urgent of what is found so far; None when nothing is. could_be: what it could still become.
    open: the questions that can still change the outcome, the next one first. unknown: answered so.
    set_aside: answered, but not meant for this patient by what is known now, so that they count for nothing.
    unknown_facts: what is not known of the patient and would exclude questions; asking it first saves asking those.
    not_measured: what the scores and limits for this patient ask for and nobody measured; named as soon as somebody is
    with the patient or anything was measured, and not over the telephone, where nothing can be.
    care: the row of fitting care for the urgency; None while incomplete.
    """

    fingerprint: str
    urgency: Urgency | None
    at_least: Urgency | None
    could_be: Urgency | None
    fired: tuple[Fired, ...]
    open: tuple[str, ...]
    unknown: tuple[str, ...]
    set_aside: tuple[str, ...]
    wanted: Wanted | None
    unknown_facts: tuple[Fact, ...]
    scores: tuple[Scored, ...]
    not_measured: tuple[Measure, ...]
    care: CareRow | None

    @property
    def is_complete(self) -> bool:
        """Whether the urgency is certain: nothing that is open can change it."""
        return self.urgency is not None

    @property
    def next_question(self) -> str | None:
        """The question to ask now, or None when none can change the outcome."""
        return self.open[0] if self.open else None


#: What can be the case with a question, for the arithmetic of the rules.
CLOSED, NO, UNKNOWN, YES, OPEN = range(5)
_STATE = {Answer.NO: NO, Answer.UNKNOWN: UNKNOWN, Answer.YES: YES}


def evaluate(protocol: Protocol, facts: Facts) -> Evaluation:
    """The urgency of a patient by a protocol, with everything that led to it and everything still open.

    Raises KeyError for a complaint that the protocol does not have. An answer to a question that is not part of these
    complaints is left alone: it belongs to another complaint of the same patient.
    """
    made = plan(protocol, facts.complaints)
    states, unknown, set_aside = _states(made, facts)
    fired, possible = _fired(made, states, facts)
    measured = facts.setting is Setting.PHYSICAL or facts.vitals != NOTHING_MEASURED
    scores = scored(protocol, facts.patient, facts.vitals) if measured else ()
    fired += [Fired(one.score, one.raised.to, None) for one in scores if one.raised is not None]
    if measured:
        fired += [Fired(one.limit, one.limit.to, None) for one in passed(protocol, facts.patient, facts.vitals)]

    found = min((one.urgency.rank for one in fired), default=NOTHING)
    floor = min(found, made.baseline)
    to_ask, best = _open(made, states, possible, floor)
    wanted = _wanted(made, facts) if floor > 0 else None
    certain = not to_ask and wanted is None
    urgency = URGENCIES[floor] if certain else None
    return Evaluation(
        fingerprint=protocol.fingerprint,
        urgency=urgency,
        at_least=URGENCIES[floor if certain else found] if certain or found < NOTHING else None,
        could_be=URGENCIES[0] if wanted else URGENCIES[min(best, floor)],
        fired=tuple(sorted(fired, key=lambda one: one.urgency.rank)),
        open=tuple(made.questions[one].id for one in to_ask),
        unknown=tuple(unknown),
        set_aside=tuple(set_aside),
        wanted=wanted,
        unknown_facts=_unknown_facts(protocol, made, facts.patient, measured),
        scores=scores,
        not_measured=_not_measured(protocol, facts, scores) if measured else (),
        care=_care(protocol, made, urgency),
    )


def _states(made: Plan, facts: Facts) -> tuple[list[int], list[str], list[str]]:
    """Of each question: what was answered, or whether it is open, or closed because it is not put to this patient."""
    states: list[int] = []
    unknown: list[str] = []
    set_aside: list[str] = []
    for question in made.questions:
        given = facts.answers.get(question.id)
        excluded = question.whom is not EVERYBODY and question.whom.excludes(facts.patient)
        if given is None:
            closed = excluded or facts.setting not in question.settings
            states.append(CLOSED if closed else OPEN)
        elif excluded:
            set_aside.append(question.id)
            states.append(CLOSED)
        else:
            states.append(_STATE[given.answer])
            if given.answer is Answer.UNKNOWN:
                unknown.append(question.id)
    return states, unknown, set_aside


def _fired(made: Plan, states: list[int], facts: Facts) -> tuple[list[Fired], list[tuple[int, int, int]]]:
    """The rules that fire; and of those that still could, or more urgently: place, best rank, answers needed."""
    fired: list[Fired] = []
    possible: list[tuple[int, int, int]] = []
    for at, rule in enumerate(made.rules):
        if rule.whom is not EVERYBODY and rule.whom.excludes(facts.patient):
            continue
        yes = unsure = waiting = 0
        for one in made.of[at]:
            state = states[one]
            if state == YES:
                yes += 1
            elif state == UNKNOWN:
                unsure += 1
            elif state == OPEN:
                waiting += 1
        enough = rule.at_least
        if yes >= enough:
            fired.append(Fired(rule, rule.yes, Answer.YES, _gave(made, at, states, YES)))
            continue
        half = yes + unsure >= enough
        if half:
            fired.append(Fired(rule, rule.unknown, Answer.UNKNOWN, _gave(made, at, states, UNKNOWN)))
        if waiting:
            best = made.yes[at] if yes + waiting >= enough else NOTHING
            if not half and yes + unsure + waiting >= enough:
                best = min(best, made.unknown[at])
            if best < NOTHING:
                possible.append((at, best, enough - yes))
    return fired, possible


def _gave(made: Plan, at: int, states: list[int], least: int) -> tuple[str, ...]:
    """The answers that made a rule fire."""
    return tuple(made.questions[one].id for one in made.of[at] if least <= states[one] <= YES)


def _open(made: Plan, states: list[int], possible: list[tuple[int, int, int]], floor: int) -> tuple[list[int], int]:
    """The open questions that can raise above the floor, in the order of asking; and the most urgent they can reach."""
    keys: dict[int, tuple[int, int, int, int]] = {}
    for at, best, needed in possible:
        if best < floor:
            for one in made.of[at]:
                if states[one] == OPEN:
                    key = (best, made.section[one], needed, one)
                    if one not in keys or key < keys[one]:
                        keys[one] = key
    return sorted(keys, key=keys.__getitem__), min((key[0] for key in keys.values()), default=NOTHING)


def _wanted(made: Plan, facts: Facts) -> Wanted | None:
    if not made.complaints:
        return Wanted.COMPLAINT
    if any(one.whom.excludes(facts.patient) for one in made.complaints):
        return Wanted.OTHER_COMPLAINT
    return None


def _unknown_facts(protocol: Protocol, made: Plan, patient: Patient, measured: bool) -> tuple[Fact, ...]:
    """The facts that are not known and on which something depends that is not excluded already."""
    if patient.age_months is not None and patient.sex is not None and patient.pregnant is not None:
        return ()
    whoms = (*made.whoms, *(limit.whom for limit in protocol.limits)) if measured else made.whoms
    left = [whom for whom in whoms if not whom.excludes(patient)]
    found = []
    if patient.age_months is None and any(whom.ages != EVERYBODY.ages for whom in left):
        found.append(Fact.AGE)
    if patient.sex is None and any(whom.sex is not None for whom in left):
        found.append(Fact.SEX)
    if patient.pregnant is None and any(whom.pregnant for whom in left):
        found.append(Fact.PREGNANCY)
    return tuple(found)


def _not_measured(protocol: Protocol, facts: Facts, scores: tuple[Scored, ...]) -> tuple[Measure, ...]:
    """What the scores and limits for this patient ask for and was not measured, each once."""
    missing = {measure for one in scores for measure in one.not_measured}
    for limit in protocol.limits:
        if facts.vitals.value(limit.measure) is None and not limit.whom.excludes(facts.patient):
            missing.add(limit.measure)
    return tuple(measure for measure in Measure if measure in missing)


def _care(protocol: Protocol, made: Plan, urgency: Urgency | None) -> CareRow | None:
    """The row of care; of several complaints the soonest, and self-care only when every one of them allows it."""
    if urgency is None:
        return None
    rows = [protocol.care_for(urgency, one.id) for one in made.complaints] or [protocol.care_for(urgency, None)]
    return min((row for row in rows if row), key=lambda row: (row.self_care, row.within_min), default=None)
