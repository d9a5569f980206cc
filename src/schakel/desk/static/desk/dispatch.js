// Dispatch, follow-up and hand-over: what these screens do beside the common scripts.
//   input[data-filter="id of a list"]   hides the rows that do not hold every word that is typed
//   [data-panel]                        a part that is fetched again: what was typed or opened in it stays
//   button[data-why]                    asks for the reason of another choice first
//   #print                              prints the page

// --- filter
const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

function filter(input) {
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  const list = document.getElementById(input.dataset.filter);
  let left = 0;
  for (const row of list?.children ?? []) {
    const text = plain(row.textContent);
    row.hidden = !words.every((word) => text.includes(word));
    left += row.hidden ? 0 : 1;
  }
  const none = document.querySelector(`[data-none-for="${CSS.escape(input.dataset.filter)}"]`);
  if (none) none.hidden = left > 0;
}

const filterAll = () => document.querySelectorAll("input[data-filter]").forEach(filter);
document.addEventListener("input", (event) => event.target.matches?.("input[data-filter]") && filter(event.target));
document.addEventListener("schakel:rows", filterAll);
document.addEventListener("htmx:afterSettle", filterAll);
filterAll();

// --- what was typed in a part stays when the part is fetched again
let kept = null;

const fields = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.tagName !== "BUTTON");
const touched = (field) => {
  if (/^(checkbox|radio)$/.test(field.type)) return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.value !== "";
  return field.value !== field.defaultValue;
};

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  const part = target?.closest?.("[data-panel]");
  if (!part || requestConfig?.verb !== "get" || xhr.status >= 400) return;
  kept = {
    forms: [...part.querySelectorAll("form[id]")].map((form) => [form.id, fields(form).filter(touched).map((field) => [field.name, field.value, field.checked])]),
    open: [...part.querySelectorAll("details[id][open]")].map((details) => details.id),
    focus: part.contains(document.activeElement) && [document.activeElement.form?.id, document.activeElement.name],
  };
});

document.addEventListener("htmx:afterSwap", () => {
  if (!kept) return;
  const { forms, open, focus } = kept;
  kept = null;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, values] of forms) {
    const form = document.getElementById(id);
    if (!form) continue;
    for (const [name, value, checked] of values) {
      for (const field of fields(form).filter((other) => other.name === name)) {
        if (!/^(checkbox|radio)$/.test(field.type)) field.value = value;
        else if (field.value === value) field.checked = checked;
      }
    }
  }
  if (focus && focus[0] && focus[1]) document.getElementById(focus[0])?.elements.namedItem(focus[1])?.focus?.({ preventScroll: true });
});

// --- another choice than what was put first: one key, and then the key of the reason
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-why]");
  const dialog = document.getElementById("why-other");
  if (!button || !dialog) return;
  event.preventDefault();
  const form = document.getElementById("offer-form");
  form.querySelector("input[data-chosen]")?.remove();
  const chosen = document.createElement("input");
  Object.assign(chosen, { type: "hidden", name: button.name, value: button.value });
  chosen.dataset.chosen = "";
  form.append(chosen);
  dialog.querySelector("[data-why-name]").textContent = button.getAttribute("aria-label") ?? "";
  dialog.showModal();
});
document.addEventListener("close", (event) => {
  if (event.target.id === "why-other") document.querySelector("#offer-form input[data-chosen]")?.remove();
}, true);

// --- paper
document.getElementById("print")?.addEventListener("click", () => print());
