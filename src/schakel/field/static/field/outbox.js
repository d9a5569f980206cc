// Reports on their way. Each is kept on this telephone until the centre says that it has it, also without coverage, and
// they go in the order in which they were made. Nothing of a patient is kept: the job, the report, the time, the key.
// The key makes that a report that is sent twice happens once.
import { notice } from "../screens/look.js";
import { wallTime } from "../screens/timers.js";
import * as clock from "../screens/clock.js";
import { fill, words } from "./words.js";

const PLACE = `schakel.outbox.${document.body.dataset.person ?? ""}`;
const REFUSED = `${PLACE}.refused`;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30000;
const PATIENCE = 15000;
const FINAL = [400, 404, 409, 410, 422]; // the centre has read it, and says no

const box = document.getElementById("outbox");
const load = (place) => JSON.parse(localStorage.getItem(place) ?? "[]");
const save = (place, list) => (list.length ? localStorage.setItem(place, JSON.stringify(list)) : localStorage.removeItem(place));

let attempt = 0;
let timer = 0;
let sending = false;
const arrived = []; // what the centre took while this page was open: a refresh that is older does not ask for it again
let again = false; // something was put in the queue while it was being emptied
let loggedOut = false;

export const waiting = () => load(PLACE);

export function put(report) {
  save(PLACE, [...load(PLACE), report]);
  show();
  flush();
}

const labelOf = (report) => words.reports?.[report.report] ?? report.report;
const timeOf = (report) => report.wall || wallTime(report.at, clock.now());

// --- what is still to be sent is in sight, and the next step is under the thumb

function show() {
  if (!box) return;
  const list = load(PLACE);
  const refused = load(REFUSED);
  box.hidden = !list.length && !refused.length;
  box.dataset.waiting = String(list.length);
  const text = list.length ? fill(list.length === 1 ? words.one : words.many, { n: list.length }) : "";
  const count = box.querySelector(".count");
  const said = loggedOut && list.length ? `${text}. ${words.login}` : text;
  if (count.textContent !== said) count.textContent = said;
  box.querySelector("ul").replaceChildren(...list.map((report) => line(`${labelOf(report)}, ${timeOf(report)}`)), ...refused.map(refusedLine));
  settle(list);
}

function line(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

function refusedLine(report) {
  const item = line(fill(words.refused, { label: labelOf(report), time: timeOf(report), sentence: report.sentence }));
  item.className = "refused";
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "dismiss";
  dismiss.textContent = "×";
  dismiss.setAttribute("aria-label", document.querySelector(".notice .dismiss")?.ariaLabel ?? "×");
  dismiss.addEventListener("click", () => {
    save(REFUSED, load(REFUSED).filter((other) => other.key !== report.key));
    show();
  });
  item.append(dismiss);
  return item;
}

// A report in the queue is made: its button goes, and the next one takes its place.
function settle(list) {
  const next = document.getElementById("job-next");
  const likely = next?.querySelector(".likely");
  if (!likely) return;
  const made = new Set([...arrived, ...list].filter((report) => report.job === next.dataset.job && report.kind === "report").map((report) => report.report));
  const hadFocus = next.contains(document.activeElement);
  for (const form of next.querySelectorAll("form[data-report]")) if (made.has(form.dataset.report)) form.remove();
  if (likely.querySelector("form") || !made.size) return;
  const following = next.querySelector(".others form[data-report]");
  if (!following) return next.replaceChildren();
  following.hidden = false;
  following.querySelector("button").classList.add("primary");
  likely.append(following);
  if (hadFocus) following.querySelector("button").focus({ preventScroll: true });
  if (!next.querySelector(".others form")) next.querySelector(".others").hidden = true;
}

// --- sending

export async function flush() {
  if (sending) again = true;
  if (sending || loggedOut || !load(PLACE).length) return;
  sending = true;
  again = false;
  clearTimeout(timer);
  const work = async () => {
    for (let report = load(PLACE)[0]; report; report = load(PLACE)[0]) {
      if (!(await send(report))) return;
    }
  };
  try {
    // Two windows of one telephone take turns.
    await (navigator.locks ? navigator.locks.request(PLACE, work) : work());
  } finally {
    sending = false;
    show();
    if (again) flush();
  }
}

async function send(report) {
  const address = (report.kind === "correct" ? box.dataset.correctUrl : box.dataset.reportUrl).replace("/0/", `/${report.job}/`);
  const body = new URLSearchParams({ report: report.report, wall: report.wall, key: report.key });
  if (report.kind === "report") body.set("at", report.at);
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      body,
      credentials: "same-origin",
      headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content, "X-Schakel-Outbox": "1" },
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return later();
  }
  if (response.status === 204) {
    attempt = 0;
    arrived.push(report);
    take(report);
    return true;
  }
  if (FINAL.includes(response.status)) {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const unseen of page.querySelectorAll(".unseen")) unseen.remove();
    const sentence = (page.querySelector(".notice p, .sentence") ?? page.querySelector("h1"))?.textContent.trim() ?? String(response.status);
    save(REFUSED, [...load(REFUSED), { ...report, sentence }]);
    take(report);
    return true;
  }
  if (response.status < 500 && response.status !== 429) {
    loggedOut = true; // the session has ended: kept until this person is back
    notice(words.login, "warning", [`${document.body.dataset.login ?? "/"}?next=${encodeURIComponent(location.pathname)}`, "→"]);
    return false;
  }
  return later();
}

function take(report) {
  save(PLACE, load(PLACE).filter((other) => other.key !== report.key));
  show();
  for (const part of document.querySelectorAll(`[data-touch][data-job="${CSS.escape(report.job)}"]`)) part.dispatchEvent(new CustomEvent("tide"));
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(flush, Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempt++, 8)));
  return false;
}

addEventListener("online", () => {
  attempt = 0;
  flush();
});
addEventListener("pageshow", () => {
  show();
  flush();
});
addEventListener("storage", show);
document.addEventListener("visibilitychange", () => !document.hidden && flush());
document.addEventListener("htmx:afterSettle", () => settle(load(PLACE)));
show();
flush();
