// The live page: what the centre records is on this screen at once, or the screen says that it is not.
//
// <body data-live="/live/?lists=queue" data-seq="123">. Each [data-list="queue"] has rows with `id` and `data-sort`.
// The page claims to be live only while every event up to `seq` is on it. After a gap, and after every reconnect, it
// fetches itself again (X-Schakel-Resync) and takes the rows from there before it says so.
import { announce } from "./announce.js";
import * as clock from "./clock.js";
import { notice } from "./look.js";
import { say } from "./words.js";

const STALE = Number(document.body.dataset.staleAfter || 12000); // no word for this long: say so
const GIVE_UP = STALE * 2.5; // no word for this long: the line is dead, take a new one
const HOLD = 2000; // the longest that a row is held still under a hand
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 20000;

const address = document.body.dataset.live;
const box = document.getElementById("connection");

let seq = Number(document.body.dataset.seq);
let source = null;
let state = "connecting";
let connectedBefore = false;
let lastWord = performance.now();
let attempt = 0;
let retryAt = 0;
let retryTimer = 0;
let resyncing = null; // the running resync
let buffer = []; // tides that came during it
let over = false; // rights gone or page left: no more tries

// --- the state, always in sight

function show(next) {
  state = next;
  paint();
}

let painted = "";
function paint() {
  if (!box) return;
  const silent = Math.floor((performance.now() - lastWord) / 1000);
  const stale = state === "live" && performance.now() - lastWord >= STALE;
  const name = stale ? "stale" : state;
  const offline = state === "disconnected" && navigator.onLine === false;
  const n = stale ? silent : Math.max(0, Math.ceil((retryAt - performance.now()) / 1000));
  box.dataset.state = name;
  const icon = box.querySelector("use");
  if (painted !== name) icon?.setAttribute("href", `${document.body.dataset.shapes}#${name}`);
  const text = box.querySelector(".text");
  const sentence = say(offline ? "offline" : name, { n });
  if (text.textContent === sentence) return;
  // The status is spoken when the state changes, not each second that a number in it does.
  box.setAttribute("aria-live", painted === name ? "off" : "polite");
  painted = name;
  text.textContent = sentence;
}

// --- rows

const lists = (name) => document.querySelectorAll(`[data-list="${CSS.escape(name)}"]`);
const rowIn = (list, id) => [...list.children].find((row) => (row.dataset.rowId ?? row.id) === id);
const idOf = (row) => row.dataset.rowId ?? row.id;
const before = (a, b) => (a.dataset.sort ?? "") < (b.dataset.sort ?? "") || ((a.dataset.sort ?? "") === (b.dataset.sort ?? "") && idOf(a) < idOf(b));

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

function place(list, row) {
  const next = [...list.children].find((other) => other !== row && before(row, other));
  if (next) next.before(row);
  else list.append(row);
}

// A row is replaced by its newer self: what was typed in it and where the focus was come along.
function carryOver(old, fresh) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  for (const field of old.querySelectorAll("input[name], textarea[name], select[name]")) {
    if (field.type === "hidden" || field.type === "password") continue;
    const same = [...fresh.querySelectorAll("input, textarea, select")].find((other) => other.name === field.name && (!/^(radio|checkbox)$/.test(field.type) || other.value === field.value));
    if (!same) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked !== field.defaultChecked) same.checked = field.checked;
    } else if (field.tagName === "SELECT" || field.value !== field.defaultValue) {
      same.value = field.value;
    }
  }
  if (!active) return () => {};
  const path = active === old ? null : focusPath(old, active);
  const selection = typeof active.selectionStart === "number" ? [active.selectionStart, active.selectionEnd] : null;
  return () => {
    const target = path ? path(fresh) : fresh;
    if (target === fresh && !fresh.hasAttribute("tabindex")) fresh.tabIndex = -1;
    target?.focus({ preventScroll: true });
    if (selection) target?.setSelectionRange?.(...selection);
  };
}

function focusPath(old, active) {
  const able = "a[href], button, input, select, textarea, [tabindex]";
  const at = [...old.querySelectorAll(able)].indexOf(active);
  return (fresh) =>
    (active.id && fresh.querySelector(`#${CSS.escape(active.id)}`)) ||
    (active.dataset.key && fresh.querySelector(`[data-key="${CSS.escape(active.dataset.key)}"]`)) ||
    fresh.querySelectorAll(able)[at] ||
    fresh.querySelector(able) ||
    fresh;
}

const arrived = new Map(); // list label → how many new since the last announcement

function applyRow({ list: name, id, sort, html }) {
  for (const list of lists(name)) {
    const old = rowIn(list, id);
    if (html === null || html === undefined) {
      if (!old) continue;
      moveFocusOn(list, old);
      old.remove();
      continue;
    }
    const fresh = parse(html);
    if (!fresh) continue;
    if (sort !== undefined && sort !== null) fresh.dataset.sort = sort;
    if (!fresh.id && !fresh.dataset.rowId) fresh.id = id;
    if (old) {
      const refocus = carryOver(old, fresh);
      old.replaceWith(fresh);
      const [previous, next] = [fresh.previousElementSibling, fresh.nextElementSibling];
      if ((previous && before(fresh, previous)) || (next && before(next, fresh))) place(list, fresh);
      refocus();
      fresh.classList.add("changed");
    } else {
      place(list, fresh);
      fresh.classList.add("new");
      const label = list.dataset.listLabel;
      if (label) arrived.set(label, (arrived.get(label) ?? 0) + 1);
    }
    fresh.addEventListener("animationend", () => fresh.classList.remove("new", "changed"), { once: true });
    globalThis.htmx?.process(fresh);
  }
}

// A row that disappears under the focus hands it to its neighbour.
function moveFocusOn(list, row) {
  if (!row.contains(document.activeElement)) return;
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  const target = neighbour?.querySelector("a[href], button") ?? list.closest("[tabindex]") ?? document.getElementById("content");
  target?.focus({ preventScroll: true });
}

function afterRows() {
  for (const counter of document.querySelectorAll("[data-live-count]")) {
    const list = lists(counter.dataset.liveCount)[0];
    if (list) counter.textContent = String(list.children.length);
  }
  for (const empty of document.querySelectorAll("[data-empty-for]")) {
    const list = lists(empty.dataset.emptyFor)[0];
    if (!list) continue;
    empty.hidden = list.children.length > 0;
    list.closest("table")?.toggleAttribute("data-empty", list.children.length === 0);
  }
  document.dispatchEvent(new CustomEvent("schakel:rows"));
  if (!arrived.size) return;
  announce(() => {
    const parts = [...arrived].map(([list, n]) => say(n === 1 ? "new_one" : "new_many", { n, list }));
    arrived.clear();
    return parts.join(", ");
  });
}

// --- nothing moves under a hand: changes wait while the pointer is down or a control in the list is open

let pressed = false;
const held = [];
let holdTimer = 0;

const inList = (element) => Boolean(element?.closest?.("[data-list]"));
function openControl() {
  const active = document.activeElement;
  if (!inList(active)) return false;
  if (active.matches('input:not([type="button"], [type="submit"]), select, textarea, [aria-expanded="true"]')) return true;
  return Boolean(active.closest("details[open]"));
}
const handBusy = () => pressed || openControl();

function release(force = false) {
  if (!held.length || (!force && handBusy())) return;
  clearTimeout(holdTimer);
  holdTimer = 0;
  for (const change of held.splice(0)) change();
  afterRows();
}

function whenFree(change) {
  held.push(change);
  if (!handBusy()) return release(true);
  holdTimer ||= setTimeout(() => release(true), HOLD);
}

document.addEventListener("pointerdown", (event) => {
  pressed = inList(event.target);
}, true);
for (const kind of ["pointerup", "pointercancel", "dragend"]) {
  document.addEventListener(kind, () => {
    pressed = false;
    setTimeout(release, 50); // after the click that belongs to this press
  }, true);
}
document.addEventListener("focusout", () => setTimeout(release, 0));

// --- tides

const overtaken = new Set(); // ids of parts whose subject changed while they were being fetched

function touch(ids) {
  for (const element of document.querySelectorAll("[data-touch]")) {
    const wanted = element.dataset.touch.split(/\s+/);
    if (ids === null || wanted.includes("*") || wanted.some((id) => ids.has(id))) {
      if (element.id && element.classList.contains("htmx-request")) overtaken.add(element.id);
      element.dispatchEvent(new CustomEvent("tide", { bubbles: false }));
    }
  }
}

// A part that is being fetched while its subject changes again may come back old, and take the newer question with it
// when it is replaced: it is asked once more when it is there.
document.addEventListener("htmx:afterSettle", () => {
  for (const id of [...overtaken]) {
    const element = document.getElementById(id);
    if (element?.classList.contains("htmx-request")) continue;
    overtaken.delete(id);
    element?.dispatchEvent(new CustomEvent("tide", { bubbles: false }));
  }
});

function applyTide(tide) {
  if (tide.seq <= seq) return true; // said before
  if (tide.previous > seq) return false; // a gap
  seq = tide.seq;
  document.body.dataset.seq = String(seq);
  if (tide.rows?.length) whenFree(() => tide.rows.forEach(applyRow));
  if (tide.touched?.length) touch(new Set(tide.touched));
  return true;
}

function onTide(tide) {
  if (resyncing) buffer.push(tide);
  else if (!applyTide(tide)) resync();
}

// --- resync: this page's own address, whole, and the rows taken from it

async function resync() {
  if (resyncing) return resyncing;
  show("resyncing");
  buffer = [];
  const mine = source;
  resyncing = fetchPage()
    .then(async (page) => {
      await new Promise(whenFree); // what was held is older than what we fetched, and goes first
      if (over || mine !== source) return;
      for (const list of document.querySelectorAll("[data-list]")) {
        const other = page.querySelector(`[data-list="${CSS.escape(list.dataset.list)}"]`);
        if (other) replaceRows(list, other);
      }
      seq = Number(page.body.dataset.seq);
      document.body.dataset.seq = String(seq);
      clock.set(Number.parseInt(page.body.dataset.now, 10), Number.parseFloat(page.body.dataset.speed));
      afterRows();
      touch(null);
      resyncing = null;
      const waiting = buffer;
      buffer = [];
      for (const tide of waiting) {
        if (!applyTide(tide)) {
          setTimeout(() => mine === source && resync(), 250);
          return;
        }
      }
      attempt = 0;
      connectedBefore = true;
      show("live");
    })
    .catch((error) => {
      resyncing = null;
      if (over || mine !== source) return;
      if (error instanceof Ended) return end(error.message || say("ended"), error.way);
      drop();
    });
  return resyncing;
}

// What this page shows is closed to this person now. A page that says why brings its sentence and the way on along;
// what is typed here stays where it is.
class Ended extends Error {
  constructor(html = "") {
    const page = new DOMParser().parseFromString(html, "text/html");
    super(page.querySelector(".closed-page .sentence")?.textContent.trim() ?? "");
    const back = page.querySelector(".closed-page a[data-back]");
    this.way = this.message && back ? [back.getAttribute("href"), back.textContent.trim()] : undefined;
  }
}

async function fetchPage() {
  const response = await fetch(location.href, {
    headers: { "X-Schakel-Resync": "1" },
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(15000),
  });
  if (response.status === 401 || response.status === 403) throw new Ended(await response.text());
  if (!response.ok) throw new Error(`resync: ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (page.querySelector('meta[name="schakel-page"][content="entrance"]')) throw new Ended();
  if (!page.body.dataset.seq) throw new Error("resync: a page without data-seq");
  return page;
}

function replaceRows(list, other) {
  const wanted = new Map([...other.children].map((row) => [idOf(row), row]));
  for (const row of [...list.children]) {
    if (wanted.has(idOf(row))) continue;
    moveFocusOn(list, row);
    row.remove();
  }
  for (const row of wanted.values()) {
    const fresh = document.importNode(row, true);
    const old = rowIn(list, idOf(fresh));
    if (old) {
      if (sameRow(old, fresh)) {
        list.append(old); // in the order of the page; the focus is put back below
        continue;
      }
      const refocus = carryOver(old, fresh);
      old.remove();
      list.append(fresh);
      refocus();
    } else {
      list.append(fresh);
    }
    globalThis.htmx?.process(fresh);
  }
}

// Alike but for what the scripts of this page wrote in it.
function sameRow(old, fresh) {
  if (old.contains(document.activeElement)) return false;
  return old.dataset.version !== undefined && old.dataset.version === fresh.dataset.version;
}

// --- the line

function word(event) {
  lastWord = performance.now();
  const said = JSON.parse(event.data);
  if (Number.isFinite(said.now)) clock.set(said.now, said.speed);
  return said;
}

function connect() {
  if (over) return;
  clearTimeout(retryTimer);
  source?.close();
  source = null;
  lastWord = performance.now();
  show("connecting");
  const line = new EventSource(`${address}${address.includes("?") ? "&" : "?"}since=${seq}`);
  source = line;
  const mine = (handler) => (event) => line === source && handler(event);
  line.addEventListener("hello", mine((event) => {
    const hello = word(event);
    if (connectedBefore || hello.seq > seq) return resync();
    attempt = 0;
    connectedBefore = true;
    show("live");
  }));
  line.addEventListener("tide", mine((event) => {
    onTide(word(event));
    paint();
  }));
  line.addEventListener("beat", mine((event) => {
    const beat = word(event);
    if (!resyncing && state === "live" && beat.seq > seq) resync();
    paint();
  }));
  line.addEventListener("revoked", mine((event) => end(word(event).sentence || say("revoked"))));
  line.addEventListener("error", mine(async () => {
    const answered = line.readyState === EventSource.CLOSED; // the server spoke, and it was not a stream
    drop();
    if (answered) await fetchPage().catch((error) => error instanceof Ended && end(say("ended")));
  }));
}

function drop() {
  if (over) return;
  source?.close();
  source = null;
  resyncing = null;
  buffer = [];
  connectedBefore = true; // whatever follows is a reconnect
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt) * (0.5 + Math.random());
  attempt = Math.min(attempt + 1, 10);
  retryAt = performance.now() + wait;
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, wait);
  show("disconnected");
}

function end(sentence, way) {
  over = true;
  source?.close();
  source = null;
  clearTimeout(retryTimer);
  show("revoked");
  box?.querySelector(".text")?.replaceChildren(sentence);
  document.body.classList.add("ended");
  const next = encodeURIComponent(location.pathname + location.search);
  notice(sentence, "refusal", way ?? [`${document.body.dataset.login ?? "/"}?next=${next}`, say("login")]);
}

if (address) {
  connect();
  setInterval(() => {
    if (over) return;
    if (source && performance.now() - lastWord > GIVE_UP) drop();
    else paint();
  }, 1000);
  addEventListener("online", () => state === "disconnected" && connect());
  addEventListener("offline", () => !over && drop());
  addEventListener("pagehide", () => {
    source?.close();
    source = null;
    clearTimeout(retryTimer);
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted || over) return;
    connectedBefore = true;
    connect();
  });
}
