// Another person at the desk, by keyboard: a key chooses the colleague, and the password is next.
const form = document.querySelector("[data-switch]");
const other = form?.querySelector("[data-other]");
const login = form?.querySelector("[name=login]");
const password = form?.querySelector("[name=password]");
const people = [...(form?.querySelectorAll("[name=person]") ?? [])];

function show() {
  const chosen = people.find((one) => one.checked);
  const typed = !people.length || chosen?.value === "";
  other.hidden = !typed;
  login.required = typed;
  return typed;
}

for (const one of people) {
  one.addEventListener("change", () => (show() ? login : password).focus());
  // A key presses the label; a second press on the one that is chosen goes to the password all the same.
  one.closest("label").addEventListener("click", () => setTimeout(() => one.checked && (show() ? login : password).focus()));
}
if (form) {
  const typed = show();
  if (!people.length) login.focus();
  else if (form.querySelector("[role=alert], .error")) (typed && !login.value ? login : password).focus();
  else people[0].focus();
}
