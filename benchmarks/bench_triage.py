"""How long one evaluation of triage takes, and how long it takes to prove the whole protocol.

    python benchmarks/bench_triage.py

Evaluations: patients at random moments of being asked, over all complaints of the basic protocol, with and without
measurements, drawn with a fixed seed; by the clock on the wall, and in processor time, which a busy machine disturbs
less. Proofs: P1 to P9 of the protocol and of every complaint, one after the other, as in CI.
"""

from __future__ import annotations

import gc
import random
from collections import defaultdict
from time import perf_counter_ns, process_time_ns

from result import quantile, tell

from schakel.domain.triage import Answer, Facts, Given, Patient, Protocol, Setting, Vitals, evaluate, find, load
from schakel.domain.triage.plan import plan
from schakel.proving import prove

RUNS = 20_000
MEASURED = Vitals(22, 94, False, 118, 71, 104, "A", 384, 2, 61)


def a_patient(dice: random.Random, protocol: Protocol) -> Facts:
    complaint = dice.choice(list(protocol.complaints.values()))
    asked = plan(protocol, (complaint.id,)).questions
    told = dice.choices([Answer.NO, Answer.UNKNOWN, Answer.YES], [90, 6, 4], k=dice.randrange(len(asked) + 1))
    first, end = dice.choice(complaint.whom.ages)
    return Facts(
        (complaint.id,),
        {question.id: Given(answer, at=0) for question, answer in zip(asked, told, strict=False)},
        Patient(dice.randrange(first, end)),
        MEASURED if dice.random() < 0.3 else Vitals(),
        dice.choice([Setting.PHONE, Setting.PHONE, Setting.PHYSICAL, Setting.SELF]),
    )


def evaluations(protocol: Protocol) -> None:
    dice = random.Random(20260101)
    patients = [a_patient(dice, protocol) for _ in range(2_000)]
    for one in patients:
        evaluate(protocol, one)
    wall, busy = [], []
    gc.disable()
    for at in range(RUNS):
        one = patients[at % len(patients)]
        began, worked = perf_counter_ns(), process_time_ns()
        evaluate(protocol, one)
        busy.append((process_time_ns() - worked) / 1e6)
        wall.append((perf_counter_ns() - began) / 1e6)
    gc.enable()
    for name, times in (("on the clock", wall), ("of processor time", busy)):
        p50, p95, p99 = (quantile(times, share) for share in (0.5, 0.95, 0.99))
        print(f"one evaluation {name}: median {p50:.3f} ms, p95 {p95:.3f}, p99 {p99:.3f}")
    per_second = 1000 * RUNS / sum(busy)
    tell(
        "one evaluation of triage, processor time",
        "1 ms at p99",
        f"{quantile(busy, 0.99):.3f} ms, {per_second:,.0f} evaluations/s",
        n=RUNS,
        kept=quantile(busy, 0.99) <= 1,
        quantiles=tuple(f"{quantile(busy, share):.3f} ms" for share in (0.5, 0.95, 0.99)),
    )


def proofs(protocol: Protocol) -> None:
    taken: dict[str, float] = defaultdict(float)
    failed = done = 0
    for proved in prove(protocol):
        taken[proved.about] += proved.seconds
        failed += len(proved.failures)
        done += 1
    for about, seconds in sorted(taken.items(), key=lambda one: -one[1])[:5]:
        print(f"proofs of {about}: {seconds:.1f} s")
    total = sum(taken.values())
    tell(
        f"{done} proofs of {len(protocol.complaints)} complaints",
        "120 s, none failed",
        f"{total:.0f} s, {failed} failed; the slowest complaint {max(taken.values()):.1f} s",
        n=done,
        kept=total <= 120 and not failed,
    )


def main() -> None:
    protocol = load(find("basis"))
    evaluations(protocol)
    proofs(protocol)


if __name__ == "__main__":
    main()
