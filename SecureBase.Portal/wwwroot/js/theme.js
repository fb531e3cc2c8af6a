// Runs in <head>, before the first paint: the chosen theme, and the viewer's time zone for the server.
(() => {
  const key = "theme";
  const root = document.documentElement;

  const stored = () => {
    try { return localStorage.getItem(key); } catch { return null; }
  };

  const apply = choice => {
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-set-theme]"))
      button.setAttribute("aria-pressed", String(button.dataset.setTheme === (choice ?? "system")));
  };

  apply(stored());

  document.addEventListener("click", event => {
    const button = event.target.closest?.("[data-set-theme]");
    if (!button) return;
    const choice = button.dataset.setTheme === "system" ? null : button.dataset.setTheme;
    try {
      if (choice) localStorage.setItem(key, choice); else localStorage.removeItem(key);
    } catch { /* storage is off: the choice lasts for this page */ }
    apply(choice);
  });
  document.addEventListener("toggle", () => apply(stored() ?? root.dataset.theme ?? null), true);
  addEventListener("storage", event => { if (event.key === key) apply(event.newValue); });

  // For a circuit whose page came before the cookie, or from another zone.
  window.viewerTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? null;

  const zone = window.viewerTimeZone();
  if (zone) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `tz=${encodeURIComponent(zone)}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  }
})();
