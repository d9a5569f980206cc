// What was typed is never lost: a form with data-draft="name" keeps what is not sent yet in this tab, under the person
// who typed it, and brings it back after a reload, a refusal or a new login. Passwords are never kept. The server says
// when the work has arrived (cookie `schakel_saved`, or a successful answer to htmx); only then it is forgotten.
import { say } from "./words.js";

const person = document.body.dataset.person ?? "";
const SPACE = "schakel.draft.";
const place = (name) => `${SPACE}${person}.${name}`;
const SKIP = 'input[type="password"], input[type="hidden"], input[type="file"], [data-draft-skip], [autocomplete="one-time-code"]';

const fields = (form) => [...form.elements].filter((field) => field.name && !field.matches(SKIP) && !/^(BUTTON|FIELDSET|OUTPUT)$/.test(field.tagName));

function changed(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") {
    const usual = [...field.options].filter((option) => option.defaultSelected);
    if (!usual.length && !field.multiple) return field.selectedIndex > 0;
    return [...field.options].some((option) => option.selected !== option.defaultSelected);
  }
  return field.value !== field.defaultValue;
}

function read(form) {
  const values = {};
  for (const field of fields(form)) {
    if (field.type === "radio") {
      if (field.checked && changed(field)) values[field.name] = [field.value];
    } else if (field.type === "checkbox") {
      if (changed(field)) (values[`${field.name}\n${field.value}`] = [field.checked]);
    } else if (changed(field)) {
      values[field.name] = field.multiple ? [...field.selectedOptions].map((option) => option.value) : [field.value];
    }
  }
  return values;
}

const sent = new WeakMap(); // what a form on this page has sent with success

function keep(form) {
  const name = form.dataset.draft;
  if (!name) return;
  const values = read(form);
  if (Object.keys(values).length && JSON.stringify(values) !== sent.get(form)) sessionStorage.setItem(place(name), JSON.stringify(values));
  else sessionStorage.removeItem(place(name));
}

export function forget(name) {
  sessionStorage.removeItem(place(name));
}

function restore(form) {
  const kept = sessionStorage.getItem(place(form.dataset.draft));
  if (!kept || form.dataset.draftRestored) return;
  form.dataset.draftRestored = "yes";
  const values = JSON.parse(kept);
  let any = false;
  for (const field of fields(form)) {
    if (field.type === "checkbox") {
      const was = values[`${field.name}\n${field.value}`];
      if (was && field.checked !== was[0]) [field.checked, any] = [was[0], true];
    } else if (values[field.name]) {
      const was = values[field.name];
      if (field.type === "radio") {
        if (field.value === was[0] && !field.checked) [field.checked, any] = [true, true];
      } else if (field.multiple) {
        for (const option of field.options) option.selected = was.includes(option.value);
        any = true;
      } else if (field.value !== was[0]) {
        [field.value, any] = [was[0], true];
      }
    }
  }
  if (any) note(form);
}

function note(form) {
  const line = document.createElement("p");
  line.className = "draft-note";
  line.setAttribute("role", "status");
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "button quiet";
  discard.textContent = say("draft_discard");
  discard.addEventListener("click", () => {
    form.reset();
    forget(form.dataset.draft);
    line.remove();
    fields(form)[0]?.focus();
  });
  line.append(say("draft_restored"), " ", discard);
  form.prepend(line);
}

function saved() {
  const name = document.cookie.match(/(?:^|; )schakel_saved=([^;]*)/)?.[1];
  if (name === undefined) return;
  forget(decodeURIComponent(name).replace(/^"|"$/g, ""));
  document.cookie = "schakel_saved=; path=/; max-age=0; samesite=lax";
}

export function restoreAll(root = document) {
  const forms = root.matches?.("form[data-draft]") ? [root] : root.querySelectorAll("form[data-draft]");
  for (const form of forms) restore(form);
}

const keepAll = () => document.querySelectorAll("form[data-draft]").forEach(keep);
let later = 0;

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.form;
    if (!form?.dataset.draft) return;
    clearTimeout(later);
    later = setTimeout(() => keep(form), 150);
  });
}
let leaving = false;
addEventListener("pagehide", () => {
  if (!leaving) keepAll();
});
document.addEventListener("visibilitychange", () => {
  if (!leaving) keepAll();
});

// Leaving the desk leaves nothing of a patient behind on a computer that others use.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("form[data-logout], form[data-draft-clear]:not([data-draft])")) {
    leaving = true;
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(SPACE)) sessionStorage.removeItem(key);
    return;
  }
  if (!form.dataset.draft) return;
  keep(form);
  let name = form.querySelector('input[name="_draft"]');
  if (!name) {
    name = document.createElement("input");
    name.type = "hidden";
    name.name = "_draft";
    form.append(name);
  }
  name.value = form.dataset.draft;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, requestConfig, xhr } = event.detail;
  if (!elt.matches?.("form[data-draft]") || !successful || requestConfig?.verb === "get") return;
  if (/aria-invalid=.true/.test(xhr.responseText)) return;
  clearTimeout(later);
  sent.set(elt, JSON.stringify(read(elt)));
  forget(elt.dataset.draft);
});
document.addEventListener("htmx:afterSwap", (event) => restoreAll(event.detail.elt ?? document));
addEventListener("pageshow", saved);

saved();
restoreAll();
