// Nothing moves under a hand: a part in which something is open or being typed is not refreshed until it is let go, also
// when the answer was already on its way.
const held = new Set();
const part = (element) => element?.matches?.("#request-state, .place");
const inUse = (one) => Boolean(one.querySelector("details[open], input:focus, select:focus, textarea:focus"));

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (requestConfig?.triggeringEvent?.type !== "tide" || !inUse(elt)) return;
  event.preventDefault();
  held.add(elt);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (requestConfig?.triggeringEvent?.type !== "tide" || !part(target) || !inUse(target)) return;
  event.detail.shouldSwap = false;
  held.add(target);
});

function release() {
  for (const one of [...held]) {
    if (one.isConnected && inUse(one)) continue;
    held.delete(one);
    if (one.isConnected) one.dispatchEvent(new CustomEvent("tide"));
  }
}

document.addEventListener("toggle", release, true);
document.addEventListener("focusout", () => setTimeout(release, 0));

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

// The stream tells of a request only to those who may still know of it; the lists also tell that a row is gone. What is
// no longer ours is not left open on the screen, whatever is open on it.
const rows = document.querySelector("[data-own-rows]");
const mine = () => [...rows.querySelectorAll("a[data-row]")].filter((link) => link.pathname === location.pathname).length;

if (rows) {
  let had = mine();
  document.addEventListener("schakel:rows", () => {
    const now = mine();
    if (now < had && !onItsWay()) return location.reload();
    if (now !== had) document.getElementById("request-state")?.dispatchEvent(new CustomEvent("tide"));
    had = now;
  });
}
