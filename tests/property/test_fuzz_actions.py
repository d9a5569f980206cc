"""Whatever is asked of an action, it does it or says why not: never a trace, never a half-done thing."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterable
from enum import Enum
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doings import DOINGS, Busy, says_what_to_do, standing
from examples import check_references, examples, undone
from schakel.domain.access import Viewer
from schakel.domain.dossier import FIELDS
from schakel.domain.durations import DAY, HOUR, MINUTE
from schakel.domain.reasons import Refused
from schakel.domain.vocabulary import Care, Channel, Role, Urgency
from schakel.operations import actions, clock, journal
from schakel.operations.actions import care_request

pytestmark = pytest.mark.django_db


def _every_action() -> dict[str, Callable[..., Any]]:
    """Every public action of the house, by its module and name."""
    found = {}
    for module in pkgutil.iter_modules(actions.__path__):
        loaded = importlib.import_module(f"{actions.__name__}.{module.name}")
        for name, act in vars(loaded).items():
            if hasattr(act, "__wrapped__") and act.__module__ == loaded.__name__ and inspect.isfunction(act):
                found[f"{module.name}.{name}"] = act
    return found


ACTIONS = _every_action()

WRONG_TEXT = ("", " ", "\x00", "a\x00b", "x" * 10_000, "\ud800", "𝔷𝔢𝔦𝔰𝔱", "'; --", "{name}", "{0}", "%s", "<b>", "-1")
WRONG_NUMBERS = (0, -1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30)
WRONG_TERMS = (Urgency.U3, Care.ALS, Role.CREW, "phone", "", None, 3, "\x00")


def test_every_action_is_among_the_things_that_people_do_at_random():
    assert {doing.act for doing in DOINGS.values()} == set(ACTIONS.values())


def test_every_action_says_by_whom_and_when_and_is_called_by_name():
    for name, act in ACTIONS.items():
        parameters = inspect.signature(act).parameters
        assert {"at", "by"} <= set(parameters), name
        assert all(one.kind is one.KEYWORD_ONLY for one in parameters.values()), name


def _anything(hint: Any, name: str, busy: Busy, choose: Random) -> Any:
    """Something for a parameter: often what it could be, otherwise as wrong as a door could let through."""
    kinds = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    kind = choose.choice(kinds)
    if kind is type(None):
        return None
    if kind is Viewer:
        return choose.choice([*busy.people, Viewer(0, frozenset())])
    if typing.get_origin(kind) is dict:
        values = ("030 123 45 67", "Jansen", *WRONG_TEXT)
        return {name: choose.choice(values) for name in choose.sample([*FIELDS, "nothing"], 3)} | (
            {"callback": choose.choice(values)}
        )
    if typing.get_origin(kind) is Iterable:
        return [_anything(int, "person", busy, choose) for _ in range(choose.randint(0, 3))]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return choose.choice(list(kind) if choose.random() < 0.7 else WRONG_TERMS)
    if kind is bool:
        return choose.random() < 0.5
    if kind is float:
        return choose.choice((52.1, 5.1, 0.0, 91.0, -181.0, float("nan"), float("inf"), -float("inf"), 1e308))
    if kind is str:
        right = {"zone": ["zeist"], "field": list(FIELDS), "report": ["Departed", "Arrived", "Cleared", "Positioned"]}
        return choose.choice([*right.get(name, ["something that is long enough"]), choose.choice(WRONG_TEXT)])
    if name in ("at", "until"):
        now = clock.now_ms()
        return choose.choice((now, now, now - HOUR, now - 400 * DAY, now + MINUTE, now + DAY, *WRONG_NUMBERS))
    assert kind is int, f"{name}: {kind}"
    if name in ("to", "person"):
        return choose.choice([choose.choice(busy.people).person, busy.organisations[0], *WRONG_NUMBERS])
    if name in ("partner", "organisation"):
        return choose.choice([*busy.organisations, *WRONG_NUMBERS])
    if name == "unit":
        return choose.choice([*busy.units, *busy.units, *WRONG_NUMBERS])
    return choose.choice([1, 1, 2, 2, 3, choose.choice(WRONG_NUMBERS)])


@pytest.fixture
def busy(db):
    with standing():
        busy = Busy()
        for seed in range(150):
            busy.step(seed)
        yield busy


@examples(900)
@given(name=st.sampled_from(sorted(ACTIONS)), seed=st.integers(0, 2**32 - 1))
def test_an_action_works_or_refuses_with_a_sentence_whatever_it_is_given(busy, name, seed):
    choose = Random(seed)
    hints = typing.get_type_hints(ACTIONS[name])
    asked = {
        parameter: _anything(hints[parameter], parameter, busy, choose)
        for parameter in inspect.signature(ACTIONS[name]).parameters
        if parameter != "key"
    }
    with undone(), standing():
        before = journal.head()
        try:
            ACTIONS[name](**asked)
        except Refused as refused:
            assert says_what_to_do(refused), str(refused)
            assert journal.head() == before
        check_references()


@examples(40)
@given(key=st.one_of(st.text(max_size=80), st.sampled_from(WRONG_TEXT), st.integers(60, 70).map(lambda n: "k" * n)))
def test_any_key_makes_an_action_happen_once(busy, key):

    with undone(), standing():
        before = journal.head()
        outcomes = []
        for _ in range(2):
            try:
                outcomes.append(care_request.begin(channel=Channel.PHONE, at=clock.now_ms(), by=busy.triagist, key=key))
            except Refused as refused:
                assert says_what_to_do(refused)
        assert journal.head() - before == len(set(outcomes)) <= 1
