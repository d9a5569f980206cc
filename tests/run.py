"""Run every test this machine can, and say plainly what it could not.

The pure packages first, in seconds. Then everything that needs a database: on SQLite, and again on
PostgreSQL where a server answers. Then the browser tests, where Debian's Chromium is. With CI set,
a missing server or browser is a failure.

    python tests/run.py [--pure] [arguments for pytest]
"""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PURE = ["unit", "spec", "theory", "replay"]
WITH_DATABASE = ["property", "integration"]


def main() -> int:
    arguments = [one for one in sys.argv[1:] if one != "--pure"]
    could_not: list[str] = []
    failed: list[str] = []

    def run(name: str, folders: list[str], *more: str, **environment: str) -> None:
        paths = [str(HERE / folder) for folder in folders if any((HERE / folder).glob("**/test_*.py"))]
        if not paths:
            return
        print(f"\n== {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="schakel-test-") as data:
            began = time.monotonic()
            command = [sys.executable, "-m", "pytest", *paths, *more, *arguments]
            done = subprocess.run(command, cwd=HERE.parent, env={**os.environ, "SCHAKEL_DATA": data, **environment})
        print(f"   {time.monotonic() - began:.0f} s", flush=True)
        if done.returncode not in (0, 5):
            failed.append(name)

    run("The pure packages", PURE, "-n", "2")
    if "--pure" not in sys.argv:
        run("On SQLite", WITH_DATABASE, "-n", "2", "-m", "not postgres")
        if address := postgres():
            run("On PostgreSQL", WITH_DATABASE, "-n", "2", SCHAKEL_DATABASE=address)
        else:
            could_not.append("PostgreSQL: no server answered; set SCHAKEL_TEST_DATABASE to postgres://user@host/name")
        if shutil.which("chromium"):
            run("In a browser", ["browser"])
        else:
            could_not.append("the browser tests: Debian's chromium is not installed")
    if not (Path(os.environ.get("SCHAKEL_SHARED", HERE.parents[1] / "shared")) / "data").is_dir():
        could_not.append("tests against measured data: set SCHAKEL_SHARED to the folder with the shared test data")

    print()
    for what in could_not:
        print(f"Not tested here: {what}.")
    for what in failed:
        print(f"Failed: {what}.")
    if not failed and not could_not:
        print("Everything was tested.")
    missing = [what for what in could_not if not what.startswith("tests against")]
    return 1 if failed or (missing and os.environ.get("CI")) else 0


def postgres() -> str | None:
    """The address of a server on which a test database can be made, or None."""
    import psycopg

    given = os.environ.get("SCHAKEL_TEST_DATABASE")
    tried = [given] if given else [f"postgres://{getpass.getuser()}@127.0.0.1:5432/schakel", "postgres:///schakel"]
    for address in tried:
        server = address.rsplit("/", 1)[0] + "/postgres"
        try:
            with psycopg.connect(server, connect_timeout=3):
                return address
        except psycopg.Error:
            continue
    return None


if __name__ == "__main__":
    sys.exit(main())
