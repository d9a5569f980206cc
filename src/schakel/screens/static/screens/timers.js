// Ages, deadlines and times of day, each second, by the clock of the centre.
//   <time data-since="ms">  how long ago          <time data-due="ms" data-near="ms">  how long left, or how late
//   <time data-at="ms">     the time of day       <time data-clock>                    the time of the centre now
//   <… data-stale-at="ms">  gets the class `stale` from that moment: it is no longer known to be true
import * as clock from "./clock.js";
import { say } from "./words.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (number) => String(number).padStart(2, "0");
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang || "nl";
const inAmsterdam = (options) => new Intl.DateTimeFormat(language, { timeZone: "Europe/Amsterdam", ...options });
const timeOfDay = inAmsterdam({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const timeWithSeconds = inAmsterdam({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dayOfYear = inAmsterdam({ day: "numeric", month: "short" });

export function duration(ms) {
  const length = Math.abs(Math.trunc(ms));
  if (length < HOUR) return `${Math.floor(length / MINUTE)}:${two(Math.floor((length % MINUTE) / SECOND))}`;
  if (length < DAY) {
    return say("hours_minutes", { hours: Math.floor(length / HOUR), minutes: two(Math.floor((length % HOUR) / MINUTE)) });
  }
  return say("days_hours", { days: Math.floor(length / DAY), hours: Math.floor((length % DAY) / HOUR) });
}

export function wallTime(at, now) {
  const day = dayOfYear.format(at);
  const time = timeOfDay.format(at);
  return day === dayOfYear.format(now) ? time : `${day.replace(".", "")} ${time}`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function tick(root = document) {
  if (!clock.known()) return;
  const now = Math.floor(clock.now());
  for (const element of root.querySelectorAll("[data-since]")) {
    write(element, duration(Math.max(0, now - Number(element.dataset.since))));
  }
  for (const element of root.querySelectorAll("[data-due]")) {
    const left = Number(element.dataset.due) - now;
    element.classList.toggle("overdue", left < 0);
    element.classList.toggle("near", left >= 0 && left < Number(element.dataset.near || 0));
    write(element, left < 0 ? `${say("late")} ${duration(left)}` : duration(left));
  }
  for (const element of root.querySelectorAll("[data-at]")) write(element, wallTime(Number(element.dataset.at), now));
  for (const element of root.querySelectorAll("[data-clock]")) write(element, timeWithSeconds.format(now));
  for (const element of root.querySelectorAll("[data-stale-at]")) {
    element.classList.toggle("stale", now >= Number(element.dataset.staleAt));
  }
}

tick();
setInterval(tick, SECOND);
document.addEventListener("schakel:rows", () => tick());
document.addEventListener("htmx:afterSwap", () => tick());
document.addEventListener("visibilitychange", () => tick());
