// The desk: filters that go on working while rows come and go, and a case that is asked by keyboard, field by field.
// A field saves itself on change; the answer stands under it (`.said`) and the field is never replaced.
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- the queue: which rows are shown

const filters = one("[data-filters]");
if (filters) {
  const list = filters.dataset.filters;
  let wanted = one("[aria-current]", filters)?.dataset.show ?? "";
  const fits = (row) => {
    if (!wanted) return true;
    if (wanted === "mine") return row.dataset.people.split(" ").includes(filters.dataset.me);
    return row.dataset.waits === wanted;
  };
  const apply = () => {
    const rows = all(`[data-list="${list}"] > *`);
    for (const row of rows) row.hidden = !fits(row);
    const line = one(`[data-shown-of="${list}"]`);
    line.hidden = !wanted;
    one("[data-shown]", line).textContent = rows.filter((row) => !row.hidden).length;
    one("[data-total]", line).textContent = rows.length;
  };
  filters.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    wanted = link.dataset.show;
    history.replaceState(null, "", wanted ? `?show=${wanted}` : location.pathname);
    for (const other of all("[data-show]", filters)) other.toggleAttribute("aria-current", other === link);
    link.setAttribute("aria-current", "true");
    apply();
  });
  document.addEventListener("schakel:rows", apply);
  apply();
}

// --- who calls: the oldest call says it by itself to whoever may answer, another when the hands are on its row. Each is
// a read that is logged; what this page was told once it is not told again.

const told = new Map(); // row id → the promise of its answer
async function tell(row) {
  const empty = one("[data-line]:empty", row ?? document.createElement("i"));
  if (!empty || document.visibilityState !== "visible") return;
  const ask = () => fetch(empty.dataset.line, { credentials: "same-origin" }).then((said) => (said.ok ? said.text() : ""));
  if (!told.has(row.id)) told.set(row.id, ask().catch(() => told.delete(row.id) && ""));
  const answer = await told.get(row.id);
  const part = one(`#${CSS.escape(row.id)} [data-line]:empty`);
  if (part) part.innerHTML = answer;
}
const telling = all("[data-tells]");
const tellOldest = () => {
  for (const list of telling) {
    if (list.dataset.tells === "first") tell(list.firstElementChild);
    for (const row of list.children) if (told.has(row.id)) tell(row);
  }
};
if (telling.length) {
  for (const list of telling) list.addEventListener("focusin", (event) => tell(event.target.closest("li")));
  document.addEventListener("schakel:rows", tellOldest);
  document.addEventListener("visibilitychange", tellOldest);
  tellOldest();
}

// --- what is looked at again now and then, while somebody can see it

const ask = (name) => {
  if (document.visibilityState !== "visible") return;
  for (const part of all(`[hx-trigger~="${name}"], [hx-trigger$="${name}"]`)) globalThis.htmx?.trigger(part, name);
};
setInterval(() => ask("look"), 20_000);
setInterval(() => ask("minute"), 60_000);

// --- asking: Enter goes on to the next question that has no answer

const QUESTIONS = "[data-ask], #life-threat, #state input[type=radio]";
const answered = (element) => {
  if (element.id === "life-threat") return Boolean(one('.threat-question [aria-pressed="true"]'));
  if (element.type === "radio") return false;
  return Boolean(element.value);
};
const usable = (element) => !element.readOnly && !element.matches(":disabled") && element.getClientRects().length > 0;

function next(from) {
  const questions = all(QUESTIONS);
  const at = questions.indexOf(from);
  const target = questions.slice(at + 1).find((element) => usable(element) && !answered(element));
  target?.focus();
  return target;
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
  if (!field.matches?.("[data-ask]") || (field.tagName === "TEXTAREA" && event.shiftKey)) return;
  event.preventDefault();
  if (!next(field)) field.blur();
});

const asking = document.getElementById("asking");
const first = document.getElementById(asking?.dataset.first ?? "");
if (first && document.activeElement === document.body) first.focus();

document.addEventListener("htmx:afterSettle", (event) => {
  const { elt, requestConfig } = event.detail;
  if (elt?.id !== "life-threat-panel" || requestConfig?.verb !== "post") return;
  const way = one(".to-112 .button", elt);
  if (way) way.focus();
  else next(document.getElementById("life-threat"));
});

// --- saving: what the centre keeps is what the field shows, unless somebody is typing in it

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches("form.ask")) return;
  const field = one("[data-ask]", event.detail.elt);
  field.dataset.sent = field.value;
});

function keep(field, value, answer) {
  const untouched = field.value === ((answer ? field.dataset.sent : undefined) ?? standing(field));
  if (answer) delete field.dataset.sent;
  if (field.tagName === "SELECT") {
    for (const option of field.options) option.defaultSelected = option.value === value;
    if (untouched) field.value = value;
    return;
  }
  if (field.tagName === "TEXTAREA") {
    const typed = field.value;
    field.defaultValue = value;
    field.value = untouched ? value : typed;
    return;
  }
  field.defaultValue = value;
  if (untouched) field.value = value;
}
const standing = (field) => (field.tagName === "SELECT" ? [...field.options].find((option) => option.defaultSelected)?.value ?? "" : field.defaultValue);

document.addEventListener("htmx:afterSettle", () => {
  for (const said of all(".said:not([data-applied])")) {
    said.dataset.applied = "";
    const field = document.getElementById(said.dataset.of);
    if (!field) continue;
    if ("wrong" in said.dataset) {
      field.setAttribute("aria-invalid", "true");
    } else {
      field.removeAttribute("aria-invalid");
      if ("answer" in said.dataset) one(".draft-note", field.form)?.remove();
      keep(field, said.dataset.kept ?? "", "answer" in said.dataset);
    }
    field.closest(".field")?.classList.toggle("wrong", "wrong" in said.dataset);
  }
});
for (const said of all(".said")) said.dataset.applied = "";

// What was typed before this page came and did not arrive is sent again, as if nothing had been seen: where the
// centre holds something else by now, both are shown.
addEventListener("load", () => {
  for (const form of all("form.ask[data-draft-restored]")) {
    if (!one(".draft-note", form)) continue;
    const seen = one('[name="seen"]', form);
    seen.value = /^\d+$/.test(seen.value) ? "0" : ""; // nothing: of the dossier 0, of an area or complaint no word
    globalThis.htmx?.trigger(form, "submit");
  }
});

// The town names an area: it is suggested, not taken.
document.addEventListener("town", () => {
  const form = document.getElementById("form-zone");
  const zone = document.getElementById("ask-zone");
  const town = document.getElementById("ask-town");
  if (!form || !town || zone.value) return;
  globalThis.htmx.ajax("POST", form.dataset.suggest, { target: "#said-zone", swap: "outerHTML", values: { town: town.value } });
});
document.addEventListener("click", (event) => {
  const take = event.target.closest?.("[data-take]");
  if (!take) return;
  const field = document.getElementById(take.dataset.take);
  field.value = take.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  next(field);
});

// A note that has arrived leaves its field empty.
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, requestConfig } = event.detail;
  if (elt.id === "note-form" && successful && requestConfig.verb === "post") elt.reset();
});

// --- nothing is renewed under a hand that is choosing in it

const choosing = (part) => {
  const active = document.activeElement;
  return part.contains(active) && active.matches("form input, form select, form textarea, details[open] *");
};
// What was asked before something was sent is older than the answer to what was sent.
const RENEWING = ["tide", "acted"];
const sending = new Set();
const answeredAt = new Map();
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target, requestConfig } = event.detail;
  requestConfig.begun = performance.now();
  if (requestConfig.verb === "post") {
    if (target?.id) sending.add(target.id);
    return;
  }
  if (!RENEWING.includes(requestConfig.triggeringEvent?.type)) return;
  if (sending.has(elt.id) || elt.matches(".said[data-wrong]")) {
    event.preventDefault();
  } else if (choosing(elt)) {
    event.preventDefault();
    elt.dataset.behind = "";
  }
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (requestConfig.verb !== "get" || !target?.id) return;
  if (sending.has(target.id) || requestConfig.begun < (answeredAt.get(target.id) ?? 0)) {
    event.detail.shouldSwap = false;
  } else if (RENEWING.includes(requestConfig.triggeringEvent?.type) && choosing(target)) {
    event.detail.shouldSwap = false;
    target.dataset.behind = "";
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  if (requestConfig?.verb !== "post" || !target?.id) return;
  sending.delete(target.id);
  if (xhr?.status) answeredAt.set(target.id, performance.now());
});
document.addEventListener("focusout", () => {
  setTimeout(() => {
    for (const part of all("[data-behind]")) {
      if (choosing(part)) continue;
      delete part.dataset.behind;
      globalThis.htmx?.trigger(part, "tide");
    }
  }, 0);
});
