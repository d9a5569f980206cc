"""The common look and the live page, in a real browser, on a gallery of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import httpx
import pytest

pytest.importorskip("playwright.sync_api")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
HERE = Path(__file__).resolve().parent
START_MS = 1_774_745_700_000
MINUTE = 60_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs Debian's Chromium"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "gallery.settings",
        "GALLERY_DATA": str(tmp_path_factory.mktemp("gallery")),
        "GALLERY_PORT": "0",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "gallery.serve"], cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(scope="module")
def browser():
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def tell(server):
    """Let something happen in the gallery's world."""

    def order(do: str, **more) -> dict:
        return httpx.post(f"{server}/control/", json={"do": do, **more}).json()

    order("reset")
    yield order
    order("reset")


@pytest.fixture
def page(browser, server, tell):
    context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.mistakes = []
    page.on("pageerror", lambda error: page.mistakes.append(str(error)))
    page.on("console", lambda said: page.mistakes.append(said.text) if "Content Security" in said.text else None)
    yield page
    context.close()
    assert page.mistakes == []


def go_live(page):
    page.goto("/")
    state(page, "live")


def state(page, name: str):
    expect(page.locator("#connection")).to_have_attribute("data-state", name, timeout=20_000)


def numbers(page, name: str = "queue") -> list[str]:
    return page.eval_on_selector_all(f'[data-list="{name}"] > *', "rows => rows.map(row => row.id.split('-')[1])")


# --- access


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    "path", ["/", "/parts/", "/form/", "/phone/", "/account/login/", "/wrong/refused/", "/wrong/403/", "/wrong/500/"]
)
def test_axe_finds_nothing(browser, server, tell, path, width, theme):
    context = browser.new_context(
        base_url=server,
        viewport={"width": width, "height": 800},
        color_scheme="light",
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "schakel_theme", "value": theme, "url": server}])
    page = context.new_page()
    page.goto(path)
    page.wait_for_timeout(300)
    assert page.locator("html").get_attribute("data-theme") == theme
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("path", ["/", "/parts/", "/form/", "/phone/", "/account/login/", "/wrong/403/"])
def test_a_page_reflows_at_320_px_without_scrolling_sideways(page, path):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_every_target_is_at_least_24_px(page):
    page.goto("/")
    small = page.evaluate("""() => [...document.querySelectorAll("button, a[href], input, select")]
        .filter(e => e.getClientRects().length && !e.closest(".leaflet-control-attribution, p"))
        .filter(e => { const r = e.getBoundingClientRect(); return r.height < 24 || r.width < 24; })
        .map(e => e.outerHTML.slice(0, 120))""")
    assert small == []


# --- keys


def test_a_key_presses_its_button_but_not_while_typing(page):
    page.goto("/form/")
    page.locator("#plain [name=phone]").focus()
    page.keyboard.type("gqs")
    assert page.locator("#plain [name=phone]").input_value() == "gqs"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/parts/")


def test_single_keys_can_be_switched_off(page):
    page.goto("/")
    page.get_by_role("button", name="Single keys: on").click()
    page.keyboard.press("n")
    page.keyboard.press("/")
    page.wait_for_timeout(200)
    assert page.url.endswith("/") and not page.locator("#command-bar").is_visible()
    page.get_by_role("button", name="Single keys: off").click()
    page.keyboard.press("n")
    page.wait_for_url("**/form/")


def test_j_and_k_walk_the_rows_and_enter_opens_one(page):
    go_live(page)
    page.locator('[data-list="queue"] a').first.focus()
    page.keyboard.press("j")
    assert "2 Short of breath" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/goto/?q=2")


def test_a_greyed_out_button_says_why(page):
    page.goto("/parts/")
    page.keyboard.press("r")
    expect(page.locator("#announce")).to_contain_text("has no free bed; 2 more are promised")
    assert page.evaluate("document.activeElement.id") == "reserve"


def test_the_list_of_keys(page):
    page.goto("/parts/")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()
    expect(page.locator("#keys-help")).to_contain_text("Offer")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    expect(page.locator("#keys-help")).not_to_be_visible()


def test_the_command_bar_filters_runs_and_gives_the_focus_back(page):
    page.goto("/parts/")
    page.locator("#reserve").focus()
    page.keyboard.press("/")
    bar = page.locator("#command-bar")
    expect(bar).to_be_visible()
    expect(bar.get_by_role("option", name="Reserve")).to_have_attribute("aria-disabled", "true")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "reserve"
    page.keyboard.press("/")
    page.keyboard.type("queu")
    expect(bar.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Who waits?")
    state(page, "live")
    page.keyboard.press("/")
    page.keyboard.type("#12")
    page.keyboard.press("Enter")
    page.wait_for_url("**/goto/?q=12")


# --- time


def test_timers_run_by_the_clock_of_the_centre_and_not_of_this_computer(page, tell):
    page.clock.set_system_time(1_000_000_000_000)  # a computer that thinks it is 2001
    go_live(page)
    due = page.locator("#request-4 [data-due]")
    assert due.text_content().startswith("11:5")
    assert page.locator("#request-2 [data-due]").text_content().startswith("late 2:0")
    assert "overdue" in page.locator("#request-2 [data-due]").get_attribute("class")
    # Past the moment at which the clock goes forward: the same milliseconds later.
    tell("clock", now=START_MS + 11 * MINUTE, speed=1)
    tell("say", event="beat")
    page.wait_for_timeout(1500)
    assert due.text_content().startswith("0:5")
    assert page.locator("[data-clock]").text_content().startswith("03:06")


def test_a_faster_centre_has_faster_timers(page, tell):
    tell("clock", now=START_MS, speed=60)
    go_live(page)
    page.wait_for_timeout(3100)
    assert page.locator("#request-4 [data-since]").text_content() >= "6:00"


def test_the_browser_writes_lengths_and_times_as_the_server_does(page):
    page.goto("/parts/")
    ids = ["#t-since time", "#t-later time", "#t-far time", "#t-at time:last-child"]
    page.wait_for_timeout(300)
    by_browser = [page.locator(one).text_content() for one in ids]
    with_script_off = page.context.browser.new_context(java_script_enabled=False, base_url=page.url)
    plain = with_script_off.new_page()
    plain.goto("/parts/")
    by_server = [plain.locator(one).text_content() for one in ids]
    with_script_off.close()
    assert [text.rsplit(":", 1)[0] for text in by_browser] == [text.rsplit(":", 1)[0] for text in by_server]


# --- live


def test_rows_arrive_change_move_and_go(page, tell):
    go_live(page)
    assert numbers(page) == ["4", "2", "7", "1", "9", "3"]
    tell("put", list="queue", ident="request-20", urgency="U0", complaint="Collapse", place="Soest",
         received=START_MS, due=START_MS + MINUTE)  # fmt: skip
    expect(page.locator("#request-20")).to_be_visible()
    assert numbers(page)[0] == "20"
    expect(page.locator("[data-live-count=queue]")).to_have_text("7")
    expect(page.locator("#announce")).to_have_text("1 new in the queue")
    tell("put", list="queue", ident="request-20", urgency="U3")
    expect(page.locator("#request-20")).to_contain_text("U3")
    assert numbers(page) == ["4", "2", "7", "20", "1", "9", "3"]
    for number in numbers(page):
        tell("remove", list="queue", ident=f"request-{number}")
    expect(page.locator("[data-empty-for=queue]")).to_be_visible()
    expect(page.locator("[data-live-count=queue]")).to_have_text("0")


def test_a_touched_part_of_the_page_fetches_itself(page, tell):
    go_live(page)
    seq = tell("put", list="units", ident="unit-09-121", status="rest break", touched=["unit-09-121"])["seq"]
    expect(page.locator("#touched-any")).to_contain_text(f"up to {seq}")
    expect(page.locator("#touched")).to_contain_text("up to 100")
    seq = tell("put", list="queue", ident="request-4", place="Zeist, Slot")["seq"]
    expect(page.locator("#touched")).to_contain_text(f"up to {seq}")


def test_after_a_gap_the_page_fetches_itself_before_it_says_live(page, tell):
    go_live(page)
    tell("put", list="queue", ident="request-30", urgency="U1", complaint="Missed", place="Soest",
         received=START_MS, due=START_MS + MINUTE, silent=True)  # fmt: skip
    with page.expect_request(lambda request: request.headers.get("x-schakel-resync") == "1"):
        tell("put", list="queue", ident="request-4", place="Elsewhere")
    expect(page.locator("#request-30")).to_be_visible()
    expect(page.locator("#request-4")).to_contain_text("Elsewhere")
    state(page, "live")
    assert page.evaluate("Number(document.body.dataset.seq)") == tell("beats", on=True)["seq"]


def test_a_beat_that_is_ahead_is_a_gap_too(page, tell):
    go_live(page)
    tell("put", list="queue", ident="request-31", urgency="U1", complaint="Missed", place="Soest",
         received=START_MS, due=START_MS + MINUTE, silent=True)  # fmt: skip
    expect(page.locator("#request-31")).to_be_visible()


def test_every_reconnect_resyncs_before_it_says_live(page, tell):
    go_live(page)
    page.evaluate("""() => { window.states = [];
        new MutationObserver(() => window.states.push(document.getElementById("connection").dataset.state))
            .observe(document.getElementById("connection"), {attributes: true, attributeFilter: ["data-state"]}); }""")
    with page.expect_request(lambda request: request.headers.get("x-schakel-resync") == "1"):
        tell("hang up")
    state(page, "live")
    steps = [step for step, _ in groupby(page.evaluate("window.states"))]
    assert steps == ["disconnected", "connecting", "resyncing", "live"]


def test_silence_is_said(page, tell):
    go_live(page)
    tell("beats", on=False)
    state(page, "stale")
    expect(page.locator("#connection")).to_contain_text("No word for")
    tell("beats", on=True)
    state(page, "live")


def test_a_session_that_ended_is_said_and_not_tried_for_ever(page, tell):
    go_live(page)
    tell("refuse", on=True)
    tell("hang up")
    state(page, "revoked")
    expect(page.locator("#notices [role=alert]")).to_contain_text("Your session has ended")
    expect(page.locator("#notices a")).to_have_attribute("href", "/account/login/?next=%2F")


def test_rights_that_are_gone_close_the_stream(page, tell):
    go_live(page)
    tell("say", event="revoked", sentence="Your role ended at 16:00.")
    state(page, "revoked")
    expect(page.locator("#notices [role=alert]")).to_contain_text("Your role ended at 16:00.")


def test_no_row_moves_under_a_pressed_pointer(page, tell):
    go_live(page)
    box = page.locator("#request-4").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 4)
    page.mouse.down()
    tell("put", list="queue", ident="request-3", urgency="U0")
    page.wait_for_timeout(700)
    assert numbers(page)[0] == "4"
    page.mouse.up()
    expect(page.locator('[data-list="queue"] > :first-child')).to_have_id("request-3")


def test_what_was_typed_in_a_row_and_the_focus_outlive_its_newer_self(page, tell):
    go_live(page)
    tell("put", list="queue", ident="request-7", open=True)
    page.locator("#request-7 input").fill("door code 12")
    page.locator("#request-7 input").focus()
    tell("put", list="queue", ident="request-7", urgency="U1")
    expect(page.locator("#request-7")).to_contain_text("U1", timeout=5000)
    assert page.locator("#request-7 input").input_value() == "door code 12"
    assert page.evaluate("document.activeElement.name") == "note"


# --- nothing typed is lost


def test_a_draft_outlives_a_reload_and_a_refusal_and_goes_after_success(page):
    page.goto("/form/")
    page.locator("#plain [name=note]").fill("second floor")
    page.locator("#plain [value=unknown]").check()
    page.locator("#plain [name=secret]").fill("never kept")
    page.reload()
    assert page.locator("#plain [name=note]").input_value() == "second floor"
    assert page.locator("#plain [value=unknown]").is_checked()
    assert page.locator("#plain [name=secret]").input_value() == ""
    assert "never kept" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.locator("#plain [name=phone]").fill("refuse")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("This cannot be done now")
    page.goto("/form/")
    assert page.locator("#plain [name=phone]").input_value() == "refuse"
    page.locator("#plain [name=phone]").fill("0301234567")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("Recorded.")
    assert page.locator("#plain [name=note]").input_value() == ""
    assert page.locator(".draft-note").count() == 0


def test_logging_out_leaves_no_draft_behind(page):
    page.goto("/form/")
    page.locator("#plain [name=note]").fill("second floor")
    page.reload()
    page.keyboard.press("g")
    page.keyboard.press("x")
    page.wait_for_timeout(500)
    page.goto("/form/")
    assert page.locator("#plain [name=note]").input_value() == ""


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("refuse", "SEH Utrecht has no free bed; 2 more are promised."),
        ("forbid", "Only the regiearts may do this."),
        ("login", "Your session has ended. What you typed is kept."),
        ("crash", "Something went wrong at the centre."),
    ],
)
def test_a_refused_part_keeps_its_form_and_says_why(page, typed, sentence):
    page.goto("/form/")
    page.locator("#inline-phone").fill(typed)
    page.keyboard.press("Enter")
    expect(page.locator("#notices [role=alert]")).to_contain_text(sentence)
    assert page.locator("#inline-phone").input_value() == typed
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#notices .notice")).to_have_count(0)


def test_without_a_connection_nothing_typed_is_lost(page):
    page.goto("/form/")
    page.locator("#inline-phone").fill("030")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("#notices [role=alert]")).to_contain_text("No connection. Nothing was sent")
    assert page.locator("#inline-phone").input_value() == "030"


def test_a_wrong_field_gets_the_focus(page):
    page.goto("/form/")
    page.locator("#inline button").click()
    expect(page.locator("#inline-phone")).to_be_focused()
    assert page.locator("#inline-phone").get_attribute("aria-invalid") == "true"


# --- look and map


def test_the_theme_changes_at_once_and_stays(page):
    page.goto("/parts/")
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_language_changes_and_the_page_stays(page):
    page.goto("/parts/")
    page.get_by_role("button", name="Nederlands").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    assert page.url.endswith("/parts/")


def test_the_demonstration_is_marked_on_every_page(page):
    for path in ("/", "/phone/", "/account/login/", "/wrong/refused/"):
        page.goto(path)
        expect(page.locator(".demo")).to_contain_text("Demonstration - simulated patients")


def test_the_map_stays_where_a_hand_put_it(page, tell):
    view = """() => { const map = document.getElementById("map").schakelMap;
        return [map.getCenter().lat, map.getCenter().lng, map.getZoom()]; }"""
    go_live(page)
    expect(page.locator("#map .area-name")).to_have_count(5)
    fitted = page.evaluate(view)
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    page.wait_for_timeout(800)
    moved = page.evaluate(view)
    assert moved != fitted
    expect(page.locator("[data-map-moved]")).to_be_visible()
    tell("put", list="units", ident="unit-09-121", lat=52.4, lon=5.9)
    tell("put", list="queue", ident="request-4", lat=51.5, lon=4.5)
    expect(page.locator("#map .mark.request")).to_have_count(1)
    assert page.evaluate(view) == moved
    page.reload()
    state(page, "live")
    assert page.evaluate(view)[2] == moved[2]
    page.keyboard.press("f")
    page.wait_for_timeout(300)
    assert page.evaluate(view)[2] == fitted[2]


def test_a_stale_position_is_grey_with_its_age(page):
    go_live(page)
    expect(page.locator("#map .mark.stale")).to_contain_text("HAP-2")
    expect(page.locator("#map .mark.stale small")).to_contain_text("14:")


def test_a_figure_past_its_shelf_life_is_unknown(page, tell):
    go_live(page)
    figure = page.locator(".capacity", has_text="SEH Amersfoort")
    expect(figure.locator(".figure")).to_have_text("0 / 8", use_inner_text=True)
    tell("clock", now=START_MS + 49 * MINUTE, speed=1)
    tell("say", event="beat")
    expect(figure).to_have_class("capacity stale")
    expect(figure.locator(".figure")).to_have_text("?", use_inner_text=True)
