// A menu is a <details class="menu">: one is open at a time; Escape, a click elsewhere and choosing a link close it.
const open = () => [...document.querySelectorAll("details.menu[open]")];

document.addEventListener("toggle", event => {
  const menu = event.target;
  if (!menu.matches?.("details.menu") || !menu.open) return;
  for (const other of open()) if (other !== menu && !other.contains(menu)) other.open = false;
}, true);

document.addEventListener("click", event => {
  for (const menu of open()) {
    const inside = menu.contains(event.target);
    if (!inside || event.target.closest(".menu-panel a, .menu-panel [data-closes]")) menu.open = false;
  }
});

document.addEventListener("keydown", event => {
  const menu = event.target.closest?.("details.menu[open]");
  if (event.key === "Escape") {
    for (const other of open()) {
      other.open = false;
      if (other === menu) other.querySelector("summary").focus();
    }
    return;
  }
  if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  const items = [...menu.querySelectorAll(".menu-panel :is(a, button, input)")].filter(item => !item.disabled);
  if (items.length === 0) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  const next = event.key === "ArrowDown" ? at + 1 : at - 1;
  items[(next + items.length) % items.length].focus();
});
