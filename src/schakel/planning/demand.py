"""The requests of one replication, every throw of the dice already made.

Chance is spent here and nowhere else: two policies meet the very same patients, and last month's real requests are a
demand like any other. Each question to chance has a stream of its own, so that longer treatments do not move a single
call to another minute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schakel.domain.durations import HOUR
from schakel.domain.region import Duration
from schakel.domain.vocabulary import Care, Urgency

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Demand:
    """Who calls when, from where, for what, and how long it will take. Times in whole milliseconds.

    zone: a place in the world's list; urgency and care: places in their enumerations. What a request would take is
    drawn even where the unit that comes will not need it, such as the hand-over of a patient who is not taken along.
    """

    at: Whole  # the call is taken in; ascending
    handling: Whole  # from then until the triage is done and somebody can be sent
    zone: Whole
    urgency: Whole
    care: Whole
    on_scene: Whole
    transported: NDArray[np.bool_]
    handover: Whole
    clearing: Whole

    def __post_init__(self) -> None:
        for field in fields(self):
            if isinstance(value := getattr(self, field.name), WalkIns) or value is None:
                continue
            wanted: Any = np.bool_ if field.name == "transported" else np.int64
            object.__setattr__(self, field.name, np.ascontiguousarray(value, dtype=wanted))
            shape = getattr(self, field.name).shape
            assert shape[:1] == self.at.shape, f"`{field.name}` has one value for each request"
            assert len(shape) == 1 + (field.name in TABLES), f"`{field.name}` is a column, or a table"
        assert (np.diff(self.at) >= 0).all(), "requests stand in the order in which they come in"
        for name in ("handling", "on_scene", "handover", "clearing"):
            assert (getattr(self, name) >= 0).all(), f"`{name}` is a length of time"

    def __len__(self) -> int:
        return len(self.at)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is asked here that only the whole chain knows."""
        return True

    @property
    def beside(self) -> WalkIns:
        """Who comes to places by themselves; nobody where that is not said."""
        none = np.empty(0, dtype=np.int64)
        return getattr(self, "walk_ins", None) or WalkIns(none, none, none, none)

    def whole(self, name: str) -> NDArray[Any]:
        """A column, also one that only `ChainDemand` has, with what it stands for where it is not said."""
        value: NDArray[Any] | None = getattr(self, name, None)
        if value is not None:
            return value
        size = len(self)
        match name:
            case "on_scene_of":
                return np.repeat(self.on_scene[:, None], len(Care), axis=1)
            case "throws":
                return np.empty((size, 0), dtype=np.int64)
            case "stay":
                return np.zeros(size, dtype=np.int64)
            case _:
                return np.full(size, -1, dtype=np.int64)


@dataclass(frozen=True)
class WalkIns:
    """Patients who come to a place without having asked the centre: the rooms are theirs too, the log is not.

    place: a place of the world's list; stay: how long they have a room (ms). In order of arrival.
    """

    at: Whole
    place: Whole
    urgency: Whole
    stay: Whole

    def __post_init__(self) -> None:
        for name in ("at", "place", "urgency", "stay"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.int64))
            assert getattr(self, name).shape == self.at.shape, f"`{name}` has one value for each patient"
        assert (np.diff(self.at) >= 0).all(), "patients stand in the order in which they come in"
        assert (self.stay >= 0).all(), "`stay` is a length of time"

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class ChainDemand(Demand):
    """A demand that says more, for worlds that have more than units. What is None is not said.

    complaint: by which the region's rule chooses the care; -1 where the care is as asked. on_scene_of: the time with
    the patient, by request and kind of care. stay: how long the patient has a room of the emergency department. throws:
    by request and offer a whole number below a million; below the share that declines, the offer is declined. second:
    the care of a second unit that goes beside the first; -1 for none. walk_ins: who comes to places by themselves.
    """

    complaint: Whole | None = None
    on_scene_of: Whole | None = None
    stay: Whole | None = None
    throws: Whole | None = None
    second: Whole | None = None
    walk_ins: WalkIns | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("on_scene_of", "stay"):
            value = getattr(self, name)
            assert value is None or (value >= 0).all(), f"`{name}` is a length of time"
        assert self.on_scene_of is None or self.on_scene_of.shape[1] == len(Care), "a time for each kind of care"

    @classmethod
    def of(cls, demand: Demand, **more: Any) -> ChainDemand:
        """The same requests, with more said of them."""
        return cls(**{field.name: getattr(demand, field.name) for field in fields(demand)} | more)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is asked here that only the whole chain knows."""
        return all(getattr(self, field.name) is None for field in fields(self)[len(fields(Demand)) :])


#: What has more than one value for each request.
TABLES = ("on_scene_of", "throws")


@dataclass(frozen=True)
class Profile:
    """What chance is asked for: how much demand there is, of what kind, and how long things take.

    hourly: expected requests in each hour of the period, such as a week; zone: the weight of each zone; mix: the weight
    of each pair of urgency and care; transported: the share of each urgency that is taken along.
    """

    hourly: NDArray[np.float64]
    zone: NDArray[np.float64]
    mix: Mapping[tuple[Urgency, Care], float]
    transported: Mapping[Urgency, float]
    handling: Duration
    on_scene: Duration
    on_scene_no_transport: Duration
    handover: Duration
    clearing: Duration

    def __post_init__(self) -> None:
        assert self.hourly.ndim == 1 and (self.hourly >= 0).all(), "a rate for each hour, and none below nothing"


def draw(profile: Profile, repeats: int, seed: int, replication: int = 0, *, start: int = 0, stream: int = 0) -> Demand:
    """The requests of so many times the period of the profile, from `start` (ms).

    The same seed, replication and stream give the same people, whoever comes for them. Profiles that make up one
    demand together each need a stream of their own.
    """
    when, where, what, along, *long = (
        np.random.default_rng(part) for part in np.random.SeedSequence([seed, replication, stream]).spawn(8)
    )
    counts = when.poisson(np.tile(profile.hourly, repeats))
    at = start + np.repeat(np.arange(len(counts)) * HOUR, counts) + when.integers(0, HOUR, int(counts.sum()))
    at.sort()
    size = len(at)
    zone = where.choice(len(profile.zone), size, p=profile.zone / profile.zone.sum())
    pairs = list(profile.mix)
    weights = np.array([profile.mix[pair] for pair in pairs])
    kind = what.choice(len(pairs), size, p=weights / weights.sum())
    urgency = np.array([pair[0].rank for pair in pairs])[kind]
    care = np.array([tuple(Care).index(pair[1]) for pair in pairs])[kind]
    share = np.array([profile.transported.get(one, 0.0) for one in Urgency])
    transported = along.random(size) < share[urgency]
    # One throw, read under either distribution: a patient who stays is no other patient.
    throw = long[1].standard_normal(size)
    on_scene = np.where(transported, spread(profile.on_scene, throw), spread(profile.on_scene_no_transport, throw))
    return Demand(
        at=at,
        handling=spread(profile.handling, long[0].standard_normal(size)),
        zone=zone,
        urgency=urgency,
        care=care,
        on_scene=on_scene,
        transported=transported,
        handover=spread(profile.handover, long[2].standard_normal(size)),
        clearing=spread(profile.clearing, long[3].standard_normal(size)),
    )


def together(*parts: Demand) -> Demand:
    """One demand of several, in the order in which the requests come in."""
    kind = ChainDemand if any(isinstance(part, ChainDemand) for part in parts) else Demand
    names = [field.name for field in fields(kind) if field.name != "walk_ins"]
    known = [name for name in names if any(getattr(part, name, None) is not None for part in parts)]
    columns = {name: _one_below_another([part.whole(name) for part in parts]) for name in known}
    order = np.argsort(columns["at"], kind="stable")
    ordered: dict[str, Any] = {name: column[order] for name, column in columns.items()}
    if any(len(part.beside) for part in parts):
        ordered["walk_ins"] = coming(*(part.beside for part in parts))
    return kind(**ordered)


def coming(*parts: WalkIns) -> WalkIns:
    """Everybody who comes by themselves, in the order in which they come."""
    columns = {field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(WalkIns)}
    order = np.argsort(columns["at"], kind="stable")
    return WalkIns(**{name: column[order] for name, column in columns.items()})


def _one_below_another(tables: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Columns or tables joined; a table with fewer throws than another gets throws that decline nothing."""
    if tables[0].ndim == 1:
        return np.concatenate(tables)
    wide = max(table.shape[1] for table in tables)
    filled = [np.pad(table, ((0, 0), (0, wide - table.shape[1])), constant_values=NO_REFUSAL) for table in tables]
    return np.concatenate(filled)


#: A throw that declines under no share: as high as a share can be.
NO_REFUSAL = 1_000_000


def spread(duration: Duration, throw: NDArray[np.float64]) -> Whole:
    """Log-normal lengths of time in whole milliseconds, from throws of the normal distribution."""
    whole: Whole = np.rint(duration.median_ms * np.exp(duration.sigma * throw)).astype(np.int64)
    return whole
