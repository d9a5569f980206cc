"""Dispatch, follow-up and hand-over in a real browser: by keyboard alone, live, and readable for everybody."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def english(served, browser, seat: str, **options):
    """The page of somebody who reads English."""
    page = served.page(browser, seat, locale="en-GB", **options)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": served.url}])
    return page


def is_live(page) -> None:
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def job_in(page) -> int:
    """The key of the newest job in the part with the jobs of a request."""
    return int(page.locator("article[id^=job-]").first.get_attribute("id").removeprefix("job-"))


def test_a_dispatcher_asks_by_keyboard_alone_and_sees_the_yes_come_in(served, browser):
    number = served.do("request", urgency="U2")
    served.do("unit", kind="als", seat="crew")
    page = english(served, browser, "dispatcher")
    page.goto("/desk/dispatch/")
    is_live(page)
    expect(page.locator(f"#waiting-{number}")).to_be_visible()
    press(page, "j")
    expect(page.locator(f"#waiting-{number} a[data-row]")).to_be_focused()
    press(page, "c")
    page.wait_for_url(f"**/request/{number}/candidates/")
    press(page, "1")
    expect(page.locator("article .countdown time.due")).to_be_visible()
    expect(page.locator("article .status.reserved")).to_be_visible()
    is_live(page)
    served.do("deployment.accept", by="crew", deployment=job_in(page))
    expect(page.locator("article .status.dispatched")).to_be_visible()


def test_another_choice_is_one_key_and_a_reason(served, browser):
    number = served.do("request", urgency="U2", zone="soest")
    for seat in ("rapid-a", "rapid-b"):
        served.do("unit", kind="rapid", seat=seat)
    page = english(served, browser, "dispatcher")
    page.goto(f"/desk/request/{number}/candidates/?care=rapid")
    is_live(page)
    press(page, "2")
    expect(page.locator("#why-other")).to_be_visible()
    press(page, "3")
    expect(page.locator("article .status.reserved")).to_be_visible()


def test_an_offer_that_times_out_is_on_the_screen_of_the_dispatcher_with_the_next_one_key_away(served, browser):
    number = served.do("request", urgency="U3")
    unit = served.do("unit", kind="mca", seat="crew2")
    page = english(served, browser, "dispatcher")
    page.goto("/desk/dispatch/")
    is_live(page)
    served.do("deployment.offer", by="dispatcher", request=number, care="mca", unit=unit)
    row = page.locator(f"#waiting-{number}")
    expect(row.locator("time.due")).to_have_count(2)
    served.do("pace", ahead=120_000)
    served.do("do_due")
    alarm = page.locator(f"#exception-{number}")
    expect(alarm).to_contain_text("No answer in time")
    alarm.locator("a[data-row]").focus()
    press(page, "c")
    page.wait_for_url(f"**/request/{number}/candidates/")


def test_a_unit_is_taken_for_a_danger_to_life_by_keyboard_and_its_crew_hears_it(served, browser, axe):
    less = served.do("request", urgency="U2")
    job = served.do("job", request=less, seat="taken")
    served.do("deployment.report", by="taken", deployment=job, report="Departed")
    danger = served.do("request", urgency="U0")
    phone = english(served, browser, "taken", viewport={"width": 390, "height": 800})
    phone.goto(f"/field/job/{job}/")
    is_live(phone)
    page = english(served, browser, "dispatcher")
    page.goto(f"/desk/request/{danger}/candidates/?care=als")
    is_live(page)
    row = page.locator("#takes li").filter(has_text=str(less)).first
    expect(row).to_contain_text("leaves")
    assert axe(page) == ""
    press(page, "t")
    expect(page.locator("#takes select").first).to_be_focused()
    row.locator("select").focus()
    page.keyboard.type("Nobody")
    press(page, "Tab", "Enter")
    expect(page.locator("article .status.reserved")).to_be_visible()
    expect(phone.locator("body")).to_contain_text("asked for a danger to life")
    expect(phone.locator("[data-list=jobs] li")).to_have_count(1)
    page.goto("/desk/dispatch/")
    is_live(page)
    expect(page.locator(f"#exception-{less}")).to_contain_text("taken for a danger to life")


def test_a_telephone_answer_and_a_report_are_one_key_each(served, browser):
    number = served.do("request", urgency="U4")
    unit = served.do("unit", kind="nurse", seat="nurse")
    served.do("deployment.offer", by="dispatcher", request=number, care="district_nurse", unit=unit)
    page = english(served, browser, "dispatcher")
    page.goto(f"/desk/dispatch/?request={number}")
    is_live(page)
    press(page, "a")
    expect(page.locator("#work .status.dispatched")).to_be_visible()
    press(page, "m")
    expect(page.locator("#work .status.under_way")).to_be_visible()


def test_what_is_half_typed_stays_when_the_part_changes_under_it(served, browser):
    number = served.do("request", urgency="U4")
    served.do("job", request=number, care="rapid", kind="rapid", seat="rapid")
    page = english(served, browser, "dispatcher")
    page.goto(f"/desk/dispatch/?request={number}")
    is_live(page)
    field = page.locator("#work .reports input[name=time]")
    field.fill("14:0")
    served.do("deployment.report", by="rapid", deployment=job_in(page), report="Departed")
    expect(page.locator("#work .status.under_way")).to_be_visible()
    expect(field).to_have_value("14:0")
    expect(field).to_be_focused()


def test_the_units_are_filtered_by_what_is_typed(served, browser):
    page = english(served, browser, "dispatcher")
    served.do("unit", kind="crisis_team", seat="crisis")
    page.goto("/desk/dispatch/")
    is_live(page)
    press(page, "l")
    page.keyboard.type("crisis")
    expect(page.locator("#units > li:visible")).to_have_count(1)
    page.keyboard.type(" xyz")
    expect(page.locator("[data-none-for=units]")).to_be_visible()


def test_a_coordinator_finds_a_taker_by_keyboard_alone(served, browser):
    number = served.do("request", urgency="U3")
    served.do("follow_up.ask", by="coordinator", request=number, need="home_nursing", takes_over=False)
    page = english(served, browser, "coordinator")
    page.goto("/desk/follow-ups/")
    is_live(page)
    press(page, "j", "Enter")
    expect(page.locator("#work h2")).to_be_focused()
    press(page, "1")
    expect(page.locator("#work .status.offered")).to_be_visible()
    press(page, "a")
    expect(page.locator("#work .status.dispatched")).to_be_visible()
    expect(page.locator("[data-list=follow_ups_promised] tr")).to_have_count(1)
    press(page, "f")
    expect(page.locator("[data-list=follow_ups_promised] tr")).to_have_count(0)


def test_two_people_sign_for_a_shift(served, browser):
    served.do("request", urgency="U2")
    page = english(served, browser, "triagist")
    page.goto("/desk/handover/")
    press(page, "c")
    page.keyboard.type("Bram")
    press(page, "Escape", "s")
    page.wait_for_url(re.compile(r"/handover/\d+/$"))
    taker = english(served, browser, "triagist2")
    taker.goto("/desk/handover/")
    press(taker, "t")
    taker.wait_for_url(re.compile(r"/handover/\d+/$"))
    press(taker, "t")
    expect(taker.locator(".signatures")).not_to_contain_text("not signed yet")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_screens_are_readable_for_everybody(served, browser, axe, theme, width):
    number = served.do("request", urgency="U2")
    refused = served.do("request", urgency="U1")
    unit = served.do("unit", kind="care_ambulance", seat=f"care{theme}{width}")
    job = served.do("deployment.offer", by="dispatcher", request=refused, care="care_ambulance", unit=unit)
    served.do("deployment.decline", by="dispatcher", deployment=job, reason="defect")
    served.do("follow_up.ask", by="coordinator", request=number, need="mental_health", takes_over=True)
    options = {"color_scheme": theme, "viewport": {"width": width, "height": 900}}
    page = served.page(browser, "centre_lead", **options)
    for address in (
        f"/desk/dispatch/?request={refused}",
        f"/desk/request/{number}/candidates/",
        f"/desk/request/{number}/candidates/?care=advice",
        f"/desk/follow-ups/?request={number}",
        "/desk/handover/",
    ):
        page.goto(address)
        is_live(page)
        for details in page.locator("details").all():
            details.evaluate("element => element.open = true")
        assert axe(page) == "", address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{address} is wider than the screen"
        )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_header_is_one_line_also_for_the_longest_name_of_a_role(served, browser, theme):
    page = served.page(
        browser, "coordinator", locale="nl-NL", color_scheme=theme, viewport={"width": 1440, "height": 900}
    )
    page.goto("/desk/follow-ups/")
    last = page.locator(".top .nav li").last.bounding_box()
    who = page.locator(".top .who").bounding_box()
    assert who["y"] < last["y"] + last["height"] / 2, "beside the screens, not below them"
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
