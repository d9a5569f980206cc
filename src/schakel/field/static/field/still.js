// Nothing moves under a hand: a part that is being used is not refreshed until it is let go.
import { isArmed } from "./two-taps.js";

const held = new Set();
const parts = () => [document.getElementById("job-next"), document.getElementById("job-state")].filter(Boolean);
const inUse = (part) =>
  Boolean(part && (isArmed(part) || part.querySelector("details[open]") || part.querySelector("input:focus, select:focus, textarea:focus")));

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  if (event.detail.requestConfig?.triggeringEvent?.type !== "tide") return;
  if (!inUse(part) && !(part.id === "job-state" && parts().some(inUse))) return;
  event.preventDefault();
  held.add(part);
});

function release() {
  for (const part of [...held]) {
    if (!part.isConnected) held.delete(part);
    else if (!inUse(part) && !parts().some(inUse)) {
      held.delete(part);
      part.dispatchEvent(new CustomEvent("tide"));
    }
  }
}

document.addEventListener("toggle", release, true);
document.addEventListener("focusout", () => setTimeout(release, 0));
document.addEventListener("schakel:free", () => setTimeout(release, 0));
