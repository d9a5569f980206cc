// The board: figures counted from the rows that are on the screen, sorting and filtering by keyboard, and marks on
// the map that do not cover each other. The rows themselves are kept live by screens/live.js.
import { answer } from "../screens/announce.js";
import * as clock from "../screens/clock.js";
import { duration } from "../screens/timers.js";

const KEPT = "schakel.board.";
const lists = (name) => document.querySelector(`[data-list="${CSS.escape(name)}"]`);
const rowsOf = (list) => [...(list?.children ?? [])];
const remember = (name, value) => (value ? sessionStorage.setItem(KEPT + name, value) : sessionStorage.removeItem(KEPT + name));
const remembered = (name) => sessionStorage.getItem(KEPT + name) ?? "";

// --- figures: what is counted is what can be seen

function count() {
  for (const figure of document.querySelectorAll("[data-count]")) {
    const rows = rowsOf(lists(figure.dataset.count)).filter((row) => row.matches(figure.dataset.where));
    const text = String(rows.length);
    if (figure.textContent !== text) figure.textContent = text;
    const group = figure.closest("[data-figure]");
    if (figure.tagName === "B") group?.classList.toggle("zero", rows.length === 0);
    const oldest = figure.parentElement.querySelector("[data-oldest]");
    if (!oldest) continue;
    const since = Math.min(...rows.map((row) => Number(row.dataset.received || Infinity)));
    const age = Number.isFinite(since) && clock.known() ? duration(Math.max(0, Math.floor(clock.now()) - since)) : "";
    if (oldest.textContent !== age) oldest.textContent = age;
  }
}

// --- sorting: the order of the server is `data-sort`; another order goes before it, and is kept while the page is open

function order(table) {
  const list = lists(table.dataset.sortable);
  if (!list) return;
  const by = remembered(table.dataset.sortable);
  for (const row of list.children) {
    row.dataset.given ??= row.dataset.sort;
    row.dataset.sort = by ? `${row.dataset[by] ?? ""} ${row.dataset.given}` : row.dataset.given;
  }
  const sorted = rowsOf(list).sort((a, b) => (a.dataset.sort < b.dataset.sort ? -1 : a.dataset.sort > b.dataset.sort ? 1 : a.id < b.id ? -1 : 1));
  if (sorted.some((row, at) => list.children[at] !== row)) {
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    list.append(...sorted);
    focused?.focus({ preventScroll: true });
  }
  for (const button of table.querySelectorAll("[data-sort-by]")) {
    const chosen = button.dataset.sortBy === by;
    if (chosen) button.closest("th").setAttribute("aria-sort", "ascending");
    else button.closest("th").removeAttribute("aria-sort");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-sort-by]");
  const table = button?.closest("[data-sortable]");
  if (!table) return;
  remember(table.dataset.sortable, button.dataset.sortBy);
  order(table);
  answer(button.dataset.command);
});

// --- the filter: every word must stand in the row

const field = document.querySelector("[data-board-filter]");
const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

function filter() {
  const words = plain(field?.value ?? "").split(/\s+/).filter(Boolean);
  for (const list of document.querySelectorAll("[data-list]")) {
    for (const row of list.children) {
      const text = words.length ? plain(row.textContent) : "";
      row.hidden = !words.every((word) => text.includes(word));
    }
  }
  document.body.classList.toggle("filtered", words.length > 0);
}

if (field) {
  field.value = remembered("filter");
  field.addEventListener("input", () => {
    remember("filter", field.value.trim());
    filter();
    document.dispatchEvent(new CustomEvent("schakel:rows"));
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.value) return;
    field.value = "";
    field.dispatchEvent(new Event("input"));
  });
}

// --- the map: marks that would cover each other stand below each other; of many at one point the rest is counted

const WIDE = 64;
const HIGH = 26;
const MOST = 4;

function spread(map) {
  const pane = map.getPane("markerPane");
  const places = [];
  const marks = [...pane.querySelectorAll(".mark-place")]
    .map((place) => ({ place, mark: place.querySelector(".mark"), at: L.DomUtil.getPosition(place) }))
    .filter(({ mark, at }) => mark && at)
    .sort((a, b) => weight(a.mark) - weight(b.mark));
  for (const { mark, at } of marks) {
    const beside = places.find((one) => Math.abs(one.at.x - at.x) < WIDE && Math.abs(one.at.y - at.y) < (HIGH * (Math.min(one.marks.length, MOST) + 1)) / 2);
    if (beside) beside.marks.push(mark);
    else places.push({ at, marks: [mark] });
  }
  for (const { at, marks: here } of places) {
    const shown = Math.min(here.length, MOST);
    here.forEach((mark, n) => {
      const own = L.DomUtil.getPosition(mark.closest(".mark-place"));
      const hidden = n >= shown;
      const below = (n - (shown - 1) / 2) * HIGH;
      const move = here.length === 1 ? "" : `${at.x - own.x}px ${at.y - own.y + below}px`;
      if (mark.style.translate !== move) mark.style.translate = move;
      mark.classList.toggle("covered", hidden);
      const more = n === shown - 1 && here.length > shown ? `+${here.length - shown}` : "";
      if ((mark.dataset.more ?? "") !== more) more ? (mark.dataset.more = more) : delete mark.dataset.more;
    });
  }
}

// Requests before busy units before free ones before buildings.
function weight(mark) {
  if (mark.classList.contains("request")) return 0;
  if (mark.classList.contains("place")) return 3;
  return mark.classList.contains("unit") && mark.querySelector('use[href$="#unit"]') ? 2 : 1;
}

function tidy(element) {
  const map = element.schakelMap;
  if (!map) return false;
  let waiting = 0;
  const soon = () => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      spread(map);
    });
  };
  new MutationObserver(soon).observe(map.getPane("markerPane"), { childList: true, subtree: true });
  map.on("zoomend viewreset", soon);
  soon();
  return true;
}

// --- together

function all() {
  for (const table of document.querySelectorAll("[data-sortable]")) order(table);
  filter();
  count();
}

all();
document.addEventListener("schakel:rows", all);
setInterval(count, 1000);
for (const element of document.querySelectorAll("[data-map]")) tidy(element);
