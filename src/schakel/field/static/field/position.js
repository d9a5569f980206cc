// Where the telephone is, only while its owner wants it: a button, remembered until this tab is closed.
import * as clock from "../screens/clock.js";
import { notice } from "../screens/look.js";
import { words } from "./words.js";

const EVERY = 15000;
const KEPT = "schakel.share";

let watch = null;
let sent = -Infinity;

const box = () => document.querySelector("[data-share]");

function paint() {
  const button = box()?.querySelector("button");
  if (!button) return;
  button.setAttribute("aria-pressed", String(watch !== null));
  button.textContent = watch !== null ? words.sharing : words.share;
}

function send(position) {
  const address = box()?.dataset.share;
  if (!address || performance.now() - sent < EVERY) return;
  sent = performance.now();
  const { latitude, longitude } = position.coords;
  fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
    body: new URLSearchParams({ lat: latitude.toFixed(5), lon: longitude.toFixed(5), at: Math.round(clock.now()) }),
  }).catch(() => {}); // a position that does not arrive is followed by a newer one
}

function start() {
  if (!navigator.geolocation) return notice(words.no_position, "warning");
  watch = navigator.geolocation.watchPosition(
    send,
    () => {
      stop();
      notice(words.no_position, "warning");
    },
    { enableHighAccuracy: true, maximumAge: 15000, timeout: 60000 },
  );
  sessionStorage.setItem(KEPT, "yes");
  paint();
}

function stop() {
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  watch = null;
  sessionStorage.removeItem(KEPT);
  paint();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-share] button")) (watch === null ? start : stop)();
});
document.addEventListener("htmx:afterSettle", paint);
document.addEventListener("submit", (event) => event.target.matches("form[data-logout]") && stop());
if (box() && sessionStorage.getItem(KEPT)) start();
