// Starts Blazor and keeps the page alive over lost connections. While the circuit is away a thin bar says so; when the
// server no longer knows the circuit (it restarted), the page loads again by itself. What stood in a text box and may
// not have reached the server is carried over that reload.
(() => {
  const carried = "unsent-text";
  const patience = 30_000;
  const bar = document.getElementById("components-reconnect-modal");
  let down = false;

  const show = state => {
    bar?.classList.toggle("components-reconnect-show", state);
    document.documentElement.toggleAttribute("data-away", state);
    if (!state) document.dispatchEvent(new Event("securebase:back"));
  };

  const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

  const refused = async () => {
    try {
      const answer = await fetch("_blazor/negotiate?negotiateVersion=1", { method: "POST" });
      return answer.status === 401 || answer.status === 403;
    } catch {
      return false;
    }
  };

  const carryText = () => {
    const texts = {};
    for (const box of document.querySelectorAll("[data-draft]"))
      if (box.value) texts[box.dataset.draft] = box.value;
    const at = document.activeElement;
    const caret = at?.dataset.draft ? { box: at.dataset.draft, start: at.selectionStart, end: at.selectionEnd } : null;
    try { sessionStorage.setItem(carried, JSON.stringify({ at: location.pathname, texts, caret })); } catch { /* storage is off */ }
  };

  // A box takes keys once the server has put its own draft in; what was carried is newer than that.
  const restoreText = () => {
    let kept;
    try {
      kept = JSON.parse(sessionStorage.getItem(carried) ?? "null");
      sessionStorage.removeItem(carried);
    } catch { return; }
    if (!kept || kept.at !== location.pathname) return;

    const restore = () => {
      for (const box of document.querySelectorAll("[data-draft]")) {
        const name = box.dataset.draft;
        // Whoever was typing goes on where they were; until the box takes keys, they must not be shortcuts either.
        if (kept.caret?.box === name && document.activeElement === document.body) box.focus({ preventScroll: true });
        if (box.readOnly) continue;
        const text = kept.texts[name];
        delete kept.texts[name];
        if (text !== undefined && text !== box.value) {
          box.value = text;
          box.dispatchEvent(new Event("input", { bubbles: true }));
          // Known to the server at once: whoever sends it right away must not be told that it is empty.
          box.dispatchEvent(new Event("flush", { bubbles: true }));
        }
        if (kept.caret?.box !== name) continue;
        if (document.activeElement === box) box.setSelectionRange(kept.caret.start, kept.caret.end);
        kept.caret = null;
      }
    };
    const watch = new MutationObserver(restore);
    watch.observe(document.body, { childList: true, subtree: true, attributeFilter: ["readonly"] });
    setTimeout(() => watch.disconnect(), patience);
    restore();
  };

  // What was typed while the circuit was away did not reach the server.
  const tellTexts = () => {
    for (const box of document.querySelectorAll("[data-live]:not([readonly])"))
      box.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const reconnectionHandler = {
    async onConnectionDown() {
      if (down) return;
      down = true;
      show(true);
      for (let attempt = 0; down; attempt++) {
        await wait(attempt === 0 ? 250 : Math.min(1000 * attempt, 5000));
        try {
          if (!down || await Blazor.reconnect()) return;
          carryText();
          location.reload();
          return;
        } catch {
          // The server does not answer yet: the loop tries again. A refusal is final, for the session has ended: the page
          // that comes instead says so, and whoever signs in next does not find this person's text.
          if (!await refused()) continue;
          down = false;
          location.reload();
          return;
        }
      }
    },
    onConnectionUp() {
      down = false;
      show(false);
      tellTexts();
    },
  };

  // A failed circuit shows #blazor-error-ui; its text boxes are still on the page, so a reload keeps them too.
  document.getElementById("reload-page")?.addEventListener("click", () => { carryText(); location.reload(); });
  addEventListener("beforeunload", event => {
    if (down && [...document.querySelectorAll("[data-draft]")].some(box => box.value)) carryText();
  });

  restoreText();
  Blazor.start({ circuit: { reconnectionHandler } });
})();
