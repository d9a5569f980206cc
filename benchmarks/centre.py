"""A whole centre for a benchmark: a PostgreSQL of its own, the web server, the worker. All on this machine alone.

Everything is killed with `kill -9` and started again without any other help, as after a crash.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def tools() -> Path:
    """Where the programs of PostgreSQL are; the newest that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if found:
        return found[-1].parent
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    sys.exit("PostgreSQL is not installed here: initdb was not found.")


class Cluster:
    """A PostgreSQL cluster in a folder, with the settings it has out of the box: what is committed is on the disk."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder / "cluster"
        self.bin = tools()
        self.folder.mkdir()
        self.user = None
        if os.getuid() == 0:
            self.user = "postgres"  # PostgreSQL does not run as root
            owner = pwd.getpwnam(self.user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            folder.chmod(0o755)
        self._do("initdb", "-D", str(self.folder), "-U", "schakel", "-A", "trust", "-E", "UTF8", "--no-locale")
        self.process = self.start()
        self.wait()
        self._do("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "schakel", "schakel")

    @property
    def address(self) -> str:
        return f"postgres://schakel@127.0.0.1:{self.port}/schakel"

    def _do(self, name: str, *words: str) -> None:
        command = [str(self.bin / name), *words]
        subprocess.run(command, check=True, user=self.user, cwd="/", stdout=subprocess.DEVNULL)

    def start(self) -> subprocess.Popen:
        command = [str(self.bin / "postgres"), "-D", str(self.folder), "-p", str(self.port), "-h", "127.0.0.1"]
        command += ["-k", str(self.folder), "-c", "max_connections=120"]
        log = (self.folder.parent / "postgres.log").open("a")
        self.process = subprocess.Popen(
            command, user=self.user, cwd="/", stdout=log, stderr=log, start_new_session=True
        )
        return self.process

    def wait(self, seconds: float = 60) -> None:
        """Until it answers. After a crash it first recovers by itself."""
        ready = [str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        deadline = time.monotonic() + seconds
        while subprocess.run(ready, check=False).returncode:
            if time.monotonic() > deadline:
                sys.exit("PostgreSQL did not start; see postgres.log beside the cluster.")
            if self.process.poll() is not None:
                self.start()  # the old one still held the memory: once more
            time.sleep(0.1)

    def kill(self) -> None:
        """The postmaster and everybody it started, at once."""
        kill(self.process)


class Command:
    """A process of the centre."""

    def __init__(self, data: Path, database: str, *words: str) -> None:
        self.words = words
        self.environment = os.environ | {
            "SCHAKEL_DATA": str(data),
            "SCHAKEL_DATABASE": database,
            "SCHAKEL_DEBUG": "no",
            "DJANGO_SETTINGS_MODULE": "schakel.config.settings",
        }
        self.log = data / f"{words[0]}.log"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", "from schakel.cli import app; app()", *self.words]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        kill(self.process)


def kill(process: subprocess.Popen) -> None:
    """kill -9 of a process and everything in its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(address: str, seconds: float = 60) -> None:
    """Until a page is served here."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit(f"Nothing answered at {address}.")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder for one benchmark, removed afterwards. To be told to stop is an end like any other: all is put away."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    with tempfile.TemporaryDirectory(prefix="schakel-bench-") as path:
        yield Path(path)


def prepare(data: Path, database: str) -> None:
    """Make Django ready in this process for this database, with tables and a region."""
    os.environ |= {
        "SCHAKEL_DATA": str(data),
        "SCHAKEL_DATABASE": database,
        "DJANGO_SETTINGS_MODULE": "schakel.config.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    from schakel.operations import region_load
    from schakel.operations.current_region import region

    call_command("migrate", verbosity=0)
    region_load.load(region())


def person(name: str, *roles: str):
    """Somebody at the centre with these roles, as account and as viewer."""
    from schakel.accounts.models import Membership, Organisation, Person, viewer_of
    from schakel.domain.vocabulary import Role
    from schakel.operations import clock

    account = Person.objects.create(username=name, first_name="Bench", last_name=name)
    for role in roles:
        Membership.objects.create(person=account, organisation=Organisation.objects.get(kind="centre"), role=Role(role))
    return account, viewer_of(account, clock.now_ms())


def session(account) -> str:
    """The cookie of somebody who logged in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def triaged(by, count: int, urgency: str = "U3") -> list[int]:
    """Requests that were located and triaged."""
    from schakel.domain.vocabulary import Channel, Urgency, UrgencyReason
    from schakel.operations import clock
    from schakel.operations.actions import care_request

    keys = []
    for _ in range(count):
        key = care_request.begin(channel=Channel.PHONE, at=clock.now_ms(), by=by)
        care_request.locate(request=key, zone="zeist", at=clock.now_ms(), by=by)
        care_request.triage(
            request=key, urgency=Urgency(urgency), reason=UrgencyReason.COMPLAINT, at=clock.now_ms(), by=by
        )
        keys.append(key)
    return keys
