"""What the browser tests share: a centre that is served, and Debian's Chromium.

def test_something(served, browser):
    page = served.page(browser, "triagist")      # logged in; see SEATS in seed.py for who there is
    number = served.do("request", urgency="U1")  # done in the serving process, on the screens at once
    page.goto(served.url + f"/desk/{number}/")
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SEED = Path(__file__).with_name("seed.py")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


class Served:
    """A centre with a database of its own, served by a process of its own."""

    def __init__(self, data: Path) -> None:
        environment = os.environ | {
            "SCHAKEL_DATA": str(data),
            "SCHAKEL_DATABASE": "",
            "PYTHONPATH": os.pathsep.join([str(SEED.parents[2] / "src"), os.environ.get("PYTHONPATH", "")]),
        }
        self.log = data / "server.log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(SEED)],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        first = self._process.stdout.readline()
        assert first, f"the centre did not start: {self.log.read_text()}"
        self.url: str = json.loads(first)["url"]

    def do(self, name: str, /, **values: Any) -> Any:
        """Have something done at the centre: a function of `seed.DOES`, or an action such as `care_request.miss`."""
        self._process.stdin.write(json.dumps({"do": name, "with": values}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "wrong" not in answer, answer["wrong"]
        return answer["outcome"]

    def page(self, browser: Any, seat: str, **options: Any) -> Any:
        """A page of somebody who has logged in, in a context of its own. `options`: those of a browser context."""
        options.setdefault("viewport", {"width": 1440, "height": 900})
        options.setdefault("locale", "nl-NL")
        context = browser.new_context(base_url=self.url, **options)
        context.add_cookies([{"name": "sessionid", "value": self.do("session", seat=seat), "url": self.url}])
        context.set_default_timeout(10_000)
        return context.new_page()

    def stop(self) -> None:
        """End the process that serves."""
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served centre, fresh for each module of tests."""
    centre = Served(tmp_path_factory.mktemp("centre"))
    yield centre
    centre.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window; a plain skip where it is not there."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"There is no Chromium at {CHROMIUM}; set CHROMIUM to where it is.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe() -> Any:
    """A check of a page against the rules of WCAG 2.2 AA: gives the violations as text, empty when there are none."""
    from axe_playwright_python.sync_playwright import Axe

    checker = Axe()
    tags = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}

    def violations(page: Any) -> str:
        found = checker.run(page, options=tags).response["violations"]
        return "\n".join(
            f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:5]]}" for one in found
        )

    return violations
