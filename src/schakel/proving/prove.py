"""All proofs of a protocol, complaint by complaint, with the time each took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from schakel.domain.triage.protocol import Protocol
from schakel.proving import outcome, red_flags, tables, useful
from schakel.proving.failure import Failure, Property

Proof = Callable[[], list[Failure]]


@dataclass(frozen=True, slots=True)
class Proved:
    """One property of one complaint, or of the protocol: proved when there is no failure."""

    property: Property
    about: str
    failures: tuple[Failure, ...]
    seconds: float


def proofs(protocol: Protocol, complaints: tuple[str, ...] | None = None) -> Iterator[tuple[Property, str, Proof]]:
    """What is to be proved, nothing of it done yet: of the protocol as a whole, then of each complaint."""
    if complaints is None:
        yield Property.VITALS_RAISE, "vital signs", partial(outcome.vitals_raise, protocol)
        yield Property.USEFUL, "vital signs", partial(useful.useful_vitals, protocol)
        yield Property.USEFUL, "shared questions", partial(useful.shared_matters, protocol)
        yield Property.EVERY_AGE, "the protocol", partial(tables.every_age, protocol)
        yield Property.SOON_ENOUGH, "the protocol", partial(tables.windows_and_classes, protocol)
        yield from _of((), "without a complaint", protocol)
    for one in protocol.complaints if complaints is None else complaints:
        yield from _of((one,), one, protocol)
        yield Property.NO_SELF_CARE, one, partial(red_flags.no_self_care, protocol, one)
        yield Property.SOON_ENOUGH, one, partial(tables.soon_enough, protocol, one)


def _of(chosen: tuple[str, ...], about: str, protocol: Protocol) -> Iterator[tuple[Property, str, Proof]]:
    yield Property.TOTAL, about, partial(outcome.total, protocol, chosen)
    yield Property.RED_FLAG_FLOOR, about, partial(red_flags.floor, protocol, chosen)
    yield Property.MONOTONE, about, partial(outcome.monotone, protocol, chosen)
    yield Property.VITALS_RAISE, about, partial(outcome.vitals_only_raise, protocol, chosen)
    yield Property.USEFUL, about, partial(useful.useful, protocol, chosen)
    yield Property.SAID_ONCE, about, partial(useful.said_once, protocol, chosen)


def prove(protocol: Protocol, complaints: tuple[str, ...] | None = None) -> Iterator[Proved]:
    """Prove P1 to P9, one after the other; P10 compares two versions and stands in `schakel.proving.difference`."""
    for name, about, proof in proofs(protocol, complaints):
        began = time.perf_counter()
        failures = tuple(proof())
        yield Proved(name, about, failures, time.perf_counter() - began)
