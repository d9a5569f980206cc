"""How many actions are recorded in a second: eight writers on PostgreSQL, and a reader who must miss nothing.

    python benchmarks/bench_journal.py

Each writer is a process of its own and does real actions, each once under its key: positions of its own units,
re-assessments and entry complaints of its own requests. The reader polls `seq > last` all the while.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import uuid4

import centre
from result import in_ms, quantile, tell

WRITERS = 8
SECONDS = float(os.environ.get("SCHAKEL_BENCH_SECONDS", "20"))
PROMISED = 500
REQUESTS, UNITS = 20, 4


def main() -> None:
    with centre.folder() as folder:
        cluster = centre.Cluster(folder)
        try:
            _measure(folder, cluster)
        finally:
            cluster.kill()


def _measure(folder: Path, cluster: centre.Cluster) -> None:
    centre.prepare(folder, cluster.address)
    from django.db import connections

    from schakel.operations import journal
    from schakel.operations.models import Done, Unit

    _account, viewer = centre.person("bench", "triagist", "dispatcher")
    units = list(Unit.objects.order_by("pk").values_list("pk", flat=True)[: WRITERS * UNITS])
    requests = centre.triaged(viewer, WRITERS * REQUESTS)
    began = journal.head()
    read: list[int] = []
    over = threading.Event()

    def follow() -> None:
        last = began
        while True:
            ending = over.is_set()
            told = journal.after(last)
            read.extend(one.seq for one in told)
            last = told[-1].seq if told else last
            if not told:
                if ending:
                    break
                time.sleep(0.02)
        connections.close_all()

    reader = threading.Thread(target=follow)
    reader.start()
    writers = [
        subprocess.Popen(
            [sys.executable, __file__, "--writer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(WRITERS)
    ]
    for number, one in enumerate(writers):
        mine = {"person": viewer.person, "units": units[number::WRITERS], "requests": requests[number::WRITERS]}
        assert one.stdin is not None and one.stdout is not None, "writers are talked to"
        one.stdin.write(json.dumps(mine) + "\n")
        one.stdin.flush()
    for one in writers:
        one.stdout.readline()  # everybody is ready
    start = time.monotonic()
    for one in writers:
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [json.loads(one.communicate()[0]) for one in writers]
    seconds = time.monotonic() - start
    over.set()
    reader.join()
    took = [second for one in told for second in one["took"]]
    acknowledged = [key for one in told for key in one["keys"]]
    recorded = journal.head() - began
    lost = len(acknowledged) - Done.objects.filter(pk__in=acknowledged).count()
    skipped = len(set(range(began + 1, journal.head() + 1)) - set(read))
    twice = len(read) - len(set(read)) + recorded - len(acknowledged)
    rate = len(acknowledged) / seconds
    print(f"one flush to this disk takes {1000 * flush_s(folder):.1f} ms; the head of the journal is locked meanwhile")
    print(f"{len(acknowledged)} actions in {seconds:.1f} s; lost {lost}, twice {twice}, skipped {skipped}")
    tell(
        "journal, eight writers (PostgreSQL)",
        f"{PROMISED} actions/s",
        f"{rate:.0f} actions/s",
        n=len(acknowledged),
        kept=rate >= PROMISED and not lost and not twice and not skipped,
        quantiles=in_ms(took),
    )


def flush_s(folder: Path) -> float:
    """How long this disk takes to keep one page of 8 kB: nothing that is committed can be faster."""
    took = []
    with (folder / "flush").open("wb", buffering=0) as file:
        for _ in range(100):
            file.seek(0)
            file.write(b"x" * 8192)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return quantile(took, 0.5)


def write() -> None:
    """One writer: says which keys were acknowledged and how long each action took."""
    mine = json.loads(sys.stdin.readline())
    import django

    django.setup()
    from schakel.accounts.models import Person, viewer_of
    from schakel.domain.vocabulary import Complaint
    from schakel.operations import clock
    from schakel.operations.actions import care_request, unit

    viewer = viewer_of(Person.objects.get(pk=mine["person"]), clock.now_ms())
    complaints = list(Complaint)
    print("ready", flush=True)
    sys.stdin.readline()
    until = time.monotonic() + SECONDS
    keys, took = [], []
    while time.monotonic() < until:
        key, now, turn = uuid4().hex, clock.now_ms(), len(keys)
        began = time.perf_counter()
        match turn % 3:
            case 0:
                where = 52 + turn % 100 / 1000
                unit.position(
                    unit=mine["units"][turn % len(mine["units"])], lat=where, lon=5.1, at=now, by=viewer, key=key
                )
            case 1:
                request = mine["requests"][turn % len(mine["requests"])]
                care_request.reassess(request=request, at=now, by=viewer, key=key)
            case _:
                request = mine["requests"][turn % len(mine["requests"])]
                complaint = complaints[turn % len(complaints)]
                care_request.choose_complaint(request=request, complaint=complaint, at=now, by=viewer, key=key)
        took.append(time.perf_counter() - began)
        keys.append(key)
    print(json.dumps({"keys": keys, "took": took}))


if __name__ == "__main__":
    write() if "--writer" in sys.argv else main()
