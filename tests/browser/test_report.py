"""The report of a simulation in a browser: readable for everybody, in both themes, wide and narrow."""

from __future__ import annotations

import pytest

from schakel.planning.experiment import run
from schakel.planning.report import write
from small_scenario import SMALL, a_scenario


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    return write(run(a_scenario(folder, SMALL)), folder / "out").as_uri()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_a_report_is_readable_for_everybody_and_fits(browser, axe, address, theme, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for fold in page.locator("summary").all():
        fold.click()
    assert axe(page) == ""
    assert asked == [address]
    assert said == []
    context.close()


def test_charts_follow_the_theme(browser, address):
    inks = []
    for theme in ("light", "dark"):
        page = browser.new_context(color_scheme=theme).new_page()
        page.goto(address)
        label = page.locator("svg text").first
        inks.append(label.evaluate("one => getComputedStyle(one).fill"))
        page.context.close()
    assert inks[0] != inks[1]
