// Native modal dialogs: the browser traps focus, makes the page inert and gives focus back on close.
export const show = dialog => { if (!dialog.open) dialog.showModal(); };
// Escape must not throw away what is shown once. A browser lets a page refuse it only once in a row, so the key itself is refused too.
for (const [type, meant] of [["cancel", event => event.target], ["keydown", event => event.key === "Escape" && event.target.closest?.("dialog")]])
  document.addEventListener(type, event => { if (meant(event)?.matches?.("dialog[data-stays]")) event.preventDefault(); }, true);
export const close = dialog => { if (dialog.open) dialog.close(); };
