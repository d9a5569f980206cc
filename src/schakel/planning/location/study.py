"""One question of location, from what is asked to an answer that was checked: the road of `schakel locate`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import isclose

import numpy as np
from numpy.typing import NDArray

from schakel.domain.region.problem import Problem, shown
from schakel.domain.region.sheet import hint
from schakel.planning.cover import CoverSets
from schakel.planning.location.cmclp import can_serve, served_cover
from schakel.planning.location.dsm import double_cover
from schakel.planning.location.fewest import fewest
from schakel.planning.location.lscp import set_cover
from schakel.planning.location.malp import reliable_cover, units_needed
from schakel.planning.location.mclp import maximal_cover
from schakel.planning.location.mexclp import expected_cover
from schakel.planning.location.outcome import SHIFTS_A_YEAR, Outcome, outcome
from schakel.planning.location.p_centre import p_centre
from schakel.planning.location.p_median import p_median
from schakel.planning.location.placement import NoPlacement, Placement
from schakel.planning.location.siting import MOST_WITH_WAYS, Siting
from schakel.planning.table import refuse_if


class Model(Enum):
    """The models that can be asked, by their names in the literature."""

    LSCP = "lscp"
    FEWEST = "fewest"
    MCLP = "mclp"
    DSM = "dsm"
    MEXCLP = "mexclp"
    MALP = "malp"
    P_MEDIAN = "p-median"
    P_CENTRE = "p-centre"

    @property
    def question(self) -> str:
        """What it answers, in a sentence."""
        return _QUESTIONS[self]


_QUESTIONS = {
    Model.LSCP: "How few stations reach everybody within the norm?",
    Model.FEWEST: "How few stations reach a share within the norm, and a share twice?",
    Model.MCLP: "How many can so many stations reach within the norm?",
    Model.DSM: "How many can so many units reach twice, when all are within the far norm?",
    Model.MEXCLP: "How many find a free unit within the norm, when units are busy part of their time?",
    Model.MALP: "How many find a free unit within the norm with the asked reliability?",
    Model.P_MEDIAN: "From which stations is the way to everybody together shortest?",
    Model.P_CENTRE: "From which stations is the farthest person nearest?",
}

#: What each model needs beside the norm, and what it may be given.
_NEEDS: dict[Model, tuple[str, ...]] = {
    Model.LSCP: (),
    Model.FEWEST: ("share",),
    Model.MCLP: ("number",),
    Model.DSM: ("number", "far", "share"),
    Model.MEXCLP: ("number", "busy"),
    Model.MALP: ("number", "busy", "reliability"),
    Model.P_MEDIAN: ("number",),
    Model.P_CENTRE: ("number",),
}
_MAY: dict[Model, tuple[str, ...]] = {
    Model.FEWEST: ("double",),
    Model.MCLP: ("most_per_shift",),
    Model.DSM: ("at_each",),
    Model.MEXCLP: ("at_each",),
    Model.MALP: ("at_each",),
}

#: Between which values each lies: least, most, and whether it is a whole number.
_BOUNDS: dict[str, tuple[float, float, bool]] = {
    "within": (0.1, 240, False),
    "far": (0.1, 240, False),
    "number": (1, 10_000, True),
    "busy": (0, 0.999, False),
    "reliability": (0.001, 0.9999, False),
    "share": (0.001, 1, False),
    "double": (0, 1, False),
    "at_each": (1, 1_000, True),
    "most_per_shift": (0.01, 100, False),
    "seconds": (0.1, 1e9, False),
}


@dataclass(frozen=True)
class Asked:
    """What is asked of a model. Only what the model uses may be given.

    within, far: norms in minutes of driving with signals; number: of stations or units; busy: the share of time that a
    unit is busy; reliability: of finding one free; share, double: of the weight that has to be reached, and twice;
    at_each: the most units at one site; most_per_shift: deployments that one unit can take on in a shift of eight
    hours; keep: ids of sites that stay; closed: nobody crosses a border; seconds: the solver's time.
    """

    model: Model
    within: float = 12.0
    far: float | None = None
    number: int | None = None
    busy: float | None = None
    reliability: float | None = None
    share: float | None = None
    double: float | None = None
    at_each: int | None = None
    most_per_shift: float | None = None
    keep: tuple[str, ...] = ()
    closed: bool = False
    seconds: float = float("inf")


@dataclass(frozen=True)
class Answer:
    """A placement, what it means for the people, and what was merged. Whatever it claims was counted again."""

    siting: Siting
    asked: Asked
    placement: Placement
    outcome: Outcome
    classes: int | None

    @property
    def proven(self) -> str:
        """How good it is, in words."""
        gap = self.placement.gap
        return "proven optimal" if gap == 0 else f"within {gap:.2%} of the best possible, by proof"


def locate(siting: Siting, asked: Asked) -> Answer:
    """Ask a model. Raises `WrongInput` for what cannot be asked and `NoPlacement` for what cannot be had."""
    problems = why_not_ask(siting, asked)
    refuse_if(problems)
    by_id = {site.id: number for number, site in enumerate(siting.sites)}
    fixed = [by_id[own] for own in asked.keep]
    if asked.model in (Model.P_MEDIAN, Model.P_CENTRE):
        placement, classes = _by_distance(siting, asked, fixed), None
    else:
        within = (asked.within, asked.far) if asked.far is not None else (asked.within,)
        sets = siting.merged(*within, closed=asked.closed)
        placement, classes = _by_cover(siting, asked, sets, fixed), len(sets)
    answer = Answer(
        siting, asked, placement, outcome(siting, placement.units, asked.within, closed=asked.closed), classes
    )
    claimed, counted = placement.figure, _counted(answer)
    assert isclose(claimed, counted, rel_tol=1e-6, abs_tol=1e-6), (
        f"the model claims {claimed}, and from the points {counted} is counted"
    )
    return answer


def why_not_ask(siting: Siting, asked: Asked) -> list[Problem]:
    """Everything that is wrong with a question."""
    problems: list[Problem] = []
    name = asked.model.value

    def note(key: str, expected: str, came: object) -> None:
        problems.append(Problem(name, key, expected, shown(came) if not isinstance(came, str) else came))

    needs, may = _NEEDS[asked.model], _MAY.get(asked.model, ())
    for key, (least, most, whole) in _BOUNDS.items():
        value = getattr(asked, key)
        if value is None:
            if key in needs:
                note(key, f"a {'whole ' if whole else ''}number from {least:g} to {most:g}", "nothing")
            continue
        if key not in (*needs, *may, "within", "seconds"):
            note(key, f"nothing, for {name} does not use it", value)
        elif value != value or not (least <= value <= most or (key == "seconds" and value == float("inf"))):
            note(key, f"a {'whole ' if whole else ''}number from {least:g} to {most:g}", value)
    if asked.far is not None and asked.far < asked.within:
        note("far", f"a norm of at least {asked.within:g}, the near one", asked.far)
    ids = {site.id for site in siting.sites}
    for own in asked.keep:
        if own not in ids:
            note("keep", f"ids of sites{hint(own, ids)}", f'"{own}"')
    if asked.model in (Model.MCLP, Model.P_MEDIAN, Model.P_CENTRE) and asked.number is not None:
        many = asked.number > len(siting.sites) and asked.most_per_shift is None
        if many:
            note("number", f"no more than the {len(siting.sites)} sites", asked.number)
        if asked.number < len(set(asked.keep)):
            note("number", f"at least the {len(set(asked.keep))} sites that stay", asked.number)
    if asked.closed and len({site.area for site in siting.sites}) < 2:
        note("closed", "points and sites of at least two areas", "one area")
    if asked.most_per_shift is not None and siting.per_year is None:
        note("most_per_shift", "how many requests there are in a year (per_year)", "nothing")
    if asked.model in (Model.P_MEDIAN, Model.P_CENTRE) and len(siting) > MOST_WITH_WAYS:
        note("model", f"at most {MOST_WITH_WAYS} points for a model of distance", f"{len(siting)}")
    return problems


def _by_cover(siting: Siting, asked: Asked, sets: CoverSets, fixed: list[int]) -> Placement:
    sites = len(siting.sites)
    near, weight, more = sets.reach[:, :sites], sets.weight, {"fixed": fixed, "seconds": asked.seconds}
    number = asked.number or 0
    match asked.model:
        case Model.LSCP:
            _refuse_beyond(near, weight)
            return set_cover(near[weight > 0], fixed=fixed, seconds=asked.seconds)
        case Model.FEWEST:
            return fewest(near, weight, share=asked.share or 0, double=asked.double or 0, **more)  # type: ignore[arg-type]
        case Model.MCLP if asked.most_per_shift is not None:
            assert siting.per_year is not None, "asked before"
            return served_cover(near, weight, number, _most(siting, asked), **more)  # type: ignore[arg-type]
        case Model.MCLP:
            return maximal_cover(near, weight, number, **more)  # type: ignore[arg-type]
        case Model.DSM:
            return double_cover(
                near,
                sets.reach[:, sites:],
                weight,
                number,
                share=asked.share or 0,
                at_each=asked.at_each or 1,
                fixed=fixed,
                seconds=asked.seconds,
            )
        case Model.MEXCLP:
            return expected_cover(near, weight, number, asked.busy or 0, at_each=asked.at_each, **more)  # type: ignore[arg-type]
        case _:
            return reliable_cover(
                near,
                weight,
                number,
                asked.busy or 0,
                asked.reliability or 0,
                at_each=asked.at_each,
                **more,  # type: ignore[arg-type]
            )


def _by_distance(siting: Siting, asked: Asked, fixed: list[int]) -> Placement:
    away = siting.ways()
    if asked.closed:
        areas = np.array([site.area for site in siting.sites])
        over = siting.area[:, None] != areas[None, :]
        if over.all(axis=1).any():
            raise NoPlacement(f"{int(over.all(axis=1).sum())} points lie in an area without a site.")
        # Farther than anybody: never chosen where it can be helped, and found out below where it was.
        away = np.where(over, away.max() * len(away) * 10, away)
    asks = siting.weight > 0
    number = asked.number or 0
    if asked.model is Model.P_MEDIAN:
        found = p_median(away[asks], number, weight=siting.weight[asks], fixed=fixed, seconds=asked.seconds)
    else:
        found = p_centre(away[asks], number, fixed=fixed)
    if asked.closed and away[asks][:, found.units > 0].min(axis=1).max() > siting.ways().max():
        raise NoPlacement(f"{number} stations are too few: some area would have none, and its borders are closed.")
    return found


def _counted(answer: Answer) -> float:
    """The figure of the model, from what was counted."""
    told, asked, by_units = answer.outcome, answer.asked, answer.outcome.by_units
    measure: dict[Model, Callable[[], float]] = {
        Model.LSCP: lambda: float(answer.placement.units.sum()) if told.share(1) > 1 - 1e-9 else float("nan"),
        Model.FEWEST: lambda: (
            float(answer.placement.units.sum())
            if told.share(1) >= (asked.share or 0) - 1e-9 and told.share(2) >= (asked.double or 0) - 1e-9
            else float("nan")
        ),
        Model.MCLP: lambda: float(by_units[1:].sum()),
        Model.DSM: lambda: float(by_units[2:].sum()),
        Model.MEXCLP: lambda: float(by_units @ (1 - (asked.busy or 0) ** np.arange(len(by_units)))),
        Model.MALP: lambda: float(by_units[units_needed(asked.busy or 0, asked.reliability or 0.5) :].sum()),
        Model.P_MEDIAN: lambda: told.minutes * told.total,
        Model.P_CENTRE: lambda: told.farthest,
    }
    if asked.most_per_shift is not None:
        siting = answer.siting
        sets = siting.merged(asked.within, closed=asked.closed)
        return can_serve(sets.reach, sets.weight, answer.placement.units, _most(siting, asked))
    return measure[asked.model]()


def _most(siting: Siting, asked: Asked) -> float:
    """What a unit can take on in a shift, in the unit of the weights."""
    assert siting.per_year is not None and asked.most_per_shift is not None, "asked before"
    return asked.most_per_shift * SHIFTS_A_YEAR / siting.per_year * float(siting.weight.sum())


def _refuse_beyond(near: NDArray[np.bool_], weight: NDArray[np.float64]) -> None:
    beyond = ~near.any(axis=1)
    if weight[beyond].any():
        share = weight[beyond].sum() / weight.sum()
        raise NoPlacement(
            f"{share:.2%} of the weight is within reach of no site. Add sites, widen the norm, or ask `fewest`."
        )
