// The command bar: `/` opens it, typing filters, Enter does. The same verbs as on the buttons, because it is made of
// them: every [data-command] on the page, the navigation, and "go to request 12". (ARIA 1.2 combobox with a listbox.)
import { isText, isVisible, labelOf, on, rowOf, trigger } from "./keys.js";
import { say } from "./words.js";

const dialog = document.getElementById("command-bar");
const input = document.getElementById("command-input");
const list = document.getElementById("command-options");
const goto = document.querySelector('meta[name="command-goto"]')?.content;

let commands = [];
let shown = [];
let chosen = 0;
let cameFrom = null;

const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

function collect() {
  const focused = rowOf(cameFrom);
  return [...document.querySelectorAll("[data-command]")]
    .filter((control) => control.dataset.command && isVisible(control) && !dialog.contains(control))
    .filter((control) => !rowOf(control) || rowOf(control) === focused)
    .map((control) => ({
      label: labelOf(control),
      key: control.dataset.key ?? "",
      why: control.getAttribute("aria-disabled") === "true"
        ? document.getElementById(control.getAttribute("aria-describedby"))?.textContent.trim()
        : "",
      run: () => trigger(control),
    }));
}

function fits(command, words) {
  const label = plain(command.label);
  return words.every((word) => label.includes(word));
}

function filter() {
  const typed = input.value.trim();
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const starts = (command) => (words.length && plain(command.label).startsWith(words[0]) ? 0 : 1);
  shown = commands.filter((command) => fits(command, words)).sort((a, b) => starts(a) - starts(b));
  const number = typed.match(/^#?\s*(\d{1,12})$/)?.[1];
  if (number && goto) {
    shown.unshift({ label: say("goto", { n: number }), key: "", why: "", run: () => location.assign(goto + number) });
  }
  chosen = 0;
  draw();
}

function draw() {
  list.replaceChildren(
    ...shown.map((command, at) => {
      const option = document.createElement("li");
      option.id = `command-option-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(at === chosen));
      const label = document.createElement("span");
      label.textContent = command.label;
      option.append(label);
      if (command.why) {
        option.setAttribute("aria-disabled", "true");
        const why = document.createElement("span");
        why.className = "reason";
        why.textContent = command.why;
        option.append(why);
      }
      if (command.key) {
        const cap = document.createElement("kbd");
        cap.textContent = command.key;
        option.append(cap);
      }
      option.addEventListener("click", () => run(at));
      return option;
    }),
  );
  list.hidden = !shown.length;
  input.setAttribute("aria-expanded", String(shown.length > 0));
  if (shown.length) input.setAttribute("aria-activedescendant", `command-option-${chosen}`);
  else input.removeAttribute("aria-activedescendant");
  const none = dialog.querySelector(".command-none");
  none.hidden = shown.length > 0;
  none.textContent = shown.length ? "" : say("nothing_found");
  dialog.querySelector("[data-command-count]").textContent = shown.length
    ? say("options", { n: shown.length })
    : say("nothing_found");
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
}

function run(at) {
  const command = shown[at];
  if (!command) return;
  dialog.close();
  command.run();
}

export function open() {
  if (!dialog || dialog.open || document.querySelector("dialog[open]")) return;
  cameFrom = document.activeElement;
  commands = collect();
  input.value = "";
  dialog.showModal();
  input.focus();
  filter();
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isText(event.target) || !on()) return;
    event.preventDefault();
    open();
  });
  for (const opener of document.querySelectorAll("[data-command-bar]")) opener.addEventListener("click", open);
  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) {
      event.preventDefault();
      chosen = (chosen + step + shown.length) % shown.length;
      draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(chosen);
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    if (cameFrom?.isConnected && cameFrom !== document.body) cameFrom.focus({ preventScroll: true });
  });
}
