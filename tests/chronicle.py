"""Histories without a database: an event of any kind, and runs of events that the life cycles allow."""

from __future__ import annotations

import typing
from dataclasses import fields
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from schakel.domain import events as e
from schakel.domain.events import Event, Subject
from schakel.domain.life_cycles import LIFE_CYCLES, REPORTS, evolve, why_not, why_not_correct
from schakel.domain.states import STATES, State


def an_event(kind: type[Event], **given: Any) -> Event:
    """An event of this kind, with something in every field."""
    hints = typing.get_type_hints(kind)
    told = {field.name: _something(field.name, hints[field.name]) for field in fields(kind)}
    return kind(**told | given)


def _something(name: str, hint: Any) -> Any:
    kinds = [kind for kind in (typing.get_args(hint) or (hint,)) if kind is not type(None)]
    kind = kinds[0]
    if issubclass(kind, Enum):
        return next(iter(kind))
    if name == "report":
        return "Arrived"
    return {int: 7, bool: True, float: 52.5, str: "zeist"}[kind]


def any_event(kind: type[Event]) -> st.SearchStrategy[Event]:
    """Any event of this kind that the journal can hold."""
    hints = typing.get_type_hints(kind)
    return st.builds(kind, **{field.name: _any(field.name, hints[field.name]) for field in fields(kind)})


#: Whole numbers that the columns of the journal hold.
KEYS = st.integers(1, 2**53)


def _any(name: str, hint: Any) -> st.SearchStrategy[Any]:
    options = []
    for kind in typing.get_args(hint) or (hint,):
        if kind is type(None):
            options.append(st.none())
        elif issubclass(kind, Enum):
            options.append(st.sampled_from(list(kind)))
        elif kind is bool:
            options.append(st.booleans())
        elif kind is float:
            options.append(st.floats(-180, 180, allow_nan=False))
        elif kind is int:
            options.append(st.integers(0, 999) if name == "free" else KEYS)
        elif name == "report":
            options.append(st.sampled_from([report.__name__ for report in REPORTS]))
        else:
            options.append(st.sampled_from(["zeist", "utrecht-centrum", "amersfoort"]))
    return st.one_of(options)


@st.composite
def legal_histories(draw: st.DrawFn, subject: Subject, *, longest: int = 30) -> list[Event]:
    """A history of one row in which every event was allowed when it came, and only what is open is ended."""
    state: State = STATES[subject]()
    told: list[Event] = []
    for at in range(draw(st.integers(0, longest))):
        allowed = [kind for kind in LIFE_CYCLES[subject] if _may_come(state, subject, kind)]
        if not allowed:
            break
        kind = draw(st.sampled_from(allowed))
        event = draw(any_event(kind))
        given: dict[str, Any] = {"at": at, subject.value: 1}
        if kind is e.ReportCorrected:
            reported = [r.__name__ for r in REPORTS if why_not_correct(state, r) is None]
            given["report"] = draw(st.sampled_from(reported))
        event = kind(**{field.name: getattr(event, field.name) for field in fields(kind)} | given)
        told.append(event)
        state = evolve(state, subject, event)
    return told


def _may_come(state: State, subject: Subject, kind: type[Event]) -> bool:
    if why_not(state, subject, kind) is not None:
        return False
    step = LIFE_CYCLES[subject][kind]
    if any(getattr(state, name) + by < 0 for name, by in step.counts.items()):
        return False  # what ends was open: another row's life cycle sees to that
    if kind is e.ReportCorrected:
        return any(why_not_correct(state, report) is None for report in REPORTS)
    return True
