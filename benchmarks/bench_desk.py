"""How soon a key at the desk is answered, with a full region's day in the tables.

    python benchmarks/bench_desk.py         (SCHAKEL_BENCH_HOURS of the region are played first, 24 if not set)

The day is lived by the demonstration world through the actions, on PostgreSQL. Then one person works: opens the queue
and cases, writes a field, triages; each over the loopback, measured from the first byte sent to the last received.
"""

from __future__ import annotations

import http.client
import os
import time
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import centre
from result import in_ms, quantile, tell

HOURS = float(os.environ.get("SCHAKEL_BENCH_HOURS", "24"))
TIMES = int(os.environ.get("SCHAKEL_BENCH_TIMES", "200"))
PROMISED_S = 0.05
CSRF = "b" * 32


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

    from schakel.demo import pace, start
    from schakel.domain.durations import HOUR
    from schakel.domain.vocabulary import Channel
    from schakel.operations import clock
    from schakel.operations.actions import care_request
    from schakel.operations.current_region import region
    from schakel.operations.models import CareRequest, Deployment, JournalEntry

    now = clock.wall_ms()
    began = time.monotonic()
    world = start.new_world(region(), seed=1, now=now - int(HOURS * HOUR))
    world.play_until(now)
    pace.run_from(now, 1.0)
    print(
        f"{HOURS:g} h played in {time.monotonic() - began:.0f} s: {CareRequest.objects.count()} requests, "
        f"{Deployment.objects.count()} deployments, {JournalEntry.objects.count()} events"
    )
    account, viewer = centre.person("bench", "triagist", "dispatcher")

    def one_more() -> int:
        """A request that was just begun. It is not among the time that is measured."""
        key = care_request.begin(channel=Channel.PHONE, at=clock.now_ms(), by=viewer)
        care_request.locate(request=key, zone="zeist", at=clock.now_ms(), by=viewer)
        return key

    living = list(CareRequest.objects.living().filter(owner__kind="centre").order_by("pk").values_list("pk", flat=True))
    session = centre.session(account)
    port = centre.free_port()
    web = centre.Command(folder, cluster.address, "serve", "--port", str(port), "--no-worker")
    try:
        centre.wait_for(f"http://127.0.0.1:{port}/account/login/")
        desk = Desk(port, session)
        for name, ask in {
            "queue": lambda turn: desk.ask("GET", "/desk/"),
            "case": lambda turn: desk.ask("GET", f"/desk/request/{living[turn % len(living)]}/"),
            "field": lambda turn: desk.ask(
                "POST",
                f"/desk/request/{one_more()}/write/callback/",
                {"callback": f"03055501{turn % 100:02}", "seen": "0", "key": uuid4().hex},
            ),
            "triage": lambda turn: desk.ask(
                "POST",
                f"/desk/request/{one_more()}/triage/",
                {"urgency": "U3", "reason": "complaint", "key": uuid4().hex},
            ),
        }.items():
            for turn in range(5):
                ask(TIMES + turn)  # the first ones fill caches
            took = [ask(turn) for turn in range(TIMES)]
            p95 = quantile(took, 0.95)
            tell(
                f"a key at the desk: {name}",
                f"{PROMISED_S * 1000:.0f} ms at p95",
                f"{p95 * 1000:.0f} ms",
                n=len(took),
                kept=p95 <= PROMISED_S,
                quantiles=in_ms(took),
            )
    finally:
        connections.close_all()
        web.kill()


class Desk:
    """One person with one open connection."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def ask(self, method: str, path: str, told: dict[str, str] | None = None) -> float:
        """Seconds until the whole answer was there. Anything but an answer to the question is a mistake of ours."""
        headers = self.headers if told else {"Cookie": self.headers["Cookie"]}
        began = time.perf_counter()
        self.connection.request(method, path, urlencode(told) if told else None, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - began
        assert answer.status < 400, f"{method} {path}: {answer.status} {body[:300]!r}"
        return took


if __name__ == "__main__":
    main()
