"""The walk of a triagist in a browser, by keyboard alone: from the ringing telephone to a case that is triaged."""

from __future__ import annotations

import re
import time

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


def rests_on(page, element: str) -> bool:
    """Whether the focus comes to rest on this element; a page that is busy may take a while."""
    return wait_for(lambda: page.evaluate("document.activeElement.id") == element)


def wait_for(what, seconds=20.0):
    """What the centre or the page says, as soon as it says something true."""
    until = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def holds(served, request: int, **wanted: str) -> bool:
    """Whether the dossier comes to hold these values: a field saves itself after the hands went on."""
    return wait_for(lambda: wanted.items() <= served.do("dossier", request=request).items())


def test_from_n_to_triage_without_a_mouse(served, open_page):
    page = open_page("triagist")
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/desk/request/\d+/"))
    number = int(page.url.rstrip("/").rsplit("/", 1)[1])
    assert rests_on(page, "ask-callback")
    page.keyboard.type("06 1234 5678")
    page.keyboard.press("Enter")
    assert rests_on(page, "ask-street")
    for typed in ("Slotlaan", "12", "3701gk", "Zeist"):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    assert rests_on(page, "ask-zone")
    page.wait_for_selector('[data-take="ask-zone"][data-value="Zeist"]')
    page.keyboard.press("Tab")
    assert wait_for(lambda: page.evaluate("document.activeElement.dataset.value") == "Zeist")
    page.keyboard.press("Enter")
    assert rests_on(page, "ask-access")
    page.keyboard.press("Enter")
    assert rests_on(page, "life-threat")
    page.keyboard.press("Tab")
    assert rests_on(page, "life-threat-no")
    page.keyboard.press("Enter")
    assert rests_on(page, "ask-complaint")
    page.keyboard.type("chest")
    page.keyboard.press("Enter")
    assert rests_on(page, "ask-words")
    page.keyboard.type("Pijn op de borst")
    page.keyboard.press("Escape")
    assert holds(served, number, words="Pijn op de borst")
    page.keyboard.press("1")
    assert rests_on(page, "triage-U1")
    page.keyboard.press("Enter")
    page.wait_for_selector("#state .now .urgency.u1")
    known = {"urgency": "U1", "zone": "zeist", "complaint": "chest_pain", "life_threat": False}
    assert wait_for(lambda: known.items() <= served.do("state", request=number).items()), served.do(
        "state", request=number
    )
    assert holds(served, number, callback="+31612345678", postcode="3701 GK"), served.do("dossier", request=number)
    assert wait_for(lambda: page.input_value("#ask-postcode") == "3701 GK")
    assert wait_for(lambda: page.input_value("#ask-complaint") == "Chest pain")


def test_a_call_is_on_the_screen_within_two_seconds_and_c_claims_it(served, open_page):
    page = open_page("triagist")
    page.keyboard.press("j")
    before = page.evaluate("document.activeElement.outerHTML")
    began = time.monotonic()
    number = served.do("ring")
    page.wait_for_selector(f"#calls-{number}", timeout=2000)
    assert time.monotonic() - began < 2
    assert page.evaluate("document.activeElement.outerHTML") == before, "a call never takes the focus"
    page.keyboard.press("c")
    page.wait_for_url(f"**/desk/request/{number}/")
    assert served.do("state", request=number)["status"] == "received"


def test_two_screens_agree_when_a_call_is_claimed(served, open_page):
    one, other = open_page("triagist"), open_page("triagist2")
    number = served.do("ring")
    for page in (one, other):
        page.wait_for_selector(f"#calls-{number}")
    one.keyboard.press("c")
    other.wait_for_selector(f"#calls-{number}", state="detached")
    other.wait_for_selector(f"#request-{number} td:has-text('Fatma Aydin')")


def test_filters_go_on_working_while_rows_come(served, open_page):
    page = open_page("triagist")
    page.keyboard.press("3")
    assert page.url.endswith("?show=triage")
    waiting = served.do("care_request.begin", channel="phone")
    page.wait_for_selector(f"#request-{waiting}")
    triaged = served.do("request", urgency="U4")
    page.wait_for_selector(f"#request-{triaged}", state="attached")
    assert wait_for(lambda: page.evaluate(f"document.getElementById('request-{triaged}').hidden"))
    assert page.is_visible(f"#request-{waiting}") and not page.is_visible(f"#request-{triaged}")
    page.keyboard.press("0")
    assert page.is_visible(f"#request-{triaged}")


def test_two_people_in_one_field_choose_and_nothing_is_lost(served, open_page):
    number = served.do("request", urgency=None, street="Slotlaan")
    one = open_page("triagist", f"/desk/request/{number}/")
    other = open_page("regiearts", f"/desk/request/{number}/")
    for page, street in ((other, "Slotlaantje"), (one, "Slotweg")):
        page.fill("#ask-street", street)
        page.press("#ask-street", "Enter")
        page.wait_for_selector("#said-street .by, #said-street .conflict", state="attached")
        assert holds(served, number, street="Slotlaantje")
    conflict = one.wait_for_selector("#said-street .conflict")
    assert all(street in conflict.inner_text() for street in ("Slotlaan", "Slotlaantje", "Slotweg"))
    assert one.input_value("#ask-street") == "Slotweg"
    assert served.do("dossier", request=number)["street"] == "Slotlaantje"
    one.focus("#said-street button[value=mine]")
    one.keyboard.press("Enter")
    one.wait_for_selector("#said-street .conflict", state="detached")
    assert holds(served, number, street="Slotweg")


def test_a_colleague_in_the_case_is_named(served, open_page):
    number = served.do("request")
    open_page("regiearts", f"/desk/request/{number}/")
    page = open_page("triagist", f"/desk/request/{number}/")
    page.wait_for_selector("#presence .presence:has-text('Noor van Dijk is in this case')")


def test_a_wrong_bsn_is_told_at_its_field_and_the_hands_go_on(served, open_page):
    number = served.do("request", urgency=None)
    page = open_page("triagist", f"/desk/request/{number}/")
    page.fill("#ask-bsn", "123456789")
    page.keyboard.press("Enter")
    page.wait_for_selector("#said-bsn .error:has-text('eleven-test')")
    assert rests_on(page, "ask-gp")
    assert page.get_attribute("#ask-bsn", "aria-invalid") == "true"
    assert page.input_value("#ask-bsn") == "123456789"
    page.fill("#ask-bsn", "123456782")
    page.keyboard.press("Enter")
    page.wait_for_selector("#said-bsn .error", state="detached")
    assert holds(served, number, bsn="123456782")


def test_what_was_typed_is_still_there_after_a_reload(served, open_page):
    number = served.do("request", urgency=None)
    page = open_page("triagist", f"/desk/request/{number}/")
    page.fill("#ask-note", "Half geschreven")
    assert wait_for(lambda: page.evaluate("Object.values(sessionStorage).join().includes('Half geschreven')"))
    page.reload()
    assert wait_for(lambda: page.evaluate("document.getElementById('ask-note').value === 'Half geschreven'"))


def test_what_did_not_arrive_is_sent_again_and_overwrites_nobody(served, open_page):
    number = served.do("request", urgency=None, town="Zeist")
    page = open_page("triagist", f"/desk/request/{number}/")
    page.route("**/write/**", lambda route: route.abort())
    page.fill("#ask-town", "Soest")
    page.fill("#ask-street", "Slotlaan")
    page.press("#ask-street", "Enter")
    assert wait_for(lambda: page.evaluate("Object.values(sessionStorage).join().includes('Slotlaan')"))
    served.do("dossier.write", by="regiearts", request=number, field="town", value="Baarn")
    page.unroute("**/write/**")
    page.reload()
    assert holds(served, number, street="Slotlaan")
    conflict = page.wait_for_selector("#said-town .conflict")
    assert "Baarn" in conflict.inner_text() and page.input_value("#ask-town") == "Soest"
    assert served.do("dossier", request=number)["town"] == "Baarn"


def test_a_second_call_is_noticed_as_soon_as_the_number_is_known(served, open_page):
    first = served.do("request", callback="0301112223")
    number = served.do("request", urgency=None)
    page = open_page("triagist", f"/desk/request/{number}/")
    assert not page.query_selector("#second .second")
    page.fill("#ask-callback", "030 111 22 23")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#second .second a:has-text('{first}')")
    page.click("#second button:has-text('Same incident')")
    page.wait_for_selector(f"#state a:has-text('{first}')")
    assert served.do("state", request=number)["incident"] == first


def test_life_in_danger_shows_the_way_to_112_and_one_key_sets_u0(served, open_page):
    number = served.do("request", urgency=None)
    page = open_page("triagist", f"/desk/request/{number}/")
    assert wait_for(lambda: page.evaluate("document.activeElement.id !== ''"))
    page.keyboard.press("Escape")
    for key in ("l", "y"):
        page.keyboard.press(key)
    page.wait_for_selector(".to-112")
    for key in ("l", "0"):
        page.keyboard.press(key)
    page.wait_for_selector("#state .now .urgency.u0")
    assert served.do("state", request=number)["urgency"] == "U0"


def test_a_colleagues_change_never_wipes_a_choice_that_is_being_made(served, open_page):
    number = served.do("request", urgency="U4")
    page = open_page("triagist", f"/desk/request/{number}/")
    page.keyboard.press("3")
    assert rests_on(page, "raise-U3")
    served.do("care_request.reassess", by="regiearts", request=number)
    page.wait_for_selector("#timeline :text('Asked again')")
    assert rests_on(page, "raise-U3") and page.is_checked("#raise-U3")
    page.focus("#ask-note")
    page.wait_for_selector("#state .timeline :text('Asked again')")


def test_the_command_bar_has_every_verb_and_leads_to_a_number(served, open_page):
    number = served.do("request", urgency="U3")
    page = open_page("triagist", "/desk/")
    page.keyboard.press("/")
    page.keyboard.type(str(number))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/request/{number}/")
    page.wait_for_selector('#connection[data-state="live"]')
    page.keyboard.press("/")
    labels = page.inner_text("#command-options")
    for verb in ("Raise", "Asked again, urgency stands", "Line lost", "Close the request", "Write a note"):
        assert verb in labels


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_screens_of_the_desk_have_no_barrier(served, open_page, axe, theme, width):
    number = served.do("request", urgency="U1", callback="0301112224", town="Zeist", name="Jan Voorbeeld")
    served.do("request", urgency="U3", callback="0301112224")
    served.do("ring")
    served.do("care_request.miss", request=served.do("ring"))
    served.do("care_request.drop", request=served.do("care_request.begin", channel="professional"))
    options = {"color_scheme": theme, "viewport": {"width": width, "height": 900}}
    page = open_page("triagist", "/desk/", **options)
    assert axe(page) == ""
    page.goto(f"/desk/request/{number}/")
    page.wait_for_selector("#second .second")
    page.wait_for_selector("#case_deployments :is(h2, p)")
    assert axe(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_closed_dossier_and_the_glass_have_no_barrier(served, open_page, axe, browser, theme):
    number = served.do("request", urgency="U3", name="Jan Voorbeeld")
    served.do("care_request.close", request=number, reason="care_given")
    served.do("pace", ahead=2 * 24 * 60 * 60 * 1000)
    page = served.page(browser, "triagist", locale="en-GB", color_scheme=theme)
    page.goto(f"/desk/request/{number}/")
    assert page.inner_text("h1").startswith(f"Request {number}")
    assert axe(page) == ""
    page.check("input[value=danger]")
    page.fill("#glass-words", "Patiënt ligt bewusteloos op straat.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".glass-mark:has-text('Emergency procedure')")
    assert axe(page) == ""
    page.context.close()
