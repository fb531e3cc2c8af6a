// Where a page looks and where its keys go.
export const reveal = selector => document.querySelector(selector)?.scrollIntoView({ block: "nearest" });
export const focus = id => document.getElementById(id)?.focus();

// The heading of the page one has come to. Whoever is writing already, or has a dialog open, keeps the focus.
export const arrive = () => {
  if (document.activeElement?.closest("dialog[open], main :is(input, textarea, select)")) return;
  const heading = document.querySelector("h1") ?? document.getElementById("main");
  if (!heading) return;
  if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
  heading.focus();
};
