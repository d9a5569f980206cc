"""Generated histories: folding is a plain function of the log, and the journal gives back what it was given."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronicle import any_event, legal_histories
from schakel.domain import events as e
from schakel.domain.events import EVENTS, FACTS, SUBJECTS, Subject, facts
from schakel.domain.life_cycles import LIFE_CYCLES, REPORTS, evolve, fold, why_not
from schakel.domain.states import STATES, RequestStatus
from schakel.operations import journal

SUBJECT = pytest.mark.parametrize("subject", STATES, ids=lambda subject: subject.value)
KIND = pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
quickly = settings(max_examples=60, deadline=None)


@SUBJECT
@quickly
@given(data=st.data())
def test_a_history_may_be_split_anywhere(subject, data):
    history = data.draw(legal_histories(subject))
    cut = data.draw(st.integers(0, len(history)))
    state = fold(subject, history[:cut])
    for event in history[cut:]:
        state = evolve(state, subject, event)
    assert state == fold(subject, history) == fold(subject, iter(history))


@SUBJECT
@quickly
@given(data=st.data())
def test_no_count_is_ever_below_zero(subject, data):
    state = STATES[subject]()
    counted = {name for step in LIFE_CYCLES[subject].values() for name in step.counts}
    for event in data.draw(legal_histories(subject)):
        state = evolve(state, subject, event)
        assert all(getattr(state, name) >= 0 for name in counted)


@quickly
@given(legal_histories(Subject.REQUEST))
def test_a_request_has_an_owner_from_its_first_event(history):
    state = STATES[Subject.REQUEST]()
    for event in history:
        state = evolve(state, Subject.REQUEST, event)
        assert state.owner is not None and state.status is not RequestStatus.NEW


@quickly
@given(legal_histories(Subject.DEPLOYMENT))
def test_every_report_of_a_crew_is_kept_once_whatever_the_order(history):
    told = [type(event) for event in history]
    state = fold(Subject.DEPLOYMENT, history)
    for report, stamp in REPORTS.items():
        assert told.count(report) <= 1
        if report is not e.Cleared:  # an ended job has its end from a cancellation, too
            assert (getattr(state, stamp) is not None) == (report in told)


@quickly
@given(legal_histories(Subject.DEPLOYMENT))
def test_a_corrected_time_is_the_last_one_given(history):
    state = fold(Subject.DEPLOYMENT, history)
    for report, stamp in REPORTS.items():
        times = [
            event.at
            for event in history
            if type(event) is report or (isinstance(event, e.ReportCorrected) and event.report == report.__name__)
        ]
        if times and not (report is e.Cleared and type(history[-1]) in (e.Cancelled, e.Preempted)):
            assert getattr(state, stamp) == times[-1]


@KIND
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_journal_gives_back_the_event_it_was_given(kind, data):
    event = data.draw(any_event(kind))
    line = (1, kind.__name__, event.at, 2, None, None, None, *journal._values(event))
    assert journal.read(line) == journal.Recorded(1, event, 2, None, None, None)


@KIND
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_the_facts_of_an_event_are_its_fields_without_time_and_subjects(kind, data):
    event = data.draw(any_event(kind))
    assert set(facts(event)) == {field.name for field in fields(kind)} - {"at", *SUBJECTS}
    assert set(facts(event)) <= set(FACTS)


@SUBJECT
@quickly
@given(data=st.data())
def test_asking_changes_nothing_and_answers_the_same_twice(subject, data):
    state = fold(subject, data.draw(legal_histories(subject)))
    answers = [{kind: why_not(state, subject, kind) for kind in LIFE_CYCLES[subject]} for _ in range(2)]
    assert answers[0] == answers[1]
