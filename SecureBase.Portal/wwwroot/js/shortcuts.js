// Keyboard shortcuts are declared in the markup: data-shortcut="c" on a link or button is pressed, on a field focused.
// They rest while someone types, and while a dialog is open.
const typing = element => element?.matches?.("input, textarea, select, [contenteditable]")
  && !element.matches("input[type=checkbox], input[type=radio]");

const visible = element => element.checkVisibility?.() ?? element.offsetParent !== null;

document.addEventListener("keydown", event => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const submit = event.target.closest?.("dialog, form, .composer")?.querySelector("[data-submit]");
    if (submit && !submit.disabled) {
      event.preventDefault();
      event.target.dispatchEvent(new CustomEvent("flush", { bubbles: true }));
      submit.click();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;

  // The last one wins: what the page declares beats the shell around it.
  const target = [...document.querySelectorAll("[data-shortcut]")]
    .findLast(element => element.dataset.shortcut === event.key.toLowerCase() && (element.hasAttribute("data-hidden") || visible(element)));
  if (!target || target.disabled) return;
  event.preventDefault();
  if (target.matches("input, textarea")) target.focus();
  else if (target.matches("summary")) { target.click(); target.focus(); }
  else target.click();
});

// The skip link: <base> would turn "#main" into another page, so the focus is moved here.
document.addEventListener("click", event => {
  if (!event.target.closest?.(".skip-link")) return;
  event.preventDefault();
  document.getElementById("main")?.focus();
}, true);
