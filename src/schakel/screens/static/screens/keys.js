// Everything by keyboard. A control with data-key="n" (or a sequence: "g q") shows its key and answers to it.
// A control inside a row of a list answers only while that row has the focus. Single keys can be switched off
// in the foot of the page (WCAG 2.1.4); Enter, Escape and the arrows in a list always work.
import { answer } from "./announce.js";
import { say } from "./words.js";

const SWITCH = "schakel.keys";
const SEQUENCE_MS = 1500;
const LIST = "[data-list], [data-rows]";
const TEXT = 'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="reset"], [type="range"], [type="color"], [type="file"]), textarea, select, [contenteditable=""], [contenteditable="true"]';

let prefix = "";
let prefixTimer = 0;
let lastList = null;

export const isText = (element) => Boolean(element?.matches?.(TEXT));
export const on = () => localStorage.getItem(SWITCH) !== "off";
export const isVisible = (element) => element.getClientRects().length > 0 && !element.closest("[hidden], [inert]");

export const rowsOf = (list) => [...list.children].filter((row) => row.id && isVisible(row));
export const rowOf = (element) => {
  const list = element?.closest?.(LIST);
  return list && list !== element ? [...list.children].find((row) => row.contains(element)) : null;
};

// Shows the key on the control itself, once.
export function decorate(root = document) {
  for (const control of root.querySelectorAll("[data-key]")) {
    const key = control.dataset.key;
    if (!key) continue;
    if (!key.includes(" ") && !control.hasAttribute("aria-keyshortcuts")) control.setAttribute("aria-keyshortcuts", key);
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(control.tagName) || control.querySelector("kbd")) continue;
    const cap = document.createElement("kbd");
    cap.textContent = key;
    cap.setAttribute("aria-hidden", "true");
    control.append(cap);
  }
}

function controls() {
  const dialog = document.querySelector("dialog[open]");
  const focused = rowOf(document.activeElement);
  const seen = [...(dialog ?? document).querySelectorAll("[data-key]")].filter(isVisible);
  const rank = (control) => (focused?.contains(control) ? 0 : 1);
  return seen
    .filter((control) => {
      const row = rowOf(control);
      return !row || row === focused;
    })
    .sort((a, b) => rank(a) - rank(b));
}

// What a key does to a control: text fields take the focus, all else is pressed.
export function trigger(control) {
  if (control.getAttribute("aria-disabled") === "true") {
    control.focus();
    const reason = document.getElementById(control.getAttribute("aria-describedby"))?.textContent.trim();
    if (reason) answer(reason);
    return;
  }
  if (isText(control)) {
    control.focus();
    control.select?.();
    return;
  }
  control.focus({ preventScroll: true });
  control.click();
}

function setPrefix(key) {
  clearTimeout(prefixTimer);
  prefix = key;
  document.documentElement.classList.toggle("awaiting-key", Boolean(key));
  if (key) prefixTimer = setTimeout(() => setPrefix(""), SEQUENCE_MS);
}

function byKey(event) {
  if (!on() || event.key.length !== 1) return false;
  const wanted = prefix ? `${prefix} ${event.key}` : event.key;
  const all = controls();
  const hit = all.find((control) => control.dataset.key === wanted);
  if (hit) {
    setPrefix("");
    trigger(hit);
    return true;
  }
  if (!prefix && all.some((control) => control.dataset.key.startsWith(`${event.key} `))) {
    setPrefix(event.key);
    answer(say("key_then", { key: event.key }));
    return true;
  }
  const waited = Boolean(prefix);
  setPrefix("");
  return waited;
}

const handle = (row) => row.querySelector("a[data-row], a[href], button:not([aria-disabled])") ?? row;

function focusRow(row) {
  const target = handle(row);
  if (target === row && !row.hasAttribute("tabindex")) row.tabIndex = -1;
  target.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(event) {
  const letter = event.key === "j" || event.key === "k";
  if (letter && (!on() || prefix)) return false;
  const here = document.activeElement;
  const row = rowOf(here);
  if (!letter && !row) return false;
  if (!letter && here.closest("[role=radiogroup], [role=listbox], [role=menu], input")) return false;
  let list = here?.closest?.(LIST);
  if (!list || !list.isConnected) list = lastList?.isConnected ? lastList : null;
  list ??= [...document.querySelectorAll(LIST)].find((candidate) => isVisible(candidate) && rowsOf(candidate).length);
  if (!list) return false;
  const rows = rowsOf(list);
  if (!rows.length) return false;
  const step = event.key === "j" || event.key === "ArrowDown" ? 1 : -1;
  const at = rows.indexOf(row);
  focusRow(rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))]);
  return true;
}

function open(event) {
  if (event.key !== "Enter") return false;
  const row = rowOf(document.activeElement);
  if (row !== document.activeElement || !row) return false;
  const link = row.querySelector("a[href]");
  link?.click();
  return Boolean(link);
}

function leave(event) {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return false;
  if (prefix) {
    setPrefix("");
    return true;
  }
  if (isText(event.target)) {
    event.target.blur();
    return true;
  }
  const newest = [...document.querySelectorAll("#notices [data-dismiss]")].pop();
  newest?.click();
  return Boolean(newest);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (leave(event)) return event.preventDefault();
  if (isText(event.target)) return;
  if (event.key === " " && event.target.closest("button, a, summary, [role=button], input")) return;
  const moves = ["j", "k", "ArrowDown", "ArrowUp"].includes(event.key) && !document.querySelector("dialog[open]");
  if ((moves && move(event)) || open(event) || byKey(event)) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  lastList = event.target.closest?.(LIST) ?? lastList;
});

// A greyed-out button that says why: pressing it says it again, and does nothing.
document.addEventListener(
  "click",
  (event) => {
    const control = event.target.closest?.('[aria-disabled="true"]');
    if (!control) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const reason = document.getElementById(control.getAttribute("aria-describedby"))?.textContent.trim();
    if (reason) answer(reason);
  },
  true,
);

function showHelp() {
  const dialog = document.getElementById("keys-help");
  if (!dialog || dialog.open) return;
  const here = dialog.querySelector("[data-keys-here]");
  const seen = new Set();
  const lines = [...document.querySelectorAll("[data-key]")].filter(isVisible).flatMap((control) => {
    const key = control.dataset.key;
    if (!key || key === "?" || seen.has(key)) return [];
    seen.add(key);
    const line = document.createElement("div");
    const term = document.createElement("dt");
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap);
    const meaning = document.createElement("dd");
    meaning.textContent = labelOf(control);
    line.append(term, meaning);
    return [line];
  });
  here.replaceChildren(...lines);
  dialog.showModal();
}

export function labelOf(control) {
  if (control.dataset.command) return control.dataset.command;
  if (control.labels?.length) return textOf(control.labels[0]);
  return control.getAttribute("aria-label") ?? textOf(control);
}

function textOf(element) {
  const copy = element.cloneNode(true);
  for (const cap of copy.querySelectorAll("kbd, .need, .help")) cap.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

const help = document.querySelector("[data-keys-help]");
if (help && document.getElementById("keys-help")) {
  help.hidden = false;
  help.addEventListener("click", showHelp);
}

const toggle = document.querySelector("[data-keys-switch]");
function showSwitch() {
  document.documentElement.classList.toggle("keys-off", !on());
  if (!toggle) return;
  toggle.hidden = false;
  toggle.setAttribute("aria-pressed", String(on()));
  toggle.textContent = say(on() ? "keys_on" : "keys_off");
}
toggle?.addEventListener("click", () => {
  localStorage.setItem(SWITCH, on() ? "off" : "on");
  showSwitch();
});

decorate();
showSwitch();
document.addEventListener("schakel:rows", () => decorate());
document.addEventListener("htmx:afterSwap", () => decorate());
