"""The page in the hand, in a browser of 390 px: two taps, no coverage, live, and for everybody to use."""

from __future__ import annotations

import json
from itertools import count

import pytest

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
STREET = "Slotlaan"
MORE_THAN_A_STUTTER = 260  # ms

_crews = count(1)


class Hand:
    """A crew with its telephone, and a job."""

    def __init__(self, served, browser, *, kind="als", care="als", offered=True, accepted=True, **options):
        self.served, self.browser, self.care = served, browser, care
        self.seat = f"crew{next(_crews)}"
        self.request = served.do(
            "request", urgency="U1", callback="0612345678", street=STREET, house_number="12", words="Pijn op de borst"
        )
        self.unit = served.do("unit", kind=kind, seat=self.seat)
        if offered:
            self.offer()
        if offered and accepted:
            served.do("deployment.accept", deployment=self.job, by=self.seat)
        self.page = self.telephone(**options)

    def offer(self):
        self.job = self.served.do(
            "deployment.offer", request=self.request, care=self.care, unit=self.unit, by="dispatcher"
        )

    def telephone(self, **options):
        return self.served.page(self.browser, self.seat, viewport=PHONE, **options)

    def open(self):
        self.page.goto(f"/field/job/{self.job}/")
        self.page.locator("#connection[data-state=live]").wait_for()
        return self.page

    def tap_twice(self, button="#job-next .likely button"):
        self.page.locator(button).first.click()
        self.page.wait_for_timeout(MORE_THAN_A_STUTTER)
        self.page.locator(".armed").click()

    def told(self):
        return self.page.locator(".told li").count()


@pytest.fixture
def hand(served, browser):
    """Somebody on an ambulance with a job that was accepted."""
    made = Hand(served, browser)
    yield made
    made.page.context.close()


def test_two_taps_report_and_one_tap_does_not(hand):
    page = hand.open()
    before = hand.told()
    page.locator("#job-next .likely button").click()
    assert page.locator(".armed").count() == 1
    page.wait_for_timeout(3300)
    assert page.locator(".armed").count() == 0
    assert hand.told() == before
    hand.tap_twice()
    page.locator(".told li").nth(before).wait_for()
    assert page.locator("#job-next .likely form").get_attribute("data-report") == "Arrived"


def test_a_stutter_of_the_finger_is_no_confirmation(hand):
    page = hand.open()
    before = hand.told()
    page.locator("#job-next .likely button").dblclick(delay=5)
    page.wait_for_timeout(500)
    assert hand.told() == before


def test_without_coverage_reports_wait_on_the_telephone_and_go_in_order_when_it_is_back(hand):
    page = hand.open()
    before = hand.told()
    page.context.set_offline(True)
    hand.tap_twice()
    page.locator('#outbox[data-waiting="1"]').wait_for()
    assert page.locator("#job-next .likely form").get_attribute("data-report") == "Arrived"
    hand.tap_twice()
    page.locator('#outbox[data-waiting="2"]').wait_for()
    assert "2" in page.locator("#outbox .count").inner_text()
    kept = page.evaluate("JSON.stringify(localStorage)")
    for personal in (STREET, "612345678", "borst"):
        assert personal not in kept
    reports = json.loads(next(value for name, value in json.loads(kept).items() if "outbox" in name))
    assert [set(one) for one in reports] == [{"kind", "job", "report", "wall", "at", "key"}] * 2
    page.context.set_offline(False)
    page.locator("#outbox").wait_for(state="hidden")
    page.locator(".told li").nth(before + 1).wait_for()
    assert page.locator("#job-next .likely form").get_attribute("data-report") == "TransportStarted"


def test_reports_that_wait_are_sent_after_the_telephone_was_put_away(hand):
    page = hand.open()
    page.context.set_offline(True)
    hand.tap_twice()
    page.locator('#outbox[data-waiting="1"]').wait_for()
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto("/field/")
    page.locator("#outbox").wait_for(state="hidden")
    hand.open()
    assert page.locator("#job-next .likely form").get_attribute("data-report") == "Arrived"


def test_a_report_that_the_centre_refuses_is_told_and_stays_until_it_is_put_away(hand):
    page = hand.open()
    page.context.set_offline(True)
    hand.tap_twice()
    page.locator('#outbox[data-waiting="1"]').wait_for()
    hand.served.do("deployment.report", deployment=hand.job, report="Departed", by="dispatcher")
    page.context.set_offline(False)
    refused = page.locator("#outbox li.refused")
    refused.wait_for()
    page.reload()
    refused.wait_for()
    refused.locator("button").click()
    assert not page.locator("#outbox").is_visible()


def test_an_offer_appears_by_itself_is_accepted_in_two_taps_and_then_shows_the_address(served, browser):
    hand = Hand(served, browser, offered=False)
    page = hand.page
    page.goto("/field/")
    page.locator("#connection[data-state=live]").wait_for()
    hand.offer()
    page.locator(f"#job-{hand.job} a").click()
    page.locator("#job-next button").wait_for()
    assert STREET not in page.content()
    hand.tap_twice("#job-next button")
    page.locator("#dossier").wait_for()
    assert STREET in page.locator("#dossier").inner_text()
    assert page.locator("#dossier a[href^='tel:']").count() == 1
    assert page.locator("#dossier a[href^='geo:']").get_attribute("href").startswith("geo:52.")
    page.context.close()


def test_an_offer_that_is_taken_back_takes_its_button_along(served, browser):
    hand = Hand(served, browser, accepted=False)
    page = hand.open()
    page.locator("#job-next button").wait_for()
    served.do("deployment.withdraw", deployment=hand.job, reason="other_provider", by="dispatcher")
    page.locator("#job-next button").wait_for(state="detached")
    page.context.close()


def test_a_visiting_gp_hears_on_the_open_job_that_another_is_asked(served, browser):
    hand = Hand(served, browser, kind="gp_car", care="gp_visit")
    page = hand.open()
    assert not page.locator(".elsewhere").is_visible()
    second = served.do("request", urgency="U3")
    other = served.do("deployment.offer", request=second, care="gp_visit", unit=hand.unit, by="dispatcher")
    page.locator(f".elsewhere #job-{other} a").click()
    page.wait_for_url(f"**/field/job/{other}/")
    page.context.close()


def test_when_the_dispatcher_cancels_the_address_leaves_the_open_page(hand):
    page = hand.open()
    assert STREET in page.content()
    hand.served.do("deployment.cancel", deployment=hand.job, reason="no_longer_needed", by="dispatcher")
    page.locator("#dossier").wait_for(state="detached")
    assert STREET not in page.content()


def test_a_part_that_is_being_used_is_not_refreshed_under_the_hand(hand):
    page = hand.open()
    page.locator("#job-next details.others summary").click()
    hand.served.do("deployment.report", deployment=hand.job, report="Departed", by=hand.seat)
    page.wait_for_timeout(700)
    assert page.locator("#job-next details.others[open]").count() == 1
    page.locator("#job-next details.others summary").click()
    page.locator('#job-next .likely form[data-report="Arrived"]').wait_for()


def test_the_position_is_shared_only_after_a_tap(served, browser):
    hand = Hand(
        served, browser, permissions=["geolocation"], geolocation={"latitude": 52.1, "longitude": 5.2, "accuracy": 10}
    )
    page = hand.page
    sent = []
    page.on("request", lambda one: sent.append(one.url) if "/position/" in one.url else None)
    page.goto("/field/")
    page.wait_for_timeout(500)
    assert sent == []
    with page.expect_response("**/position/") as answer:
        page.locator("[data-share] button").click()
    assert answer.value.status == 204
    assert page.locator("[data-share] button").get_attribute("aria-pressed") == "true"
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_in_the_hand_is_accessible_and_fits(served, browser, axe, scheme):
    hand = Hand(served, browser, accepted=False, color_scheme=scheme)
    page = hand.page
    for step in ("/field/", f"/field/job/{hand.job}/", "accept"):
        if step == "accept":
            page.goto("about:blank")
            served.do("deployment.accept", deployment=hand.job, by=hand.seat)
            step = f"/field/job/{hand.job}/"
        page.goto(step)
        for summary in page.locator("details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()
        assert axe(page) == ""
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()


def test_the_whole_job_is_done_by_keyboard_too(hand):
    page = hand.open()
    for _step in range(6):
        button = page.locator("#job-next .likely button")
        name = page.locator("#job-next .likely form").get_attribute("data-report")
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(MORE_THAN_A_STUTTER)
        page.keyboard.press("Enter")
        page.locator(f'#job-next form[data-report="{name}"]').wait_for(state="detached")
        if name == "Cleared":
            break
    page.locator("#dossier").wait_for(state="detached")
    assert page.locator(".told li").count() == 8
