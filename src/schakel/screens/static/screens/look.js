// Theme and language, notices, and the manners of htmx: a refusal never wipes a form, its sentence stands among the
// notices, and the focus is never lost.
import { say } from "./words.js";

const notices = document.getElementById("notices");
const token = () => document.querySelector('meta[name="csrf-token"]')?.content;

// --- notices
export function notice(sentence, kind = "refusal", link = null) {
  const box = document.createElement("div");
  box.className = `notice ${kind}`;
  box.setAttribute("role", kind === "refusal" ? "alert" : "status");
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  mark.setAttribute("class", "icon");
  mark.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.shapes}#${kind === "refusal" ? "stopped" : "note"}`);
  mark.append(use);
  const text = document.createElement("p");
  text.textContent = sentence;
  if (link) {
    const anchor = document.createElement("a");
    [anchor.href, anchor.textContent] = link;
    text.append(" ", anchor);
  }
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "dismiss";
  dismiss.dataset.dismiss = "";
  dismiss.setAttribute("aria-label", say("dismiss"));
  dismiss.textContent = "×";
  box.append(mark, text, dismiss);
  notices?.append(box);
  return box;
}

// The same sentence twice is one notice: the newest.
new MutationObserver((changes) => {
  for (const added of changes.flatMap((change) => [...change.addedNodes])) {
    if (added.nodeType !== 1) continue;
    const said = added.querySelector("p")?.textContent;
    for (const other of [...notices.children]) {
      if (other !== added && other.querySelector("p")?.textContent === said) other.remove();
    }
  }
}).observe(notices, { childList: true });

document.addEventListener("click", (event) => {
  const dismiss = event.target.closest?.("[data-dismiss]");
  if (dismiss) dismiss.closest(".notice")?.remove();
  const back = event.target.closest?.("[data-back]");
  if (back && history.length > 1 && document.referrer.startsWith(location.origin)) {
    event.preventDefault();
    history.back();
  }
});

// --- theme: at once, and kept on this computer
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.look !== "theme" || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `schakel_theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  for (const button of form.querySelectorAll("[name=theme]")) {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
});

// --- htmx
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token();
});

// An answer that refuses may only replace something when the server says where (a notice), or when it is the same
// form with its errors (422).
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400 || xhr.status === 422) return;
  if (xhr.getResponseHeader("HX-Retarget") !== "#notices") event.detail.shouldSwap = false;
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 422 || xhr.getResponseHeader("HX-Retarget") === "#notices") return;
  if (xhr.status === 404 || xhr.status === 410) notice(say("not_found"));
  else notice(say(xhr.status < 500 ? "refused" : "failed"));
});
document.addEventListener("htmx:sendError", () => notice(say("no_connection")));
document.addEventListener("htmx:timeout", () => notice(say("timed_out")));

let hadFocus = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = event.detail;
  hadFocus = target?.contains(document.activeElement) ? document.activeElement : null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  if (!part?.isConnected || part === notices || notices.contains(part)) return;
  const wanted = part.querySelector("[data-focus], [autofocus]");
  const wrong = event.detail.xhr?.status === 422 && part.querySelector('[aria-invalid="true"]');
  if (wrong || wanted) {
    (wrong || wanted).focus();
  } else if (hadFocus && !hadFocus.isConnected && document.activeElement === document.body) {
    const same = hadFocus.id && document.getElementById(hadFocus.id);
    const target = same || part.querySelector("h1, h2, h3") || part;
    if (!same && !target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
  hadFocus = null;
});
