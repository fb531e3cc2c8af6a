// Native modal dialogs: the browser traps focus, makes the page inert and gives focus back on close.
export const show = dialog => { if (!dialog.open) dialog.showModal(); };
export const close = dialog => { if (dialog.open) dialog.close(); };
