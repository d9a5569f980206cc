"""Every edge and every non-edge of every life cycle, and who may record each event."""

from __future__ import annotations

import ast
import inspect
from dataclasses import fields, replace

import pytest

from chronicle import an_event
from schakel.domain import access, authority, life_cycles
from schakel.domain import events as e
from schakel.domain.authority import BY_CLOCK, MAY, MAY_OF_ITS_OWN
from schakel.domain.events import EVENTS, FACTS, Subject
from schakel.domain.life_cycles import LIFE_CYCLES, REPORTS, evolve, subjects_of, why_not, why_not_correct
from schakel.domain.states import STATES, DeploymentState, DeploymentStatus, RequestState, RequestStatus
from schakel.domain.vocabulary import Role, Term

STATUSES: dict[Subject, list[Term]] = {subject: list(type(state().status)) for subject, state in STATES.items()}

EVERY_PAIR = [
    pytest.param(subject, status, kind, id=f"{subject.value}-{status.value}-{kind.__name__}")
    for subject, table in LIFE_CYCLES.items()
    for status in STATUSES[subject]
    for kind in table
]
LATE = [case for case in EVERY_PAIR if case.values[1] in LIFE_CYCLES[case.values[0]][case.values[2]].late]


def _in(subject: Subject, status: Term):
    """A state with this status, with some of everything that can be counted."""
    state = replace(STATES[subject](), status=status)
    counted = {name: 2 for step in LIFE_CYCLES[subject].values() for name in step.counts}
    return replace(state, **counted)


@pytest.mark.parametrize(("subject", "status", "kind"), EVERY_PAIR)
def test_an_event_is_refused_exactly_where_the_table_has_no_edge(subject, status, kind):
    step = LIFE_CYCLES[subject][kind]
    reason = why_not(_in(subject, status), subject, kind)
    if status in step.frm or status in step.late:
        assert reason is None
    else:
        assert str(reason).endswith(".") and status.label in str(reason)


@pytest.mark.parametrize(("subject", "status", "kind"), EVERY_PAIR)
def test_an_event_leads_to_the_status_of_the_table_and_keeps_what_it_says(subject, status, kind):
    step = LIFE_CYCLES[subject][kind]
    before, event = _in(subject, status), an_event(kind)
    after = evolve(before, subject, event)
    assert after.status is (status if step.to is None or status in step.late else step.to)
    for name in step.stamps:
        assert getattr(after, name) == event.at
    for name, fact in step.keeps.items():
        assert getattr(after, name) == getattr(event, fact)
    for name, by in step.counts.items():
        assert getattr(after, name) == getattr(before, name) + by
    said = {f.name for f in fields(kind)} & set(FACTS) if kind.home is subject else set()
    corrected = {REPORTS[e.BY_KIND[event.report]]} if kind is e.ReportCorrected else set()
    touched = {"status", *step.stamps, *step.keeps, *step.sets, *step.counts, *said, *corrected}
    for field in fields(after):
        if field.name in said and field.name not in step.sets and field.name not in step.keeps:
            assert getattr(after, field.name) == getattr(event, field.name)
        if field.name not in touched:
            assert getattr(after, field.name) == getattr(before, field.name), f"{kind.__name__} changed {field.name}"


@pytest.mark.parametrize(("subject", "status", "kind"), LATE)
def test_a_late_report_fills_its_time_and_leaves_the_status(subject, status, kind):
    after = evolve(_in(subject, status), subject, an_event(kind))
    assert after.status is status
    assert all(getattr(after, name) is not None for name in LIFE_CYCLES[subject][kind].stamps)


@pytest.mark.parametrize(("subject", "status", "kind"), [case for case in LATE if case.values[2] in REPORTS])
def test_a_second_late_report_is_refused_and_points_to_the_correction(subject, status, kind):
    after = evolve(_in(subject, status), subject, an_event(kind))
    assert "correct the time" in str(why_not(after, subject, kind))
    assert why_not_correct(after, kind) is None


@pytest.mark.parametrize("kind", REPORTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("status", DeploymentStatus, ids=lambda status: status.value)
def test_only_what_was_reported_can_be_corrected(kind, status):
    state = DeploymentState(status=status)
    reason = why_not_correct(state, kind)
    assert reason is not None and str(reason).endswith(".")
    told = replace(state, **{REPORTS[kind]: 1})
    open_to_it = status in LIFE_CYCLES[Subject.DEPLOYMENT][e.ReportCorrected].frm
    assert (why_not_correct(told, kind) is None) == open_to_it


def test_the_first_report_of_each_kind_is_never_refused_as_a_second():
    for kind, stamp in REPORTS.items():
        for status in LIFE_CYCLES[Subject.DEPLOYMENT][kind].frm:
            reported = replace(DeploymentState(status=status), **{stamp: 1})
            first = DeploymentState(status=status)
            assert why_not(first, Subject.DEPLOYMENT, kind) is None
            assert why_not(reported, Subject.DEPLOYMENT, kind) is None or status in (
                LIFE_CYCLES[Subject.DEPLOYMENT][kind].late
            )


@pytest.mark.parametrize("subject", STATES, ids=lambda subject: subject.value)
def test_every_status_can_be_reached(subject):
    reached = {STATES[subject]().status}
    while True:
        more = {
            step.leads_to(status)
            for step in LIFE_CYCLES[subject].values()
            for status in reached & (step.frm | step.late)
        }
        if more <= reached:
            break
        reached |= more
    assert reached == set(STATUSES[subject])


@pytest.mark.parametrize("subject", STATES, ids=lambda subject: subject.value)
def test_nothing_leads_back_to_nothing_recorded_yet(subject):
    start = STATES[subject]().status
    if start.value in ("new", "silent"):
        assert all(step.to is not start for step in LIFE_CYCLES[subject].values())


def test_every_step_is_of_the_statuses_of_its_own_subject():
    for subject, table in LIFE_CYCLES.items():
        for kind, step in table.items():
            used = step.frm | step.late | ({step.to} if step.to else set())
            assert used <= set(STATUSES[subject]), kind.__name__
            assert not step.frm & step.late, f"{kind.__name__}: a status is early or late, not both"
            assert step.frm, f"{kind.__name__} can come from somewhere"


def test_an_ended_status_has_no_way_out_but_reopening():
    for status in (RequestStatus.CLOSED, RequestStatus.MERGED):
        ways = {kind for kind, step in life_cycles.REQUEST.items() if status in step.frm and step.to}
        assert ways == ({e.Reopened} if status is RequestStatus.CLOSED else set())
    for status in (DeploymentStatus.CLEARED, DeploymentStatus.CANCELLED, DeploymentStatus.PREEMPTED):
        assert not [kind for kind, step in life_cycles.DEPLOYMENT.items() if status in step.frm and step.to]


def test_no_event_takes_the_owner_away():
    for kind, step in life_cycles.REQUEST.items():
        assert "owner" not in step.sets, kind.__name__
        if "owner" in {field.name for field in fields(kind)}:
            assert evolve(RequestState(), Subject.REQUEST, an_event(kind)).owner is not None


def test_the_rows_of_an_event_come_in_the_order_in_which_they_are_locked():
    order = list(Subject)
    for kind in EVENTS:
        touched = [subject for subject, _ in subjects_of(an_event(kind))]
        assert touched == sorted(touched, key=order.index)


def test_an_offer_to_a_place_steps_no_unit():
    event = an_event(e.Offered, unit=None, place=4)
    assert Subject.UNIT not in dict(subjects_of(event))


def test_states_are_never_compared_by_number():
    """A status is one word of a closed list. Ordering them would put a rule where no table shows it."""
    for module in (life_cycles, access, authority):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Compare) and any(
                isinstance(o, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for o in node.ops
            ):
                assert "status" not in ast.unparse(node), ast.unparse(node)
    for status in (s for statuses in STATUSES.values() for s in statuses):
        with pytest.raises(TypeError):
            status < status  # noqa: B015


# ---------------------------------------------------------------- who may


def test_every_event_of_a_request_says_who_may_record_it_or_that_only_the_clock_does():
    of_requests = {kind for kind in EVENTS if "request" in {field.name for field in fields(kind)}}
    assert of_requests == set(MAY) | BY_CLOCK
    assert not set(MAY) & BY_CLOCK


def test_every_event_of_a_unit_or_place_says_who_may_record_it():
    of_its_own = {kind for kind in EVENTS if "request" not in {field.name for field in fields(kind)}}
    assert of_its_own == set(MAY_OF_ITS_OWN)


def test_no_rule_of_authority_or_access_is_for_nobody():
    for ways in MAY.values():
        assert all(way.roles and way.phases for way in ways)
    for rule in access.RULES:
        assert rule.roles and rule.phases and rule.categories


def test_who_may_record_something_of_a_request_sees_at_least_its_logistics():
    for kind, ways in MAY.items():
        for way in ways:
            for role in way.roles:
                seen = {
                    (relation, phase)
                    for relation, phases in access.rules_for(role, access.Category.LOGISTICS)
                    for phase in phases
                }
                for phase in way.phases:
                    assert (way.relation, phase) in seen, f"{role.value} records {kind.__name__} without seeing it"


def test_an_administrator_and_a_privacy_officer_have_no_part_in_care():
    for role in (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER):
        assert all(role not in way.roles for ways in MAY.values() for way in ways)
        assert all(role not in rule.roles for rule in access.RULES)


@pytest.mark.parametrize("kind", sorted(BY_CLOCK, key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__)
def test_nobody_records_what_only_the_clock_records(kind):
    everybody = access.Viewer(1, frozenset(access.Seat(1, role) for role in Role))
    ties = access.Ties(owner=1, owner_offered=1, status=RequestStatus.TRIAGED, closed_at=None)
    assert str(authority.why_not_do(everybody, kind, ties, 0)).endswith(".")
