"""The words of the field hold together: codes, events, facts, states and journal columns use one set of names."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from schakel.domain import access, events, states, vocabulary
from schakel.domain.events import BY_KIND, EVENTS, FACTS, SUBJECTS, Event
from schakel.domain.life_cycles import LIFE_CYCLES
from schakel.domain.states import STATES
from schakel.domain.vocabulary import Term, Urgency
from schakel.operations.journal import COLUMNS
from schakel.operations.models import ROWS, JournalEntry

TERMS = [
    found
    for module in (vocabulary, states, access)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Term) and found is not Term and found.__module__ == module.__name__
]

#: What the journal knows of every event, beside the subjects and the facts.
ABOUT_THE_LINE = {"seq", "kind", "at", "recorded_at", "by", "organisation", "cause"}


@pytest.mark.parametrize("terms", TERMS, ids=lambda terms: terms.__name__)
def test_every_code_is_a_short_plain_word_and_stands_once(terms):
    codes = [term.value for term in terms]
    assert len(set(codes)) == len(terms.__members__), "two members with one code are one member"
    for code in codes:
        assert re.fullmatch(r"[a-z][a-z0-9_]*|[A-Z][0-9]", code), code
        assert len(code) <= 32, code


@pytest.mark.parametrize("terms", TERMS, ids=lambda terms: terms.__name__)
def test_every_code_has_a_label_of_its_own_to_translate(terms):
    labels = [term.label for term in terms]
    assert all(label.strip() == label and label for label in labels)
    assert len(set(labels)) == len(labels), "two codes with one label cannot be told apart on a screen"


def test_urgencies_rank_from_u0_to_u5():
    assert [urgency.rank for urgency in Urgency] == [0, 1, 2, 3, 4, 5]
    for one in Urgency:
        for other in Urgency:
            assert one.is_above(other) == (one.rank < other.rank)


def test_the_closed_list_holds_every_event_of_its_module_once():
    declared = {
        found
        for found in vars(events).values()
        if isinstance(found, type) and issubclass(found, Event) and found.__module__ == events.__name__
    }
    families = {Event, *Event.__subclasses__()}
    assert set(EVENTS) == declared - families
    assert len(set(EVENTS)) == len(EVENTS)
    assert len(BY_KIND) == len(EVENTS), "a kind is a name of one event"


def test_the_journal_has_a_column_for_every_fact_and_no_other():
    columns = {field.name for field in JournalEntry._meta.get_fields()}
    assert columns == ABOUT_THE_LINE | set(SUBJECTS) | set(FACTS)
    assert set(COLUMNS) == columns
    assert len(set(COLUMNS)) == len(COLUMNS)


def test_no_fact_has_the_name_of_what_the_journal_knows_of_the_line_itself():
    assert not ABOUT_THE_LINE & (set(FACTS) | set(SUBJECTS))


def test_the_kind_of_every_event_and_report_fits_its_column():
    for event in EVENTS:
        assert len(event.__name__) <= JournalEntry._meta.get_field("kind").max_length
        assert len(event.__name__) <= JournalEntry._meta.get_field("report").max_length


@pytest.mark.parametrize("subject", STATES, ids=lambda subject: subject.value)
def test_every_field_of_a_state_is_established_by_an_event(subject):
    established = {"status"}
    for kind, step in LIFE_CYCLES[subject].items():
        if kind.home is subject:
            established |= {field.name for field in fields(kind)} & set(FACTS)
        established |= {*step.stamps, *step.keeps, *step.sets, *step.counts}
    known = {field.name for field in fields(STATES[subject])}
    assert known <= established, f"nothing ever says {known - established}"


@pytest.mark.parametrize("subject", STATES, ids=lambda subject: subject.value)
def test_a_step_writes_only_what_the_state_has(subject):
    known = {field.name for field in fields(STATES[subject])}
    for kind, step in LIFE_CYCLES[subject].items():
        assert {*step.stamps, *step.keeps, *step.sets, *step.counts} <= known, kind.__name__
        assert set(step.keeps.values()) <= {field.name for field in fields(kind)}, kind.__name__


@pytest.mark.parametrize("subject", STATES, ids=lambda subject: subject.value)
def test_a_row_has_a_column_for_every_field_of_its_state(subject):
    columns = {field.name for field in ROWS[subject]._meta.get_fields()}
    assert {field.name for field in fields(STATES[subject])} <= columns


@pytest.mark.parametrize("subject", STATES, ids=lambda subject: subject.value)
def test_a_new_row_is_the_state_of_an_empty_history(subject):
    assert ROWS[subject]().state == STATES[subject]()


def test_every_event_steps_the_subject_it_is_at_home_with():
    for event in EVENTS:
        assert event in LIFE_CYCLES[event.home], event.__name__


def test_every_event_that_steps_a_subject_names_its_key():
    for subject, table in LIFE_CYCLES.items():
        for event in table:
            assert subject.value in {field.name for field in fields(event)}, f"{event.__name__} of a {subject.value}"
