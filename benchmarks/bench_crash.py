"""kill -9 of the web server, the worker and the database at random moments: nothing acknowledged may be lost.

    python benchmarks/bench_crash.py        (SCHAKEL_BENCH_KILLS, 200 if not set)

Clients post actions under keys, and send the same key again until it is acknowledged. What was killed is started
again and gets no other help. At the end every acknowledged key must be done exactly once, the journal without a gap,
and every row the fold of its history.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import threading
import time
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import centre
from result import in_ms, tell

KILLS = int(os.environ.get("SCHAKEL_BENCH_KILLS", "200"))
CLIENTS = 4
LONGEST_S = 60 * 60
CSRF = "b" * 32


def main() -> None:
    with centre.folder() as folder:
        cluster = centre.Cluster(folder)
        try:
            _measure(folder, cluster)
        finally:
            cluster.kill()


class Client(threading.Thread):
    """Posts one action after the other; counts only what was acknowledged."""

    def __init__(self, port: int, session: str, requests: list[int], stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.requests, self.stop = port, requests, stop
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.acknowledged: list[str] = []
        self.tries = 0
        self.odd: set[int] = set()

    def run(self) -> None:
        turn = 0
        while not self.stop.is_set():
            turn += 1
            key = uuid4().hex
            path = (
                "/desk/new/" if turn % 4 == 0 else f"/desk/request/{self.requests[turn % len(self.requests)]}/reassess/"
            )
            while not self.stop.is_set():
                self.tries += 1
                if self._post(path, {"key": key, "channel": "phone"}):
                    self.acknowledged.append(key)
                    break
                time.sleep(0.05)

    def _post(self, path: str, told: dict[str, str]) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, urlencode(told), self.headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if 400 <= answer.status < 500:
            self.odd.add(answer.status)
        return answer.status < 400


def _measure(folder: Path, cluster: centre.Cluster) -> None:
    centre.prepare(folder, cluster.address)
    from django.db import connection, connections

    account, viewer = centre.person("bench", "triagist", "dispatcher")
    requests = centre.triaged(viewer, 4 * CLIENTS)
    before = len(requests)
    session = centre.session(account)
    connections.close_all()
    port = centre.free_port()
    web = centre.Command(folder, cluster.address, "serve", "--port", str(port), "--no-worker")
    worker = centre.Command(folder, cluster.address, "worker")
    took: list[float] = []
    kills = {"web": 0, "worker": 0, "database": 0}
    try:
        clients = _kill_and_start(cluster, web, worker, _clients(port, session, requests), kills, took)
    finally:
        web.kill()
        worker.kill()
    connection.close_pool()  # its connections died with the database
    _judge(clients, before, kills, took, folder)


def _clients(port: int, session: str, requests: list[int]) -> list[Client]:
    """Everybody who posts, at work as soon as the doors are open."""
    centre.wait_for(f"http://127.0.0.1:{port}/account/login/")
    stop = threading.Event()
    clients = [Client(port, session, requests[number::CLIENTS], stop) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    return clients


def _kill_and_start(
    cluster: centre.Cluster,
    web: centre.Command,
    worker: centre.Command,
    clients: list[Client],
    kills: dict[str, int],
    took: list[float],
) -> list[Client]:
    """Kill one of the three at a random moment, start it, and wait until something is acknowledged again."""
    dice = random.Random(1)
    deadline = time.monotonic() + LONGEST_S
    for number in range(KILLS):
        if time.monotonic() > deadline:
            print(f"Stopped after {number} kills: an hour is enough.")
            break
        time.sleep(dice.uniform(0.05, 0.8))
        what = dice.choice(tuple(kills))
        kills[what] += 1
        began = time.monotonic()
        if what == "web":
            web.kill()
            web.start()
            centre.wait_for(f"http://127.0.0.1:{clients[0].port}/account/login/")
        elif what == "worker":
            worker.kill()
            worker.start()
        else:
            cluster.kill()
            cluster.start()
            cluster.wait()
        acknowledged = sum(len(client.acknowledged) for client in clients)
        while sum(len(client.acknowledged) for client in clients) == acknowledged and time.monotonic() < began + 120:
            time.sleep(0.02)
        took.append(time.monotonic() - began)
        for process in (web, worker):  # nobody may have died of it but the one that was killed
            assert process.process.poll() is None, f"{process.words[0]} ended by itself; see {process.log}"
    clients[0].stop.set()
    for client in clients:
        client.join(60)
    return clients


def _judge(clients: list[Client], before: int, kills: dict[str, int], took: list[float], folder: Path) -> None:
    from schakel.cli.journal import differences, gaps
    from schakel.operations.models import CareRequest, Done, JournalEntry

    acknowledged = [key for client in clients for key in client.acknowledged]
    done = set(Done.objects.values_list("key", flat=True))
    lost = [key for key in acknowledged if key not in done]
    begun = Done.objects.filter(action="begin").count()
    twice = CareRequest.objects.count() - before - begun
    reassessed = JournalEntry.objects.filter(kind="Reassessed").count() - Done.objects.filter(action="reassess").count()
    missing, wrong = list(gaps()), list(differences())
    odd = set().union(*(client.odd for client in clients))
    print(f"kills: {kills}; tries {sum(client.tries for client in clients)}, other answers {sorted(odd) or 'none'}")
    print(f"lost {len(lost)}, twice {twice + reassessed}, gaps {len(missing)}, rows that differ {len(wrong)}")
    if names := re.findall(r"worker-timer-failed", (folder / "worker.log").read_text()):
        print(f"the worker stumbled {len(names)} times")
    tell(
        "kill -9 of web, worker, database",
        "nothing lost",
        f"{len(lost)} lost",
        n=sum(kills.values()),
        kept=not (lost or twice or reassessed or missing or wrong or odd),
        quantiles=in_ms(took),
    )


if __name__ == "__main__":
    main()
