"""The board in a browser: live on map and list, a map that stays where it was put, by keyboard, in both themes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def region(served):
    """A region at work: requests in two areas, units free and busy, one figure that is known."""
    first = served.do("request", urgency="U2", zone="zeist")
    served.do("request", urgency="U3", zone="zeist")
    served.do("request", urgency="U4", zone="woerden")
    served.do("job", request=first)
    served.do("unit", kind="gp_car", seat="gp")
    served.do("unit", kind="nurse", seat="nurse")
    served.do("place.report_capacity", place=1, free=0, source="person", by="centre_lead")
    return served


@pytest.fixture
def board(region, browser):
    """The board of a dispatcher, live."""
    page = region.page(browser, "dispatcher")
    page.goto("/board/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    yield page
    page.context.close()


def marks(page, number):
    """The marks on the map that carry this number."""
    return page.locator(".mark.request", has_text=re.compile(rf"^{number}$"))


def view(page):
    """Where the map stands."""
    return page.evaluate(
        "() => { const m = document.getElementById('map').schakelMap, c = m.getCenter();"
        " return [c.lat.toFixed(5), c.lng.toFixed(5), m.getZoom()]; }"
    )


def test_a_new_request_appears_on_list_map_and_figures_by_itself(board, region):
    before = int(board.locator('dd b[data-where=\'[data-urgency="U1"][data-waits="yes"]\']').inner_text())
    number = region.do("request", urgency="U1", zone="rhenen")
    row = board.locator(f"#board-request-{number}")
    expect(row).to_be_visible()
    expect(row).to_contain_text("Rhenen")
    expect(marks(board, number)).to_be_visible()
    expect(board.locator('dd b[data-where=\'[data-urgency="U1"][data-waits="yes"]\']')).to_have_text(str(before + 1))
    first = board.locator("[data-list='board-requests'] > tr").first
    expect(first).to_have_attribute("data-urgency", "U1")


def test_a_request_that_ends_leaves_list_and_map(board, region):
    number = region.do("request", urgency="U5", zone="lopik")
    expect(marks(board, number)).to_be_visible()
    region.do("care_request.close", request=number, reason="withdrawn")
    expect(board.locator(f"#board-request-{number}")).to_have_count(0)
    expect(marks(board, number)).to_have_count(0)


def test_the_map_stays_where_a_hand_put_it_until_it_is_asked_to_fit(board, region):
    whole = view(board)
    board.locator("#map").focus()
    board.keyboard.press("+")
    board.wait_for_timeout(600)
    board.keyboard.press("ArrowRight")
    board.wait_for_timeout(600)
    moved = view(board)
    assert moved != whole
    number = region.do("request", urgency="U2", zone="vianen")
    expect(board.locator(f"#board-request-{number}")).to_be_visible()
    board.wait_for_timeout(300)
    assert view(board) == moved
    board.reload()
    expect(board.locator("#connection")).to_have_attribute("data-state", "live")
    assert view(board) == moved
    board.keyboard.press("f")
    board.wait_for_timeout(300)
    assert view(board) == whole


def test_requests_at_one_point_do_not_cover_each_other(board, region):
    shown = board.locator(".mark.request:not(.covered)").all()
    boxes = [mark.bounding_box() for mark in shown]
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = abs(one["y"] - other["y"]) >= min(one["height"], other["height"]) - 1
            beside = one["x"] + one["width"] <= other["x"] + 1 or other["x"] + other["width"] <= one["x"] + 1
            assert apart or beside, f"{one} covers {other}"


def test_the_list_is_sorted_and_filtered_by_keyboard(board, region):
    rows = board.locator("[data-list='board-requests'] > tr:visible")
    total = rows.count()
    board.keyboard.press("l")
    board.keyboard.type("woerden")
    expect(rows).to_have_count(1)
    board.keyboard.press("Escape")
    expect(rows).to_have_count(total)
    board.keyboard.press("/")
    board.keyboard.type("area" if board.locator("html").get_attribute("lang") == "en" else "gebied")
    if board.locator("#command-options [role=option]").count() == 0:  # the translations are not there yet
        board.locator("#command-input").fill("area")
    board.keyboard.press("Enter")
    areas = [row.get_attribute("data-by-area") for row in rows.all()]
    assert areas == sorted(areas)
    number = region.do("request", urgency="U5", zone="baarn")
    expect(board.locator(f"#board-request-{number}")).to_be_visible()
    areas = [row.get_attribute("data-by-area") for row in rows.all()]
    assert areas == sorted(areas), "a new row takes its place in the chosen order"


def test_a_figure_that_is_not_known_looks_unlike_zero(board):
    zero = board.locator("#board-place-1 .capacity")
    expect(zero.locator(".fresh-figure")).to_contain_text("0")
    expect(zero).not_to_have_class(re.compile("not-known|stale"))
    assert board.locator("[data-list='board-places'] .not-known").count() > 10
    unknown = board.locator("b[data-count='board-places']")
    expect(unknown).to_have_text(str(board.locator("[data-list='board-places'] :is(.not-known, .stale)").count()))


def test_the_connection_says_that_it_is_lost(board):
    board.context.set_offline(True)
    expect(board.locator("#connection")).to_have_attribute("data-state", "disconnected")
    board.context.set_offline(False)
    expect(board.locator("#connection")).to_have_attribute("data-state", "live", timeout=30_000)


def test_the_wall_shows_no_control_and_moves_nothing_but_still_fits_by_key(region, browser):
    page = region.page(browser, "dispatcher", viewport={"width": 1920, "height": 1080})
    page.goto("/board/?wall=1")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    for control in (".nav", ".choices", ".leaflet-control-zoom"):
        expect(page.locator(control)).to_be_hidden()
    page.evaluate("document.getElementById('map').schakelMap.zoomIn()")
    page.wait_for_timeout(600)
    expect(page.locator("#map")).to_have_attribute("data-moved", "true")
    page.keyboard.press("f")
    expect(page.locator("#map")).to_have_attribute("data-moved", "false")
    page.context.close()


def test_a_partner_sees_nothing_of_others(region, browser):
    page = region.page(browser, "ggz")
    page.goto("/board/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    expect(page.locator("[data-list='board-requests'] > tr")).to_have_count(0)
    region.do("request", urgency="U1", zone="zeist")
    page.wait_for_timeout(500)
    expect(page.locator("[data-list='board-requests'] > tr")).to_have_count(0)
    assert page.locator("[data-list='board-places'] > li").count() > 10
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("seat", "path"),
    [
        ("dispatcher", "/board/"),
        ("dispatcher", "/board/?wall=1"),
        ("privacy_officer", "/privacy/"),
        ("privacy_officer", "/privacy/glass/"),
        ("privacy_officer", "/privacy/patterns/"),
        ("triagist", "/account/switch/"),
    ],
)
def test_axe_finds_nothing(region, browser, axe, seat, path, scheme):
    page = region.page(browser, seat, color_scheme=scheme)
    page.goto(path)
    page.wait_for_timeout(700)
    assert axe(page) == ""
    page.context.close()


@pytest.mark.parametrize(
    ("seat", "path"),
    [("dispatcher", "/board/"), ("privacy_officer", "/privacy/"), ("triagist", "/account/switch/")],
)
def test_nothing_falls_off_a_screen_of_360_pixels(region, browser, seat, path):
    page = region.page(browser, seat, viewport={"width": 360, "height": 740})
    page.goto(path)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.context.close()


def test_another_person_goes_on_with_the_open_page_within_five_seconds(region, browser):
    page = region.page(browser, "triagist")
    page.goto("/account/switch/?next=/board/")
    page.keyboard.type("dispatcher")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/board/$"))
    expect(page.locator(".who")).to_contain_text("Sem Bakker")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    began = page.evaluate("performance.timeOrigin + performance.now()")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/account/switch/**")
    page.keyboard.press("1")
    expect(page.locator("[name=password]")).to_be_focused()
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/board/$"))
    expect(page.locator(".who")).to_contain_text("Fatma Aydin")
    assert page.evaluate("performance.timeOrigin + performance.now()") - began < 5000
    page.context.close()
