"""Every column says how near it is to a person, and no event holds what somebody typed."""

from __future__ import annotations

import typing
from dataclasses import fields
from enum import Enum

import pytest
from django.apps import apps

from schakel.domain.access import Category
from schakel.domain.dossier import FIELDS
from schakel.domain.events import EVENTS
from schakel.domain.privacy import Privacy
from schakel.domain.states import STATES

#: The only columns that tell who a patient is or what a patient has.
OF_PATIENTS = {
    "operations.DossierEntry.value",
    "operations.DossierEntry.match",
    "operations.Handover.remark",
    "accounts.BrokenGlass.words",
    "accounts.BrokenGlass.verdict",
}

#: Facts that are text and not a term: a key of the region file, and the name of a kind of event.
PLAIN_WORDS = {"zone", "report"}

OURS = [model for model in apps.get_models() if model.__module__.startswith("schakel.")]


def _own_columns(model):
    return {field.name for field in model._meta.local_fields if not field.auto_created or field.primary_key}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_column_declares_how_near_it_is_to_a_person(model):
    declared = getattr(model, "privacy", {})
    assert set(declared) == _own_columns(model)
    assert all(isinstance(privacy, Privacy) for privacy in declared.values())


def test_only_these_columns_are_about_patients():
    found = {
        f"{model._meta.label}.{name}"
        for model in OURS
        for name, privacy in model.privacy.items()
        if privacy is Privacy.PATIENT
    }
    assert found == OF_PATIENTS


def test_free_text_stands_only_in_columns_about_patients():
    """A text column without a length is where people write; each of those is declared as what it is."""
    free = {
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.local_fields
        if field.get_internal_type() == "TextField"
    }
    assert free <= OF_PATIENTS


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_an_event_holds_only_keys_numbers_and_terms(event):
    hints = typing.get_type_hints(event)
    for field in fields(event):
        kinds = {
            kind for kind in (typing.get_args(hints[field.name]) or (hints[field.name],)) if kind is not type(None)
        }
        for kind in kinds:
            plain = kind in (int, bool, float) or (isinstance(kind, type) and issubclass(kind, Enum))
            assert plain or (kind is str and field.name in PLAIN_WORDS), f"{event.__name__}.{field.name} is {kind}"


@pytest.mark.parametrize("subject", STATES, ids=lambda subject: subject.value)
def test_a_state_holds_only_keys_numbers_and_terms(subject):
    for name, hint in typing.get_type_hints(STATES[subject]).items():
        kinds = set(typing.get_args(hint) or (hint,)) - {type(None)}
        for kind in kinds:
            plain = kind in (int, bool, float) or (isinstance(kind, type) and issubclass(kind, Enum))
            assert plain or (kind is str and name in PLAIN_WORDS), f"{subject.value}.{name} is {kind}"


def test_no_field_of_a_dossier_counts_as_logistics():
    """Logistics go to everybody with any relation; what is written about a person never does."""
    assert all(field.category is not Category.LOGISTICS for field in FIELDS.values())
