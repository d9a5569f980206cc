"""The telephone and the incident in a browser, by keyboard alone: who calls, a lost line, two patients."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(served, browser):
    """Open a page of somebody who has logged in; every one is closed after the test."""
    opened = []

    def page_of(seat, address="/desk/", **options):
        options.setdefault("locale", "en-GB")
        page = served.page(browser, seat, **options)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        opened.append(page)
        page.goto(address)
        page.wait_for_selector('#connection[data-state="live"]')
        return page

    yield page_of
    for page in opened:
        assert not page.problems
        page.context.close()


def number_in(page) -> int:
    return int(re.search(r"/desk/request/(\d+)/", page.url)[1])


def test_w_takes_the_number_and_the_banner_says_who_calls(served, open_page, axe):
    known = served.do("request", urgency="U3", callback="0301234567")
    watching = open_page("triagist2")
    page = open_page("triagist")
    page.keyboard.press("w")
    assert page.evaluate("document.activeElement.id") == "ring-callback"
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.wait_for_selector("#notices :text('ten digits')")
    assert page.input_value("#ring-callback") == "12", "what was typed is kept"
    page.keyboard.press("Control+a")
    page.keyboard.type("030 123 45 67")
    page.keyboard.press("Enter")
    for one in (page, watching):
        shown = one.wait_for_selector("[data-list=calls] .number-shown")
        assert shown.inner_text() == "0301234567"
        assert one.inner_text("[data-list=calls] .earlier.maybe").startswith("maybe the same")
        assert one.is_visible(f"[data-list=calls] .earlier a:text-is('{known}')")
    assert not axe(watching)
    page.wait_for_selector('#connection[data-state="live"]')
    page.keyboard.press("c")
    page.wait_for_url("**/desk/request/*/")
    assert page.input_value("#ask-callback") == "+31301234567"
    page.wait_for_selector(f"#second .second a:has-text('{known}')")
    watching.wait_for_selector("[data-list=calls] li", state="detached")


def test_only_the_oldest_call_speaks_by_itself_and_another_when_the_hands_are_on_it(served, open_page):
    first = served.do("care_request.ring", by=None, channel="phone", callback="0301112223")
    second = served.do("care_request.ring", by=None, channel="phone", callback="0304445556")
    page = open_page("triagist")
    page.wait_for_selector(f"#calls-{first} .number-shown")
    assert page.query_selector(f"#calls-{second} .number-shown") is None
    page.focus(f"#calls-{second} a")
    page.wait_for_selector(f"#calls-{second} .number-shown:text('0304445556')")
    for number in (first, second):
        served.do("care_request.answer", by="triagist2", request=number)
    page.wait_for_selector("[data-list=calls] li", state="detached")


def test_a_dispatcher_does_not_read_who_calls_by_looking_at_the_queue(served, open_page):
    number = served.do("care_request.ring", by=None, channel="phone", callback="0301112224")
    page = open_page("dispatcher")
    page.wait_for_selector(f"#calls-{number}")
    page.focus(f"#calls-{number} a")
    page.wait_for_timeout(300)
    assert page.query_selector(".number-shown") is None
    served.do("care_request.miss", by=None, request=number)


def test_a_second_patient_of_the_caller_two_incidents_become_one_and_one_leaves(served, open_page, axe):
    first = served.do("request", urgency="U2", callback="0307778889")
    page = open_page("triagist", f"/desk/request/{first}/")
    page.keyboard.press("Escape")
    page.keyboard.press("y")
    page.wait_for_url(lambda url: f"/request/{first}/" not in url)
    page.wait_for_selector('#connection[data-state="live"]')
    other = number_in(page)
    assert page.input_value("#ask-callback") == "+31307778889"
    assert page.inner_text("#incident-title") == f"Incident {first}"
    assert served.do("state", request=other)["incident"] == first
    third, fourth = served.do("request", urgency="U1"), served.do("request", urgency="U3")
    served.do("incident.join", request=third, to=fourth)
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.focus("#link-to")
    page.keyboard.type(str(fourth))
    page.keyboard.press("Enter")
    page.wait_for_selector(f".of-incident a:text-is('{third}')")
    assert {served.do("state", request=key)["incident"] for key in (first, other, third, fourth)} == {first}
    assert not axe(page)
    colleague = open_page("regiearts", f"/desk/request/{third}/")
    colleague.keyboard.press("Escape")
    for key in ("e", "i"):
        colleague.keyboard.press(key)
    page.wait_for_selector(".incident dd b:text('Noor van Dijk')")
    page.focus("h1")
    page.keyboard.press("Escape")
    for key in ("e", "u"):
        page.keyboard.press(key)
    page.wait_for_selector(".incident", state="detached")
    assert served.do("state", request=other)["incident"] is None
    assert served.do("state", request=third)["incident"] == first


def test_a_caller_whose_line_was_lost_goes_on_where_it_was(served, open_page):
    lost = served.do("request", urgency=None, callback="0306665554")
    served.do("care_request.drop", request=lost)
    served.do("care_request.ring", by=None, channel="phone", callback="0306665554")
    page = open_page("triagist")
    page.wait_for_selector("[data-list=calls] .earlier:has-text('line lost')")
    page.keyboard.press("c")
    page.wait_for_url("**/desk/request/*/")
    page.wait_for_selector("#second button:has-text('Line was lost there')")
    page.keyboard.press("Escape")
    page.focus("#second button:has-text('Line was lost there')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/request/{lost}/")
    assert served.do("state", request=lost)["line_lost"] is False
