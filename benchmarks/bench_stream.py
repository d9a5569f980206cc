"""How long after its commit an event is on the screens: 300 open streams, on PostgreSQL and on SQLite.

    python benchmarks/bench_stream.py

Three processes: the server; one that holds the streams, each with its own session, and reads the clock at every
message; one that records. The time is from the return of the action to the last byte of the message that brings it.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import centre
from result import in_ms, quantile, tell

STREAMS = int(os.environ.get("SCHAKEL_BENCH_STREAMS", "300"))
EVENTS = 60
EVERY_S = 0.5
PROMISED_S = 0.3
LISTS = "queue,calls,missed,alarms,claims,asked"


def main() -> None:
    with centre.folder() as folder:
        cluster = centre.Cluster(folder)
        try:
            _apart("--on", str(folder), cluster.address, "PostgreSQL")
        finally:
            cluster.kill()
    with centre.folder() as folder:
        _apart("--on", str(folder), "", "SQLite")


def _apart(*words: str) -> None:
    """In a process of its own: settings are read once."""
    subprocess.run([sys.executable, __file__, *words], check=True)


def measure(folder: Path, database: str, name: str) -> None:
    centre.prepare(folder, database)
    from django.db import connections

    from schakel.operations import journal

    _account, viewer = centre.person("bench", "triagist", "dispatcher")
    requests = centre.triaged(viewer, 40)
    sessions = [centre.session(centre.person(f"bench{number}", "triagist")[0]) for number in range(STREAMS)]
    since = journal.head()
    connections.close_all()
    port = centre.free_port()
    web = centre.Command(folder, database, "serve", "--port", str(port), "--no-worker")
    try:
        centre.wait_for(f"http://127.0.0.1:{port}/account/login/")
        watcher = subprocess.Popen(
            [sys.executable, __file__, "--watch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert watcher.stdin is not None and watcher.stdout is not None, "the watcher is talked to"
        told = {"port": port, "sessions": sessions, "since": since, "until": since + EVENTS}
        watcher.stdin.write(json.dumps(told) + "\n")
        watcher.stdin.flush()
        watcher.stdout.readline()  # all streams said hello
        committed = _record(requests, viewer)
        received = json.loads(watcher.communicate(timeout=120)[0])
    finally:
        web.kill()
    # A stream may bring several events in one message, under the newest seq: each event comes with the first that is
    # not older.
    waits, missed = [], 0
    for one in received:
        moments = sorted((int(seq), at) for seq, at in one.items())
        for seq, at in committed.items():
            came = next((moment for until, moment in moments if until >= seq), None)
            missed += came is None
            if came is not None:
                waits.append(max(0.0, (came - at) / 1e9))
    print(f"{name}: {len(received)} streams, {len(committed)} events, {missed} not brought")
    p99 = quantile(waits, 0.99) if waits else float("inf")
    tell(
        f"event on {STREAMS} screens ({name})",
        f"{PROMISED_S * 1000:.0f} ms at p99",
        f"{p99 * 1000:.0f} ms",
        n=len(waits),
        kept=p99 <= PROMISED_S and not missed and len(received) == STREAMS,
        quantiles=in_ms(waits or [p99]),
    )


def _record(requests: list[int], viewer) -> dict[int, int]:
    from schakel.operations import clock, journal
    from schakel.operations.actions import care_request

    committed = {}
    for number in range(EVENTS):
        request = requests[number % len(requests)]
        care_request.reassess(request=request, at=clock.now_ms(), by=viewer)
        at = time.time_ns()
        committed[journal.head()] = at
        time.sleep(EVERY_S)
    return committed


async def watch() -> None:
    """Hold the streams, and say when each brought which seq."""
    told = json.loads(sys.stdin.readline())
    hello = asyncio.Semaphore(0)
    streams = [asyncio.create_task(_stream(told, session, hello)) for session in told["sessions"]]
    for _ in streams:
        await asyncio.wait_for(hello.acquire(), 120)
    print("ready", flush=True)
    done, late = await asyncio.wait(streams, timeout=EVENTS * EVERY_S * 2 + 60)
    for one in late:
        one.cancel()
    print(json.dumps([one.result() for one in done]))


async def _stream(told: dict, session: str, hello: asyncio.Semaphore) -> dict[int, int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", told["port"])
    path = f"/live/?lists={LISTS}&since={told['since']}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={session}\r\n\r\n".encode())
    came: dict[int, int] = {}
    seq = 0
    while line := await reader.readline():
        if line.startswith(b"event: hello"):
            hello.release()
        elif line.startswith(b"id: "):
            seq = int(line[4:])
        elif line.startswith(b"data: ") and seq and seq not in came:
            came[seq] = time.time_ns()
            if seq >= told["until"]:
                break
    writer.close()
    return came


if __name__ == "__main__":
    if "--watch" in sys.argv:
        asyncio.run(watch())
    elif "--on" in sys.argv:
        measure(Path(sys.argv[2]), sys.argv[3], sys.argv[4])
    else:
        main()
