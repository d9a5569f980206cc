"""The partner's own page in a browser: by keyboard alone, live, and never with anything of another."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

WORDS = "Thuissituatie houdt niet meer"
CALLBACK = "+31612345678"


def asked(served, kind="vvt", need="home_nursing"):
    """A request with a follow-up that was offered to the first partner of this kind."""
    request = served.do("request", urgency="U3", callback="0612345678", words=WORDS)
    task = served.do("follow_up.ask", request=request, need=need, takes_over=False, by="triagist")
    served.do("follow_up.offer", follow_up=task, partner=served.do("organisation", kind=kind), by="coordinator")
    return request, task


def test_what_is_asked_appears_by_itself_and_only_with_the_partner_that_was_asked(served, browser):
    mine, other = served.page(browser, "vvt"), served.page(browser, "ggz")
    for page in (mine, other):
        page.goto("/partner/")
        page.locator("#connection[data-state=live]").wait_for()
    _request, task = asked(served)
    mine.locator(f"#partner-follow_ups-{task}").wait_for()
    other.wait_for_timeout(500)
    assert other.locator("tr[id^=partner-]").count() == 0
    served.do("follow_up.withdraw", follow_up=task, by="coordinator")
    mine.locator(f"#partner-follow_ups-{task}").wait_for(state="detached")
    for page in (mine, other):
        page.context.close()


def test_a_follow_up_is_read_accepted_and_finished_by_keyboard_alone(served, browser):
    request, task = asked(served)
    page = served.page(browser, "vvt")
    page.goto("/partner/")
    page.locator("#connection[data-state=live]").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/partner/request/{request}/")
    assert WORDS in page.locator("#dossier").inner_text()
    assert CALLBACK not in page.content()
    page.keyboard.press("a")
    page.locator(f"#dossier a[href='tel:{CALLBACK}']").wait_for()
    page.locator("#connection[data-state=live]").wait_for()
    page.keyboard.press("f")
    page.wait_for_url("**/partner/")
    assert page.locator(f"#partner-follow_ups_in_hand-{task}").count() == 0
    page.goto(f"/partner/request/{request}/")
    assert WORDS not in page.content()
    page.context.close()


def test_a_decline_takes_two_keys_and_leaves_the_list(served, browser):
    request, task = asked(served)
    page = served.page(browser, "vvt")
    page.goto(f"/partner/request/{request}/")
    page.locator("#connection[data-state=live]").wait_for()
    page.keyboard.press("d")
    page.locator(".reasons button").first.wait_for()
    page.keyboard.press("1")
    page.wait_for_url("**/partner/")
    assert page.locator(f"#partner-follow_ups-{task}").count() == 0
    page.context.close()


def test_an_open_page_closes_when_the_offer_is_taken_back(served, browser):
    request, task = asked(served)
    page = served.page(browser, "vvt")
    page.goto(f"/partner/request/{request}/")
    page.locator("#connection[data-state=live]").wait_for()
    served.do("follow_up.withdraw", follow_up=task, by="coordinator")
    page.locator("#dossier").wait_for(state="detached")
    assert WORDS not in page.content()
    page.context.close()


def test_the_centre_is_asked_by_keyboard_and_gives_a_number_that_another_partner_does_not_see(served, browser):
    page = served.page(browser, "ggz")
    other = served.page(browser, "vvt")
    other.goto("/partner/")
    other.locator("#connection[data-state=live]").wait_for()
    page.goto("/partner/")
    page.locator("#connection[data-state=live]").wait_for()
    page.keyboard.press("v")
    page.wait_for_url("**/partner/ask/")
    page.locator("#connection[data-state=live]").wait_for()
    page.locator("input[name=wanted]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("030 123 45 67")
    page.keyboard.press("Tab")
    page.keyboard.type("Zeist")
    page.keyboard.press("Tab")
    page.keyboard.type(WORDS)
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.wait_for_url("**/partner/asked/*/")
    number = int(page.locator(".case-number").inner_text())
    assert served.do("newest") == number
    kept = served.do("dossier", request=number)
    assert WORDS in kept["words"]
    page.locator(f"#partner-rang-{number}").wait_for()
    served.do("care_request.answer", request=number, by="triagist")
    page.wait_for_timeout(500)
    assert other.locator("[id^=partner-rang]").count() == 0
    for one in (page, other):
        one.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_of_a_partner_is_accessible_and_fits(served, browser, axe, scheme, width):
    request, task = asked(served)
    page = served.page(browser, "vvt", viewport={"width": width, "height": 900}, color_scheme=scheme)
    for address in ("/partner/", f"/partner/request/{request}/", "/partner/ask/"):
        page.goto(address)
        for summary in page.locator("details:not([open]) > summary").all():
            summary.click()
        assert axe(page) == ""
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    served.do("follow_up.withdraw", follow_up=task, by="coordinator")
    page.context.close()


def test_a_wrong_form_keeps_what_was_typed(served, browser, axe):
    page = served.page(browser, "ggz")
    page.goto("/partner/ask/")
    page.locator("input[name=wanted]").first.check()
    page.locator("[name=callback]").fill("12")
    page.locator("[name=words]").fill(WORDS)
    page.locator("form[data-draft] button[type=submit]").click()
    page.locator(".field.wrong").wait_for()
    assert page.locator("[name=words]").input_value() == WORDS
    assert axe(page) == ""
    page.context.close()


def test_room_is_reported_in_two_taps_and_is_unknown_after_its_shelf_life_without_a_reload(served, browser):
    page = served.page(browser, "vvt")
    page.goto("/partner/")
    page.locator("#connection[data-state=live]").wait_for()
    place = page.locator("section.place").first
    place.locator("input[name=free]").fill("3")
    place.locator("[id^=report-]").click()
    place.locator("[id^=more-]").click()
    place.locator("[id^=same-][value='4']").wait_for()
    place.locator(".fresh-figure", has_text="4").wait_for()
    served.do("pace", ahead=9 * 60 * 60 * 1000)
    place.locator(".capacity.stale").wait_for(timeout=15_000)
    assert place.locator(".stale-figure").inner_text() == "?"
    assert not place.locator(".fresh-figure").is_visible()
    assert not place.locator("[id^=more-]").is_visible()
    page.context.close()
