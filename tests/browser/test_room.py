"""A person at a partner's desk sees the queue of the centre open and close by the clock, and loses nothing typed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.browser

CLOSES = int(datetime(2027, 1, 15, 8, tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp() * 1000)
SECOND = 1_000


@pytest.fixture
def before_eight(served):
    """Half a minute before the window of the night closes; the clock runs."""
    now = served.do("now")
    served.do("pace", ahead=CLOSES - 30 * SECOND - now)


def at_the_desk(served, browser, seat, address="/desk/"):
    page = served.page(browser, seat, locale="en-GB")
    page.set_default_timeout(30_000)
    page.goto(address)
    page.wait_for_selector('#connection[data-state="live"]')
    return page


def test_the_queue_of_the_centre_closes_before_the_eyes_of_a_guest(served, browser, before_eight, axe):
    number = served.do("request")
    queue = at_the_desk(served, browser, "hap_triagist")
    case = at_the_desk(served, browser, "hap_triagist", f"/desk/request/{number}/")
    own = at_the_desk(served, browser, "triagist")
    assert "HAP Eemland is in the room of the centre" in queue.inner_text("#window")
    assert queue.locator(f"#request-{number}").count() == 1
    assert not axe(queue)
    case.fill("#ask-note", "belt terug over een uur")
    served.do("pace", ahead=31 * SECOND)
    queue.wait_for_selector(f"#request-{number}", state="detached")
    queue.wait_for_selector("#window .shut")
    case.wait_for_selector("#notices .notice")
    assert "is closed until 23:00" in case.inner_text("#notices")
    assert case.input_value("#ask-note") == "belt terug over een uur"
    case.click("#note-add")
    case.wait_for_selector("#said-note:has-text('closed until 23:00')")
    assert case.input_value("#ask-note") == "belt terug over een uur"
    assert "note" not in served.do("dossier", request=number)
    assert own.locator(f"#request-{number}").count() == 1, "the centre's own desk goes on"
    assert not axe(queue)
    for page in (queue, case, own):
        page.context.close()


def test_a_call_for_a_closed_post_is_on_the_screen_of_the_centre_with_the_reason(served, browser):
    now = served.do("now")
    served.do("pace", ahead=max(0, CLOSES + 4 * 3_600 * SECOND - now))
    desk = at_the_desk(served, browser, "triagist")
    number = served.do("care_request.ring", by=None, channel="phone", line=served.do("organisation", kind="hap"))
    row = desk.wait_for_selector(f"#calls-{number} .overflow")
    assert row.inner_text().strip() == "from HAP Eemland to ZCC Midden-Nederland: The desk is closed"
    post = at_the_desk(served, browser, "hap_triagist", f"/desk/request/{number}/")
    post.click("#flow-back")
    desk.wait_for_selector(f"#calls-{number}", state="detached")
    post.click("#flow-over")
    desk.wait_for_selector(f"#calls-{number} .overflow")
    desk.click("#claim-oldest")
    desk.wait_for_url(f"**/desk/request/{number}/")
    assert "ZCC Midden-Nederland" in desk.inner_text("#state")
    assert served.do("state", request=number)["owner_offered"] is None
    for page in (desk, post):
        page.context.close()
