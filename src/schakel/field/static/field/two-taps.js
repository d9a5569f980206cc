// A tap, and a tap to confirm within three seconds: form[data-two-taps]. The moment and the key of a report are those
// of the first tap. A stutter of the finger is no confirmation. form[data-outbox] goes into the queue of reports.
import { answer } from "../screens/announce.js";
import * as clock from "../screens/clock.js";
import * as outbox from "./outbox.js";
import { fill, newKey, words } from "./words.js";

const CONFIRM = 3000;
const STUTTER = 200;

let armed = null; // {form, button, label, since, at, timer}

function arm(form, button) {
  disarm();
  const label = button.querySelector("kbd") ? button.firstChild.textContent.trim() : button.textContent.trim();
  armed = { form, button, label, html: [...button.childNodes], since: performance.now(), at: Math.round(clock.now()) };
  if (form.elements.key) form.elements.key.value = newKey();
  const again = fill(words.again, { label });
  button.replaceChildren(again);
  button.classList.add("armed");
  answer(again);
  armed.timer = setTimeout(disarm, CONFIRM);
}

function disarm() {
  if (!armed) return;
  clearTimeout(armed.timer);
  armed.button.replaceChildren(...armed.html);
  armed.button.classList.remove("armed");
  armed = null;
  document.dispatchEvent(new CustomEvent("schakel:free"));
}

export const isArmed = (part) => Boolean(armed && part.contains(armed.button));

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const button = event.submitter;
    let at = Math.round(clock.now());
    if (form.matches("[data-two-taps]") && button) {
      if (armed?.button !== button) {
        event.preventDefault();
        return arm(form, button);
      }
      if (performance.now() - armed.since < STUTTER) return event.preventDefault();
      at = armed.at;
      disarm();
    }
    if (!form.matches("[data-outbox]")) return;
    event.preventDefault();
    if (!form.matches("[data-two-taps]")) form.elements.key.value = newKey();
    outbox.put({
      kind: form.dataset.outbox,
      job: form.dataset.job,
      report: form.elements.report.value,
      wall: form.elements.wall?.value ?? "",
      at,
      key: form.elements.key.value,
    });
    form.closest("details")?.removeAttribute("open");
  },
  true,
);
