// Nothing moves under a hand: a part that is being used is not refreshed until it is let go, also when the answer was
// already on its way. And when the job leaves the list of jobs, its page is looked at again.
import { isArmed } from "./two-taps.js";

const state = () => document.getElementById("job-state");
const parts = () => [document.getElementById("job-next"), state(), ...document.querySelectorAll(".unit")].filter(Boolean);
const held = new Set();

function inUse(part) {
  return isArmed(part) || Boolean(part.querySelector("details[open], input:focus, select:focus, textarea:focus"));
}
// The state of a job is refreshed together with the next step.
const busy = (part) => (part === state() ? parts().some(inUse) : inUse(part));

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  if (event.detail.requestConfig?.triggeringEvent?.type !== "tide" || !busy(part)) return;
  event.preventDefault();
  held.add(part);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  if (!parts().includes(part) || !busy(part)) return;
  event.detail.shouldSwap = false;
  held.add(part);
});

// The next step keeps the focus when it is made anew.
let hadFocus = false;
document.addEventListener("htmx:oobBeforeSwap", () => {
  hadFocus = Boolean(document.getElementById("job-next")?.contains(document.activeElement));
});
document.addEventListener("htmx:oobAfterSwap", () => {
  if (hadFocus) document.querySelector("#job-next button")?.focus({ preventScroll: true });
  hadFocus = false;
});

function release() {
  for (const part of [...held]) {
    if (part.isConnected && busy(part)) continue;
    held.delete(part);
    if (part.isConnected) part.dispatchEvent(new CustomEvent("tide"));
  }
}

document.addEventListener("toggle", release, true);
document.addEventListener("focusout", () => setTimeout(release, 0));
document.addEventListener("schakel:free", () => setTimeout(release, 0));

// A form that is on its way is not overtaken by a refresh: its answer is the next page.
let leaving = 0;
const onItsWay = () => performance.now() - leaving < 15000 && leaving > 0;
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && !event.target.matches("[hx-post]")) leaving = performance.now();
});
addEventListener("pageshow", () => {
  leaving = 0;
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (onItsWay() && event.detail.requestConfig?.triggeringEvent?.type === "tide") event.preventDefault();
});

// The stream tells of a request only to those who may still know of it; the list also tells that a row is gone.
const elsewhere = document.querySelector(".elsewhere");

function look() {
  const own = document.getElementById(`job-${elsewhere.dataset.own}`);
  if (own) own.hidden = true;
  const offered = [...elsewhere.querySelectorAll("li.offered")].some((row) => row !== own);
  elsewhere.hidden = !offered;
  return Boolean(own);
}

if (elsewhere) {
  let there = look();
  document.addEventListener("schakel:rows", () => {
    const now = look();
    if (there !== now) state()?.dispatchEvent(new CustomEvent("tide"));
    there = now;
  });
}
